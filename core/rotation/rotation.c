#include "rotation/rotation.h"

#include "base/mem.h"
#include "rotation/inside.h"

static size_t place_of(const struct on_call *on, const char *person)
{
    size_t i = 0;
    while (i < on->n && !text_equal_nocase(on->people[i], person))
        i++;
    return i;
}

bool on_call_has(const struct on_call *on, const char *person)
{
    return place_of(on, person) < on->n;
}

static bool is_away(const struct covers *covers, const char *person, instant t)
{
    for (size_t i = 0; i < covers->n_absences; i++) {
        const struct absence *absence = &covers->absences[i];
        if (absence->from <= t && t < absence->until && text_equal_nocase(absence->person, person))
            return true;
    }
    return false;
}

/* Fewer than promised only where all others are away. */
static void take_turn(const struct rotation *rotation, const struct covers *covers, const struct duty *duty,
                      instant t, struct on_call *ret)
{
    const struct layer *layer = duty->layer;
    *ret = (struct on_call){0};
    for (size_t i = 0; layer && i < layer->n && ret->n < (size_t)rotation->at_once; i++) {
        const char *person = layer->people[((size_t)duty->turn + i) % layer->n];
        if (!is_away(covers, person, t))
            ret->people[ret->n++] = person;
    }
}

/* Somebody who is on call already covers nobody: so there are always as many people as promised. */
static void take_covers(const struct covers *covers, instant t, struct on_call *on)
{
    for (size_t i = 0; i < covers->n; i++) {
        const struct cover *cover = &covers->v[i];
        size_t place = place_of(on, cover->out);
        bool then = cover->from <= t && t < cover->until && place < on->n;
        if (then && !on_call_has(on, cover->in) && !is_away(covers, cover->in, t))
            on->people[place] = cover->in;
    }
}

static void on_call_by(const struct rotation *rotation, const struct covers *covers, const struct duty *duty,
                       instant t, struct on_call *ret)
{
    take_turn(rotation, covers, duty, t, ret);
    take_covers(covers, t, ret);
}

void rotation_on_call(const struct rotation *rotation, const struct covers *covers, instant t,
                      struct on_call *ret)
{
    struct duty duty = duty_at(rotation, t);
    on_call_by(rotation, covers, &duty, t, ret);
}

/* ---- shifts ---- */

struct moments {
    instant from, until; /* those strictly between are kept */
    ARRAY(instant) all;
};

static void add_moment(struct moments *moments, instant t)
{
    if (moments->from < t && t < moments->until)
        *array_add(&moments->all) = t;
}

static void add_handovers(struct moments *moments, const struct layer *layer)
{
    int length = layer->skips ? DAY_MINUTES : layer->turn;
    duration since = MAX(moments->from - layer->from, 0) - 2 * DAY;
    int64_t turn = MAX(since / (length * MINUTE), 0);
    instant end = layer->until ? MIN(layer->until, moments->until) : moments->until;
    for (instant t = layer_handover(layer, turn, length); t < end; t = layer_handover(layer, ++turn, length))
        add_moment(moments, t);
}

static void add_hours(struct moments *moments, const struct layer *layer)
{
    instant opens, closes;
    if (layer_is_all_day(layer) && layer->days == EVERY_DAY)
        return;
    int64_t last = layer_day(layer, moments->until);
    for (int64_t day = layer_day(layer, moments->from) - 1; day <= last; day++) {
        if (!layer_hours(layer, day, &opens, &closes))
            continue;
        add_moment(moments, opens);
        add_moment(moments, closes);
    }
}

static int by_time(const void *a, const void *b)
{
    const instant *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* All instants at which something may change, sorted, from the beginning to the end. */
static void find_moments(const struct rotation *rotation, const struct covers *covers, struct moments *moments)
{
    for (size_t i = 0; i < rotation->n; i++) {
        add_moment(moments, rotation->layers[i].from);
        add_moment(moments, rotation->layers[i].until);
        add_handovers(moments, &rotation->layers[i]);
        add_hours(moments, &rotation->layers[i]);
    }
    for (size_t i = 0; i < covers->n; i++) {
        add_moment(moments, covers->v[i].from);
        add_moment(moments, covers->v[i].until);
    }
    for (size_t i = 0; i < covers->n_absences; i++) {
        add_moment(moments, covers->absences[i].from);
        add_moment(moments, covers->absences[i].until);
    }
    *array_add(&moments->all) = moments->from;
    *array_add(&moments->all) = moments->until;
    qsort(moments->all.v, moments->all.n, sizeof(*moments->all.v), by_time);
}

bool on_call_same(const struct on_call *a, const struct on_call *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; i < a->n && same; i++)
        same = text_equal(a->people[i], b->people[i]);
    return same;
}

bool shift_goes_on(struct shift *stint, const struct shift *next)
{
    bool same = stint->until && on_call_same(&stint->on, &next->on);
    if (same)
        stint->until = next->until;
    return same;
}

static bool same_duty(const struct duty *a, const struct duty *b)
{
    return a->layer == b->layer && a->turn == b->turn && a->day == b->day;
}

void rotation_shifts(const struct rotation *rotation, const struct covers *covers, instant from, instant until,
                     bool (*on)(void *ctx, const struct shift *shift), void *ctx)
{
    struct moments moments = {.from = from, .until = until};
    struct shift shift = {.from = from};
    struct duty before = duty_at(rotation, from);
    bool more = from < until;
    if (more)
        find_moments(rotation, covers, &moments);
    on_call_by(rotation, covers, &before, from, &shift.on);
    for (size_t i = 0; i < moments.all.n && more; i++) {
        instant t = moments.all.v[i];
        struct on_call next;
        struct duty duty = duty_at(rotation, t);
        on_call_by(rotation, covers, &duty, t, &next);
        if (t < until && same_duty(&duty, &before) && on_call_same(&next, &shift.on))
            continue;
        shift.until = t;
        more = on(ctx, &shift);
        shift = (struct shift){.from = t, .on = next};
        before = duty;
    }
    array_free(&moments.all);
}

/* ---- what a rotation promises ---- */

duration rotation_turn(const struct rotation *rotation)
{
    int longest = 0;
    for (size_t i = 0; i < rotation->n; i++)
        longest = MAX(longest, rotation->layers[i].turn);
    return longest * MINUTE;
}

static bool stop_at_gap(void *ctx, const struct shift *shift)
{
    if (!shift->on.n)
        *(struct shift *)ctx = *shift;
    return shift->on.n > 0;
}

/* A layer that never closes leaves none. */
static bool never_closes(const struct rotation *rotation, instant from, instant until)
{
    for (size_t i = 0; i < rotation->n; i++) {
        const struct layer *layer = &rotation->layers[i];
        bool always = layer_is_all_day(layer) && (layer->days & ~HOLIDAYS_TOO) == EVERY_DAY;
        if (always && layer->from <= from && (!layer->until || layer->until >= until))
            return true;
    }
    return false;
}

/* The first gap, if these days are the holidays of all layers. */
static void find_gap(const struct rotation *rotation, const struct holidays *holidays, instant from,
                     instant until, struct shift *ret)
{
    struct layer layers[LAYERS_MOST];
    struct rotation such = *rotation;
    for (size_t i = 0; i < rotation->n; i++) {
        layers[i] = rotation->layers[i];
        layers[i].holidays = holidays;
    }
    such.layers = layers;
    rotation_shifts(&such, &(struct covers){0}, from, until, stop_at_gap, ret);
}

/*
 * Any day may become a holiday, so no gap may open whichever are. Hours of a day reach into the next one at most: where none, all and
 * every other day leave no gap, nothing does.
 */
static void find_any_gap(const struct rotation *rotation, instant from, instant until, struct shift *ret)
{
    static const int64_t steps[] = {0, 1, 2};
    for (size_t i = 0; i < ARRAY_SIZE(steps) && !ret->until; i++) {
        struct holidays holidays = {0};
        for (int64_t day = from / DAY - 2; steps[i] && day < until / DAY + 2; day += steps[i])
            holidays_add(&holidays, day);
        find_gap(rotation, &holidays, from, until, ret);
        holidays_finish(&holidays);
    }
}

bool rotation_gap(const struct rotation *rotation, struct shift *ret)
{
    instant from = INT64_MAX, last = 0, until = 0;
    *ret = (struct shift){0};
    for (size_t i = 0; i < rotation->n; i++) {
        const struct layer *layer = &rotation->layers[i];
        from = MIN(from, layer->from);
        last = MAX(last, layer->from);
        until = MAX(until, layer->until ? layer->until : INT64_MAX);
    }
    until = MIN(until, last + 366 * DAY);
    if (!never_closes(rotation, from, until))
        find_any_gap(rotation, from, until, ret);
    return ret->until > 0;
}
