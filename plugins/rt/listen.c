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

#define OVERLAP    300 /* numbers */
#define ROUND_MS   60000
#define PAGE       "100"
#define PAGES_MOST 100 /* of a round; the next one goes on */

struct listening {
    struct rt *rt;
    struct kit_seen seen;
    struct rt_task *task; /* of the round at hand */
};

/* ---- one transaction ---- */

static cJSON *get_at(struct rt_task *task, const char *format, const char *what)
{
    struct kit_text path = {0};
    char *encoded = kit_url_encode(what);
    const char *at = strchr(format, '%');
    kit_text_addn(&path, format, (size_t)(at - format));
    kit_text_add(&path, encoded);
    kit_text_add(&path, at + 1);
    cJSON *found = rt_get(task, kit_text_get(&path));
    rt_was_missing(task);
    free(encoded);
    kit_text_finish(&path);
    return found;
}

/* RT lets everybody who knows a ticket's number write to it by mail, so who is neither a requester nor privileged is a stranger. */
static enum said_by who_said(struct rt_task *task, const cJSON *ticket, const char *user)
{
    if (said_by_requester(ticket, user))
        return SAID_BY_CUSTOMER;
    cJSON *account = get_at(task, "user/%", user);
    bool agent = kit_json_int(account, "Privileged", 0) == 1;
    cJSON_Delete(account);
    return agent ? SAID_BY_AGENT : SAID_BY_STRANGER;
}

/* NULL: it says nothing, or the task failed. */
static cJSON *event_of(const struct listening *l, const cJSON *row)
{
    struct rt_task *task = l->task;
    const char *ticket = kit_json_text(row, "ObjectId");
    struct said said = {.transaction = row, .web = l->rt->web};
    cJSON *found = get_at(task, "ticket/%", ticket);
    cJSON *parts =
        found ? get_at(task,
                       "transaction/%/attachments?fields=Content,ContentType,Filename,Headers&per_page=" PAGE,
                       kit_json_text(row, "id"))
              : NULL;
    cJSON *kept = rt_ticket_kept(l->rt, strtoll(ticket, NULL, 10)), *event = NULL;
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

/* False: the round ends, and this one comes again. */
static bool take(struct listening *l, const cJSON *row)
{
    const char *id = kit_json_text(row, "id");
    if (kit_seen_has(&l->seen, id))
        return true;
    cJSON *event = is_ours(l, row) ? NULL : event_of(l, row);
    if (l->task->result->code != TOCSIN_DONE) {
        cJSON_Delete(event);
        return false;
    }
    return kit_seen_pass(&l->seen, id, strtoll(id, NULL, 10), event);
}

/* ---- a round ---- */

static cJSON *ask(const struct listening *l, const char *condition, const char *order, const char *most)
{
    struct kit_text path = {0}, sql = {0};
    kit_text_add(&sql, "TicketQueue = ");
    rt_quote(&sql, l->rt->queue);
    kit_text_addf(&sql, " AND ( Type = 'Create' OR Type = 'Correspond' ) AND id >= %s", condition);
    kit_text_add(&path, "transactions?");
    rt_parameter(&path, "query", kit_text_get(&sql));
    kit_text_addf(
        &path,
        "fields=Type,Creator,ObjectId&fields[Creator]=RealName,EmailAddress&orderby=id&order=%s&per_page=%s",
        order, most);
    cJSON *list = rt_get(l->task, kit_text_get(&path));
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
    struct rt_task task = rt_begin(l->rt, ROUND_MS, result);
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
