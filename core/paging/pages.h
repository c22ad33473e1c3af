/*
 * pages - how a page goes from person to person, until somebody is reached or accepts it. Only this folder includes it.
 *
 * Who was called, and what came of it, are events of the incident, so a restart goes on where it was, and nobody is called twice for
 * the same page. One person is called at a time, on every platform where they can be reached. The next one is called when all of
 * these fail, when the connectors cannot send now, or when nothing is delivered within a minute.
 */
#ifndef TOCSIN_PAGING_PAGES_H
#define TOCSIN_PAGING_PAGES_H

#include "base/json.h"
#include "turn/part.h"

void pages_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void pages_deadlines(struct core *core, const struct incident *incident);
void pages_passed(struct turn *turn, uint64_t incident, const char *name, instant due);
/* The outcome of a page. */
void pages_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body);
/* A connector cannot send for now: whoever can be reached only there has not been reached. */
void pages_connector(struct turn *turn, uint64_t incident, const char *reason);
/* Was the page answered, while this action of it waited? */
bool pages_pointless(struct core *core, const struct action *action);

#endif
