/*
 * pages - what a browser is shown: /incidents/NAME, where links in chat lead to.
 *
 * The pages are files of web/, compiled in, and know nothing: what they show they read from the API, in the name of the reader's
 * token. So none needs one itself. They run no script but their own, and nobody may frame them.
 */
#ifndef TOCSIN_WEB_PAGES_H
#define TOCSIN_WEB_PAGES_H

#include "web/server.h"

void server_pages(struct server *server);

/* web/incident.html, .css and .js, made by the build. */
struct page_file {
    const char *bytes;
    size_t n;
};
extern const struct page_file page_incident_html, page_incident_css, page_incident_js;

#endif
