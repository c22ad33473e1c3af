/*
 * link - the connectors as the core knows them: what each can, whether it is up, how often it may be asked, and whether
 * anything is held back from it. Told by the host; kept when a commit fails, since nothing of it is journaled. Loop's thread only.
 */
#ifndef TOCSIN_DELIVERY_LINK_H
#define TOCSIN_DELIVERY_LINK_H

#include "turn/core.h"

struct link {
    char *name;
    uint64_t can; /* TOCSIN_CAN_…; of one that is down: what it could */
    bool up;
    bool told;       /* its trouble was told, so that it is back will be */
    instant told_at; /* when that was last; one that comes and goes does not fill every channel */
    ARRAY(struct rate_limit) limits; /* kinds owned, the connector is `name` */
    char *held;                      /* why nothing is sent there until it is mended; NULL: it is */
    instant ask_at;                  /* while it is held: when to ask whether it is mended */
};
typedef ARRAY(struct link) link_list;

/* All that were ever told of, in the order in which they were; borrowed until another one is. */
const link_list *links(const struct core *core);
/* NULL: never told of. Borrowed likewise. */
struct link *link_find(const struct core *core, const char *connector);
bool link_known(const struct core *core, const char *connector);
/* Does it have all of these abilities? */
bool link_can(const struct core *core, const char *connector, uint64_t can);
/* Why nothing goes to a connector until its credentials, which were refused, are OK; NULL: it does. It is asked from time to
   time whether they are. Borrowed. */
const char *link_held(const struct core *core, const char *connector);
/* How often a connector may be asked (outbox/limit.h): replaces what was said of it before; texts are copied. One that was never
   told of is left out. */
void link_limits(struct core *core, const char *connector, const struct rate_limit *rows, size_t n);

#endif
