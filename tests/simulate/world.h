/*
 * world - everything around the core, simulated from one seed: a virtual clock, people who type, systems that raise
 * alerts, connectors that fail, a journal that fails, and restarts.
 *
 * The core is the real one (turns, engine, policy, outbox, journal front); only its surroundings are simulated.
 */
#ifndef TOCSIN_SIMULATE_WORLD_H
#define TOCSIN_SIMULATE_WORLD_H

#include "base/id.h"
#include "base/map.h"
#include "journal/store.h"
#include "turn/core.h"

struct sent { /* an action that a connector is performing */
    uint64_t id;
    char *connector, *kind, *channel, *key, *body;
    int attempt, lane;
    instant answer_at;
};

struct platform { /* what a platform has seen */
    const char *name;
    uint64_t can;
    bool up;
    instant back_at;
    struct map by_key;          /* key -> times it was done */
    struct map remote;          /* key -> the id of what it made */
    struct map last_in_channel; /* channel and lane -> greatest action id done there */
    ARRAY(struct sent) hands;
    size_t done, doubled;
};

#define PLATFORMS 5
#define PROBLEMS  30

struct problem_seen {    /* what the systems know of one problem */
    instant serious_at;  /* when the last alert was acknowledged that somebody must hear of; 0: never */
    instant muted_until; /* by a person */
    int level;           /* an enum alert_level; it escalates */
};

struct desk {                        /* the tickets of desk.h, by id */
    struct map done, followed, lost; /* lost: what was asked for it did not happen */
    size_t events;
};

struct world {
    uint64_t seed;
    struct rng rng;      /* decides what happens */
    struct rng core_rng; /* the core's own randomness */
    instant now;
    size_t step;
    struct store *store;
    struct journal *journal;
    struct policy *policy;
    struct arena arena; /* for the current alerts */
    struct core *core;
    struct platform platforms[PLATFORMS];
    size_t platform_count; /* as yet */
    struct chat *chat;
    struct rooms *rooms;     /* what stands on the platforms */
    struct map acknowledged; /* the tokens of acknowledged notes */
    struct map ids, keys;    /* of actions that were handed out: id -> description, connector and key -> id */
    struct map told;         /* incident/message/customer -> the key of the action that told them */
    struct map posted;       /* words for the status page that somebody approved */
    struct desk desk;
    struct map bounced; /* customers to whom something did not arrive */
    struct problem_seen problems[PROBLEMS];
    uint64_t tokens, events;
    size_t restarts, commits_failed, refusals;
    bool verbose;
};

void world_init(struct world *world, uint64_t seed, bool verbose);
void world_finish(struct world *world);
void world_step(struct world *world);
/* Lets everything settle: faults end, the journal commits, actions are answered. */
void world_settle(struct world *world);
/* Everything works for longer than any retry takes; an action that still waits then would wait forever, which is an error. */
void world_drain(struct world *world);
/* Aborts with the seed and step when an invariant does not hold. `settled`: nothing is in flight. */
void world_check(struct world *world, bool settled);
__attribute__((noreturn, format(printf, 2, 3))) void world_broken(const struct world *world, const char *format,
                                                                  ...);

#endif
