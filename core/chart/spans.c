/* Spans of time: from what half are within to what nine of ten are within; of few, each value. */
#include "chart/inside.h"

#define ROW  38
#define LINE 25 /* of a span in its row */
#define EDGE 6  /* room for what is round at both ends */

static int at(const struct time_axis *axis, int64_t value)
{
    return EDGE + time_axis_at(axis, value, WIDTH - 2 * EDGE);
}

static int at_step(const struct time_axis *axis, size_t step, const char **ret_name)
{
    return at(axis, time_axis_step(step, ret_name));
}

static void draw_grid(const struct pen *pen, const struct time_axis *axis)
{
    CLEANUP_STR struct str path = {0};
    const char *name;
    for (size_t i = 0; i < pen->chart->rows.n; i++) {
        int y = pen->y + (int)i * ROW + LINE;
        str_addf(&path, "M%d %dh%d", EDGE, y, WIDTH - 2 * EDGE);
        for (size_t step = axis->first; step <= axis->last; step++)
            str_addf(&path, "M%d %dv14", at_step(axis, step, &name), y - 7);
    }
    pen_grid(pen, &path);
}

static void draw_axis(struct pen *pen, const struct time_axis *axis)
{
    for (size_t step = axis->first; step <= axis->last; step++) {
        const char *name;
        const struct place place = {.x = at_step(axis, step, &name),
                                    .y = pen->y + SMALL,
                                    .size = SMALL,
                                    .anchor = step == axis->first  ? NULL
                                              : step == axis->last ? "end"
                                                                   : "middle",
                                    .role = ROLE_FAINT};
        pen_text(pen, &place, name);
    }
    pen->y += SMALL + 6;
}

static void draw_circle(const struct pen *pen, enum role role, int x, int y, int radius)
{
    str_addf(pen->svg, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" %s/>", x, y, radius, pen_role(pen, role));
}

static void draw_span(const struct pen *pen, const struct time_axis *axis, const struct chart_row *row, int y)
{
    int half = at(axis, row->value), most = at(axis, row->part);
    pen_rect(pen, ROLE_BAR, half, y - 1, most - half, 3);
    draw_circle(pen, ROLE_BAR, most, y, 5);
    draw_circle(pen, ROLE_PAPER, most, y, 3);
    draw_circle(pen, ROLE_BAR, half, y, 5);
}

/* A square on its corner for each. */
static void draw_few(const struct pen *pen, const struct time_axis *axis, const struct chart_row *row, int y)
{
    for (size_t i = 0; i < row->n; i++)
        str_addf(pen->svg, "<path d=\"M%d %dl5 5 -5 5 -5 -5z\" %s/>", at(axis, row->few[i]), y - 5,
                 pen_role(pen, ROLE_PART));
}

void draw_spans(struct pen *pen)
{
    const struct time_axis axis = time_axis_of(pen->chart);
    draw_grid(pen, &axis);
    for (size_t i = 0; i < pen->chart->rows.n; i++, pen->y += ROW) {
        const struct chart_row *row = &pen->chart->rows.v[i];
        draw_label(pen, row, pen->y);
        if (row->before != CHART_NONE && pen->chart->before_is)
            pen_mark(pen, at(&axis, row->before), pen->y + LINE - 7, 15);
        (row->n > CHART_FEW ? draw_span : draw_few)(pen, &axis, row, pen->y + LINE);
    }
    draw_axis(pen, &axis);
}
