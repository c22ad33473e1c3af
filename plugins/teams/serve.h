/* serve - inbound: Teams posts one activity a request. Any thread. */
#ifndef TEAMS_SERVE_H
#define TEAMS_SERVE_H

#include "teams.h"

struct teams_refusals;

struct teams_refusals *teams_refusals_create(void);
void teams_refusals_destroy(struct teams_refusals *refusals);
void teams_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);
/* Describes the requests that were refused since the last good one. False: there were none. */
bool teams_serve_refused(struct teams *teams, struct kit_text *out);

#endif
