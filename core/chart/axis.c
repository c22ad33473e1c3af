/* Axes in whole units: of counts and times from 0, and of spans of time by their logarithm. */
#include <inttypes.h>
#include <math.h>

#include "chart/inside.h"

#define STEPS_MOST 4
#define HIGHEST    (INT64_MAX / 1000)

/* ---- from 0 ---- */

/* 1, 2, 5, 10, … units: the smallest step that needs few of them. */
static int64_t step_of(int64_t most, int64_t unit)
{
    static const int64_t times[] = {1, 2, 5};
    for (int64_t ten = unit; ten < HIGHEST / 100; ten *= 10) {
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
            if (most <= STEPS_MOST * times[i] * ten)
                return times[i] * ten;
        }
    }
    return HIGHEST / STEPS_MOST;
}

static int64_t time_step(int64_t most)
{
    static const int64_t minutes[] = {1, 2, 5, 10, 15, 30};
    for (size_t i = 0; i < ARRAY_SIZE(minutes); i++) {
        if (most <= STEPS_MOST * minutes[i] * MINUTE)
            return minutes[i] * MINUTE;
    }
    return step_of(most, HOUR);
}

struct axis axis_of(const struct chart *chart)
{
    int64_t most = 1;
    for (size_t i = 0; i < rows_drawn(chart); i++) {
        const struct chart_row *row = &chart->rows.v[i];
        most = MAX(most, MAX(row->value, row->before));
    }
    most = MIN(most, HIGHEST);
    int64_t step = chart->unit == CHART_TIME ? time_step(most) : step_of(most, 1);
    return (struct axis){step, (most + step - 1) / step * step};
}

/* What is there at all can be seen. */
int axis_at(const struct axis *axis, int64_t value, int length)
{
    double part = (double)MIN(value, axis->end) / (double)axis->end;
    int at = (int)lround(part * length);
    return value > 0 ? MAX(at, 1) : 0;
}

void axis_label(const struct axis *axis, enum chart_unit unit, int64_t value, struct str *out)
{
    if (unit == CHART_COUNT || !value)
        str_addf(out, "%" PRId64, value);
    else if (axis->step < HOUR)
        str_addf(out, "%" PRId64 " min", value / MINUTE);
    else
        str_addf(out, "%" PRId64 " h", value / HOUR);
}

/* ---- spans ---- */

static const struct {
    duration at;
    const char *name;
} steps[] = {{SECOND, "1 s"},    {10 * SECOND, "10 s"}, {MINUTE, "1 min"}, {10 * MINUTE, "10 min"},
             {HOUR, "1 h"},      {6 * HOUR, "6 h"},     {DAY, "1 d"},      {7 * DAY, "7 d"},
             {30 * DAY, "30 d"}, {365 * DAY, "1 year"}};

duration time_axis_step(size_t i, const char **ret_name)
{
    *ret_name = steps[i].name;
    return steps[i].at;
}

static void widen(struct time_axis *axis, int64_t value)
{
    while (axis->first > 0 && steps[axis->first].at > value)
        axis->first--;
    while (axis->last + 1 < ARRAY_SIZE(steps) && steps[axis->last].at < value)
        axis->last++;
}

struct time_axis time_axis_of(const struct chart *chart)
{
    struct time_axis axis = {ARRAY_SIZE(steps) - 1, 0};
    for (size_t i = 0; i < chart->rows.n; i++) {
        const struct chart_row *row = &chart->rows.v[i];
        bool few = row->n <= CHART_FEW;
        for (size_t k = 0; few && k < row->n; k++)
            widen(&axis, row->few[k]);
        if (!few) {
            widen(&axis, row->value);
            widen(&axis, row->part);
        }
        if (row->before >= 0)
            widen(&axis, row->before);
    }
    axis.first = MIN(axis.first, ARRAY_SIZE(steps) - 2);
    axis.last = MAX(axis.last, axis.first + 1);
    return axis;
}

int time_axis_at(const struct time_axis *axis, int64_t value, int length)
{
    double low = (double)steps[axis->first].at, high = (double)steps[axis->last].at;
    double at = log(MAX((double)value, low) / low) / log(high / low);
    return (int)lround(MIN(at, 1) * length);
}
