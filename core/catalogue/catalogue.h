/*
 * catalogue - what the card of an incident, and the API, say of its service: whose it is, where its runbook is, what depends on it. The
 * catalogue itself is policy (policy/services.h); this part keeps nothing. Loop's thread only.
 */
#ifndef TOCSIN_CATALOGUE_CATALOGUE_H
#define TOCSIN_CATALOGUE_CATALOGUE_H

#include "policy/services.h"
#include "turn/part.h"

extern const struct part catalogue_part;

/* Adds "3 services depend on checkout: api, web, and through them mobile", or what it needs, as CommonMark. Adds nothing where there is
   none. */
void catalogue_reach(const struct core *core, const struct service *service, enum reach reach, struct str *out);
/* Adds links to the runbook and the dashboards, in one line. */
void catalogue_links(const struct service *service, struct str *out);

#endif
