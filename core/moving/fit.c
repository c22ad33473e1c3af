#include "moving/fit.h"

#include <limits.h>
#include <string.h>

#include "moving/reading.h"

#define TOGETHER_MOST 20          /* people who are on call together */
#define TURNS_MOST    100         /* layers of one schedule */
#define LOOK_AHEAD    (400 * DAY) /* layers that do not meet within this time are taken to never meet */

typedef ARRAY(struct strand) strand_list;
typedef ARRAY(struct shift) shift_list;

/* ---- who is on call together ---- */

static bool add_open(void *ctx, const struct shift *shift)
{
    if (shift->on.n)
        *array_add((shift_list *)ctx) = *shift;
    return true;
}

static shift_list open_times(const struct strand *strand, instant now)
{
    shift_list list = {0};
    struct rotation rotation = strand_rotation(strand);
    rotation_shifts(&rotation, &(struct covers){0}, now, now + LOOK_AHEAD, add_open, &list);
    return list;
}

static bool meet(const struct strand *a, const struct strand *b, instant now)
{
    shift_list x = open_times(a, now), y = open_times(b, now);
    bool found = a->alone || b->alone;
    for (size_t i = 0, k = 0; i < x.n && k < y.n && !found;) {
        found = x.v[i].from < y.v[k].until && y.v[k].from < x.v[i].until;
        if (x.v[i].until < y.v[k].until)
            i++;
        else
            k++;
    }
    array_free(&x);
    array_free(&y);
    return found;
}

/* The first lane in which the strand meets none of its own rank. */
static size_t lane_for(const strand_list *strands, const size_t *lanes, size_t i, instant now)
{
    size_t lane = 0;
    for (size_t k = 0; k < i;) {
        bool other = strands->v[k].rank == strands->v[i].rank && lanes[k] == lane;
        if (other && meet(&strands->v[k], &strands->v[i], now)) {
            lane++;
            k = 0;
        } else {
            k++;
        }
    }
    return lane;
}

/* ---- strands of a schedule ---- */

static size_t together(const struct moving_turns *turns)
{
    size_t most = 1;
    for (size_t i = 0; i < turns->groups.n; i++)
        most = MAX(most, turns->groups.v[i].n);
    return most;
}

static bool names(const struct moving_override *override, const struct moving_turns *turns)
{
    for (size_t i = 0; i < override->turns.n; i++) {
        if (text_equal(override->turns.v[i], turns->id) || text_equal(override->turns.v[i], turns->name))
            return true;
    }
    return override->turns.n == 0;
}

static bool names_all(const struct moving_override *override, const strand_list *strands)
{
    bool all = true;
    for (size_t i = 0; i < strands->n; i++)
        all = all && names(override, strands->v[i].turns);
    return all;
}

static void add_turns(struct moving *m, const struct moving_schedule *schedule,
                      const struct moving_turns *turns, strand_list *strands)
{
    size_t n = together(turns);
    if (n > TOGETHER_MOST)
        unsaid(m, keepf(m, "more than %d people are on call together", TOGETHER_MOST), "schedule '%s', '%s'",
               schedule->name, turns->name);
    for (size_t k = 0; k < n && n <= TOGETHER_MOST; k++) {
        struct strand strand;
        if (!strand_of_turns(m, schedule, turns, k, &strand))
            return;
        *array_add(strands) = strand;
    }
}

static void isolate(const struct moving_schedule *schedule, strand_list *strands)
{
    for (size_t i = 0; i < schedule->overrides.n; i++) {
        const struct moving_override *override = &schedule->overrides.v[i];
        for (size_t k = 0; k < strands->n; k++) {
            strands->v[k].alone |= !names_all(override, strands) && names(override, strands->v[k].turns);
        }
    }
}

/* ---- lanes ---- */

static void append(struct strand *to, const struct strand *from)
{
    for (size_t i = 0; i < from->layers.n; i++) {
        *array_add(&to->layers) = from->layers.v[i];
        *array_add(&to->notes) = from->notes.v[i];
    }
}

static int next_rank(const strand_list *strands, int below)
{
    int rank = INT_MIN;
    for (size_t i = 0; i < strands->n; i++)
        rank = strands->v[i].rank < below ? MAX(rank, strands->v[i].rank) : rank;
    return rank;
}

/* Its own layers of each rank; and behind them the others of that rank, so that they hide what is below here, too. */
static void compose(const strand_list *strands, const size_t *lanes, size_t lane, struct strand *out)
{
    for (int rank = next_rank(strands, INT_MAX); rank > INT_MIN; rank = next_rank(strands, rank)) {
        bool last = next_rank(strands, rank) == INT_MIN, own = false;
        for (size_t i = 0; i < strands->n; i++) {
            if (strands->v[i].rank == rank && lanes[i] == lane) {
                append(out, &strands->v[i]);
                own = true;
            }
        }
        for (size_t i = 0; i < strands->n; i++) {
            if (strands->v[i].rank == rank && lanes[i] != lane && (!last || !own))
                append(out, &strands->v[i]);
        }
    }
}

struct replacing {
    struct moving *m;
    const struct moving_override *override;
    const char *instead;
    struct strand *strand;
    const char *zone;
};

static bool replace_shift(void *ctx, const struct shift *shift)
{
    const struct replacing *r = ctx;
    if (on_call_has(&shift->on, r->instead))
        strand_add_span(r->m, r->strand, person_of(r->m, r->override->person)->word, r->zone, "override",
                        shift->from, shift->until, NULL, 0);
    return true;
}

static void add_override(struct moving *m, const struct moving_schedule *schedule,
                         const struct moving_override *override, const struct strand *base, struct strand *out)
{
    instant from = MAX(override->from, m->now - DAY), until = MIN(override->until, m->now + LOOK_AHEAD);
    struct replacing replacing = {m, override, NULL, out, schedule->zone};
    if (override->until > until)
        unsaid(m, "it is written for the next 400 days only", "schedule '%s', an override", schedule->name);
    if (!override->instead) {
        strand_add_span(m, out, person_of(m, override->person)->word, schedule->zone, "override", from, until,
                        NULL, 0);
        return;
    }
    struct rotation rotation = strand_rotation(base);
    replacing.instead = person_of(m, override->instead)->word;
    rotation_shifts(&rotation, &(struct covers){0}, from, until, replace_shift, &replacing);
}

static bool is_for_lane(const struct moving_override *override, const strand_list *strands, const size_t *lanes,
                        size_t lane)
{
    for (size_t i = 0; i < strands->n; i++) {
        if (lanes[i] == lane && names(override, strands->v[i].turns))
            return true;
    }
    return strands->n == 0;
}

static const char *local_text(struct moving *m, instant t, const char *zone)
{
    struct wall w = zone_to_wall(t, zone);
    return keepf(m, "%04d-%02d-%02d %02d:%02d", w.year, w.month, w.day, w.hour, w.minute);
}

static void add_overrides(struct moving *m, const struct moving_schedule *schedule, const strand_list *strands,
                          const size_t *lanes, size_t lane, const struct strand *base, struct strand *out)
{
    for (size_t i = schedule->overrides.n; i-- > 0;) {
        const struct moving_override *override = &schedule->overrides.v[i];
        struct strand layers = {0};
        if (override->until <= m->now || override->until <= override->from ||
            !is_for_lane(override, strands, lanes, lane))
            continue;
        add_override(m, schedule, override, base, &layers);
        if (out->layers.n + layers.layers.n + base->layers.n <= LAYERS_SAID)
            append(out, &layers);
        else
            unsaid(m,
                   keepf(m, "a rotation{} has no more layers; let %s type: cover @whoever %s until %s (%s)",
                         person_of(m, override->person)->word, local_text(m, override->from, schedule->zone),
                         local_text(m, override->until, schedule->zone), schedule->zone),
                   "schedule '%s', an override", schedule->name);
        strand_finish(&layers);
    }
}

/* A layer that is always open begins before the others: a rotation{} must have nobody at no time since the first of them began. */
static void close_beginning(struct moving *m, struct strand *lane)
{
    instant first = INT64_MAX;
    for (size_t i = 0; i < lane->layers.n; i++)
        first = MIN(first, lane->layers.v[i].from);
    for (size_t i = 0; i < lane->layers.n; i++) {
        struct layer *layer = &lane->layers.v[i];
        bool always = layer->days == EVERY_DAY && layer->opens == 0 && layer->closes == DAY_MINUTES;
        if (always && !layer->skips && !layer->until && layer->from > first && layer->from <= m->now)
            layer_begin_by(m, layer, first);
    }
}

static void make_lane(struct moving *m, const struct moving_schedule *schedule, const strand_list *strands,
                      const size_t *lanes, size_t lane, struct moving_lane *ret)
{
    struct strand base = {0}, out = {0};
    compose(strands, lanes, lane, &base);
    if (base.layers.n > LAYERS_SAID) {
        unsaid(m,
               keepf(m, "it needs %zu layers, and a rotation{} has %d: the lowest are left out", base.layers.n,
                     LAYERS_SAID),
               "schedule '%s'", schedule->name);
        base.layers.n = LAYERS_SAID;
    }
    add_overrides(m, schedule, strands, lanes, lane, &base, &out);
    append(&out, &base);
    strand_finish(&base);
    close_beginning(m, &out);
    ret->strand = out;
    ret->rotation = strand_rotation(&out);
    ret->rotation.zone = schedule->zone;
}

static void make_lanes(struct moving *m, struct moving_schedule *schedule, const strand_list *strands)
{
    CLEANUP_FREE size_t *lanes = xcalloc(strands->n + 1, sizeof(lanes[0]));
    size_t n = strands->n || schedule->overrides.n;
    for (size_t i = 0; i < strands->n; i++) {
        lanes[i] = lane_for(strands, lanes, i, m->now);
        n = MAX(n, lanes[i] + 1);
    }
    schedule->lanes = xcalloc(n + 1, sizeof(schedule->lanes[0]));
    for (size_t lane = 0; lane < n; lane++) {
        struct moving_lane *made = &schedule->lanes[schedule->n_lanes];
        make_lane(m, schedule, strands, lanes, lane, made);
        if (made->rotation.n)
            schedule->n_lanes++;
        else
            strand_finish(&made->strand);
    }
}

static void fit_schedule(struct moving *m, struct moving_schedule *schedule)
{
    strand_list strands = {0};
    for (size_t i = 0; i < schedule->turns.n && i < TURNS_MOST; i++)
        add_turns(m, schedule, &schedule->turns.v[i], &strands);
    if (schedule->turns.n > TURNS_MOST)
        unsaid(m, keepf(m, "it has more than %d layers: the lowest are left out", TURNS_MOST), "schedule '%s'",
               schedule->name);
    isolate(schedule, &strands);
    make_lanes(m, schedule, &strands);
    if (!schedule->n_lanes)
        unsaid(m, "nobody is left in it", "schedule '%s'", schedule->name);
    for (size_t i = 0; i < strands.n; i++)
        strand_finish(&strands.v[i]);
    array_free(&strands);
}

void moving_fit(struct moving *m)
{
    for (size_t i = 0; i < m->schedules.n; i++)
        fit_schedule(m, &m->schedules.v[i]);
}
