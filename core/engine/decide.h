/*
 * decide - state + command -> events, or a refusal. Pure: time is an argument, nothing is read or sent.
 *
 * A command is what somebody or something wants to do with one incident. Its result is events, which the caller
 * journals and folds. A refusal is an error whose text tells a person what is possible instead. A command that would
 * change nothing (the same title again) produces no event and no error. But a move into the current status is refused
 * with ERR_CONFLICT: somebody who resumes an incident that is not paused has something else in mind.
 */
#ifndef TOCSIN_ENGINE_DECIDE_H
#define TOCSIN_ENGINE_DECIDE_H

#include "engine/state.h"

struct command {
    const char *verb; /* a row of decide_verbs(): "declare", "accept", "sev", "note", ... */
    const char *by;   /* person id, "rule", "clock", "connector/…", "api/…" */
    bool automatic;   /* not requested by a person */
    /* Used as the verb needs them, with the meanings of struct event. Borrowed. */
    const char *text, *name, *value, *rule, *data;
    instant until;
    const struct incident *other; /* merge, relate: the state of the other incident */
    int64_t count;
    enum status status;
    bool flag;
};

/* What the policy allows. The policy owns it; it is an argument so that decide stays pure. */
struct rulebook {
    const char *const *severities; /* least first; NULL-terminated */
    const char *const *roles;      /* "lead", "comms", ...; NULL-terminated */
    const char *const *kinds;      /* "security", ...; NULL-terminated */
};

/*
 * `incident` is NULL only for "declare"; then `id` is the new number. On success appends the events, possibly none, to
 * *ret; their versions and seqs are not set yet.
 */
int decide(const struct incident *incident, uint64_t id, const struct command *command,
           const struct rulebook *book, instant now, event_list *ret, struct error *err);

/* The names of all verbs, NULL-terminated. */
const char *const *decide_verbs(void);

#endif
