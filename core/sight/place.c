#include "sight/place.h"

#include <inttypes.h>

bool place_is_own(const struct incident *incident, const struct state_channel *channel)
{
    return channel->private || !incident->private;
}

const struct state_channel *place_own(const struct incident *incident, const char *connector)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (text_equal(channel->connector, connector) && place_is_own(incident, channel))
            return channel;
    }
    return NULL;
}

char *place_open_key(const struct incident *incident, const char *connector)
{
    return xasprintf("open:INC-%" PRIu64 ":%s%s", incident->id, connector, incident->private ? ":private" : "");
}

static bool is_own_channel(const struct incident *incident, const struct place *place)
{
    if (!place->channel)
        return true; /* the one being opened for it */
    return incident_has_channel(incident, place->connector, place->channel);
}

char *place_order(const struct incident *incident, const struct place *place)
{
    char name[INCIDENT_NAME];
    const char *of = place->channel ? place->channel : "";
    if (incident &&
        (is_own_channel(incident, place) || incident->sort.script)) /* a drill holds up nothing real */
        of = incident_name(incident->id, name);
    return place->to ? xasprintf("%s/%s", of, place->to) : xstrdup(of);
}
