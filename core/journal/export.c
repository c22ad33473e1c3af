#include "journal/export.h"

#include <errno.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "journal/sqlite.h"

struct export
{
    struct sqlite_conn conn;
    FILE *out;
    struct str line;
    struct export_counts counts;
    char hash[2 * CHAIN_HASH_BYTES + 1]; /* of the last event */
};

/* Whether the text can go into a line unchanged: JSON without a control character that would end the line. */
static bool is_plain_json(const char *text)
{
    size_t n = 0;
    for (; text[n]; n++)
        if ((unsigned char)text[n] < ' ')
            return false;
    if (!n || !strchr("{[\"-0123456789tfn", text[0]))
        return false;
    CLEANUP_JSON cJSON *doc = NULL;
    return json_parse(text, n, n, JSON_DEPTH - 1, "data", &doc, NULL) == 0;
}

/* The last member of its line: an import takes everything from its colon to the line's last brace. */
static void put_content(struct json_out *j, const char *key, const char *key_of_text, const char *content)
{
    bool plain = is_plain_json(content);
    json_key(j, plain ? key : key_of_text);
    if (plain)
        json_raw(j, content);
    else
        json_text(j, content);
}

static int line_write(struct export *export, struct error *err)
{
    str_addc(&export->line, '\n');
    size_t n = fwrite(export->line.p, 1, export->line.len, export->out);
    if (n == export->line.len)
        return 0;
    return error_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "cannot write the export: %s", strerror(errno));
}

static struct json_out line_begin(struct export *export)
{
    str_clear(&export->line);
    struct json_out j = {.out = &export->line};
    json_begin_object(&j);
    return j;
}

static int begin_write(struct export *export, struct error *err)
{
    struct json_out j = line_begin(export);
    json_put_text(&j, "tocsin", "journal");
    json_put_int(&j, "format", 1);
    json_end_object(&j);
    return line_write(export, err);
}

static int event_write(struct export *export, sqlite3_stmt *stmt, struct error *err)
{
    struct journal_event event;
    event_of_row(stmt, &event);
    const uint8_t *hash = sqlite3_column_blob(stmt, EVENT_COLUMN_HASH);
    if (!event.stream || !event.type || !event.by || !event.data ||
        sqlite3_column_bytes(stmt, EVENT_COLUMN_HASH) != CHAIN_HASH_BYTES)
        return error_set(err, ERR_CORRUPT, "event %llu has no hash, or a text is missing; see `tocsin verify`",
                         (unsigned long long)event.seq);
    hex_encode(hash, CHAIN_HASH_BYTES, export->hash);
    struct json_out j = line_begin(export);
    json_put_int(&j, "seq", (int64_t)event.seq);
    json_put_text(&j, "stream", event.stream);
    json_put_int(&j, "version", (int64_t)event.version);
    json_put_int(&j, "at", event.at);
    json_put_text(&j, "type", event.type);
    json_put_text(&j, "by", event.by);
    json_put_text(&j, "hash", export->hash);
    json_put_text_if(&j, "search", event.search);
    put_content(&j, "data", "data_text", event.data);
    json_end_object(&j);
    export->counts.events++;
    return line_write(export, err);
}

static int doc_write(struct export *export, sqlite3_stmt *stmt, struct error *err)
{
    struct journal_doc doc;
    if (!doc_of_row(stmt, &doc)) {
        export->counts.damaged++;
        return 0;
    }
    struct json_out j = line_begin(export);
    json_put_int(&j, "kind", doc.kind);
    json_put_text(&j, "key", doc.key);
    json_put_text_if(&j, "tag", doc.tag);
    json_put_int(&j, "at", doc.at);
    put_content(&j, "body", "body_text", doc.body ? doc.body : "");
    json_end_object(&j);
    export->counts.documents++;
    return line_write(export, err);
}

static int end_write(struct export *export, struct error *err)
{
    struct json_out j = line_begin(export);
    json_put_int(&j, "events", (int64_t) export->counts.events);
    json_put_int(&j, "documents", (int64_t) export->counts.documents);
    json_put_text(&j, "hash", export->hash);
    json_end_object(&j);
    return line_write(export, err);
}

static int rows_write(struct export *export, const char *sql,
                      int (*row)(struct export *, sqlite3_stmt *, struct error *), struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = 0;
    int result = sqlite3_prepare_v2(export->conn.db, sql, -1, &stmt, NULL);
    if (result != SQLITE_OK)
        return conn_fault(&export->conn, result, err);
    while (!rc && (result = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = row(export, stmt, err);
    if (!rc && result != SQLITE_DONE)
        rc = conn_fault(&export->conn, result, err);
    sqlite3_finalize(stmt);
    return rc;
}

int journal_export(const char *path, FILE *out, struct export_counts *ret, struct error *err)
{
    struct export export = {.out = out};
    int rc = conn_open(&export.conn, path, SQLITE_READS, "PRAGMA cache_size = -4000; BEGIN", err);
    if (rc)
        return rc;
    rc = sqlite_schema_check(&export.conn, err);
    rc = rc ? rc : begin_write(&export, err);
    rc = rc ? rc : rows_write(&export, "SELECT " EVENT_COLUMNS " FROM event ORDER BY seq", event_write, err);
    rc = rc ? rc : rows_write(&export, "SELECT " DOC_COLUMNS " FROM doc ORDER BY kind, key", doc_write, err);
    rc = rc ? rc : end_write(&export, err);
    str_finish(&export.line);
    conn_close(&export.conn);
    if (!rc)
        *ret = export.counts;
    return rc;
}
