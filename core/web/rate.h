/*
 * rate - how many requests a token may make: a bucket for each, which holds what it may make in a minute and fills up steadily.
 * Loop's thread only.
 */
#ifndef TOCSIN_WEB_RATE_H
#define TOCSIN_WEB_RATE_H

#include "base/map.h"

struct rates {
    int64_t per_minute; /* 0: as many as they like */
    struct map tokens;  /* id -> its bucket */
};

struct rate { /* of a token, with this request */
    int64_t left;
    int wait;  /* seconds until it may make another; 0: now */
    int whole; /* seconds until the bucket is full */
};

void rates_finish(struct rates *rates);
/* Takes one request out of a token's bucket. `now`: monotonic, ns. False: it is empty. */
bool rates_take(struct rates *rates, const char *token, int64_t now, struct rate *ret);

#endif
