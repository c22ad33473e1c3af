/*
 * When to look at a ticket: when a webhook names it, and in rounds over the incremental export, which has every ticket that has changed
 * since a cursor. With webhooks the rounds only find what was missed, so there are few; then the account need not be an administrator.
 */
#include "zendesk.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/store.h>
#include <tocsin/kit/webhook.h>

#define WINDOW_MS  1800000 /* so late a webhook or the export may be; the core knows for longer what it has */
#define SIGNED_MS  300000  /* so old a signature may be */
#define HOOK_MS    9000    /* Zendesk waits for ten seconds */
#define ROUND_MS   120000
#define SELDOM     5        /* intervals between rounds, where there are webhooks */
#define PAGES_MOST 100      /* of a round; the next one goes on */
#define STATE      "export" /* {"began", "latest": rounds, in milliseconds, "cursor"} in the store */
#define EXPORT     "incremental/tickets/cursor?include=users,organizations&per_page=100&"

/* ---- webhooks ---- */

static bool is_signed(const struct zendesk *zd, const struct tocsin_request *request)
{
    const char *at = kit_webhook_header(request, "x-zendesk-webhook-signature-timestamp");
    const char *given = kit_webhook_header(request, "x-zendesk-webhook-signature");
    struct kit_part parts[] = {{at, strlen(at)}, {request->body, request->body_length}};
    int64_t age = request->received_ms - kit_time_ms(at);
    return kit_signed_base64(zd->secret, NULL, parts, 2, given) && age < SIGNED_MS && age > -SIGNED_MS;
}

/* From when on a change is new: the export may be late, and nothing is that was there before the connector first ran. */
static int64_t since_of(const cJSON *state, int64_t latest_ms)
{
    int64_t began = kit_json_int(state, "began", latest_ms), since = latest_ms - WINDOW_MS;
    return began > since ? began : since;
}

/* Zendesk sends what is answered with 409 again, three times. What it sends twice has the same comments, which the core knows. */
static void take(const struct zendesk *zd, const struct tocsin_request *request, const char *ticket,
                 struct tocsin_response *response)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&zd->kit.api, HOOK_MS, &result);
    cJSON *state = kit_get(zd->kit.host, STATE);
    bool stored = zendesk_look(&task, ticket, NULL, since_of(state, request->received_ms));
    if (!stored)
        kit_log(zd->kit.host, KIT_WARNING, "ticket %s of a webhook could not be read: %s", ticket,
                result.detail);
    kit_webhook_answer(response, stored ? 204 : 409, "");
    cJSON_Delete(state);
}

void zendesk_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct zendesk *zd = self;
    char ticket[KIT_ID_BYTES];
    cJSON *body = kit_webhook_json(request, zd->secret, is_signed(zd, request), response);
    record_hooked(body, ticket);
    if (*ticket)
        take(zd, request, ticket, response);
    else if (body)
        kit_webhook_answer(response, 400, "no ticket is named; use {\"ticket_id\": \"{{ticket.id}}\"}\n");
    cJSON_Delete(body);
}

/* ---- rounds ---- */

struct listening {
    const struct zendesk *zd;
    struct kit_task *task; /* of the round at hand */
    cJSON *state;
    int64_t since_ms, began_ms; /* from when on changes are new; the round */
};

/* A row is a ticket; its page has the users and organisations. What Zendesk itself has touched has no new time. */
static bool take_row(const struct listening *l, cJSON *row, cJSON *page)
{
    char id[KIT_ID_BYTES];
    const struct tocsin_host *host = l->zd->kit.host;
    kit_json_id(row, "id", id);
    if (host->stopping(host->ctx))
        return false;
    if (strcmp(kit_json_text(row, "status"), "deleted") == 0)
        return zendesk_gone(l->zd, id);
    if (!*id || kit_time_ms(kit_json_text(row, "updated_at")) < l->since_ms)
        return true;
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemReferenceToObject(answer, "ticket", row);
    cJSON_AddItemReferenceToObject(answer, "users", cJSON_GetObjectItem(page, "users"));
    cJSON_AddItemReferenceToObject(answer, "organizations", cJSON_GetObjectItem(page, "organizations"));
    bool taken = zendesk_look(l->task, id, answer, l->since_ms);
    cJSON_Delete(answer);
    return taken;
}

static cJSON *ask(const struct listening *l)
{
    const char *cursor = kit_json_text(l->state, "cursor");
    struct kit_text path = {0};
    char start[24]; /* must be older than a minute */
    snprintf(start, sizeof(start), "%lld", (long long)(kit_json_int(l->state, "began", 0) / 1000 - 120));
    kit_text_add(&path, EXPORT);
    kit_api_parameter(&path, *cursor ? "cursor" : "start_time", *cursor ? cursor : start);
    cJSON *page = kit_api_get(l->task, kit_text_get(&path));
    kit_text_finish(&path);
    return page;
}

/* The cursor, which is in the state, stands still until the whole page is stored. */
static bool take_page(void *ctx, const char *at, struct kit_text *next)
{
    struct listening *l = ctx;
    cJSON *page = ask(l), *row, *rows = cJSON_GetObjectItem(page, "tickets");
    const char *cursor = kit_json_text(page, "after_cursor");
    bool whole = page != NULL, last = kit_json_true(page, "end_of_stream");
    (void)at;
    cJSON_ArrayForEach(row, rows)
    {
        whole = whole && take_row(l, row, page);
    }
    if (whole && *cursor)
        kit_json_set(l->state, "cursor", cJSON_CreateString(cursor));
    if (whole && last)
        kit_json_set(l->state, "latest", cJSON_CreateNumber((double)l->began_ms));
    kit_text_add(next, last ? "" : cursor);
    whole = whole && kit_put(l->zd->kit.host, STATE, l->state);
    cJSON_Delete(page);
    return whole;
}

static void listen_once(void *ctx, struct tocsin_result *result)
{
    struct listening *l = ctx;
    struct kit_task task = kit_api_begin(&l->zd->kit.api, ROUND_MS, result);
    l->task = &task;
    l->began_ms = kit_wall_ms();
    l->since_ms = since_of(l->state, kit_json_int(l->state, "latest", l->began_ms));
    kit_pages(take_page, l, PAGES_MOST);
    if (task.status == 403 && *l->zd->secret)
        kit_api_was_missing(&task); /* webhooks do without it */
}

int32_t zendesk_run(void *self, struct tocsin_error *error)
{
    struct zendesk *zd = self;
    struct listening l = {.zd = zd, .state = kit_get(zd->kit.host, STATE)};
    if (!l.state) {
        l.state = cJSON_CreateObject();
        int64_t second = kit_wall_ms() / 1000; /* whole ones, as Zendesk has them */
        cJSON_AddNumberToObject(l.state, "began", (double)(second * 1000));
        kit_put(zd->kit.host, STATE, l.state);
    }
    int32_t rc = kit_instance_run(zd, *zd->secret ? SELDOM : 1, listen_once, &l, error);
    cJSON_Delete(l.state);
    return rc;
}
