/*
 * csv_cell - a cell of comma-separated text. Pure.
 */
#ifndef TOCSIN_BASE_CSV_CELL_H
#define TOCSIN_BASE_CSV_CELL_H

#include "base/str.h"

/* In quotes where it must be. What a spreadsheet would take for a formula begins with an apostrophe. NULL: an empty one. */
void csv_cell_add(struct str *out, const char *text);

#endif
