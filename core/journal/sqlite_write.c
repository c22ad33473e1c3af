/* The writing half of the SQLite store: its own connection, used only on the commit thread. */
#include <string.h>

#include "base/log.h"
#include "journal/sqlite.h"

#define LOG_PAGES      2000 /* 8 MB: so many commits share the cost of copying the log */
#define LOG_PAGES_MOST 7500 /* below journal_size_limit */
#define VERSIONS_MAX   4096 /* cached streams; the rest are looked up in the index */

enum {
    WRITE_VERSION,
    WRITE_EVENT,
    WRITE_DOC,
    WRITE_DOC_REMOVE,
    WRITE_PRUNE,
    WRITE_HEAD,
    INDEX_ALL,
    INDEX_TITLES,
    INDEX_HEAD,
    WRITE_BEGIN,
    WRITE_COMMIT,
    N_WRITES
};
static const char *const writes[N_WRITES] = {
    [WRITE_VERSION] = "SELECT max(version) FROM event WHERE stream = ?1",
    [WRITE_EVENT] = "INSERT INTO event (" EVENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [WRITE_DOC] =
        "INSERT INTO doc (" DOC_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (kind, key)"
        " DO UPDATE SET tag = excluded.tag, at = excluded.at, body = excluded.body, sum = excluded.sum",
    [WRITE_DOC_REMOVE] = "DELETE FROM doc WHERE kind = ?1 AND key = ?2",
    [WRITE_PRUNE] = ("DELETE FROM doc WHERE rowid IN (SELECT rowid FROM doc"
                     " WHERE kind = ?1 AND at > 0 AND at < ?2 ORDER BY at LIMIT ?3)"),
    [WRITE_HEAD] = "UPDATE head SET seq = ?1, hash = ?2, indexed = ?3 WHERE id = 1",
    [INDEX_ALL] = "INSERT INTO event_search (rowid, search) SELECT seq, search FROM event WHERE seq > ?1"
                  " AND search IS NOT NULL",
    [INDEX_TITLES] = "INSERT INTO title_search (rowid, search) SELECT seq, search FROM event WHERE seq > ?1"
                     " AND search IS NOT NULL AND type IN ('declared', 'titled')",
    [INDEX_HEAD] = "UPDATE head SET indexed = ?1 WHERE id = 1",
    [WRITE_BEGIN] = "BEGIN IMMEDIATE",
    [WRITE_COMMIT] = "COMMIT",
};

/* A small cache, since written pages are seldom read again. */
static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -2000;"
                              "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
                              "PRAGMA journal_size_limit = 33554432";

/* Replaces SQLite's own hook, which would copy the log before COMMIT returns. */
static int on_committed(void *ctx, sqlite3 *db, const char *name, int log_pages)
{
    struct sqlite_writer *w = ctx;
    (void)db, (void)name;
    if (log_pages < w->log_pages) /* it was copied as a whole, and starts anew */
        w->log_tried = 0;
    w->log_pages = log_pages;
    return SQLITE_OK;
}

/* Up to where the index is; but events may be missing at the end, and their numbers come again. */
static int index_open(struct sqlite_writer *w, struct error *err)
{
    int64_t seq = 0, indexed = 0;
    int rc = conn_number(&w->conn, "SELECT coalesce(max(seq), 0) FROM event", &seq, err);
    rc = rc ? rc : conn_number(&w->conn, "SELECT indexed FROM head", &indexed, err);
    w->committed = (uint64_t)seq;
    w->indexed = (uint64_t)MIN(indexed, seq);
    w->unindexed = indexed < seq;
    return rc;
}

int writer_open(struct sqlite_writer *w, const char *path, bool create, struct error *err)
{
    w->conn.sql = writes;
    w->conn.n_stmts = N_WRITES;
    if (!w->conn.stmts)
        w->conn.stmts = xcalloc(N_WRITES, sizeof(sqlite3_stmt *));
    int rc = conn_open(&w->conn, path, create ? SQLITE_WRITES : SQLITE_WRITES_OLD, pragmas, err);
    if (!rc && (rc = sqlite_migrate(&w->conn, err)))
        conn_close(&w->conn);
    rc = rc ? rc : index_open(w, err);
    w->broken = rc != 0;
    w->log_pages = w->log_tried = 0;
    if (!rc)
        sqlite3_wal_hook(w->conn.db, on_committed, w);
    return rc;
}

void writer_close(struct sqlite_writer *w)
{
    conn_close(&w->conn);
    map_finish(&w->versions);
    free(w->conn.stmts);
    w->conn.stmts = NULL;
}

static int note_fault(struct sqlite_writer *w, int rc)
{
    if (rc && (!w->conn.db || sqlite_fault_breaks(sqlite3_errcode(w->conn.db))))
        w->broken = true;
    return rc;
}

/* A statement without values. */
static int write_plain(struct sqlite_writer *w, size_t number, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, number, &stmt, err));
    rc = rc ? rc : note_fault(w, conn_run(&w->conn, stmt, err));
    if (stmt)
        conn_give(&w->conn, number, stmt);
    return rc;
}

int writer_begin(struct sqlite_writer *w, struct error *err)
{
    if (w->broken) {
        conn_close(&w->conn);
        int rc = writer_open(w, w->conn.path, false, err);
        if (rc)
            return rc;
    }
    w->moved = false;
    return write_plain(w, WRITE_BEGIN, err);
}

static int version_load(struct sqlite_writer *w, const char *stream, uint64_t *ret, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, WRITE_VERSION, &stmt, err));
    if (rc)
        return rc;
    bind_text(stmt, 1, stream);
    int result = sqlite3_step(stmt);
    rc = result == SQLITE_ROW ? 0 : note_fault(w, conn_fault(&w->conn, result, err));
    if (!rc)
        *ret = (uint64_t)sqlite3_column_int64(stmt, 0);
    conn_give(&w->conn, WRITE_VERSION, stmt);
    return rc;
}

/* The version of a stream as this transaction sees it, including the events checked so far. */
static int version_of(struct sqlite_writer *w, const char *stream, uint64_t *ret, struct error *err)
{
    void *known = map_get(&w->versions, stream);
    if (!known)
        return version_load(w, stream, ret, err);
    *ret = (uint64_t)(uintptr_t)known;
    return 0;
}

int writer_check(struct sqlite_writer *w, struct store_batch *batch, struct error *err)
{
    const struct journal_batch *b = batch->batch;
    if (w->versions.n + b->events.n > VERSIONS_MAX)
        map_finish(&w->versions);
    for (size_t i = 0; i < b->events.n; i++) {
        const struct journal_event *event = &b->events.v[i];
        uint64_t version = 0;
        int rc = version_of(w, event->stream, &version, err);
        if (rc)
            return rc;
        if (event->version != version + 1) {
            map_finish(&w->versions); /* it counts events of this batch, which will not be written */
            batch->rc =
                error_set(&batch->err, ERR_CONFLICT,
                          "%.200s is at version %llu, so version %llu cannot follow; read it and decide again",
                          event->stream, (unsigned long long)version, (unsigned long long)event->version);
            return 0;
        }
        map_put(&w->versions, event->stream, (void *)(uintptr_t)event->version);
    }
    return 0;
}

static int event_write(struct sqlite_writer *w, sqlite3_stmt *stmt, const struct journal_event *event,
                       const uint8_t *hash, struct error *err)
{
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)event->seq);
    bind_text(stmt, 2, event->stream);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)event->version);
    sqlite3_bind_int64(stmt, 4, event->at);
    bind_text(stmt, 5, event->type);
    bind_text(stmt, 6, event->by);
    bind_text(stmt, 7, event->data);
    bind_text(stmt, 8, event->search);
    sqlite3_bind_blob(stmt, 9, hash, CHAIN_HASH_BYTES, SQLITE_STATIC);
    int rc = note_fault(w, conn_run(&w->conn, stmt, err));
    sqlite3_reset(stmt);
    w->unindexed |= event->search != NULL;
    return rc;
}

static int events_write(struct sqlite_writer *w, const struct store_batch *batch, struct error *err)
{
    const struct journal_batch *b = batch->batch;
    if (!b->events.n)
        return 0;
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, WRITE_EVENT, &stmt, err));
    for (size_t i = 0; !rc && i < b->events.n; i++)
        rc = event_write(w, stmt, &b->events.v[i], batch->hashes[i], err);
    if (stmt)
        conn_give(&w->conn, WRITE_EVENT, stmt);
    w->moved = true;
    w->seq = b->events.v[b->events.n - 1].seq;
    memcpy(w->hash, batch->hashes[b->events.n - 1], CHAIN_HASH_BYTES);
    return rc;
}

static int doc_write(struct sqlite_writer *w, const struct journal_doc *doc, struct error *err)
{
    size_t number = doc->body ? WRITE_DOC : WRITE_DOC_REMOVE;
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, number, &stmt, err));
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 1, (int)doc->kind);
    bind_text(stmt, 2, doc->key);
    if (doc->body) {
        bind_text(stmt, 3, doc->tag);
        sqlite3_bind_int64(stmt, 4, doc->at);
        bind_text(stmt, 5, doc->body);
        sqlite3_bind_int64(stmt, 6, doc_sum(doc));
    }
    rc = note_fault(w, conn_run(&w->conn, stmt, err));
    conn_give(&w->conn, number, stmt);
    return rc;
}

int writer_write(struct sqlite_writer *w, struct store_batch *batch, struct error *err)
{
    int rc = events_write(w, batch, err);
    for (size_t i = 0; !rc && i < batch->batch->docs.n; i++)
        rc = doc_write(w, &batch->batch->docs.v[i], err);
    return rc;
}

static uint64_t indexed_with_head(const struct sqlite_writer *w)
{
    return w->unindexed ? w->indexed : w->seq;
}

static int head_write(struct sqlite_writer *w, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, WRITE_HEAD, &stmt, err));
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)w->seq);
    sqlite3_bind_blob(stmt, 2, w->hash, CHAIN_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)indexed_with_head(w));
    rc = note_fault(w, conn_run(&w->conn, stmt, err));
    conn_give(&w->conn, WRITE_HEAD, stmt);
    return rc;
}

int writer_commit(struct sqlite_writer *w, struct error *err)
{
    int rc = w->moved ? head_write(w, err) : 0;
    rc = rc ? rc : write_plain(w, WRITE_COMMIT, err);
    if (!rc && w->moved) {
        w->indexed = indexed_with_head(w);
        w->committed = w->seq;
    }
    return rc;
}

/* ---- the search index ---- */

static int write_from(struct sqlite_writer *w, size_t number, uint64_t seq, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, number, &stmt, err));
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)seq);
    rc = note_fault(w, conn_run(&w->conn, stmt, err));
    conn_give(&w->conn, number, stmt);
    return rc;
}

static int index_rest(struct sqlite_writer *w, struct error *err)
{
    int rc = write_plain(w, WRITE_BEGIN, err);
    rc = rc ? rc : write_from(w, INDEX_ALL, w->indexed, err);
    rc = rc ? rc : write_from(w, INDEX_TITLES, w->indexed, err);
    rc = rc ? rc : write_from(w, INDEX_HEAD, w->committed, err);
    return rc ? rc : write_plain(w, WRITE_COMMIT, err);
}

/* Once, until it works again: it is tried with each commit. */
static void tell_index(struct sqlite_writer *w, bool fails, const struct error *err)
{
    if (fails && !w->index_fails)
        log_error(
            "what people search could not be indexed, so searches may miss the newest words: %s. It is tried "
            "again with each commit; `tocsin export` and `tocsin import` make the index anew",
            err->text);
    w->index_fails = fails;
}

/* Nobody waits for the disk here: what a loss of power takes of the index, the head takes with it. */
void writer_index(struct sqlite_writer *w)
{
    struct error err;
    if (!w->unindexed || w->broken)
        return;
    int rc = conn_exec(&w->conn, "PRAGMA synchronous = NORMAL", &err);
    rc = rc ? rc : index_rest(w, &err);
    if (rc)
        writer_rollback(w);
    else
        w->indexed = w->committed;
    w->unindexed = rc != 0;
    tell_index(w, rc != 0, &err);
    w->broken |= conn_exec(&w->conn, "PRAGMA synchronous = FULL", &err) != 0;
}

/* Copying the log takes as long as many commits, so it waits for a quiet moment; but not forever. What a reader still needs
   stays, and is tried again when as much has come to it. */
bool writer_tidy(struct sqlite_writer *w, bool idle)
{
    int log = 0, copied = 0;
    if (w->conn.db && w->log_pages - w->log_tried >= (idle ? LOG_PAGES : LOG_PAGES_MOST)) {
        int result = sqlite3_wal_checkpoint_v2(w->conn.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
        bool all = result == SQLITE_OK && copied == log;
        w->log_pages = all ? 0 : w->log_pages;
        w->log_tried = w->log_pages;
    }
    return w->log_pages - w->log_tried >= LOG_PAGES;
}

void writer_rollback(struct sqlite_writer *w)
{
    map_finish(&w->versions);
    if (w->conn.db && !sqlite3_get_autocommit(w->conn.db))
        sqlite3_exec(w->conn.db, "ROLLBACK", NULL, NULL, NULL);
}

int writer_prune(struct sqlite_writer *w, enum doc_kind kind, instant before, size_t limit, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = note_fault(w, conn_take(&w->conn, WRITE_PRUNE, &stmt, err));
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 1, (int)kind);
    sqlite3_bind_int64(stmt, 2, before);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)MIN(limit, (size_t)INT64_MAX));
    rc = note_fault(w, conn_run(&w->conn, stmt, err));
    conn_give(&w->conn, WRITE_PRUNE, stmt);
    return rc;
}

/* The last row counts, not the recorded head. If they differ, somebody removed the end, and seq must still have no gaps;
   `tocsin verify` reports it. */
int writer_head(struct sqlite_writer *w, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES],
                struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(w->conn.db, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", -1,
                                    &stmt, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(stmt);
    int rc =
        result == SQLITE_ROW || result == SQLITE_DONE ? 0 : note_fault(w, conn_fault(&w->conn, result, err));
    if (result == SQLITE_DONE) {
        *ret_seq = 0;
        memset(ret_hash, 0, CHAIN_HASH_BYTES);
    } else if (!rc && sqlite3_column_bytes(stmt, 1) == CHAIN_HASH_BYTES) {
        *ret_seq = (uint64_t)sqlite3_column_int64(stmt, 0);
        memcpy(ret_hash, sqlite3_column_blob(stmt, 1), CHAIN_HASH_BYTES);
    } else if (!rc) {
        rc = error_set(err, ERR_CORRUPT, "journal %s: the last event has no valid hash; see `tocsin verify`",
                       w->conn.path);
    }
    sqlite3_finalize(stmt);
    return rc;
}
