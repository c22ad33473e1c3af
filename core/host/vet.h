/*
 * vet - a configured connector, looked at before it is started: is its file there, and are the settings such as it wants them? The
 * file is asked in a process of its own (show.h). Any thread; blocks for as long as loading takes, at most ten seconds.
 */
#ifndef TOCSIN_HOST_VET_H
#define TOCSIN_HOST_VET_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* What a row of `connectors` says to the connector, without what is the core's own (plugin, memory_mb, limits). The caller deletes. */
cJSON *vet_own_settings(const cJSON *row);
/* 0, or ERR_* naming what is wrong in which setting. `where`: "tocsin.lua: connectors.slack", for errors. */
int vet_connector(const char *runner, const char *file, const cJSON *row, const char *where, struct error *err);

#endif
