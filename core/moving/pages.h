/*
 * pages - what readers of status pages share: components as Lua, and posts as statuspage/import.h takes them. Only this folder includes it.
 *
 * A bad entry is noted as unsaid, by its name, and the others are read.
 */
#ifndef TOCSIN_MOVING_PAGES_H
#define TOCSIN_MOVING_PAGES_H

#include "moving/reading.h"

struct page_component {
    const char *name, *group, *description; /* group, description: NULL if there is none */
    bool only_if_degraded;
};
/* Adds component{}, and returns the name that it has: another one where it is taken. `names`: of those so far. */
const char *page_component(struct moving *m, struct map *names, const struct page_component *component);
/* Adds status_page{}. */
void page_declare(struct moving *m, const char *title, const char *url, const char *zone);

/* A new post; NULL, and noted: it has no title. The caller adds words, the oldest first, and ends it. */
cJSON *page_post(struct moving *m, const char *origin, const char *title, const char *impact);
cJSON *page_word(cJSON *post, instant at, const char *status, const char *text);
/* What the word changes of a component. */
void page_change(cJSON *word, const char *component, const char *before, const char *after);
void page_touch(cJSON *post, const char *component);
/* Takes it over; noted, where it is not over or has no words. */
void page_post_end(struct moving *m, cJSON *post);

/* The time of a member, in UTC where it says no offset. 0, and noted under that name: it is none. */
instant page_time(struct moving *m, const cJSON *object, const char *member, const char *name);

#endif
