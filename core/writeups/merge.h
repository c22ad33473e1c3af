/*
 * merge - two edits of one text become one, line by line, so that neither loses words. Pure.
 *
 * A line ends with a newline; "\r\n" counts as one. Both may add and take out lines anywhere, as long as they did not change the same
 * lines, or neighbouring ones, to different texts.
 */
#ifndef TOCSIN_WRITEUPS_MERGE_H
#define TOCSIN_WRITEUPS_MERGE_H

#include <stdbool.h>

#include "base/str.h"

#define MERGE_LINES 2000 /* of a text, at most */

/* How many lines a text has. */
size_t merge_lines(const char *text);
/* Adds to `out` what both made of `base`; each text has at most MERGE_LINES lines. False: they changed the same lines; *theirs then has
   what the others wrote there, where they first differ. */
bool merge_texts(const char *base, const char *mine, const char *others, struct str *out, struct str *theirs);

#endif
