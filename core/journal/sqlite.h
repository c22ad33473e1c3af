/*
 * sqlite - what the files of the SQLite store share: connections, statements, rows, and the texts of its errors.
 *
 * One file in WAL mode holds events, documents, the search index and the recorded head of the chain. The store has
 * two connections: one writes, on the commit thread; one reads, on the loop's thread. Tools (verify, export, backup) open
 * a third one, read-only, also while the daemon runs.
 */
#ifndef TOCSIN_JOURNAL_SQLITE_H
#define TOCSIN_JOURNAL_SQLITE_H

#include <sqlite3.h>

#include "base/map.h"
#include "journal/store.h"

/* A connection with its statements, each prepared on first use. */
struct sqlite_conn {
    sqlite3 *db; /* NULL: closed */
    const char *path;
    const char *const *sql; /* texts of the statements, by number */
    sqlite3_stmt **stmts;
    size_t n_stmts;
    const struct store_watch *watch; /* told of what is damaged; NULL: nobody */
};
enum sqlite_access { SQLITE_WRITES, SQLITE_WRITES_OLD, SQLITE_READS }; /* _OLD: never creates a file */
int conn_open(struct sqlite_conn *conn, const char *path, enum sqlite_access access, const char *pragmas,
              struct error *err);
void conn_close(struct sqlite_conn *conn); /* it may be closed already */
int conn_exec(struct sqlite_conn *conn, const char *sql, struct error *err);
/* The single number that a statement returns; 0 when it returns no row. */
int conn_number(struct sqlite_conn *conn, const char *sql, int64_t *ret, struct error *err);
/* Takes a statement out of the cache, so that a callback may start the same one again; conn_give returns it. */
int conn_take(struct sqlite_conn *conn, size_t number, sqlite3_stmt **ret, struct error *err);
void conn_give(struct sqlite_conn *conn, size_t number, sqlite3_stmt *stmt);
/* Runs a statement to the end, ignoring rows. */
int conn_run(struct sqlite_conn *conn, sqlite3_stmt *stmt, struct error *err);
/* Sets the error for a result code of SQLite: what failed, on which file, and what to do. It looks at errno for the cause,
   so errno must be 0 before the call that failed; conn_open, _exec, _number and _take see to that. */
int conn_fault(const struct sqlite_conn *conn, int result, struct error *err);
/* True if the connection may have to be reopened before it works again. */
bool sqlite_fault_breaks(int result);

/* Bound texts are borrowed until the statement is given back. */
void bind_text(sqlite3_stmt *stmt, int index, const char *text);

/* The columns of an event, as every reading statement lists them; hash comes last. */
#define EVENT_COLUMNS        "seq, stream, version, at, type, \"by\", data, search, hash"
#define EVENT_COLUMN_VERSION 2
#define EVENT_COLUMN_HASH    8
void event_of_row(sqlite3_stmt *stmt, struct journal_event *ret); /* borrowed until the next step */
#define DOC_COLUMNS "kind, key, tag, at, body, sum"
/* False: it is damaged, and texts of it may be NULL. */
bool doc_of_row(sqlite3_stmt *stmt, struct journal_doc *ret);
/* Of all that it is. Bits that change are noticed; somebody who changes both is not. */
sqlite3_int64 doc_sum(const struct journal_doc *doc);
/* Defines doc_sum(kind, key, tag, at, body) in SQL. */
int conn_define_sum(struct sqlite_conn *conn, struct error *err);

/* Brings the schema up to date. Refuses a file that is not a journal, and a newer schema. */
int sqlite_migrate(struct sqlite_conn *conn, struct error *err);
/* Refuses the same, and changes nothing; for tools that only read. */
int sqlite_schema_check(struct sqlite_conn *conn, struct error *err);

struct sqlite_writer {
    struct sqlite_conn conn;
    struct map versions; /* stream -> version, of recently written streams */
    bool broken;         /* reopen before the next transaction */
    bool moved;          /* this transaction added events */
    bool unindexed;      /* events after `indexed` are to be searched, and are not in the search index yet */
    bool index_fails;    /* which was logged */
    uint64_t indexed, committed; /* the last event of the log as it is committed */
    int log_pages;               /* in the write-ahead log */
    int log_tried;               /* so many were in it when copying them was last tried, if some had to stay */
    uint64_t seq;
    uint8_t hash[CHAIN_HASH_BYTES];
};
int writer_open(struct sqlite_writer *writer, const char *path, bool create, struct error *err);
void writer_close(struct sqlite_writer *writer);
int writer_begin(struct sqlite_writer *writer, struct error *err);
int writer_check(struct sqlite_writer *writer, struct store_batch *batch, struct error *err);
int writer_write(struct sqlite_writer *writer, struct store_batch *batch, struct error *err);
int writer_commit(struct sqlite_writer *writer, struct error *err);
void writer_rollback(struct sqlite_writer *writer);
/* Adds to the search index what the last commits brought. What fails is tried again the next time. */
void writer_index(struct sqlite_writer *writer);
int writer_prune(struct sqlite_writer *writer, enum doc_kind kind, instant before, size_t limit,
                 struct error *err);
/* Copies the log into the database when it is long; see store.h. */
bool writer_tidy(struct sqlite_writer *writer, bool idle);
int writer_head(struct sqlite_writer *writer, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES],
                struct error *err);

int reader_open(struct sqlite_conn *conn, const char *path, struct error *err);
int reader_events(struct sqlite_conn *conn, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                  struct error *err);
int reader_stream(struct sqlite_conn *conn, const char *stream, uint64_t after, uint64_t before,
                  bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err);
int reader_search(struct sqlite_conn *conn, const struct search_query *query, journal_on_event *on, void *ctx,
                  struct error *err);
int reader_docs(struct sqlite_conn *conn, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err);
int reader_times(struct sqlite_conn *conn, const struct doc_query *query, journal_on_time *on, void *ctx,
                 struct error *err);

#endif
