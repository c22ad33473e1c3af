/*
 * vet - a configured connector, looked at before it is started: is its file there, and are the settings such as it wants them? The
 * file is asked in a process of its own (show.h). Any thread; blocks for as long as loading takes, at most ten seconds.
 */
#ifndef TOCSIN_HOST_VET_H
#define TOCSIN_HOST_VET_H

#include <cjson/cJSON.h>

#include "policy/configuration.h"

/* What a row of `connectors` says to the connector, without what is the core's own (plugin, memory_mb, limits). The caller deletes. */
cJSON *vet_own_settings(const cJSON *row);
/* A row of this configuration: 0, or ERR_* naming file and setting ("tocsin.lua: connectors.slack: …"). */
int vet_connector(const struct configuration *c, const cJSON *row, struct error *err);

#endif
