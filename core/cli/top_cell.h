/*
 * top_cell - a text as so many columns of a terminal. Pure, but for the locale's widths: call terminal_utf8 first.
 *
 * The text is literal: control characters, escape sequences among them, and what turns or hides text (bidi controls, joiners) become a
 * "\uFFFD" each, so nothing of it reaches the terminal or what stands beside it.
 */
#ifndef TOCSIN_CLI_TOP_CELL_H
#define TOCSIN_CLI_TOP_CELL_H

#include <stddef.h>

#include "base/str.h"

/* Adds the text, cut with "…" or filled with spaces to exactly so many columns. NULL is "". */
void top_cell(const char *text, size_t columns, struct str *out);
/* Adds the text literally, whole. */
void top_literal(const char *text, struct str *out);

#endif
