/*
 * html - a write-up as a page of its own: to send, to keep, to print. Pure.
 */
#ifndef TOCSIN_WRITEUPS_HTML_H
#define TOCSIN_WRITEUPS_HTML_H

#include "base/str.h"

/* Adds the text as HTML, with its headings so many levels down, at most 2: with 1, "# Title" is an <h2>. HTML in the text shows as its characters;
   links lead to http, https and mailto alone. */
void writeup_body(const char *markdown, int down, struct str *out);
/* Adds a whole HTML page with that. */
void writeup_html(const char *title, const char *markdown, struct str *out);

#endif
