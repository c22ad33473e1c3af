/* Does the account work, and may it do everything? Nothing is written. */
#include "rt.h"

#include <string.h>

#include "said.h"

/* By which link a record says that the account may do what. */
static const struct may {
    const char *ref, *what, *right;
} may_create = {"create", "open tickets", "CreateTicket"},
  may_reply = {"correspond", "reply to tickets", "ReplyToTicket"},
  may_comment = {"comment", "comment on tickets", "CommentOnTicket"},
  may_change = {"lifecycle", "change the status of tickets", "ModifyTicket"};

/* `records`: an array, of which one is enough, since a status may lead nowhere. */
static int32_t check_may(const struct rt *rt, const cJSON *records, struct may may, struct tocsin_error *error)
{
    const cJSON *record;
    cJSON_ArrayForEach(record, records)
    {
        if (said_has_link(record, may.ref))
            return 0;
    }
    return kit_fail(
        error, TOCSIN_E_AUTH,
        "the account %s may not %s in the queue %s: grant it the right %s there (Admin, Queues, %s, "
        "User Rights)",
        rt->user, may.what, rt->queue, may.right, rt->queue);
}

static int32_t check_queue(struct kit_task *task, struct tocsin_error *error)
{
    const struct rt *rt = rt_of(task);
    cJSON *found = kit_api_get_at(task, "queue/%", rt->queue), *all = cJSON_CreateArray();
    cJSON_AddItemReferenceToArray(all, found);
    int32_t rc = found ? check_may(rt, all, may_create, error) : kit_result_error(task->result, error);
    if (strcmp(kit_json_text(found, "Disabled"), "1") == 0)
        rc = kit_fail(error, TOCSIN_E_AUTH, "the queue %s is disabled", rt->queue);
    else if (!found && kit_api_was_missing(task))
        rc = kit_fail(
            error, TOCSIN_E_AUTH,
            "there is no queue %s that the account %s can see: check `queue`, and grant the right SeeQueue",
            rt->queue, rt->user);
    cJSON_Delete(all);
    cJSON_Delete(found);
    return rc;
}

/* What the account sees in the queue. RT hides what it may not see without a word. */
static cJSON *seen_of(struct kit_task *task, const char *list, const char *condition, const char *what,
                      const char *right, struct tocsin_error *error)
{
    const struct rt *rt = rt_of(task);
    struct kit_text sql = {0};
    rt_equals(&sql, condition, rt->queue);
    cJSON *rows = rt_search(task, list, &sql, "fields=_hyperlinks");
    if (rows && !rows->child && !*error->text)
        kit_fail(error, 0,
                 "the account %s sees no %s in the queue %s: unless there are none, grant it the right %s",
                 rt->user, what, rt->queue, right);
    return rows;
}

/* Tickets say what may be done with them. */
static int32_t check_tickets(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *tickets = seen_of(task, "tickets", "Queue", "tickets", "ShowTicket", error);
    cJSON *comments =
        seen_of(task, "transactions", "ObjectType = 'RT::Ticket' AND Type = 'Comment' AND TicketQueue",
                "comments", "ShowTicketComments, without which notes may be written twice", error);
    int32_t rc = kit_result_error(task->result, error);
    const struct may all[] = {may_reply, may_comment, may_change};
    for (size_t i = 0; !rc && cJSON_GetArraySize(tickets) && i < sizeof(all) / sizeof(all[0]); i++)
        rc = check_may(rt_of(task), tickets, all[i], error);
    cJSON_Delete(tickets);
    cJSON_Delete(comments);
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

static int32_t check_version(struct kit_task *task, struct tocsin_error *error)
{
    cJSON_Delete(kit_api_get(task, "rt"));
    return kit_result_error(task->result, error);
}

int32_t rt_check(void *self, struct tocsin_error *error)
{
    static kit_check *const checks[] = {check_version, check_users, check_queue, check_tickets, NULL};
    return kit_instance_check(self, checks, error);
}
