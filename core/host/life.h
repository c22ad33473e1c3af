/*
 * life - the life cycle of a connector's process: its states, and which event leads where. Pure: no process, no clock.
 *
 *   stopped -> starting -> opening -> running -> stopping -+
 *                  \----------\----------\-> ending -------+-> waiting (backoff) -> starting
 *                                                          +-> broken (a person must act), stopped
 *
 * One step takes one event, changes the state, and returns what to do. `now` is monotonic, in milliseconds.
 */
#ifndef TOCSIN_HOST_LIFE_H
#define TOCSIN_HOST_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

enum life_state {
    LIFE_STOPPED,
    LIFE_STARTING, /* spawned; hello and descriptor have not arrived yet */
    LIFE_OPENING,  /* has its settings */
    LIFE_RUNNING,
    LIFE_STOPPING, /* was asked to stop */
    LIFE_ENDING,   /* was sent a signal, or has exited and is being cleaned up */
    LIFE_WAITING,  /* restarts at `due` */
    LIFE_BROKEN,   /* does not restart until a person acts */
    LIFE_STATES
};

enum life_event {
    LIFE_START,     /* a person or the configuration wants it started or restarted */
    LIFE_DESCRIBED, /* its descriptor arrived and its settings were sent */
    LIFE_READY,
    LIFE_PONG,
    LIFE_STOP,
    LIFE_FAULT,    /* it misbehaved: end it, restart it later */
    LIFE_UNUSABLE, /* it cannot work as it is: end it, leave it broken */
    LIFE_TIMER,    /* `due` has been reached */
    LIFE_EXITED,
    LIFE_CLEARED, /* after LIFE_EXITED: everything of the process is cleaned up */
};

enum life_act { LIFE_SPAWN = 1, LIFE_ASK_STOP = 2, LIFE_TERMINATE = 4, LIFE_KILL = 8, LIFE_PING = 16 };

struct life_times {
    duration start;   /* at most, from spawn to ready */
    duration ping;    /* between pings */
    duration silence; /* at most, without a pong */
    duration stop;    /* at most, to stop when asked */
    duration kill;    /* from SIGTERM to SIGKILL */
    duration healthy; /* after running this long, earlier failures no longer count */
    duration backoff_least, backoff_most;
};

struct life {
    enum life_state state;
    bool wanted;     /* restart it once it has ended */
    bool unusable;   /* but leave it broken */
    bool restarting; /* restart without backoff */
    int failures;    /* in a row */
    int64_t due;     /* when LIFE_TIMER is wanted; 0: not */
    int64_t heard, running_since;
    const char *why; /* set when the step itself decided to end the process, else NULL */
};

/* Returns what to do, as life_act bits. */
unsigned life_step(struct life *life, enum life_event event, int64_t now, const struct life_times *times);
const char *life_name(enum life_state state);
bool life_has_process(enum life_state state); /* from starting to ending */

#endif
