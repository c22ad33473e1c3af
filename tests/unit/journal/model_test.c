/*
 * Random batches against a simple model, on both stores: the conflicts match the model's, answers come in order, seqs
 * have no gaps, and every read returns what the model has.
 */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/journal_files.h"
#include "../../support/memory_store.h"
#include "base/id.h"
#include "base/str.h"

#define STREAMS 6
#define KEYS    12
#define ROUNDS  300

struct model_doc {
    bool there;
    char tag[8], body[24];
    instant at;
};
struct model {
    struct rng rng;
    uint64_t versions[STREAMS], seq;
    ARRAY(size_t) log; /* the stream of every event */
    struct model_doc docs[KEYS];
};

struct expected {
    int number, rc;
    uint64_t seq;
};
static int next_answer;

static void check_answer(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct expected *expected = ctx;
    assert_int_equal(expected->number, next_answer++);
    assert_int_equal(rc, expected->rc);
    assert_int_equal(err != NULL, rc != 0);
    if (!rc)
        assert_int_equal(last_seq, expected->seq);
    free(expected);
}

static const char *stream_name(size_t s)
{
    static const char *const names[STREAMS] = {"INC-1",        "INC-10",     "INC-2",
                                               "group/9f\x1f", "person/ana", "system"};
    return names[s];
}

static void key_name(size_t k, char out[24])
{
    snprintf(out, 24, "%s\x1f%02zu", k % 3 ? "slack" : "slac", k);
}

/* Fills a batch with events, each of which may be wrong; returns what the model expects. */
static bool add_events(struct model *m, struct journal_batch *batch, size_t added[8], size_t *ret_n)
{
    uint64_t versions[STREAMS];
    bool fits = true;
    size_t n = rng_below(&m->rng, 5);
    memcpy(versions, m->versions, sizeof(versions));
    for (size_t i = 0; i < n; i++) {
        size_t s = added[i] = rng_below(&m->rng, STREAMS);
        uint64_t version = versions[s] + 1;
        if (rng_below(&m->rng, 12) == 0)
            version = rng_below(&m->rng, version + 3);
        fits = fits && version == versions[s] + 1;
        versions[s] = version;
        batch_event(batch, stream_name(s), version, (instant)rng_below(&m->rng, 1000), "noted", "ana", "{}");
    }
    *ret_n = n;
    return fits;
}

static void add_docs(struct model *m, struct journal_batch *batch, struct model_doc docs[KEYS])
{
    static const char *const tags[] = {NULL, "open", "closed"};
    memcpy(docs, m->docs, sizeof(m->docs));
    for (size_t n = rng_below(&m->rng, 4); n > 0; n--) {
        size_t k = rng_below(&m->rng, KEYS);
        char key[24];
        key_name(k, key);
        struct model_doc *doc = &docs[k];
        *doc = (struct model_doc){.there = rng_below(&m->rng, 4) > 0, .at = (instant)rng_below(&m->rng, 100)};
        snprintf(doc->body, sizeof(doc->body), "%llu", (unsigned long long)rng_next(&m->rng));
        const char *tag = tags[rng_below(&m->rng, ARRAY_SIZE(tags))];
        snprintf(doc->tag, sizeof(doc->tag), "%s", tag ? tag : "");
        struct journal_doc *added = batch_doc(batch, DOC_SEEN, key, doc->there ? doc->body : NULL);
        added->tag = xstrdup(tag);
        added->at = doc->at;
    }
}

static void append_one(struct model *m, struct journal *journal, int number, bool fails)
{
    size_t streams[8];
    size_t n = 0;
    struct model_doc docs[KEYS];
    struct journal_batch *batch = batch_create();
    struct expected *expected = xcalloc(1, sizeof(*expected));
    bool fits = add_events(m, batch, streams, &n);
    add_docs(m, batch, docs);
    if (fails)
        batch_doc(batch, DOC_META, "not empty", "for barriers pass where writing fails");
    if (fits && !fails) {
        for (size_t i = 0; i < n; i++) {
            m->versions[streams[i]]++;
            *array_add(&m->log) = streams[i];
        }
        m->seq += n;
        memcpy(m->docs, docs, sizeof(docs));
    }
    *expected = (struct expected){.number = number,
                                  .rc = fails  ? ERR_FULL
                                        : fits ? 0
                                               : ERR_CONFLICT,
                                  .seq = m->seq};
    journal_append(journal, batch, check_answer, expected);
}

/* ---- reads ---- */

struct reading {
    const struct model *model;
    uint64_t next, n;
    size_t stream;
    bool back;
};

static bool check_event(void *ctx, const struct journal_event *event)
{
    struct reading *reading = ctx;
    assert_int_equal(event->seq, ++reading->next);
    assert_string_equal(event->stream, stream_name(reading->model->log.v[event->seq - 1]));
    reading->n++;
    return true;
}

static bool check_version(void *ctx, const struct journal_event *event)
{
    struct reading *reading = ctx;
    assert_string_equal(event->stream, stream_name(reading->stream));
    assert_int_equal(event->version, reading->back ? --reading->next : ++reading->next);
    reading->n++;
    return true;
}

static void check_events(struct model *m, struct journal *journal)
{
    uint64_t after = rng_below(&m->rng, m->seq + 2);
    size_t limit = rng_below(&m->rng, 20);
    struct reading reading = {.model = m, .next = after};
    assert_int_equal(journal_read(journal, after, limit, check_event, &reading, NULL), 0);
    uint64_t there = after < m->seq ? m->seq - after : 0;
    assert_int_equal(reading.n, limit ? MIN(limit, there) : there);

    size_t s = rng_below(&m->rng, STREAMS);
    after = rng_below(&m->rng, m->versions[s] + 2);
    reading = (struct reading){.model = m, .next = after, .stream = s};
    assert_int_equal(journal_read_stream(journal, stream_name(s), after, limit, check_version, &reading, NULL),
                     0);
    there = after < m->versions[s] ? m->versions[s] - after : 0;
    assert_int_equal(reading.n, limit ? MIN(limit, there) : there);

    uint64_t before = rng_below(&m->rng, m->versions[s] + 3);
    there = before && before <= m->versions[s] ? before - 1 : m->versions[s];
    reading = (struct reading){.model = m, .next = there + 1, .stream = s, .back = true};
    assert_int_equal(journal_read_back(journal, stream_name(s), before, limit, check_version, &reading, NULL),
                     0);
    assert_int_equal(reading.n, limit ? MIN(limit, there) : there);
}

struct listing {
    ARRAY(char *) keys;
};

static bool take_key(void *ctx, const struct journal_doc *doc)
{
    struct listing *listing = ctx;
    *array_add(&listing->keys) = xasprintf("%s=%s", doc->key, doc->body);
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_asked_for(const struct doc_query *query, const char *key, const struct model_doc *doc)
{
    if (!doc->there || (query->tag && strcmp(query->tag, doc->tag) != 0) ||
        (query->prefix && !text_starts(key, query->prefix)))
        return false;
    return !query->after || (query->descending ? strcmp(key, query->after) < 0 : strcmp(key, query->after) > 0);
}

static void expect_keys(const struct model *m, const struct doc_query *query, struct listing *ret)
{
    for (size_t k = 0; k < KEYS; k++) {
        char key[24];
        key_name(k, key);
        if (is_asked_for(query, key, &m->docs[k]))
            *array_add(&ret->keys) = xasprintf("%s=%s", key, m->docs[k].body);
    }
    if (ret->keys.n)
        qsort(ret->keys.v, ret->keys.n, sizeof(*ret->keys.v), compare_keys);
    for (size_t i = 0; query->descending && i < ret->keys.n / 2; i++) {
        char *other = ret->keys.v[ret->keys.n - 1 - i];
        ret->keys.v[ret->keys.n - 1 - i] = ret->keys.v[i];
        ret->keys.v[i] = other;
    }
}

static void check_docs(struct model *m, struct journal *journal)
{
    static const char *const tags[] = {NULL, NULL, "open", "none"};
    static const char *const prefixes[] = {NULL, "slack\x1f",
                                           "slack\x1f"
                                           "0",
                                           "slac", "x"};
    static const char *const afters[] = {NULL, "",
                                         "slack\x1f"
                                         "05",
                                         "slac\x1f"
                                         "06",
                                         "zzz"};
    struct doc_query query = {
        .kind = DOC_SEEN,
        .tag = tags[rng_below(&m->rng, ARRAY_SIZE(tags))],
        .prefix = prefixes[rng_below(&m->rng, ARRAY_SIZE(prefixes))],
        .after = afters[rng_below(&m->rng, ARRAY_SIZE(afters))],
        .descending = rng_below(&m->rng, 2),
        .limit = rng_below(&m->rng, 2) ? 0 : 3,
    };
    struct listing wanted = {0};
    struct listing got = {0};
    expect_keys(m, &query, &wanted);
    assert_int_equal(journal_docs(journal, &query, take_key, &got, NULL), 0);
    assert_int_equal(got.keys.n, query.limit ? MIN(query.limit, wanted.keys.n) : wanted.keys.n);
    for (size_t i = 0; i < got.keys.n; i++)
        assert_string_equal(got.keys.v[i], wanted.keys.v[i]);
    for (size_t i = 0; i < got.keys.n; i++)
        free(got.keys.v[i]);
    for (size_t i = 0; i < wanted.keys.n; i++)
        free(wanted.keys.v[i]);
    array_free(&got.keys);
    array_free(&wanted.keys);
}

struct newest {
    instant at; /* of the last one; then its key */
    char key[24];
    size_t n;
};

static bool take_newest(void *ctx, const struct journal_doc *doc)
{
    struct newest *newest = ctx;
    assert_true(doc->at < newest->at || (doc->at == newest->at && strcmp(doc->key, newest->key) < 0));
    newest->at = doc->at;
    snprintf(newest->key, sizeof(newest->key), "%s", doc->key);
    newest->n++;
    return true;
}

/* Page by page, all that have a time. */
static void check_newest(const struct model *m, struct journal *journal)
{
    struct newest newest = {.at = INT64_MAX, .key = "\xff"};
    size_t wanted = 0, before = SIZE_MAX;
    for (size_t k = 0; k < KEYS; k++)
        wanted += m->docs[k].there && m->docs[k].at > 0;
    while (newest.n != before) {
        before = newest.n;
        const struct newest last = newest;
        struct doc_query query = {.kind = DOC_SEEN,
                                  .newest = true,
                                  .after = before ? last.key : NULL,
                                  .at = before ? last.at : 0,
                                  .limit = 3};
        assert_int_equal(journal_docs(journal, &query, take_newest, &newest, NULL), 0);
    }
    assert_int_equal(newest.n, wanted);
}

static void prune(struct model *m, struct journal *journal)
{
    instant before = (instant)rng_below(&m->rng, 100);
    journal_prune(journal, DOC_SEEN, before, 100);
    for (size_t k = 0; k < KEYS; k++)
        if (m->docs[k].at > 0 && m->docs[k].at < before)
            m->docs[k].there = false;
}

static void run(uint64_t seed, struct store *memory)
{
    struct model m = {0};
    struct journal *journal = NULL;
    rng_init(&m.rng, seed);
    next_answer = 0;
    int number = 0;
    for (int round = 0; round < ROUNDS; round++) {
        if (!journal && !memory)
            journal = files_open("j.db");
        else if (!journal)
            assert_int_equal(journal_open_store(memory, NULL, &journal, NULL), 0);
        bool fails = memory && rng_below(&m.rng, 10) == 0;
        if (fails)
            memory_store_fail_next(memory, 1);
        for (size_t n = rng_below(&m.rng, 5) + 1; n > 0; n--)
            append_one(&m, journal, number++, fails);
        if (!fails && rng_below(&m.rng, 10) == 0)
            prune(&m, journal);
        journal_step(journal);
        if (memory)
            memory_store_fail_next(memory, 0);
        assert_int_equal(next_answer, number);
        assert_int_equal(journal_waiting(journal), 0);
        assert_int_equal(journal_last_seq(journal), m.seq);
        check_events(&m, journal);
        check_docs(&m, journal);
        check_newest(&m, journal);
        if (rng_below(&m.rng, 50) == 0 || round == ROUNDS - 1) {
            journal_close(journal);
            journal = NULL;
        }
    }
    array_free(&m.log);
}

static void sqlite_matches_the_model(void **state)
{
    (void)state;
    run(3, NULL);
}

static void memory_matches_the_model(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct store *memory = memory_store_create();
        run(seed, memory);
        memory_store_destroy(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sqlite_matches_the_model, files_set_up, files_tear_down),
        cmocka_unit_test_setup_teardown(memory_matches_the_model, files_set_up, files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
