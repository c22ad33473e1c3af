/*
 * changes - what became of a text's lines from one version to another, for people to read. Pure.
 */
#ifndef TOCSIN_WRITEUPS_CHANGES_H
#define TOCSIN_WRITEUPS_CHANGES_H

#include "base/lcs.h"

enum change {
    CHANGE_NONE,   /* the line is as it was; only those beside a change are told of */
    CHANGE_GONE,   /* it was there */
    CHANGE_ADDED,  /* it was not */
    CHANGE_WORDS,  /* another one stands in its place: `text` is CommonMark, as of diff_words (comms/diff.h) */
    CHANGE_SKIPPED /* so many lines are as they were: `text` is their number */
};
typedef void change_take(void *ctx, enum change change, const char *text);

/* Calls `on` for each line that changed, and what stands beside it, in order. Each text has at most UINT16_MAX lines; `text` is borrowed for
   the call. */
void changes_each(const char *before, const char *after, change_take *on, void *ctx);

#endif
