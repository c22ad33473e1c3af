/* Settings; open, check and close; the descriptor. */
#include "jira.h"

#include <string.h>

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_LINKS, NULL, 0, 0,
     "Jira's address: https://acme.atlassian.net, or https://jira.example.com"},
    {"email", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "In the Cloud: the account's e-mail address"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "The account's API token (Cloud), or its personal access token (Data Center)"},
    {"api_url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "For a token with scopes: https://api.atlassian.com/ex/jira/ and the site's id"},
    {"project", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The key of the project where issues are made: PAY"},
    {"issue_type", TOCSIN_SETTING_TEXT, 0, "Task", 0, 0, "Type of new issues"},
    {"labels", TOCSIN_SETTING_LIST, 0, NULL, 0, 0, "Labels of new issues: { \"incident\" }"},
    {"done_status", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The status of finished work, where the workflow has several ends: Done"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The secret of the webhook; without it, changes are polled"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "1m", 1000, 3600000,
     "How often Jira is asked what changed; a tenth as often with `secret`"},
    {0},
};

/* Jira says itself when it is too much; this keeps an outage of ours from being one of its. */
static const struct tocsin_limit limits[] = {{"*", 0, 20, 500}, {0}};

/* ---- open ---- */

static int32_t check_labels(const struct jira *jira, struct tocsin_error *error)
{
    const cJSON *label;
    cJSON_ArrayForEach(label, kit_json_member(jira->kit.settings, "labels"))
    {
        if (!cJSON_IsString(label) || !*label->valuestring || strpbrk(label->valuestring, " \t\r\n"))
            return kit_fail(error, TOCSIN_E_CONFIG,
                            "a label in `labels` must be one word: Jira takes no spaces");
    }
    return 0;
}

static int32_t check_settings(const struct jira *jira, struct tocsin_error *error)
{
    const char *email = kit_json_text(jira->kit.settings, "email"),
               *token = kit_json_text(jira->kit.settings, "token");
    const char *web = kit_api_fault(jira->web), *base = kit_api_fault(jira->kit.api.base);
    if (web || base)
        return kit_fail(error, TOCSIN_E_CONFIG, "`%s` %s", web ? "url" : "api_url", web ? web : base);
    if (*email && !kit_is_mail_address(email))
        return kit_fail(
            error, TOCSIN_E_CONFIG,
            "`email` must be the address of the account in the Cloud; leave it out for Data Center");
    if (!*token || strpbrk(token, " \t\r\n"))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`token` must be one word: an API token, or a personal access token");
    if (!jira_is_project(jira->project))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`project` must be the project's key, such as PAY: see it in the issues' own");
    return check_labels(jira, error);
}

static int32_t jira_open(const struct tocsin_host *host, const char *text, void **ret_self,
                         struct tocsin_error *error)
{
    struct jira *jira = kit_instance_begin(sizeof(*jira), &jira_api, jira_performers, host, text);
    const cJSON *s = jira->kit.settings;
    const char *email = kit_json_text(s, "email"), *token = kit_json_text(s, "token");
    jira->project = kit_json_text(s, "project");
    jira->issue_type = kit_json_text_or(s, "issue_type", "Task");
    jira->secret = kit_json_text(s, "secret");
    jira->cloud = *email != '\0';
    jira->web = kit_instance_url(jira, kit_json_text(s, "url"));
    jira->kit.api.base = kit_instance_text(jira, "%s/rest/api/2",
                                           kit_instance_url(jira, kit_json_text_or(s, "api_url", jira->web)));
    if (jira->cloud)
        kit_instance_login(jira, email, token);
    else
        kit_instance_header(jira, "Authorization", "Bearer %s", token);
    return kit_instance_end(jira, check_settings(jira, error), ret_self, error);
}

/* ---- check ---- */

static const struct right {
    const char *key, *name, *what;
} rights[] = {{"BROWSE_PROJECTS", "Browse Projects", "see issues"},
              {"CREATE_ISSUES", "Create Issues", "make issues"},
              {"ADD_COMMENTS", "Add Comments", "comment on issues"},
              {"TRANSITION_ISSUES", "Transition Issues", "change their status"}};

static int32_t check_rights(struct kit_task *task, struct tocsin_error *error)
{
    const struct jira *jira = jira_of(task);
    struct kit_text path = {0};
    kit_text_add(&path, "mypermissions?permissions=");
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
        kit_text_addf(&path, "%s%s", i ? "," : "", rights[i].key);
    kit_text_addf(&path, "&projectKey=%s", jira->project);
    cJSON *found = kit_api_get(task, kit_text_get(&path));
    int32_t rc = found ? 0 : kit_result_error(task->result, error);
    for (size_t i = 0; found && !rc && i < sizeof(rights) / sizeof(rights[0]); i++) {
        const cJSON *right = kit_json_member(kit_json_member(found, "permissions"), rights[i].key);
        if (!kit_json_true(right, "havePermission"))
            rc = kit_fail(
                error, TOCSIN_E_AUTH,
                "the account may not %s in the project %s: grant it \"%s\" (Project settings, Permissions)",
                rights[i].what, jira->project, rights[i].name);
    }
    cJSON_Delete(found);
    kit_text_finish(&path);
    return rc;
}

static int32_t check_type(const struct jira *jira, const cJSON *project, struct tocsin_error *error)
{
    const cJSON *type;
    struct kit_text names = {0};
    bool known = false;
    cJSON_ArrayForEach(type, kit_json_member(project, "issueTypes"))
    {
        const char *name = kit_json_text(type, "name");
        known = known || strcmp(name, jira->issue_type) == 0;
        kit_text_addf(&names, "%s%s", names.n ? ", " : "", name);
    }
    int32_t rc = known ? 0
                       : kit_fail(error, TOCSIN_E_AUTH,
                                  "the project %s has no issue type '%s': set `issue_type` to one of %s",
                                  jira->project, jira->issue_type, kit_text_get(&names));
    kit_text_finish(&names);
    return rc;
}

static int32_t check_project(struct kit_task *task, struct tocsin_error *error)
{
    const struct jira *jira = jira_of(task);
    cJSON *project = kit_api_get_at(task, "project/%", jira->project);
    int32_t rc = project ? check_type(jira, project, error) : kit_result_error(task->result, error);
    if (!project && kit_api_was_missing(task))
        rc = kit_fail(error, TOCSIN_E_AUTH,
                      "there is no project %s that the account can see: check `project`, and grant it \"Browse "
                      "Projects\"",
                      jira->project);
    cJSON_Delete(project);
    return rc;
}

static int32_t check_login(struct kit_task *task, struct tocsin_error *error)
{
    cJSON_Delete(kit_api_get(task, "myself"));
    return kit_result_error(task->result, error);
}

static int32_t jira_check(void *self, struct tocsin_error *error)
{
    static kit_check *const checks[] = {check_login, check_project, check_rights, NULL};
    return kit_instance_check(self, checks, error);
}

TOCSIN_CONNECTOR(.name = "jira", .version = TOCSIN_VERSION,
                 .summary = "Issues of Jira, in the Cloud and in Data Center", .parallel = 4,
                 .can = TOCSIN_CAN_TICKETS | TOCSIN_CAN_FIND, .settings = settings, .limits = limits,
                 .open = jira_open, .check = jira_check, .run = jira_run, .serve = jira_serve,
                 .perform = kit_instance_perform, .stop = kit_instance_stop, .close = kit_instance_close);
