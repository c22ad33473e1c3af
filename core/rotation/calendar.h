/*
 * calendar - shifts as an iCalendar (RFC 5545), for calendars that subscribe to it. Pure.
 *
 * Each person of a shift is one event in UTC, without recurrence, so no reader needs our rules or zones. An event's UID follows from the
 * rotation, the beginning of the shift and the person's place in it, so it stays the same from one reading to the next.
 */
#ifndef TOCSIN_ROTATION_CALENDAR_H
#define TOCSIN_ROTATION_CALENDAR_H

#include "rotation/rotation.h"

#define CALENDAR_BEFORE (15 * DAY)  /* a calendar shows what was, */
#define CALENDAR_AFTER  (180 * DAY) /* and what comes */

/* Which shifts, and how they are called. */
struct calendar_words {
    void *ctx;
    /* Adds what the event is called, as plain text. False: the person's shifts are left out. */
    bool (*summary)(void *ctx, const struct rotation *rotation, const char *person, struct str *out);
};

/* Begins the calendar with that name, plain text. */
void calendar_begin(const char *name, struct str *out);
/* Adds the shifts around `now`, whole even where they began earlier or end later. */
void calendar_add(const struct rotation *rotation, const struct covers *covers, instant now,
                  const struct calendar_words *words, struct str *out);
void calendar_end(struct str *out);

#endif
