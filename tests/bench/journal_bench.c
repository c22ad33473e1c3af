/*
 * The journal compared with bare SQLite: rows per second of equal rows, in files next to each other, in one run. The peer
 * inserts the same columns into the same table and index with a prepared statement, without hashing, numbering or checking
 * versions. Lines are: name, ours, peer, ratio, goal, unit.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "journal/journal.h"

#define STREAMS 64

static char directory[] = "/tmp/tocsin-bench-XXXXXX";
static char data[257];

static double seconds(void)
{
    return (double)uv_hrtime() / 1e9;
}

/* ---- the peer ---- */

static void must(int result)
{
    if (result != SQLITE_OK && result != SQLITE_DONE) {
        fprintf(stderr, "journal_bench: SQLite says %s\n", sqlite3_errstr(result));
        exit(1);
    }
}

static sqlite3 *peer_open(const char *path)
{
    sqlite3 *db = NULL;
    must(sqlite3_open(path, &db));
    must(sqlite3_exec(
        db,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 7500;"
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,"
        " at INTEGER NOT NULL, type TEXT NOT NULL, \"by\" TEXT NOT NULL, data TEXT NOT NULL,"
        " hash BLOB NOT NULL, search TEXT);"
        "CREATE UNIQUE INDEX event_stream ON event (stream, version)",
        NULL, NULL, NULL));
    return db;
}

static void stream_name(uint64_t i, uint64_t streams, char *out, size_t size)
{
    snprintf(out, size, "group/%016llx", (unsigned long long)((i % streams + 1) * 0x9e3779b97f4a7c15ull));
}

static double peer_rate(const char *path, size_t commits, size_t rows, uint64_t streams)
{
    static const char sql[] = "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)";
    sqlite3 *db = peer_open(path);
    sqlite3_stmt *stmt = NULL;
    must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
    uint8_t hash[32] = {0};
    double start = seconds();
    for (size_t c = 0; c < commits; c++) {
        must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
        for (size_t i = c * rows; i < (c + 1) * rows; i++) {
            char stream[32];
            stream_name(i, streams, stream, sizeof(stream));
            sqlite3_bind_int64(stmt, 1, (sqlite3_int64)i + 1);
            sqlite3_bind_text(stmt, 2, stream, -1, SQLITE_STATIC);
            sqlite3_bind_int64(stmt, 3, (sqlite3_int64)(i / streams + 1));
            sqlite3_bind_int64(stmt, 4, 1790000000000);
            sqlite3_bind_text(stmt, 5, "counted", -1, SQLITE_STATIC);
            sqlite3_bind_text(stmt, 6, "rule/checkout", -1, SQLITE_STATIC);
            sqlite3_bind_text(stmt, 7, data, -1, SQLITE_STATIC);
            sqlite3_bind_blob(stmt, 8, hash, sizeof(hash), SQLITE_STATIC);
            must(sqlite3_step(stmt));
            must(sqlite3_reset(stmt));
        }
        must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    }
    double took = seconds() - start;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return (double)(commits * rows) / took;
}

/* ---- ours ---- */

static void answered(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)last_seq;
    if (rc) {
        fprintf(stderr, "journal_bench: %s\n", err->text);
        exit(1);
    }
    ++*(size_t *)ctx;
}

static struct journal *ours_open(const char *path, uv_loop_t *loop)
{
    struct journal *journal = NULL;
    struct error err;
    if (journal_open(path, loop, &journal, &err)) {
        fprintf(stderr, "journal_bench: %s\n", err.text);
        exit(1);
    }
    return journal;
}

static void add_row(struct journal_batch *batch, size_t i, uint64_t streams)
{
    char stream[32];
    stream_name(i, streams, stream, sizeof(stream));
    batch_event(batch, stream, i / streams + 1, 1790000000000, "counted", "rule/checkout", data);
}

static double ours_rate(const char *path, size_t commits, size_t rows, uint64_t streams)
{
    struct journal *journal = ours_open(path, NULL);
    size_t answers = 0;
    double start = seconds();
    for (size_t c = 0; c < commits; c++) {
        struct journal_batch *batch = batch_create();
        for (size_t i = c * rows; i < (c + 1) * rows; i++)
            add_row(batch, i, streams);
        journal_append(journal, batch, answered, &answers);
        journal_step(journal);
    }
    double took = seconds() - start;
    journal_close(journal);
    return (double)(commits * rows) / took;
}

/* A batch for each row, with as many pending as allowed: the commit thread forms its own groups. */
static double storm_rate(const char *path, size_t rows, uint64_t streams)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct journal *journal = ours_open(path, &loop);
    size_t answers = 0;
    size_t i = 0;
    double start = seconds();
    while (answers < rows) {
        for (; i < rows && journal_waiting(journal) < 4000; i++) {
            struct journal_batch *batch = batch_create();
            add_row(batch, i, streams);
            journal_append(journal, batch, answered, &answers);
        }
        uv_run(&loop, UV_RUN_ONCE);
    }
    double took = seconds() - start;
    journal_close(journal);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return (double)rows / took;
}

static const char *fresh(const char *name)
{
    static char paths[2][128];
    static size_t turn;
    char *path = paths[turn++ % 2];
    snprintf(path, sizeof(paths[0]), "%s/%s%zu.db", directory, name, turn);
    return path;
}

static void show(const char *name, double ours, double peer, const char *goal)
{
    printf("%s\t%.0f\t%.0f\t%.2f\t%s\trows/s\n", name, ours, peer, ours / peer, goal);
    fflush(stdout);
}

static void remove_files(void)
{
    char path[128];
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    static const char *const names[] = {"ours", "peer"};
    for (int turn = 1; turn < 20; turn++)
        for (size_t n = 0; n < ARRAY_SIZE(names); n++)
            for (size_t e = 0; e < ARRAY_SIZE(ends); e++) {
                snprintf(path, sizeof(path), "%s/%s%d.db%s", directory, names[n], turn, ends[e]);
                unlink(path);
            }
    rmdir(directory);
}

int main(void)
{
    static const struct {
        const char *name, *goal;
        size_t commits, rows;
        uint64_t streams;
    } shapes[] = {
        {"journal: 1 row a commit", "0.80", 5000, 1, STREAMS},
        {"journal: 100 rows a commit", "0.50", 2000, 100, STREAMS},
        {"journal: 1000 rows a commit", "0.50", 300, 1000, STREAMS},
        {"journal: 1000 rows a commit, each of a new stream", "0.50", 200, 1000, UINT64_MAX},
    };
    if (!mkdtemp(directory))
        return 1;
    memset(data, 'x', sizeof(data) - 1);
    memcpy(data, "{\"text\":\"", 9);
    memcpy(data + sizeof(data) - 3, "\"}", 2);
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        double peer = peer_rate(fresh("peer"), shapes[i].commits, shapes[i].rows, shapes[i].streams);
        double ours = ours_rate(fresh("ours"), shapes[i].commits, shapes[i].rows, shapes[i].streams);
        show(shapes[i].name, ours, peer, shapes[i].goal);
    }
    double peer = peer_rate(fresh("peer"), 300, 1000, STREAMS);
    show("journal: a batch a row, by the thread", storm_rate(fresh("ours"), 300000, STREAMS), peer, "0.30");
    remove_files();
    return 0;
}
