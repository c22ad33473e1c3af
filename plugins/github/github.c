/* Settings; open, check and close; the descriptor. */
#include "github.h"

#include <stdlib.h>
#include <string.h>

#define GITHUB "https://github.com"

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_LINKS, GITHUB, 0, 0,
     "Where people see issues: GitHub Enterprise Server's address, or Gitea's"},
    {"api_url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The API, if it is not that of `url`; https://gitea.example.com/api/v1 for Gitea"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "A fine-grained token that may read and write issues: github_pat_…"},
    {"repository", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "Where issues are made: acme/shop"},
    {"labels", TOCSIN_SETTING_LIST, 0, NULL, 0, 0, "Labels of new issues: { \"incident\" }"},
    {"issue_type", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "Type of new issues, where the organisation has types: Bug"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The secret of the webhook; without it, changes are polled"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "1m", 1000, 3600000,
     "How often GitHub is asked what changed; a tenth as often with `secret`"},
    {0},
};

/* New content: 80 a minute, 500 an hour; in all 5,000 requests an hour, of which an action takes three at most. */
static const struct tocsin_limit limits[] = {
    {"*", 0, 40, 2200}, {"ticket.create", 0, 20, 7200}, {"ticket.comment", 0, 20, 7200}, {0}};

/* ---- open ---- */

static const char *base_of(struct github *github)
{
    const char *given = kit_json_text(github->kit.settings, "api_url");
    if (*given)
        return kit_instance_url(github, given);
    return strcmp(github->web, GITHUB) == 0 ? "https://api.github.com"
                                            : kit_instance_text(github, "%s/api/v3", github->web);
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);
    return n >= m && strcmp(text + n - m, with) == 0;
}

static int32_t check_settings(const struct github *github, struct tocsin_error *error)
{
    const char *token = kit_json_text(github->kit.settings, "token");
    const char *web = kit_api_fault(github->web), *base = kit_api_fault(github->kit.api.base);
    bool more = cJSON_GetArraySize(kit_json_member(github->kit.settings, "labels")) ||
                *kit_json_text(github->kit.settings, "issue_type");
    if (web || base)
        return kit_fail(error, TOCSIN_E_CONFIG, "`%s` %s", web ? "url" : "api_url", web ? web : base);
    if (!*token || strpbrk(token, " \t\r\n"))
        return kit_fail(error, TOCSIN_E_CONFIG, "`token` must be one word, such as github_pat_…");
    if (!github_is_repository(github->repository))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`repository` must be its owner and its name, such as acme/shop");
    if (github->gitea && more)
        return kit_fail(error, TOCSIN_E_CONFIG, "Gitea takes no `labels` and no `issue_type`: leave them out");
    return 0;
}

static int32_t github_open(const struct tocsin_host *host, const char *text, void **ret_self,
                           struct tocsin_error *error)
{
    struct github *github = kit_instance_begin(sizeof(*github), &github_api, github_performers, host, text);
    const cJSON *s = github->kit.settings;
    github->repository = kit_json_text(s, "repository");
    github->secret = kit_json_text(s, "secret");
    github->web = kit_instance_url(github, kit_json_text(s, "url"));
    github->kit.api.base = base_of(github);
    github->gitea = ends(github->kit.api.base, "/api/v1");
    github->kit.api.name = github->gitea ? "Gitea" : github_api.name;
    kit_instance_header(github, "Authorization", "Bearer %s", kit_json_text(s, "token"));
    kit_instance_header(github, "Accept", "application/vnd.github+json, application/json");
    kit_instance_header(github, "X-GitHub-Api-Version", "2022-11-28");
    return kit_instance_end(github, check_settings(github, error), ret_self, error);
}

/* ---- check ---- */

static int32_t lacks(const struct github *github, const char *what, const char *right,
                     struct tocsin_error *error)
{
    return kit_fail(error, TOCSIN_E_AUTH,
                    "the token may not %s in %s: give it the repository, and the permission Issues: %s", what,
                    github->repository, right);
}

static int32_t check_repository(struct kit_task *task, struct tocsin_error *error)
{
    const struct github *github = github_of(task);
    struct kit_text path = {0};
    kit_text_addf(&path, "repos/%s", github->repository);
    cJSON *found = kit_api_get(task, kit_text_get(&path));
    int32_t rc = found ? 0 : kit_result_error(task->result, error);
    const cJSON *issues = kit_json_member(found, "has_issues");
    if (!found && kit_api_was_missing(task))
        rc = kit_fail(error, TOCSIN_E_AUTH,
                      "there is no repository %s that the token can see: check `repository`, and give the "
                      "token access to it",
                      github->repository);
    else if (kit_json_true(found, "archived"))
        rc = kit_fail(error, TOCSIN_E_AUTH, "%s is archived: nobody can write to it", github->repository);
    else if (cJSON_IsFalse(issues))
        rc = kit_fail(error, TOCSIN_E_AUTH, "%s has no issues: switch them on in its settings",
                      github->repository);
    else if (cJSON_IsFalse(kit_json_member(found, "private")))
        kit_fail(error, 0, "%s is public: everybody can read what is written there", github->repository);
    cJSON_Delete(found);
    kit_text_finish(&path);
    return rc;
}

static int32_t check_reading(struct kit_task *task, struct tocsin_error *error)
{
    const struct github *github = github_of(task);
    struct kit_text path = {0};
    kit_text_addf(&path, "repos/%s/issues?state=all&%s=1", github->repository,
                  github->gitea ? "limit" : "per_page");
    cJSON *list = kit_api_get(task, kit_text_get(&path));
    int32_t rc = kit_result_error(task->result, error);
    if (!list && kit_api_was_missing(task))
        rc = lacks(github, "read issues", "read and write", error);
    cJSON_Delete(list);
    kit_text_finish(&path);
    return rc;
}

/* An issue without a title is never made: who may write is told so (422), and who may not is refused before. */
static int32_t check_writing(struct kit_task *task, struct tocsin_error *error)
{
    const struct github *github = github_of(task);
    struct kit_text path = {0};
    kit_text_addf(&path, "repos/%s/issues", github->repository);
    cJSON *made = kit_api_write(task, "POST", kit_text_get(&path), kit_json_texts("title", "", NULL), NULL);
    int32_t rc = task->status == 422 ? 0 : kit_result_error(task->result, error);
    if (!made && task->status != 422 && kit_api_was_missing(task))
        rc = lacks(github, "write issues", "read and write", error);
    cJSON_Delete(made);
    kit_text_finish(&path);
    return rc;
}

static int32_t check_login(struct kit_task *task, struct tocsin_error *error)
{
    free(github_login(task));
    return kit_result_error(task->result, error);
}

static int32_t github_check(void *self, struct tocsin_error *error)
{
    static kit_check *const checks[] = {check_login, check_repository, check_reading, check_writing, NULL};
    return kit_instance_check(self, checks, error);
}

TOCSIN_CONNECTOR(.name = "github", .version = TOCSIN_VERSION,
                 .summary = "Issues of GitHub, GitHub Enterprise Server and Gitea", .parallel = 4,
                 .can = TOCSIN_CAN_TICKETS | TOCSIN_CAN_FIND, .settings = settings, .limits = limits,
                 .open = github_open, .check = github_check, .run = github_run, .serve = github_serve,
                 .perform = kit_instance_perform, .stop = kit_instance_stop, .close = kit_instance_close);
