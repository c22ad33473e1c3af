/*
 * descriptor - a connector's description of itself, as JSON from its runner (see load.h).
 */
#ifndef TOCSIN_HOST_DESCRIPTOR_H
#define TOCSIN_HOST_DESCRIPTOR_H

#include "base/config.h"

/* The connector's table of settings, for config_check. The caller frees the table; its texts belong to the descriptor. */
struct setting *descriptor_settings(const cJSON *descriptor, size_t *ret_n);
/* The values of its settings that are the addresses of tickets' pages: an array of text, which the caller deletes. */
cJSON *descriptor_pages(const cJSON *descriptor, const cJSON *settings);
/* "post, edit, buttons" */
void descriptor_abilities(const cJSON *descriptor, struct str *out);
/* The same of TOCSIN_CAN_…. */
void abilities_words(uint64_t can, struct str *out);

#endif
