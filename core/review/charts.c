/* Which charts there are, and how each is made of figures. */
#include "review/charts.h"

#include <stdio.h>
#include <string.h>

#include "people/people.h"

/* ---- columns ---- */

#define COLUMN(column, title, is, expression)                                                                  \
    static int64_t get_##column(const struct insight *sum)                                                     \
    {                                                                                                          \
        return expression;                                                                                     \
    }                                                                                                          \
    static const struct figure figure_##column = {{#column, title, is}, get_##column};

struct figure {
    struct review_column column;
    int64_t (*get)(const struct insight *sum);
};
COLUMN(work_seconds, "People's time", CHART_TIME, sum->work)
COLUMN(incidents, "Incidents", CHART_COUNT, sum->incidents)
COLUMN(ended, "Ended", CHART_COUNT, sum->incidents + sum->declined)
COLUMN(declined, "Declined", CHART_COUNT, sum->declined)
COLUMN(merged, "Merged", CHART_COUNT, sum->merged)
COLUMN(drills, "Drills", CHART_COUNT, sum->drills)
COLUMN(repeats, "Repeats", CHART_COUNT, sum->repeats)
COLUMN(called, "Called", CHART_COUNT, sum->calls.all + sum->in_vain.all)
COLUMN(called_nights, "By night", CHART_COUNT, sum->calls.nights + sum->in_vain.nights)
COLUMN(called_weekends, "At weekends", CHART_COUNT, sum->calls.weekends + sum->in_vain.weekends)
COLUMN(called_declined, "For what was declined", CHART_COUNT, sum->in_vain.all)
COLUMN(called_declined_nights, "By night", CHART_COUNT, sum->in_vain.nights)

static const struct review_column before_time = {"before_seconds", "Before", CHART_TIME},
                                  before_count = {"before", "Before", CHART_COUNT};

/* ---- charts ---- */

struct definition {
    const char *name, *title;
    enum chart_shape shape;
    enum insight_kind kind;
    const struct figure *value, *part; /* part NULL: none */
    const char *value_is, *part_is;
    const struct figure *more[REVIEW_COLUMNS - 1];
};
#define BY_TIME(what, by)                                                                                      \
    {                                                                                                          \
        what, "People's time by " what, CHART_BARS, by, &figure_work_seconds, NULL, "people's time", NULL,     \
        {                                                                                                      \
            &figure_incidents, &figure_called, &figure_called_nights                                           \
        }                                                                                                      \
    }
static const struct definition definitions[] = {
    [REVIEW_TIME] = {"time",
                     "People's time by month",
                     CHART_COLUMNS,
                     INSIGHT_ALL,
                     &figure_work_seconds,
                     NULL,
                     "people's time",
                     NULL,
                     {&figure_incidents, &figure_called, &figure_called_nights, &figure_called_weekends}},
    [REVIEW_ENDED] = {"ended",
                      "Incidents that ended, by month",
                      CHART_COLUMNS,
                      INSIGHT_ALL,
                      &figure_ended,
                      &figure_declined,
                      "accepted",
                      "declined",
                      {&figure_incidents, &figure_declined, &figure_repeats, &figure_merged, &figure_drills}},
    [REVIEW_TEAM] = BY_TIME("team", INSIGHT_TEAM),
    [REVIEW_SERVICE] = BY_TIME("service", INSIGHT_SERVICE),
    [REVIEW_RULE] = {"rule",
                     "Incidents by rule",
                     CHART_BARS,
                     INSIGHT_RULE,
                     &figure_ended,
                     &figure_declined,
                     "accepted",
                     "declined",
                     {&figure_incidents, &figure_declined, &figure_called_declined,
                      &figure_called_declined_nights}},
    [REVIEW_PERSON] = BY_TIME("person", INSIGHT_PERSON),
    [REVIEW_CALLS] = {"calls",
                      "Calls by person",
                      CHART_BARS,
                      INSIGHT_PERSON,
                      &figure_called,
                      &figure_called_nights,
                      "called by day",
                      "by night",
                      {&figure_called_nights, &figure_called_weekends, &figure_called_declined}},
    [REVIEW_CUSTOMER] = BY_TIME("customer", INSIGHT_CUSTOMER),
    [REVIEW_COMPONENT] = BY_TIME("component", INSIGHT_COMPONENT),
    [REVIEW_TIMES] = {.name = "times", .title = "How long it took", .shape = CHART_SPANS},
};

const char *review_chart_name(enum review_chart chart)
{
    return definitions[chart].name;
}

const char *review_chart_title(enum review_chart chart)
{
    return definitions[chart].title;
}

enum insight_kind review_chart_kind(enum review_chart chart)
{
    return definitions[chart].kind;
}

enum review_chart review_chart_parse(const char *name)
{
    size_t i = 0;
    while (i < REVIEW_CHARTS && strcmp(definitions[i].name, name) != 0)
        i++;
    return (enum review_chart)i;
}

/* ---- tables ---- */

void review_table_finish(struct review_table *table)
{
    chart_finish(&table->chart);
    for (size_t i = 0; i < table->rows.n; i++)
        free(table->rows.v[i].key);
    array_free(&table->rows);
}

static struct review_row *add_row(struct review_table *table, const char *key, const struct insight *sum)
{
    struct review_row *row = array_add(&table->rows);
    *row = (struct review_row){.key = xstrdup(key), .sum = sum};
    return row;
}

static void add_column(struct review_table *table, const struct review_column *column)
{
    table->columns[table->columns_n++] = column;
}

static bool is_known(const struct insights *sums)
{
    return sums->all.incidents + sums->all.declined + sums->all.merged + sums->all.drills > 0;
}

/* ---- bars ---- */

static void add_columns(struct review_table *table, const struct definition *is)
{
    add_column(table, &is->value->column);
    if (is->shape == CHART_BARS)
        add_column(table, is->value->column.unit == CHART_TIME ? &before_time : &before_count);
    for (size_t i = 0; i < ARRAY_SIZE(is->more) && is->more[i]; i++)
        add_column(table, &is->more[i]->column);
}

/* `before`: of the bar; CHART_NONE: nothing is known of it. */
static void fill(struct review_row *row, struct chart_row *shown, const struct definition *is, int64_t before)
{
    size_t n = 0;
    row->cells[n++] = shown->value = is->value->get(row->sum);
    if (is->shape == CHART_BARS)
        row->cells[n++] = shown->before = before;
    shown->part = is->part ? is->part->get(row->sum) : 0;
    for (size_t i = 0; i < ARRAY_SIZE(is->more) && is->more[i]; i++)
        row->cells[n++] = is->more[i]->get(row->sum);
}

static int by_value(const void *a, const void *b, void *value)
{
    int64_t (*get)(const struct insight *sum) = *(int64_t(**)(const struct insight *sum))value;
    const struct insight *one = *(const struct insight *const *)a, *two = *(const struct insight *const *)b;
    int64_t x = get(one), y = get(two);
    return x != y ? (x < y) - (x > y) : strcmp(one->name, two->name);
}

static void add_bars(const struct review_figures *figures, const struct definition *is,
                     struct review_table *table)
{
    insight_list list = {0};
    bool known = is_known(&figures->before);
    insights_list(&figures->sums, is->kind, &list);
    if (list.n)
        qsort_r(list.v, list.n, sizeof(*list.v), by_value, (void *)(uintptr_t)&is->value->get);
    for (size_t i = 0; i < list.n && is->value->get(list.v[i]); i++) {
        const struct insight *sum = list.v[i], *before = insights_of(&figures->before, is->kind, sum->name);
        const char *name = is->kind == INSIGHT_PERSON ? people_name(figures->core, sum->name) : NULL;
        fill(add_row(table, sum->name, sum), chart_add(&table->chart, name ? name : sum->name), is,
             before  ? is->value->get(before)
             : known ? 0
                     : CHART_NONE);
    }
    array_free(&list);
}

/* ---- months ---- */

static instant month_at(const struct review_figures *figures, int i)
{
    return month_begins(figures->query.from, figures->query.months - REVIEW_MONTHS + i);
}

static void add_months(const struct review_figures *figures, const struct definition *is,
                       struct review_table *table)
{
    char words[MONTH_WORDS], name[MONTH_TEXT];
    for (int i = 0; i < REVIEW_MONTHS; i++) {
        instant begin = month_at(figures, i);
        month_words(begin, words);
        month_name(begin, name);
        CLEANUP_FREE char *label = xstrndup(words, 3);
        struct chart_row *shown = chart_add(&table->chart, label);
        bool over = month_begins(begin, 1) <= figures->now;
        bool first = i ? strcmp(label, "Jan") == 0 : strcmp(label, "Dec") != 0;
        const char *year = first ? strrchr(words, ' ') + 1 : NULL;
        shown->below = xstrdup(over ? year : "so far");
        fill(add_row(table, name, &figures->months[i].all), shown, is, CHART_NONE);
    }
}

/* ---- times ---- */

static const struct review_column columns_of_times[] = {{"count", "Incidents", CHART_COUNT},
                                                        {"p50_seconds", "Half within", CHART_TIME},
                                                        {"p90_seconds", "Nine of ten within", CHART_TIME},
                                                        {"before_p50_seconds", "Half, before", CHART_TIME}};

static void add_time(const char *key, const char *label, const insight_times *now, const insight_times *before,
                     const struct insight *all, struct review_table *table)
{
    if (!now->n)
        return;
    struct chart_row *shown = chart_add(&table->chart, label);
    struct review_row *row = add_row(table, key, all);
    shown->n = now->n;
    shown->value = insight_quantile(now, 50);
    shown->part = insight_quantile(now, 90);
    shown->before = before->n >= INSIGHT_FEW ? insight_quantile(before, 50) : CHART_NONE;
    for (size_t i = 0; i < now->n && i < CHART_FEW; i++)
        shown->few[i] = now->v[i];
    row->cells[0] = (int64_t)now->n;
    row->cells[1] = shown->value;
    row->cells[2] = shown->part;
    row->cells[3] = shown->before;
}

static void add_times(const struct review_figures *figures, struct review_table *table)
{
    static const char *const labels[] = {"to accept", "first contact", "longest silence", "to fix",
                                         "to resolve"};
    const struct insight *now = &figures->sums.all, *before = &figures->before.all;
    for (size_t i = 0; i < ARRAY_SIZE(columns_of_times); i++)
        add_column(table, &columns_of_times[i]);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        add_time(piece_time_name((enum piece_time)i), labels[i], &now->times[i], &before->times[i], now, table);
    add_time("draft", "drafts waited", &now->waited, &before->waited, now, table);
}

/* ---- one of them ---- */

void review_chart(const struct review_figures *figures, enum review_chart chart, struct review_table *ret)
{
    const struct definition *is = &definitions[chart];
    CLEANUP_STR struct str about = {0};
    bool spans = is->shape == CHART_SPANS;
    review_about(figures, &about);
    *ret = (struct review_table){.of = chart,
                                 .chart = {.name = is->name,
                                           .shape = is->shape,
                                           .unit = spans ? CHART_TIME : is->value->column.unit,
                                           .title = xstrdup(is->title),
                                           .about = str_take(&about),
                                           .value_is = spans ? "half within" : is->value_is,
                                           .part_is = spans ? "nine of ten within" : is->part_is}};
    if (is->shape != CHART_COLUMNS && is_known(&figures->before))
        ret->chart.before_is = spans ? "half, before" : "before";
    if (spans) {
        add_times(figures, ret);
        return;
    }
    add_columns(ret, is);
    (is->shape == CHART_BARS ? add_bars : add_months)(figures, is, ret);
}

/* ---- the figures ---- */

static int read_months(struct review_figures *figures, struct error *err)
{
    struct review_query query = figures->query;
    int rc = 0;
    query.months = 1;
    query.kind = INSIGHT_SEVERITY; /* the smallest: only all of it is of interest */
    query.summed = true;
    for (int i = 0; i < REVIEW_MONTHS && !rc; i++) {
        query.from = month_at(figures, i);
        rc = review_sum(figures->core, &query, &figures->months[i], err);
    }
    return rc;
}

int review_figures_read(struct core *core, const struct review_query *query, enum review_chart chart,
                        instant now, struct review_figures *ret, struct error *err)
{
    bool all = chart == REVIEW_CHARTS, months = all || definitions[chart].shape == CHART_COLUMNS;
    *ret = (struct review_figures){.core = core, .query = *query, .now = now};
    ret->query.kind = all ? INSIGHT_ALL : definitions[chart].kind;
    struct review_query before = ret->query;
    before.from = month_begins(query->from, -query->months);
    before.summed = true;
    int rc = review_sum(core, &ret->query, &ret->sums, err);
    rc = rc ? rc : review_sum(core, &before, &ret->before, err);
    return !rc && months ? read_months(ret, err) : rc;
}

void review_figures_finish(struct review_figures *figures)
{
    insights_finish(&figures->sums);
    insights_finish(&figures->before);
    for (size_t i = 0; i < REVIEW_MONTHS; i++)
        insights_finish(&figures->months[i]);
}

void review_about(const struct review_figures *figures, struct str *out)
{
    const struct review_query *query = &figures->query;
    char first[MONTH_WORDS], last[MONTH_WORDS];
    month_words(query->from, first);
    month_words(month_begins(query->from, query->months - 1), last);
    str_add(out, first);
    if (query->months > 1)
        str_addf(out, " to %s", last);
    if (month_begins(query->from, query->months) > figures->now)
        str_add(out, " so far");
    if (query->team)
        str_addf(out, ", of %s", query->team);
}
