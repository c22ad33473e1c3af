/* status_page - models of status pages for tests, fuzzers and benches. */
#ifndef TOCSIN_TESTS_STATUS_PAGE_H
#define TOCSIN_TESTS_STATUS_PAGE_H

#include "public/site.h"

/* 2026-11-30T06:12:00.000Z, when every page here is built. */
#define STATUS_NOW INT64_C(1796019120000)

/* A page without components or posts. */
struct public_page *status_page_empty(const char *title, const char *zone);
/* Adds; names are copied. Ids are made of kind and place. Each returned address is valid until the next one is added. */
struct public_group *status_page_group(struct public_page *page, const char *name);
struct public_component *status_page_component(struct public_page *page, const char *name, size_t group,
                                               enum public_state state);
struct public_post *status_page_post(struct public_page *page, const char *title, enum public_status status,
                                     instant at);
struct public_word *status_page_word(struct public_post *post, const char *text, enum public_status status,
                                     instant at);
/* One of everything, with fixed words and ids: a group of two components and one alone, an open post, a resolved one, and maintenance. */
struct public_page *status_page_sample(void);
/* Many components, and a post a day in each of so many days. `text`: of every word. */
struct public_page *status_page_large(size_t components, size_t days, const char *text);
/* The file, or NULL when there is none; the caller frees it. */
char *status_page_file(const struct public_page *page, const char *path);

#endif
