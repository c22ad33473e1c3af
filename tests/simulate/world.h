/*
 * world - everything around the core, simulated from one seed: a virtual clock, people who type, systems that raise
 * alerts, connectors that fail, a journal that fails, and restarts.
 *
 * The core inside is the real one (core, engine, policy, outbox, journal front); only its edges are played.
 */
#ifndef TOCSIN_SIMULATE_WORLD_H
#define TOCSIN_SIMULATE_WORLD_H

#include "base/id.h"
#include "base/map.h"
#include "journal/store.h"
#include "turn/core.h"

struct sent { /* an action in a connector's hands */
    uint64_t id;
    char *connector, *kind, *channel, *key, *body;
    int attempt, lane;
    instant answer_at;
};

struct platform { /* what the outside has seen */
    const char *name;
    uint64_t can;
    bool up;
    instant back_at;
    struct map by_key;          /* key -> times it was done */
    struct map last_in_channel; /* channel and lane -> greatest action id done there */
    ARRAY(struct sent) hands;
    size_t done, doubled;
};

struct world {
    uint64_t seed;
    struct rng rng;      /* what happens */
    struct rng core_rng; /* what the core draws */
    instant now;
    size_t step;
    struct store *store;
    struct journal *journal;
    struct policy *policy;
    struct arena arena; /* of the alerts at hand */
    struct core *core;
    struct platform platforms[2];
    struct map acknowledged; /* tokens that people were told are kept */
    struct map ids, keys;    /* of actions that were handed out: id -> what it is, connector and key -> id */
    uint64_t tokens, events;
    size_t restarts, commits_failed, refusals;
    bool verbose;
};

void world_init(struct world *world, uint64_t seed, bool verbose);
void world_finish(struct world *world);
void world_step(struct world *world);
/* Lets everything settle: faults end, the journal is stepped, actions are answered. */
void world_settle(struct world *world);
/* All goes well for longer than anything is tried again: what still waits then waits for ever, and is a fault. */
void world_drain(struct world *world);
/* Aborts the process with the seed and step when an invariant does not hold. `settled`: nothing is in flight. */
void world_check(struct world *world, bool settled);
__attribute__((noreturn, format(printf, 2, 3))) void world_broken(const struct world *world, const char *format,
                                                                  ...);

#endif
