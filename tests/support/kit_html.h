/*
 * kit_html - a strict reader of the HTML that the kit renders, for tests and the fuzzer.
 */
#ifndef TOCSIN_TESTS_KIT_HTML_H
#define TOCSIN_TESTS_KIT_HTML_H

/*
 * What is wrong with a fragment, as a static text; NULL: nothing. Allowed are the tags that kit/commonmark.h names, closed in
 * order, links to http, https and mailto, and text in which & < > " and ' are entities.
 */
const char *kit_html_fault(const char *html);

#endif
