/*
 * link - the connectors as the core knows them: abilities, whether each is up, its rate limits, and whether its actions are held.
 * The host reports all of it. None of it is journaled, so it is kept when a commit fails. Loop's thread only.
 */
#ifndef TOCSIN_DELIVERY_LINK_H
#define TOCSIN_DELIVERY_LINK_H

#include <cjson/cJSON.h>

#include "turn/core.h"

struct link {
    char *name;
    uint64_t can; /* TOCSIN_CAN_…; if it is down, what it could do before */
    int parallel; /* actions that it takes at once; 0: unknown */
    bool up;
    bool told;                       /* its trouble was reported, so its recovery will be */
    instant told_at;                 /* when last; a flapping connector must not flood channels */
    ARRAY(struct rate_limit) limits; /* owns their `kind`; their connector is `name` */
    ARRAY(char *) pages;             /* addresses that the links of its tickets begin with */
    char *down;          /* why it is not up; NULL: it is, or it starts, or was stopped on purpose */
    bool fails_to_start; /* while it is down: it did not come up the last time */
    char *held;          /* why its actions are held; NULL: they are not */
    char *silent,
        *deaf; /* why its platform is unreachable: as outcomes and checks say; as it says itself. NULL: it is not */
    instant unreachable_since; /* 0: it is not */
    int failures;              /* outcomes in a row that say that the platform does not answer */
    instant failing_since;     /* when the first of them came */
    char *unannounced;         /* why announcements cannot be posted there; NULL: they can */
    instant ask_at;            /* when to check it next */
};
typedef ARRAY(struct link) link_list;

/* Those that are configured, in the order in which they were reported. Borrowed until one comes or goes. */
const link_list *links(const struct core *core);
/* NULL: not configured. Borrowed likewise. */
struct link *link_find(const struct core *core, const char *connector);
bool link_known(const struct core *core, const char *connector);
/* Is it configured, or may it be, because the configuration has not been read yet? */
bool link_served(const struct core *core, const char *connector);
/* Do people talk there? What is posted at a desk is a note in a ticket. */
bool link_is_chat(const struct link *link);
/* Does it have all of these abilities? */
bool link_can(const struct core *core, const char *connector, uint64_t can);
/* The first connector that has one of these abilities; NULL: none. Borrowed. */
const char *link_with(const struct core *core, uint64_t can);
/* A configured connector that starts, so that nobody knows yet what it can; NULL: there is none. Borrowed. */
const char *link_starting(const struct core *core);
/* Why actions for a connector are held: its credentials were refused, and are checked from time to time. NULL: they are not held.
   Borrowed. */
const char *link_held(const struct core *core, const char *connector);
/* Why its platform is unreachable, and since when (*ret_since); NULL: it is not. Borrowed. */
const char *link_unreachable(const struct core *core, const char *connector, instant *ret_since);
/* Sets or clears (NULL) why announcements cannot be posted there, and logs it. False: that was known. */
bool link_set_unannounced(struct core *core, const char *connector, const char *why);
/* Why it cannot send now; NULL: it can, or soon will. Borrowed. */
const char *link_trouble(const struct link *link);
/* Will it not send until a person acts, or its platform answers again? A connector that crashed is back soon. */
bool link_stuck(const struct link *link);
/* The connector whose tickets such links lead to; NULL: none. Borrowed likewise. */
const struct link *link_of_page(const struct core *core, const char *address);
/* Is the link one of these addresses itself, and leads to no ticket? */
bool link_is_page(const struct link *link, const char *address);
/* Replaces the addresses of a connector's pages: an array of text. */
void link_set_pages(struct core *core, const char *connector, const cJSON *pages);
/* Replaces the rate limits of a connector (outbox/limit.h). Texts are copied. Ignores a connector that is not
   configured. */
void link_limits(struct core *core, const char *connector, const struct rate_limit *rows, size_t n);

#endif
