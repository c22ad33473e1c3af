/* The schema, as steps: the number of steps taken is kept in the file, and each is taken once, in a transaction. */
#include "journal/sqlite.h"

static const char *const steps[] = {
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER "
    "NOT NULL,"
    " type TEXT NOT NULL, by TEXT NOT NULL, data TEXT NOT NULL, hash BLOB NOT NULL);"
    "CREATE UNIQUE INDEX event_stream ON event (stream, version);"
    "CREATE VIRTUAL TABLE event_search USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2', "
    "prefix='3');"
    "CREATE TABLE doc (kind INTEGER NOT NULL, key TEXT NOT NULL, tag TEXT, at INTEGER NOT NULL, body TEXT NOT "
    "NULL,"
    " PRIMARY KEY (kind, key)) WITHOUT ROWID;"
    "CREATE INDEX doc_tag ON doc (kind, tag, key) WHERE tag IS NOT NULL;"
    "CREATE INDEX doc_at ON doc (kind, at) WHERE at > 0;"
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);",
};

static int version_of(sqlite3 *db, int *ret)
{
    sqlite3_stmt *statement;
    int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL);
    if (rc == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        *ret = sqlite3_column_int(statement, 0);
    return sqlite3_finalize(statement);
}

int sqlite_migrate(sqlite3 *db, const char *path, struct error *err)
{
    int version = 0, newest = (int)ARRAY_SIZE(steps);
    if (version_of(db, &version))
        return sqlite_error(db, path, err);
    if (version > newest)
        return error_set(err, ERR_REFUSED,
                         "%s was written by a newer tocsin (schema %d, this one knows %d); run that version",
                         path, version, newest);
    for (; version < newest; version++) {
        CLEANUP_FREE char *sql =
            xasprintf("BEGIN; %s PRAGMA user_version = %d; COMMIT;", steps[version], version + 1);
        if (sqlite3_exec(db, sql, NULL, NULL, NULL)) {
            int rc = sqlite_error(db, path, err);
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            return rc;
        }
    }
    return 0;
}
