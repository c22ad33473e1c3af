/* Which layer decides at an instant, and whose turn it is in it. */
#include "rotation/inside.h"

#include "base/mem.h"

/* No clock on a wall is changed by more. */
#define CHANGE_MOST (3 * HOUR)

static int64_t divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The clock on the wall, as if it were UTC. */
static instant local_of(instant t, const char *zone)
{
    return t + zone_to_wall(t, zone).offset_seconds * SECOND;
}

/* Of the days since 1970: 1 January was a Thursday. */
static int weekday_of(int64_t day)
{
    return (int)(day + 4 - 7 * divide(day + 4, 7));
}

static instant on_day(const struct layer *layer, int64_t day, int minute)
{
    struct wall wall = {.year = 1970, .month = 1, .day = (int)(1 + day), .minute = minute};
    return zone_from_wall(&wall, layer->zone);
}

/* ---- hours ---- */

bool layer_is_all_day(const struct layer *layer)
{
    return layer->opens == 0 && layer->closes == DAY_MINUTES;
}

int64_t layer_day(const struct layer *layer, instant t)
{
    return divide(local_of(t, layer->zone), DAY);
}

static bool has_weekday(const struct layer *layer, int64_t day)
{
    return layer->days & 1u << weekday_of(day);
}

static bool has_day(const struct layer *layer, int64_t day)
{
    bool holiday = layer->holidays && holidays_has(layer->holidays, day);
    unsigned counts = layer->days & (HOLIDAYS_TOO | NO_HOLIDAYS);
    return holiday && counts ? counts == HOLIDAYS_TOO : has_weekday(layer, day);
}

bool layer_hours(const struct layer *layer, int64_t day, instant *ret_opens, instant *ret_closes)
{
    int next = layer->closes <= layer->opens ? DAY_MINUTES : 0;
    if (!has_day(layer, day))
        return false;
    *ret_opens = on_day(layer, day, layer->opens);
    *ret_closes = on_day(layer, day, layer->closes + next);
    return true;
}

/* *ret_day: the day on which the hours began; 0 where one day goes on into the next. */
static bool is_open(const struct layer *layer, instant t, int64_t *ret_day)
{
    instant opens, closes;
    *ret_day = 0;
    if (layer_is_all_day(layer) && layer->days == EVERY_DAY)
        return true;
    int64_t today = layer_day(layer, t);
    for (int64_t day = today; day >= today - 1; day--) {
        if (!layer_hours(layer, day, &opens, &closes) || t < opens || t >= closes)
            continue;
        *ret_day = layer_is_all_day(layer) ? 0 : day;
        return true;
    }
    return false;
}

/* ---- turns ---- */

instant layer_handover(const struct layer *layer, int64_t turn, int length)
{
    struct wall wall = layer->start;
    wall.day += (int)(turn * length / DAY_MINUTES);
    wall.minute += (int)(turn * length % DAY_MINUTES);
    return zone_from_wall(&wall, layer->zone);
}

/* Handovers are looked up only near one, where the change of a clock may have moved it. */
static int64_t turn_of(const struct layer *layer, int length, instant t)
{
    duration since = local_of(t, layer->zone) - zone_from_wall(&layer->start, NULL), each = length * MINUTE;
    int64_t turn = divide(since, each);
    duration into = since - turn * each;
    if (each - into <= CHANGE_MOST && layer_handover(layer, turn + 1, length) <= t)
        return turn + 1;
    if (into <= CHANGE_MOST && layer_handover(layer, turn, length) > t)
        return turn - 1;
    return turn;
}

/* How many days with hours the holidays first..last add; negative: take away. */
static int64_t more_by_holidays(const struct layer *layer, int64_t first, int64_t last)
{
    int64_t more = 0;
    size_t i = layer->holidays ? holidays_from(layer->holidays, first) : 0;
    for (; layer->holidays && i < layer->holidays->days.n && layer->holidays->days.v[i] <= last; i++)
        more += has_day(layer, layer->holidays->days.v[i]) - has_weekday(layer, layer->holidays->days.v[i]);
    return more;
}

/* Of the first n + 1 days from the start, those with hours. */
static int64_t days_with_hours(const struct layer *layer, int64_t n)
{
    int64_t first = divide(zone_from_wall(&layer->start, NULL), DAY), weeks = divide(n + 1, 7);
    int64_t count = weeks * __builtin_popcount(layer->days & EVERY_DAY);
    for (int64_t i = weeks * 7; i <= n; i++)
        count += has_weekday(layer, first + i);
    return count + more_by_holidays(layer, first, first + n);
}

int64_t layer_turn(const struct layer *layer, instant t)
{
    if (!layer->skips)
        return turn_of(layer, layer->turn, t);
    int64_t day = turn_of(layer, DAY_MINUTES, t);
    return MAX(days_with_hours(layer, day) - 1, 0) / (layer->turn / DAY_MINUTES);
}

/* ---- who decides ---- */

static bool is_active(const struct layer *layer, instant t, int64_t *ret_day)
{
    return t >= layer->from && (!layer->until || t < layer->until) && is_open(layer, t, ret_day);
}

struct duty duty_at(const struct rotation *rotation, instant t)
{
    struct duty duty = {0};
    for (size_t i = 0; i < rotation->n && !duty.layer; i++) {
        if (is_active(&rotation->layers[i], t, &duty.day))
            duty.layer = &rotation->layers[i];
    }
    duty.turn = duty.layer ? layer_turn(duty.layer, t) : 0;
    return duty;
}
