/*
 * incoming - what came in and opened no incident, and why: alert groups, and requests of senders that were refused.
 *
 * The last 200 such groups and 50 such senders are remembered, in memory and in as many documents of the journal, whatever arrives.
 * A group is written in the turn that judged it, if an event tells so. What only goes on is written some seconds later, as its counts
 * are; so are refusals, since anybody can cause them. Loop's thread only.
 */
#ifndef TOCSIN_TRIAGE_INCOMING_H
#define TOCSIN_TRIAGE_INCOMING_H

#include "turn/turn.h"

struct group;

#define INCOMING_GROUPS  200
#define INCOMING_REFUSED 50

/* ---- groups ---- */

enum incoming_why {
    INCOMING_NONE,  /* no rule matched */
    INCOMING_QUIET, /* a rule keeps it quiet */
    INCOMING_MUTED, /* by a person, or by a rule */
    INCOMING_ASKED, /* a rule failed, so a person was asked */
    INCOMING_STORM, /* gathered in the incident of a storm */
    INCOMING_ENDED, /* its incident was declined or ticketed, and that holds */
    INCOMING_HELD,  /* it flaps, so it opens no incident yet */
    INCOMING_WHYS
};
const char *incoming_why_name(enum incoming_why why); /* "none", "quiet", … */

/* Borrowed for the call. */
struct incoming {
    const struct group *group;
    enum incoming_why why;
    const char *reason; /* CommonMark: a sentence without its full stop */
    const char *rule;   /* file:line; NULL: no rule decided */
    uint64_t incident;  /* that it belongs to; 0: none */
    bool can_open;      /* `declare from FINGERPRINT` opens an incident for it */
};
/* How to read it: who, when and in which zone. `words`: only groups that have them in title, service or environment; NULL: all. */
struct incoming_reading {
    const char *viewer, *zone, *words;
    instant now;
};
typedef bool incoming_on(void *ctx, const struct incoming *row);
/* Calls `on` for each group that the viewer may see, the last seen first, until it returns false. */
void incoming_each(struct core *core, const struct incoming_reading *reading, incoming_on *on, void *ctx);

/* The same for this one group. False: it is not among them. */
bool incoming_one(struct core *core, const struct incoming_reading *reading, const struct group *group,
                  incoming_on *on, void *ctx);

/* `by` declared the incident for that group: fills it in from the group, which belongs to it from now on. */
void incoming_give(struct turn *turn, const char *fingerprint, uint64_t incident, const char *by);

/* ---- refused requests ---- */

struct refused {
    char *from, *path, *reason; /* the sender's address; the pattern of the path; "wrong key" */
    int64_t count;
    instant first, last;
};
/* A request was refused. The strings are copied; none may hold a secret. Logs it, but not over and over. */
void incoming_refused(struct core *core, const char *from, const char *path, const char *reason, instant now);
typedef bool refused_on(void *ctx, const struct refused *row);
/* The last refused first. */
void refused_each(const struct core *core, refused_on *on, void *ctx);

#endif
