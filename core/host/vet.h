/*
 * vet - checks a configured connector before it is started: does its file load, and are its settings valid? The file is
 * loaded in a separate process (show.h). Any thread; blocks while it loads, at most ten seconds.
 */
#ifndef TOCSIN_HOST_VET_H
#define TOCSIN_HOST_VET_H

#include <cjson/cJSON.h>

#include "policy/configuration.h"

/* The connector's own settings in a row of `connectors`: all but the core's (plugin, memory_mb, limits). The caller deletes. */
cJSON *vet_own_settings(const cJSON *row);
/* Checks a row of this configuration. Errors name file and setting ("tocsin.lua: connectors.slack: …"). */
int vet_connector(const struct configuration *c, const cJSON *row, struct error *err);

#endif
