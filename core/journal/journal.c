/* The front, on the loop's thread: accepts appends, delivers answers, and passes reads on to the store. */
#include "journal/journal.h"

#include <uv.h>

#include "journal/commit.h"

#define WAITING_MAX 10000

struct journal {
    struct store *store;
    struct committer committer;
    uv_async_t
        *async; /* allocated separately, since libuv releases it after the journal is gone; NULL: no loop */
    size_t waiting;
    uint64_t last_seq;
    uint64_t failures; /* failed appends that follow others, as answered so far */
    bool closing;
};

/* Waiting appends keep the loop running; an idle journal does not. */
static void waiting_changed(struct journal *journal, int by)
{
    journal->waiting += (size_t)by;
    if (journal->async && journal->waiting == 0)
        uv_unref((uv_handle_t *)journal->async);
    else if (journal->async)
        uv_ref((uv_handle_t *)journal->async);
}

static void append_answer(struct journal *journal, struct append *append)
{
    const struct store_batch *work = &append->work;
    waiting_changed(journal, -1);
    journal->failures += append->follows && work->rc;
    if (!work->rc)
        journal->last_seq = append->last_seq;
    if (append->done)
        append->done(append->ctx, work->rc, work->rc ? &work->err : NULL, work->rc ? 0 : append->last_seq);
    batch_destroy(work->batch);
    free(work->hashes);
    free(append);
}

static void answer_all(struct journal *journal)
{
    struct list answered;
    list_init(&answered);
    committer_take(&journal->committer, &answered);
    list_each (append, &answered, struct append, link)
        append_answer(journal, append);
}

static void on_async(uv_async_t *async)
{
    answer_all(async->data);
}

static void on_async_closed(uv_handle_t *handle)
{
    free(handle);
}

static void notify(void *ctx)
{
    uv_async_send(ctx);
}

static void async_close(struct journal *journal)
{
    if (journal->async)
        uv_close((uv_handle_t *)journal->async, on_async_closed);
}

int journal_open_store(struct store *store, struct uv_loop_s *loop, struct journal **ret, struct error *err)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));
    journal->store = store;
    if (loop) {
        journal->async = xcalloc(1, sizeof(*journal->async));
        require(uv_async_init(loop, journal->async, on_async) == 0);
        journal->async->data = journal;
        uv_unref((uv_handle_t *)journal->async);
    }
    int rc = committer_init(&journal->committer, store, loop ? notify : NULL, journal->async, err);
    if (rc) {
        async_close(journal);
        store->ops->close(store);
        free(journal);
        return rc;
    }
    journal->last_seq = journal->committer.chain.seq;
    *ret = journal;
    return 0;
}

int journal_open(const char *path, struct uv_loop_s *loop, struct journal **ret, struct error *err)
{
    struct store *store = NULL;
    int rc = sqlite_store_open(path, &store, err);
    return rc ? rc : journal_open_store(store, loop, ret, err);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    committer_stop(&journal->committer);
    journal->closing = true;
    while (journal->waiting > 0) {
        answer_all(journal);
        committer_step(&journal->committer);
    }
    committer_finish(&journal->committer);
    async_close(journal);
    journal->store->ops->close(journal->store);
    free(journal);
}

static struct append *append_create(enum append_kind kind, journal_done *done, void *ctx)
{
    struct append *append = xcalloc(1, sizeof(*append));
    append->kind = kind;
    append->done = done;
    append->ctx = ctx;
    return append;
}

static void append_queue(struct journal *journal, struct append *append)
{
    int rc = 0;
    if (journal->closing)
        rc = error_set(&append->work.err, ERR_REFUSED, "the journal is closing and accepts no more writes");
    else if (journal->waiting >= WAITING_MAX)
        rc = error_set(
            &append->work.err, ERR_FULL,
            "%zu writes are waiting for the disk; try again later, and check whether the disk is slow",
            journal->waiting);
    if (rc) {
        append->kind = APPEND_REFUSED;
        append->work.rc = rc;
        batch_destroy(append->work.batch);
        append->work.batch = NULL;
    }
    waiting_changed(journal, 1);
    committer_add(&journal->committer, append);
}

void journal_append(struct journal *journal, struct journal_batch *batch, journal_done *done, void *ctx)
{
    struct append *append = append_create(APPEND_BATCH, done, ctx);
    append->work.batch = batch;
    append->follows = batch->follows;
    append->failures = journal->failures;
    append_queue(journal, append);
}

void journal_prune(struct journal *journal, enum doc_kind kind, instant before, size_t limit)
{
    struct append *append = append_create(APPEND_PRUNE, NULL, NULL);
    append->prune.kind = kind;
    append->prune.before = before;
    append->prune.limit = limit;
    append_queue(journal, append);
}

size_t journal_waiting(const struct journal *journal)
{
    return journal->waiting;
}

void journal_step(struct journal *journal)
{
    require(!journal->async);
    committer_step(&journal->committer);
    answer_all(journal);
}

uint64_t journal_last_seq(const struct journal *journal)
{
    return journal->last_seq;
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

int journal_search(struct journal *journal, const struct search_query *query, journal_on_event *on, void *ctx,
                   struct error *err)
{
    return journal->store->ops->search(journal->store, query, on, ctx, err);
}

void journal_watch(struct journal *journal, journal_on_damage *on, journal_on_damaged_event *on_event,
                   void *ctx)
{
    journal->store->watch = (struct store_watch){on, on_event, ctx};
}

static bool doc_copy(void *ctx, const struct journal_doc *doc)
{
    struct journal_doc *ret = ctx;
    *ret = *doc;
    ret->key = xstrdup(doc->key);
    ret->tag = xstrdup(doc->tag);
    ret->body = xstrdup(doc->body);
    return false;
}

int journal_doc(struct journal *journal, enum doc_kind kind, const char *key, struct journal_doc *ret,
                struct error *err)
{
    struct doc_query query = {.kind = kind, .limit = 1};
    struct journal_doc found = {0};
    int rc = journal->store->ops->docs(journal->store, &query, key, doc_copy, &found, err);
    if (rc)
        return rc;
    if (!found.key)
        return error_set(err, ERR_NOT_FOUND, "no document \"%s\" of kind %d", key, (int)kind);
    *ret = found;
    return 0;
}

int journal_times(struct journal *journal, enum doc_kind kind, const char *prefix, const char *after,
                  size_t limit, journal_on_time *on, void *ctx, struct error *err)
{
    const struct doc_query query = {.kind = kind, .prefix = prefix, .after = after, .limit = limit};
    return journal->store->ops->times(journal->store, &query, on, ctx, err);
}

int journal_docs(struct journal *journal, const struct doc_query *query, journal_on_doc *on, void *ctx,
                 struct error *err)
{
    return journal->store->ops->docs(journal->store, query, NULL, on, ctx, err);
}
