/*
 * columns - the columns of a file of customers, and what their cells mean. Pure.
 */
#ifndef TOCSIN_CUSTOMERS_COLUMNS_H
#define TOCSIN_CUSTOMERS_COLUMNS_H

#include <cjson/cJSON.h>

#include "customers/csv.h"

struct column;

/* Which column each cell of the first row names; ret has CSV_CELLS places. */
int columns_read(const struct csv_row *head, const struct column **ret, struct error *err);
/*
 * A row as the JSON object of a customer: null for empty cells, nothing for those that are missing at its end. An error says that it has
 * more than `n`. The caller deletes *ret in either case.
 */
int columns_tree(const struct column *const *columns, size_t n, const struct csv_row *row, cJSON **ret,
                 struct error *err);

#endif
