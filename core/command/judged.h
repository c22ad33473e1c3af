/*
 * judged - what the rules saw when they judged an alert group, for people. Pure.
 */
#ifndef TOCSIN_COMMAND_JUDGED_H
#define TOCSIN_COMMAND_JUDGED_H

#include "base/str.h"
#include "base/time.h"

/* Adds the data of an event `group_judged` (NULL: none) as items of a list below the event's own, CommonMark: the facts, and the rules that
   would have said something else. Times in that zone. */
void judged_facts(const char *data, instant now, const char *zone, struct str *out);

#endif
