/*
 * diff - what changed between two texts, word by word. Pure.
 */
#ifndef TOCSIN_COMMS_DIFF_H
#define TOCSIN_COMMS_DIFF_H

#include "base/str.h"

/* As CommonMark: what is gone is struck out, what is new is bold, long unchanged stretches are left out. The words are literal. A text of
   more than 400 words is shown as gone, and the other as new. */
void diff_words(const char *before, const char *after, struct str *out);

#endif
