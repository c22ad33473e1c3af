/*
 * render - what one file of a status page is rendered from: whose page, what was asked, where the file stands. Pure.
 */
#ifndef TOCSIN_PUBLIC_RENDER_H
#define TOCSIN_PUBLIC_RENDER_H

#include "base/error.h"
#include "base/str.h"
#include "public/model.h"

struct public_asked {
    const struct public_page *page;
    const char *rest;     /* what follows the name in the path: "2026-11" of history/2026-11; "": nothing */
    const char *query;    /* what is searched for; "": nothing */
    const char *language; /* in which one people read it */
    const char *root;     /* leads from the file to the page: "./", "../" */
    const char *home;     /* and to the page in that language */
};

/* Writes a file to `out`. ERR_NOT_FOUND: `rest` names nothing. */
typedef int public_writer(const struct public_asked *asked, struct str *out, struct error *err);

#endif
