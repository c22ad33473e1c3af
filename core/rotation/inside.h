/*
 * inside - layers: their hours, their turns, and which of them decides. Only this folder includes it. Pure.
 */
#ifndef TOCSIN_ROTATION_INSIDE_H
#define TOCSIN_ROTATION_INSIDE_H

#include "rotation/rotation.h"

/* What decides who is on call at an instant. */
struct duty {
    const struct layer *layer; /* NULL: nobody is on call */
    int64_t turn;              /* which of its turns, from 0 */
    int64_t day;               /* the day since 1970 on which its hours began; 0: it has no hours of its own */
};
struct duty duty_at(const struct rotation *rotation, instant t);
int64_t layer_turn(const struct layer *layer, instant t); /* which turn it is then; t >= layer->from */
instant layer_handover(const struct layer *layer, int64_t turn, int length); /* of turns of that length */
bool layer_is_all_day(const struct layer *layer);
int64_t layer_day(const struct layer *layer, instant t); /* the local day since 1970 */
/* The hours that begin on that day. False: none do. */
bool layer_hours(const struct layer *layer, int64_t day, instant *ret_opens, instant *ret_closes);

#endif
