/*
 * channels - keeps an incident's own channels in step with it: members, topic, pins, bookmarks. Only this folder includes it.
 */
#ifndef TOCSIN_ROOMS_CHANNELS_H
#define TOCSIN_ROOMS_CHANNELS_H

#include "turn/turn.h"

/* Updates the channels after an event of the incident. */
void channels_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* A channel was opened with that topic: updates it if the incident has changed meanwhile. */
void channels_opened(struct turn *turn, const struct incident *incident, const char *connector,
                     const char *channel, const char *topic);
void channels_pin(struct turn *turn, const struct incident *incident, const char *connector,
                  const char *channel, const char *message);

#endif
