/*
 * json_check - finds what cJSON accepts but others may read differently or not at all, in a parsed document and in its
 * bytes. Used by json_parse.
 *
 * Accepted on purpose, since it changes no value: a byte order mark, zeros before a number, a decimal point without digits.
 */
#ifndef TOCSIN_BASE_JSON_CHECK_H
#define TOCSIN_BASE_JSON_CHECK_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* The place of the first escaped NUL, at which a C string would end, or NULL. */
const char *json_find_nul(const char *bytes, size_t n);
/* Refuses a name that appears twice in one object, and a number beyond a double. `what` as in json_parse. */
int json_check_tree(const cJSON *doc, const char *what, struct error *err);

#endif
