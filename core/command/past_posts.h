/*
 * past_posts - what was posted about incidents like one: for whoever drafts a post about it. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_PAST_POSTS_H
#define TOCSIN_COMMAND_PAST_POSTS_H

#include "statuspage/statuspage.h"

/* Calls `on` with a post of each such incident, two at most. The draft is shown to all who see the incident (0: none, and so no post), so
   only what all of them may know of is given. */
void past_posts(struct core *core, uint64_t incident, const char *viewer,
                void (*on)(void *ctx, const struct standing_post *post), void *ctx);

#endif
