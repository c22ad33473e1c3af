/*
 * A file of customers, as somebody exports it from anywhere. Whatever is read from a row is a record that passes its own checks, and
 * is written and read again as the same bytes.
 */
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "customers/columns.h"
#include "customers/edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct customer *record)
{
    CLEANUP_STR struct str once = {0}, twice = {0};
    CLEANUP_JSON cJSON *json = NULL;
    struct customer copy;
    struct error err;
    customer_encode(record, &once);
    require(json_parse(once.p, once.len, SIZE_MAX, JSON_DEPTH, "a record", &json, &err) == 0);
    require(customer_decode(json, &copy, &err) == 0);
    customer_encode(&copy, &twice);
    require(strcmp(once.p, twice.p) == 0);
    customer_finish(&copy);
}

/* Each cell as what somebody types, too. */
static void type_cells(struct customer *record, const struct csv_row *row)
{
    static const char *const fields[] = {"name",   "contact", "route",    "prefer", "alias",
                                         "domain", "wish",    "language", "cares"};
    for (size_t i = 0; i < row->cells.n; i++) {
        struct customer edited;
        struct error err;
        customer_copy(&edited, record);
        if (customer_edit(&edited, fields[i % ARRAY_SIZE(fields)], row->cells.v[i], i % 4 == 3, &err) == 0)
            read_again(&edited);
        customer_finish(&edited);
    }
}

static void read_row(const struct column *const *columns, size_t n, const struct csv_row *row)
{
    struct customer record;
    struct error err;
    CLEANUP_JSON cJSON *tree = NULL;
    if (columns_tree(columns, n, row, &tree, &err) || customer_decode(tree, &record, &err))
        return;
    read_again(&record);
    type_cells(&record, row);
    customer_finish(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    csv_rows rows;
    struct error err;
    const struct column *columns[CSV_CELLS];
    if (csv_parse((const char *)data, size, &rows, &err) == 0 && rows.n &&
        columns_read(&rows.v[0], columns, &err) == 0) {
        for (size_t i = 1; i < rows.n; i++)
            read_row(columns, rows.v[0].cells.n, &rows.v[i]);
    }
    csv_finish(&rows);
    return 0;
}
