/*
 * month - plays months of incidents into the journal of a daemon that is not running, on a virtual clock.
 *
 * Three teams with people in five zones: what is declared by people and by rules, night calls, customers who are told, private ones,
 * drills, declined, merged and reopened ones. All of them have ended when it is over.
 */
#ifndef TOCSIN_SIMULATE_MONTH_H
#define TOCSIN_SIMULATE_MONTH_H

#include <stdint.h>

#include "base/time.h"

/* Into the journal at `path`, which is made if it is missing: four months, the last of which is that of `until`. Aborts where the core refuses what must work. */
void month_play(const char *path, uint64_t seed, instant until);

#endif
