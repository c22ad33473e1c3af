/*
 * charts - what months sum up to, as charts (chart/chart.h), each with its table and the same as CSV.
 *
 * The figures are read once, and any chart is made of them: so a picture, its table and its CSV say the same. Nobody is named who may not
 * be: the sums have been made for that reader. Loop's thread only.
 */
#ifndef TOCSIN_REVIEW_CHARTS_H
#define TOCSIN_REVIEW_CHARTS_H

#include "chart/chart.h"
#include "review/review.h"

#define REVIEW_MONTHS  12 /* of a chart of months: up to the last one that is asked for */
#define REVIEW_COLUMNS 6

enum review_chart {
    REVIEW_TIME, /* people's time, by month */
    REVIEW_ENDED,
    REVIEW_TIMES,
    REVIEW_TEAM,
    REVIEW_SERVICE,
    REVIEW_RULE,
    REVIEW_PERSON,
    REVIEW_CALLS,
    REVIEW_CUSTOMER,
    REVIEW_COMPONENT,
    REVIEW_CHARTS
};
const char *review_chart_name(enum review_chart chart);       /* "time", "ended", "team", … */
enum review_chart review_chart_parse(const char *name);       /* REVIEW_CHARTS: there is none */
const char *review_chart_title(enum review_chart chart);      /* "People's time by team" */
enum insight_kind review_chart_kind(enum review_chart chart); /* by what; INSIGHT_ALL: by month, or of all */

struct review_figures {
    struct core *core;
    struct review_query query; /* its texts are borrowed */
    instant now;
    struct insights sums, before; /* the months that are asked for, and as many before them */
    struct insights months[REVIEW_MONTHS];
};
/* Reads them: those that one chart needs, or REVIEW_CHARTS: all. Finish *ret in either case. */
int review_figures_read(struct core *core, const struct review_query *query, enum review_chart chart,
                        instant now, struct review_figures *ret, struct error *err);
void review_figures_finish(struct review_figures *figures);
/* "October 2026", "September 2026 to November 2026 so far, of payments" */
void review_about(const struct review_figures *figures, struct str *out);

struct review_column {
    const char *name, *heading; /* for programs, "work_seconds"; for people, "People's time" */
    enum chart_unit unit;
};
struct review_row {                /* that of the chart of the same number has its label and values */
    char *key;                     /* "payments"; a person's id; "2026-11" */
    int64_t cells[REVIEW_COLUMNS]; /* CHART_NONE: nothing is known */
    const struct insight *sum;     /* what it is made of; borrowed from the figures */
};
struct review_table {
    struct chart chart;
    enum review_chart of;
    const struct review_column *columns[REVIEW_COLUMNS];
    size_t columns_n;
    ARRAY(struct review_row) rows;
};
/* The caller finishes *ret, before the figures. */
void review_chart(const struct review_figures *figures, enum review_chart chart, struct review_table *ret);
void review_table_finish(struct review_table *table);
/* A cell for people: "12 h"; nothing, where nothing is known. */
void review_cell(const struct review_table *table, size_t row, size_t column, struct str *out);
void review_csv(const struct review_table *table, struct str *out);

#endif
