/*
 * pages - the web page of an incident: /incidents/NAME, which links in chat lead to.
 *
 * The files of web/ are compiled in. They hold no data: the page reads it from the API with the reader's token, so the files
 * themselves need none. The page runs only its own script, and no other site can frame it.
 */
#ifndef TOCSIN_WEB_PAGES_H
#define TOCSIN_WEB_PAGES_H

#include "web/server.h"

void server_pages(struct server *server);

/* web/incident.html, .css and .js, embedded by the build. */
struct page_file {
    const char *bytes;
    size_t n;
};
extern const struct page_file page_incident_html, page_incident_css, page_incident_js;

#endif
