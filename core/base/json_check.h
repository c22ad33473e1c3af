/*
 * json_check - what cJSON lets pass, and would be read in two ways or not at all: looked for in a parsed document and in its
 * bytes. Used by json_parse.
 *
 * Let pass on purpose, since no value changes by it: a byte order mark, zeros before a number, a point without digits.
 */
#ifndef TOCSIN_BASE_JSON_CHECK_H
#define TOCSIN_BASE_JSON_CHECK_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* An escaped NUL, at which a C string would end: its place, or NULL. */
const char *json_find_nul(const char *bytes, size_t n);
/* No name twice in one object (which one counts?), no number beyond what a double holds. `what` as in json_parse. */
int json_check_tree(const cJSON *doc, const char *what, struct error *err);

#endif
