#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "../../support/memory_store.h"
#include "base/id.h"
#include "base/map.h"
#include "journal/journal.h"

static char directory[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof(directory), "/tmp/tocsin-journal-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    const char *names[] = {"j.db", "j.db-wal", "j.db-shm", "j.db-lock"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CLEANUP_FREE char *path = xasprintf("%s/%s", directory, names[i]);
        unlink(path);
    }
    return rmdir(directory);
}

struct answers {
    int n, last_rc;
    uint64_t last_seq;
    char text[600];
};

static void answered(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct answers *answers = ctx;
    answers->n++;
    answers->last_rc = rc;
    answers->last_seq = last_seq;
    snprintf(answers->text, sizeof(answers->text), "%s", err ? err->text : "");
}

static struct journal *open_in(const char *name)
{
    struct journal *journal;
    struct error err;
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    assert_int_equal(journal_open(path, NULL, &journal, &err), 0);
    return journal;
}

static struct journal_batch *one(const char *stream, uint64_t version, const char *data)
{
    struct journal_batch *batch = batch_create();
    batch_event(batch, stream, version, 1000, "noted", "ana", data)->search = xstrdup("the bank is slow");
    return batch;
}

static bool count(void *ctx, const struct journal_event *event)
{
    (void)event;
    return ++*(int *)ctx < 1000;
}

static bool count_docs(void *ctx, const struct journal_doc *doc)
{
    (void)doc;
    return ++*(int *)ctx < 1000;
}

static void answered_appends_are_there_after_reopening(void **state)
{
    (void)state;
    struct answers answers = {0};
    struct journal *journal = open_in("j.db");
    journal_append(journal, one("INC-1", 1, "{}"), answered, &answers);
    struct journal_batch *second = one("INC-1", 2, "{\"a\":1}");
    batch_doc(second, DOC_PERSON, "ana", "{\"id\":\"ana\"}")->tag = xstrdup("here");
    journal_append(journal, second, answered, &answers);
    assert_int_equal(answers.n, 0);
    journal_step(journal);
    assert_int_equal(answers.n, 2);
    assert_int_equal(answers.last_seq, 2);
    journal_close(journal);
    journal = open_in("j.db");
    int events = 0, found = 0, docs = 0;
    assert_int_equal(journal_read_stream(journal, "INC-1", 0, 0, count, &events, NULL), 0);
    assert_int_equal(events, 2);
    assert_int_equal(journal_search(journal,
                                    &(struct search_query){.words = "Bank slo", .limit = 10, .beginning = true},
                                    count, &found, NULL),
                     0);
    assert_int_equal(found, 2);
    assert_int_equal(
        journal_docs(journal, &(struct doc_query){.kind = DOC_PERSON, .tag = "here"}, count_docs, &docs, NULL),
        0);
    assert_int_equal(docs, 1);
    assert_int_equal(journal_last_seq(journal), 2);
    journal_close(journal);
}

static void a_conflict_is_an_answer_and_keeps_nothing(void **state)
{
    (void)state;
    struct answers first = {0}, second = {0}, third = {0};
    struct journal *journal = open_in("j.db");
    journal_append(journal, one("INC-1", 1, "{}"), answered, &first);
    journal_append(journal, one("INC-1", 1, "{}"), answered, &second);
    journal_append(journal, one("INC-2", 1, "{}"), answered, &third);
    journal_step(journal);
    assert_int_equal(first.last_rc, 0);
    assert_int_equal(second.last_rc, ERR_CONFLICT);
    assert_int_equal(third.last_rc, 0);
    assert_int_equal(third.last_seq, 2);
    journal_close(journal);
}

static struct journal_batch *following(struct journal_batch *batch)
{
    batch->follows = true;
    return batch;
}

/* Nothing that builds on a lost batch is kept until its author knows of the loss; barriers fail the same way. */
static void a_batch_that_follows_a_failure_fails_with_it(void **state)
{
    (void)state;
    struct answers all[5] = {0};
    struct journal *journal = open_in("j.db");
    journal_append(journal, following(one("INC-1", 2, "{}")), answered, &all[0]);
    journal_append(journal, one("INC-2", 1, "{}"), answered, &all[1]);
    journal_append(journal, following(one("INC-3", 1, "{}")), answered, &all[2]);
    journal_append(journal, following(batch_create()), answered, &all[3]);
    journal_step(journal);
    journal_append(journal, following(one("INC-3", 1, "{}")), answered, &all[4]);
    journal_step(journal);
    assert_int_equal(all[0].last_rc, ERR_CONFLICT);
    assert_int_equal(all[1].last_rc, 0);
    assert_int_equal(all[2].last_rc, ERR_CONFLICT);
    assert_int_equal(all[3].last_rc, ERR_CONFLICT);
    assert_int_equal(all[4].last_rc, 0);
    assert_int_equal(journal_last_seq(journal), 2);
    journal_close(journal);
}

static void a_second_daemon_is_refused(void **state)
{
    (void)state;
    struct error err;
    struct journal *journal = open_in("j.db"), *other;
    CLEANUP_FREE char *path = xasprintf("%s/j.db", directory);
    assert_int_equal(journal_open(path, NULL, &other, &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "another tocsind"));
    journal_close(journal);
}

static void the_thread_answers_in_order(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct journal *journal;
    struct error err;
    struct answers answers = {0};
    CLEANUP_FREE char *path = xasprintf("%s/j.db", directory);
    uv_loop_init(&loop);
    assert_int_equal(journal_open(path, &loop, &journal, &err), 0);
    for (uint64_t i = 1; i <= 500; i++)
        journal_append(journal, one("INC-1", i, "{}"), answered, &answers);
    uv_timer_t keep_alive;
    uv_timer_init(&loop, &keep_alive);
    uv_timer_start(&keep_alive, (uv_timer_cb)(void *)uv_is_active, 10000, 10000);
    while (answers.n < 500)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(answers.last_seq, 500);
    uv_close((uv_handle_t *)&keep_alive, NULL);
    journal_close(journal);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Random appends with right and wrong versions, on both stores: the conflicts are exactly those of a simple model. */
static void conflicts_match_the_model(void **state)
{
    (void)state;
    for (int sqlite = 0; sqlite < 2; sqlite++) {
        struct store *memory = sqlite ? NULL : memory_store_create();
        struct journal *journal = NULL;
        struct error err;
        if (sqlite)
            journal = open_in("j.db");
        else
            assert_int_equal(journal_open_store(memory, NULL, &journal, &err), 0);
        struct rng rng;
        rng_init(&rng, 5);
        uint64_t versions[4] = {0}, seq = 0;
        for (int i = 0; i < 400; i++) {
            struct answers answers = {0};
            size_t s = rng_below(&rng, 4);
            uint64_t version = versions[s] + rng_below(&rng, 3);
            CLEANUP_FREE char *stream = xasprintf("INC-%zu", s + 1);
            journal_append(journal, one(stream, version, "{}"), answered, &answers);
            if (!sqlite && rng_below(&rng, 10) == 0)
                memory_store_fail_next(memory, 1);
            journal_step(journal);
            bool failed = answers.last_rc == ERR_FULL;
            assert_int_equal(answers.last_rc == ERR_CONFLICT, !failed && version != versions[s] + 1);
            if (!answers.last_rc) {
                versions[s]++;
                assert_int_equal(answers.last_seq, ++seq);
            }
        }
        journal_close(journal);
        if (memory)
            memory_store_destroy(memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answered_appends_are_there_after_reopening, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_conflict_is_an_answer_and_keeps_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_that_follows_a_failure_fails_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_daemon_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_thread_answers_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conflicts_match_the_model, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
