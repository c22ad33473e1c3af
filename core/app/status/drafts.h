/*
 * drafts - drafts for the status page that wait for approval, whether they belong to an incident or stand alone, as the pages of the
 * desk show them. Loop's thread only.
 */
#ifndef TOCSIN_APP_STATUS_DRAFTS_H
#define TOCSIN_APP_STATUS_DRAFTS_H

#include "app/page.h"

struct desk_draft {                  /* borrowed until the next turn */
    const struct incident *incident; /* its id is 0: the draft stands alone */
    const struct state_draft *draft;
};
/* By its name in addresses: "7" of one that stands alone, "INC-4.7". False: there is none that waits, or the visitor may not see it. */
bool desk_draft_find(const struct visit *visit, const char *name, struct desk_draft *ret);
/* What it says, as it will read on the page, and what is approved with it. */
void desk_draft_show(const struct visit *visit, const struct desk_draft *draft, struct view *view);

/* Adds to the list "drafts": those that go on that post; 0: all that stand alone. */
void desk_drafts_alone(const struct visit *visit, int64_t post, struct view *view);
/* The same with those of an incident that the visitor sees. */
void desk_drafts_of(const struct visit *visit, const struct incident *incident, struct view *view);
/* The same with those of all open incidents, and to the list "suggestions" the incidents that the policy wants posted about. */
void desk_drafts_open(const struct visit *visit, struct view *view);

#endif
