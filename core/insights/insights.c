#include "insights/insights.h"

#include <string.h>

#include "insights/sort.h"

static const char *const kind_names[] = {"all",  "team",     "service",  "person",
                                         "rule", "severity", "customer", "component"};

struct insight_work {
    piece_spans spans;
};

const char *insight_kind_name(enum insight_kind kind)
{
    return kind_names[kind];
}

enum insight_kind insight_kind_parse(const char *name)
{
    size_t kind = 0;
    while (kind < INSIGHT_KINDS && !text_equal_nocase(name, kind_names[kind]))
        kind++;
    return (enum insight_kind)kind;
}

/* ---- freed ---- */

static void drop_open(struct insight *insight)
{
    for (size_t i = 0; i < insight->open.n; i++) {
        array_free(&insight->open.v[i]->spans);
        free(insight->open.v[i]);
    }
    insight->open.n = 0;
    map_finish(&insight->people);
    insight->people = (struct map){0};
}

static void finish(struct insight *insight)
{
    drop_open(insight);
    array_free(&insight->open);
    map_finish(&insight->problems);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        array_free(&insight->times[i]);
    array_free(&insight->waited);
    array_free(&insight->ids);
    free(insight->name);
}

void insights_finish(struct insights *insights)
{
    for (size_t kind = 0; kind < INSIGHT_KINDS; kind++) {
        size_t position = 0;
        for (struct map_slot *slot; (slot = map_next(&insights->by[kind], &position));) {
            finish(slot->value);
            free(slot->value);
        }
        map_finish(&insights->by[kind]);
    }
    finish(&insights->all);
    *insights = (struct insights){0};
}

/* ---- a piece in one sum ---- */

static bool counts(const struct piece *piece)
{
    return !piece->drill && status_is_counted(piece->outcome);
}

static struct insight_work *work_of(struct insight *insight, const char *person)
{
    struct insight_work *work = map_get(&insight->people, person);
    if (work)
        return work;
    work = xcalloc(1, sizeof(*work));
    map_put(&insight->people, person, work);
    *array_add(&insight->open) = work;
    return work;
}

/* `only`: a person whose sum it is; NULL: everybody's. */
static void add_people(struct insight *insight, const struct piece *piece, const char *only)
{
    struct insight_calls *calls = piece->outcome == STATUS_DECLINED ? &insight->in_vain : &insight->calls;
    for (size_t i = 0; i < piece->people.n; i++) {
        const struct piece_person *person = &piece->people.v[i];
        if (only && strcmp(only, person->id) != 0)
            continue;
        calls->all += person->pages;
        calls->nights += person->nights;
        calls->weekends += person->weekends;
        struct insight_work *work = person->worked.n && counts(piece) ? work_of(insight, person->id) : NULL;
        for (size_t k = 0; work && k < person->worked.n; k++)
            *array_add(&work->spans) = person->worked.v[k];
    }
}

static void add_repeat(struct insight *insight, const struct piece *piece)
{
    const piece_texts *problems = &piece->lists[LIST_PROBLEMS];
    bool known = false;
    for (size_t i = 0; i < problems->n; i++)
        known |= map_put(&insight->problems, problems->v[i], insight) != NULL;
    insight->repeats += known;
}

static void add_end(struct insight *insight, const struct piece *piece, bool named)
{
    insight->drills += piece->drill;
    insight->declined += !piece->drill && piece->outcome == STATUS_DECLINED;
    insight->merged += !piece->drill && piece->outcome == STATUS_MERGED;
    if (!counts(piece))
        return;
    insight->incidents++;
    insight->hidden += !named;
    if (named)
        *array_add(&insight->ids) = piece->incident;
    for (size_t i = 0; i < PIECE_TIMES; i++) {
        if (piece->times[i] >= 0)
            *array_add(&insight->times[i]) = piece->times[i];
    }
    for (size_t i = 0; i < piece->waited.n; i++)
        *array_add(&insight->waited) = piece->waited.v[i];
    add_repeat(insight, piece);
}

static void add(struct insight *insight, const struct piece *piece, bool named, const char *only)
{
    if (counts(piece))
        insight->active += piece->active;
    if (!piece->drill)
        add_people(insight, piece, only);
    if (piece->ends)
        add_end(insight, piece, named);
}

/* ---- a piece in all sums ---- */

struct insight *insights_sum(struct insights *insights, enum insight_kind kind, const char *name)
{
    if (kind == INSIGHT_ALL)
        return &insights->all;
    struct insight *sum = map_get(&insights->by[kind], name);
    if (sum)
        return sum;
    sum = xcalloc(1, sizeof(*sum));
    sum->name = xstrdup(name);
    map_put(&insights->by[kind], name, sum);
    return sum;
}

static void add_named(struct insights *insights, enum insight_kind kind, const char *name,
                      const struct piece *piece, bool named)
{
    if (name)
        add(insights_sum(insights, kind, name), piece, named, kind == INSIGHT_PERSON ? name : NULL);
}

/* The time that is in any of them. */
static duration time_in(piece_spans *spans)
{
    duration all = 0;
    spans_join(spans);
    for (size_t i = 0; i < spans->n; i++)
        all += spans->v[i].until - spans->v[i].from;
    return all;
}

static void close_sum(struct insight *insight)
{
    for (size_t i = 0; i < insight->open.n; i++)
        insight->work += time_in(&insight->open.v[i]->spans);
    drop_open(insight);
}

static void each_sum(struct insights *insights, void (*on)(struct insight *insight))
{
    on(&insights->all);
    for (size_t kind = 0; kind < INSIGHT_KINDS; kind++) {
        size_t position = 0;
        for (struct map_slot *slot; (slot = map_next(&insights->by[kind], &position));)
            on(slot->value);
    }
}

void insights_add(struct insights *insights, const struct piece *piece, bool named)
{
    if (strcmp(insights->month, piece->month) != 0) {
        each_sum(insights, close_sum);
        memcpy(insights->month, piece->month, sizeof(insights->month));
    }
    add(&insights->all, piece, named, NULL);
    add_named(insights, INSIGHT_TEAM, piece->names[NAME_TEAM], piece, named);
    add_named(insights, INSIGHT_SEVERITY, piece->names[NAME_SEVERITY], piece, named);
    if (!named)
        return;
    add_named(insights, INSIGHT_SERVICE, piece->names[NAME_SERVICE], piece, named);
    add_named(insights, INSIGHT_RULE, piece->names[NAME_RULE], piece, named);
    for (size_t i = 0; i < piece->people.n; i++)
        add_named(insights, INSIGHT_PERSON, piece->people.v[i].id, piece, named);
    for (size_t i = 0; i < piece->lists[LIST_CUSTOMERS].n; i++)
        add_named(insights, INSIGHT_CUSTOMER, piece->lists[LIST_CUSTOMERS].v[i], piece, named);
    for (size_t i = 0; i < piece->lists[LIST_COMPONENTS].n; i++)
        add_named(insights, INSIGHT_COMPONENT, piece->lists[LIST_COMPONENTS].v[i], piece, named);
}

/* ---- read ---- */

static void settle(struct insight *insight)
{
    close_sum(insight);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        durations_sort(insight->times[i].v, insight->times[i].n);
    durations_sort(insight->waited.v, insight->waited.n);
}

void insights_settle(struct insights *insights)
{
    each_sum(insights, settle);
}

const struct insight *insights_of(const struct insights *insights, enum insight_kind kind, const char *name)
{
    return kind == INSIGHT_ALL ? &insights->all : map_get(&insights->by[kind], name);
}

static int by_work(const void *a, const void *b)
{
    const struct insight *x = *(const struct insight *const *)a, *y = *(const struct insight *const *)b;
    int order = (y->work > x->work) - (y->work < x->work);
    return order ? order : strcmp(x->name, y->name);
}

void insights_list(const struct insights *insights, enum insight_kind kind, insight_list *ret)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&insights->by[kind], &position));)
        *array_add(ret) = slot->value;
    if (ret->n)
        qsort(ret->v, ret->n, sizeof(*ret->v), by_work);
}

duration insight_quantile(const insight_times *times, int percent)
{
    size_t rank = (times->n * (size_t)percent + 99) / 100;
    return times->n ? times->v[MAX(rank, (size_t)1) - 1] : -1;
}
