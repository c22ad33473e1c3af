/*
 * channels - an incident's own channels are kept in step with it: who is in them, what stands at their head. Only this folder
 * includes it.
 */
#ifndef TOCSIN_ROOMS_CHANNELS_H
#define TOCSIN_ROOMS_CHANNELS_H

#include "turn/turn.h"

/* What an event of the incident changes in its channels. */
void channels_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* One was opened with that topic: what changed meanwhile is made up for. */
void channels_opened(struct turn *turn, const struct incident *incident, const char *connector,
                     const char *channel, const char *topic);
void channels_pin(struct turn *turn, const struct incident *incident, const char *connector,
                  const char *channel, const char *message);

#endif
