/* Does the account work, and may it do everything? Nothing is written. */
#include "rt.h"

#include <string.h>

#define CHECK_MS 15000

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

/* By which link a record says that the account may do what. */
static const struct may {
    const char *ref, *what, *right;
} may_create = {"create", "open tickets", "CreateTicket"},
  may_reply = {"correspond", "reply to tickets", "ReplyToTicket"},
  may_comment = {"comment", "comment on tickets", "CommentOnTicket"};

static int32_t check_may(const struct rt *rt, const cJSON *record, struct may may, struct tocsin_error *error)
{
    return has_link(record, may.ref)
               ? 0
               : kit_fail(
                     error, TOCSIN_E_AUTH,
                     "the account %s may not %s in the queue %s: grant it the right %s there (Admin, Queues, "
                     "%s, User Rights)",
                     rt->user, may.what, rt->queue, may.right, rt->queue);
}

static int32_t check_queue(struct kit_task *task, struct tocsin_error *error)
{
    const struct rt *rt = rt_of(task);
    cJSON *found = kit_api_get_at(task, "queue/%", rt->queue);
    int32_t rc = found ? check_may(rt, found, may_create, error) : kit_result_error(task->result, error);
    if (strcmp(kit_json_text(found, "Disabled"), "1") == 0)
        rc = kit_fail(error, TOCSIN_E_AUTH, "the queue %s is disabled", rt->queue);
    else if (!found && kit_api_was_missing(task))
        rc = kit_fail(
            error, TOCSIN_E_AUTH,
            "there is no queue %s that the account %s can see: check `queue`, and grant the right SeeQueue",
            rt->queue, rt->user);
    cJSON_Delete(found);
    return rc;
}

/* Any ticket says what may be done with it. */
static int32_t check_tickets(struct kit_task *task, struct tocsin_error *error)
{
    const struct rt *rt = rt_of(task);
    struct kit_text sql = {0};
    rt_equals(&sql, "Queue", rt->queue);
    cJSON *tickets = rt_search(task, "tickets", &sql, "fields=_hyperlinks&per_page=1");
    const cJSON *ticket = cJSON_GetArrayItem(tickets, 0);
    int32_t rc = kit_result_error(task->result, error);
    if (!rc && !ticket)
        kit_fail(
            error, 0,
            "the queue %s has no ticket that the account %s can see, so whether it may reply is not known; "
            "it needs the rights ShowTicket, ShowTicketComments, ReplyToTicket and ModifyTicket",
            rt->queue, rt->user);
    if (!rc && ticket)
        rc = check_may(rt, ticket, may_reply, error);
    if (!rc && ticket)
        rc = check_may(rt, ticket, may_comment, error);
    cJSON_Delete(tickets);
    return rc;
}

/* RT hides comments without a word. */
static int32_t check_comments(struct kit_task *task, struct tocsin_error *error)
{
    struct kit_text sql = {0};
    rt_equals(&sql, "ObjectType = 'RT::Ticket' AND Type = 'Comment' AND TicketQueue", rt_of(task)->queue);
    cJSON *comments = rt_search(task, "transactions", &sql, "per_page=100");
    int32_t rc = kit_result_error(task->result, error);
    if (!rc && !cJSON_GetArraySize(comments) && !*error->text)
        kit_fail(error, 0,
                 "the account %s sees no comments in the queue %s: unless there are none, grant it the right "
                 "ShowTicketComments there; without it, notes may be written twice after a crash, and agents' "
                 "`!inc` "
                 "is not heard",
                 rt_of(task)->user, rt_of(task)->queue);
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

int32_t rt_check(void *self, struct tocsin_error *error)
{
    const struct rt *rt = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&rt->api, CHECK_MS, &result);
    cJSON *version = kit_api_get(&task, "rt");
    int32_t rc = version ? 0 : kit_result_error(&result, error);
    cJSON_Delete(version);
    rc = rc ? rc : check_users(&task, error);
    rc = rc ? rc : check_queue(&task, error);
    rc = rc ? rc : check_tickets(&task, error);
    return rc ? rc : check_comments(&task, error);
}
