/*
 * api_errors - the errors and alerts of an incident in the API: what the latest sample of each group says, as its viewer may see it.
 */
#ifndef TOCSIN_WEB_API_ERRORS_H
#define TOCSIN_WEB_API_ERRORS_H

#include "base/json.h"
#include "engine/state.h"
#include "turn/core.h"

/* Adds the member "errors" to an open object. Costs a read for each group, so it is for a single incident. */
void api_put_errors(struct core *core, const struct incident *incident, const char *viewer, instant now,
                    struct json_out *j);

#endif
