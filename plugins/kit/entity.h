/*
 * entity - the character references of HTML that occur in mails. Pure: any thread.
 */
#ifndef KIT_ENTITY_H
#define KIT_ENTITY_H

#include <stddef.h>

/* Decodes the reference at `p` ("&amp;", "&#8364;") into `out`, terminated. Returns its length in the source; 0: it is none. */
size_t kit_entity_read(const char *p, size_t n, char out[5]);

#endif
