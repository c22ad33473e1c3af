/*
 * sources - who may send alerts: the `sources` table of the configuration, as the intake asks for it.
 *
 *   sources = { shop = { key = "…", service = "checkout", environment = "production" }, … }
 *
 * A key is a Sentry DSN's public key, a bearer token, a password or a routing key: whichever way it comes, it is the same
 * source. Keys are secrets; they are compared in constant time and registered with the log. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_SOURCES_H
#define TOCSIN_POLICY_SOURCES_H

#include <cjson/cJSON.h>

#include "intake/request.h"

struct sources;

/* `table` is the checked configuration's `sources`; all of it is copied. */
int sources_create(const cJSON *table, struct sources **ret, struct error *err);
void sources_destroy(struct sources *sources);
/* For struct intake_config; ctx is the sources. */
const struct intake_source *sources_find(void *ctx, const struct intake_credential *credential);

#endif
