/*
 * html - a write-up as a page of its own: to send, to keep, to print. Pure.
 */
#ifndef TOCSIN_WRITEUPS_HTML_H
#define TOCSIN_WRITEUPS_HTML_H

#include "base/str.h"

/* Adds a whole HTML page. HTML in the text shows as its characters; links lead to http, https and mailto alone. */
void writeup_html(const char *title, const char *markdown, struct str *out);

#endif
