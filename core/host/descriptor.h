/*
 * descriptor - what a connector says of itself, as a runner tells it in JSON (see load.h).
 */
#ifndef TOCSIN_HOST_DESCRIPTOR_H
#define TOCSIN_HOST_DESCRIPTOR_H

#include "base/config.h"

/* Its table of settings, for config_check; texts are borrowed from the descriptor. The caller frees the table. */
struct setting *descriptor_settings(const cJSON *descriptor, size_t *ret_n);
/* "post, edit, buttons" */
void descriptor_abilities(const cJSON *descriptor, struct str *out);

#endif
