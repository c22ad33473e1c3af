/*
 * site - a status page as files: HTML for people, JSON, feeds and pictures for programs. Pure: no clock, no I/O; any thread.
 *
 * The same files are served from memory (web/status.h), written by `tocsin statuspage export`, and pushed. Each follows from the
 * model alone, so the same model gives the same bytes.
 */
#ifndef TOCSIN_PUBLIC_SITE_H
#define TOCSIN_PUBLIC_SITE_H

#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "public/model.h"

/* The Cache-Control of all files: a cache may serve one a while after it is old, and for a day while nobody answers. */
#define PUBLIC_CACHE "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400"

struct public_file {
    const char *type; /* "text/html; charset=utf-8"; static */
    struct str body;  /* the caller frees it */
    bool is_page;     /* HTML: wants the headers of a page (a policy of content, …) */
};

/* Renders the file at `path`, relative to the page and without a slash before it: "" (the page itself), "history/2026-11",
   "incidents/cp306tmzcl0y", "api/v2/summary.json", "history.atom", "badge.svg", "de/", … `query`: "" or what is searched for in
   "history". ERR_NOT_FOUND: there is no such file. ERR_INVALID: the page's own template is wrong, and the text says where. */
int public_render(const struct public_page *page, const char *path, const char *query, struct public_file *ret,
                  struct error *err);

/* Calls `on` for every path that public_render knows, for an export. `front`: people and programs ask for it all the time, so that it
   is kept ready; the others are rendered when somebody asks. */
void public_each(const struct public_page *page, void (*on)(void *ctx, const char *path, bool front),
                 void *ctx);

/* Are they the page's own words, {"all_operational": text, …} or in an object for a language? Else ERR_INVALID, with the first that is none. */
int public_check_words(const cJSON *words, struct error *err);

/* Is the template right? Else ERR_INVALID, with the line and what is wrong there. */
int public_check_template(const char *text, struct error *err);

#endif
