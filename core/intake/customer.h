/*
 * customer - where in an alert the affected customer is named: a configurable list, compiled once.
 *
 * A path is tried after another until one gives text. Paths: "tags.NAME" (labels and annotations are tags
 * too), "user.id", "user.email", "user.domain" (of the e-mail address), "user.username", "service",
 * "environment", "host", "stream", and for formats that are JSON objects anything below the top:
 * "contexts.account.id", "extra.tenant", "custom_details.customer".
 */
#ifndef TOCSIN_INTAKE_CUSTOMER_H
#define TOCSIN_INTAKE_CUSTOMER_H

#include <cjson/cJSON.h>

#include "intake/alert.h"

struct customer_mapping;

/* `keys`: where the customer's key stands; `names`: where a name to show stands (may be empty: the key is
   shown). The error names the path that is wrong and why. At most 16 of each. */
int customer_mapping_create(const char *const *keys, size_t n_keys, const char *const *names, size_t n_names,
                            struct customer_mapping **ret, struct error *err);
void customer_mapping_destroy(struct customer_mapping *mapping);
/* tags.customer, tags.customer_id, tags.tenant, tags.organization, tags.account, user.id; names:
   tags.customer_name, … */
const struct customer_mapping *customer_mapping_default(void);

/* Fills customer and customer_name of the alert. `doc`: the JSON object that it came from, or NULL. */
void customer_apply(const struct customer_mapping *mapping, struct alert *alert, const cJSON *doc,
                    struct arena *arena);

#endif
