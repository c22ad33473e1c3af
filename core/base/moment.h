/*
 * moment - a time in CommonMark, as a link whose address says which: [Tue 24 Nov 09:00 UTC](time:1732438800). A platform that knows
 * its readers' zones shows each their own; for every other the link is taken off, and its text remains. No value can look like one,
 * because text_literal escapes the brackets. Pure.
 */
#ifndef TOCSIN_BASE_MOMENT_H
#define TOCSIN_BASE_MOMENT_H

#include "base/zone.h"

/* Like when_format and when_format_plain. */
void moment_format(instant t, instant now, const char *zone, struct str *out);
void moment_format_plain(instant t, instant now, const char *zone, struct str *out);
/* Leaves of each moment its text. In place. */
void moments_off(char *commonmark);
/* The same in each member "text" and "footer_text" of a JSON object; the other members are plain text. NULL: there was none. The
   caller frees. */
char *moments_off_json(const char *json);

#endif
