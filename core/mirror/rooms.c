/* Which rooms of an incident take part in copying. */
#include "delivery/link.h"
#include "mirror/inside.h"
#include "policy/unmirrored.h"
#include "sight/sight.h"

static const struct state_channel *find(const struct incident *incident, const struct room *room)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (text_equal(channel->connector, room->connector) && text_equal(channel->channel, room->channel))
            return channel;
    }
    return NULL;
}

bool mirror_takes(const struct core *core, const struct incident *incident, const struct room *room)
{
    const struct state_channel *channel = find(incident, room);
    enum mirrored said = channel && channel->mirrored ? channel->mirrored : incident->places.mirrored;
    if (said)
        return said == MIRRORED_ON;
    return !policy_unmirrored(core_policy(core), incident, room->connector);
}

static bool is_same(const struct room *a, const struct room *b)
{
    /* An old event does not say in which of a platform's rooms it was. */
    return text_equal(a->connector, b->connector) && (!a->channel || text_equal(a->channel, b->channel));
}

static bool is_open(struct core *core, const struct incident *incident, const struct room *room)
{
    struct place place = {.connector = room->connector, .channel = room->channel};
    return link_served(core, room->connector) && sight_place_sees(core, incident, &place);
}

void mirror_others(struct core *core, const struct incident *incident, const struct room *origin, on_room *on,
                   void *ctx)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        struct room room = {incident->places.channels.v[i].connector, incident->places.channels.v[i].channel};
        if (!is_same(origin, &room) && is_open(core, incident, &room))
            on(ctx, &room);
    }
}

struct taking {
    struct core *core;
    const struct incident *incident;
    on_room *on;
    void *ctx;
};

static void if_takes(void *ctx, const struct room *room)
{
    const struct taking *taking = ctx;
    if (mirror_takes(taking->core, taking->incident, room))
        taking->on(taking->ctx, room);
}

void mirror_rooms(struct core *core, const struct incident *incident, const struct room *origin, on_room *on,
                  void *ctx)
{
    if (mirror_takes(core, incident, origin))
        mirror_others(core, incident, origin, if_takes, &(struct taking){core, incident, on, ctx});
}
