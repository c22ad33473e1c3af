#include "customers/csv.h"

#include <string.h>

#include "base/str.h"

struct csv {
    const char *p, *end;
    size_t line;
    char separator;
    csv_rows *rows;
    struct error *err;
};

static char separator_of(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end && (quoted || *p != '\n'); p++) {
        quoted ^= *p == '"';
        if (!quoted && strchr(",;\t", *p) && *p)
            return *p;
    }
    return ',';
}

/* From after the opening quote; a doubled quote is one. */
static int read_quoted(struct csv *csv, struct str *cell)
{
    size_t begun = csv->line;
    for (; csv->p < csv->end; csv->p++) {
        if (*csv->p == '"' && csv->p + 1 < csv->end && csv->p[1] == '"')
            csv->p++;
        else if (*csv->p == '"')
            return csv->p++, 0;
        csv->line += *csv->p == '\n';
        str_addc(cell, *csv->p);
    }
    return error_set(csv->err, ERR_INVALID, "line %zu: a quote is not closed", begun);
}

static bool at_cell_end(const struct csv *csv)
{
    return csv->p == csv->end || *csv->p == csv->separator || *csv->p == '\n' || *csv->p == '\r';
}

static void skip_spaces(struct csv *csv)
{
    while (csv->p < csv->end && *csv->p == ' ')
        csv->p++;
}

/* Does a quoted cell begin here, perhaps after spaces, as people write it by hand? Then skips to what follows the quote. */
static bool begins_quoted(struct csv *csv)
{
    const char *from = csv->p;
    skip_spaces(csv);
    bool quoted = csv->p < csv->end && *csv->p == '"';
    csv->p = quoted ? csv->p + 1 : from;
    return quoted;
}

static int read_cell(struct csv *csv, struct csv_row *row)
{
    CLEANUP_STR struct str cell = {0};
    bool quoted = begins_quoted(csv);
    int rc = quoted ? read_quoted(csv, &cell) : 0;
    if (quoted)
        skip_spaces(csv);
    if (!rc && quoted && !at_cell_end(csv))
        rc = error_set(csv->err, ERR_INVALID,
                       "line %zu: text follows a closing quote; write a quote inside quotes twice", csv->line);
    while (!rc && !at_cell_end(csv))
        str_addc(&cell, *csv->p++);
    if (!rc && row->cells.n == CSV_CELLS)
        rc = error_set(csv->err, ERR_TOO_BIG, "line %zu has more than %d cells", csv->line, CSV_CELLS);
    if (!rc)
        *array_add(&row->cells) =
            xstrdup(str_text(&cell)); /* NOLINT(bugprone-sizeof-expression): an array of texts */
    return rc;
}

static void row_finish(struct csv_row *row)
{
    for (size_t i = 0; i < row->cells.n; i++)
        free(row->cells.v[i]);
    array_free(&row->cells);
}

static bool is_empty(const struct csv_row *row)
{
    return row->cells.n == 1 && text_empty(row->cells.v[0]);
}

static int read_row(struct csv *csv)
{
    struct csv_row row = {.line = csv->line};
    int rc = read_cell(csv, &row);
    while (!rc && csv->p < csv->end && *csv->p == csv->separator) {
        csv->p++;
        rc = read_cell(csv, &row);
    }
    if (csv->p < csv->end && *csv->p == '\r')
        csv->p++;
    if (csv->p < csv->end && *csv->p == '\n')
        csv->p++;
    csv->line++;
    if (rc || is_empty(&row))
        row_finish(&row);
    else
        *array_add(csv->rows) = row;
    return rc;
}

int csv_parse(const char *text, size_t n, csv_rows *ret, struct error *err)
{
    struct csv csv = {text, text + n, 1, ',', ret, err};
    *ret = (csv_rows){0};
    if (!utf8_valid(text, n) || memchr(text, '\0', n))
        return error_set(err, ERR_INVALID, "the file is not UTF-8; save it as CSV UTF-8");
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        csv.p += 3;
    csv.separator = separator_of(csv.p, csv.end);
    while (csv.p < csv.end) {
        int rc = read_row(&csv);
        if (rc)
            return rc;
    }
    return 0;
}

void csv_finish(csv_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        row_finish(&rows->v[i]);
    array_free(rows);
}
