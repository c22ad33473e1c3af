/*
 * sources - who may send alerts: the `sources` table of the configuration, for the intake.
 *
 *   sources = { shop = { key = "…", service = "checkout", environment = "production" }, … }
 *
 * A key is the public key of a Sentry DSN, a bearer token, a password or a routing key; it identifies the source, however it is
 * sent. Keys are secrets: they are compared in constant time and registered with the log. Loop thread only.
 */
#ifndef TOCSIN_POLICY_SOURCES_H
#define TOCSIN_POLICY_SOURCES_H

#include <cjson/cJSON.h>

#include "intake/request.h"

struct sources;

/* `table` is `sources` of the checked configuration; everything is copied. */
int sources_create(const cJSON *table, struct sources **ret, struct error *err);
void sources_destroy(struct sources *sources);
/* For struct intake_config; ctx is a struct sources. */
const struct intake_source *sources_find(void *ctx, const struct intake_credential *credential);

void sources_each(const struct sources *sources, void (*on)(void *ctx, const struct intake_source *source),
                  void *ctx);

#endif
