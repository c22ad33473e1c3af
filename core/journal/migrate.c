/* The schema, as a list of steps. A released step never changes; new steps are added at the end. */
#include <stdio.h>

#include "journal/sqlite.h"

#define APPLICATION_ID 0x546f6373 /* "Tocs", in the header of the file */

static const char *const steps[] = {
    /* 1: Events are found by seq, and by stream and version. The head is recorded separately, so that a log that lost its
       end can be told from a shorter one. The search text stays with its event, since the index keeps only words. */
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,"
    " at INTEGER NOT NULL, type TEXT NOT NULL, \"by\" TEXT NOT NULL, data TEXT NOT NULL, hash BLOB NOT NULL,"
    " search TEXT);"
    "CREATE UNIQUE INDEX event_stream ON event (stream, version);"
    "CREATE VIRTUAL TABLE event_search USING fts5 (search, content = 'event', content_rowid = 'seq',"
    " tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');"
    "CREATE TABLE doc (kind INTEGER NOT NULL, key TEXT NOT NULL, tag TEXT, at INTEGER NOT NULL, body TEXT NOT "
    "NULL,"
    " PRIMARY KEY (kind, key)) WITHOUT ROWID;"
    "CREATE INDEX doc_tag ON doc (kind, tag) WHERE tag IS NOT NULL;"
    "CREATE INDEX doc_at ON doc (kind, at) WHERE at > 0;"
    "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);"
    "INSERT INTO head VALUES (1, 0, zeroblob(32));"
    "PRAGMA application_id = 1416586099;",
    /* 2: What is damaged on the disk is noticed. */
    "ALTER TABLE doc ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;"
    "UPDATE doc SET sum = doc_sum(kind, key, tag, at, body);",
    /* 3: Titles are found among everything that was ever said, by the two events that give one. */
    "CREATE VIRTUAL TABLE title_search USING fts5 (search, content = 'event', content_rowid = 'seq',"
    " tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');"
    "INSERT INTO title_search (rowid, search) SELECT seq, search FROM event"
    " WHERE type IN ('declared', 'titled') AND search IS NOT NULL;"
    "CREATE TRIGGER event_title AFTER INSERT ON event"
    " WHEN new.type IN ('declared', 'titled') AND new.search IS NOT NULL BEGIN"
    " INSERT INTO title_search (rowid, search) VALUES (new.seq, new.search); END;",
    /* 4: What is searched is indexed after its commit, which then is shorter; the head says up to which event it is. */
    "DROP TRIGGER event_title;"
    "ALTER TABLE head ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;"
    "UPDATE head SET indexed = seq;",
    /* 5: A new document goes to the end of its table, whatever its key; so writing it neither reads nor moves others. */
    "DROP INDEX doc_tag;"
    "DROP INDEX doc_at;"
    "ALTER TABLE doc RENAME TO doc_by_key;"
    "CREATE TABLE doc (kind INTEGER NOT NULL, key TEXT NOT NULL, tag TEXT, at INTEGER NOT NULL, body TEXT NOT "
    "NULL,"
    " sum INTEGER NOT NULL);"
    "INSERT INTO doc SELECT kind, key, tag, at, body, sum FROM doc_by_key ORDER BY kind, key;"
    "DROP TABLE doc_by_key;"
    "CREATE UNIQUE INDEX doc_key ON doc (kind, key);"
    "CREATE INDEX doc_tag ON doc (kind, tag, key) WHERE tag IS NOT NULL;"
    "CREATE INDEX doc_at ON doc (kind, at) WHERE at > 0;",
};

static int schema_version(struct sqlite_conn *conn, int64_t *ret, struct error *err)
{
    int64_t application = 0;
    int64_t version = 0;
    int64_t objects = 0;
    int rc = conn_number(conn, "PRAGMA application_id", &application, err);
    rc = rc ? rc : conn_number(conn, "PRAGMA user_version", &version, err);
    rc = rc ? rc : conn_number(conn, "SELECT count(*) FROM sqlite_schema", &objects, err);
    if (rc)
        return rc;
    if (application != APPLICATION_ID && (objects > 0 || version != 0))
        return error_set(err, ERR_REFUSED,
                         "%s is a database, but not a Tocsin journal; check the path. Nothing was changed",
                         conn->path);
    if (version > (int64_t)ARRAY_SIZE(steps))
        return error_set(
            err, ERR_REFUSED,
            "journal %s was written by a newer Tocsin (schema %lld; this version knows %zu); install that "
            "version again, or restore a backup from before it. Nothing was changed",
            conn->path, (long long)version, ARRAY_SIZE(steps));
    *ret = version;
    return 0;
}

static int step_run(struct sqlite_conn *conn, size_t i, struct error *err)
{
    char number[64];
    snprintf(number, sizeof(number), "PRAGMA user_version = %zu; COMMIT", i + 1);
    int rc = conn_exec(conn, "BEGIN IMMEDIATE", err);
    rc = rc ? rc : conn_exec(conn, steps[i], err);
    rc = rc ? rc : conn_exec(conn, number, err);
    if (rc) {
        sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
        error_prefix(err, "updating the schema to version %zu", i + 1);
    }
    return rc;
}

int sqlite_migrate(struct sqlite_conn *conn, struct error *err)
{
    int64_t version = 0;
    int rc = schema_version(conn, &version, err);
    rc = rc ? rc : conn_define_sum(conn, err);
    for (size_t i = (size_t)version; !rc && i < ARRAY_SIZE(steps); i++)
        rc = step_run(conn, i, err);
    return rc;
}

int sqlite_schema_check(struct sqlite_conn *conn, struct error *err)
{
    int64_t version = 0;
    int rc = schema_version(conn, &version, err);
    if (!rc && version < (int64_t)ARRAY_SIZE(steps))
        return error_set(
            err, ERR_REFUSED,
            "journal %s is empty or from an older Tocsin; start tocsind once to bring it up to date",
            conn->path);
    return rc;
}
