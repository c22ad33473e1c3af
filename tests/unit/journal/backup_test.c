#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../support/journal_files.h"
#include "journal/backup.h"

static struct verify_report report;
static struct error err;

static bool exists(const char *name)
{
    return access(files_path(name), F_OK) == 0;
}

static void a_backup_works_while_the_daemon_runs(void **state)
{
    (void)state;
    files_fill("a.db", 30);
    struct journal *journal = files_open("a.db");
    struct answers answers = {0};
    struct journal_batch *batch = batch_create();
    batch_event(batch, "INC-9", 1, 1, "noted", "ana",
                "{}"); /* still in the write-ahead log, not in the database */
    journal_append(journal, batch, files_answered, &answers);
    journal_step(journal);
    assert_int_equal(journal_backup(files_path("a.db"), files_path("copy.db"), NULL, &report, &err), 0);
    assert_int_equal(report.events, 31);
    assert_int_equal(report.faults, 0);
    journal_close(journal);
    assert_false(exists("copy.db-wal"));
    assert_false(exists("copy.db-journal"));
    struct stat info;
    assert_int_equal(stat(files_path("copy.db"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    journal = files_open("copy.db");
    assert_int_equal(journal_last_seq(journal), 31);
    journal_close(journal);
}

static void nothing_is_overwritten(void **state)
{
    (void)state;
    files_fill("a.db", 3);
    FILE *file = fopen(files_path("copy.db"), "w");
    fputs("precious", file);
    fclose(file);
    assert_int_equal(journal_backup(files_path("a.db"), files_path("copy.db"), NULL, &report, &err),
                     ERR_REFUSED);
    assert_non_null(strstr(err.text, "already exists"));
    struct stat info;
    assert_int_equal(stat(files_path("copy.db"), &info), 0);
    assert_int_equal(info.st_size, 8);
    assert_int_equal(journal_backup(files_path("a.db"), files_path("a.db"), NULL, &report, &err), ERR_REFUSED);
}

static void an_unfinished_copy_is_removed(void **state)
{
    (void)state;
    assert_true(journal_backup(files_path("none.db"), files_path("copy.db"), NULL, &report, &err) < 0);
    assert_non_null(strstr(err.text, "none.db"));
    assert_false(exists("copy.db"));
    files_fill("a.db", 3);
    assert_true(journal_backup(files_path("a.db"), files_path("no/copy.db"), NULL, &report, &err) < 0);
    assert_non_null(strstr(err.text, "no/copy.db"));
}

static void faults_are_reported_and_the_copy_stays(void **state)
{
    (void)state;
    files_fill("a.db", 12);
    files_sql("a.db", "UPDATE event SET data = '{}' WHERE seq = 7");
    assert_int_equal(journal_backup(files_path("a.db"), files_path("copy.db"), NULL, &report, &err), 0);
    assert_int_equal(report.faults, 1);
    assert_true(exists("copy.db"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_works_while_the_daemon_runs),
        TEST(nothing_is_overwritten),
        TEST(an_unfinished_copy_is_removed),
        TEST(faults_are_reported_and_the_copy_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
