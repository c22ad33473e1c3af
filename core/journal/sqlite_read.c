/* The reading half of the SQLite store: its own connection, used only on the loop's thread. */
#include <ctype.h>
#include <string.h>

#include "journal/sqlite.h"

enum {
    READ_EVENTS,
    READ_STREAM,
    READ_STREAM_BACK,
    READ_SEARCH,
    READ_SEARCH_TITLES,
    READ_DOC,
    READ_DOCS,
    READ_DOCS_BACK,
    READ_TAGGED,
    READ_TAGGED_BACK,
    N_READS
};
#define SELECT_EVENT "SELECT " EVENT_COLUMNS " FROM event "
#define SELECT_DOC   "SELECT " DOC_COLUMNS " FROM doc WHERE kind = ?1 "
/* By its index, which SQLite would leave aside for the order of keys, and read all documents of the kind. */
#define SELECT_TAGGED "SELECT " DOC_COLUMNS " FROM doc INDEXED BY doc_tag WHERE kind = ?1 AND tag = ?5 "
#define IN_STREAM     "WHERE stream = ?1 AND version > ?2 AND version < ?3 ORDER BY version "
/* By rowid, not by rank: to rank them, FTS5 looks at all that match, however many there are. */
#define SELECT_FOUND(table)                                                                                    \
    "SELECT seq, stream, version, at, type, \"by\", data, event.search, hash FROM " table                      \
    " AS found JOIN event ON event.seq = found.rowid WHERE " table                                             \
    " MATCH ?1 ORDER BY found.rowid DESC LIMIT ?2"
#define IN_RANGE "AND key >= ?2 AND key < ?3 "
static const char *const reads[N_READS] = {
    [READ_EVENTS] = SELECT_EVENT "WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    [READ_STREAM] = SELECT_EVENT IN_STREAM "LIMIT ?4",
    [READ_STREAM_BACK] = SELECT_EVENT IN_STREAM "DESC LIMIT ?4",
    [READ_SEARCH] = SELECT_FOUND("event_search"),
    [READ_SEARCH_TITLES] = SELECT_FOUND("title_search"),
    [READ_DOC] = SELECT_DOC "AND key = ?2",
    [READ_DOCS] = SELECT_DOC IN_RANGE "ORDER BY key LIMIT ?4",
    [READ_DOCS_BACK] = SELECT_DOC IN_RANGE "ORDER BY key DESC LIMIT ?4",
    [READ_TAGGED] = SELECT_TAGGED IN_RANGE "ORDER BY key LIMIT ?4",
    [READ_TAGGED_BACK] = SELECT_TAGGED IN_RANGE "ORDER BY key DESC LIMIT ?4",
};

int reader_open(struct sqlite_conn *conn, const char *path, struct error *err)
{
    conn->sql = reads;
    conn->n_stmts = N_READS;
    if (!conn->stmts)
        conn->stmts = xcalloc(N_READS, sizeof(sqlite3_stmt *));
    return conn_open(conn, path, SQLITE_READS, "PRAGMA cache_size = -1000; PRAGMA mmap_size = 0", err);
}

static int events_give(struct sqlite_conn *conn, sqlite3_stmt *stmt, journal_on_event *on, void *ctx,
                       struct error *err)
{
    int result = SQLITE_DONE;
    while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct journal_event event;
        event_of_row(stmt, &event);
        if (!on(ctx, &event))
            return 0;
    }
    return result == SQLITE_DONE ? 0 : conn_fault(conn, result, err);
}

static sqlite3_int64 bounded(uint64_t number)
{
    return (sqlite3_int64)MIN(number, (uint64_t)INT64_MAX);
}

static sqlite3_int64 most(size_t limit)
{
    return limit ? bounded(limit) : -1;
}

int reader_events(struct sqlite_conn *conn, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                  struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, READ_EVENTS, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(stmt, 1, bounded(after_seq));
    sqlite3_bind_int64(stmt, 2, most(limit));
    rc = events_give(conn, stmt, on, ctx, err);
    conn_give(conn, READ_EVENTS, stmt);
    return rc;
}

int reader_stream(struct sqlite_conn *conn, const char *stream, uint64_t after, uint64_t before,
                  bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err)
{
    size_t number = descending ? READ_STREAM_BACK : READ_STREAM;
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, number, &stmt, err);
    if (rc)
        return rc;
    bind_text(stmt, 1, stream);
    sqlite3_bind_int64(stmt, 2, bounded(after));
    sqlite3_bind_int64(stmt, 3, before ? bounded(before) : INT64_MAX);
    sqlite3_bind_int64(stmt, 4, most(limit));
    rc = events_give(conn, stmt, on, ctx, err);
    conn_give(conn, number, stmt);
    return rc;
}

#define WORDS_MAX       32
#define BEGINNING_LEAST 3 /* bytes: shorter beginnings, such as that of a number, match too much to be of use */

/* Each word in quotes, so that nothing is syntax. Returns the bytes of the last one. */
static size_t match_build(const char *words, bool beginning, struct str *out)
{
    const unsigned char *p = (const unsigned char *)words;
    size_t last = 0;
    for (size_t found = 0; *p && found < WORDS_MAX;) {
        size_t n = 0;
        while (isalnum(p[n]) || p[n] >= 0x80)
            n++;
        if (n) {
            str_add(out, found++ ? " \"" : "\"");
            str_addn(out, (const char *)p, n);
            str_addc(out, '"');
            last = n;
        }
        p += n ? n : 1;
    }
    str_add(out, beginning ? " *" : "");
    return last;
}

int reader_search(struct sqlite_conn *conn, const struct search_query *query, journal_on_event *on, void *ctx,
                  struct error *err)
{
    int number = query->titles ? READ_SEARCH_TITLES : READ_SEARCH;
    CLEANUP_STR struct str match = {0};
    size_t last = match_build(query->words, query->beginning, &match);
    if (!last)
        return error_set(err, ERR_INVALID,
                         "nothing to search for; write, for instance, `search checkout timeout`");
    if (query->beginning && last < BEGINNING_LEAST)
        return 0;
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, number, &stmt, err);
    if (rc)
        return rc;
    bind_text(stmt, 1, match.p);
    sqlite3_bind_int64(stmt, 2, most(query->limit));
    rc = events_give(conn, stmt, on, ctx, err);
    conn_give(conn, number, stmt);
    return rc;
}

static void tell_damage(const struct sqlite_conn *conn, const struct journal_doc *doc)
{
    if (conn->watch && conn->watch->on)
        conn->watch->on(conn->watch->ctx, doc->kind, doc->key ? doc->key : "");
}

/* ret_damaged: so many were left out. */
static int docs_give(struct sqlite_conn *conn, sqlite3_stmt *stmt, journal_on_doc *on, void *ctx,
                     size_t *ret_damaged, struct error *err)
{
    int result = SQLITE_DONE;
    while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct journal_doc doc;
        bool whole = doc_of_row(stmt, &doc);
        *ret_damaged += !whole;
        if (!whole)
            tell_damage(conn, &doc);
        else if (!on(ctx, &doc))
            return 0;
    }
    return result == SQLITE_DONE ? 0 : conn_fault(conn, result, err);
}

/* Keys from `low` up to, but not including, `high`. Keys are UTF-8, so 0xff sorts after all of them, and the first text
   after a key is the key followed by a NUL. */
static void range_build(const struct doc_query *query, struct str *low, struct str *high)
{
    str_add(low, query->prefix ? query->prefix : "");
    str_add(high, query->prefix ? query->prefix : "");
    str_addc(high, (char)0xff);
    if (!query->after)
        return;
    size_t n = strlen(query->after);
    if (query->descending && strcmp(query->after, high->p) < 0) {
        str_clear(high);
        str_addn(high, query->after, n);
    } else if (!query->descending && strcmp(query->after, low->p) >= 0) {
        str_clear(low);
        str_addn(low, query->after, n + 1);
    }
}

static int doc_one(struct sqlite_conn *conn, enum doc_kind kind, const char *key, journal_on_doc *on, void *ctx,
                   struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    size_t damaged = 0;
    int rc = conn_take(conn, READ_DOC, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 1, (int)kind);
    bind_text(stmt, 2, key);
    rc = docs_give(conn, stmt, on, ctx, &damaged, err);
    conn_give(conn, READ_DOC, stmt);
    if (!rc && damaged)
        return error_set(err, ERR_CORRUPT, "journal %s: the %s %s is damaged; see `tocsin verify`", conn->path,
                         document(kind)->name, key);
    return rc;
}

int reader_docs(struct sqlite_conn *conn, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err)
{
    if (key)
        return doc_one(conn, query->kind, key, on, ctx, err);
    size_t number = (query->tag ? READ_TAGGED : READ_DOCS) + (query->descending ? 1 : 0), damaged = 0;
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, number, &stmt, err);
    if (rc)
        return rc;
    CLEANUP_STR struct str low = {0};
    CLEANUP_STR struct str high = {0};
    range_build(query, &low, &high);
    sqlite3_bind_int(stmt, 1, (int)query->kind);
    sqlite3_bind_text(stmt, 2, str_text(&low), (int)low.len, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, high.p, (int)high.len, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, most(query->limit));
    if (query->tag)
        bind_text(stmt, 5, query->tag);
    rc = docs_give(conn, stmt, on, ctx, &damaged, err);
    conn_give(conn, number, stmt);
    return rc;
}
