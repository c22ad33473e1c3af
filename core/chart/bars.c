/* Bars, one below the other: a label above each. */
#include "chart/inside.h"

#define ROW    36
#define TOP    18 /* of a bar in its row */
#define HEIGHT 9

static void draw_grid(const struct pen *pen, const struct axis *axis, size_t rows)
{
    CLEANUP_STR struct str path = {0};
    for (int64_t value = 0; value <= axis->end; value += axis->step) {
        for (size_t i = 0; i < rows; i++)
            str_addf(&path, "M%d %dv%d", axis_at(axis, value, WIDTH), pen->y + (int)i * ROW + TOP - 3,
                     HEIGHT + 6);
    }
    pen_grid(pen, &path);
}

static void draw_axis(struct pen *pen, const struct axis *axis)
{
    for (int64_t value = 0; value <= axis->end; value += axis->step) {
        CLEANUP_STR struct str label = {0};
        const struct place place = {.x = axis_at(axis, value, WIDTH),
                                    .y = pen->y + SMALL,
                                    .size = SMALL,
                                    .anchor = !value               ? NULL
                                              : value == axis->end ? "end"
                                                                   : "middle",
                                    .role = ROLE_FAINT};
        axis_label(axis, pen->chart->unit, value, &label);
        pen_text(pen, &place, label.p);
    }
    pen->y += SMALL + 6;
}

void draw_label(const struct pen *pen, const struct chart_row *row, int y)
{
    CLEANUP_STR struct str said = {0};
    row_say(pen->chart, row, &said);
    int left = WIDTH - LETTER * (int)text_columns_of(str_text(&said)) - LETTER;
    pen_text(pen, &(struct place){.y = y + TEXT, .size = TEXT, .columns = (size_t)MAX(left / LETTER, 8)},
             row->label);
    pen_text(pen, &(struct place){.x = WIDTH, .y = y + TEXT, .size = TEXT, .anchor = "end", .role = ROLE_FAINT},
             str_text(&said));
}

static void draw_bar(const struct pen *pen, const struct axis *axis, const struct chart_row *row, int y)
{
    int width = axis_at(axis, row->value, WIDTH), part = MIN(axis_at(axis, row->part, WIDTH), width);
    draw_label(pen, row, y);
    pen_rect(pen, ROLE_BAR, 0, y + TOP, width - part, HEIGHT);
    pen_hatch(pen, width - part, y + TOP, part, HEIGHT);
    if (row->before != CHART_NONE && pen->chart->before_is)
        pen_mark(pen, MIN(MAX(axis_at(axis, row->before, WIDTH), 2), WIDTH - 2), y + TOP - 3, HEIGHT + 6);
}

void draw_bars(struct pen *pen)
{
    const struct axis axis = axis_of(pen->chart);
    size_t rows = rows_drawn(pen->chart);
    draw_grid(pen, &axis, rows);
    for (size_t i = 0; i < rows; i++, pen->y += ROW)
        draw_bar(pen, &axis, &pen->chart->rows.v[i], pen->y);
    draw_axis(pen, &axis);
}
