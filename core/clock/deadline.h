/*
 * deadline - the heap of instants at which somebody must be asked again: the only place that waits.
 *
 * Deadlines are not stored by themselves: each follows from a journaled state (a pause's end, an obligation that is
 * due), so after a restart they are set again from the states of the open incidents. The heap owns copies
 * of its names. No clock is read: whoever drives it passes `now`, in a simulation a virtual one.
 */
#ifndef TOCSIN_CLOCK_DEADLINE_H
#define TOCSIN_CLOCK_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct deadlines;

struct deadlines *deadlines_create(void);
void deadlines_destroy(struct deadlines *deadlines);

/* Sets, moves (same incident and name) or, with at 0, clears a deadline. O(log n). */
void deadline_set(struct deadlines *deadlines, uint64_t incident, const char *name, instant at);
/* Clears all of an incident. */
void deadlines_clear(struct deadlines *deadlines, uint64_t incident);
instant deadlines_next(const struct deadlines *deadlines); /* 0: none */
size_t deadlines_count(const struct deadlines *deadlines);

/* Takes the earliest one with at <= now out of the heap; ties in order of incident, then name. False: none is due.
   *ret_name is the caller's to free. */
bool deadline_take(struct deadlines *deadlines, instant now, uint64_t *ret_incident, char **ret_name,
                   instant *ret_at);

#endif
