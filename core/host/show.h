/*
 * show - reads a connector's description from its file without trusting it: `tocsin connector show FILE`.
 *
 * The file is loaded in a child process (`tocsin-runner --show`), confined as a running connector is, for at most ten
 * seconds. Blocks.
 */
#ifndef TOCSIN_HOST_SHOW_H
#define TOCSIN_HOST_SHOW_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* runner: path of tocsin-runner. *ret is the descriptor (see load.h); the caller deletes it and must not trust it. */
int show_connector(const char *runner, const char *file, cJSON **ret, struct error *err);

#endif
