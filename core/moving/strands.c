/* Turns and spans of other tools as layers of a rotation. */
#include "moving/fit.h"

#include <string.h>

#include "moving/reading.h"

#define TURN_MOST (26 * WEEK_MINUTES)

void strand_finish(struct strand *strand)
{
    array_free(&strand->layers);
    array_free(&strand->notes);
}

struct rotation strand_rotation(const struct strand *strand)
{
    return (struct rotation){
        .name = "", .zone = "UTC", .at_once = 1, .layers = strand->layers.v, .n = strand->layers.n};
}

/* ---- the clock on the wall ---- */

static struct wall later(struct wall wall, int64_t minutes)
{
    wall.day += (int)(minutes / DAY_MINUTES);
    wall.minute += (int)(minutes % DAY_MINUTES);
    return wall_of(zone_from_wall(&wall, NULL), NULL);
}

/* How many minutes the second shows more than the first. */
static int64_t between(const struct wall *a, const struct wall *b)
{
    return (zone_from_wall(b, NULL) - zone_from_wall(a, NULL)) / MINUTE;
}

static instant whole_minute(instant t)
{
    return t - t % MINUTE;
}

/* ---- layers ---- */

static void add_layer(struct strand *strand, const struct layer *layer, const char *note)
{
    *array_add(&strand->layers) = *layer;
    *array_add(&strand->notes) = note;
}

/* The same for each of its hours. */
static void add_layers(struct strand *strand, struct layer layer, const struct moving_hours *hours, size_t n,
                       const char *note)
{
    layer.from = zone_from_wall(&layer.start, layer.zone);
    layer.days = EVERY_DAY;
    layer.opens = 0;
    layer.closes = DAY_MINUTES;
    if (!n)
        add_layer(strand, &layer, note);
    for (size_t i = 0; i < n; i++) {
        layer.days = hours[i].days;
        layer.opens = hours[i].opens;
        layer.closes = hours[i].closes;
        add_layer(strand, &layer, note);
    }
}

static const char *const *one_person(struct moving *m, const char *person)
{
    const char **people = xcalloc(1, sizeof(people[0]));
    people[0] = person;
    keep(m, (char *)people);
    return people;
}

/* Less than a day: hours that open once. */
static void add_piece(struct moving *m, struct strand *strand, const struct layer *base, instant from,
                      instant until, const char *note)
{
    struct layer layer = *base;
    struct wall closes = wall_of(until, layer.zone);
    layer.start = wall_of(from, layer.zone);
    layer.turn = WEEK_MINUTES;
    const struct moving_hours hours = {EVERY_DAY, layer.start.minute,
                                       closes.minute || closes.day == layer.start.day ? closes.minute
                                                                                      : DAY_MINUTES};
    struct wall next = later(layer.start, DAY_MINUTES);
    layer.until = zone_from_wall(&next, layer.zone);
    if (zone_from_wall(&layer.start, layer.zone) != from || zone_from_wall(&closes, layer.zone) != until ||
        hours.opens == hours.closes)
        unsaid(m, "it begins or ends in an hour that comes twice, as clocks change", "%s: %s", note,
               layer.people[0]);
    else
        add_layers(strand, layer, &hours, 1, note);
}

struct pieces {
    struct moving *m;
    struct strand *strand;
    const struct layer *base;
    const char *note;
};

static bool take_piece(void *ctx, const struct shift *shift)
{
    const struct pieces *pieces = ctx;
    if (shift->on.n) {
        struct layer base = *pieces->base;
        base.people = one_person(pieces->m, shift->on.people[0]);
        base.n = 1;
        base.skips = false;
        add_piece(pieces->m, pieces->strand, &base, shift->from, shift->until, pieces->note);
    }
    return true;
}

/* Ends layers that would go on: at the last date whose handover is not after `until`; what is left of that day becomes pieces. */
static void add_bounded(struct moving *m, struct strand *strand, struct layer layer,
                        const struct moving_hours *hours, size_t n, instant until, const char *note)
{
    struct strand whole = {0};
    struct wall last = wall_of(until, layer.zone);
    if (last.minute < layer.start.minute)
        last = later(last, -DAY_MINUTES);
    last.minute = layer.start.minute;
    layer.from = zone_from_wall(&layer.start, layer.zone);
    layer.until = 0;
    add_layers(&whole, layer, hours, n, note);
    instant end = zone_from_wall(&last, layer.zone);
    if (end > layer.from) {
        layer.until = end;
        add_layers(strand, layer, hours, n, note);
    }
    struct rotation rotation = strand_rotation(&whole);
    struct pieces pieces = {m, strand, &layer, note};
    rotation_shifts(&rotation, &(struct covers){0}, MAX(end, layer.from), until, take_piece, &pieces);
    strand_finish(&whole);
}

void strand_add_span(struct moving *m, struct strand *strand, const char *person, const char *zone,
                     const char *note, instant from, instant until, const struct moving_hours *hours, size_t n)
{
    struct layer layer = {.people = one_person(m, person), .n = 1, .zone = zone, .turn = WEEK_MINUTES};
    from = whole_minute(from);
    until = whole_minute(until);
    layer.start = wall_of(from, zone);
    if (zone_from_wall(&layer.start, zone) != from)
        unsaid(m, "it begins in an hour that comes twice, as clocks change", "%s: %s", note, person);
    else if (from < until)
        add_bounded(m, strand, layer, hours, n, until, note);
}

/* ---- turns ---- */

static bool length_is_said(int minutes)
{
    bool part = minutes == 240 || minutes == 360 || minutes == 480 || minutes == 720;
    return part || (minutes % DAY_MINUTES == 0 && minutes <= TURN_MOST);
}

/* The people of one lane; NULL: a rotation{} has nobody twice. */
static const char **people_of(struct moving *m, const struct moving_turns *turns, size_t k,
                              const char **ret_twice)
{
    const char **people = xcalloc(turns->groups.n, sizeof(people[0]));
    keep(m, (char *)people);
    *ret_twice = NULL;
    for (size_t i = 0; i < turns->groups.n; i++) {
        const moving_texts *group = &turns->groups.v[i];
        people[i] = person_of(m, group->n ? group->v[MIN(k, group->n - 1)] : "")->word;
        for (size_t j = 0; j < i; j++)
            *ret_twice = text_equal(people[j], people[i]) ? people[i] : *ret_twice;
    }
    return people;
}

/* Handover `turn` of the layer, from its start on. */
static instant handover(const struct layer *layer, int64_t turn)
{
    struct wall wall = later(layer->start, turn * layer->turn);
    return zone_from_wall(&wall, layer->zone);
}

/* The turn at t. Turns go on before the start, too. */
static int64_t turn_at(const struct layer *layer, instant t)
{
    struct wall wall = wall_of(t, layer->zone);
    int64_t since = between(&layer->start, &wall), turn = since / layer->turn - (since % layer->turn < 0);
    while (handover(layer, turn) > t)
        turn--;
    while (handover(layer, turn + 1) <= t)
        turn++;
    return turn;
}

/* Moves the start to the beginning of that turn. */
static void start_at(struct moving *m, struct layer *layer, int64_t turn)
{
    const char **people = xcalloc(layer->n, sizeof(people[0]));
    int64_t n = (int64_t)layer->n, first = turn % n + (turn % n < 0 ? n : 0);
    for (int64_t i = 0; i < n; i++)
        people[i] = layer->people[(first + i) % n];
    keep(m, (char *)people);
    layer->people = people;
    layer->start = later(layer->start, turn * layer->turn);
}

void layer_begin_by(struct moving *m, struct layer *layer, instant t)
{
    start_at(m, layer, turn_at(layer, t));
    layer->from = zone_from_wall(&layer->start, layer->zone);
}

/* Turns that began already start with the present one. Of those that begin later, the rest of the first turn is a span of its own. */
static void bound_start(struct moving *m, struct strand *strand, const struct moving_turns *turns,
                        struct layer *layer)
{
    instant from = MAX(turns->from, m->now);
    if (layer->skips)
        return;
    int64_t turn = turn_at(layer, from);
    if (turns->from <= m->now) {
        start_at(m, layer, turn);
        return;
    }
    instant next = handover(layer, turn + 1);
    if (handover(layer, turn) != from) {
        int64_t n = (int64_t)layer->n, who = turn % n + (turn % n < 0 ? n : 0);
        instant until = turns->until ? MIN(next, turns->until) : next;
        strand_add_span(m, strand, layer->people[who], layer->zone, turns->name, from, until, turns->hours.v,
                        turns->hours.n);
        turn++;
    }
    start_at(m, layer, turn);
}

bool strand_of_turns(struct moving *m, const struct moving_schedule *schedule, const struct moving_turns *turns,
                     size_t k, struct strand *ret)
{
    const char *twice, *why = NULL, **people = people_of(m, turns, k, &twice);
    struct layer layer = {.people = people, .n = turns->groups.n, .zone = turns->zone, .start = turns->start};
    *ret = (struct strand){.rank = turns->rank, .turns = turns};
    layer.turn = layer.n == 1 ? WEEK_MINUTES : turns->length;
    layer.skips = layer.n > 1 && turns->skips;
    if (!layer.n)
        why = "it has no people";
    else if (turns->until && turns->until <= m->now)
        why = "it is over";
    else if (twice)
        why = keepf(m, "%s has several turns in each round, and a rotation{} has nobody twice", twice);
    else if (!length_is_said(layer.turn) || (layer.skips && layer.turn % DAY_MINUTES))
        why = keepf(m, "turns of %d minutes: a rotation{} has turns of days, or of 4, 6, 8 or 12 hours",
                    layer.turn);
    if (!why)
        bound_start(m, ret, turns, &layer);
    if (!why && layer.start.year < 1970)
        why = "its turns would begin before 1970";
    if (why) {
        unsaid(m, why, "schedule '%s', '%s'", schedule->name, turns->name);
        strand_finish(ret);
    } else if (turns->until && turns->until < MOVING_NEVER) {
        if (zone_from_wall(&layer.start, layer.zone) < turns->until)
            add_bounded(m, ret, layer, turns->hours.v, turns->hours.n, turns->until, turns->name);
    } else {
        add_layers(ret, layer, turns->hours.v, turns->hours.n, turns->name);
    }
    return !why;
}
