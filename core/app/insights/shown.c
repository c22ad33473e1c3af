#include "app/insights/shown.h"

#include <stdio.h>
#include <string.h>

#include "app/incidents/choices.h"
#include "web/insights.h"

#define MONTHS_BACK 24 /* that the form offers */

int insights_read(const struct visit *visit, enum review_chart chart, struct review_figures *ret,
                  struct error *err)
{
    enum insight_kind kind = chart == REVIEW_CHARTS ? INSIGHT_ALL : review_chart_kind(chart);
    struct review_query query;
    *ret = (struct review_figures){0};
    int rc = insights_asked(visit->request, kind, visit->now, &query, err);
    query.viewer = visit->person;
    return rc ? rc : review_figures_read(visit->core, &query, chart, visit->now, ret, err);
}

/* ---- what is asked for ---- */

void insights_query(const struct review_query *query, struct str *out)
{
    char month[MONTH_TEXT];
    month_name(query->from, month);
    str_addf(out, "month=%s&amp;months=%d", month, query->months);
    if (query->team) {
        str_add(out, "&amp;team=");
        query_add(out, query->team);
    }
}

static void add_months(const struct review_query *query, instant now, struct view *view)
{
    char name[MONTH_TEXT], words[MONTH_WORDS], chosen[MONTH_TEXT];
    instant oldest = month_begins(now, -MONTHS_BACK);
    month_name(query->from, chosen);
    for (int i = 0; i <= MONTHS_BACK; i++) {
        instant begin = month_begins(now, -i);
        month_name(begin, name);
        month_words(begin, words);
        choice_add(view, "from", name, words, chosen);
    }
    month_words(query->from, words);
    if (query->from < oldest || query->from > now)
        choice_add(view, "from", chosen, words, chosen);
}

static void add_lengths(const struct review_query *query, struct view *view)
{
    static const int lengths[] = {1, 2, 3, 6, 12};
    char value[16], chosen[16];
    bool known = false;
    snprintf(chosen, sizeof(chosen), "%d", query->months);
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        CLEANUP_FREE char *label = xasprintf("%d month%s", lengths[i], lengths[i] == 1 ? "" : "s");
        snprintf(value, sizeof(value), "%d", lengths[i]);
        choice_add(view, "lengths", value, label, chosen);
        known |= lengths[i] == query->months;
    }
    if (!known)
        choice_add(view, "lengths", chosen, NULL, chosen);
}

void insights_show_asked(const struct visit *visit, const struct review_figures *figures, struct view *view)
{
    CLEANUP_STR struct str about = {0}, asked = {0};
    review_about(figures, &about);
    insights_query(&figures->query, &asked);
    view_text(view, "about", about.p);
    view_html(view, "asked", asked.p);
    view_flag(view, "nobody_named", figures->query.summed);
    add_months(&figures->query, visit->now, view);
    add_lengths(&figures->query, view);
    choices_add(visit, CHOICE_TEAMS, figures->query.team, view);
}

/* ---- a chart ---- */

/* Of a month, those of that month. */
static void add_behind(const struct review_figures *figures, const struct review_table *table, size_t i,
                       struct view *item)
{
    CLEANUP_STR struct str behind = {0};
    struct review_query query = figures->query;
    enum insight_kind kind = review_chart_kind(table->of);
    if (table->chart.shape == CHART_COLUMNS) {
        month_parse(table->rows.v[i].key, figures->now, &query.from);
        query.months = 1;
    }
    insights_query(&query, &behind);
    if (kind != INSIGHT_ALL) {
        str_addf(&behind, "&amp;by=%s&amp;key=", insight_kind_name(kind));
        query_add(&behind, table->rows.v[i].key);
    }
    view_html(item, "behind", behind.p);
}

static void add_row(const struct review_figures *figures, const struct review_table *table, size_t i,
                    struct view *view)
{
    struct view *item = view_item(view, "rows");
    CLEANUP_FREE char *month = NULL;
    if (table->chart.shape == CHART_COLUMNS) {
        char words[MONTH_WORDS];
        instant begin = 0;
        month_parse(table->rows.v[i].key, figures->now, &begin);
        month_words(begin, words);
        month = xstrdup(words);
    }
    view_text(item, "label", month ? month : table->chart.rows.v[i].label);
    add_behind(figures, table, i, item);
    for (size_t k = 0; k < table->columns_n; k++) {
        CLEANUP_STR struct str text = {0};
        struct view *cell = view_item(item, "cells");
        review_cell(table, i, k, &text);
        view_text(cell, "heading", table->columns[k]->heading);
        view_text(cell, "value", str_text(&text));
    }
}

bool insights_show_chart(const struct review_figures *figures, enum review_chart chart, size_t rows,
                         struct view *view)
{
    struct review_table table;
    CLEANUP_STR struct str svg = {0};
    review_chart(figures, chart, &table);
    size_t n = table.rows.n, shown = MIN(n, rows);
    view_text(view, "chart", review_chart_name(chart));
    view_text(view, "chart_title", review_chart_title(chart));
    if (n) {
        chart_draw(&table.chart, CHART_PAGE, &svg);
        view_html(view, "svg", svg.p);
    }
    for (size_t k = 0; n && k < table.columns_n; k++)
        view_text(view_item(view, "headings"), "heading", table.columns[k]->heading);
    for (size_t i = 0; i < shown; i++)
        add_row(figures, &table, i, view);
    if (shown < n)
        view_textf(view, "all", "%zu", n);
    review_table_finish(&table);
    return n > 0;
}
