/* Reading from the SQLite store, on the loop's thread. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "journal/sqlite.h"

#define EVENT_COLUMNS "seq, stream, version, at, type, by, data"

static struct sqlite_store *of(struct store *store)
{
    return container_of(store, struct sqlite_store, store);
}

static int query(struct sqlite_store *s, const char *sql, sqlite3_stmt **ret, struct error *err)
{
    return sqlite3_prepare_v2(s->reader, sql, -1, ret, NULL) ? sqlite_error(s->reader, s->path, err) : 0;
}

static char *text_at(sqlite3_stmt *statement, int column)
{
    return (char *)(uintptr_t)sqlite3_column_text(statement, column);
}

/* Ends a query: 0, or what went wrong. */
static int end(struct sqlite_store *s, sqlite3_stmt *statement, int step, struct error *err)
{
    int rc = step == SQLITE_ROW || step == SQLITE_DONE ? 0 : sqlite_error(s->reader, s->path, err);
    sqlite3_finalize(statement);
    return rc;
}

static int each_event(struct sqlite_store *s, sqlite3_stmt *statement, journal_on_event *on, void *ctx,
                      struct error *err)
{
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct journal_event event = {.seq = (uint64_t)sqlite3_column_int64(statement, 0),
                                      .stream = text_at(statement, 1),
                                      .version = (uint64_t)sqlite3_column_int64(statement, 2),
                                      .at = sqlite3_column_int64(statement, 3),
                                      .type = text_at(statement, 4),
                                      .by = text_at(statement, 5),
                                      .data = text_at(statement, 6)};
        if (!on(ctx, &event))
            break;
    }
    return end(s, statement, step, err);
}

static sqlite3_int64 most(size_t limit)
{
    return limit ? (sqlite3_int64)limit : -1;
}

int sqlite_head(struct store *store, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES], struct error *err)
{
    struct sqlite_store *s = of(store);
    sqlite3_stmt *statement;
    int rc = query(s, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", &statement, err);
    if (rc)
        return rc;
    int step = sqlite3_step(statement);
    *ret_seq = 0;
    memset(ret_hash, 0, CHAIN_HASH_BYTES);
    if (step == SQLITE_ROW && sqlite3_column_bytes(statement, 1) == CHAIN_HASH_BYTES) {
        *ret_seq = (uint64_t)sqlite3_column_int64(statement, 0);
        memcpy(ret_hash, sqlite3_column_blob(statement, 1), CHAIN_HASH_BYTES);
    }
    return end(s, statement, step, err);
}

int sqlite_read(struct store *store, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                struct error *err)
{
    sqlite3_stmt *statement;
    int rc = query(of(store), "SELECT " EVENT_COLUMNS " FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2",
                   &statement, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)after_seq);
    sqlite3_bind_int64(statement, 2, most(limit));
    return each_event(of(store), statement, on, ctx, err);
}

int sqlite_read_stream(struct store *store, const char *stream, uint64_t after, uint64_t before,
                       bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err)
{
    sqlite3_stmt *statement;
    int rc = query(
        of(store),
        descending ? "SELECT " EVENT_COLUMNS " FROM event WHERE stream = ?1 AND version > ?2 AND version < ?3"
                     " ORDER BY version DESC LIMIT ?4"
                   : "SELECT " EVENT_COLUMNS " FROM event WHERE stream = ?1 AND version > ?2 AND version < ?3"
                     " ORDER BY version LIMIT ?4",
        &statement, err);
    if (rc)
        return rc;
    sqlite3_bind_text(statement, 1, stream, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)after);
    sqlite3_bind_int64(statement, 3, before ? (sqlite3_int64)before : INT64_MAX);
    sqlite3_bind_int64(statement, 4, most(limit));
    return each_event(of(store), statement, on, ctx, err);
}

/* Each word in quotes, so that none of it is query syntax; all must occur, the last as a beginning. */
static char *match_of(const char *words)
{
    struct str match = {0};
    for (const unsigned char *p = (const unsigned char *)words; *p;) {
        size_t n = 0;
        while (isalnum(p[n]) || p[n] >= 0x80)
            n++;
        if (n)
            str_addf(&match, "%s\"%.*s\"", match.len ? " " : "", (int)n, (const char *)p);
        p += n ? n : 1;
    }
    if (match.len)
        str_addc(&match, '*');
    return str_take(&match);
}

int sqlite_search(struct store *store, const char *words, size_t limit, journal_on_event *on, void *ctx,
                  struct error *err)
{
    sqlite3_stmt *statement;
    CLEANUP_FREE char *match = match_of(words);
    if (!*match)
        return error_set(err, ERR_INVALID, "there is no word to search for: search checkout timeout");
    int rc = query(of(store),
                   "SELECT " EVENT_COLUMNS
                   " FROM (SELECT rowid AS hit, rank FROM event_search WHERE event_search MATCH ?1"
                   " ORDER BY rank LIMIT ?2) JOIN event ON event.seq = hit ORDER BY rank, seq DESC",
                   &statement, err);
    if (rc)
        return rc;
    sqlite3_bind_text(statement, 1, match, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, most(limit));
    return each_event(of(store), statement, on, ctx, err);
}

static char *docs_sql(const struct doc_query *query, const char *key)
{
    struct str sql = {0};
    str_add(&sql, "SELECT kind, key, tag, at, body FROM doc WHERE kind = ?1");
    str_add(&sql, key ? " AND key = ?2" : "");
    str_add(&sql, query->tag ? " AND tag = ?3" : "");
    str_add(&sql, !query->after ? "" : query->descending ? " AND key < ?4" : " AND key > ?4");
    str_add(&sql, query->prefix ? " AND key >= ?5 AND key < ?6" : "");
    str_addf(&sql, " ORDER BY key%s LIMIT ?7", query->descending ? " DESC" : "");
    return str_take(&sql);
}

static void bind(sqlite3_stmt *statement, int place, const char *text)
{
    if (text && place <= sqlite3_bind_parameter_count(statement))
        sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

int sqlite_docs(struct store *store, const struct doc_query *given, const char *key, journal_on_doc *on,
                void *ctx, struct error *err)
{
    struct sqlite_store *s = of(store);
    sqlite3_stmt *statement;
    CLEANUP_FREE char *sql = docs_sql(given, key);
    CLEANUP_FREE char *end_of_prefix = given->prefix ? xasprintf("%s\x7f", given->prefix) : NULL;
    int rc = query(s, sql, &statement, err), step;
    if (rc)
        return rc;
    sqlite3_bind_int(statement, 1, (int)given->kind);
    bind(statement, 2, key);
    bind(statement, 3, given->tag);
    bind(statement, 4, given->after);
    bind(statement, 5, given->prefix);
    bind(statement, 6, end_of_prefix);
    sqlite3_bind_int64(statement, 7, most(given->limit));
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct journal_doc doc = {(enum doc_kind)sqlite3_column_int(statement, 0), text_at(statement, 1),
                                  text_at(statement, 2), sqlite3_column_int64(statement, 3),
                                  text_at(statement, 4)};
        if (!on(ctx, &doc))
            break;
    }
    return end(s, statement, step, err);
}
