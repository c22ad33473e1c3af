/*
 * lines - a rendered text as lines of a limited length, for platforms whose messages are short (IRC, SMS). Pure: any thread.
 */
#ifndef TOCSIN_KIT_LINES_H
#define TOCSIN_KIT_LINES_H

#include <stddef.h>

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An array of texts without newlines, of at most `most` bytes (at least 16) each: cut at newlines, between words, else between
 * characters. KIT_IRC's styles are switched on again on each. Empty lines are left out. When there are more than `lines`, the last one
 * says that something is missing. `text` is UTF-8. The caller deletes the array.
 */
cJSON *kit_lines(const char *text, size_t most, int lines);

#ifdef __cplusplus
}
#endif
#endif
