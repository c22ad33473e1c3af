/*
 * configuration - tocsin.lua: run in a sandbox, checked against one table, read at start and on reload.
 *
 * The file returns one table: `return { name = …, listen = …, connectors = { console = {…} } }`. Errors carry the file, the
 * line where it can be found, and a hint. env("NAME") and file("path") read values that are kept elsewhere; whatever they
 * return is registered with the log as a secret. They are the only way out of the sandbox, and exist only here.
 */
#ifndef TOCSIN_POLICY_CONFIGURATION_H
#define TOCSIN_POLICY_CONFIGURATION_H

#include <cjson/cJSON.h>

#include "base/config.h"

struct configuration {
    char *path, *directory; /* of the file; its relative paths are relative to the directory */
    cJSON *core;            /* checked: every setting of configuration_settings() is present */
    cJSON *connectors;      /* object: name -> {plugin, settings…}; only its shape is checked */
};

int configuration_load(const char *path, struct configuration *ret, struct error *err);
void configuration_finish(struct configuration *configuration);
/* Before a reload: resets each setting that changed but is not SETTING_LIVE in `fresh` to its value in `running`, and lists them
   in *held: "zone, data". */
void configuration_hold(struct configuration *fresh, const struct configuration *running, struct str *held);
const struct setting *configuration_settings(size_t *ret_count);
/* The settings of one member of `sources`: key, service, environment. In `core` each source has all of them. */
const struct setting *configuration_source_settings(size_t *ret_count);
/* The absolute path for a path in the configuration; the caller frees it. */
char *configuration_path(const struct configuration *configuration, const char *path);
/* A complete file with comments, for etc/tocsin.lua and `tocsin init`. */
void configuration_sample(struct str *out);

/* Where the public status page is found, by the settings; NULL: they do not say. The caller frees it. */
char *configuration_status_url(const cJSON *core);

#endif
