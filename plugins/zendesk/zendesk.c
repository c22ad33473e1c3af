/* Settings; open and close; the descriptor. */
#include "zendesk.h"

#include <string.h>

#include <tocsin/kit/tell.h>

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_LINKS, NULL, 0, 0,
     "Your Zendesk's address: https://acme.zendesk.com"},
    {"email", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The agent whose API token it is; empty: `token` is an OAuth access token"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_SECRET, NULL, 0, 0, "The token"},
    {"webhook_secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The signing secret of the webhook; without it, Zendesk is asked what is new"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "1m", 1000, 3600000,
     "How often Zendesk is asked what is new; a fifth as often with `webhook_secret`"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Requesters of customers that the directory has no route for: { acme = \"ops@acme.example\" }"},
    {0},
};

/* Safe for the smallest plan, which has 200 calls a minute: a message needs two. Updates of one ticket: 30 in ten minutes. */
static const struct tocsin_limit limits[] = {
    {"*", 0, 20, 600},
    {"post", 1, 20, 20000},
    {0},
};

static int32_t check_settings(const struct zendesk *zd, struct tocsin_error *error)
{
    const char *fault = kit_api_fault(zd->web), *email = kit_json_text(zd->kit.settings, "email"),
               *wrong = kit_wrong_customer(zd->kit.settings, record_is_address);
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (*email && !kit_is_mail_address(email))
        return kit_fail(error, TOCSIN_E_CONFIG, "`email` must be the mail address of the token's agent alone");
    if (!*kit_json_text(zd->kit.settings, "token"))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`token` is empty: make one (Admin Center, Apps and integrations)");
    if (wrong)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`customers.%s` must be one mail address, such as ops@acme.example, or the number of a "
                        "user in Zendesk",
                        wrong);
    return 0;
}

static const struct kit_performer performers[] = {
    {"desk.tell", zendesk_tell},
    {"desk.find", zendesk_find},
    {"ticket.create", zendesk_create},
    {"ticket.follow", zendesk_follow},
    {"ticket.comment", zendesk_note},
    {"ticket.state", zendesk_state},
    {"post", zendesk_note},
    {0},
};

static int32_t zendesk_open(const struct tocsin_host *host, const char *text, void **ret_self,
                            struct tocsin_error *error)
{
    struct zendesk *zd = kit_instance_begin(sizeof(*zd), &zendesk_api, performers, host, text);
    const cJSON *s = zd->kit.settings;
    const char *email = kit_json_text(s, "email"), *token = kit_json_text(s, "token");
    zd->secret = kit_json_text(s, "webhook_secret");
    zd->web = kit_instance_url(zd, kit_json_text(s, "url"));
    zd->kit.api.base = kit_instance_text(zd, "%s/api/v2", zd->web);
    if (*email)
        kit_instance_login(zd, kit_instance_text(zd, "%s/token", email), token);
    else
        kit_instance_header(zd, "Authorization", "Bearer %s", token);
    return kit_instance_end(zd, check_settings(zd, error), ret_self, error);
}

/* ---- check ---- */

static void add_if(bool is, const char *what, struct kit_text *list)
{
    if (is)
        kit_text_addf(list, "%s%s", list->n ? "; " : "", what);
}

/* What the account may do is in its own record. Whom Zendesk does not know is an anonymous user. */
static int32_t check_user(const struct zendesk *zd, const cJSON *user, struct tocsin_error *error)
{
    struct kit_text missing = {0}, less = {0};
    const char *role = kit_json_text(user, "role"), *name = kit_json_text(user, "email");
    bool admin = strcmp(role, "admin") == 0, staff = admin || strcmp(role, "agent") == 0;
    if (!cJSON_IsNumber(kit_json_member(user, "id")))
        return kit_fail(error, TOCSIN_E_AUTH, "Zendesk refuses the login: check `email` and `token`");
    add_if(!staff, "it is no agent: make it one (Admin Center, People, Team members)", &missing);
    add_if(staff && kit_json_true(user, "only_private_comments"),
           "it may write no public comments: give it a role that may reply to customers", &missing);
    add_if(kit_json_true(user, "suspended"), "it is suspended: unsuspend it", &missing);
    add_if(staff && !admin && !*zd->secret,
           "only an administrator may export what is new: set `webhook_secret`, or make it one", &missing);
    add_if(*kit_json_text(user, "ticket_restriction"), "it sees some tickets only: give it access to all",
           &less);
    add_if(!admin, "it is no administrator, so what arrives while Tocsin is down may be missed", &less);
    int32_t rc = missing.n ? TOCSIN_E_AUTH : 0;
    if (missing.n || less.n)
        kit_fail(error, rc, "the account %s%s: %s", name, missing.n ? " lacks rights in Zendesk" : "",
                 kit_text_get(missing.n ? &missing : &less));
    kit_text_finish(&missing);
    kit_text_finish(&less);
    return rc;
}

static int32_t check_account(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *me = kit_api_get(task, "users/me");
    int32_t rc = kit_result_error(task->result, error);
    rc = rc ? rc : check_user(zendesk_of(task), kit_json_member(me, "user"), error);
    cJSON_Delete(me);
    return rc;
}

static int32_t check_tickets(struct kit_task *task, struct tocsin_error *error)
{
    cJSON_Delete(kit_api_get(task, "tickets?per_page=1"));
    return kit_result_error(task->result, error);
}

static int32_t zendesk_check(void *self, struct tocsin_error *error)
{
    static kit_check *const checks[] = {check_account, check_tickets, NULL};
    return kit_instance_check(self, checks, error);
}

TOCSIN_CONNECTOR(.name = "zendesk", .version = TOCSIN_VERSION,
                 .summary = "Customers' tickets in Zendesk Support", .parallel = 4,
                 .can = TOCSIN_CAN_DESK | TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_FIND | TOCSIN_CAN_TICKETS |
                        TOCSIN_CAN_POST,
                 .settings = settings, .open = zendesk_open, .check = zendesk_check, .run = zendesk_run,
                 .perform = kit_instance_perform, .serve = zendesk_serve, .stop = kit_instance_stop,
                 .close = kit_instance_close, .limits = limits);
