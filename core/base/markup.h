/*
 * markup - CommonMark that the core writes. Values (titles, names, what a machine sent) are literal in it: each renderer of the kit
 * shows their characters as they are, without formatting, links or another meaning. Only text that a person wrote as CommonMark is
 * added with str_add. Pure.
 */
#ifndef TOCSIN_BASE_MARKUP_H
#define TOCSIN_BASE_MARKUP_H

#include <stdarg.h>

#include "base/error.h"
#include "base/str.h"

/* A value, escaped so that it shows as it is, on one line or several. An address in it is text and no link. NULL adds nothing. */
void text_literal(const char *value, struct str *out);
/* The other way: CommonMark of the core for what shows plain text, such as an error of the command line. Values are as they were, and
   code keeps its backticks. */
void text_unescape(const char *commonmark, struct str *out);
/* Is it an http or https address that a link can lead to? NULL is none. */
bool text_is_address(const char *value);
/* A value that is meant to be an address: a link that shows where it leads, or a literal where it is none. */
void text_address(const char *value, struct str *out);
/* A link under a literal label: [label](<address>); both as literals where it is none. */
void text_link(const char *label, const char *address, struct str *out);
/*
 * Like str_addf: the format is CommonMark, and each %s in it a value that is added with text_literal; between backticks, as what the
 * code span shows. Knows %s, %c, %d, %u, %zu, and the 64-bit integers of inttypes.h.
 */
__attribute__((format(printf, 2, 3))) void str_markup(struct str *out, const char *format, ...);
__attribute__((format(printf, 2, 0))) void str_vmarkup(struct str *out, const char *format, va_list args);
/* The same in a new text; the caller frees it. */
__attribute__((format(printf, 1, 2))) char *markup(const char *format, ...);
/* Like error_set, for a text that people read as CommonMark: what they typed is shown as they typed it. */
__attribute__((format(printf, 3, 4))) int error_markup(struct error *err, int code, const char *format, ...);

#endif
