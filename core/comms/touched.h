/*
 * touched - which incidents affect a customer, or did, and what the customer heard in them. Loop's thread only.
 */
#ifndef TOCSIN_COMMS_TOUCHED_H
#define TOCSIN_COMMS_TOUCHED_H

#include "turn/part.h"

/* The open incidents that affect a customer, given by any of their keys, in ascending order of number; `on` may run commands. */
void comms_affecting(struct core *core, const char *customer,
                     bool (*on)(void *ctx, const struct incident *incident), void *ctx);
/*
 * The numbers of incidents that affected the customer or were told to them, open and past, the latest first: at most `limit` below `before`
 * (0: all). Whether the reader may see them is for the caller to ask. One that affects more than its
 * state names touched those whom it names, and those who were told.
 */
typedef ARRAY(uint64_t) comms_numbers;
int comms_touching(const struct core *core, const char *customer, uint64_t before, size_t limit,
                   comms_numbers *ret, struct error *err);

/* What a customer of an incident heard lately, and when. */
struct comms_word {
    instant at;
    int64_t draft;    /* 0: a person told them */
    const char *text; /* CommonMark, as they got it; NULL: a person told them, or it is not kept any more */
};
/* Calls `on` for the last few, the oldest first, until it returns false. Returns when they last wrote; 0: never. */
instant comms_heard(struct core *core, const struct incident *incident, const char *customer,
                    bool (*on)(void *ctx, const struct comms_word *word), void *ctx);

#endif
