/*
 * trial - asks a configured connector, in a process of its own, whether its credentials work and announcements can be posted. For
 * `tocsin check`: no tocsind is needed, and one that runs is not disturbed, because run() is not called. Only for connectors that
 * can check channels (tocsin/connector.h), whose open() takes nothing exclusively. Blocks, at most twenty seconds.
 */
#ifndef TOCSIN_HOST_TRIAL_H
#define TOCSIN_HOST_TRIAL_H

#include <cjson/cJSON.h>

#include "policy/configuration.h"

struct trial {
    char *fault;   /* what a person must mend; NULL: nothing */
    char *unknown; /* why it could not be asked; NULL: it was, or need not be */
};

/* Asks the connector of this row of `connectors`, which vet_connector has accepted. The caller finishes *ret. */
void trial_connector(const struct configuration *c, const cJSON *row, struct trial *ret);
void trial_finish(struct trial *trial);

#endif
