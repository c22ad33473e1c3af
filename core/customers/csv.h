/*
 * csv - rows of comma-separated text, as spreadsheets write them (RFC 4180). Pure.
 *
 * The separator is the first of comma, semicolon and tab that the first line has outside quotes. A byte order mark is skipped.
 */
#ifndef TOCSIN_CUSTOMERS_CSV_H
#define TOCSIN_CUSTOMERS_CSV_H

#include "base/error.h"
#include "base/mem.h"

#define CSV_CELLS 64 /* of one row */

struct csv_row {
    size_t line; /* from 1: where it begins */
    ARRAY(char *) cells;
};
typedef ARRAY(struct csv_row) csv_rows;

/* Reads all rows; empty lines are left out. The text must be UTF-8. The error names the line. Finish *ret in either case. */
int csv_parse(const char *text, size_t n, csv_rows *ret, struct error *err);
void csv_finish(csv_rows *rows);

#endif
