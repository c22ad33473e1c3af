/*
 * inside - what the part keeps in memory. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_ACCESS_INSIDE_H
#define TOCSIN_ACCESS_INSIDE_H

#include "access/access.h"
#include "access/sessions.h"
#include "base/map.h"

struct membership { /* of groups, as the identity provider said */
    text_list groups;
    instant until;
};

struct access_state {
    struct map memberships; /* person id -> struct membership */
    struct map sessions;    /* the hash of its secret -> struct session */
    struct map links;       /* the hash of its secret -> struct signin_link */
};
static inline struct access_state *access_state_of(const struct core *core)
{
    return part_state(core, "access");
}

/* groups.c */
int groups_load(struct core *core, struct error *err);
void groups_finish(struct access_state *state);
/* NULL: none are known, or they no longer count. */
const text_list *groups_of(const struct core *core, const char *person, instant now);

/* sessions.c, links.c */
int sessions_load(struct core *core, struct error *err);
void sessions_finish(struct access_state *state);
int signin_links_load(struct core *core, struct error *err);
void signin_links_finish(struct access_state *state);

#endif
