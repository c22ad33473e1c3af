/*
 * literal - words from outside in HTML, XML and plain text: they show as they are, and reach nothing around them. Pure.
 */
#ifndef TOCSIN_TEMPLATE_LITERAL_H
#define TOCSIN_TEMPLATE_LITERAL_H

#include "base/str.h"

/*
 * The text without control characters; what it does to the direction of writing ends with it: an override that it leaves open is closed,
 * and what would close one before it is removed. NULL gives "". The caller frees it.
 */
char *literal_tame(const char *text);
/* The same, escaped for HTML and XML, in text and in an attribute's double quotes. */
void literal_add(struct str *out, const char *text);

#endif
