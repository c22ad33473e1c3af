/*
 * Rounds over the queue: what was written to customers and by them, which tickets changed, and what agents ask of Tocsin in comments.
 *
 * RT gives a transaction its number before it is committed, so a round looks at the last few hundred numbers again. What the account
 * may not see takes up room on RT's pages without being there, and a page of nothing else looks like the last one. So comments, which
 * need a right of their own, are read apart.
 *
 * A ticket that we follow may be moved to another queue. That is a transaction, too; from then on the ticket is asked for by its number.
 */
#include "rt.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/feed.h>
#include <tocsin/kit/store.h>

#include "said.h"

#define OVERLAP    300     /* numbers */
#define MOVED      "moved" /* in the store: the numbers of tickets that we follow and that were moved */
#define MOVED_MOST 50
#define ROUND_MS   60000
#define FIELDS     "fields=Type,Creator,ObjectId&fields[Creator]=RealName,EmailAddress,Organization&orderby=id&"
#define PARTS      "transaction/%/attachments?fields=Content,ContentType,Filename,Headers&per_page=100"

/* ---- one transaction ---- */

/* RT lets everybody who knows a ticket's number write to it by mail, so who is neither a requester nor privileged is a stranger. An
   agent may be a requester, too; then only their comments are an agent's. */
static enum kit_by who_said(struct kit_task *task, const cJSON *ticket, const char *user, bool comment)
{
    if (!comment && said_by_requester(ticket, user))
        return KIT_BY_CUSTOMER;
    cJSON *account = kit_api_get_at(task, "user/%", user);
    kit_api_was_missing(task);
    bool agent = kit_json_int(account, "Privileged", 0) == 1;
    cJSON_Delete(account);
    return agent ? KIT_BY_AGENT : KIT_BY_STRANGER;
}

static cJSON *words_event(struct kit_task *task, const cJSON *row, bool comment)
{
    cJSON *parts = kit_api_get_at(task, PARTS, kit_json_text(row, "id")), *event = NULL;
    bool tells = parts && (!comment || said_is_command(parts));
    cJSON *ticket = tells ? kit_api_get_at(task, "ticket/%", kit_json_text(row, "ObjectId")) : NULL;
    struct said said = {.transaction = row, .ticket = ticket, .attachments = parts, .web = rt_of(task)->web};
    kit_api_was_missing(task);
    if (ticket)
        said.by = who_said(task, ticket, kit_json_text(kit_json_member(row, "Creator"), "id"), comment);
    if (ticket && task->result->code == TOCSIN_DONE)
        event = said_event(&said, task->api->host);
    cJSON_Delete(ticket);
    cJSON_Delete(parts);
    return event;
}

/* A ticket that we follow has another status. */
static cJSON *status_event(struct kit_task *task, const cJSON *row)
{
    const char *number = kit_json_text(row, "ObjectId"),
               *user = kit_json_text_or(kit_json_member(row, "Creator"), "id", "unknown");
    cJSON *kept = kit_ticket_kept(task->api->host, number), *event = NULL;
    struct rt_ticket ticket;
    char id[40];
    snprintf(id, sizeof(id), "rt:%.30s", kit_json_text(row, "id"));
    if (kept && rt_ticket_load(task, number, &ticket)) {
        event = kit_ticket_event(&ticket.as, id);
        cJSON_AddItemToObject(event, "user", kit_json_texts("id", user, NULL));
        rt_ticket_finish(&ticket);
    } else if (task->result->code == TOCSIN_REFUSED) {
        kit_result(task->result, TOCSIN_DONE, "%s", ""); /* it is gone */
    }
    cJSON_Delete(kept);
    return event;
}

static void note_move(const struct tocsin_host *host, const char *number)
{
    cJSON *kept = kit_ticket_kept(host, number);
    if (kept)
        kit_put_among(host, MOVED, number, MOVED_MOST);
    cJSON_Delete(kept);
}

static cJSON *event_of(struct kit_task *task, const cJSON *row)
{
    const char *type = kit_json_text(row, "Type");
    if (strcmp(type, "Set") == 0) {
        note_move(task->api->host, kit_json_text(row, "ObjectId"));
        return NULL;
    }
    if (strcmp(type, "Status") == 0)
        return status_event(task, row);
    if (strcasecmp(kit_json_text(kit_json_member(row, "Creator"), "id"), rt_of(task)->user) == 0)
        return NULL; /* we wrote it */
    return words_event(task, row, strcmp(type, "Comment") == 0);
}

/* ---- a round ---- */

/* RT knows no precedence: whatever belongs together needs its parentheses. */
static cJSON *ask(struct kit_task *task, const struct kit_feed *feed, int64_t from, bool newest)
{
    struct kit_text sql = {0};
    cJSON *moved = kit_get(task->api->host, MOVED);
    const cJSON *row;
    kit_text_add(&sql, "ObjectType = 'RT::Ticket' AND ( ( Type = 'Set' AND Field = 'Queue' ) OR ( ( ");
    rt_equals(&sql, "TicketQueue", rt_of(task)->queue);
    cJSON_ArrayForEach(row, moved)
    {
        kit_text_addf(&sql, " OR ObjectId = %s", cJSON_IsString(row) ? row->valuestring : "0");
    }
    kit_text_addf(&sql, " ) AND ( %s ) ) ) AND id >= %lld", feed->what, (long long)from);
    cJSON_Delete(moved);
    return rt_search(task, "transactions", &sql,
                     newest ? FIELDS "order=DESC&per_page=1" : FIELDS "order=ASC&per_page=100");
}

struct listening {
    const struct rt *rt;
    struct kit_feed words, comments;
};

static void listen_once(void *ctx, struct tocsin_result *result)
{
    struct listening *l = ctx;
    struct kit_task task = kit_api_begin(&l->rt->kit.api, ROUND_MS, result);
    kit_feed_read(&l->words, &task);
    if (result->code == TOCSIN_DONE)
        kit_feed_read(&l->comments, &task);
}

int32_t rt_run(void *self, struct tocsin_error *error)
{
    struct rt *rt = self;
    struct kit_feed feed = {.ask = ask, .event_of = event_of};
    struct listening l = {rt, feed, feed};
    l.words.what = "Type = 'Create' OR Type = 'Correspond' OR Type = 'Status'";
    l.comments.what = "Type = 'Comment'";
    kit_seen_load(&l.words.seen, rt->kit.host, "transactions", OVERLAP);
    kit_seen_load(&l.comments.seen, rt->kit.host, "comments", OVERLAP);
    int32_t rc = kit_instance_run(rt, 1, listen_once, &l, error);
    kit_seen_finish(&l.words.seen);
    kit_seen_finish(&l.comments.seen);
    return rc;
}
