/*
 * small_site - a status page of a few files for tests of how pages are served and written: it takes the place of public/site.c, so
 * that they do not depend on what pages look like.
 */
#ifndef TOCSIN_TESTS_SMALL_SITE_H
#define TOCSIN_TESTS_SMALL_SITE_H

#include "public/model.h"

/* Has "", "404.html", "widget", "de/", "history", "history/2026-11", api/v2/summary.json, history.atom and badge.svg. */
struct public_page *small_site(const char *name, const char *title);

#endif
