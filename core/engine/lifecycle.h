/*
 * lifecycle - the statuses of an incident and the transitions between them, as one table.
 *
 * A transition that is not in the table is refused, with a sentence that says what is possible now. Pure.
 */
#ifndef TOCSIN_ENGINE_LIFECYCLE_H
#define TOCSIN_ENGINE_LIFECYCLE_H

#include <stdbool.h>

#include "base/str.h"

enum status {
    STATUS_NONE,   /* not declared */
    STATUS_TRIAGE, /* declared by a rule or a tool; nobody has accepted it yet */
    STATUS_INVESTIGATING,
    STATUS_FIXING,
    STATUS_MONITORING, /* fixed, and being watched */
    STATUS_PAUSED,     /* set aside for a reason, until a time */
    STATUS_TICKETED,   /* continues in a tracker */
    STATUS_RESOLVED,
    STATUS_CLOSED,
    STATUS_DECLINED, /* not a problem; does not count in the metrics */
    STATUS_MERGED,   /* a duplicate; another incident continues for both */
    STATUS_COUNT
};

/* What a transition needs besides its name. */
enum transition_need {
    NEED_REASON = 1,   /* a text */
    NEED_UNTIL = 2,    /* an instant after now */
    NEED_LINK = 4,     /* where it continues */
    NEED_INCIDENT = 8, /* the incident that continues */
};

struct transition {
    const char *verb; /* the command: "accept" */
    unsigned from;    /* set of statuses, 1 << status each */
    enum status to;   /* STATUS_NONE: the status before the pause */
    unsigned needs;
    const char *past; /* followed by the incident: "accepted" */
};

/* "fixing"; "none" for STATUS_NONE. */
const char *status_name(enum status status);
/* What an incident in this status is: "being fixed". */
const char *status_phrase(enum status status);
enum status status_parse(const char *name); /* STATUS_NONE when unknown; any case */
bool status_is_active(enum status status);  /* investigating, fixing, monitoring */
bool status_is_open(enum status status);    /* triage, active or paused: somebody still has to act */
bool status_is_counted(enum status status); /* false: declined, merged */

/* The row for a verb from a status, or NULL. *ret_known: the verb exists. */
const struct transition *transition_find(enum status from, const char *verb, bool *ret_known);
/* The row that leads from one status to another (what `status fixing` stands for), or NULL. */
const struct transition *transition_to(enum status from, enum status to);
const struct transition *transition_table(unsigned *ret_count);
/* What somebody did by that verb, a transition's or `ack`: "accepted". NULL: it is neither. */
const char *verb_past(const char *verb);

/* "Possible now: resume, resolve or decline." */
void transitions_possible(enum status from, struct str *out);

#endif
