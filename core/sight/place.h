/*
 * place - where something is said: a channel, a thread in it, or one person. All texts are borrowed. Pure.
 */
#ifndef TOCSIN_SIGHT_PLACE_H
#define TOCSIN_SIGHT_PLACE_H

#include "engine/state.h"

struct place {
    const char *connector, *channel, *thread; /* channel NULL: the one that is being opened for the incident */
    const char *to;                           /* user id: only this person sees it; NULL: all in the channel */
    const char *person; /* person id: the same for somebody who may have no user there; NULL: see `to` */
    bool direct;        /* with `to`: in a private talk, where the platform has such */
    const char *asker;  /* user id of who asked: an answer that the channel may not see goes to them alone */
};

/* A channel that was opened for everybody is none that a private incident is told in. */
bool place_is_own(const struct incident *incident, const struct state_channel *channel);
/* The first of its own on that connector; NULL: it has none there. Borrowed from the incident. */
const struct state_channel *place_own(const struct incident *incident, const char *connector);
/* The key of the action that opens the incident's channel there, by which what is to go into it refers to it. The caller frees. */
char *place_open_key(const struct incident *incident, const char *connector);

#endif
