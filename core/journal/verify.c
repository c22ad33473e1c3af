#include "journal/verify.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "journal/chain.h"
#include "journal/sqlite.h"

#define SHIFT_MAX    8     /* events removed or inserted in one place, with the rest renumbered */
#define STOP_EVERY   10000 /* steps of SQLite */
#define SUSPECTS_MAX 16    /* events that do not fit, kept to see whether they only changed places */

typedef uint8_t hash[CHAIN_HASH_BYTES];

/* An event whose hash does not match its content in its place. */
struct suspect {
    struct journal_event event; /* its own copy */
    hash stored, before;        /* its recorded hash, and that of the event before it */
};

struct walk {
    struct sqlite_conn conn;
    const struct verify_hooks *hooks;
    struct verify_report report;
    struct chain chain;
    hash before, before_that; /* recorded hashes of the two previous events */
    uint64_t last;            /* seq of the previous event */
    int64_t shift;            /* events here were recorded under a seq this much higher */
    ARRAY(struct suspect) suspects;
    uint64_t tail; /* only so many events are looked at; 0: all */
    char *stream;  /* the current stream, while checking versions */
    uint64_t version;
};

__attribute__((format(printf, 3, 4))) static void found(struct walk *walk, uint64_t seq, const char *format,
                                                        ...)
{
    walk->report.faults++;
    if (!walk->hooks->on_fault)
        return;
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    walk->hooks->on_fault(walk->hooks->fault_ctx, seq, str_text(&text));
}

static unsigned long long number(uint64_t n)
{
    return n;
}

/* Whether this content, recorded as event `seq` after `before`, has the stored hash. */
static bool fits(struct walk *walk, const struct journal_event *event, uint64_t seq, const hash before,
                 const hash stored)
{
    struct journal_event as = *event;
    hash got;
    as.seq = seq;
    chain_hash(&walk->chain, before, &as, got);
    return memcmp(got, stored, sizeof(got)) == 0;
}

/* ---- events that do not fit ---- */

static void suspect_keep(struct walk *walk, const struct journal_event *event, const hash stored)
{
    struct suspect *suspect = array_add(&walk->suspects);
    suspect->event = (struct journal_event){
        .seq = event->seq,
        .stream = xstrdup(event->stream),
        .version = event->version,
        .at = event->at,
        .type = xstrdup(event->type),
        .by = xstrdup(event->by),
        .data = xstrdup(event->data),
    };
    memcpy(suspect->stored, stored, sizeof(hash));
    memcpy(suspect->before, walk->before, sizeof(hash));
}

/* The seq under which a suspect was recorded, if it and another one changed places; 0: unknown. */
static uint64_t suspect_origin(struct walk *walk, const struct suspect *s)
{
    for (size_t i = 0; i < walk->suspects.n; i++) {
        const struct suspect *place = &walk->suspects.v[i];
        if (fits(walk, &s->event, place->event.seq, place->before, s->stored))
            return place->event.seq;
        for (size_t k = 0; k < walk->suspects.n; k++)
            if (fits(walk, &s->event, place->event.seq, walk->suspects.v[k].stored, s->stored))
                return place->event.seq;
    }
    return 0;
}

static void suspect_report(struct walk *walk, const struct suspect *s)
{
    const struct journal_event *e = &s->event;
    uint64_t origin = suspect_origin(walk, s);
    if (origin == e->seq)
        return; /* this event is intact; the one before it is not, and is reported itself */
    if (origin)
        found(walk, e->seq, "event %llu (%s, version %llu, %s) was moved: it was recorded as event %llu",
              number(e->seq), e->stream, number(e->version), e->type, number(origin));
    else
        found(walk, e->seq,
              "event %llu (%s, version %llu, %s) was edited, or event %llu was, together with its hash",
              number(e->seq), e->stream, number(e->version), e->type, number(e->seq - 1));
}

static void suspects_report(struct walk *walk)
{
    for (size_t i = 0; i < walk->suspects.n; i++)
        suspect_report(walk, &walk->suspects.v[i]);
    for (size_t i = 0; i < walk->suspects.n; i++)
        journal_event_finish(&walk->suspects.v[i].event);
    walk->suspects.n = 0;
}

/* Renumbered events are intact except for their seq. Reports once, where the difference begins. */
static bool is_shifted(struct walk *walk, const struct journal_event *event, const hash stored)
{
    int64_t old = walk->shift;
    for (int64_t i = 0; i <= 2 * (int64_t)SHIFT_MAX; i++) {
        int64_t shift = old + (i % 2 ? (i + 1) / 2 : -i / 2); /* nearest first */
        uint64_t origin = event->seq + (uint64_t)shift;
        if (!fits(walk, event, origin, walk->before, stored))
            continue;
        bool one = llabs(shift - old) == 1;
        if (shift != old)
            found(walk, event->seq,
                  "event %llu (%s, version %llu) was recorded as event %llu: %lld event%s before it %s %s, and "
                  "the rest were renumbered",
                  number(event->seq), event->stream, number(event->version), number(origin),
                  (long long)llabs(shift - old), one ? "" : "s", one ? "was" : "were",
                  shift > old ? "removed" : "inserted");
        walk->shift = shift;
        return true;
    }
    return false;
}

/* Did the event before this one once follow it? Then the two changed places. */
static bool is_swapped(struct walk *walk, const struct journal_event *event, const hash stored)
{
    if (!walk->suspects.n)
        return false;
    const struct suspect *other = &walk->suspects.v[walk->suspects.n - 1];
    return other->event.seq == walk->last && fits(walk, &other->event, event->seq, stored, other->stored);
}

/* Does it follow the last event but one? Then the event in between was inserted, and moved it on by one. */
static bool is_after_inserted(struct walk *walk, const struct journal_event *event, const hash stored)
{
    int64_t shift = walk->shift - 1;
    if (is_swapped(walk, event, stored) ||
        !fits(walk, event, event->seq + (uint64_t)shift, walk->before_that, stored))
        return false;
    found(walk, walk->last, "event %llu was inserted: event %llu (%s, version %llu) follows the one before it",
          number(walk->last), number(event->seq), event->stream, number(event->version));
    walk->shift = shift;
    return true;
}

static void event_judge(struct walk *walk, const struct journal_event *event, const hash stored, bool gap)
{
    if (fits(walk, event, event->seq, walk->before, stored))
        return;
    if (gap || is_shifted(walk, event, stored))
        return; /* after a gap the previous hash is unknown; the gap itself was reported */
    if (is_after_inserted(walk, event, stored))
        return;
    if (walk->suspects.n == SUSPECTS_MAX)
        suspects_report(walk);
    suspect_keep(walk, event, stored);
}

/* ---- the walk ---- */

static void gap_report(struct walk *walk, uint64_t seq)
{
    uint64_t first = walk->last + 1;
    if (seq - first == 1)
        found(walk, first, "event %llu was removed; event %llu cannot be checked without it", number(first),
              number(seq));
    else
        found(walk, first, "events %llu to %llu were removed; event %llu cannot be checked without them",
              number(first), number(seq - 1), number(seq));
}

static void event_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    struct journal_event event;
    event_of_row(stmt, &event);
    hash stored = {0};
    bool gap = event.seq != walk->last + 1;
    if (gap)
        gap_report(walk, event.seq);
    if (!event.stream || !event.type || !event.by || !event.data ||
        sqlite3_column_bytes(stmt, EVENT_COLUMN_HASH) != CHAIN_HASH_BYTES) {
        found(walk, event.seq, "event %llu has no hash, or a text is missing", number(event.seq));
    } else {
        memcpy(stored, sqlite3_column_blob(stmt, EVENT_COLUMN_HASH), sizeof(stored));
        event_judge(walk, &event, stored, gap);
    }
    memcpy(walk->before_that, walk->before, sizeof(hash));
    memcpy(walk->before, stored, sizeof(hash));
    walk->last = event.seq;
    walk->report.events++;
}

static int rows_visit(struct walk *walk, const char *sql, void (*visit)(struct walk *, sqlite3_stmt *),
                      struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(walk->conn.db, sql, -1, &stmt, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
        visit(walk, stmt);
        result = SQLITE_OK;
    }
    int rc = result == SQLITE_DONE ? 0 : conn_fault(&walk->conn, result, err);
    sqlite3_finalize(stmt);
    return rc;
}

static void page_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    const char *text = (const char *)sqlite3_column_text(stmt, 0);
    if (text && !text_equal(text, "ok"))
        found(walk, 0, "the database is damaged: %s", text);
}

static void version_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    struct journal_event event;
    event_of_row(stmt, &event);
    const char *stream = event.stream;
    uint64_t version = event.version;
    if (walk->hooks->on_event && stream && event.type && event.by && event.data)
        walk->hooks->on_event(walk->hooks->ctx, &event);
    if (!text_equal(stream, walk->stream)) {
        replace_text(&walk->stream, stream);
        walk->version = 0;
    }
    uint64_t next = walk->version + 1;
    if (version > next + 1)
        found(walk, 0, "stream %s lacks versions %llu to %llu", stream, number(next), number(version - 1));
    else if (version > next)
        found(walk, 0, "stream %s lacks version %llu", stream, number(next));
    else if (version < next)
        found(walk, 0, "stream %s has version %llu more than once", stream, number(version));
    walk->version = version;
}

static void doc_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    struct journal_doc doc;
    bool whole = doc_of_row(stmt, &doc), known = doc.kind > 0 && (int)doc.kind < DOC_KINDS;
    const char *key = doc.key ? doc.key : "";
    CLEANUP_FREE char *what = whole ? NULL : document_damaged((int)doc.kind, key);
    if (what)
        found(walk, 0, "%s", what);
    if (what && walk->hooks->on_damage)
        walk->hooks->on_damage(walk->hooks->fault_ctx, known ? doc.kind : DOC_META, key);
    if (walk->hooks->on_state && doc.key && doc.body && known && document(doc.kind)->proven)
        walk->hooks->on_state(walk->hooks->ctx, &doc);
}

static void head_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    uint64_t seq = (uint64_t)sqlite3_column_int64(stmt, 0);
    const void *head = sqlite3_column_blob(stmt, 1);
    if (walk->last < seq)
        found(walk, walk->last + 1, "the end was cut off: event %llu is the last, but event %llu was recorded",
              number(walk->last), number(seq));
    else if (walk->last > seq)
        found(walk, seq + 1, "events %llu to %llu were added after the recorded end", number(seq + 1),
              number(walk->last));
    else if (sqlite3_column_bytes(stmt, 1) != CHAIN_HASH_BYTES || memcmp(head, walk->before, sizeof(hash)) != 0)
        found(walk, seq, "event %llu is the last, but its hash is not the one recorded as the end",
              number(seq));
}

static int everything_visit(struct walk *walk, struct error *err)
{
    int rc = conn_exec(&walk->conn, "BEGIN", err); /* one snapshot */
    rc = rc ? rc : sqlite_schema_check(&walk->conn, err);
    rc = rc ? rc : rows_visit(walk, "PRAGMA integrity_check(20)", page_visit, err);
    rc =
        rc ? rc
           : rows_visit(walk, "SELECT " EVENT_COLUMNS " FROM event NOT INDEXED ORDER BY seq", event_visit, err);
    suspects_report(walk);
    rc = rc ? rc
            : rows_visit(walk, "SELECT " EVENT_COLUMNS " FROM event ORDER BY stream, version", version_visit,
                         err);
    rc = rc ? rc : rows_visit(walk, "SELECT seq, hash FROM head", head_visit, err);
    return rc ? rc : rows_visit(walk, "SELECT " DOC_COLUMNS " FROM doc ORDER BY kind, key", doc_visit, err);
}

/* The event before the tail, whose hash its first event follows. */
static void before_visit(struct walk *walk, sqlite3_stmt *stmt)
{
    const void *before = sqlite3_column_blob(stmt, 1);
    if (sqlite3_column_bytes(stmt, 1) == CHAIN_HASH_BYTES)
        memcpy(walk->before, before, sizeof(hash));
    walk->last = (uint64_t)sqlite3_column_int64(stmt, 0);
}

static int tail_visit(struct walk *walk, struct error *err)
{
    uint64_t most = walk->tail;
    CLEANUP_FREE char *first =
        xasprintf("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1 OFFSET %" PRIu64, most);
    int rc = conn_exec(&walk->conn, "BEGIN", err);
    rc = rc ? rc : rows_visit(walk, first, before_visit, err);
    CLEANUP_FREE char *rest =
        xasprintf("SELECT " EVENT_COLUMNS " FROM event WHERE seq > %" PRIu64 " ORDER BY seq", walk->last);
    rc = rc ? rc : rows_visit(walk, rest, event_visit, err);
    suspects_report(walk);
    return rc ? rc : rows_visit(walk, "SELECT seq, hash FROM head", head_visit, err);
}

static int must_stop(void *hooks)
{
    return *((const struct verify_hooks *)hooks)->stop;
}

static int verify(const char *path, uint64_t tail, const struct verify_hooks *hooks, struct verify_report *ret,
                  struct error *err)
{
    struct walk walk = {.hooks = hooks ? hooks : &(struct verify_hooks){0}, .tail = tail};
    struct error reading = {0};
    int rc = conn_open(&walk.conn, path, SQLITE_READS, "PRAGMA cache_size = -4000", err);
    if (rc)
        return rc;
    if (walk.hooks->stop)
        sqlite3_progress_handler(walk.conn.db, STOP_EVERY, must_stop, (void *)(uintptr_t)walk.hooks);
    chain_init(&walk.chain);
    rc = (tail ? tail_visit : everything_visit)(&walk, &reading);
    if (rc == ERR_CORRUPT) {
        found(&walk, walk.last, "%s; the log is readable up to event %llu", reading.text, number(walk.last));
        rc = 0;
    }
    walk.report.seq = walk.last;
    hex_encode(walk.before, sizeof(walk.before), walk.report.hash);
    chain_finish(&walk.chain);
    array_free(&walk.suspects);
    free(walk.stream);
    conn_close(&walk.conn);
    if (rc)
        return error_set(err, rc, "%s", reading.text);
    *ret = walk.report;
    return 0;
}

int journal_verify(const char *path, const struct verify_hooks *hooks, struct verify_report *ret,
                   struct error *err)
{
    return verify(path, 0, hooks, ret, err);
}

int journal_verify_tail(const char *path, uint64_t most, const struct verify_hooks *hooks,
                        struct verify_report *ret, struct error *err)
{
    return verify(path, most, hooks, ret, err);
}
