/*
 * core - the component that holds the core: decides what happens, and asks components that start after it to do the rest.
 *
 * Those give it their functions when they start, and take them back when they go. Until then no connector can take anything and
 * nobody is told of events. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_CORE_H
#define TOCSIN_DAEMON_CORE_H

#include "turn/core.h"

struct core *daemon_core(void);

/* How the core reaches connectors; see struct core_ops. */
struct daemon_delivery {
    void (*perform)(const struct action *action);
    bool (*can_take)(const char *connector, uint64_t *ret_can);
    void (*check)(const char *connector);
};
/* Stays the caller's. NULL: there are no connectors. */
void daemon_core_delivers(const struct daemon_delivery *delivery);
/* Is told of each event that is durable. NULL: nobody is. */
void daemon_core_publishes(void (*published)(const struct event *event));

#endif
