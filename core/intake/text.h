/*
 * text - makes text from outside fit for an alert: valid UTF-8, no control characters, within a limit.
 *
 * Text that is fit already, which is nearly all, is borrowed unchanged; only the rest is copied into the arena.
 */
#ifndef TOCSIN_INTAKE_TEXT_H
#define TOCSIN_INTAKE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "base/time.h"
#include "intake/arena.h"

/* One line: line breaks and tabs become spaces. NULL gives "". */
const char *text_line(struct arena *arena, const char *text, size_t max);
/* The same for text that may have several lines. */
const char *text_lines(struct arena *arena, const char *text, size_t max);
/* A link that is safe to show: http or https, without spaces; else "". */
const char *text_url(struct arena *arena, const char *text, size_t max);
/* A member as one line, whatever scalar it is: a string, a number, true or false. Other values give "". */
const char *text_member(struct arena *arena, const cJSON *object, const char *key, size_t max);
const char *text_scalar(struct arena *arena, const cJSON *item, size_t max);

/* Reads a number of seconds since 1970; false: it is none, and *ret is unchanged. */
bool text_seconds(const cJSON *item, instant *ret);
/* Writes one character as UTF-8, 1 to 4 bytes; returns the position after it. */
char *text_put(char *out, uint32_t c);
/* printf into the arena. */
__attribute__((format(printf, 2, 3))) const char *text_format(struct arena *arena, const char *format, ...);

/* The text itself, or "" if it is blank: then it says nothing. */
const char *text_some(const char *text);
/* The first argument that is not "", or "" if all are. The list ends with NULL. */
const char *text_first(const char *first, ...) __attribute__((sentinel));

#endif
