#include "memory_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"

struct stream_index {
    ARRAY(size_t) events;
};

struct staged {
    const struct store_batch *batch; /* NULL: old documents are removed */
    enum doc_kind kind;
    instant before;
    size_t limit;
};

struct memory_store {
    struct store store;
    ARRAY(struct journal_event) events;
    struct map streams;          /* stream -> struct stream_index */
    struct map docs[DOC_KINDS];  /* by kind: key -> struct journal_doc */
    ARRAY(struct staged) staged; /* what the current transaction will do, in order */
    struct map staged_streams;   /* stream -> newest version in the current transaction */
    uint8_t hash[CHAIN_HASH_BYTES];
    int fail;
    bool crashed, at_commit;
};

static struct memory_store *of(struct store *store)
{
    return container_of(store, struct memory_store, store);
}

void memory_store_fail_next(struct store *store, int n)
{
    of(store)->fail = n;
}

void memory_store_crash(struct store *store)
{
    of(store)->crashed = true;
}

static int maybe_fail(struct memory_store *m, bool commit, struct error *err)
{
    if (m->crashed)
        return error_set(err, ERR_IO, "the machine is down");
    if (m->fail && m->at_commit == commit) {
        m->fail--;
        m->at_commit = !m->at_commit;
        return error_set(err, ERR_FULL, "the disk is full: free some space");
    }
    return 0;
}

static int begin(struct store *store, struct error *err)
{
    struct memory_store *m = of(store);
    m->staged.n = 0;
    map_finish(&m->staged_streams);
    m->staged_streams = (struct map){0};
    return maybe_fail(m, false, err);
}

static uint64_t newest(const struct memory_store *m, const char *stream)
{
    uint64_t staged = (uint64_t)(uintptr_t)map_get(&m->staged_streams, stream);
    const struct stream_index *index = map_get(&m->streams, stream);
    return staged ? staged : index ? index->events.n : 0;
}

static int check(struct store *store, struct store_batch *batch, struct error *err)
{
    struct memory_store *m = of(store);
    struct map own = {0};
    (void)err;
    for (size_t i = 0; i < batch->batch->events.n && !batch->rc; i++) {
        const struct journal_event *event = &batch->batch->events.v[i];
        uint64_t before = (uint64_t)(uintptr_t)map_get(&own, event->stream);
        if (event->version != (before ? before : newest(m, event->stream)) + 1)
            batch->rc = error_set(&batch->err, ERR_CONFLICT, "%s has moved on; read it again", event->stream);
        map_put(&own, event->stream, (void *)(uintptr_t)event->version);
    }
    map_finish(&own);
    return 0;
}

static int write_batch(struct store *store, struct store_batch *batch, struct error *err)
{
    struct memory_store *m = of(store);
    (void)err;
    *array_add(&m->staged) = (struct staged){.batch = batch};
    for (size_t i = 0; i < batch->batch->events.n; i++)
        map_put(&m->staged_streams, batch->batch->events.v[i].stream,
                (void *)(uintptr_t)batch->batch->events.v[i].version);
    return 0;
}

static void keep_event(struct memory_store *m, const struct journal_event *event)
{
    struct stream_index *index = map_get(&m->streams, event->stream);
    if (!index)
        map_put(&m->streams, event->stream, index = xcalloc(1, sizeof(*index)));
    *array_add(&index->events) = m->events.n;
    *array_add(&m->events) = (struct journal_event){
        event->seq,           xstrdup(event->stream), event->version,       event->at,
        xstrdup(event->type), xstrdup(event->by),     xstrdup(event->data), xstrdup(event->search)};
}

static void keep_doc(struct memory_store *m, const struct journal_doc *doc)
{
    struct journal_doc *copy = NULL;
    if (doc->body) {
        copy = xcalloc(1, sizeof(*copy));
        *copy =
            (struct journal_doc){doc->kind, xstrdup(doc->key), xstrdup(doc->tag), doc->at, xstrdup(doc->body)};
    }
    struct journal_doc *older =
        copy ? map_put(&m->docs[doc->kind], doc->key, copy) : map_remove(&m->docs[doc->kind], doc->key);
    if (older)
        journal_doc_finish(older);
    free(older);
}

/* Oldest first, up to the limit. */
static int by_age(const void *a, const void *b)
{
    const struct journal_doc *da = *(struct journal_doc *const *)a;
    const struct journal_doc *db = *(struct journal_doc *const *)b;
    return da->at != db->at ? (da->at > db->at) - (da->at < db->at) : strcmp(da->key, db->key);
}

static void keep_prune(struct memory_store *m, const struct staged *staged)
{
    ARRAY(struct journal_doc *) old = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&m->docs[staged->kind], &position));) {
        struct journal_doc *doc = slot->value;
        if (doc->at > 0 && doc->at < staged->before)
            *array_add(&old) = doc;
    }
    if (old.n)
        qsort(old.v, old.n, sizeof(*old.v), by_age);
    for (size_t i = 0; i < old.n && i < staged->limit; i++) {
        map_remove(&m->docs[staged->kind], old.v[i]->key);
        journal_doc_finish(old.v[i]);
        free(old.v[i]);
    }
    array_free(&old);
}

static void keep_batch(struct memory_store *m, const struct store_batch *stored)
{
    const struct journal_batch *batch = stored->batch;
    for (size_t i = 0; i < batch->events.n; i++)
        keep_event(m, &batch->events.v[i]);
    for (size_t i = 0; i < batch->docs.n; i++)
        keep_doc(m, &batch->docs.v[i]);
    if (batch->events.n)
        memcpy(m->hash, stored->hashes[batch->events.n - 1], sizeof(m->hash));
}

static int commit(struct store *store, struct error *err)
{
    struct memory_store *m = of(store);
    int rc = maybe_fail(m, true, err);
    for (size_t i = 0; !rc && i < m->staged.n; i++) {
        if (m->staged.v[i].batch)
            keep_batch(m, m->staged.v[i].batch);
        else
            keep_prune(m, &m->staged.v[i]);
    }
    return rc;
}

static void rollback(struct store *store)
{
    of(store)->staged.n = 0;
}

static int head(struct store *store, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES], struct error *err)
{
    struct memory_store *m = of(store);
    (void)err;
    m->crashed = false;
    *ret_seq = m->events.n;
    memcpy(ret_hash, m->hash, CHAIN_HASH_BYTES);
    return 0;
}

static int read_events(struct store *store, uint64_t after, size_t limit, journal_on_event *on, void *ctx,
                       struct error *err)
{
    struct memory_store *m = of(store);
    (void)err;
    for (size_t i = after; i < m->events.n && (!limit || i - after < limit) && on(ctx, &m->events.v[i]); i++)
        ;
    return 0;
}

static int read_stream(struct store *store, const char *stream, uint64_t after, uint64_t before,
                       bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err)
{
    struct memory_store *m = of(store);
    const struct stream_index *index = map_get(&m->streams, stream);
    (void)err;
    size_t from = after, to = index ? index->events.n : 0, seen = 0;
    to = before && before - 1 < to ? before - 1 : to;
    for (size_t i = from; i < to && (!limit || seen < limit); i++, seen++) {
        size_t place = descending ? to - 1 - (i - from) : i;
        if (!on(ctx, &m->events.v[index->events.v[place]]))
            break;
    }
    return 0;
}

static bool has_word(const char *text, const char *word, size_t n, bool beginning)
{
    for (size_t found; (found = text_word(&text)); text += found)
        if ((beginning ? found >= n : found == n) && strncasecmp(text, word, n) == 0)
            return true;
    return false;
}

static bool has_words(const char *text, const char *words, bool beginning)
{
    for (size_t n; (n = text_word(&words)); words += n) {
        const char *rest = words + n;
        bool last = !text_word(&rest);
        if (last && beginning && n < 3)
            return false;
        if (!has_word(text, words, n, beginning && last))
            return false;
    }
    return true;
}

/* As the schema says which events give a title. */
static bool gives_title(const struct journal_event *event)
{
    return text_equal(event->type, "declared") || text_equal(event->type, "titled");
}

static int search(struct store *store, const struct search_query *query, journal_on_event *on, void *ctx,
                  struct error *err)
{
    struct memory_store *m = of(store);
    const char *first = query->words;
    if (!text_word(&first))
        return error_set(err, ERR_INVALID, "nothing to search for");
    size_t end = query->before ? MIN(query->before - 1, m->events.n) : m->events.n;
    for (size_t i = end, seen = 0; i-- > 0 && (!query->limit || seen < query->limit);) {
        if (!m->events.v[i].search || !has_words(m->events.v[i].search, query->words, query->beginning) ||
            (query->titles && !gives_title(&m->events.v[i])))
            continue;
        seen++;
        if (!on(ctx, &m->events.v[i]))
            break;
    }
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(struct journal_doc *const *)a)->key, (*(struct journal_doc *const *)b)->key);
}

static int newest_first(const void *a, const void *b)
{
    const struct journal_doc *x = *(struct journal_doc *const *)a, *y = *(struct journal_doc *const *)b;
    return x->at != y->at ? (x->at < y->at ? 1 : -1) : strcmp(y->key, x->key);
}

static bool fits(const struct doc_query *query, const struct journal_doc *doc)
{
    if (query->newest)
        return doc->at > 0 && (!query->after || doc->at < query->at ||
                               (doc->at == query->at && strcmp(doc->key, query->after) < 0));
    if (query->tag && !text_equal(query->tag, doc->tag))
        return false;
    if (query->prefix && !text_starts(doc->key, query->prefix))
        return false;
    int order = query->after ? strcmp(doc->key, query->after) : 0;
    return !query->after || (query->descending ? order < 0 : order > 0);
}

static int docs(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err)
{
    struct memory_store *m = of(store);
    ARRAY(struct journal_doc *) found = {0};
    (void)err;
    if (key) {
        struct journal_doc *doc = map_get(&m->docs[query->kind], key);
        if (doc)
            on(ctx, doc);
        return 0;
    }
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&m->docs[query->kind], &position));) {
        if (fits(query, slot->value))
            *array_add(&found) = slot->value;
    }
    if (found.n)
        qsort(found.v, found.n, sizeof(*found.v), query->newest ? newest_first : by_key);
    for (size_t i = 0; i < found.n && (!query->limit || i < query->limit); i++) {
        if (!on(ctx, found.v[query->descending && !query->newest ? found.n - 1 - i : i]))
            break;
    }
    array_free(&found);
    return 0;
}

struct timing {
    journal_on_time *on;
    void *ctx;
};

static bool time_of(void *ctx, const struct journal_doc *doc)
{
    const struct timing *timing = ctx;
    return timing->on(timing->ctx, doc->key, doc->at);
}

static int times(struct store *store, const struct doc_query *query, journal_on_time *on, void *ctx,
                 struct error *err)
{
    return docs(store, query, NULL, time_of, &(struct timing){on, ctx}, err);
}

static int prune(struct store *store, enum doc_kind kind, instant before, size_t limit, struct error *err)
{
    (void)err;
    *array_add(&of(store)->staged) = (struct staged){.kind = kind, .before = before, .limit = limit};
    return 0;
}

static void close_store(struct store *store)
{
    (void)store; /* its creator destroys it */
}

static const struct store_ops ops = {.begin = begin,
                                     .check = check,
                                     .write = write_batch,
                                     .commit = commit,
                                     .rollback = rollback,
                                     .head = head,
                                     .read = read_events,
                                     .read_stream = read_stream,
                                     .search = search,
                                     .docs = docs,
                                     .times = times,
                                     .prune = prune,
                                     .close = close_store};

struct store *memory_store_create(void)
{
    struct memory_store *m = xcalloc(1, sizeof(*m));
    m->store.ops = &ops;
    return &m->store;
}

void memory_store_destroy(struct store *store)
{
    struct memory_store *m = of(store);
    size_t position = 0;
    for (size_t i = 0; i < m->events.n; i++)
        journal_event_finish(&m->events.v[i]);
    array_free(&m->events);
    for (struct map_slot *slot; (slot = map_next(&m->streams, &position));) {
        struct stream_index *index = slot->value;
        array_free(&index->events);
        free(index);
    }
    for (size_t kind = 0; kind < ARRAY_SIZE(m->docs); kind++) {
        position = 0;
        for (struct map_slot *slot; (slot = map_next(&m->docs[kind], &position));) {
            journal_doc_finish(slot->value);
            free(slot->value);
        }
        map_finish(&m->docs[kind]);
    }
    map_finish(&m->streams);
    map_finish(&m->staged_streams);
    array_free(&m->staged);
    free(m);
}
