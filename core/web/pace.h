/*
 * pace - lets those that have much to do take turns, so that one turn of the loop stays short: each gets one turn, in the order in
 * which they came, and at most so many do in one turn of the loop. As long as one waits, the loop does not sleep.
 *
 * Loop's thread only. It keeps no loop alive by itself.
 */
#ifndef TOCSIN_WEB_PACE_H
#define TOCSIN_WEB_PACE_H

#include <uv.h>

#include "base/list.h"

struct pace;
/* A turn. The element is in no list then, and may wait again. */
typedef void pace_take(struct pace *pace, struct list *element);

struct pace {
    uv_check_t check; /* after the sockets of this turn of the loop were read */
    uv_idle_t awake;
    struct list waiting;
    uint64_t round; /* counts the turns of the loop */
    pace_take *take;
    int most;  /* turns in one turn of the loop */
    int *open; /* its handles that are not closed yet are counted here */
};

/* The struct must not move, and live until *open says that its handles are closed. */
void pace_init(struct pace *pace, uv_loop_t *loop, int most, pace_take *take, int *open);
/* What waits then is dropped. */
void pace_close(struct pace *pace);
/* Waits for a turn. Leave with list_remove. */
void pace_wait(struct pace *pace, struct list *element);

#endif
