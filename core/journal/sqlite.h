/*
 * sqlite - what the files of the SQLite store share: connections, statements, errors.
 */
#ifndef TOCSIN_JOURNAL_SQLITE_H
#define TOCSIN_JOURNAL_SQLITE_H

#include <sqlite3.h>

#include "journal/store.h"

struct sqlite_store {
    struct store store; /* first */
    char *path;
    int lock; /* descriptor of PATH-lock, held while this daemon has the file */
    sqlite3 *writer, *reader;
    sqlite3_stmt *version, *add_event, *add_search, *put_doc, *remove_doc;
};

/* The error of a failed call in our terms, with what to do about it. */
int sqlite_error(sqlite3 *db, const char *path, struct error *err);
/* Opens with the settings that every connection of ours has. */
int sqlite_connect(const char *path, bool write, sqlite3 **ret, struct error *err);
/* Brings the schema up to date; refuses one that is newer than this program. */
int sqlite_migrate(sqlite3 *db, const char *path, struct error *err);
/* Reads; see struct store_ops. */
int sqlite_head(struct store *store, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES], struct error *err);
int sqlite_read(struct store *store, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                struct error *err);
int sqlite_read_stream(struct store *store, const char *stream, uint64_t after, uint64_t before,
                       bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err);
int sqlite_search(struct store *store, const char *words, size_t limit, journal_on_event *on, void *ctx,
                  struct error *err);
int sqlite_docs(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err);

#endif
