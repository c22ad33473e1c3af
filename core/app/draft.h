/*
 * draft - what waits for somebody's approval, as pages show it: a message to customers, or a post. Loop's thread only.
 */
#ifndef TOCSIN_APP_DRAFT_H
#define TOCSIN_APP_DRAFT_H

#include "app/page.h"

/* Adds its "number" and "version"; "author", with the agent that wrote it for them; "rejected", with why; "preview", as it would be read;
   "change" since the version before; "when" it is sent. */
void draft_add(const struct visit *visit, const struct incident *incident, const struct state_draft *draft,
               struct view *view);

#endif
