/*
 * show - what a connector's file says of itself, without trusting it: `tocsin connector show FILE`.
 *
 * It is loaded in a child (`tocsin-runner --show`), confined as a running connector is, for at most ten seconds. Blocks.
 */
#ifndef TOCSIN_HOST_SHOW_H
#define TOCSIN_HOST_SHOW_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* runner: path of tocsin-runner. *ret is the descriptor (see load.h), which the caller deletes; it is not to be trusted. */
int show_connector(const char *runner, const char *file, cJSON **ret, struct error *err);

#endif
