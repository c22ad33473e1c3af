#include "base/clock.h"
#include "base/metrics.h"
#include "journal/commit.h"

#include <errno.h>
#include <string.h>
#include <time.h>

/* The limits of one transaction, unless a single batch is larger. */
#define GROUP_APPENDS 1000
#define GROUP_EVENTS  4000
#define QUIET_NS      INT64_C(100000000) /* without a commit: the store is idle */
#define TEXT_MAX      ((size_t)4 << 20)

static int text_check(const char *text, const char *what, const char *whose, struct error *err)
{
    size_t n = strlen(text);
    if (n > TEXT_MAX)
        return error_set(err, ERR_TOO_BIG, "%s of %.80s has %zu bytes; the limit is %zu", what, whose, n,
                         TEXT_MAX);
    if (!utf8_valid(text, n))
        return error_set(err, ERR_INVALID, "%s of %.80s is not valid UTF-8", what, whose);
    return 0;
}

/* Refuses what could not be exported again, before one bad batch makes the store fail the whole group. */
static int batch_check(const struct journal_batch *batch, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < batch->events.n; i++) {
        const struct journal_event *e = &batch->events.v[i];
        rc = text_check(e->stream, "the stream name", e->stream, err);
        rc = rc ? rc : text_check(e->type, "the event type", e->stream, err);
        rc = rc ? rc : text_check(e->by, "the author", e->stream, err);
        rc = rc ? rc : text_check(e->data, "the event data", e->stream, err);
        rc = rc ? rc : text_check(e->search ? e->search : "", "the search text", e->stream, err);
    }
    for (size_t i = 0; !rc && i < batch->docs.n; i++) {
        const struct journal_doc *d = &batch->docs.v[i];
        rc = text_check(d->key, "the key", d->key, err);
        rc = rc ? rc : text_check(d->tag ? d->tag : "", "the tag", d->key, err);
        rc = rc ? rc : text_check(d->body ? d->body : "", "the document", d->key, err);
    }
    return rc;
}

static int batch_write(struct committer *c, struct store_batch *work, struct error *err)
{
    struct journal_batch *batch = work->batch;
    work->rc = batch_check(batch, &work->err);
    if (work->rc)
        return 0;
    int rc = c->store->ops->check(c->store, work, err);
    if (rc || work->rc)
        return rc;
    work->hashes = xmalloc(batch->events.n * CHAIN_HASH_BYTES + 1);
    for (size_t i = 0; i < batch->events.n; i++)
        chain_add(&c->chain, &batch->events.v[i], work->hashes[i]);
    return c->store->ops->write(c->store, work, err);
}

static void count_failure(struct committer *c, const struct append *append)
{
    if (!append->follows || !append->work.rc)
        return;
    if (append->failures == c->failures) {
        c->failure.rc = append->work.rc;
        c->failure.err = append->work.err;
    }
    c->failures++;
}

/* If it follows an append that failed without its author's knowledge, it fails with the same error. */
static bool fails_with_another(const struct committer *c, struct append *append)
{
    if (!append->follows || append->failures == c->failures || append->kind == APPEND_REFUSED)
        return false;
    append->work.rc = c->failure.rc;
    append->work.err = c->failure.err;
    return true;
}

static int append_write(struct committer *c, struct append *append, struct error *err)
{
    int rc = 0;
    if (append->kind == APPEND_BATCH && !fails_with_another(c, append))
        rc = batch_write(c, &append->work, err);
    else if (append->kind == APPEND_PRUNE)
        rc = c->store->ops->prune(c->store, append->prune.kind, append->prune.before, append->prune.limit, err);
    append->last_seq = c->chain.seq;
    count_failure(c, append);
    return rc;
}

static int head_read(struct committer *c, struct error *err)
{
    if (c->head_known)
        return 0;
    return c->store->ops->head(c->store, &c->chain.seq, c->chain.hash, err);
}

static bool writes_nothing(const struct append *append)
{
    const struct journal_batch *batch = append->work.batch;
    return append->kind != APPEND_PRUNE && (!batch || (!batch->events.n && !batch->docs.n));
}

static int group_write(struct committer *c, struct list *group, struct error *err)
{
    int rc = c->store->ops->begin(c->store, err);
    rc = rc ? rc : head_read(c, err);
    list_each (append, group, struct append, link) {
        if (rc)
            break;
        rc = append_write(c, append, err);
    }
    rc = rc ? rc : c->store->ops->commit(c->store, err);
    if (rc)
        c->store->ops->rollback(c->store);
    c->head_known = !rc;
    return rc;
}

/* A group of barriers alone needs nothing from the disk, so it passes even when the disk fails. */
static bool group_passes(struct committer *c, struct list *group)
{
    list_each (append, group, struct append, link) {
        if (!writes_nothing(append))
            return false;
    }
    list_each (append, group, struct append, link) {
        fails_with_another(c, append);
        count_failure(c, append);
        append->last_seq = c->chain.seq;
    }
    return true;
}

static void group_commit(struct committer *c, struct list *group)
{
    struct error err = {0};
    uint64_t before = c->chain.seq, failures = c->failures;
    if (group_passes(c, group))
        return;
    int64_t began = clock_mono_ns();
    int rc = group_write(c, group, &err);
    metric_add(rc ? METRIC_COMMITS_FAILED : METRIC_COMMITS, 1);
    if (!rc) {
        metric_add(METRIC_EVENTS, (int64_t)(c->chain.seq - before));
        metric_observe_ns(METRIC_COMMIT_SECONDS, clock_mono_ns() - began);
        return;
    }
    c->chain.seq = before;
    c->failures = failures;
    list_each (append, group, struct append, link) {
        if (append->kind != APPEND_REFUSED) {
            append->work.rc = rc;
            append->work.err = err;
        }
        count_failure(c, append);
    }
}

static void list_move(struct list *from, struct list *to)
{
    struct list *element = from->next;
    list_remove(element);
    list_append(to, element);
}

/* Call with the lock held. */
static void group_take(struct committer *c, struct list *group, size_t most_appends, size_t most_events)
{
    size_t events = 0;
    for (size_t n = 0; n < most_appends && events < most_events && !list_empty(&c->waiting); n++) {
        struct append *append = container_of(c->waiting.next, struct append, link);
        events += append->kind == APPEND_BATCH ? append->work.batch->events.n : 0;
        list_move(&c->waiting, group);
    }
}

static void group_answer(struct committer *c, struct list *group)
{
    pthread_mutex_lock(&c->lock);
    while (!list_empty(group))
        list_move(group, &c->answered);
    pthread_mutex_unlock(&c->lock);
}

static void tidy(struct committer *c, bool idle)
{
    c->untidy = c->store->ops->tidy && c->store->ops->tidy(c->store, idle);
}

/* Under the lock. False: nothing came for a while. */
static bool wait_a_while(struct committer *c)
{
    int64_t until = clock_mono_ns() + QUIET_NS;
    struct timespec at = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};
    return pthread_cond_clockwait(&c->work, &c->lock, CLOCK_MONOTONIC, &at) != ETIMEDOUT;
}

/* Waits until there is something to commit. If that takes a while, the store may do its housekeeping. */
static void group_await(struct committer *c, struct list *group)
{
    pthread_mutex_lock(&c->lock);
    while (list_empty(&c->waiting) && !c->stopping) {
        if (!c->untidy) {
            pthread_cond_wait(&c->work, &c->lock);
        } else if (!wait_a_while(c)) {
            pthread_mutex_unlock(&c->lock);
            tidy(c, true);
            pthread_mutex_lock(&c->lock);
        }
    }
    group_take(c, group, GROUP_APPENDS, GROUP_EVENTS);
    pthread_mutex_unlock(&c->lock);
}

static void *commit_thread(void *arg)
{
    struct committer *c = arg;
    for (;;) {
        struct list group;
        list_init(&group);
        group_await(c, &group);
        if (list_empty(&group))
            return NULL;
        group_commit(c, &group);
        group_answer(c, &group);
        c->notify(c->notify_ctx);
        tidy(c, false);
    }
}

int committer_init(struct committer *c, struct store *store, void (*notify)(void *ctx), void *ctx,
                   struct error *err)
{
    *c = (struct committer){.store = store, .notify = notify, .notify_ctx = ctx};
    chain_init(&c->chain);
    int rc = head_read(c, err);
    if (rc) {
        chain_finish(&c->chain);
        return rc;
    }
    c->head_known = true;
    list_init(&c->waiting);
    list_init(&c->answered);
    require(pthread_mutex_init(&c->lock, NULL) == 0);
    require(pthread_cond_init(&c->work, NULL) == 0);
    int why = notify ? pthread_create(&c->thread, NULL, commit_thread, c) : 0;
    if (!why)
        return 0;
    committer_finish(c);
    return error_set(
        err, ERR_IO,
        "cannot start the thread that writes the journal: %s; raise `ulimit -u`, or TasksMax= in the unit",
        strerror(why));
}

void committer_stop(struct committer *c)
{
    if (!c->notify) {
        committer_step(c);
        return;
    }
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    c->notify = NULL;
}

void committer_finish(struct committer *c)
{
    chain_finish(&c->chain);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->work);
}

void committer_add(struct committer *c, struct append *append)
{
    pthread_mutex_lock(&c->lock);
    list_append(&c->waiting, &append->link);
    pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
}

void committer_take(struct committer *c, struct list *to)
{
    pthread_mutex_lock(&c->lock);
    while (!list_empty(&c->answered))
        list_move(&c->answered, to);
    pthread_mutex_unlock(&c->lock);
}

void committer_step(struct committer *c)
{
    struct list group;
    list_init(&group);
    pthread_mutex_lock(&c->lock);
    group_take(c, &group, SIZE_MAX, SIZE_MAX);
    pthread_mutex_unlock(&c->lock);
    if (list_empty(&group))
        return;
    group_commit(c, &group);
    group_answer(c, &group);
    tidy(c, false);
}
