/* Connections to SQLite: opening, statements, and what its errors mean to a person. */
#include <errno.h>
#include <sodium/crypto_shorthash.h>
#include <string.h>

#include "journal/sqlite.h"

#define BUSY_WAIT_MS 2000

/* A cause, its code, and what it is and what to do about it. The first matching row counts. */
static const struct fault {
    int result;       /* primary code of SQLite */
    int system_errno; /* 0: any */
    int code;
    bool breaks; /* the connection may have to be reopened */
    const char *advice;
} faults[] = {
    {SQLITE_IOERR, ENOSPC, ERR_FULL, true, "the disk is full: free some space; writing resumes by itself"},
    {SQLITE_IOERR, EDQUOT, ERR_FULL, true,
     "the disk quota is used up: free some space or raise the quota; writing resumes by itself"},
    {SQLITE_IOERR, EFBIG, ERR_FULL, true,
     "the file may not grow further: raise the limit on file sizes (ulimit -f); writing resumes by itself"},
    {SQLITE_IOERR, EROFS, ERR_IO, true,
     "the file system became read-only: look for disk errors (dmesg) and remount it writable; writing resumes "
     "by itself"},
    {SQLITE_IOERR, 0, ERR_IO, true,
     "the disk reports an error: look for disk errors (dmesg); writing resumes by itself when they are fixed"},
    {SQLITE_FULL, 0, ERR_FULL, false, "the disk is full: free some space; writing resumes by itself"},
    {SQLITE_BUSY, 0, ERR_IO, false,
     "another program has locked the database: let it finish, or end it; writing resumes by itself"},
    {SQLITE_LOCKED, 0, ERR_IO, false, "a table of the database is locked: try again"},
    {SQLITE_READONLY, 0, ERR_IO, true,
     "the database is not writable: give this user write permission for the file and its directory; writing "
     "resumes by itself"},
    {SQLITE_PERM, 0, ERR_IO, true, "access is denied: give this user permission to read and write the file"},
    {SQLITE_CANTOPEN, 0, ERR_IO, true,
     "the database cannot be opened: check that the directory exists and that this user may write there"},
    {SQLITE_CORRUPT, 0, ERR_CORRUPT, true,
     "the database is damaged: stop tocsind, keep a copy of the file, run `tocsin verify` to see how much is "
     "intact, and restore the last backup"},
    {SQLITE_NOTADB, 0, ERR_CORRUPT, true,
     "this is not a database, or its start is damaged: check the path, or restore the last backup"},
    {SQLITE_TOOBIG, 0, ERR_TOO_BIG, false, "a text is too large for the database"},
    {SQLITE_PROTOCOL, 0, ERR_IO, true, "file locks do not work here: a journal must be on a local disk"},
    {SQLITE_NOLFS, 0, ERR_FULL, false, "the file system cannot hold files this large"},
};

static const struct fault *fault_find(int result, int system_errno)
{
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
        if (faults[i].result == (result & 0xff) &&
            (!faults[i].system_errno || faults[i].system_errno == system_errno))
            return &faults[i];
    return NULL;
}

bool sqlite_fault_breaks(int result)
{
    const struct fault *fault = fault_find(result, 0);
    return !fault || fault->breaks;
}

int conn_fault(const struct sqlite_conn *conn, int result, struct error *err)
{
    const struct fault *fault =
        fault_find(result, errno); /* after a failed COMMIT SQLite no longer knows errno */
    const char *detail = conn->db ? sqlite3_errmsg(conn->db) : sqlite3_errstr(result);
    if (!fault)
        return error_set(err, ERR_IO, "journal %s: SQLite reports \"%s\" (%d)", conn->path, detail, result);
    return error_set(err, fault->code, "journal %s: %s (SQLite reports \"%s\", %d)", conn->path, fault->advice,
                     detail, result);
}

int conn_open(struct sqlite_conn *conn, const char *path, enum sqlite_access access, const char *pragmas,
              struct error *err)
{
    static const int flags[] = {
        [SQLITE_WRITES] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [SQLITE_WRITES_OLD] = SQLITE_OPEN_READWRITE,
        [SQLITE_READS] = SQLITE_OPEN_READONLY,
    };
    conn->path = path;
    errno = 0;
    int result = sqlite3_open_v2(path, &conn->db, flags[access] | SQLITE_OPEN_NOMUTEX, NULL);
    int rc = 0;
    if (result != SQLITE_OK)
        rc = conn_fault(conn, result, err);
    else if (access != SQLITE_READS && sqlite3_db_readonly(conn->db, "main"))
        rc = conn_fault(conn, SQLITE_READONLY, err);
    if (!rc) {
        sqlite3_extended_result_codes(conn->db, 1);
        sqlite3_busy_timeout(conn->db, BUSY_WAIT_MS);
        rc = conn_exec(conn, pragmas, err);
    }
    if (rc)
        conn_close(conn);
    return rc;
}

void conn_close(struct sqlite_conn *conn)
{
    for (size_t i = 0; i < conn->n_stmts; i++) {
        sqlite3_finalize(conn->stmts[i]);
        conn->stmts[i] = NULL;
    }
    sqlite3_close_v2(conn->db);
    conn->db = NULL;
}

int conn_exec(struct sqlite_conn *conn, const char *sql, struct error *err)
{
    errno = 0;
    int result = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? 0 : conn_fault(conn, result, err);
}

int conn_number(struct sqlite_conn *conn, const char *sql, int64_t *ret, struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    errno = 0;
    int result = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(stmt);
    int64_t number = result == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return conn_fault(conn, result, err);
    *ret = number;
    return 0;
}

int conn_take(struct sqlite_conn *conn, size_t number, sqlite3_stmt **ret, struct error *err)
{
    require(number < conn->n_stmts);
    errno = 0;
    if ((*ret = steal(conn->stmts[number])))
        return 0;
    int result = sqlite3_prepare_v3(conn->db, conn->sql[number], -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    return result == SQLITE_OK ? 0 : conn_fault(conn, result, err);
}

void conn_give(struct sqlite_conn *conn, size_t number, sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    if (conn->stmts[number])
        sqlite3_finalize(stmt);
    else
        conn->stmts[number] = stmt;
}

int conn_run(struct sqlite_conn *conn, sqlite3_stmt *stmt, struct error *err)
{
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW)
        result = sqlite3_step(stmt);
    return result == SQLITE_DONE ? 0 : conn_fault(conn, result, err);
}

void bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
    sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
}

static char *text_of_column(sqlite3_stmt *stmt, int column)
{
    return (char *)(uintptr_t)sqlite3_column_text(stmt, column);
}

void event_of_row(sqlite3_stmt *stmt, struct journal_event *ret)
{
    *ret = (struct journal_event){
        .seq = (uint64_t)sqlite3_column_int64(stmt, 0),
        .stream = text_of_column(stmt, 1),
        .version = (uint64_t)sqlite3_column_int64(stmt, 2),
        .at = sqlite3_column_int64(stmt, 3),
        .type = text_of_column(stmt, 4),
        .by = text_of_column(stmt, 5),
        .data = text_of_column(stmt, 6),
        .search = text_of_column(stmt, 7),
    };
}

sqlite3_int64 doc_sum(const struct journal_doc *doc)
{
    const char *const texts[] = {doc->key, doc->tag, doc->body};
    uint64_t sum[2] = {(uint64_t)doc->kind,
                       (uint64_t)doc->at}; /* the key of each hash; the first half is the hash before */
    _Static_assert(sizeof(sum) == crypto_shorthash_KEYBYTES && sizeof(sum[0]) == crypto_shorthash_BYTES, "");
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        uint64_t hash = 0;
        crypto_shorthash((unsigned char *)&hash, (const unsigned char *)(texts[i] ? texts[i] : ""),
                         texts[i] ? strlen(texts[i]) : 0, (const unsigned char *)sum);
        sum[0] = hash;
    }
    return (sqlite3_int64)sum[0];
}

static char *text_of_value(sqlite3_value *value)
{
    return (char *)(uintptr_t)sqlite3_value_text(value);
}

static void sum_of_values(sqlite3_context *context, int n, sqlite3_value **values)
{
    (void)n;
    struct journal_doc doc = {(enum doc_kind)sqlite3_value_int(values[0]), text_of_value(values[1]),
                              text_of_value(values[2]), sqlite3_value_int64(values[3]),
                              text_of_value(values[4])};
    sqlite3_result_int64(context, doc_sum(&doc));
}

int conn_define_sum(struct sqlite_conn *conn, struct error *err)
{
    errno = 0;
    int result = sqlite3_create_function(conn->db, "doc_sum", 5, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                         sum_of_values, NULL, NULL);
    return result == SQLITE_OK ? 0 : conn_fault(conn, result, err);
}

bool doc_of_row(sqlite3_stmt *stmt, struct journal_doc *ret)
{
    *ret = (struct journal_doc){
        .kind = (enum doc_kind)sqlite3_column_int(stmt, 0),
        .key = text_of_column(stmt, 1),
        .tag = text_of_column(stmt, 2),
        .at = sqlite3_column_int64(stmt, 3),
        .body = text_of_column(stmt, 4),
    };
    return ret->key && ret->body && doc_sum(ret) == sqlite3_column_int64(stmt, 5);
}
