/* The store in SQLite: one writing connection for the commit thread, one reading connection for the loop's thread. */
#include "journal/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const struct {
    int code, ours;
    const char *what;
} failures[] = {
    {SQLITE_FULL, ERR_FULL, "the disk is full: free some space; everything goes on by itself then"},
    {SQLITE_READONLY, ERR_IO,
     "it cannot be written (read-only file or file system): check the rights and the mount; "
     "everything goes on by itself then"},
    {SQLITE_BUSY, ERR_IO, "another program keeps it locked: end that program (a backup? a database browser?)"},
    {SQLITE_LOCKED, ERR_IO, "another program keeps it locked: end that program"},
    {SQLITE_CORRUPT, ERR_CORRUPT,
     "its content is damaged: stop tocsind, keep a copy of the file, restore the last backup"},
    {SQLITE_NOTADB, ERR_CORRUPT, "it is not a database of tocsin: check the path, or restore the last backup"},
    {SQLITE_IOERR, ERR_IO, "the disk failed to read or write it: check the disk and the kernel's log"},
    {SQLITE_CANTOPEN, ERR_IO, "it cannot be opened: check that the directory exists and may be written"},
    {SQLITE_PERM, ERR_IO, "access is denied: check who owns it"},
};

int sqlite_error(sqlite3 *db, const char *path, struct error *err)
{
    int code = sqlite3_extended_errcode(db);
    for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
        if ((code & 0xff) == failures[i].code)
            return error_set(err, failures[i].ours, "%s: %s (%s)", path, failures[i].what, sqlite3_errmsg(db));
    }
    return error_set(err, ERR_IO, "%s: %s (SQLite's code %d)", path, sqlite3_errmsg(db), code);
}

int sqlite_connect(const char *path, bool write, sqlite3 **ret, struct error *err)
{
    int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, 2000);
        rc = sqlite3_exec(db,
                          write ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000;"
                                  "PRAGMA wal_autocheckpoint=2000; PRAGMA temp_store=MEMORY;"
                                : "PRAGMA query_only=ON; PRAGMA cache_size=-2000;",
                          NULL, NULL, NULL);
    }
    if (rc) {
        rc = db ? sqlite_error(db, path, err) : error_set(err, ERR_IO, "%s: no memory", path);
        sqlite3_close(db);
        return rc;
    }
    *ret = db;
    return 0;
}

/* ---- writing ---- */

static struct sqlite_store *of(struct store *store)
{
    return container_of(store, struct sqlite_store, store);
}

static int prepare(struct sqlite_store *s, struct error *err)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } all[] = {
        {&s->version, "SELECT max(version) FROM event WHERE stream = ?1"},
        {&s->add_event,
         "INSERT INTO event (seq, stream, version, at, type, by, data, hash) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"},
        {&s->add_search, "INSERT INTO event_search (rowid, words) VALUES (?1, ?2)"},
        {&s->put_doc,
         "INSERT INTO doc (kind, key, tag, at, body) VALUES (?1,?2,?3,?4,?5) ON CONFLICT (kind, key)"
         " DO UPDATE SET tag = excluded.tag, at = excluded.at, body = excluded.body"},
        {&s->remove_doc, "DELETE FROM doc WHERE kind = ?1 AND key = ?2"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (sqlite3_prepare_v3(s->writer, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT, all[i].statement, NULL))
            return sqlite_error(s->writer, s->path, err);
    }
    return 0;
}

static int run(struct sqlite_store *s, sqlite3_stmt *statement, struct error *err)
{
    int rc = sqlite3_step(statement);
    int failed = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : sqlite_error(s->writer, s->path, err);
    sqlite3_reset(statement);
    return failed;
}

static int execute(struct sqlite_store *s, const char *sql, struct error *err)
{
    return sqlite3_exec(s->writer, sql, NULL, NULL, NULL) ? sqlite_error(s->writer, s->path, err) : 0;
}

static int sqlite_begin(struct store *store, struct error *err)
{
    return execute(of(store), "BEGIN IMMEDIATE", err);
}

static int newest_version(struct sqlite_store *s, const char *stream, uint64_t *ret, struct error *err)
{
    sqlite3_bind_text(s->version, 1, stream, -1, SQLITE_STATIC);
    int rc = sqlite3_step(s->version);
    if (rc == SQLITE_ROW)
        *ret = (uint64_t)sqlite3_column_int64(s->version, 0);
    int failed = rc == SQLITE_ROW ? 0 : sqlite_error(s->writer, s->path, err);
    sqlite3_reset(s->version);
    return failed;
}

/* The events of one stream in a batch follow each other; the first of them follows what is stored. */
static int sqlite_check(struct store *store, struct store_batch *batch, struct error *err)
{
    const struct journal_batch *given = batch->batch;
    for (size_t i = 0; i < given->events.n; i++) {
        const struct journal_event *event = &given->events.v[i];
        uint64_t newest = 0;
        bool in_batch = false;
        for (size_t k = event->version > 1 ? i : 0; k-- > 0 && !in_batch;) {
            in_batch = strcmp(given->events.v[k].stream, event->stream) == 0;
            newest = in_batch ? given->events.v[k].version : 0;
        }
        int rc = in_batch || event->version == 0 ? 0 : newest_version(of(store), event->stream, &newest, err);
        if (rc)
            return rc;
        if (event->version != newest + 1) {
            batch->rc = error_set(&batch->err, ERR_CONFLICT,
                                  "%s is at version %" PRIu64 " now, version %" PRIu64
                                  " does not follow; read it again",
                                  event->stream, newest, event->version);
            return 0;
        }
    }
    return 0;
}

static int add_event(struct sqlite_store *s, const struct journal_event *event, const uint8_t *hash,
                     struct error *err)
{
    sqlite3_bind_int64(s->add_event, 1, (sqlite3_int64)event->seq);
    sqlite3_bind_text(s->add_event, 2, event->stream, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s->add_event, 3, (sqlite3_int64)event->version);
    sqlite3_bind_int64(s->add_event, 4, event->at);
    sqlite3_bind_text(s->add_event, 5, event->type, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->add_event, 6, event->by, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->add_event, 7, event->data, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s->add_event, 8, hash, CHAIN_HASH_BYTES, SQLITE_STATIC);
    int rc = run(s, s->add_event, err);
    if (rc || !event->search)
        return rc;
    sqlite3_bind_int64(s->add_search, 1, (sqlite3_int64)event->seq);
    sqlite3_bind_text(s->add_search, 2, event->search, -1, SQLITE_STATIC);
    return run(s, s->add_search, err);
}

static int put_doc(struct sqlite_store *s, const struct journal_doc *doc, struct error *err)
{
    sqlite3_stmt *statement = doc->body ? s->put_doc : s->remove_doc;
    sqlite3_bind_int(statement, 1, (int)doc->kind);
    sqlite3_bind_text(statement, 2, doc->key, -1, SQLITE_STATIC);
    if (doc->body) {
        sqlite3_bind_text(statement, 3, doc->tag, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 4, doc->at);
        sqlite3_bind_text(statement, 5, doc->body, -1, SQLITE_STATIC);
    }
    return run(s, statement, err);
}

/* The newest hash also stands in a row of its own, so that a tail that was cut off is noticed. */
static int put_head(struct sqlite_store *s, uint64_t seq, const uint8_t *hash, struct error *err)
{
    char hex[2 * CHAIN_HASH_BYTES + 1];
    for (size_t i = 0; i < CHAIN_HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    CLEANUP_FREE char *sql = xasprintf("INSERT OR REPLACE INTO head VALUES (1, %" PRIu64 ", x'%s')", seq, hex);
    return execute(s, sql, err);
}

static int sqlite_write(struct store *store, struct store_batch *batch, struct error *err)
{
    struct sqlite_store *s = of(store);
    const struct journal_batch *given = batch->batch;
    int rc = 0;
    for (size_t i = 0; !rc && i < given->events.n; i++)
        rc = add_event(s, &given->events.v[i], batch->hashes[i], err);
    for (size_t i = 0; !rc && i < given->docs.n; i++)
        rc = put_doc(s, &given->docs.v[i], err);
    if (!rc && given->events.n)
        rc = put_head(s, given->events.v[given->events.n - 1].seq, batch->hashes[given->events.n - 1], err);
    return rc;
}

static int sqlite_commit(struct store *store, struct error *err)
{
    return execute(of(store), "COMMIT", err);
}

static void sqlite_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(of(store)->writer))
        sqlite3_exec(of(store)->writer, "ROLLBACK", NULL, NULL, NULL);
}

static int sqlite_prune(struct store *store, enum doc_kind kind, instant before, size_t limit,
                        struct error *err)
{
    CLEANUP_FREE char *sql =
        xasprintf("DELETE FROM doc WHERE kind = %d AND key IN (SELECT key FROM doc WHERE kind = %d"
                  " AND at > 0 AND at < %" PRId64 " LIMIT %zu)",
                  (int)kind, (int)kind, before, limit);
    return execute(of(store), sql, err);
}

/* ---- life ---- */

static void sqlite_close_store(struct store *store)
{
    struct sqlite_store *s = of(store);
    sqlite3_stmt *statements[] = {s->version, s->add_event, s->add_search, s->put_doc, s->remove_doc};
    for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(s->reader);
    sqlite3_close(s->writer);
    if (s->lock >= 0)
        close(s->lock);
    free(s->path);
    free(s);
}

static const struct store_ops ops = {
    .begin = sqlite_begin,
    .check = sqlite_check,
    .write = sqlite_write,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .head = sqlite_head,
    .read = sqlite_read,
    .read_stream = sqlite_read_stream,
    .search = sqlite_search,
    .docs = sqlite_docs,
    .prune = sqlite_prune,
    .close = sqlite_close_store,
};

/* One daemon a file. Readers (verify, backup, export) need no lock. */
static int hold(struct sqlite_store *s, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s-lock", s->path);
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0)
        return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (flock(s->lock, LOCK_EX | LOCK_NB))
        return error_set(
            err, ERR_CONFLICT,
            "%s is in use by another tocsind; stop that one, or give this one a directory of its own", s->path);
    return 0;
}

int sqlite_store_open(const char *path, struct store **ret, struct error *err)
{
    struct sqlite_store *s = xcalloc(1, sizeof(*s));
    s->store.ops = &ops;
    s->path = xstrdup(path);
    s->lock = -1;
    int rc = hold(s, err);
    rc = rc ? rc : sqlite_connect(path, true, &s->writer, err);
    rc = rc ? rc : sqlite_migrate(s->writer, path, err);
    rc = rc ? rc : sqlite_connect(path, false, &s->reader, err);
    rc = rc ? rc : prepare(s, err);
    if (rc) {
        sqlite_close_store(&s->store);
        return rc;
    }
    *ret = &s->store;
    return 0;
}
