/*
 * page - what a page of the app is, and what it may use. A page is a folder core/app/NAME/ with
 *
 *     page.c         const struct app_page app_page_NAME = {…}
 *     page.mustache  what is within the frame
 *     page.css       optional: rules within @layer page
 *     page.mjs       optional: what the test of all pages does with it (tests/e2e/app.test.mjs)
 *
 * and nothing else has to be changed: the build finds it. Texts reach a template only through view_text and its like, which escape them.
 */
#ifndef TOCSIN_APP_PAGE_H
#define TOCSIN_APP_PAGE_H

#include "web/place.h"
#include "app/visit.h"
#include "template/mustache.h"

struct app_page {
    const char *name;   /* of its folder */
    const char *title;  /* in the browser's title; the page may say more with view_text(…, "heading", …) */
    const char *path;   /* as in struct route: "/app/incidents/{id}" */
    const char *word;   /* in the navigation; NULL: it is not there */
    int place;          /* there, from the left */
    enum access needs;  /* ACCESS_NONE: nobody has to be signed in */
    enum access to_act; /* for POST; ACCESS_NONE: as for the page. What commands need, they check themselves */
    /* Fills the view. 0, or an error that is shown in the page's place. */
    int (*show)(struct visit *visit, struct view *view, struct error *err);
    /* POST: a form of the page came back, with a token that shows it is the page's. It ends with one of the functions of visit.h that
       answer. NULL: the page has no form. */
    void (*act)(struct visit *visit);
    size_t form_most; /* bytes of its form, which is read from who is signed in alone; 0: 64 KB, from anybody */
    /* The field of its form that somebody may have written for long: where the form cannot be taken, its words are shown again. NULL:
       none. */
    const char *words;
    /* GET: answers by itself, with a function of visit.h, in place of `show`. NULL: it is a page within the frame. */
    void (*give)(struct visit *visit);
};

/* A page that says view_text(view, "live", …) is read again when something happens to what it names. What makes no event, such as the state of
   a connector, is looked at now and then: view_text(view, "every", PAGE_EVERY), in seconds. */
#define PAGE_EVERY "5"

/* All pages, made by the build; the last is NULL. */
extern const struct app_page *const app_pages[];
/* The files of the folders, made by the build: "incidents/page.mustache", "layout.mustache", "app.js"; "style.css" is that of the
   frame with those of all pages. The last one has no name. */
struct app_file {
    const char *name, *text;
};
extern const struct app_file app_files[];

__attribute__((format(printf, 3, 4))) void view_textf(struct view *view, const char *name, const char *format,
                                                      ...);
void view_markup(struct view *view, const char *name, const char *commonmark); /* rendered; NULL: none */
/* A value for the query or a part of the path of an address, percent-encoded: into a text, or a view. NULL or "": none. */
void query_add(struct str *out, const char *value);
void view_query(struct view *view, const char *name, const char *value);
/* Where the next part of a list begins, sealed (place.h), for the address of that part; and that, from the query of such an address. False:
   the query has none. */
__attribute__((format(printf, 4, 5))) void view_place(struct view *view, const char *name,
                                                      const struct visit *visit, const char *format, ...);
bool visit_place(const struct visit *visit, const char *parameter, char ret[PLACE_PLAIN]);
/* As the visitor reads it, in their zone, in a <time>. 0: none. */
void view_time(struct view *view, const char *name, instant at, const struct visit *visit);
/* A clock that runs: since then, or until then. 0: none. */
void view_clock(struct view *view, const char *name, instant at, const struct visit *visit);
/* What lists say of an incident: its "name", "title", "status", "severity", "service" and "team", and whether it is "private" or a "drill". */
void view_incident(struct view *view, const struct incident *incident);
/* A person's name; their id where there is none. NULL: none. */
void view_person(struct view *view, const char *name, const char *person, const struct visit *visit);

#endif
