/*
 * customer - finds the affected customer in an alert, by a configurable list of paths that is compiled once.
 *
 * Paths are tried in order until one has text: "tags.NAME" (labels and annotations are tags too), "user.id",
 * "user.email", "user.domain" (of the e-mail address), "user.username", "service", "environment", "host",
 * "stream", and for formats that are JSON objects any path below the top: "contexts.account.id",
 * "extra.tenant", "custom_details.customer".
 */
#ifndef TOCSIN_INTAKE_CUSTOMER_H
#define TOCSIN_INTAKE_CUSTOMER_H

#include <cjson/cJSON.h>

#include "intake/alert.h"

struct customer_mapping;

/* `keys`: paths of the customer's key; `names`: paths of a name to show (if there is none, the key is shown). At most 16
   of each. The error names the invalid path and says why. */
int customer_mapping_create(const char *const *keys, size_t n_keys, const char *const *names, size_t n_names,
                            struct customer_mapping **ret, struct error *err);
void customer_mapping_destroy(struct customer_mapping *mapping);
/* Keys: tags.customer, tags.customer_id, tags.tenant, tags.organization, tags.account, user.id; names:
   tags.customer_name, … */
const struct customer_mapping *customer_mapping_default(void);

/* Sets customer and customer_name of the alert. `doc`: the JSON object that it came from, or NULL. */
void customer_apply(const struct customer_mapping *mapping, struct alert *alert, const cJSON *doc,
                    struct arena *arena);

#endif
