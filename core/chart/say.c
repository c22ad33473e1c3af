/* A chart in words. */
#include <inttypes.h>

#include "chart/inside.h"

void chart_value(enum chart_unit unit, int64_t value, struct str *out)
{
    if (unit == CHART_COUNT)
        str_addf(out, "%" PRId64, value);
    else if (value < 10 * HOUR)
        duration_format(value, out);
    else
        str_addf(out, "%" PRId64 " h", (value + HOUR / 2) / HOUR);
}

static void say_span(const struct chart_row *row, struct str *out)
{
    for (size_t i = 0; row->n <= CHART_FEW && i < row->n; i++) {
        str_add(out, i ? ", " : "");
        duration_format(row->few[i], out);
    }
    if (row->n <= CHART_FEW)
        return;
    str_add(out, "half ");
    duration_format(row->value, out);
    str_add(out, ", nine of ten ");
    duration_format(row->part, out);
}

void row_say(const struct chart *chart, const struct chart_row *row, struct str *out)
{
    if (chart->shape == CHART_SPANS) {
        say_span(row, out);
        return;
    }
    chart_value(chart->unit, row->value, out);
    if (chart->part_is && row->part) {
        str_add(out, ", ");
        chart_value(chart->unit, row->part, out);
        str_addf(out, " %s", chart->part_is);
    }
    if (chart->before_is && row->before != CHART_NONE) {
        str_add(out, ", before ");
        chart_value(chart->unit, row->before, out);
    }
}

void chart_words(const struct chart *chart, struct str *out)
{
    size_t drawn = rows_drawn(chart);
    str_addf(out, "%s, %s: ", chart->title, chart->about);
    for (size_t i = 0; i < drawn; i++) {
        const struct chart_row *row = &chart->rows.v[i];
        str_addf(out, "%s%s%s%s ", i ? "; " : "", row->label, row->below ? " " : "",
                 row->below ? row->below : "");
        row_say(chart, row, out);
    }
    if (!drawn)
        str_add(out, "nothing");
    if (drawn < chart->rows.n)
        str_addf(out, "; and %zu more", chart->rows.n - drawn);
}
