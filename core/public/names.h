/*
 * names - what states, statuses and impacts are called: on the wire as Statuspage calls them, and in English for people. Pure.
 */
#ifndef TOCSIN_PUBLIC_NAMES_H
#define TOCSIN_PUBLIC_NAMES_H

#include <stdbool.h>

#include "public/model.h"

const char *public_state_name(enum public_state state);    /* "degraded_performance" */
const char *public_state_title(enum public_state state);   /* "Degraded performance" */
const char *public_status_name(enum public_status status); /* "in_progress" */
const char *public_status_title(enum public_status status);
const char *public_impact_name(enum public_impact impact);

/* A name on the wire, or the same with spaces or hyphens, in any case; states also by a shorter word ("degraded", "major"). False: it is none. */
bool public_state_parse(const char *name, enum public_state *ret);
bool public_status_parse(const char *name, enum public_status *ret);
bool public_impact_parse(const char *name, enum public_impact *ret);

/* Is it a status of maintenance? */
bool public_status_is_maintenance(enum public_status status);
/* Is nothing more to come? */
bool public_status_is_over(enum public_status status);
/* How bad an outage is whose worst component is in that state. */
enum public_impact public_impact_of(enum public_state worst);

#endif
