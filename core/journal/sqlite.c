/* The SQLite store: one file, held by one daemon, with a connection for each of the two threads. */
#include "journal/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"

#define NS_PER_SECOND 1000000000L
#define INDEX_WAIT_NS 250000000L /* for the search index, on the loop's thread */

struct sqlite_store {
    struct store store;
    char *path;
    int lock_file;
    struct sqlite_writer writer;
    struct sqlite_conn reader;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t indexed;
    bool indexing; /* what was committed last is yet to be added to the search index */
};

static struct sqlite_store *of(struct store *store)
{
    return container_of(store, struct sqlite_store, store);
}

static int store_begin(struct store *store, struct error *err)
{
    return writer_begin(&of(store)->writer, err);
}

static int store_check(struct store *store, struct store_batch *batch, struct error *err)
{
    return writer_check(&of(store)->writer, batch, err);
}

static int store_write(struct store *store, struct store_batch *batch, struct error *err)
{
    return writer_write(&of(store)->writer, batch, err);
}

static void set_indexing(struct sqlite_store *s, bool indexing)
{
    pthread_mutex_lock(&s->lock);
    s->indexing = indexing;
    if (!indexing)
        pthread_cond_signal(&s->indexed);
    pthread_mutex_unlock(&s->lock);
}

static int store_commit(struct store *store, struct error *err)
{
    struct sqlite_store *s = of(store);
    int rc = writer_commit(&s->writer, err);
    if (!rc && s->writer.unindexed)
        set_indexing(s, true);
    return rc;
}

static void store_rollback(struct store *store)
{
    writer_rollback(&of(store)->writer);
}

static int store_head(struct store *store, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES],
                      struct error *err)
{
    return writer_head(&of(store)->writer, ret_seq, ret_hash, err);
}

static int store_read(struct store *store, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                      struct error *err)
{
    return reader_events(&of(store)->reader, after_seq, limit, on, ctx, err);
}

static int store_read_stream(struct store *store, const char *stream, uint64_t after, uint64_t before,
                             bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err)
{
    return reader_stream(&of(store)->reader, stream, after, before, descending, limit, on, ctx, err);
}

/* False: what was answered already is not in the index, and the loop must not wait any longer. */
static bool wait_for_index(struct sqlite_store *s)
{
    int64_t end = clock_mono_ns() + INDEX_WAIT_NS;
    struct timespec until = {end / NS_PER_SECOND, end % NS_PER_SECOND};
    int rc = 0;
    pthread_mutex_lock(&s->lock);
    while (s->indexing && !rc)
        rc = pthread_cond_timedwait(&s->indexed, &s->lock, &until);
    bool indexed = !s->indexing;
    pthread_mutex_unlock(&s->lock);
    return indexed;
}

static int store_search(struct store *store, const struct search_query *query, journal_on_event *on, void *ctx,
                        struct error *err)
{
    if (!wait_for_index(of(store)))
        return error_set(err, ERR_FULL,
                         "The search index is not up to date yet, because much has happened in the last "
                         "seconds. Try again in a moment.");
    return reader_search(&of(store)->reader, query, on, ctx, err);
}

static int store_docs(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                      void *ctx, struct error *err)
{
    return reader_docs(&of(store)->reader, query, key, on, ctx, err);
}

static int store_times(struct store *store, const struct doc_query *query, journal_on_time *on, void *ctx,
                       struct error *err)
{
    return reader_times(&of(store)->reader, query, on, ctx, err);
}

static int store_prune(struct store *store, enum doc_kind kind, instant before, size_t limit, struct error *err)
{
    return writer_prune(&of(store)->writer, kind, before, limit, err);
}

static bool store_tidy(struct store *store, bool idle)
{
    struct sqlite_store *s = of(store);
    writer_index(&s->writer);
    set_indexing(s, false);
    return writer_tidy(&s->writer, idle);
}

static void store_close(struct store *store)
{
    struct sqlite_store *s = of(store);
    conn_close(&s->reader);
    free(s->reader.stmts);
    pthread_cond_destroy(&s->indexed);
    pthread_mutex_destroy(&s->lock);
    writer_close(&s->writer); /* the last connection to close copies the log into the database */
    if (s->lock_file >= 0)
        close(s->lock_file);
    free(s->path);
    free(s);
}

static const struct store_ops ops = {
    .begin = store_begin,
    .check = store_check,
    .write = store_write,
    .commit = store_commit,
    .rollback = store_rollback,
    .head = store_head,
    .read = store_read,
    .read_stream = store_read_stream,
    .search = store_search,
    .docs = store_docs,
    .times = store_times,
    .prune = store_prune,
    .tidy = store_tidy,
    .close = store_close,
};

static int lock_refused(int fd, const char *path, struct error *err)
{
    char holder[24] = "";
    ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);
    holder[n > 0 ? strcspn(holder, " \n") : 0] = '\0';
    return error_set(err, ERR_CONFLICT,
                     "journal %s is held by another tocsind%s%s; stop that one, or choose another directory",
                     path, holder[0] ? ", process " : "", holder);
}

/*
 * A separate lock file, so that tools that only read can still open the database. The file stays when the daemon exits,
 * since removing it would race with the next daemon. What counts is the lock, which the kernel drops with the process.
 */
static int lock_take(const char *path, int *ret, struct error *err)
{
    CLEANUP_FREE char *name = xasprintf("%s-lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(
            err, ERR_IO,
            "cannot create %s: %s; check that the directory exists and that this user may write there", name,
            strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int rc = errno == EWOULDBLOCK
                     ? lock_refused(fd, path, err)
                     : error_set(err, ERR_IO, "cannot lock %s: %s; a journal must be on a local disk", name,
                                 strerror(errno));
        close(fd);
        return rc;
    }
    char holder[24];
    int n = snprintf(holder, sizeof(holder), "%-15ld\n", (long)getpid());
    /* Only a hint for whoever finds the lock taken, so a full disk must not keep the daemon from starting. */
    ssize_t written = pwrite(fd, holder, (size_t)n, 0);
    (void)written;
    *ret = fd;
    return 0;
}

/* Readable by this user alone, since incidents are confidential. SQLite gives its own files the same permissions. */
static int file_create(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return 0;
    if (fd < 0)
        return error_set(err, ERR_IO,
                         "cannot create journal %s: %s; check that the directory exists and that this "
                         "user may write there",
                         path, strerror(errno));
    close(fd);
    return 0;
}

static void init_indexed(pthread_cond_t *indexed)
{
    pthread_condattr_t monotonic;
    require(pthread_condattr_init(&monotonic) == 0);
    require(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
    require(pthread_cond_init(indexed, &monotonic) == 0);
    pthread_condattr_destroy(&monotonic);
}

int sqlite_store_open(const char *path, struct store **ret, struct error *err)
{
    struct sqlite_store *s = xcalloc(1, sizeof(*s));
    s->store.ops = &ops;
    s->path = xstrdup(path);
    s->lock_file = -1;
    require(pthread_mutex_init(&s->lock, NULL) == 0);
    init_indexed(&s->indexed);
    int rc = lock_take(path, &s->lock_file, err);
    rc = rc ? rc : file_create(path, err);
    rc = rc ? rc : writer_open(&s->writer, s->path, true, err);
    if (!rc)
        writer_index(&s->writer);
    rc = rc ? rc : reader_open(&s->reader, s->path, err);
    s->reader.watch = &s->store.watch;
    if (rc) {
        store_close(&s->store);
        return rc;
    }
    *ret = &s->store;
    return 0;
}
