/*
 * memory - what the files of this folder share: the core, an incident in memory, a turn. Nobody else includes this.
 */
#ifndef TOCSIN_TURN_MEMORY_H
#define TOCSIN_TURN_MEMORY_H

#include "base/list.h"
#include "base/map.h"
#include "clock/deadline.h"
#include "engine/decide.h"
#include "turn/core.h"
#include "turn/live.h"
#include "turn/part.h"
#include "turn/turn.h"

#define KEEP_VERSIONS 65536 /* stream versions remembered */
#define KEEP_ENDED    512   /* ended incidents kept in memory, the least recently used go first */

struct live {
    struct incident *incident;
    struct list used; /* in core->live.ended while it is not open */
    bool open;        /* in core->live.open; as of the end of the last turn */
};

struct live_incidents {
    struct map all;            /* "0000000042" -> struct live, owned */
    ARRAY(struct live *) open; /* by number */
    struct list ended;         /* the least recently used first */
    size_t ended_count;
    uint64_t next; /* the number of the next one */
};

struct trouble {  /* of the journal */
    bool failing; /* between a failed commit and a write that landed: nothing is taken in */
    bool torn;    /* between a failed commit and the state read again: memory says what the journal does not */
    bool probing;
    struct error why;
    instant next_probe;
    ARRAY(uint64_t) sending; /* actions that are with connectors while memory is made anew */
};

struct core {
    struct core_settings settings;
    struct core_ops ops;
    struct journal *journal;
    struct policy *policy;
    struct rng *rng;
    struct outbox *outbox;
    struct deadlines *deadlines;
    void **states; /* of the parts, in their order */
    struct live_incidents live;
    struct map versions; /* stream -> newest version, of streams that are no incident's */
    struct trouble trouble;
    size_t turns;   /* appended, not yet answered */
    uint64_t begun; /* turns, since the start */
    /* recover.c, when a turn's commit failed; and when a turn was answered, either way. */
    void (*failed)(struct core *core, const struct error *err);
    void (*answered)(struct core *core);
    instant next_prune;
    instant next_tick; /* what core_tick said last, or sooner */
};

struct turn {
    struct core *core;
    uint64_t number;
    instant now;
    struct journal_batch *batch;
    event_list events; /* all of this turn, in order */
    size_t followed;   /* so many of them were shown to the parts */
    ARRAY(struct live *) touched;
    unsigned keys;
    uint64_t last_action;
    const char *rule; /* what of the policy asks for what is sent now; NULL: nothing does. Borrowed */
    journal_done *done;
    void *ctx;
};

/* memory.c */
int core_load(struct core *core, struct error *err);
void core_unload(struct core *core);

/* live.c */
struct live *live_find(struct core *core, uint64_t id); /* NULL: no such incident */
struct live *live_add(struct core *core, struct incident *incident);
void live_settle(struct core *core, struct live *live); /* after a change: open or ended, deadlines */
void live_trim(struct core *core);                      /* between turns only: nobody holds an incident then */
int live_load(struct core *core, struct error *err);    /* all open ones, and the next number */
void live_set_deadlines(struct core *core);             /* of all open ones; the parts have loaded */
void live_finish(struct core *core);

/* recover.c: after a failed commit. */
void recover_begin(struct core *core, const struct error *err);
/* Reads memory again, once the last turn that was appended is answered. */
void recover_memory(struct core *core);
/* Tries a small write, from time to time; when it lands everything goes on. Returns when to be called again. */
instant recover_probe(struct core *core, instant now);

/* turn.c */
struct live *turn_live(struct turn *turn, uint64_t id);

#endif
