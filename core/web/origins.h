/*
 * origins - who sends alerts, and what each has under way: by source, or by address as long as no key was shown.
 *
 * Loop's thread only. A sender that has nothing under way and has taken nothing lately is forgotten when there are many.
 */
#ifndef TOCSIN_WEB_ORIGINS_H
#define TOCSIN_WEB_ORIGINS_H

#include "base/list.h"
#include "base/map.h"
#include "intake/allowance.h"

struct origin {
    struct allowance allowance;
    int under_way;     /* its bodies that are not answered yet, and whoever else needs the sender to stay */
    struct list ready; /* its bodies that can go on here on the loop, in order */
    struct list turn;  /* while one is ready: waits for a turn */
    struct list longs; /* its bodies that wait for the thread, in order */
    struct list line;  /* while one does: stands in line for the thread */
    size_t longs_n;
    size_t received,
        decoded; /* bytes of its long bodies, from before they are read; and of what was made of its bodies */
    int64_t alert_ns; /* what each of its last alerts took; 0: not known */
};

struct origins { /* zeroed: none */
    struct map map;
};

/* By the name of a source, or an address; made if it is new. `now`: monotonic, ms. */
struct origin *origins_get(struct origins *origins, const char *name, int64_t now);
/* Takes the first out of one of its queues; NULL: that is empty. */
struct list *origin_take(struct list *queue);
void origins_finish(struct origins *origins);

#endif
