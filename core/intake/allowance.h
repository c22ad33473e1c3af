/*
 * allowance - how much of our time, and how many bytes, one sender may take: two token buckets that refill.
 *
 * Only long bodies count, which are read on a thread beside the loop. What they took is known afterwards, so a sender may overdraw; it
 * then waits until it is even. Pure: time is an argument.
 */
#ifndef TOCSIN_INTAKE_ALLOWANCE_H
#define TOCSIN_INTAKE_ALLOWANCE_H

#include <stdbool.h>

#include "base/time.h"

#define ALLOWANCE_TIME    ((int64_t)2000)      /* ms that may be taken at once */
#define ALLOWANCE_RATE    ((int64_t)200)       /* ms a second, from then on */
#define ALLOWANCE_BYTES   ((int64_t)200 << 20) /* as received, at once */
#define ALLOWANCE_BYTES_S ((int64_t)10 << 20)  /* a second, from then on */

struct allowance {
    int64_t time_us, bytes; /* left; negative: overdrawn */
    int64_t at;             /* of that, monotonic, ms */
};

/* `now` is monotonic, in ms, in all of them. */
void allowance_init(struct allowance *allowance, int64_t now);
void allowance_spend(struct allowance *allowance, int64_t time_us, int64_t bytes, int64_t now);
/* How many seconds the sender must wait until it is even; 0: it may send. */
int allowance_wait(struct allowance *allowance, int64_t now);
/* Nothing has been taken, as far as can still be told. */
bool allowance_is_full(struct allowance *allowance, int64_t now);

#endif
