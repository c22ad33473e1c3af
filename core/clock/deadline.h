/*
 * deadline - a heap of the times at which an incident needs attention again. Nothing else waits for a time.
 *
 * Deadlines are not stored themselves. Each follows from a journaled state (the end of a pause, an obligation that is
 * due), so after a restart they are set again from the states of the open incidents. The heap owns copies
 * of its names. It never reads a clock: the caller passes `now`, in a simulation a virtual one.
 */
#ifndef TOCSIN_CLOCK_DEADLINE_H
#define TOCSIN_CLOCK_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct deadlines;

struct deadlines *deadlines_create(void);
void deadlines_destroy(struct deadlines *deadlines);

/* Sets a deadline, moves it (same incident and name) or, with at 0, clears it. O(log n). */
void deadline_set(struct deadlines *deadlines, uint64_t incident, const char *name, instant at);
/* Clears all deadlines of an incident. */
void deadlines_clear(struct deadlines *deadlines, uint64_t incident);
instant deadlines_next(const struct deadlines *deadlines); /* 0: none */
size_t deadlines_count(const struct deadlines *deadlines);

/* Takes the earliest deadline with at <= now out of the heap; ties in order of incident, then name. False: none is due.
   The caller frees *ret_name. */
bool deadline_take(struct deadlines *deadlines, instant now, uint64_t *ret_incident, char **ret_name,
                   instant *ret_at);

#endif
