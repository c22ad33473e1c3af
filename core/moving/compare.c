/* Who is on call by the rotations, and who by the tool's own schedule, at every instant of the days to come. */
#include <string.h>

#include "moving/fit.h"
#include "moving/reading.h"

typedef ARRAY(instant) instants;

static void add_instant(instants *list, instant t, const struct moving_schedule *schedule)
{
    if (t > schedule->compared_from && t < schedule->compared_until)
        *array_add(list) = t;
}

static int by_time(const void *a, const void *b)
{
    const instant *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int by_start(const void *a, const void *b)
{
    const struct moving_final *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

struct adding {
    instants *list;
    const struct moving_schedule *schedule;
};

static bool add_shift(void *ctx, const struct shift *shift)
{
    const struct adding *adding = ctx;
    add_instant(adding->list, shift->from, adding->schedule);
    return true;
}

/* All instants at which something may change, in order, from the first to the last. */
static instants find_instants(const struct moving_schedule *schedule)
{
    instants list = {0};
    struct adding adding = {&list, schedule};
    for (size_t i = 0; i < schedule->n_lanes; i++)
        rotation_shifts(&schedule->lanes[i].rotation, &(struct covers){0}, schedule->compared_from,
                        schedule->compared_until, add_shift, &adding);
    for (size_t i = 0; i < schedule->finals.n; i++) {
        add_instant(&list, schedule->finals.v[i].from, schedule);
        add_instant(&list, schedule->finals.v[i].until, schedule);
    }
    *array_add(&list) = schedule->compared_from;
    *array_add(&list) = schedule->compared_until;
    qsort(list.v, list.n, sizeof(list.v[0]), by_time);
    return list;
}

/* ---- sets of people, as sorted words ---- */

static int by_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_word(moving_texts *set, const struct moving_person *person)
{
    for (size_t i = 0; i < set->n; i++) {
        if (text_equal(set->v[i], person->word))
            return;
    }
    if (!person->missing)
        *array_add(set) = person->word;
}

static const char *words_of(struct moving *m, moving_texts *set)
{
    CLEANUP_STR struct str text = {0};
    if (set->n)
        qsort(set->v, set->n, sizeof(set->v[0]), by_word);
    for (size_t i = 0; i < set->n; i++)
        str_addf(&text, "%s%s", i ? ", " : "", set->v[i]);
    return text.len ? keepf(m, "%s", text.p) : "nobody";
}

static bool same_set(moving_texts *a, moving_texts *b)
{
    size_t found = 0;
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < b->n; k++)
            found += text_equal(a->v[i], b->v[k]);
    }
    return a->n == b->n && found == a->n;
}

/* ---- comparing ---- */

static void ours_at(struct moving *m, const struct moving_schedule *schedule, const struct map *people,
                    instant t, moving_texts *set)
{
    set->n = 0;
    for (size_t i = 0; i < schedule->n_lanes; i++) {
        struct on_call on;
        rotation_on_call(&schedule->lanes[i].rotation, &(struct covers){0}, t, &on);
        for (size_t k = 0; k < on.n; k++)
            add_word(set, &m->people.v[(size_t)(uintptr_t)map_get(people, on.people[k]) - 1]);
    }
}

/* *first: those before it are over. */
static void theirs_at(struct moving *m, const struct moving_schedule *schedule, instant t, size_t *first,
                      moving_texts *set)
{
    set->n = 0;
    while (*first < schedule->finals.n && schedule->finals.v[*first].until <= t)
        ++*first;
    for (size_t i = *first; i < schedule->finals.n && schedule->finals.v[i].from <= t; i++) {
        if (schedule->finals.v[i].until > t)
            add_word(set, person_of(m, schedule->finals.v[i].person));
    }
}

/* Goes on with the last one where the same people differ. */
static void add_difference(struct moving_schedule *schedule, const struct moving_difference *difference)
{
    struct moving_difference *last =
        schedule->differences.n ? &schedule->differences.v[schedule->differences.n - 1] : NULL;
    if (last && last->until == difference->from && text_equal(last->theirs, difference->theirs) &&
        text_equal(last->ours, difference->ours))
        last->until = difference->until;
    else
        *array_add(&schedule->differences) = *difference;
}

/* From the first to the last time of which the tool says who is on call. */
static bool set_span(const struct moving *m, struct moving_schedule *schedule)
{
    instant from = INT64_MAX, until = 0;
    for (size_t i = 0; i < schedule->finals.n; i++) {
        from = MIN(from, schedule->finals.v[i].from);
        until = MAX(until, schedule->finals.v[i].until);
    }
    from = MAX(from, m->now);
    until = MIN(until, m->now + MOVING_COMPARE);
    if (from >= until)
        return false;
    schedule->compared_from = from;
    schedule->compared_until = until;
    return true;
}

static void compare_schedule(struct moving *m, const struct map *people, struct moving_schedule *schedule)
{
    moving_texts ours = {0}, theirs = {0};
    size_t first = 0;
    if (!set_span(m, schedule))
        return;
    qsort(schedule->finals.v, schedule->finals.n, sizeof(schedule->finals.v[0]), by_start);
    instants list = find_instants(schedule);
    for (size_t i = 0; i + 1 < list.n; i++) {
        ours_at(m, schedule, people, list.v[i], &ours);
        theirs_at(m, schedule, list.v[i], &first, &theirs);
        if (list.v[i + 1] - list.v[i] >= MINUTE && !same_set(&ours, &theirs))
            add_difference(schedule, &(struct moving_difference){list.v[i], list.v[i + 1], words_of(m, &theirs),
                                                                 words_of(m, &ours)});
    }
    array_free(&list);
    array_free(&ours);
    array_free(&theirs);
}

void moving_compare(struct moving *m)
{
    struct map people = {0}; /* word -> index + 1 */
    for (size_t i = 0; i < m->people.n; i++)
        map_put(&people, m->people.v[i].word, (void *)(uintptr_t)(i + 1));
    for (size_t i = 0; i < m->schedules.n; i++)
        compare_schedule(m, &people, &m->schedules.v[i]);
    map_finish(&people);
}
