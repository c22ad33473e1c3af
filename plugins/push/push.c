/* Settings; open; the descriptor; which service does what. */
#include "push.h"

#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/webhook.h>

#define CHECK_MS    15000
#define ROUND_MS    5000
#define BODY_MOST   ((size_t)64 << 10)
#define EXPIRE_MOST 10800000 /* three hours */

static const struct tocsin_setting settings[] = {
    {"service", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "ntfy or pushover"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "ntfy: an access token, tk_…, where the server asks for one; Pushover: the application's API token"},
    {"url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The server: https://ntfy.example.com; empty: https://ntfy.sh or https://api.pushover.net"},
    {"public_url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "This connector's address from outside, for acknowledging: https://tocsin.example.com/connector/push"},
    {"retry", TOCSIN_SETTING_DURATION, 0, "1m", 30000, EXPIRE_MOST,
     "Pushover: how often a telephone sounds again"},
    {"expire", TOCSIN_SETTING_DURATION, 0, "30m", 30000, EXPIRE_MOST, "Pushover: for how long"},
    {0},
};

static const struct tocsin_limit limits[] = {{"*", 0, 60, 5000}, {0}};

static const struct push_service *const services[] = {&push_ntfy, &push_pushover};

/* ---- actions ---- */

static void push_page(struct kit_task *task)
{
    struct push *push = push_of(task);
    const char *user = kit_json_text(task->body, "user"), *fault = push->service->user_fault(user);
    if (fault) {
        kit_result(task->result, TOCSIN_REFUSED, "'%s' %s", user, fault);
        return;
    }
    struct kit_page page = kit_page_of_action(task);
    if (*kit_page_id(&page)) /* an earlier attempt sent it */
        kit_page_sent(&page, kit_page_id(&page), task->result);
    else if (kit_page_begin(&page, task->result))
        push->service->page(task, &page);
    kit_page_finish(&page);
}

static void push_page_end(struct kit_task *task)
{
    const struct push *push = push_of(task);
    struct kit_page page = kit_page_by_id(task->api->host, kit_json_text(task->body, "message"));
    if (page.row)
        push->service->end(task, &page);
    if (page.row && task->result->code == TOCSIN_DONE)
        kit_page_ended(&page, kit_json_text(task->body, "text"));
    kit_page_finish(&page);
}

static const struct kit_performer performers[] = {{"page", push_page}, {"page.end", push_page_end}, {0}};

/* ---- life ---- */

static const struct push_service *service_of(const char *name)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (strcmp(services[i]->name, name) == 0)
            return services[i];
    }
    return NULL;
}

static int32_t check_settings(const struct push *push, struct tocsin_error *error)
{
    const char *fault = kit_api_fault(push->kit.api.base), *own = push->service->fault(push);
    const char *outside = *push->public_url ? kit_api_fault(push->public_url) : NULL;
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (outside)
        return kit_fail(error, TOCSIN_E_CONFIG, "`public_url` %s", outside);
    return own ? kit_fail(error, TOCSIN_E_CONFIG, "%s", own) : 0;
}

static int32_t push_open(const struct tocsin_host *host, const char *text, void **ret_self,
                         struct tocsin_error *error)
{
    cJSON *given = kit_json_parse(text, strlen(text));
    const struct push_service *service = service_of(kit_json_text(given, "service"));
    cJSON_Delete(given);
    if (!service)
        return kit_fail(error, TOCSIN_E_CONFIG, "`service` must be \"ntfy\" or \"pushover\"");
    struct push *push = kit_instance_begin(sizeof(*push), &service->api, performers, host, text);
    const cJSON *set = push->kit.settings;
    push->service = service;
    push->token = kit_json_text(set, "token");
    push->public_url = kit_instance_url(push, kit_json_text(set, "public_url"));
    push->kit.api.base = kit_instance_url(push, kit_json_text_or(set, "url", service->url));
    push->retry_s = kit_json_int(set, "retry", 60000) / 1000;
    push->expire_s = kit_json_int(set, "expire", 1800000) / 1000;
    pthread_mutex_init(&push->lock, NULL);
    int32_t rc = check_settings(push, error);
    if (!rc)
        service->begin(push);
    return kit_instance_end(push, rc, ret_self, error);
}

static void push_close(void *self)
{
    struct push *push = self;
    if (push)
        cJSON_Delete(push->open);
    kit_instance_close(self);
}

static int32_t push_check(void *self, struct tocsin_error *error)
{
    const struct push *push = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&push->kit.api, CHECK_MS, &result);
    push->service->check(&task);
    if (result.code == TOCSIN_DONE && !*push->public_url && push->service == &push_ntfy)
        kit_fail(error, 0, "without `public_url`, notifications have no button that acknowledges");
    return kit_result_error(&result, error);
}

static void no_round(void *ctx, struct tocsin_result *result)
{
    (void)ctx, (void)result;
}

static int32_t push_run(void *self, struct tocsin_error *error)
{
    struct push *push = self;
    kit_round *round = push->service->round ? push->service->round : no_round;
    return kit_rounds_run(push->kit.rounds, ROUND_MS, round, push, error);
}

static void push_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    struct push *push = self;
    if (request->body_length > BODY_MOST)
        kit_webhook_answer(response, 413, "The body is larger than 64 KiB.\n");
    else
        push->service->serve(push, request, response);
}

TOCSIN_CONNECTOR(.name = "push", .version = TOCSIN_VERSION,
                 .summary = "Pages as notifications on the telephone (ntfy, Pushover)", .parallel = 8,
                 .can = TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS | TOCSIN_CAN_FIND, .settings = settings,
                 .open = push_open, .check = push_check, .run = push_run, .perform = kit_instance_perform,
                 .serve = push_serve, .stop = kit_instance_stop, .close = push_close, .limits = limits);
