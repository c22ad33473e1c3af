/* The tickets of an incident that was merged go on in the other one, and come back if that is undone. */
#include "comms/comms.h"
#include "tickets/inside.h"

/* The document stays with the merged incident, for an unmerge. Its own parent is not needed any more. */
static void pass_on(struct turn *turn, const struct incident *incident, const struct ticket *ticket)
{
    struct attaching how = {.by = BY_RULE,
                            .automatic = true,
                            .customer = ticket->customer,
                            .asks = ticket->notes.asked,
                            .from = incident->id};
    struct ticket moved;
    if (ticket->kind == TICKET_PARENT)
        return;
    ticket_copy(&moved, ticket);
    free(steal(moved.parent));
    attach(turn, incident->end.merged_into, &moved, &how);
    ticket_finish(&moved);
}

/* The incident that it came from is separate again. */
static void give_back(struct turn *turn, struct ticket *ticket)
{
    struct command command = {.verb = "ticket_detached",
                              .by = BY_RULE,
                              .automatic = true,
                              .name = ticket->connector,
                              .value = ticket->id,
                              .text = ticket->title,
                              .flag = ticket->done};
    if (ticket->kind != TICKET_OF_CUSTOMER || turn_do(turn, ticket->incident, &command, NULL, NULL))
        return;
    ticket->gone = true;
    ticket_put(turn, ticket);
    if (ticket->customer)
        comms_talks_elsewhere(turn, ticket->incident, ticket->customer, ticket->connector, ticket->id);
}

bool merges_settle(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    const struct incident *from = ticket->from ? turn_incident(turn, ticket->from) : NULL;
    bool separate = from && from->status != STATUS_MERGED;
    if (separate)
        give_back(turn, ticket);
    else if (incident->status == STATUS_MERGED)
        pass_on(turn, incident, ticket);
    return separate;
}
