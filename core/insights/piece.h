/*
 * piece - what an ended incident was in one month: a row of the insights, as a document keeps it. What counts once (how it ended, how
 * long what took) is in the piece of the month in which it ended; work and calls are in the month in which they were. Pure.
 */
#ifndef TOCSIN_INSIGHTS_PIECE_H
#define TOCSIN_INSIGHTS_PIECE_H

#include "base/mem.h"
#include "base/month.h"
#include "engine/lifecycle.h"

struct piece_span {
    instant from, until;
};
typedef ARRAY(struct piece_span) piece_spans;
/* Puts them in order, and makes one of those that touch or overlap. */
void spans_join(piece_spans *spans);

struct piece_person {
    char *id;
    int64_t pages, nights, weekends; /* how often they were called; by night, at a weekend, on their wall */
    piece_spans worked;              /* while it was active and they were a member; in order, apart */
};
enum piece_time { TIME_ACCEPT, TIME_CONTACT, TIME_SILENCE, TIME_FIX, TIME_RESOLVE, PIECE_TIMES };
enum piece_name { NAME_TEAM, NAME_SERVICE, NAME_RULE, NAME_SEVERITY, PIECE_NAMES };
enum piece_list { LIST_CUSTOMERS, LIST_COMPONENTS, LIST_PROBLEMS, PIECE_LISTS };

typedef ARRAY(char *) piece_texts;
struct piece {
    uint64_t incident;
    char month[MONTH_TEXT];
    bool ends, private, drill;
    enum status outcome;
    instant ended;
    duration active;             /* without pauses, in this month */
    duration times[PIECE_TIMES]; /* -1: it never came to that. If it ends */
    char *names[PIECE_NAMES];    /* NULL: it had none */
    piece_texts lists[PIECE_LISTS];
    ARRAY(struct piece_person) people;
    ARRAY(duration) waited; /* each draft, for approval. If it ends */
};

const char *piece_time_name(enum piece_time time); /* "accept", … as in documents and the API */
void piece_finish(struct piece *piece);            /* frees its content, not the struct */
/* As JSON, and back; `month` and `incident` are not in it. False: it is none. */
void piece_encode(const struct piece *piece, struct str *out);
bool piece_decode(const char *body, struct piece *ret);

#endif
