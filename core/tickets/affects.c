/* The state of an incident names so many customers and no more: whom its tickets bring beyond, they know themselves. */
#include <strings.h>

#include "intake/group_affected.h"
#include "tickets/inside.h"

struct telling {
    const struct affected_reader *reader;
    instant since;
    bool enough;
};

static bool tell(void *ctx, const struct ticket *ticket)
{
    struct telling *telling = ctx;
    const char *only = telling->reader->key;
    if (!ticket->customer || (only && !text_equal_nocase(only, ticket->customer)))
        return true;
    struct affected one = {.key = ticket->customer,
                           .name = ticket->name ? ticket->name : ticket->customer,
                           .since = telling->since};
    telling->enough = !telling->reader->on(telling->reader->ctx, &one);
    return !telling->enough;
}

void affects_each_of_tickets(struct core *core, const struct incident *incident,
                             const struct affected_reader *reader)
{
    struct telling telling = {reader, incident->entries.n ? incident->entries.v[0].at : 0, false};
    if (incident->affected.customers.n < STATE_CUSTOMERS || !incident->places.tickets.attached)
        return;
    tickets_each(core, incident->id, NULL, 0, tell, &telling);
    if (!telling.enough)
        tickets_each_fresh(core, incident->id, tell, &telling);
}
