/*
 * pages - what a browser is shown: the page of an incident, /incidents/NAME, which links in chat lead to.
 *
 * The files of web/ are compiled in. They hold no data: the page reads it from the API with the reader's token, so the files
 * themselves need none. The page runs only its own script, and no other site can frame it.
 */
#ifndef TOCSIN_WEB_PAGES_H
#define TOCSIN_WEB_PAGES_H

#include "web/server.h"

void server_pages(struct server *server);

/* The files of web/, embedded by the build; the last one has no name. */
struct page_file {
    const char *name; /* "incident.html" */
    const char *bytes;
    size_t n;
};
extern const struct page_file page_files[];

#endif
