/* Settings; open, check and close; the descriptor. */
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_MS 15000

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "Request Tracker's address: https://rt.example.com"},
    {"user", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The account's name in RT, used by Tocsin alone"},
    {"password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The account's password"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "An authentication token of it, in place of it: 1-14-…"},
    {"queue", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The queue that customers write to: Support"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "10s", 1000, 3600000, "How often RT is asked what is new"},
    {"web_url", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "Where people see RT, if that is not `url`"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Requesters of customers that the directory has no route for: { acme = \"ops@acme.example\" }"},
    {0},
};

/* ---- open ---- */

/* Without slashes at its end, and without what only REST 2 has. */
static char *url_of(const char *url, const char *more)
{
    static const char rest[] = "/REST/2.0";
    struct kit_text out = {0};
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        n--;
    if (n > strlen(rest) && strncmp(url + n - strlen(rest), rest, strlen(rest)) == 0)
        n -= strlen(rest);
    kit_text_addn(&out, url, n);
    kit_text_add(&out, more);
    return out.p ? out.p : strdup("");
}

/* Base 64 of "user:password", or RT's own scheme. */
static char *authorization_of(const struct rt *rt)
{
    const char *token = kit_json_text(rt->settings, "token");
    struct kit_text out = {0};
    if (!*token)
        return kit_api_basic(rt->user, kit_json_text(rt->settings, "password"));
    kit_text_addf(&out, "token %s", token);
    return out.p;
}

static int32_t check_settings(const struct rt *rt, struct tocsin_error *error)
{
    const cJSON *row;
    bool password = *kit_json_text(rt->settings, "password"), token = *kit_json_text(rt->settings, "token");
    const char *fault = kit_api_fault(rt->rest);
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (!*rt->user || strchr(rt->user, ':'))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`user` must be the name of Tocsin's account in RT, such as tocsin");
    if (password == token)
        return kit_fail(error, TOCSIN_E_CONFIG, "set either `password` or `token`");
    if (!*rt->queue)
        return kit_fail(error, TOCSIN_E_CONFIG, "`queue` is empty: which queue do customers write to?");
    cJSON_ArrayForEach(row, rt->customers)
    {
        if (!cJSON_IsString(row) || !kit_is_mail_address(row->valuestring))
            return kit_fail(error, TOCSIN_E_CONFIG,
                            "`customers.%s` must be one mail address, such as ops@acme.example", row->string);
    }
    return 0;
}

static void rt_close(void *self)
{
    struct rt *rt = self;
    if (!rt)
        return;
    kit_rounds_destroy(rt->rounds);
    kit_http_destroy(rt->api.http);
    cJSON_Delete(rt->settings);
    free(rt->rest);
    free(rt->web);
    free(rt->authorization);
    free(rt);
}

static int32_t rt_open(const struct tocsin_host *host, const char *text, void **ret_self,
                       struct tocsin_error *error)
{
    struct rt *rt = calloc(1, sizeof(*rt));
    cJSON *s = rt->settings = kit_json_parse(text, strlen(text));
    const char *url = kit_json_text(s, "url");
    rt->host = host;
    rt->user = kit_json_text(s, "user");
    rt->queue = kit_json_text(s, "queue");
    rt->customers = kit_json_member(s, "customers");
    rt->rest = url_of(url, "/REST/2.0");
    rt->web = url_of(kit_json_text_or(s, "web_url", url), "");
    rt->authorization = authorization_of(rt);
    bool ready = rt_api_init(rt);
    rt->rounds = kit_rounds_create(host);
    int32_t rc = check_settings(rt, error);
    if (!rc && (!ready || !rt->rounds))
        rc = kit_fail(error, TOCSIN_E_FAILED, "memory ran out");
    if (rc) {
        rt_close(rt);
        return rc;
    }
    *ret_self = rt;
    return 0;
}

/* ---- check ---- */

static bool has_link(const cJSON *record, const char *ref)
{
    const cJSON *link;
    cJSON_ArrayForEach(link, kit_json_member(record, "_hyperlinks"))
    {
        if (strcmp(kit_json_text(link, "ref"), ref) == 0)
            return true;
    }
    return false;
}

static int32_t lacks(const struct rt *rt, const char *what, const char *right, struct tocsin_error *error)
{
    return kit_fail(
        error, TOCSIN_E_AUTH,
        "the account %s may not %s in the queue %s: grant it the right %s there (Admin, Queues, %s, User "
        "Rights)",
        rt->user, what, rt->queue, right, rt->queue);
}

static int32_t check_found(const struct rt *rt, const cJSON *queue, struct tocsin_error *error)
{
    if (strcmp(kit_json_text(queue, "Disabled"), "1") == 0)
        return kit_fail(error, TOCSIN_E_AUTH, "the queue %s is disabled", rt->queue);
    return has_link(queue, "create") ? 0 : lacks(rt, "open tickets", "CreateTicket", error);
}

static int32_t check_queue(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *found = kit_api_get_at(task, "queue/%", rt_of(task)->queue);
    int32_t rc = found ? check_found(rt_of(task), found, error) : kit_result_error(task->result, error);
    if (!found && kit_api_was_missing(task))
        rc = kit_fail(
            error, TOCSIN_E_AUTH,
            "there is no queue %s that the account %s can see: check `queue`, and grant the right SeeQueue",
            rt_of(task)->queue, rt_of(task)->user);
    cJSON_Delete(found);
    return rc;
}

static int32_t check_ticket(struct kit_task *task, const cJSON *ticket, struct tocsin_error *error)
{
    if (!ticket)
        return kit_fail(
            error, 0,
            "the queue %s has no ticket that the account %s can see, so whether it may reply is not known; "
            "it needs the rights ShowTicket, ReplyToTicket and ModifyTicket",
            rt_of(task)->queue, rt_of(task)->user);
    if (!has_link(ticket, "correspond"))
        return lacks(rt_of(task), "reply to tickets", "ReplyToTicket", error);
    if (!has_link(ticket, "comment"))
        return lacks(rt_of(task), "comment on tickets", "CommentOnTicket", error);
    return 0;
}

/* Any ticket says what may be done with it. */
static int32_t check_tickets(struct kit_task *task, struct tocsin_error *error)
{
    struct kit_text path = {0}, sql = {0};
    rt_equals(&sql, "Queue", rt_of(task)->queue);
    kit_text_add(&path, "tickets?");
    kit_api_parameter(&path, "query", kit_text_get(&sql));
    kit_text_add(&path, "fields=_hyperlinks&per_page=1");
    cJSON *list = kit_api_get(task, kit_text_get(&path));
    int32_t rc = list ? check_ticket(task, cJSON_GetArrayItem(kit_json_member(list, "items"), 0), error)
                      : kit_result_error(task->result, error);
    cJSON_Delete(list);
    kit_text_finish(&sql);
    kit_text_finish(&path);
    return rc;
}

/* Who customers and agents are is asked, too, which only a privileged account may. */
static int32_t check_users(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *list = kit_api_get(task, "users?per_page=1&query=%5B%5D");
    int32_t rc = kit_result_error(task->result, error);
    if (!list && kit_api_was_missing(task))
        rc = kit_fail(
            error, TOCSIN_E_AUTH,
            "the account %s is not privileged: tick \"Let this user be granted rights\" on its page in RT",
            rt_of(task)->user);
    cJSON_Delete(list);
    return rc;
}

static int32_t rt_check(void *self, struct tocsin_error *error)
{
    const struct rt *rt = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&rt->api, CHECK_MS, &result);
    cJSON *version = kit_api_get(&task, "rt");
    int32_t rc = version ? 0 : kit_result_error(&result, error);
    cJSON_Delete(version);
    rc = rc ? rc : check_users(&task, error);
    rc = rc ? rc : check_queue(&task, error);
    return rc ? rc : check_tickets(&task, error);
}

static void rt_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    static const struct kit_performer performers[] = {{"desk.tell", rt_tell}, {"desk.find", rt_find}, {0}};
    const struct rt *rt = self;
    kit_perform(&rt->api, performers, action, result);
}

TOCSIN_CONNECTOR(.name = "rt", .version = TOCSIN_VERSION, .summary = "Customers' tickets in Request Tracker 5",
                 .parallel = 2, .can = TOCSIN_CAN_DESK | TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_FIND,
                 .settings = settings, .open = rt_open, .check = rt_check, .run = rt_run, .perform = rt_perform,
                 .stop = rt_stop, .close = rt_close);
