/* The front: what waits, the commit thread, the answers on the loop's thread. */
#include "journal/journal.h"

#include <pthread.h>
#include <string.h>
#include <uv.h>

#include "journal/chain.h"

#define WAITING_MOST 10000 /* batches; more are answered with ERR_FULL */
#define GROUP_MOST   1000  /* batches committed as one */

struct waiting {
    struct store_batch stored;
    journal_done *done;
    void *ctx;
    uint64_t last_seq;
    bool prune; /* no batch: old documents are removed */
    enum doc_kind kind;
    instant before;
    size_t limit;
    struct waiting *next;
};

struct queue {
    struct waiting *first, **end;
    size_t n;
};

struct journal {
    struct store *store;
    uv_loop_t *loop; /* NULL: journal_step drives */
    uv_async_t wake;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct queue todo, answered; /* guarded by the lock */
    size_t waiting;              /* appended and not answered; loop's thread */
    bool closing;
    uint64_t seq, durable_seq; /* seq: the commit thread's; durable_seq: the loop's */
    uint8_t hash[CHAIN_HASH_BYTES];
};

static void queue_init(struct queue *queue)
{
    *queue = (struct queue){.end = &queue->first};
}

static void queue_add(struct queue *queue, struct waiting *waiting)
{
    waiting->next = NULL;
    *queue->end = waiting;
    queue->end = &waiting->next;
    queue->n++;
}

static struct waiting *queue_take(struct queue *queue)
{
    struct waiting *first = queue->first;
    if (!first)
        return NULL;
    queue->first = first->next;
    queue->n--;
    if (!queue->first)
        queue->end = &queue->first;
    return first;
}

/* ---- committing, on the commit thread ---- */

static void number_and_hash(struct journal *journal, struct store_batch *stored, uint64_t *seq,
                            uint8_t hash[CHAIN_HASH_BYTES])
{
    struct journal_batch *batch = stored->batch;
    stored->hashes = xcalloc(batch->events.n ? batch->events.n : 1, CHAIN_HASH_BYTES);
    (void)journal;
    for (size_t i = 0; i < batch->events.n; i++) {
        batch->events.v[i].seq = ++*seq;
        chain_hash(hash, &batch->events.v[i], stored->hashes[i]);
        memcpy(hash, stored->hashes[i], CHAIN_HASH_BYTES);
    }
}

/* One batch within the transaction. A conflict is its own; any other failure is the group's. */
static int write_one(struct journal *journal, struct waiting *waiting, uint64_t *seq,
                     uint8_t hash[CHAIN_HASH_BYTES], struct error *err)
{
    struct store *store = journal->store;
    if (waiting->prune)
        return store->ops->prune(store, waiting->kind, waiting->before, waiting->limit, err);
    int rc = store->ops->check(store, &waiting->stored, err);
    if (rc || waiting->stored.rc)
        return rc;
    number_and_hash(journal, &waiting->stored, seq, hash);
    rc = store->ops->write(store, &waiting->stored, err);
    waiting->last_seq = *seq;
    return rc;
}

static int commit_group(struct journal *journal, struct waiting **group, size_t n, struct error *err)
{
    struct store *store = journal->store;
    uint64_t seq = journal->seq;
    uint8_t hash[CHAIN_HASH_BYTES];
    memcpy(hash, journal->hash, sizeof(hash));
    int rc = store->ops->begin(store, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = write_one(journal, group[i], &seq, hash, err);
    if (!rc)
        rc = store->ops->commit(store, err);
    if (rc) {
        store->ops->rollback(store);
        return rc;
    }
    journal->seq = seq;
    memcpy(journal->hash, hash, sizeof(hash));
    return 0;
}

static bool is_empty(const struct waiting *waiting)
{
    return !waiting->prune && !waiting->stored.batch->events.n && !waiting->stored.batch->docs.n;
}

/* A group of barriers alone asks nothing of the store. */
static void commit_waiting(struct journal *journal, struct waiting **group, size_t n)
{
    struct error err;
    bool work = false;
    for (size_t i = 0; i < n; i++) {
        work |= !is_empty(group[i]);
        group[i]->last_seq = journal->seq;
    }
    int rc = work ? commit_group(journal, group, n, &err) : 0;
    for (size_t i = 0; i < n; i++) {
        if (rc) {
            group[i]->stored.rc = rc;
            group[i]->stored.err = err;
        }
        if (group[i]->last_seq < journal->seq && is_empty(group[i]))
            group[i]->last_seq = journal->seq;
    }
}

static size_t take_group(struct queue *queue, struct waiting **group)
{
    size_t n = 0;
    while (n < GROUP_MOST && (group[n] = queue_take(queue)))
        n++;
    return n;
}

static void *commit_thread(void *ctx)
{
    struct journal *journal = ctx;
    struct waiting *group[GROUP_MOST];
    pthread_mutex_lock(&journal->lock);
    for (;;) {
        size_t n = take_group(&journal->todo, group);
        if (!n && journal->closing)
            break;
        if (!n) {
            pthread_cond_wait(&journal->work, &journal->lock);
            continue;
        }
        pthread_mutex_unlock(&journal->lock);
        commit_waiting(journal, group, n);
        pthread_mutex_lock(&journal->lock);
        for (size_t i = 0; i < n; i++)
            queue_add(&journal->answered, group[i]);
        uv_async_send(&journal->wake);
    }
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

/* ---- answering, on the loop's thread ---- */

static void answer(struct journal *journal, struct waiting *waiting)
{
    int rc = waiting->stored.rc;
    journal->waiting--;
    if (!rc)
        journal->durable_seq = MAX(journal->durable_seq, waiting->last_seq);
    if (waiting->done)
        waiting->done(waiting->ctx, rc, rc ? &waiting->stored.err : NULL, rc ? 0 : waiting->last_seq);
    batch_destroy(waiting->stored.batch);
    free(waiting->stored.hashes);
    free(waiting);
}

static void answer_all(struct journal *journal)
{
    struct queue answered;
    pthread_mutex_lock(&journal->lock);
    queue_init(&answered);
    for (struct waiting *w; (w = queue_take(&journal->answered));)
        queue_add(&answered, w);
    pthread_mutex_unlock(&journal->lock);
    for (struct waiting *w; (w = queue_take(&answered));)
        answer(journal, w);
}

static void on_wake(uv_async_t *async)
{
    answer_all(container_of(async, struct journal, wake));
}

static void append(struct journal *journal, struct waiting *waiting)
{
    bool full = journal->waiting >= WAITING_MOST;
    journal->waiting++;
    pthread_mutex_lock(&journal->lock);
    if (full) {
        waiting->stored.rc =
            error_set(&waiting->stored.err, ERR_FULL,
                      "the journal is behind by %d writes; the disk is slow or stuck. Try again in a moment",
                      WAITING_MOST);
        queue_add(&journal->answered, waiting);
        if (journal->loop)
            uv_async_send(&journal->wake);
    } else {
        queue_add(&journal->todo, waiting);
        pthread_cond_signal(&journal->work);
    }
    pthread_mutex_unlock(&journal->lock);
}

void journal_append(struct journal *journal, struct journal_batch *batch, journal_done *done, void *ctx)
{
    struct waiting *waiting = xcalloc(1, sizeof(*waiting));
    waiting->stored.batch = batch;
    waiting->done = done;
    waiting->ctx = ctx;
    append(journal, waiting);
}

void journal_prune(struct journal *journal, enum doc_kind kind, instant before, size_t limit)
{
    struct waiting *waiting = xcalloc(1, sizeof(*waiting));
    waiting->prune = true;
    waiting->kind = kind;
    waiting->before = before;
    waiting->limit = limit;
    append(journal, waiting);
}

size_t journal_waiting(const struct journal *journal)
{
    return journal->waiting;
}

void journal_step(struct journal *journal)
{
    struct waiting *group[GROUP_MOST];
    require(!journal->loop);
    for (size_t n; (n = take_group(&journal->todo, group));) {
        commit_waiting(journal, group, n);
        for (size_t i = 0; i < n; i++)
            queue_add(&journal->answered, group[i]);
    }
    answer_all(journal);
}

/* ---- life ---- */

static int start(struct journal *journal, struct error *err)
{
    if (!journal->loop)
        return 0;
    uv_async_init(journal->loop, &journal->wake, on_wake);
    uv_unref((uv_handle_t *)&journal->wake);
    if (pthread_create(&journal->thread, NULL, commit_thread, journal))
        return error_set(err, ERR_IO,
                         "the journal's commit thread cannot be started; are there too many threads?");
    return 0;
}

int journal_open_store(struct store *store, uv_loop_t *loop, struct journal **ret, struct error *err)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));
    journal->store = store;
    journal->loop = loop;
    pthread_mutex_init(&journal->lock, NULL);
    pthread_cond_init(&journal->work, NULL);
    queue_init(&journal->todo);
    queue_init(&journal->answered);
    int rc = store->ops->head(store, &journal->seq, journal->hash, err);
    journal->durable_seq = journal->seq;
    rc = rc ? rc : start(journal, err);
    if (rc) {
        store->ops->close(store);
        free(journal);
        return rc;
    }
    *ret = journal;
    return 0;
}

int journal_open(const char *path, uv_loop_t *loop, struct journal **ret, struct error *err)
{
    struct store *store;
    int rc = sqlite_store_open(path, &store, err);
    return rc ? rc : journal_open_store(store, loop, ret, err);
}

static void on_closed(uv_handle_t *handle)
{
    *(bool *)handle->data = true;
}

static void stop(struct journal *journal)
{
    bool closed = false;
    pthread_mutex_lock(&journal->lock);
    journal->closing = true;
    pthread_cond_signal(&journal->work);
    pthread_mutex_unlock(&journal->lock);
    pthread_join(journal->thread, NULL);
    answer_all(journal);
    journal->wake.data = &closed;
    uv_close((uv_handle_t *)&journal->wake, on_closed);
    while (!closed)
        uv_run(journal->loop, UV_RUN_NOWAIT);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->loop)
        stop(journal);
    else
        journal_step(journal);
    journal->store->ops->close(journal->store);
    pthread_mutex_destroy(&journal->lock);
    pthread_cond_destroy(&journal->work);
    free(journal);
}

/* ---- reading ---- */

uint64_t journal_last_seq(const struct journal *journal)
{
    return journal->durable_seq;
}

int journal_read(struct journal *journal, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                 struct error *err)
{
    return journal->store->ops->read(journal->store, after_seq, limit, on, ctx, err);
}

int journal_read_stream(struct journal *journal, const char *stream, uint64_t after_version, size_t limit,
                        journal_on_event *on, void *ctx, struct error *err)
{
    return journal->store->ops->read_stream(journal->store, stream, after_version, 0, false, limit, on, ctx,
                                            err);
}

int journal_read_back(struct journal *journal, const char *stream, uint64_t before, size_t limit,
                      journal_on_event *on, void *ctx, struct error *err)
{
    return journal->store->ops->read_stream(journal->store, stream, 0, before, true, limit, on, ctx, err);
}

int journal_search(struct journal *journal, const char *words, size_t limit, journal_on_event *on, void *ctx,
                   struct error *err)
{
    return journal->store->ops->search(journal->store, words, limit, on, ctx, err);
}

static bool copy_doc(void *ctx, const struct journal_doc *doc)
{
    struct journal_doc *copy = ctx;
    *copy = (struct journal_doc){doc->kind, xstrdup(doc->key), xstrdup(doc->tag), doc->at, xstrdup(doc->body)};
    return false;
}

int journal_doc(struct journal *journal, enum doc_kind kind, const char *key, struct journal_doc *ret,
                struct error *err)
{
    struct journal_doc found = {0};
    int rc = journal->store->ops->docs(journal->store, &(struct doc_query){.kind = kind}, key, copy_doc, &found,
                                       err);
    if (rc)
        return rc;
    if (!found.key)
        return error_set(err, ERR_NOT_FOUND, "there is no '%s'", key);
    *ret = found;
    return 0;
}

int journal_docs(struct journal *journal, const struct doc_query *query, journal_on_doc *on, void *ctx,
                 struct error *err)
{
    return journal->store->ops->docs(journal->store, query, NULL, on, ctx, err);
}
