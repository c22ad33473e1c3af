/* journal_files - opens, fills, tampers with and removes a journal in its own directory, for tests. */
#ifndef TOCSIN_TESTS_JOURNAL_FILES_H
#define TOCSIN_TESTS_JOURNAL_FILES_H

#include "journal/journal.h"

/* As cmocka's setup and teardown: the directory with everything in it. */
int files_set_up(void **state);
int files_tear_down(void **state);
/* A path in the directory, in one of eight buffers, used in turn. */
const char *files_path(const char *name);

struct answers {
    int n, last_rc;
    uint64_t last_seq;
    char text[508];
};
journal_done files_answered;

struct journal *files_open(const char *name); /* without a loop; must succeed */
/* Events 1 to n: streams INC-1 to INC-3 in turn, with search text, and a document each. */
void files_fill(const char *name, int n);
void files_sql(const char *name, const char *sql); /* directly on the database; must succeed */
bool files_equal(const char *a, const char *b);

#endif
