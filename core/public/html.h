/*
 * html - the pages for people: now, the history by month with a search, one post. Pure.
 *
 * web/status/page.mustache is the frame of all of them, and a page's own template takes its place. docs/statuspage.md lists what a template
 * is given.
 */
#ifndef TOCSIN_PUBLIC_HTML_H
#define TOCSIN_PUBLIC_HTML_H

#include "public/post_view.h"

public_writer public_html_now;     /* the page itself */
public_writer public_html_history; /* the newest month, or what is searched for */
public_writer public_html_month;   /* rest: "2026-11" */
public_writer public_html_post;    /* rest: the post's id */
public_writer public_html_missing; /* for an address that names nothing */

/* A page of another kind in the same frame: `fill` puts its values into the view. */
typedef void public_fill(void *ctx, const struct viewing *viewing, struct view *view);
int public_html_framed(const struct public_asked *asked, public_fill *fill, void *ctx, struct str *out,
                       struct error *err);

/* Calls `on` with "2026-11" for each month that has posts, newest first. */
void public_months(const struct public_page *page, void (*on)(void *ctx, const char *month, instant at),
                   void *ctx);
/* When a post stands in the history: when maintenance begins, when an incident began. */
instant public_post_at(const struct public_post *post);

#endif
