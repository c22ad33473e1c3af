/*
 * life - what becomes of a connector's process: the states, and which event leads where. Pure: no process, no clock.
 *
 *   stopped -> starting -> opening -> running -> stopping -+
 *                  \----------\----------\-> ending -------+-> waiting (backoff) -> starting
 *                                                          +-> broken (a person must act), stopped
 *
 * One step takes one event, changes the state, and says what to do. `now` is monotonic milliseconds.
 */
#ifndef TOCSIN_HOST_LIFE_H
#define TOCSIN_HOST_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum life_state {
    LIFE_STOPPED,
    LIFE_STARTING, /* spawned; hello and descriptor are awaited */
    LIFE_OPENING,  /* has its settings */
    LIFE_RUNNING,
    LIFE_STOPPING, /* was asked to stop */
    LIFE_ENDING,   /* was told to end by a signal, or has ended and is being cleared away */
    LIFE_WAITING,  /* is started again at `due` */
    LIFE_BROKEN,   /* is not started again by itself */
    LIFE_STATES
};

enum life_event {
    LIFE_START,     /* a person or the configuration wants it started, or started anew */
    LIFE_DESCRIBED, /* its descriptor came, settings went out */
    LIFE_READY,
    LIFE_PONG,
    LIFE_STOP,
    LIFE_FAULT, /* it broke the rules: ended, and started again */
    LIFE_WRONG, /* it cannot work as it is: ended, and not started again by itself */
    LIFE_TIMER, /* `due` has come */
    LIFE_EXITED,
    LIFE_CLEARED, /* after LIFE_EXITED: nothing of the process is left */
};

enum life_act { LIFE_SPAWN = 1, LIFE_ASK_STOP = 2, LIFE_TERMINATE = 4, LIFE_KILL = 8, LIFE_PING = 16 };

struct life_times {
    duration start;   /* at most, from spawn to ready */
    duration ping;    /* between pings */
    duration silence; /* at most without a pong */
    duration stop;    /* for stopping by itself */
    duration kill;    /* from SIGTERM to SIGKILL */
    duration healthy; /* running so long, earlier failures are forgotten */
    duration backoff_least, backoff_most;
};

struct life {
    enum life_state state;
    bool wanted, wrong, anew; /* once it has ended: start again; do not, it is broken; start at once */
    int failures;             /* in a row */
    int64_t due;              /* when LIFE_TIMER is wanted; 0: not */
    int64_t heard, running_since;
    const char *why; /* set by a step that ends the process of its own accord, else NULL */
};

/* Returns what to do: LIFE_SPAWN … */
unsigned life_step(struct life *life, enum life_event event, int64_t now, const struct life_times *times);
const char *life_name(enum life_state state);
bool life_has_process(enum life_state state); /* starting to ending */

#endif
