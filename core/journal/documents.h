/*
 * documents - which kinds of documents there are, made of the rows of documents.def.
 *
 * A document is the newest state of something: one row per kind and key, replaced in place. What a kind's key, tag, time and
 * body are, how long it is kept, and whether it can be proven is in its row. Constant; any thread.
 */
#ifndef TOCSIN_JOURNAL_DOCUMENTS_H
#define TOCSIN_JOURNAL_DOCUMENTS_H

#include <stdbool.h>

/* The number is what the store keeps. */
enum doc_kind {
#define DOCUMENT(id, number, ...) DOC_##id = number,
#include "journal/documents.def"
};

/* One more than the last number: the numbers have no gaps. */
enum {
    DOC_KINDS = 1
#define DOCUMENT(...) +1
#include "journal/documents.def"
};

struct document {
    const char *name;
    const char *key, *body; /* what they are */
    const char *tag, *at;   /* what they are; NULL: it has none */
    const char *keep; /* the setting that says how long after `at` it is kept; NULL: until it is removed */
    bool proven;      /* verify proves it from the events */
};

/* for (int kind = 1; kind < DOC_KINDS; kind++) document((enum doc_kind)kind) */
const struct document *document(enum doc_kind kind);

#endif
