/*
 * decision - what the functions that decide share; decide.c has the table of them. Only the decide*.c include it.
 */
#ifndef TOCSIN_ENGINE_DECISION_H
#define TOCSIN_ENGINE_DECISION_H

#include "engine/decide.h"

/* One decision: what it depends on, and where its events go. */
struct decision {
    const struct incident *incident;
    const struct command *command;
    const struct rulebook *book;
    const struct verb *verb;
    uint64_t id;
    instant now;
    event_list *events;
    struct error *err;
};

struct verb {
    const char *name;
    enum event_type type; /* the event of a plain verb */
    unsigned takes;       /* fields copied from the command into the event */
    int (*decide)(struct decision *d);
    /* True: it would change nothing. NULL: it always does. */
    bool (*same)(const struct incident *incident, const struct command *command);
    /* Said when a required field is missing; of a transition: what is not possible, after "so". */
    const char *refusal;
};

static inline struct event *emit(struct decision *d, enum event_type type)
{
    struct event *event = event_add(d->events, type, d->id, d->now, d->command->by);
    if (event_takes(type) & FIELD_RULE)
        event->rule = xstrdup(d->command->rule);
    return event;
}

/* decide_drill.c; decide_apart refuses what would join the drill of a script with something real. */
int decide_drill(struct decision *d);
int decide_apart(const struct decision *d);

/* decide_comms.c */
int decide_draft(struct decision *d);
int decide_worded(struct decision *d);
int decide_settle(struct decision *d);
int decide_stop(struct decision *d);

#endif
