/*
 * insights - which months somebody asks of, and the charts of these as files; for the API and for the app. Loop's thread only.
 */
#ifndef TOCSIN_WEB_INSIGHTS_H
#define TOCSIN_WEB_INSIGHTS_H

#include "review/charts.h"
#include "web/request.h"

/* The parameters month, months and team of the request; by what, and for whom, is up to the caller. ERR_INVALID: one of them is wrong. Texts are
   borrowed from the request. */
int insights_asked(struct http_request *request, enum insight_kind kind, instant now, struct review_query *ret,
                   struct error *err);
/* Answers with a chart as a file, "team.csv" or "team.png", for that viewer (NULL: who sees nothing private). */
void insights_answer_file(struct core *core, struct http_request *request, const char *file, const char *viewer,
                          instant now);

#endif
