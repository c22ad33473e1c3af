/*
 * load - loads a connector's shared object: dlopen, check, copy by size. Used by the runner only.
 */
#ifndef TOCSIN_HOST_LOAD_H
#define TOCSIN_HOST_LOAD_H

#include <tocsin/connector.h>

#include "base/error.h"
#include "base/str.h"

struct loaded {
    void *handle;
    struct tocsin_connector connector; /* fields that an older connector lacks are zero */
    size_t setting_stride;
};

/* Errors name the file, the symbol, and the versions found and expected. */
int load_connector(const char *file, struct loaded *ret, struct error *err);
void unload_connector(struct loaded *loaded);
/* The descriptor as members of a JSON object: name, version, summary, abi, can, parallel, settings. */
struct json_out;
void describe_connector(const struct loaded *loaded, struct json_out *j);

#endif
