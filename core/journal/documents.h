/*
 * documents - the kinds of documents, made from the rows of documents.def.
 *
 * A document is the newest state of something: one row per kind and key, replaced in place. The row of a kind says what its
 * key, tag, time and body are, how long it is kept, and whether it can be proven. Constant; any thread.
 */
#ifndef TOCSIN_JOURNAL_DOCUMENTS_H
#define TOCSIN_JOURNAL_DOCUMENTS_H

#include <stdbool.h>

/* The store keeps the number. */
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
    const char *key, *body; /* what they mean */
    const char *tag, *at;   /* what they mean; NULL: it has none */
    const char *keep;       /* the setting for how long after `at` it is kept; NULL: until it is removed */
    bool proven;            /* verify checks it against the events */
};

/* for (int kind = 1; kind < DOC_KINDS; kind++) document((enum doc_kind)kind) */
const struct document *document(enum doc_kind kind);
/* What to say of a document whose checksum does not fit. `kind` may be any number. The caller frees it. */
char *document_damaged(int kind, const char *key);

#endif
