/* Announcing an incident, and what if that is impossible. */
#include <tocsin/connector.h>

#include "delivery/link.h"
#include "rooms/cards.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"

/* Tells a new incident which connectors cannot send for now. False: none can announce it. */
static bool tell_trouble(struct turn *turn, uint64_t incident)
{
    struct core *core = turn_core(turn);
    bool somewhere = false;
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        const char *trouble = link_trouble(link);
        if (!rooms_announces(core, link))
            continue;
        if (trouble)
            trouble_tell(turn, incident, link->name, trouble, false);
        somewhere |= !trouble && !link->unannounced;
    }
    return somewhere;
}

bool rooms_announce(struct turn *turn, const struct incident *incident, const char *channel)
{
    cards_announce(turn, incident, channel);
    return tell_trouble(turn, incident->id);
}
