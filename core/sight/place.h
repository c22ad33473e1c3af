/*
 * place - where a message goes: a channel, a thread in it, or one person. All texts are borrowed. Pure.
 */
#ifndef TOCSIN_SIGHT_PLACE_H
#define TOCSIN_SIGHT_PLACE_H

#include "engine/state.h"

struct place {
    const char *connector, *channel, *thread; /* channel NULL: the channel being opened for the incident */
    const char *to;     /* user id: only this person sees it; NULL: everybody in the channel */
    const char *person; /* person id: the reader, who may have no user there; NULL: see `to` */
    bool direct;        /* with `to`: as a direct message, where the platform has them */
    const char *asker;  /* user id of the asker: they alone get an answer that the channel may not see */
};

/* May the incident be discussed in this channel of it? A private one not in a channel that was opened for everybody. */
bool place_is_own(const struct incident *incident, const struct state_channel *channel);
/* The first such channel on a connector; NULL: none. Borrowed from the incident. */
const struct state_channel *place_own(const struct incident *incident, const char *connector);
/* The key of the action that opens the incident's channel on a connector. Actions for that channel refer to this key until it has
   an id. The caller frees. */
char *place_open_key(const struct incident *incident, const char *connector);
/* The name of the order that a message belongs to (struct action). Everything for an incident's own channel goes in one order, even
   before the channel has an id. A message to one person has its own order. `incident` NULL: about none. The caller frees. */
char *place_order(const struct incident *incident, const struct place *place);

#endif
