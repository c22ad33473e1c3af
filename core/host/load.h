/*
 * load - a connector's shared object into memory: dlopen, check, copy by size. Used by the runner only.
 */
#ifndef TOCSIN_HOST_LOAD_H
#define TOCSIN_HOST_LOAD_H

#include <tocsin/connector.h>

#include "base/error.h"
#include "base/str.h"

struct loaded {
    void *handle;
    struct tocsin_connector connector; /* what an older one lacks reads as zero */
    size_t setting_stride;
};

/* Errors name the file, the symbol, and the version wanted and found. */
int load_connector(const char *file, struct loaded *ret, struct error *err);
void unload_connector(struct loaded *loaded);
/* The descriptor as members of a JSON object: name, version, summary, abi, can, parallel, settings. */
struct json_out;
void describe_connector(const struct loaded *loaded, struct json_out *j);

#endif
