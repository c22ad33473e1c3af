/*
 * shown - a chart with its table in a page. Loop's thread only.
 */
#ifndef TOCSIN_APP_INSIGHTS_SHOWN_H
#define TOCSIN_APP_INSIGHTS_SHOWN_H

#include "app/page.h"
#include "review/charts.h"

/* What the address asks for, read for the visitor: of one chart, or REVIEW_CHARTS: of all. Finish *ret in either case. */
int insights_read(const struct visit *visit, enum review_chart chart, struct review_figures *ret,
                  struct error *err);
/* Adds "about", the query "asked" that asks for the same months and team, and the choices of the form. */
void insights_show_asked(const struct visit *visit, const struct review_figures *figures, struct view *view);
/* Adds the chart, and so many rows of its table. False: it has nothing to show, and nothing was added but its names. */
bool insights_show_chart(const struct review_figures *figures, enum review_chart chart, size_t rows,
                         struct view *view);
/* Adds the query of "asked" (inside an address in HTML). */
void insights_query(const struct review_query *query, struct str *out);

#endif
