#include "../../support/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../support/journal_files.h"
#include "base/str.h"
#include "journal/verify.h"

static void collect(void *ctx, uint64_t seq, const char *text)
{
    (void)seq;
    str_addf(ctx, "%s\n", text);
}

/* What verify reports about twelve events after this SQL has changed them; "" when they are intact. */
static void expect(const char *tampering, const char *wanted)
{
    CLEANUP_STR struct str faults = {0};
    struct verify_report report = {0};
    struct error err = {0};
    files_fill("j.db", 12);
    files_sql("j.db", tampering);
    assert_int_equal(journal_verify(files_path("j.db"),
                                    &(struct verify_hooks){.fault_ctx = &faults, .on_fault = collect}, &report,
                                    &err),
                     0);
    assert_string_equal(str_text(&faults), wanted);
    files_sql("j.db", "DELETE FROM doc"); /* the file is still a database that SQLite opens */
    unlink(files_path("j.db"));
}

static void an_untouched_log_is_intact(void **state)
{
    (void)state;
    struct verify_report report = {0};
    files_fill("j.db", 12);
    assert_int_equal(journal_verify(files_path("j.db"), NULL, &report, NULL), 0);
    assert_int_equal(report.events, 12);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.seq, 12);
    assert_int_equal(strlen(report.hash), 64);
    unlink(files_path("j.db"));
    expect("DELETE FROM doc", "");
}

static void edited_rows_are_named(void **state)
{
    (void)state;
    expect("UPDATE event SET data = '{}' WHERE seq = 5",
           "event 5 (INC-2, version 2, noted) was edited, or event 4 was, together with its hash\n");
    expect("UPDATE event SET at = at + 1 WHERE seq = 12",
           "event 12 (INC-3, version 4, noted) was edited, or event 11 was, together with its hash\n");
    expect("UPDATE event SET \"by\" = 'bob' WHERE seq = 1",
           "event 1 (INC-1, version 1, noted) was edited, or event 0 was, together with its hash\n");
    expect("UPDATE event SET type = 'status' WHERE seq IN (3, 9)",
           "event 3 (INC-3, version 1, status) was edited, or event 2 was, together with its hash\n"
           "event 9 (INC-3, version 3, status) was edited, or event 8 was, together with its hash\n");
    expect("UPDATE event SET hash = zeroblob(3) WHERE seq = 12",
           "event 12 has no hash, or a text is missing\nevent 12 is the last, but its hash is not the one "
           "recorded as the "
           "end\n");
}

static void removed_rows_are_named(void **state)
{
    (void)state;
    expect("DELETE FROM event WHERE seq = 5",
           "event 5 was removed; event 6 cannot be checked without it\nstream INC-2 lacks version 2\n");
    expect("DELETE FROM event WHERE seq IN (4, 5)",
           "events 4 to 5 were removed; event 6 cannot be checked without them\nstream INC-1 lacks version 2\n"
           "stream INC-2 lacks version 2\n");
    expect("DELETE FROM event WHERE seq > 10",
           "the end was cut off: event 10 is the last, but event 12 was recorded\n");
    expect("DELETE FROM event", "the end was cut off: event 0 is the last, but event 12 was recorded\n");
}

static void removed_rows_with_the_rest_renumbered_are_named(void **state)
{
    (void)state;
    expect("DELETE FROM event WHERE seq = 5; UPDATE event SET seq = seq - 1 WHERE seq > 5; UPDATE head SET seq "
           "= 11",
           "event 6 (INC-1, version 3) was recorded as event 7: 1 event before it was removed, and the rest "
           "were renumbered\n"
           "event 5 (INC-3, version 2, noted) was edited, or event 4 was, together with its hash\n"
           "stream INC-2 lacks version 2\n");
}

static void moved_rows_are_named(void **state)
{
    (void)state;
    expect("UPDATE event SET seq = -5 WHERE seq = 5; UPDATE event SET seq = 5 WHERE seq = 6;"
           "UPDATE event SET seq = 6 WHERE seq = -5",
           "event 5 (INC-3, version 2, noted) was moved: it was recorded as event 6\n"
           "event 6 (INC-2, version 2, noted) was moved: it was recorded as event 5\n");
    expect("UPDATE event SET seq = -3 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 9;"
           "UPDATE event SET seq = 9 WHERE seq = -3",
           "event 3 (INC-3, version 3, noted) was moved: it was recorded as event 9\n"
           "event 9 (INC-3, version 1, noted) was moved: it was recorded as event 3\n");
}

static void inserted_rows_are_named(void **state)
{
    (void)state;
    expect("UPDATE event SET seq = -seq - 1 WHERE seq > 5; UPDATE event SET seq = -seq WHERE seq < 0;"
           "INSERT INTO event VALUES (6, 'INC-9', 1, 5, 'noted', 'eve', '{}', zeroblob(32), NULL);"
           "UPDATE head SET seq = 13",
           "event 6 was inserted: event 7 (INC-3, version 2) follows the one before it\n"
           "event 6 (INC-9, version 1, noted) was edited, or event 5 was, together with its hash\n");
    expect("INSERT INTO event VALUES (13, 'INC-9', 1, 5, 'noted', 'eve', '{}', zeroblob(32), NULL)",
           "event 13 (INC-9, version 1, noted) was edited, or event 12 was, together with its hash\n"
           "events 13 to 13 were added after the recorded end\n");
}

static void the_recorded_end_is_compared(void **state)
{
    (void)state;
    expect("UPDATE head SET hash = zeroblob(32)",
           "event 12 is the last, but its hash is not the one recorded as the end\n");
}

static void a_damaged_page_is_reported(void **state)
{
    (void)state;
    CLEANUP_STR struct str faults = {0};
    struct verify_report report = {0};
    files_fill("j.db", 3000);
    int fd = open(files_path("j.db"), O_RDWR);
    char garbage[4096];
    memset(garbage, 0xa5, sizeof(garbage));
    for (off_t page = 40; page < 60; page++)
        assert_int_equal(pwrite(fd, garbage, sizeof(garbage), page * 4096), sizeof(garbage));
    close(fd);
    assert_int_equal(journal_verify(files_path("j.db"),
                                    &(struct verify_hooks){.fault_ctx = &faults, .on_fault = collect}, &report,
                                    NULL),
                     0);
    assert_true(report.faults > 0);
    assert_non_null(strstr(str_text(&faults), "damaged"));
}

static void a_file_that_is_not_a_journal_is_refused(void **state)
{
    (void)state;
    struct verify_report report = {0};
    struct error err = {0};
    assert_int_equal(journal_verify(files_path("none.db"), NULL, &report, &err), ERR_IO);
    assert_non_null(strstr(err.text, "none.db"));
    files_sql("other.db", "CREATE TABLE t (x)");
    assert_int_equal(journal_verify(files_path("other.db"), NULL, &report, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "not a Tocsin journal"));
    files_fill("new.db", 1);
    files_sql("new.db", "PRAGMA user_version = 99");
    assert_int_equal(journal_verify(files_path("new.db"), NULL, &report, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "newer Tocsin"));
    struct journal *journal = NULL;
    assert_int_equal(journal_open(files_path("new.db"), NULL, &journal, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "newer Tocsin"));
    assert_int_equal(journal_open(files_path("other.db"), NULL, &journal, &err), ERR_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_untouched_log_is_intact),
        TEST(edited_rows_are_named),
        TEST(removed_rows_are_named),
        TEST(removed_rows_with_the_rest_renumbered_are_named),
        TEST(moved_rows_are_named),
        TEST(inserted_rows_are_named),
        TEST(the_recorded_end_is_compared),
        TEST(a_damaged_page_is_reported),
        TEST(a_file_that_is_not_a_journal_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
