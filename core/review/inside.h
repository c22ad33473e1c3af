/*
 * inside - what is yet to be read. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_REVIEW_INSIDE_H
#define TOCSIN_REVIEW_INSIDE_H

#include "insights/facts.h"
#include "review/review.h"

#define REVIEW_GO_ON   (SECOND / 50)    /* between ticks, while there is more to do */
#define REVIEW_SCANNED "insights up to" /* key of a DOC_META: the last incident that was scanned */

struct review_mark {
    uint64_t incident;
    uint64_t turn; /* read once this turn is durable */
};

struct review {
    ARRAY(struct review_mark) marks;
    uint64_t scan,
        last; /* incidents from `scan` up to `last` are to be read, whether marked or not; scan 0: from the first */
    struct map summed; /* months that are summed up */
    uint64_t written;  /* the last turn that wrote pieces; what is summed up before it is durable lacks them */
    instant first;     /* the begin of the first month that has pieces; 0: none has */
    instant digest;    /* when the digest last began to be sent; 0: this one is the first to know of it */
    char *digest_team; /* the last team that got it, in the order of their names; NULL: all did */
    instant look;      /* when to look for a month that is over */
    struct {
        struct facts facts; /* while `incident` is being read */
        uint64_t incident, version;
    } reading;
};

static inline struct review *review_of(const struct core *core)
{
    return part_state(core, "review");
}

/* pieces.c: each piece of a month, for that reader, or those of its last incidents (`most`; 0: all); a piece is borrowed. */
struct review_reading {
    const char *month, *viewer;
    size_t most;
};
typedef void review_on(void *ctx, const struct piece *piece, bool named);
int review_pieces(struct core *core, const struct review_reading *reading, review_on *on, void *ctx,
                  struct error *err);

/* sum.c: adds a month, which insights_settle makes complete. */
int sum_month(struct core *core, const struct review_query *query, instant begin, struct insights *into,
              struct error *err);

/* words.c: adds a month in lines of CommonMark: what the policy says of it, then numbers; and by what it is made of. */
int review_words(struct core *core, const struct review_query *query, const struct insights *sums, instant now,
                 struct str *out, struct error *err);
void review_lists(struct core *core, const struct review_query *query, const struct insights *sums,
                  struct str *out);

/* digest.c: the weekly one, to a team in each tick. Returns when to go on. */
int digest_load(struct core *core, struct error *err);
instant digest_tick(struct core *core, instant now);

/* measure.c: it may just have ended. */
void measure_end(const struct incident *incident, instant at);

/* months.c */
int months_load(struct core *core, struct error *err);
bool months_have(const struct core *core, const char *month);
/* A piece of that month is another. */
void months_stale(struct turn *turn, const char *month);
/* Sums up a month that is over, if one is not. */
void months_tick(struct core *core, instant now);
/* Adds a month that is summed up. */
int months_add(struct core *core, const char *month, const struct review_query *query, struct insights *into,
               struct error *err);

/* part.c: which incident is the last by now, up to which a scan goes. */
int review_find_last(struct core *core, struct error *err);

/* read.c: reads some of what is marked; returns when to go on. */
instant review_tick(struct core *core, instant now);
void reading_drop(struct review *review);

#endif
