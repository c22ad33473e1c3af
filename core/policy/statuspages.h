/*
 * statuspages - status_page{} and component{}: which status pages there are, and what stands on them. Borrowed until the next load.
 * Loop's thread only.
 */
#ifndef TOCSIN_POLICY_STATUSPAGES_H
#define TOCSIN_POLICY_STATUSPAGES_H

#include "policy/named.h"
#include "policy/services.h"

struct status_component {
    const char *name, *group, *description; /* group, description: NULL if not said */
    bool only_if_degraded;                  /* shown only while it is not operational */
};

struct status_page {
    const char *name, *title, *url, *zone, *language; /* never NULL; url without a slash at the end */
    const char *contact, *logo, *accent, *template_;  /* NULL: not said. logo: the text of an SVG */
    const char *words;                                /* the page's own, as JSON; NULL: as they ship */
    struct service_words languages, components;       /* components: by their names; none: all of them */
    bool private_;                                    /* only whoever has its key reads it, or its readers */
    int64_t key; /* which of its keys, from 1: another one voids those before */
    const text_list
        *readers; /* whoever is signed in and listed reads it, and it has no key; NULL: it has one */
};

/* The one with index i, from 0; NULL: there are no more. */
const struct status_page *policy_status_page_at(const struct policy *policy, size_t i);
/* The one with that name; of NULL, the public one. NULL: there is none. */
const struct status_page *policy_status_page(const struct policy *policy, const char *name);
/* Those of component{}, in its order, then those that only service{ component } names. NULL: there are no more. */
const struct status_component *policy_status_component_at(const struct policy *policy, size_t i);
/* By name, in any case; NULL: there is none. `name` may be NULL. */
const struct status_component *policy_status_component(const struct policy *policy, const char *name);

#endif
