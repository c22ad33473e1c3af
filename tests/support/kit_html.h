/*
 * kit_html - reads what the kit renders as HTML, strictly, as a mail program or a chat on the web would: for tests and the fuzzer.
 */
#ifndef TOCSIN_TESTS_KIT_HTML_H
#define TOCSIN_TESTS_KIT_HTML_H

/*
 * What is wrong with a fragment; NULL: nothing. Right are the tags that kit/commonmark.h names, each closed in its order, links to
 * http, https and mailto, and text in which each of & < > " ' is an entity. The text is static.
 */
const char *kit_html_fault(const char *html);

#endif
