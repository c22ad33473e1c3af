/*
 * memory - the structs that the files of this folder share: core, live incident, turn. Nobody else includes this.
 */
#ifndef TOCSIN_TURN_MEMORY_H
#define TOCSIN_TURN_MEMORY_H

#include "base/list.h"
#include "base/map.h"
#include "clock/deadline.h"
#include "engine/decide.h"
#include "turn/core.h"
#include "turn/damage.h"
#include "turn/live.h"
#include "turn/part.h"
#include "turn/turn.h"

#define KEEP_VERSIONS 65536 /* stream versions remembered */
#define KEEP_ENDED    512   /* ended incidents kept in memory; the least recently used is dropped first */

struct live {
    struct incident *incident;
    struct list used; /* in core->live.ended unless it is open */
    bool open;        /* is it in core->live.open? As of the end of the last turn */
    bool waits;       /* a deadline of it is set; as of then */
    bool counted;     /* is it in core->live.open_public? As of then */
    bool fresh;       /* declared in this turn */
    uint64_t touched; /* the number of the last turn that has it in turn->touched */
};

struct live_incidents {
    struct map all;            /* "0000000042" -> struct live, owned */
    ARRAY(struct live *) open; /* by number */
    size_t open_public;        /* how many of them */
    struct list ended;         /* the least recently used first */
    size_t ended_count;
    uint64_t next;           /* the number of the next incident */
    ARRAY(uint64_t) damaged; /* whose document is; to be restored */
    bool due_set;            /* by live_due, since that was last looked at */
};

struct trouble {  /* of the journal */
    bool failing; /* from a failed commit until a write succeeds: nothing is accepted */
    bool torn;    /* from a failed commit until the state is read again: memory is ahead of the journal */
    bool probing;
    struct error why;
    instant next_probe;
    ARRAY(uint64_t) sending; /* actions that are with connectors while memory is read again */
};

struct sweep {
    uint64_t number; /* the key of its document */
    char *part;
    char *about;               /* JSON */
    ARRAY(uint64_t) incidents; /* all of them */
    size_t visited;            /* so many of them, from the first on */
    uint64_t turn;             /* goes on once this turn is durable */
};

struct damage {       /* of the journal: damage.h */
    struct map found; /* what is damaged, in words */
    struct damage_look look;
};

struct core {
    struct core_settings settings;
    struct core_ops ops;
    struct journal *journal;
    struct policy *policy;
    struct rng *rng;
    struct outbox *outbox;
    struct deadlines *deadlines;
    void **states; /* of the parts, in the order of the table */
    struct live_incidents live;
    ARRAY(struct sweep) sweeps; /* the oldest first; only that one is under way */
    struct map versions;        /* stream -> newest version, for streams other than incidents */
    struct trouble trouble;
    struct damage damage;
    size_t turns;      /* appended, and not yet reported as durable or failed */
    uint64_t begun;    /* number of turns since the start */
    uint64_t reported; /* the number of the last one that was reported */
    /* Set by recover.c: called when a commit failed, and whenever a turn was reported. */
    void (*failed)(struct core *core, const struct error *err);
    void (*answered)(struct core *core);
    instant next_prune;
    instant next_tick; /* the last result of core_tick, or sooner */
};

struct turn {
    struct core *core;
    uint64_t number;
    instant now;
    struct journal_batch *batch;
    event_list events; /* of this turn, in order */
    size_t followed;   /* how many of them the parts have followed */
    ARRAY(struct live *) touched;
    unsigned keys;
    uint64_t last_action;
    char *agent, *agent_for; /* see turn_set_agent */
    const char *rule;        /* the line of the policy that requests what is sent now; NULL: none. Borrowed */
    journal_done *done;
    void *ctx;
};

/* memory.c */
int core_load(struct core *core, struct error *err);
void core_unload(struct core *core);

/* live.c */
struct live *live_find(struct core *core, uint64_t id); /* NULL: no such incident */
struct live *live_add(struct core *core, struct incident *incident);
void live_settle(struct core *core,
                 struct live *live); /* after a change: updates the lists and the deadlines */
void live_trim(struct core *core);   /* only between turns, when nobody has borrowed an incident */
int live_load(struct core *core,
              struct error *err);           /* the open incidents, those that wait, and the next number */
void live_set_deadlines(struct core *core); /* of those; after the parts have loaded */
void live_finish(struct core *core);
/* Its document. */
void live_write(struct journal_batch *batch, const struct incident *incident);
/* Folds the states that are damaged from their events, and stores them. */
void live_restore(struct core *core);

/* sweep.c */
int sweeps_load(struct core *core, struct error *err);
void sweeps_finish(struct core *core);
instant sweeps_tick(struct core *core, instant now); /* visits some more; returns when to call again */

/* recover.c: after a failed commit. */
void recover_begin(struct core *core, const struct error *err);
/* Reads the state again, once the last appended turn has been reported. */
void recover_memory(struct core *core);
/* Tries a small write from time to time; work resumes when it succeeds. Returns when to call again. */
instant recover_probe(struct core *core, instant now);

/* turn.c */
struct live *turn_live(struct turn *turn, uint64_t id);

#endif
