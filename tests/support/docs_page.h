/* docs_page - a page of docs/ that is made from a table. */
#ifndef TOCSIN_TESTS_DOCS_PAGE_H
#define TOCSIN_TESTS_DOCS_PAGE_H

/* Fails the test unless the file has this text. TOCSIN_WRITE=1 writes it first. */
void docs_page_check(const char *file, const char *text);

#endif
