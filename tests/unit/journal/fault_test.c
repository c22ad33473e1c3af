/* The disk fails and recovers: acknowledged data stays, the error says what to do, and writing resumes by itself. */
#include "../../support/check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../support/fault_vfs.h"
#include "../../support/journal_files.h"
#include "base/id.h"
#include "journal/verify.h"

static void verify_clean(const char *name, uint64_t at_least)
{
    struct verify_report report = {0};
    struct error err = {0};
    if (journal_verify(files_path(name), NULL, &report, &err))
        fail_msg("%s", err.text);
    assert_int_equal(report.faults, 0);
    assert_true(report.events >= at_least);
}

static bool count(void *ctx, const struct journal_event *event)
{
    (void)event;
    ++*(uint64_t *)ctx;
    return true;
}

/* Appends one event to INC-1 and a document, committed alone; returns the answer. */
static struct answers put(struct journal *journal, uint64_t version)
{
    struct answers answers = {0};
    struct journal_batch *batch = batch_create();
    char data[2000];
    memset(data, 'x', sizeof(data) - 1);
    data[sizeof(data) - 1] = '\0';
    batch_event(batch, "INC-1", version, 1, "noted", "ana", data)->search = xstrdup("some words");
    batch_doc(batch, DOC_INCIDENT, "0000000001", data);
    journal_append(journal, batch, files_answered, &answers);
    journal_step(journal);
    assert_int_equal(answers.n, 1);
    return answers;
}

static const struct {
    enum fault fault;
    int code;
    const char *advice;
} faults[] = {
    {FAULT_FULL, ERR_FULL, "disk is full: free some space"}, {FAULT_WRITE, ERR_IO, "disk reports an error"},
    {FAULT_SHORT_WRITE, ERR_IO, "disk reports an error"},    {FAULT_READ_ONLY, ERR_IO, "became read-only"},
    {FAULT_SYNC, ERR_IO, "disk reports an error"},
};

/* The fault strikes at each place within a commit in turn, lasts for three appends, and ends. */
static bool fail_and_heal(size_t kind, int after)
{
    struct journal *journal = files_open("j.db");
    uint64_t version = 1;
    for (; version <= 3; version++)
        assert_int_equal(put(journal, version).last_rc, 0);
    fault_set(faults[kind].fault, after);
    for (int i = 0; i < 3; i++) {
        struct answers answers = put(journal, version);
        if (!answers.last_rc) {
            version++;
            continue;
        }
        assert_int_equal(answers.last_rc, faults[kind].code);
        if (!strstr(answers.text, faults[kind].advice) || !strstr(answers.text, "j.db"))
            fail_msg("%s", answers.text);
    }
    bool struck = fault_strikes() > 0;
    fault_set(FAULT_NONE, 0);
    struct answers answers = put(journal, version);
    if (answers.last_rc)
        fail_msg("fault %zu after %d is gone, but: %s", kind, after, answers.text);
    assert_int_equal(answers.last_seq, version);
    uint64_t events = 0;
    assert_int_equal(journal_read(journal, 0, 0, count, &events, NULL), 0);
    assert_int_equal(events, version);
    journal_close(journal);
    verify_clean("j.db", version);
    unlink(files_path("j.db"));
    return struck;
}

static void writing_resumes_when_the_disk_works_again(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < ARRAY_SIZE(faults); kind++) {
        int after = 0;
        while (fail_and_heal(kind, after))
            after++;
        assert_true(after >= 3); /* three commits sync at least three times */
    }
}

/* Writes enough that the log is copied into the database meanwhile, which fails as well. */
static void a_storm_over_a_bad_disk_loses_nothing(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 7);
    struct journal *journal = files_open("j.db");
    uint64_t version = 0;
    for (int i = 0; i < 1500; i++) {
        if (rng_below(&rng, 50) == 0)
            fault_set(faults[rng_below(&rng, ARRAY_SIZE(faults))].fault, (int)rng_below(&rng, 30));
        if (rng_below(&rng, 20) == 0)
            fault_set(FAULT_NONE, 0);
        version += put(journal, version + 1).last_rc == 0;
    }
    fault_set(FAULT_NONE, 0);
    assert_int_equal(put(journal, version + 1).last_rc, 0);
    assert_int_equal(journal_last_seq(journal), version + 1);
    journal_close(journal);
    verify_clean("j.db", version + 1);
    journal = files_open("j.db");
    assert_int_equal(journal_last_seq(journal), version + 1);
    journal_close(journal);
}

static void waiting_batches_fail_together_and_a_barrier_passes(void **state)
{
    (void)state;
    struct answers writes = {0};
    struct answers barrier = {0};
    struct journal *journal = files_open("j.db");
    fault_set(FAULT_FULL, 0);
    for (int i = 1; i <= 3; i++) {
        struct journal_batch *batch = batch_create();
        CLEANUP_FREE char *stream = xasprintf("INC-%d", i);
        batch_event(batch, stream, 1, 1, "noted", "ana", "{}");
        journal_append(journal, batch, files_answered, &writes);
    }
    journal_step(journal);
    assert_int_equal(writes.n, 3);
    assert_int_equal(writes.last_rc, ERR_FULL);
    journal_append(journal, batch_create(), files_answered, &barrier);
    journal_step(journal);
    assert_int_equal(barrier.n, 1);
    assert_int_equal(barrier.last_rc, 0);
    assert_int_equal(barrier.last_seq, 0);
    fault_set(FAULT_NONE, 0);
    assert_int_equal(put(journal, 1).last_seq, 1);
    journal_close(journal);
}

static void a_failed_read_is_reported_and_the_next_one_works(void **state)
{
    (void)state;
    files_fill("j.db", 2000);
    struct journal *journal = files_open("j.db");
    struct error err = {0};
    uint64_t events = 0;
    fault_set(FAULT_READ, 0);
    assert_int_equal(journal_read(journal, 0, 0, count, &events, &err), ERR_IO);
    assert_non_null(strstr(err.text, "disk reports an error"));
    fault_set(FAULT_NONE, 0);
    events = 0;
    assert_int_equal(journal_read(journal, 0, 0, count, &events, &err), 0);
    assert_int_equal(events, 2000);
    journal_close(journal);
}

static void a_lock_held_by_another_program_is_reported(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(files_path("j.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct answers answers = put(journal, 1);
    assert_int_equal(answers.last_rc, ERR_IO);
    assert_non_null(strstr(answers.text, "another program has locked the database"));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(put(journal, 1).last_rc, 0);
    sqlite3_close(other);
    journal_close(journal);
}

static void a_read_only_file_is_reported(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct error err = {0};
    files_fill("j.db", 3);
    fault_set(FAULT_OPEN, 0);
    assert_int_equal(journal_open(files_path("j.db"), NULL, &journal, &err), ERR_IO);
    assert_non_null(strstr(err.text, "give this user write permission"));
    fault_set(FAULT_NONE, 0);
    journal = files_open("j.db");
    assert_int_equal(put(journal, 2).last_rc, 0);
    journal_close(journal);
}

static void overwrite(const char *name, off_t from, off_t to)
{
    char garbage[4096];
    memset(garbage, 0xa5, sizeof(garbage));
    int fd = open(files_path(name), O_RDWR);
    for (off_t page = from; page < to; page++)
        assert_int_equal(pwrite(fd, garbage, sizeof(garbage), page * 4096), sizeof(garbage));
    close(fd);
}

static void a_damaged_file_is_reported(void **state)
{
    (void)state;
    struct journal *journal = NULL;
    struct error err = {0};
    uint64_t events = 0;
    files_fill("j.db", 3000);
    overwrite("j.db", 30, 60);
    journal = files_open("j.db");
    assert_int_equal(journal_read(journal, 0, 0, count, &events, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.text, "the last backup"));
    journal_close(journal);
    overwrite("j.db", 0, 1);
    assert_int_equal(journal_open(files_path("j.db"), NULL, &journal, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.text, "this is not a database"));
}

static void a_batch_that_cannot_be_kept_fails_alone(void **state)
{
    (void)state;
    struct answers bad = {0};
    struct answers good = {0};
    struct journal *journal = files_open("j.db");
    struct journal_batch *batch = batch_create();
    batch_event(batch, "INC-1", 1, 1, "noted", "ana", "\xff\xfe");
    journal_append(journal, batch, files_answered, &bad);
    batch = batch_create();
    batch_event(batch, "INC-1", 1, 1, "noted", "ana", "{}");
    journal_append(journal, batch, files_answered, &good);
    journal_step(journal);
    assert_int_equal(bad.last_rc, ERR_INVALID);
    assert_int_equal(good.last_rc, 0);
    assert_int_equal(good.last_seq, 1);
    journal_close(journal);
}

static int set_up(void **state)
{
    fault_set(FAULT_NONE, 0);
    return files_set_up(state);
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, files_tear_down)

int main(void)
{
    fault_install();
    const struct CMUnitTest tests[] = {
        TEST(writing_resumes_when_the_disk_works_again),
        TEST(a_storm_over_a_bad_disk_loses_nothing),
        TEST(waiting_batches_fail_together_and_a_barrier_passes),
        TEST(a_failed_read_is_reported_and_the_next_one_works),
        TEST(a_lock_held_by_another_program_is_reported),
        TEST(a_read_only_file_is_reported),
        TEST(a_damaged_file_is_reported),
        TEST(a_batch_that_cannot_be_kept_fails_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
