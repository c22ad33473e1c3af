/*
 * When conversations with customers about one incident are many, the status page is suggested: once, and again only after they were
 * few meanwhile.
 */
#include "comms/comms.h"
#include "comms/conversations.h"
#include "rooms/card.h"

#define CONVERSATIONS_MOST 5 /* without a setting */

static int64_t most(const struct core *core)
{
    int64_t set = core_settings(core)->conversations;
    return set ? set : CONVERSATIONS_MOST;
}

static bool may_change(const struct event *event)
{
    return event->type == EVENT_TICKET_ATTACHED || event->type == EVENT_TICKET_CHANGED ||
           event->type == EVENT_TOLD || event->type == EVENT_REPLIED || event->type == EVENT_STATUS ||
           event->type == EVENT_MERGED_IN;
}

void crowded_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct core *core = turn_core(turn);
    if (!may_change(event) || !(incident->comms.crowded || incident->affected.customers.n))
        return;
    int64_t tickets = incident->places.tickets.attached - incident->places.tickets.done;
    int64_t n = MAX((int64_t)comms_open_conversations(core, incident), tickets);
    turn_do(turn, incident->id,
            &(struct command){
                .verb = "crowded", .by = BY_SYSTEM, .automatic = true, .count = n, .flag = n > most(core)},
            NULL, NULL);
}

void crowded_card(struct core *core, const struct incident *incident, const struct card_context *context,
                  struct json_out *fields)
{
    (void)context;
    CLEANUP_FREE char *text = xasprintf("the status page: more than %lld conversations with customers are open",
                                        (long long)most(core));
    if (incident->comms.crowded)
        card_field(fields, "consider", text);
}
