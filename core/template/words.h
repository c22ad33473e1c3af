/*
 * words - the CommonMark of a word as HTML for everybody; what is between ~~ is struck out. Raw HTML is text, a link leads to http, https or mailto or is none, a picture is
 * a link, and a heading is bold, as the page has headings of its own. Pure; any thread.
 */
#ifndef TOCSIN_TEMPLATE_WORDS_H
#define TOCSIN_TEMPLATE_WORDS_H

#include "base/str.h"

void words_html(const char *commonmark, struct str *out);
/* Is it an address that a page links to: http, https or mailto? NULL is none. */
bool words_is_link(const char *url);

#endif
