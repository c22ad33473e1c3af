#include "rooms/reach.h"

#include <tocsin/connector.h>

#include "rooms/rooms.h"

static bool is_fallback(const struct core *core, const struct link *link)
{
    return text_equal(link->name, core_settings(core)->announce_fallback);
}

bool reach_is_chat(const struct core *core, const struct link *link)
{
    return link_is_chat(link) && !(link->can & TOCSIN_CAN_LOCAL) && !is_fallback(core, link);
}

const char *reach_why_not(const struct link *link)
{
    return link_stuck(link) ? link_trouble(link) : link->unannounced;
}

/* A connector that has not started yet may be a chat. */
static bool any_chat(const struct core *core)
{
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        if ((reach_is_chat(core, link) || (!link->can && !is_fallback(core, link))) && !reach_why_not(link))
            return true;
    }
    return false;
}

const struct link *reach_fallback(const struct core *core)
{
    const char *name = core_settings(core)->announce_fallback;
    const struct link *link = name ? link_find(core, name) : NULL;
    return link && link_is_chat(link) && !any_chat(core) ? link : NULL;
}

bool rooms_announces(const struct core *core, const struct link *link)
{
    return link_is_chat(link) && (!is_fallback(core, link) || reach_fallback(core) == link);
}

bool reach_rooms(const struct core *core, const struct incident *incident)
{
    const struct link *link;
    if (!reach_fallback(core))
        return true;
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        link = link_find(core, channel->connector);
        if (link && place_is_own(incident, channel) && !link_stuck(link) && !(link->can & TOCSIN_CAN_LOCAL))
            return true;
    }
    return false;
}
