/* The log is copied into the database when nobody waits: after the answers, in a quiet moment, or when it has become too long. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "../../support/journal_files.h"
#include "../../support/memory_store.h"
#include "journal/store.h"

#define PAGE ((long)4096)

static long size_of(const char *name)
{
    struct stat status;
    return stat(files_path(name), &status) ? 0 : (long)status.st_size;
}

/* Documents of a page each. */
static struct journal_batch *pages(int from, int n)
{
    struct journal_batch *batch = batch_create();
    char key[24], body[4001];
    memset(body, 'x', sizeof(body) - 1);
    body[sizeof(body) - 1] = '\0';
    for (int i = 0; i < n; i++) {
        snprintf(key, sizeof(key), "%d", from + i);
        batch_doc(batch, DOC_CONNECTOR, key, body);
    }
    return batch;
}

static void the_log_is_copied_when_it_is_too_long(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    long longest = 0;
    for (int i = 0; size_of("j.db") < 3000 * PAGE; i += 100) {
        assert_true(i < 20000);
        journal_append(journal, pages(i, 100), NULL, NULL);
        journal_step(journal);
        longest = size_of("j.db-wal") > longest ? size_of("j.db-wal") : longest;
    }
    assert_in_range(longest, 6000 * PAGE, 9000 * PAGE);
    journal_close(journal);
}

static void nothing(uv_timer_t *timer)
{
    (void)timer;
}

static void the_log_is_copied_when_nothing_is_committed_for_a_while(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_timer_t timer;
    struct journal *journal;
    struct answers answers = {0};
    uv_loop_init(&loop);
    assert_int_equal(journal_open(files_path("j.db"), &loop, &journal, NULL), 0);
    for (int i = 0; i < 30; i++) {
        journal_append(journal, pages(100 * i, 100), files_answered, &answers);
        while (answers.n <= i)
            uv_run(&loop, UV_RUN_ONCE);
    }
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, nothing, 5, 5);
    while (size_of("j.db") < 2000 * PAGE)
        uv_run(&loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&timer, NULL);
    journal_close(journal);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static bool take_one(void *ctx, const struct journal_event *event)
{
    (void)event;
    ++*(int *)ctx;
    return true;
}

/* The index comes after the answers. A search waits for it, but not for long: it is done on the loop. */
static void a_search_does_not_wait_long_for_the_index(void **state)
{
    (void)state;
    static uint8_t hash[1][CHAIN_HASH_BYTES];
    struct store *store;
    struct error err;
    int n = 0;
    const struct search_query query = {.words = "checkout", .limit = 10};
    struct journal_batch *batch = batch_create();
    batch_event(batch, "INC-1", 1, 1, "noted", "ana", "{}")->search = xstrdup("checkout is slow");
    batch->events.v[0].seq = 1;
    struct store_batch work = {.batch = batch, .hashes = hash};
    assert_int_equal(sqlite_store_open(files_path("j.db"), &store, NULL), 0);
    assert_int_equal(store->ops->begin(store, NULL), 0);
    assert_int_equal(store->ops->check(store, &work, NULL), 0);
    assert_int_equal(store->ops->write(store, &work, NULL), 0);
    assert_int_equal(store->ops->commit(store, NULL), 0);
    assert_int_equal(store->ops->search(store, &query, take_one, &n, &err), ERR_FULL);
    assert_non_null(strstr(err.text, "Try again"));
    store->ops->tidy(store, false);
    assert_int_equal(store->ops->search(store, &query, take_one, &n, &err), 0);
    batch_destroy(batch);
    store->ops->close(store);
}

/* ---- a store that is told to tidy up ---- */

static uv_sem_t answered, tidied;
static int calls, idle_calls;

/* After each group: waits until its answer has come. Wants to be called when idle, twice. */
static bool tidy(struct store *store, bool idle)
{
    (void)store;
    if (!idle)
        uv_sem_wait(&answered);
    calls++;
    idle_calls += idle;
    if (idle_calls == 2)
        uv_sem_post(&tidied);
    return idle_calls < 2;
}

static void on_answer(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    assert_int_equal(rc, 0);
    uv_sem_post(&answered);
}

static void answers_come_before_housekeeping(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct journal *journal;
    struct store *store = memory_store_create();
    struct store_ops ops = *store->ops;
    ops.tidy = tidy;
    store->ops = &ops;
    uv_loop_init(&loop);
    uv_sem_init(&answered, 0);
    uv_sem_init(&tidied, 0);
    assert_int_equal(journal_open_store(store, &loop, &journal, NULL), 0);
    for (int i = 1; i <= 3; i++) {
        journal_append(journal, pages(i, 1), on_answer, NULL);
        while (journal_waiting(journal))
            uv_run(&loop, UV_RUN_ONCE);
    }
    uv_sem_wait(&tidied);
    journal_close(journal);
    assert_int_equal(calls, 5); /* three groups, and twice when idle */
    uv_sem_destroy(&answered);
    uv_sem_destroy(&tidied);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    memory_store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_log_is_copied_when_it_is_too_long, files_set_up, files_tear_down),
        cmocka_unit_test_setup_teardown(the_log_is_copied_when_nothing_is_committed_for_a_while, files_set_up,
                                        files_tear_down),
        cmocka_unit_test_setup_teardown(a_search_does_not_wait_long_for_the_index, files_set_up,
                                        files_tear_down),
        cmocka_unit_test(answers_come_before_housekeeping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
