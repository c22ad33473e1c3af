/*
 * declared_statuspages - what the public reads, as scripts declare it: status_page{}, component{}; and with it all that customers are
 * told. Rows as in declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_STATUSPAGES_H
#define TOCSIN_POLICY_DECLARED_STATUSPAGES_H

#include "policy/declared.h"
#include "policy/declared_posts.h"
#include "policy/statuspages.h"

struct component_row { /* component{} */
    struct named named;
    char *group, *description;
    bool only_if_degraded;
};

struct status_page_row { /* status_page{} */
    struct named named;
    char *title, *url, *zone, *language, *contact, *logo, *accent, *template_, *words;
    text_list languages, components, readers;
    bool private_;
    int64_t key;
    struct status_page page; /* borrows from the above; complete once sealed */
};

struct set_status {
    ARRAY(struct status_page_row) pages;
    ARRAY(struct component_row) components;
    ARRAY(struct status_component) all; /* with those of the catalogue; filled when sealed */
};

/* What customers are told. */
struct set_comms {
    ARRAY(struct message_row) messages;
    ARRAY(struct approval_row) approvals;
    ARRAY(struct post_row) posts;
    struct set_status status;
};

/* Part of set_seal, after that of services. Errors name the place. */
int statuspages_seal(struct policy_set *set, struct error *err);

#endif
