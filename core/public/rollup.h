/*
 * rollup - the state of a whole page and of its groups in one word, as Statuspage says it. Pure.
 */
#ifndef TOCSIN_PUBLIC_ROLLUP_H
#define TOCSIN_PUBLIC_ROLLUP_H

#include "public/model.h"

struct public_rollup {
    enum public_impact indicator;
    const char *description; /* "Partial System Outage"; static */
};

/* From all components; without any, from the posts that are open. */
struct public_rollup public_rollup(const struct public_page *page);
/* Is a component worse off in the state a than in b? Maintenance is worse than operational only. */
bool public_is_worse(enum public_state a, enum public_state b);
/* The worst of the group's components. */
enum public_state public_group_state(const struct public_page *page, size_t group);
/* Is it open and no maintenance? */
bool public_is_unresolved(const struct public_post *post);
/* Is it maintenance that is being done now? */
bool public_is_active(const struct public_post *post);
/* Is it maintenance that is to come? */
bool public_is_upcoming(const struct public_post *post);

#endif
