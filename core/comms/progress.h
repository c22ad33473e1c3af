/*
 * progress - the messages on their way, in memory: who is under way, what became of the others, and when the message's card was shown.
 *
 * All of it follows from documents (standing.h) and is read again after a restart. A document lags behind until it is durable; until
 * then, what is here holds. The counts in the incident's state follow from events; the message's card shows them, changed at most once a
 * second. Only this folder includes it.
 */
#ifndef TOCSIN_COMMS_PROGRESS_H
#define TOCSIN_COMMS_PROGRESS_H

#include "comms/inside.h"
#include "comms/standing.h"

#define MANY_FROM  20 /* this many recipients make it a message to many: it is counted, not told one by one */
#define SHOW_EVERY SECOND /* the card, while counts change */

struct addressee {
    char *key;
    bool queued;
    const char *ended; /* STANDING_…; NULL: it is under way */
};

struct sending {
    uint64_t incident;
    int64_t draft;
    ARRAY(struct addressee) all; /* in the order in which they are queued */
    struct map places;           /* key -> place in `all`, from 1 */
    size_t left;                 /* not ended */
    size_t next;                 /* the first that is not queued */
    size_t stopped_up_to;        /* looked at since it was stopped */
    instant shown_at, check_at;
    bool changed;   /* since it was shown */
    bool follow_up; /* its end was told before */
};

int progress_load(struct core *core, struct error *err);
void progress_finish(struct comms *comms);
/* The one of this message, which is made if there is none. Borrowed until it is forgotten. */
struct sending *progress_get(struct comms *comms, uint64_t incident, int64_t draft);
void progress_forget(struct comms *comms, size_t i);
/* One more recipient. */
void progress_add(struct sending *s, const char *customer, bool queued);
/* After an event that changes what the message's card shows. */
void progress_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* Shows its card as it is now. */
void progress_show(struct turn *turn, struct sending *s, const struct incident *incident);

/* What became of one of them, STANDING_QUEUED while it is under way. NULL: only its document knows. */
const char *progress_state(const struct core *core, uint64_t incident, int64_t draft, const char *customer);
/* It is known what became of one of them, a STANDING_…; call it after the event that says so. When it was the last, that is told. */
void progress_ended(struct turn *turn, uint64_t incident, int64_t draft, const char *customer,
                    const char *state);
/* One of them is under way again, by another route. */
void progress_resumes(struct turn *turn, uint64_t incident, int64_t draft, const char *customer);

/* "reached 4985 of 5000 customers; 12 failed". */
void progress_words(const struct state_draft *draft, struct str *out);

#endif
