/*
 * inside - what the part remembers. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_ASSIST_INSIDE_H
#define TOCSIN_ASSIST_INSIDE_H

#include "assist/assist.h"
#include "assist/budget.h"
#include "turn/written.h"

struct assist_request {
    uint64_t number, incident, turn; /* turn: it leaves once that is durable */
    char *person, *body;
    instant at;
    int64_t taken; /* tokens of the budget */
    bool left;     /* it was handed on */
};

struct assist {
    struct assist_way way;                 /* settings NULL: there is no model */
    unsigned fields;                       /* that may be sent, a bit for each */
    uint64_t numbers;                      /* of requests so far */
    ARRAY(struct assist_request) requests; /* in the order in which they were asked */
    struct assist_budget budget;
    struct written written;
};

static inline struct assist *assist_of(const struct core *core)
{
    return part_state(core, "assist");
}

/* ask.c */
instant assist_tick(struct core *core, instant now);
void assist_drop_requests(struct assist *assist);
/* keep.c */
void assist_keep(struct turn *turn, uint64_t incident, const char *person, const struct assist_record *record);
void assist_keep_budget(struct turn *turn);
int assist_load(struct core *core, struct error *err);
void assist_unload(struct core *core);

#endif
