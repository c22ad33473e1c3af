/*
 * decide - state + command -> events, or a refusal. Pure: time is an argument, nothing is read or sent.
 *
 * A command is what somebody or something wants of one incident. What it comes to is events, which the caller
 * journals and folds. A refusal is an error whose text tells a person what is possible instead. A command that would
 * change nothing (the same title again) gives no event and no error; but a move into the status that it has already is
 * refused with ERR_CONFLICT: whoever resumes what is not paused has something else in mind.
 */
#ifndef TOCSIN_ENGINE_DECIDE_H
#define TOCSIN_ENGINE_DECIDE_H

#include "engine/state.h"

struct command {
    const char *verb; /* a row of decide_verbs(): "declare", "accept", "sev", "note", ... */
    const char *by;   /* person id, "rule", "clock", "connector/…", "api/…" */
    bool automatic;   /* no person asked for it */
    /* As far as the verb uses them; meanings as in struct event. Borrowed. */
    const char *text, *name, *value, *rule, *data;
    instant until;
    const struct incident *other; /* merge, related: the other incident's state */
    int64_t count;
    enum status status;
    bool flag;
};

/* What the policy allows; owned by the policy, passed in so that decide stays pure. */
struct rulebook {
    const char *const *severities; /* least first; NULL-terminated */
    const char *const *roles;      /* "lead", "comms", ...; NULL-terminated */
};

/*
 * `incident` is NULL for "declare" only (then `id` is the new number). On success the events (possibly none) are
 * appended to *ret; versions and seqs are not yet set.
 */
int decide(const struct incident *incident, uint64_t id, const struct command *command,
           const struct rulebook *book, instant now, event_list *ret, struct error *err);

/* Names of all verbs, NULL-terminated. */
const char *const *decide_verbs(void);

#endif
