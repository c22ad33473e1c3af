/*
 * merge - two edits of one text become one, line by line, so that neither loses words. Pure.
 *
 * A line ends with a newline; "\r\n" counts as one. Both may add and take out lines anywhere, as long as they did not change the same
 * lines, or neighbouring ones, to different texts.
 */
#ifndef TOCSIN_WRITEUPS_MERGE_H
#define TOCSIN_WRITEUPS_MERGE_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

#define MERGE_LINES 2000 /* of a text, at most */

struct merge_lines { /* of a text, from 0: from the first up to, but not including, the other */
    size_t from, to;
};
struct merge {       /* owns its content */
    struct str text; /* what both made of it; where they changed the same lines, it has mine */
    /* Where they did, in order: the lines of the others' text; none of them where the others took them out. */
    ARRAY(struct merge_lines) theirs;
};

/* How many lines a text has. */
size_t merge_lines(const char *text);
/* What both made of `base`; each text has at most MERGE_LINES lines. The caller finishes *ret. */
void merge_texts(const char *base, const char *mine, const char *others, struct merge *ret);
void merge_finish(struct merge *merge);
/* Adds those lines of a text. */
void merge_quote(const char *text, const struct merge_lines *lines, struct str *out);

#endif
