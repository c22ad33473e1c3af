/* The reading half of the SQLite store: its own connection, used only on the loop's thread. */
#include <string.h>

#include "journal/chain.h"
#include "journal/sqlite.h"

enum {
    READ_EVENTS,
    READ_HASH,
    READ_STREAM,
    READ_STREAM_BACK,
    READ_COUNT,
    READ_COUNT_TITLES,
    READ_SEARCH,
    READ_SEARCH_TITLES,
    READ_RARE,
    READ_RARE_TITLES,
    READ_DOC,
    READ_DOCS,
    READ_DOCS_BACK,
    READ_TAGGED,
    READ_TAGGED_BACK,
    READ_NEWEST,
    READ_TIMES,
    N_READS
};
#define SELECT_EVENT "SELECT " EVENT_COLUMNS " FROM event "
#define SELECT_DOC   "SELECT " DOC_COLUMNS " FROM doc WHERE kind = ?1 "
/* By its index, which SQLite would leave aside for the order of keys, and read all documents of the kind. */
#define SELECT_TAGGED "SELECT " DOC_COLUMNS " FROM doc INDEXED BY doc_tag WHERE kind = ?1 AND tag = ?5 "
#define IN_STREAM     "WHERE stream = ?1 AND version > ?2 AND version < ?3 ORDER BY version "
/* By rowid, not by rank: to rank them, FTS5 looks at all that match, however many there are. */
#define FOUND(table) " FROM " table " AS found WHERE " table " MATCH ?1 AND found.rowid < ?3"
#define SELECT_FOUND(table)                                                                                    \
    "SELECT " FOUND_COLUMNS " FROM " table " AS found JOIN event ON event.seq = found.rowid WHERE " table      \
    " MATCH ?1 AND found.rowid < ?3 ORDER BY found.rowid DESC LIMIT ?2"
#define FOUND_COLUMNS "seq, stream, version, at, type, \"by\", data, event.search, hash"
/* What is rare among what is common FTS5 finds ten times as fast from the oldest on as from the newest: so all of it is found, and then put in
   order. That pays while there is no more than is asked for. */
#define COUNT_FOUND(table) "SELECT count(*) FROM (SELECT 1" FOUND(table) " LIMIT ?2 + 1)"
#define SELECT_RARE(table)                                                                                     \
    SELECT_EVENT "WHERE seq IN (SELECT found.rowid" FOUND(table) ") ORDER BY seq DESC LIMIT ?2"
#define IN_RANGE "AND key >= ?2 AND key < ?3 "
static const char *const reads[N_READS] = {
    [READ_EVENTS] = SELECT_EVENT "WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    [READ_HASH] = "SELECT hash FROM event WHERE seq = ?1",
    [READ_STREAM] = SELECT_EVENT IN_STREAM "LIMIT ?4",
    [READ_STREAM_BACK] = SELECT_EVENT IN_STREAM "DESC LIMIT ?4",
    [READ_COUNT] = COUNT_FOUND("event_search"),
    [READ_COUNT_TITLES] = COUNT_FOUND("title_search"),
    [READ_RARE] = SELECT_RARE("event_search"),
    [READ_RARE_TITLES] = SELECT_RARE("title_search"),
    [READ_SEARCH] = SELECT_FOUND("event_search"),
    [READ_SEARCH_TITLES] = SELECT_FOUND("title_search"),
    [READ_DOC] = SELECT_DOC "AND key = ?2",
    [READ_DOCS] = SELECT_DOC IN_RANGE "ORDER BY key LIMIT ?4",
    [READ_DOCS_BACK] = SELECT_DOC IN_RANGE "ORDER BY key DESC LIMIT ?4",
    [READ_TAGGED] = SELECT_TAGGED IN_RANGE "ORDER BY key LIMIT ?4",
    [READ_TAGGED_BACK] = SELECT_TAGGED IN_RANGE "ORDER BY key DESC LIMIT ?4",
    [READ_NEWEST] = "SELECT " DOC_COLUMNS " FROM doc INDEXED BY doc_at WHERE kind = ?1 AND at > 0 AND at <= ?2"
                    " AND (at < ?2 OR key < ?3) ORDER BY at DESC, key DESC LIMIT ?4",
    /* What stands before the body in a row is read without it. */
    [READ_TIMES] = "SELECT key, at FROM doc WHERE kind = ?1 " IN_RANGE "ORDER BY key LIMIT ?4",
};

int reader_open(struct sqlite_conn *conn, const char *path, struct error *err)
{
    conn->sql = reads;
    conn->n_stmts = N_READS;
    if (!conn->stmts)
        conn->stmts = xcalloc(N_READS, sizeof(sqlite3_stmt *));
    return conn_open(conn, path, SQLITE_READS, "PRAGMA cache_size = -1000; PRAGMA mmap_size = 0", err);
}

/* ---- events ---- */

struct giving {
    struct sqlite_conn *conn;
    struct chain chain;
    uint64_t hashed; /* the event whose hash this is: the last that was read; 0: none */
    uint8_t hash[CHAIN_HASH_BYTES];
    journal_on_event *on;
    void *ctx;
    size_t most;     /* so many are still to be given */
    char *stream;    /* NULL: they are of many */
    bool descending; /* in the stream */
    bool skips;      /* what is damaged */
    uint64_t after;  /* versions of the stream above this are read */
    uint64_t last;   /* the newest version of the stream, if all are read; 0: unknown */
    uint64_t next;   /* the version that comes next in the stream; 0: unknown */
};

static const uint8_t *hash_of(sqlite3_stmt *stmt, int column)
{
    return sqlite3_column_bytes(stmt, column) == CHAIN_HASH_BYTES ? sqlite3_column_blob(stmt, column) : NULL;
}

static void keep_hash(struct giving *giving, uint64_t seq, const uint8_t *hash)
{
    giving->hashed = hash ? seq : 0;
    if (hash)
        memcpy(giving->hash, hash, CHAIN_HASH_BYTES);
}

/* The hash of the event before; most often, that was the last to be read. False: there is none. */
static bool has_before(struct giving *giving, uint64_t seq)
{
    static const uint8_t start[CHAIN_HASH_BYTES];
    sqlite3_stmt *stmt = NULL;
    if (seq == 1)
        memcpy(giving->hash, start, sizeof(start));
    if (seq == 1 || (giving->hashed && giving->hashed == seq - 1))
        return true;
    if (conn_take(giving->conn, READ_HASH, &stmt, NULL))
        return false;
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)(seq - 1));
    keep_hash(giving, seq - 1, sqlite3_step(stmt) == SQLITE_ROW ? hash_of(stmt, 0) : NULL);
    conn_give(giving->conn, READ_HASH, stmt);
    return giving->hashed != 0;
}

static bool fits_chain(struct giving *giving, sqlite3_stmt *stmt, const struct journal_event *event)
{
    uint8_t hash[CHAIN_HASH_BYTES];
    const uint8_t *stored = hash_of(stmt, EVENT_COLUMN_HASH);
    bool whole = stored && event->stream && event->type && event->by && event->data;
    bool fits = whole && has_before(giving, event->seq);
    if (fits)
        chain_hash(&giving->chain, giving->hash, event, hash);
    fits = fits && memcmp(hash, stored, sizeof(hash)) == 0;
    keep_hash(giving, event->seq, stored);
    return fits;
}

/* Returns false when no more are wanted. */
static bool give(struct giving *giving, const struct journal_event *event)
{
    return giving->on(giving->ctx, event) && --giving->most > 0;
}

/* What it seems to have been is said as far as it can be a type. */
static bool give_damaged(struct giving *giving, const struct journal_event *damaged)
{
    static char type[] = JOURNAL_DAMAGED, by[] = "system";
    const struct store_watch *watch = giving->conn->watch;
    const char *seems = damaged->type ? damaged->type : "";
    bool is_type = *seems && !seems[strspn(seems, "abcdefghijklmnopqrstuvwxyz_")];
    CLEANUP_FREE char *data = is_type ? xasprintf("{\"name\":\"%s\"}", seems) : xstrdup("{}");
    struct journal_event event = {.seq = damaged->seq,
                                  .stream = damaged->stream,
                                  .version = damaged->version,
                                  .type = type,
                                  .by = by,
                                  .data = data};
    if (watch && watch->on_event)
        watch->on_event(watch->ctx, &event);
    return giving->skips || give(giving, &event);
}

/* All that is missing in one place is told of once, as the last of it. */
static bool give_missing(struct giving *giving, uint64_t version)
{
    uint64_t next = giving->next, missing = giving->descending ? next : version - 1;
    bool gap = giving->stream && next && (giving->descending ? version < next : version > next);
    giving->next = giving->descending ? version - 1 : version + 1;
    return !gap || give_damaged(giving, &(struct journal_event){.stream = giving->stream, .version = missing});
}

/* Where the index of streams is damaged, it leads to an event of another one. */
static bool is_of_stream(const struct giving *giving, const struct journal_event *event)
{
    return !giving->stream || (event->stream && strcmp(event->stream, giving->stream) == 0);
}

static bool give_row(struct giving *giving, sqlite3_stmt *stmt)
{
    static char nowhere[] = "";
    struct journal_event event;
    event_of_row(stmt, &event);
    if (!give_missing(giving, event.version))
        return false;
    if (fits_chain(giving, stmt, &event) && is_of_stream(giving, &event))
        return give(giving, &event);
    giving->next = 0; /* its version may be what is damaged */
    event.stream = giving->stream ? giving->stream : event.stream ? event.stream : nowhere;
    return give_damaged(giving, &event);
}

/* Is something missing where the reading ended? */
static void give_end(struct giving *giving)
{
    uint64_t missing = giving->descending ? giving->next : giving->last;
    bool gap = giving->next && (giving->descending ? missing > giving->after : missing >= giving->next);
    if (giving->stream && gap)
        give_damaged(giving, &(struct journal_event){.stream = giving->stream, .version = missing});
}

static int events_give(struct sqlite_conn *conn, sqlite3_stmt *stmt, struct giving *giving, struct error *err)
{
    int result = SQLITE_DONE;
    bool more = true;
    giving->conn = conn;
    giving->most = giving->most ? giving->most : SIZE_MAX;
    chain_init(&giving->chain);
    while (more && (result = sqlite3_step(stmt)) == SQLITE_ROW)
        more = give_row(giving, stmt);
    if (more && result == SQLITE_DONE)
        give_end(giving);
    chain_finish(&giving->chain);
    return !more || result == SQLITE_DONE ? 0 : conn_fault(conn, result, err);
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
    rc = events_give(conn, stmt, &(struct giving){.on = on, .ctx = ctx}, err);
    conn_give(conn, READ_EVENTS, stmt);
    return rc;
}

/* 0: it has none, or that cannot be read. */
static uint64_t newest_version(struct sqlite_conn *conn, const char *stream)
{
    sqlite3_stmt *stmt = NULL;
    if (conn_take(conn, READ_STREAM_BACK, &stmt, NULL))
        return 0;
    bind_text(stmt, 1, stream);
    sqlite3_bind_int64(stmt, 2, 0);
    sqlite3_bind_int64(stmt, 3, INT64_MAX);
    sqlite3_bind_int64(stmt, 4, 1);
    uint64_t version =
        sqlite3_step(stmt) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(stmt, EVENT_COLUMN_VERSION) : 0;
    conn_give(conn, READ_STREAM_BACK, stmt);
    return version;
}

int reader_stream(struct sqlite_conn *conn, const char *stream, uint64_t after, uint64_t before,
                  bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err)
{
    size_t number = descending ? READ_STREAM_BACK : READ_STREAM;
    struct giving giving = {.on = on,
                            .ctx = ctx,
                            .most = limit,
                            .stream = (char *)(uintptr_t)stream,
                            .descending = descending,
                            .after = after,
                            .next = descending ? 0 : after + 1,
                            /* before the rest is read: what is added meanwhile is not missing */
                            .last = descending || limit || before ? 0 : newest_version(conn, stream)};
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, number, &stmt, err);
    if (rc)
        return rc;
    bind_text(stmt, 1, stream);
    sqlite3_bind_int64(stmt, 2, bounded(after));
    sqlite3_bind_int64(stmt, 3, before ? bounded(before) : INT64_MAX);
    sqlite3_bind_int64(stmt, 4, most(limit));
    rc = events_give(conn, stmt, &giving, err);
    conn_give(conn, number, stmt);
    return rc;
}

#define WORDS_MAX       32
#define BEGINNING_LEAST 3 /* bytes: shorter beginnings, such as that of a number, match too much to be of use */

/* Each word in quotes, so that nothing is syntax. Returns the bytes of the last one. */
static size_t match_build(const char *words, bool beginning, struct str *out)
{
    size_t last = 0, n;
    for (size_t found = 0; found < WORDS_MAX && (n = text_word(&words)); found++) {
        str_add(out, found ? " \"" : "\"");
        str_addn(out, words, n);
        str_addc(out, '"');
        words += n;
        last = n;
    }
    str_add(out, beginning ? " *" : "");
    return last;
}

/* A statement of a search, with its values; `number` is that of all events. */
static int search_take(struct sqlite_conn *conn, const struct search_query *query, const char *match,
                       size_t *number, sqlite3_stmt **ret, struct error *err)
{
    *number += query->titles ? 1 : 0;
    int rc = conn_take(conn, *number, ret, err);
    if (rc)
        return rc;
    bind_text(*ret, 1, match);
    sqlite3_bind_int64(*ret, 2, most(query->limit));
    sqlite3_bind_int64(*ret, 3, query->before ? bounded(query->before) : INT64_MAX);
    return 0;
}

/* Do no more match than are asked for? */
static int search_is_rare(struct sqlite_conn *conn, const struct search_query *query, const char *match,
                          bool *ret, struct error *err)
{
    size_t number = READ_COUNT;
    sqlite3_stmt *stmt = NULL;
    *ret = !query->limit;
    if (!query->limit)
        return 0;
    int rc = search_take(conn, query, match, &number, &stmt, err);
    if (rc)
        return rc;
    int result = sqlite3_step(stmt);
    rc = result == SQLITE_ROW ? 0 : conn_fault(conn, result, err);
    *ret = !rc && sqlite3_column_int64(stmt, 0) <= most(query->limit);
    conn_give(conn, number, stmt);
    return rc;
}

int reader_search(struct sqlite_conn *conn, const struct search_query *query, journal_on_event *on, void *ctx,
                  struct error *err)
{
    CLEANUP_STR struct str match = {0};
    size_t last = match_build(query->words, query->beginning, &match);
    sqlite3_stmt *stmt = NULL;
    bool rare = false;
    if (!last)
        return error_set(err, ERR_INVALID,
                         "nothing to search for; write, for instance, `search checkout timeout`");
    if (query->beginning && last < BEGINNING_LEAST)
        return 0;
    int rc = search_is_rare(conn, query, match.p, &rare, err);
    size_t number = rare ? READ_RARE : READ_SEARCH;
    rc = rc ? rc : search_take(conn, query, match.p, &number, &stmt, err);
    if (rc)
        return rc;
    rc = events_give(conn, stmt, &(struct giving){.on = on, .ctx = ctx, .skips = true}, err);
    conn_give(conn, number, stmt);
    return rc;
}

struct docs_giving {
    enum doc_kind kind;
    const char *key; /* that is asked for; NULL: many are */
    journal_on_doc *on;
    void *ctx;
    bool damaged; /* some were left out */
};

static void leave_out(const struct sqlite_conn *conn, struct docs_giving *giving, const char *found)
{
    const char *key = giving->key ? giving->key : found;
    giving->damaged = true;
    if (conn->watch && conn->watch->on)
        conn->watch->on(conn->watch->ctx, giving->kind, key ? key : "");
}

/* Where the index of keys is damaged, it leads to another document. */
static bool is_asked_for(const struct docs_giving *giving, const struct journal_doc *doc)
{
    return doc->kind == giving->kind && (!giving->key || strcmp(doc->key, giving->key) == 0);
}

static int docs_give(struct sqlite_conn *conn, sqlite3_stmt *stmt, struct docs_giving *giving,
                     struct error *err)
{
    int result = SQLITE_DONE;
    while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct journal_doc doc;
        if (!doc_of_row(stmt, &doc) || !is_asked_for(giving, &doc))
            leave_out(conn, giving, doc.key);
        else if (!giving->on(giving->ctx, &doc))
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

static int doc_one(struct sqlite_conn *conn, struct docs_giving *giving, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, READ_DOC, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 1, (int)giving->kind);
    bind_text(stmt, 2, giving->key);
    rc = docs_give(conn, stmt, giving, err);
    conn_give(conn, READ_DOC, stmt);
    if (!rc && giving->damaged)
        return error_set(err, ERR_CORRUPT, "journal %s: the %s %s is damaged; see `tocsin verify`", conn->path,
                         document(giving->kind)->name, giving->key);
    return rc;
}

static int docs_newest(struct sqlite_conn *conn, const struct doc_query *query, struct docs_giving *giving,
                       struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, READ_NEWEST, &stmt, err);
    if (rc)
        return rc;
    sqlite3_bind_int(stmt, 1, (int)query->kind);
    sqlite3_bind_int64(stmt, 2, query->after ? query->at : INT64_MAX);
    bind_text(stmt, 3, query->after ? query->after : "");
    sqlite3_bind_int64(stmt, 4, most(query->limit));
    rc = docs_give(conn, stmt, giving, err);
    conn_give(conn, READ_NEWEST, stmt);
    return rc;
}

/* Binds what those that go by key share: ?1 to ?4. The texts are the caller's. */
static void bind_range(sqlite3_stmt *stmt, const struct doc_query *query, struct str *low, struct str *high)
{
    range_build(query, low, high);
    sqlite3_bind_int(stmt, 1, (int)query->kind);
    sqlite3_bind_text(stmt, 2, str_text(low), (int)low->len, SQLITE_STATIC);
    sqlite3_bind_text(stmt, 3, high->p, (int)high->len, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, most(query->limit));
}

static int docs_by_key(struct sqlite_conn *conn, const struct doc_query *query, struct docs_giving *giving,
                       struct error *err)
{
    size_t number = (query->tag ? READ_TAGGED : READ_DOCS) + (query->descending ? 1 : 0);
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, number, &stmt, err);
    if (rc)
        return rc;
    CLEANUP_STR struct str low = {0}, high = {0};
    bind_range(stmt, query, &low, &high);
    if (query->tag)
        bind_text(stmt, 5, query->tag);
    rc = docs_give(conn, stmt, giving, err);
    conn_give(conn, number, stmt);
    return rc;
}

int reader_times(struct sqlite_conn *conn, const struct doc_query *query, journal_on_time *on, void *ctx,
                 struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = conn_take(conn, READ_TIMES, &stmt, err), result = SQLITE_ROW;
    if (rc)
        return rc;
    CLEANUP_STR struct str low = {0}, high = {0};
    bind_range(stmt, query, &low, &high);
    while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(stmt, 0);
        if (!on(ctx, key ? key : "", sqlite3_column_int64(stmt, 1)))
            break;
    }
    rc = result == SQLITE_ROW || result == SQLITE_DONE ? 0 : conn_fault(conn, result, err);
    conn_give(conn, READ_TIMES, stmt);
    return rc;
}

int reader_docs(struct sqlite_conn *conn, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err)
{
    struct docs_giving giving = {.kind = query->kind, .key = key, .on = on, .ctx = ctx};
    if (key)
        return doc_one(conn, &giving, err);
    return query->newest ? docs_newest(conn, query, &giving, err) : docs_by_key(conn, query, &giving, err);
}
