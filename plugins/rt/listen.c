/*
 * Rounds over the queue: what was written to customers and by them since the latest round, oldest first.
 *
 * Transactions have numbers that grow. RT gives one its number before it is committed, so a round looks at the last few hundred
 * numbers again.
 */
#include "rt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "said.h"

#define OVERLAP       300 /* numbers */
#define ROUND_MS      60000
#define PAGE          "100"
#define PAGES_MOST    100 /* of a round; the next one goes on */
#define FAILURES_MOST 5
#define PARTS         "transaction/%/attachments?fields=Content,ContentType,Filename,Headers&per_page=" PAGE

struct listening {
    struct rt *rt;
    struct kit_seen seen;
    struct kit_task *task; /* of the round at hand */
    int64_t failing;       /* the transaction at which the latest round ended, */
    int failures;          /* and how many did so in a row */
};

/* ---- one transaction ---- */

/* RT lets everybody who knows a ticket's number write to it by mail, so who is neither a requester nor privileged is a stranger. */
static enum said_by who_said(struct kit_task *task, const cJSON *ticket, const char *user)
{
    if (said_by_requester(ticket, user))
        return SAID_BY_CUSTOMER;
    cJSON *account = kit_api_get_at(task, "user/%", user);
    kit_api_was_missing(task);
    bool agent = kit_json_int(account, "Privileged", 0) == 1;
    cJSON_Delete(account);
    return agent ? SAID_BY_AGENT : SAID_BY_STRANGER;
}

/* NULL: it says nothing, or the task failed. */
static cJSON *event_of(const struct listening *l, const cJSON *row)
{
    struct kit_task *task = l->task;
    const char *ticket = kit_json_text(row, "ObjectId");
    struct said said = {.transaction = row, .web = l->rt->web};
    cJSON *found = kit_api_get_at(task, "ticket/%", ticket);
    cJSON *parts = found ? kit_api_get_at(task, PARTS, kit_json_text(row, "id")) : NULL;
    cJSON *kept = kit_ticket_kept(l->rt->host, ticket), *event = NULL;
    kit_api_was_missing(task);
    said.ticket = found;
    said.attachments = parts;
    said.kept = kept;
    if (parts)
        said.by = who_said(task, found, kit_json_text(kit_json_member(row, "Creator"), "id"));
    if (parts && task->result->code == TOCSIN_DONE)
        event = said_event(&said);
    cJSON_Delete(found);
    cJSON_Delete(parts);
    cJSON_Delete(kept);
    return event;
}

static bool is_ours(const struct listening *l, const cJSON *row)
{
    return strcasecmp(kit_json_text(kit_json_member(row, "Creator"), "id"), l->rt->user) == 0;
}

/* What RT fails to tell again and again must not keep the rest from coming in. */
static bool is_left(struct listening *l, int64_t id)
{
    l->failures = l->failing == id ? l->failures + 1 : 1;
    l->failing = id;
    if (l->failures < FAILURES_MOST || l->task->status < 500)
        return false;
    kit_log(l->rt->host, KIT_WARNING, "left transaction %lld: %s", (long long)id, l->task->result->detail);
    kit_result(l->task->result, TOCSIN_DONE, "%s", "");
    return true;
}

/* False: the round ends, and this one comes again. */
static bool take(struct listening *l, const cJSON *row)
{
    const char *id = kit_json_text(row, "id");
    int64_t number = strtoll(id, NULL, 10);
    if (kit_seen_has(&l->seen, id))
        return true;
    cJSON *event = is_ours(l, row) ? NULL : event_of(l, row);
    return (l->task->result->code == TOCSIN_DONE || is_left(l, number)) &&
           kit_seen_pass(&l->seen, id, number, event);
}

/* ---- a round ---- */

static cJSON *ask(const struct listening *l, const char *condition, const char *order, const char *most)
{
    struct kit_text path = {0}, sql = {0};
    rt_equals(&sql, "TicketQueue", l->rt->queue);
    kit_text_addf(&sql,
                  " AND ObjectType = 'RT::Ticket' AND ( Type = 'Create' OR Type = 'Correspond' ) AND id >= %s",
                  condition);
    kit_text_add(&path, "transactions?");
    kit_api_parameter(&path, "query", kit_text_get(&sql));
    kit_text_addf(
        &path,
        "fields=Type,Creator,ObjectId&fields[Creator]=RealName,EmailAddress&orderby=id&order=%s&per_page=%s",
        order, most);
    cJSON *list = kit_api_get(l->task, kit_text_get(&path));
    kit_text_finish(&sql);
    kit_text_finish(&path);
    return list;
}

/* `at`: the number to go on with. */
static bool take_page(void *ctx, const char *at, struct kit_text *next)
{
    struct listening *l = ctx;
    char from[24];
    const cJSON *row;
    bool goes_on = true;
    snprintf(from, sizeof(from), "%lld", (long long)kit_seen_from(&l->seen));
    cJSON *list = ask(l, *at ? at : from, "ASC", PAGE);
    cJSON_ArrayForEach(row, kit_json_member(list, "items"))
    {
        goes_on = goes_on && take(l, row);
        kit_text_finish(next);
        kit_text_addf(next, "%lld", strtoll(kit_json_text(row, "id"), NULL, 10) + 1);
    }
    cJSON_Delete(list);
    return goes_on && l->task->result->code == TOCSIN_DONE;
}

/* What was there before the connector was set up is not passed in. */
static void begin(struct listening *l)
{
    cJSON *list = ask(l, "0", "DESC", "1");
    const cJSON *latest = cJSON_GetArrayItem(kit_json_member(list, "items"), 0);
    if (list)
        kit_seen_begin(&l->seen, strtoll(kit_json_text(latest, "id"), NULL, 10));
    cJSON_Delete(list);
}

static void listen_once(void *ctx, struct tocsin_result *result)
{
    struct listening *l = ctx;
    struct kit_task task = kit_api_begin(&l->rt->api, ROUND_MS, result);
    l->task = &task;
    if (l->seen.latest < 0)
        begin(l);
    if (l->seen.latest >= 0)
        kit_pages(take_page, l, PAGES_MOST);
    kit_seen_save(&l->seen);
}

int32_t rt_run(void *self, struct tocsin_error *error)
{
    struct rt *rt = self;
    struct listening l = {.rt = rt};
    kit_seen_load(&l.seen, rt->host, "transactions", OVERLAP);
    int32_t rc =
        kit_rounds_run(rt->rounds, kit_json_int(rt->settings, "interval", 10000), listen_once, &l, error);
    kit_seen_finish(&l.seen);
    return rc;
}

void rt_stop(void *self)
{
    struct rt *rt = self;
    kit_rounds_stop(rt->rounds);
}
