/*
 * configuration - tocsin.lua: run in a sandbox, checked against one table, read at start and by a reload.
 *
 * The file gives back one table: `return { name = …, listen = …, connectors = { console = {…} } }`. Errors carry file,
 * line where it can be told, and a hint. env("NAME") and file("path") stand for what is written elsewhere; whatever they give
 * is registered with the log as a secret. They are the only way out of the sandbox, and only here.
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
/* Before a reload: puts back in `fresh`, as it is in `running`, each setting that changed and is not SETTING_LIVE. *held names
   them: "zone, data". */
void configuration_hold(struct configuration *fresh, const struct configuration *running, struct str *held);
const struct setting *configuration_settings(size_t *ret_count);
/* The settings of one member of `sources`: key, service, environment. In `core` each source has all of them. */
const struct setting *configuration_source_settings(size_t *ret_count);
/* An absolute path for a path of the configuration; the caller frees. */
char *configuration_path(const struct configuration *configuration, const char *path);
/* A whole commented file, as etc/tocsin.lua and `tocsin init` have it. */
void configuration_sample(struct str *out);

#endif
