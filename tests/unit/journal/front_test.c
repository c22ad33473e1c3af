/* The front on the loop's thread: order, limits, barriers, appends from answers, closing, reads within reads. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "../../support/journal_files.h"
#include "journal/times.h"
#include "../../support/memory_store.h"

static struct journal_batch *one(uint64_t version)
{
    struct journal_batch *batch = batch_create();
    batch_event(batch, "INC-1", version, 1, "noted", "ana", NULL);
    return batch;
}

struct tally {
    struct journal *journal;
    int n, accepted, full, refused;
    uint64_t last_seq;
};

static void tally(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct tally *t = ctx;
    (void)err;
    t->n++;
    t->accepted += rc == 0;
    t->full += rc == ERR_FULL;
    t->refused += rc == ERR_REFUSED;
    if (!rc)
        t->last_seq = last_seq;
    if (rc == ERR_FULL)
        assert_int_equal(t->accepted, 10000); /* answered in order */
}

static void too_many_waiting_appends_are_refused_in_their_turn(void **state)
{
    (void)state;
    struct store *store = memory_store_create();
    struct tally t = {0};
    assert_int_equal(journal_open_store(store, NULL, &t.journal, NULL), 0);
    for (uint64_t i = 1; i <= 10010; i++)
        journal_append(t.journal, one(i), tally, &t);
    assert_int_equal(journal_waiting(t.journal), 10010);
    assert_int_equal(t.n, 0);
    journal_step(t.journal);
    assert_int_equal(t.accepted, 10000);
    assert_int_equal(t.full, 10);
    assert_int_equal(journal_waiting(t.journal), 0);
    journal_close(t.journal);
    memory_store_destroy(store);
}

static void append_again(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct tally *t = ctx;
    tally(ctx, rc, err, last_seq);
    if (t->n < 50)
        journal_append(t->journal, one((uint64_t)t->n + 1), append_again, t);
}

static void an_answer_may_append(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct tally t = {0};
    uv_loop_init(&loop);
    assert_int_equal(journal_open(files_path("j.db"), &loop, &t.journal, NULL), 0);
    journal_append(t.journal, one(1), append_again, &t);
    uv_run(&loop, UV_RUN_DEFAULT); /* only waiting appends keep the loop running */
    assert_int_equal(t.n, 50);
    assert_int_equal(t.last_seq, 50);
    journal_close(t.journal);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void closing_answers_what_is_waiting(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct tally t = {.n = 0};
    uv_loop_init(&loop);
    assert_int_equal(journal_open(files_path("j.db"), &loop, &t.journal, NULL), 0);
    for (uint64_t i = 1; i < 20; i++)
        journal_append(t.journal, one(i), tally, &t);
    journal_append(t.journal, one(20), append_again, &t);
    journal_close(t.journal);
    assert_int_equal(t.accepted, 20);
    assert_true(t.refused > 0); /* the appends made by the last answer */
    assert_int_equal(t.n, t.accepted + t.refused);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    struct journal *journal = files_open("j.db");
    assert_int_equal(journal_last_seq(journal), 20);
    journal_close(journal);
}

#if !defined(__SANITIZE_ADDRESS__) /* which needs terabytes of addresses */

/* Bytes of address space in use. */
static rlim_t space(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * 4096;
}

/* A limit of the system is an error, and no death. */
static void a_thread_that_cannot_start_is_said(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct rlimit before, none = {space() + (1 << 20), 0}; /* no room for a stack */
    struct journal *journal = NULL;
    struct error err = {0};
    uv_loop_init(&loop);
    struct store *store = memory_store_create();
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    int rc = journal_open_store(store, &loop, &journal, &err);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(rc, ERR_IO);
    assert_non_null(strstr(err.text, "cannot start the thread that writes the journal"));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    memory_store_destroy(store);
}

#endif

struct nested {
    struct journal *journal;
    int outer, inner;
};

static bool count_inner(void *ctx, const struct journal_event *event)
{
    (void)event;
    ((struct nested *)ctx)->inner++;
    return true;
}

static bool count_outer(void *ctx, const struct journal_event *event)
{
    struct nested *nested = ctx;
    nested->outer++;
    assert_int_equal(journal_read(nested->journal, 0, 0, count_inner, nested, NULL), 0);
    assert_int_equal(event->seq, nested->outer);
    return true;
}

static void a_callback_may_read(void **state)
{
    (void)state;
    files_fill("j.db", 12);
    struct nested nested = {.journal = files_open("j.db")};
    assert_int_equal(journal_read(nested.journal, 0, 0, count_outer, &nested, NULL), 0);
    assert_int_equal(nested.outer, 12);
    assert_int_equal(nested.inner, 144);
    journal_close(nested.journal);
}

static void documents_are_replaced_removed_and_pruned(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    struct journal_doc doc = {0};
    struct answers answers = {0};
    struct journal_batch *batch = batch_create();
    batch_doc(batch, DOC_META, "a", "1");
    batch_doc(batch, DOC_META, "a", "2");
    batch_doc(batch, DOC_META, "b", "1");
    batch_doc(batch, DOC_META, "b", NULL);
    for (int i = 1; i <= 5; i++) {
        CLEANUP_FREE char *key = xasprintf("%d", i);
        batch_doc(batch, DOC_SEEN, key, "")->at = i;
    }
    journal_append(journal, batch, files_answered, &answers);
    journal_prune(journal, DOC_SEEN, 5, 2);
    journal_step(journal);
    assert_int_equal(answers.last_rc, 0);
    assert_int_equal(journal_doc(journal, DOC_META, "a", &doc, NULL), 0);
    assert_string_equal(doc.body, "2");
    journal_doc_finish(&doc);
    assert_int_equal(journal_doc(journal, DOC_META, "b", &doc, NULL), ERR_NOT_FOUND);
    assert_int_equal(journal_doc(journal, DOC_SEEN, "2", &doc, NULL), ERR_NOT_FOUND);
    assert_int_equal(journal_doc(journal, DOC_SEEN, "3", &doc, NULL), 0);
    journal_doc_finish(&doc);
    journal_close(journal);
}

static bool note_time(void *ctx, const char *key, instant at)
{
    str_addf(ctx, "%s=%d ", key, (int)at);
    return at != 4;
}

static void times_are_read_a_part_at_a_time(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    struct journal_batch *batch = batch_create();
    CLEANUP_STR struct str first = {0}, rest = {0}, until = {0};
    for (int i = 1; i <= 5; i++) {
        CLEANUP_FREE char *key = xasprintf("a%d", i);
        batch_doc(batch, DOC_SEEN, key, "{}")->at = i;
    }
    batch_doc(batch, DOC_SEEN, "b", "{}")->at = 6;
    batch_doc(batch, DOC_META, "a0", "{}");
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    assert_int_equal(journal_times(journal, DOC_SEEN, "a", NULL, 2, note_time, &first, NULL), 0);
    assert_string_equal(str_text(&first), "a1=1 a2=2 ");
    assert_int_equal(journal_times(journal, DOC_SEEN, "a", "a4", 2, note_time, &rest, NULL), 0);
    assert_string_equal(str_text(&rest), "a5=5 ");
    assert_int_equal(journal_times(journal, DOC_SEEN, "a", "a2", 9, note_time, &until, NULL), 0);
    assert_string_equal(str_text(&until), "a3=3 a4=4 ");
    journal_close(journal);
}

static bool take_seq(void *ctx, const struct journal_event *event)
{
    *(uint64_t *)ctx = event->seq;
    return true;
}

static uint64_t searched(struct journal *journal, const struct search_query *query)
{
    uint64_t seq = 0;
    assert_int_equal(journal_search(journal, query, take_seq, &seq, NULL), 0);
    return seq;
}

/* The newest first, and of titles only those of the two events that give one. */
static void titles_are_found_among_all_that_was_said(void **state)
{
    static const char *const types[] = {"declared", "noted", "titled", "noted"};
    (void)state;
    struct journal *journal = files_open("j.db");
    struct answers answers = {0};
    struct journal_batch *batch = batch_create();
    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        batch_event(batch, "INC-1", i + 1, 1, types[i], "ana", "{}")->search = xstrdup("checkout is slow");
    journal_append(journal, batch, files_answered, &answers);
    journal_step(journal);
    assert_int_equal(searched(journal, &(struct search_query){.words = "slow checkout", .limit = 1}), 4);
    assert_int_equal(searched(journal, &(struct search_query){.words = "slow", .limit = 1, .titles = true}), 3);
    assert_int_equal(searched(journal, &(struct search_query){.words = "slow", .limit = 9, .titles = true}), 1);
    assert_int_equal(searched(journal, &(struct search_query){.words = "slow check", .limit = 1}), 0);
    assert_int_equal(
        searched(journal, &(struct search_query){.words = "slow check", .limit = 1, .beginning = true}), 4);
    assert_int_equal(
        searched(journal, &(struct search_query){.words = "slow is", .limit = 1, .beginning = true}), 0);
    journal_close(journal);
}

/* As people search: by whole words, then by the beginning of the last one. */
static uint64_t found(struct journal *journal, const char *words)
{
    uint64_t seq = searched(journal, &(struct search_query){.words = words, .limit = 10});
    return seq ? seq
               : searched(journal, &(struct search_query){.words = words, .limit = 10, .beginning = true});
}

static void words_are_never_syntax(void **state)
{
    (void)state;
    static const char *const hits[] = {"Grüße checkout", "gruss* OR",       "\"checkout\"",
                                       "NEAR(checkout)", "GRÜSSE",          "check",
                                       "-checkout",      "search:checkout", "time-out"};
    static const char *const misses[] = {"checkout payments", "heckout", "NOT", "a AND b"};
    struct journal *journal = files_open("j.db");
    struct answers answers = {0};
    struct journal_batch *batch = one(1);
    batch->events.v[0].search = xstrdup("Grüße, gruss or near search: checkout had a time-out; GRÜSSE");
    journal_append(journal, batch, files_answered, &answers);
    journal_step(journal);
    for (size_t i = 0; i < ARRAY_SIZE(hits); i++) {
        if (found(journal, hits[i]) != 1)
            fail_msg("%s", hits[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(misses); i++) {
        if (found(journal, misses[i]))
            fail_msg("%s", misses[i]);
    }
    assert_int_equal(
        journal_search(journal, &(struct search_query){.words = " *\"- ", .limit = 10}, take_seq, NULL, NULL),
        ERR_INVALID);
    journal_close(journal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
#if !defined(__SANITIZE_ADDRESS__)
        TEST(a_thread_that_cannot_start_is_said), /* first: stacks of threads that ended are kept */
#endif
        TEST(too_many_waiting_appends_are_refused_in_their_turn),
        TEST(an_answer_may_append),
        TEST(closing_answers_what_is_waiting),
        TEST(a_callback_may_read),
        TEST(documents_are_replaced_removed_and_pruned),
        TEST(times_are_read_a_part_at_a_time),
        TEST(titles_are_found_among_all_that_was_said),
        TEST(words_are_never_syntax),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
