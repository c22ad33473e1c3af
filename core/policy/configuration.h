/*
 * configuration - tocsin.lua: run in a sandbox, checked against one table, read once at start.
 *
 * The file sets fields of one table: `return { name = …, listen = …, connectors = { console = {…} } }`. Errors carry file,
 * line where Lua knows it, and a hint. Secrets come as env("NAME") or file("path") and are registered with the log.
 */
#ifndef TOCSIN_POLICY_CONFIGURATION_H
#define TOCSIN_POLICY_CONFIGURATION_H

#include <cjson/cJSON.h>

#include "base/config.h"

struct configuration {
    char *path, *directory; /* of the file; relative paths in it are relative to the directory */
    cJSON *core;            /* checked: every setting of configuration_settings() present */
    cJSON *connectors;      /* object: name -> {file, settings…}, checked only for shape */
};

int configuration_load(const char *path, struct configuration *ret, struct error *err);
void configuration_finish(struct configuration *configuration);
const struct setting *configuration_settings(size_t *ret_count);
/* An absolute path for a path of the configuration; the caller frees. */
char *configuration_path(const struct configuration *configuration, const char *path);

#endif
