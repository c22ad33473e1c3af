/* Columns side by side, with their values above. */
#include <inttypes.h>

#include "chart/inside.h"

#define LEFT   38 /* of the first column: the axis is before it */
#define HEIGHT 120

static void draw_axis(const struct pen *pen, const struct axis *axis, int bottom)
{
    for (int64_t value = 0; value <= axis->end; value += axis->step) {
        CLEANUP_STR struct str label = {0}, path = {0};
        int y = bottom - axis_at(axis, value, HEIGHT);
        axis_label(axis, pen->chart->unit, value, &label);
        str_addf(&path, "M%d %dh%d", LEFT, y, WIDTH - LEFT);
        pen_grid(pen, &path);
        pen_text(pen,
                 &(struct place){
                     .x = LEFT - 4, .y = y + SMALL / 3, .size = SMALL, .anchor = "end", .role = ROLE_FAINT},
                 label.p);
    }
}

/* In the unit of the axis, which says which it is. */
static void say_short(const struct chart *chart, const struct axis *axis, int64_t value, struct str *out)
{
    duration unit = chart->unit == CHART_COUNT ? 1 : axis->step < HOUR ? MINUTE : HOUR;
    int64_t whole = (value + unit / 2) / unit;
    str_addf(out, value && !whole ? "<1" : "%" PRId64, whole);
}

struct slot {
    int x, width, bottom;
};

static void draw_texts(const struct pen *pen, const struct axis *axis, const struct chart_row *row,
                       const struct slot *slot)
{
    CLEANUP_STR struct str value = {0};
    struct place place = {.x = slot->x + slot->width / 2, .size = SMALL, .anchor = "middle"};
    say_short(pen->chart, axis, row->value, &value);
    place.y = slot->bottom - axis_at(axis, row->value, HEIGHT) - 3;
    pen_text(pen, &place, value.p);
    place.y = slot->bottom + SMALL + 3;
    pen_text(pen, &place, row->label);
    if (!row->below)
        return;
    place.y += SMALL + 1;
    place.size = SMALL - 1;
    place.role = ROLE_FAINT;
    pen_text(pen, &place, row->below);
}

static void draw_column(const struct pen *pen, const struct axis *axis, const struct chart_row *row,
                        const struct slot *slot)
{
    int high = axis_at(axis, row->value, HEIGHT), part = MIN(axis_at(axis, row->part, HEIGHT), high);
    int width = slot->width * 3 / 5, x = slot->x + (slot->width - width) / 2;
    pen_rect(pen, ROLE_BAR, x, slot->bottom - high + part, width, high - part);
    pen_hatch(pen, x, slot->bottom - high, width, part);
    draw_texts(pen, axis, row, slot);
}

void draw_columns(struct pen *pen)
{
    const struct axis axis = axis_of(pen->chart);
    int n = (int)pen->chart->rows.n, bottom = pen->y + SMALL + 4 + HEIGHT;
    draw_axis(pen, &axis, bottom);
    for (int i = 0; i < n; i++) {
        int x = LEFT + (WIDTH - LEFT) * i / n, next = LEFT + (WIDTH - LEFT) * (i + 1) / n;
        draw_column(pen, &axis, &pen->chart->rows.v[i], &(struct slot){x, next - x, bottom});
    }
    pen->y = bottom + 2 * SMALL + 8;
}
