/*
 * lifecycle - statuses of an incident and the transitions between them, as one table.
 *
 * Whatever is not in the table is refused, with a sentence that says what is possible now. Pure.
 */
#ifndef TOCSIN_ENGINE_LIFECYCLE_H
#define TOCSIN_ENGINE_LIFECYCLE_H

#include <stdbool.h>

#include "base/str.h"

enum status {
    STATUS_NONE,   /* not declared */
    STATUS_TRIAGE, /* declared by a rule; nobody has looked yet */
    STATUS_INVESTIGATING,
    STATUS_FIXING,
    STATUS_MONITORING, /* fixed, watched */
    STATUS_PAUSED,     /* put down for a reason, until a time */
    STATUS_TICKETED,   /* handed to a tracker */
    STATUS_RESOLVED,
    STATUS_CLOSED,
    STATUS_DECLINED, /* not a problem; out of the metrics */
    STATUS_MERGED,   /* a duplicate; the survivor goes on */
    STATUS_COUNT
};

/* What a transition carries beyond its name. */
enum transition_need {
    NEED_REASON = 1,   /* a text */
    NEED_UNTIL = 2,    /* an instant after now */
    NEED_LINK = 4,     /* where it went on */
    NEED_INCIDENT = 8, /* the survivor */
};

struct transition {
    const char *verb; /* the command: "accept" */
    unsigned from;    /* set of statuses: 1 << status */
    enum status to;   /* STATUS_NONE: the status before the pause */
    unsigned needs;
    const char *past; /* for the timeline: "accepted" */
};

const char *status_name(enum status status); /* "triage"; "none" for STATUS_NONE */
enum status status_parse(const char *name);  /* STATUS_NONE when unknown; any case */
bool status_is_active(enum status status);   /* investigating, fixing, monitoring */
bool status_is_open(enum status status);     /* triage, active or paused: somebody owes something */
bool status_is_counted(enum status status);  /* false: declined, merged */

/* The row for a verb from a status, or NULL. *known tells whether the verb exists at all. */
const struct transition *transition_find(enum status from, const char *verb, bool *ret_known);
/* The verb that `status fixing` stands for: moves between active statuses, or NULL. */
const struct transition *transition_to(enum status from, enum status to);
const struct transition *transition_table(unsigned *ret_count);

/* "INC-42 is paused: possible now are resume, resolve, ..." for a refused one. */
void transition_possible(enum status from, struct str *out);

#endif
