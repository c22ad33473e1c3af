/* Reads an export back: line by line into one transaction, checking the chain on the way. */
#include <errno.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "journal/chain.h"
#include "journal/export.h"
#include "journal/sqlite.h"

#define LINE_BYTES_MAX ((size_t)64 << 20)

struct import {
    struct store *store;
    FILE *in;
    struct str line; /* without its newline */
    size_t number;   /* of the line, from 1 */
    struct chain chain;
    struct export_counts counts;
    bool ended;
};

/* 0 and *ret_end at the end of the file. */
static int line_read(struct import *import, bool *ret_end, struct error *err)
{
    char part[16384];
    str_clear(&import->line);
    *ret_end = false;
    import->number++;
    while (fgets(part, sizeof(part), import->in)) {
        size_t n = strlen(part);
        bool whole = n > 0 && part[n - 1] == '\n';
        str_addn(&import->line, part, n - whole);
        if (whole)
            return 0;
        if (import->line.len > LINE_BYTES_MAX)
            return error_set(err, ERR_TOO_BIG, "the line is longer than %zu bytes", LINE_BYTES_MAX);
    }
    if (ferror(import->in))
        return error_set(err, ERR_IO, "cannot read the file: %s", strerror(errno));
    if (import->line.len > 0)
        return error_set(err, ERR_INVALID, "the line has no end: the file was cut short");
    *ret_end = true;
    return 0;
}

/* The last member of a line, unchanged. No text before it can contain the mark, since its quotes would be escaped. */
static char *content_take(const struct import *import, const cJSON *doc, const char *key,
                          const char *key_of_text)
{
    const char *text = json_text_or(doc, key_of_text, NULL);
    if (text)
        return xstrdup(text);
    CLEANUP_FREE char *mark = xasprintf(",\"%s\":", key);
    const char *start = strstr(import->line.p, mark);
    const char *end = strrchr(import->line.p, '}');
    if (!start || !end || end < (start += strlen(mark)))
        return NULL;
    CLEANUP_JSON cJSON *content = NULL;
    size_t n = (size_t)(end - start);
    return json_parse(start, n, n, JSON_DEPTH - 1, key, &content, NULL) ? NULL : xstrndup(start, n);
}

static int batch_keep(struct import *import, struct journal_batch *batch, uint8_t *hash, struct error *err)
{
    struct store_batch work = {.batch = batch, .hashes = (void *)hash};
    int rc = import->store->ops->check(import->store, &work, err);
    if (!rc && work.rc) {
        rc = error_set(err, ERR_INVALID, "%s", work.err.text);
        error_prefix(err, "the event is out of sequence");
    }
    return rc ? rc : import->store->ops->write(import->store, &work, err);
}

static int event_fill(struct import *import, const cJSON *doc, struct journal_batch *batch, struct error *err)
{
    const char *stream = NULL;
    const char *type = NULL;
    const char *by = NULL;
    int64_t version = 0;
    int64_t at = 0;
    int rc = json_need_text(doc, "stream", &stream, err);
    rc = rc ? rc : json_need_int(doc, "version", &version, err);
    rc = rc ? rc : json_need_int(doc, "at", &at, err);
    rc = rc ? rc : json_need_text(doc, "type", &type, err);
    rc = rc ? rc : json_need_text(doc, "by", &by, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *data = content_take(import, doc, "data", "data_text");
    if (!data)
        return error_set(err, ERR_INVALID, "\"data\" must be the last member of the line");
    batch_event(batch, stream, (uint64_t)version, at, type, by, data)->search =
        xstrdup(json_text_or(doc, "search", NULL));
    return 0;
}

static int event_import(struct import *import, const cJSON *doc, struct journal_batch *batch, struct error *err)
{
    int64_t seq = 0;
    const char *hex = NULL;
    uint8_t given[CHAIN_HASH_BYTES];
    uint8_t computed[CHAIN_HASH_BYTES];
    int rc = json_need_int(doc, "seq", &seq, err);
    rc = rc ? rc : json_need_text(doc, "hash", &hex, err);
    rc = rc ? rc : event_fill(import, doc, batch, err);
    if (rc)
        return rc;
    if ((uint64_t)seq != import->chain.seq + 1)
        return error_set(err, ERR_INVALID, "found event %lld where event %llu was expected", (long long)seq,
                         (unsigned long long)import->chain.seq + 1);
    if (hex_decode(hex, given, sizeof(given)))
        return error_set(err, ERR_INVALID, "\"hash\" must be %d hexadecimal digits", 2 * CHAIN_HASH_BYTES);
    chain_add(&import->chain, &batch->events.v[0], computed);
    if (memcmp(given, computed, sizeof(given)) != 0)
        return error_set(err, ERR_CORRUPT, "event %lld was edited: its hash does not match its content",
                         (long long)seq);
    import->counts.events++;
    return batch_keep(import, batch, computed, err);
}

static int doc_import(struct import *import, const cJSON *doc, struct journal_batch *batch, struct error *err)
{
    int64_t kind = 0;
    int64_t at = 0;
    const char *key = NULL;
    int rc = json_need_int(doc, "kind", &kind, err);
    rc = rc ? rc : json_need_text(doc, "key", &key, err);
    rc = rc ? rc : json_need_int(doc, "at", &at, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *body = content_take(import, doc, "body", "body_text");
    if (!body)
        return error_set(err, ERR_INVALID, "\"body\" must be the last member of the line");
    struct journal_doc *added = batch_doc(batch, (enum doc_kind)kind, key, body);
    added->tag = xstrdup(json_text_or(doc, "tag", NULL));
    added->at = at;
    import->counts.documents++;
    return batch_keep(import, batch, NULL, err);
}

static int end_import(struct import *import, const cJSON *doc, struct journal_batch *batch, struct error *err)
{
    char hash[2 * CHAIN_HASH_BYTES + 1];
    (void)batch;
    hex_encode(import->chain.hash, CHAIN_HASH_BYTES, hash);
    if (json_int_or(doc, "events", -1) != (int64_t)import->counts.events ||
        json_int_or(doc, "documents", -1) != (int64_t)import->counts.documents ||
        (import->counts.events && !text_equal(json_text_or(doc, "hash", ""), hash)))
        return error_set(err, ERR_INVALID,
                         "the last line counts other events and documents than the file holds: lines are "
                         "missing or were added");
    import->ended = true;
    return 0;
}

static int begin_import(struct import *import, const cJSON *doc, struct journal_batch *batch, struct error *err)
{
    (void)batch;
    if (import->number != 1 || json_int_or(doc, "format", 0) != 1)
        return error_set(err, ERR_INVALID,
                         "this version of Tocsin does not know the format; use the version that exported it");
    return 0;
}

static int line_import(struct import *import, struct error *err)
{
    static const struct {
        const char *mark; /* the member that identifies the kind of line */
        int (*import)(struct import *, const cJSON *, struct journal_batch *, struct error *);
    } kinds[] = {
        {"seq", event_import},
        {"kind", doc_import},
        {"events", end_import},
        {"tocsin", begin_import},
    };
    CLEANUP_JSON cJSON *doc = NULL;
    int rc = json_parse(str_text(&import->line), import->line.len, LINE_BYTES_MAX, JSON_DEPTH, "the line", &doc,
                        err);
    if (rc)
        return rc;
    if (import->ended)
        return error_set(err, ERR_INVALID, "unexpected line after the end");
    if (import->number == 1 && !json_member(doc, "tocsin"))
        return error_set(err, ERR_INVALID, "this file is not an export of a journal");
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!json_member(doc, kinds[i].mark))
            continue;
        struct journal_batch *batch = batch_create();
        rc = kinds[i].import(import, doc, batch, err);
        batch_destroy(batch);
        return rc;
    }
    return error_set(err, ERR_INVALID, "the line is neither an event nor a document");
}

static int lines_import(struct import *import, struct error *err)
{
    bool end = false;
    int rc = 0;
    while (!rc) {
        rc = line_read(import, &end, err);
        if (end)
            break;
        rc = rc ? rc : line_import(import, err);
    }
    if (!rc && !import->ended)
        rc = error_set(err, ERR_INVALID, "the last line is missing: the file was cut short");
    if (rc)
        error_prefix(err, "line %zu", import->number);
    return rc;
}

static int must_be_empty(const char *path, struct error *err)
{
    struct sqlite_conn conn = {0};
    int64_t rows = 0;
    int rc = conn_open(&conn, path, SQLITE_READS, "", err);
    rc =
        rc ? rc
           : conn_number(&conn, "SELECT EXISTS (SELECT 1 FROM event) + EXISTS (SELECT 1 FROM doc)", &rows, err);
    conn_close(&conn);
    if (!rc && rows)
        rc = error_set(err, ERR_REFUSED,
                       "journal %s is not empty; stop tocsind, move that file away (and keep it), then import",
                       path);
    return rc;
}

int journal_import(const char *path, FILE *in, struct export_counts *ret, struct error *err)
{
    struct import import = {.in = in};
    int rc = sqlite_store_open(path, &import.store, err);
    if (rc)
        return rc;
    const struct store_ops *ops = import.store->ops;
    chain_init(&import.chain);
    rc = must_be_empty(path, err);
    rc = rc ? rc : ops->begin(import.store, err);
    rc = rc ? rc : lines_import(&import, err);
    rc = rc ? rc : ops->commit(import.store, err);
    if (rc)
        ops->rollback(import.store);
    else
        ops->tidy(import.store, true);
    ops->close(import.store);
    chain_finish(&import.chain);
    str_finish(&import.line);
    if (!rc)
        *ret = import.counts;
    return rc;
}
