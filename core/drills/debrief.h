/*
 * debrief - what was done in an incident against what was owed: a pure function of its events.
 *
 * What is owed is what the obligations of the policy said at the time (`owed`, `missed`, `met`); there is no second list. Pages, roles that are
 * offered, customers who write and connectors that fail are owed an answer, too. It reads no clock and no policy. Any thread.
 */
#ifndef TOCSIN_DRILLS_DEBRIEF_H
#define TOCSIN_DRILLS_DEBRIEF_H

#include "engine/event.h"

enum debrief_kind {
    DEBRIEF_DUTY,     /* an obligation of the policy: until it was met, or its clock began again */
    DEBRIEF_PAGE,     /* until somebody acknowledged it */
    DEBRIEF_HANDOVER, /* of a role: until whoever was asked took it */
    DEBRIEF_CUSTOMER, /* who wrote: until they were told something */
    DEBRIEF_FAILURE,  /* of a connector: until a person did something by another way */
    DEBRIEF_KINDS
};
enum debrief_end {
    DEBRIEF_OPEN, /* it was owed to the end */
    DEBRIEF_DONE,
    DEBRIEF_OVER, /* nobody owed it any more: the incident ended, a page was cancelled, an offer declined, a connector was back */
};

struct debrief_row { /* owns its texts */
    enum debrief_kind kind;
    char *name;         /* the obligation, whom the page is for, the role, the customer's key, the connector */
    char *text;         /* what is owed, or what the customer wrote; NULL: nothing more */
    char *by;           /* who did it; NULL: nobody in particular */
    char *how;          /* the other way, why it is over; NULL: not said */
    instant since, due; /* due 0: nothing said by when */
    instant until;      /* when it was done or over; 0: it is open */
    instant noticed;    /* of a failure: when a person first did something after it; 0: nobody did */
    int64_t number;     /* of a page */
    int missed;         /* how often it was called overdue, or another level was called */
    enum debrief_end end;
};

struct debrief {
    instant began,
        ended;   /* ended: when a script ended, else when the last person ended the incident; 0: it goes on */
    instant now; /* until when it is told */
    ARRAY(struct debrief_row) rows;
    char *script;     /* NULL: it practised none */
    char *actor;      /* the person who last did something, at this time */
    instant acted_at; /* 0: nobody did */
    instant
        closed_at; /* when the incident last ended: what is met then is owed no more, whether it was done or not */
    instant severity_at; /* when the severity last changed: then a clock may move without anything being done */
    bool frozen; /* the script ended the incident itself, and what follows from that counts for nothing */
};

void debrief_begin(struct debrief *debrief);
/* The next event of the incident, in order. */
void debrief_add(struct debrief *debrief, const struct event *event);
/* After the last event: as of `now`. */
void debrief_end(struct debrief *debrief, instant now);
void debrief_finish(struct debrief *debrief);

const char *debrief_kind_name(enum debrief_kind kind);
/* Was it done after it was due, or not at all though it was due? Of what nothing says when it is due: was it not done? */
bool debrief_is_missed(const struct debrief *debrief, const struct debrief_row *row);
/* How long it took, or has been owed. */
duration debrief_took(const struct debrief *debrief, const struct debrief_row *row);

#endif
