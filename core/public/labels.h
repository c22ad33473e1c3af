/*
 * labels - the page's own words, in each language that ships, and as a team wrote them. Pure.
 */
#ifndef TOCSIN_PUBLIC_LABELS_H
#define TOCSIN_PUBLIC_LABELS_H

#include <cjson/cJSON.h>

#include "template/mustache.h"
#include "public/render.h"

struct labels {
    const char *language; /* of those that ship; English stands in for others */
    cJSON *own;           /* page->look.words; NULL: none */
};
void labels_init(struct labels *labels, const struct public_asked *asked);
/* Are they words of pages? See public_check_words. */
int labels_check(const cJSON *words, struct error *err);
void labels_finish(struct labels *labels);

/* The words under a key; "" where there are none. They live as long as the labels. */
const char *labels_get(const struct labels *labels, const char *key);
/* Every label as {{say_KEY}}. */
void labels_put(const struct labels *labels, struct view *view);
/* "30 Nov 2026, 06:12 UTC" as <time>, in UTC, which page.js changes to the reader's zone. Nothing for 0. */
void labels_time(const struct labels *labels, instant t, struct str *out);
/* "30 Nov 2026" as <time>, of the day of t in that zone. */
void labels_day(const struct labels *labels, instant t, const char *zone, struct str *out);
/* "Nov 2026" */
void labels_month(const struct labels *labels, instant t, const char *zone, struct str *out);

#endif
