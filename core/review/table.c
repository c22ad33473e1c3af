/* The table of a chart, for people and as CSV. */
#include <inttypes.h>

#include "base/csv_cell.h"
#include "review/charts.h"

#define IDS_MOST 200 /* of a row, that are named: the last ones */

/* Of few times, those themselves stand where half of them would. */
static bool is_few(const struct review_table *table, size_t row)
{
    return table->chart.shape == CHART_SPANS && table->chart.rows.v[row].n < INSIGHT_FEW;
}

void review_cell(const struct review_table *table, size_t row, size_t column, struct str *out)
{
    const struct chart_row *shown = &table->chart.rows.v[row];
    int64_t value = table->rows.v[row].cells[column];
    if (is_few(table, row) && column == 1) {
        for (size_t i = 0; i < shown->n; i++) {
            str_add(out, i ? ", " : "");
            duration_format(shown->few[i], out);
        }
    } else if (value == CHART_NONE || (is_few(table, row) && column == 2)) {
        return;
    } else if (table->chart.shape == CHART_SPANS && column) {
        duration_format(value, out);
    } else {
        chart_value(table->columns[column]->unit, value, out);
    }
}

static void add_ids(const struct insight *sum, struct str *out)
{
    char name[INCIDENT_NAME];
    for (size_t i = sum->ids.n; i-- > 0 && sum->ids.n - i <= IDS_MOST;)
        str_addf(out, "%s%s", i + 1 < sum->ids.n ? " " : "", incident_name(sum->ids.v[i], name));
}

static void add_line(const struct review_table *table, size_t i, struct str *out)
{
    const struct review_row *row = &table->rows.v[i];
    csv_cell_add(out, row->key);
    str_addc(out, ',');
    csv_cell_add(out, table->chart.rows.v[i].label);
    for (size_t k = 0; k < table->columns_n; k++) {
        bool time = table->columns[k]->unit == CHART_TIME;
        str_addc(out, ',');
        if (row->cells[k] != CHART_NONE)
            str_addf(out, "%" PRId64, time ? row->cells[k] / SECOND : row->cells[k]);
    }
    str_addc(out, ',');
    add_ids(row->sum, out);
    str_addf(out, ",%" PRId64 "\r\n", row->sum->hidden);
}

void review_csv(const struct review_table *table, struct str *out)
{
    str_add(out, "key,name");
    for (size_t k = 0; k < table->columns_n; k++)
        str_addf(out, ",%s", table->columns[k]->name);
    str_add(out, ",ids,hidden\r\n");
    for (size_t i = 0; i < table->rows.n; i++)
        add_line(table, i, out);
}
