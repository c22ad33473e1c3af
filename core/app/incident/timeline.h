/*
 * timeline - the timeline on an incident's page: newest first, filtered, each entry with an address of its own. Loop's thread only.
 */
#ifndef TOCSIN_APP_INCIDENT_TIMELINE_H
#define TOCSIN_APP_INCIDENT_TIMELINE_H

#include "app/page.h"

/* Adds "events", "filters", "earlier". By the query: `show` names a filter, `before` a version. */
int timeline_add(struct visit *visit, const struct incident *incident, struct view *view, struct error *err);

#endif
