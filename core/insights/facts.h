/*
 * facts - what one incident was: who worked on it when, whom it called, how long people and customers waited. It is fed the incident's
 * events in their order, and gives a piece for each month that it touched.
 *
 * The state of the incident, which it folds as the core does, has most of it. Beside that it keeps what no state has: since when each
 * was a member, each call, how long each draft waited. Pure: no clock, no I/O; zones are an argument.
 */
#ifndef TOCSIN_INSIGHTS_FACTS_H
#define TOCSIN_INSIGHTS_FACTS_H

#include "engine/state.h"
#include "insights/piece.h"

struct facts_stay { /* as a member */
    char *person;
    instant from, until; /* until 0: still */
};
struct facts_call { /* of a person by a page; several ways and rounds are one */
    char *person;
    int64_t page;
    instant at;
};
struct facts_draft { /* waits for approval */
    int64_t number;
    instant at;
};
struct facts {
    struct incident *incident; /* as of the last event */
    ARRAY(struct facts_stay) stays;
    ARRAY(struct facts_call) calls;
    ARRAY(struct facts_draft) waiting;
    ARRAY(duration) waited;
    ARRAY(char *) components; /* of the status page, that posts about it named */
};

void facts_begin(struct facts *facts, uint64_t incident);
/* Does what such an event says make a difference? Words do not, and they are most of what a journal holds. */
bool facts_want(enum event_type type);
void facts_take(struct facts *facts, struct event *event);
void facts_finish(struct facts *facts); /* frees its content, not the struct */
/* When it ended; 0: it is open. */
instant facts_ended(const struct facts *facts);

struct facts_people { /* who is who: a person's id of now, and their zone, for an id of then. Borrowed */
    void *ctx;
    const char *(*now)(void *ctx, const char *id);
    const char *(*zone)(void *ctx, const char *id);
};
/* Calls `on` for each month that the ended incident touched, the earliest first. The piece is borrowed. None, if it is open. */
void facts_pieces(const struct facts *facts, const struct facts_people *people,
                  void (*on)(void *ctx, const struct piece *piece), void *ctx);

#endif
