/*
 * drafts - what was approved of an incident's draft gets on the status pages, and nothing else. Only this folder includes it.
 */
#ifndef TOCSIN_STATUSPAGE_DRAFTS_H
#define TOCSIN_STATUSPAGE_DRAFTS_H

#include "comms/alone.h"

void drafts_approved(struct turn *turn, const struct event *event, const struct incident *incident);
/* What waits to go on a post that stands alone and has ended is withdrawn, and its author is told. */
void drafts_tick(struct core *core, instant now);
extern const struct comms_publisher drafts_publisher; /* of those that belong to no incident */

/* suggest.c */
void promise_deadlines(struct core *core, const struct incident *incident);
void promise_passed(struct turn *turn, uint64_t id, const char *name, instant due);
void suggest_follow(struct turn *turn, const struct event *event, const struct incident *incident);

#endif
