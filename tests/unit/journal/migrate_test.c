/* A journal of an older version is brought up to date, with all that it holds. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/journal_files.h"
#include "journal/verify.h"

/* From the newest schema back to the third. */
static const char back[] = "ALTER TABLE head DROP COLUMN indexed;"
                           "CREATE TRIGGER event_title AFTER INSERT ON event"
                           " WHEN new.type IN ('declared', 'titled') AND new.search IS NOT NULL BEGIN"
                           " INSERT INTO title_search (rowid, search) VALUES (new.seq, new.search); END;"
                           "DROP INDEX doc_key; DROP INDEX doc_tag; DROP INDEX doc_at;"
                           "ALTER TABLE doc RENAME TO newest;"
                           "CREATE TABLE doc (kind INTEGER NOT NULL, key TEXT NOT NULL, tag TEXT, at INTEGER "
                           "NOT NULL, body TEXT NOT NULL,"
                           " sum INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (kind, key)) WITHOUT ROWID;"
                           "INSERT INTO doc SELECT kind, key, tag, at, body, sum FROM newest;"
                           "DROP TABLE newest;"
                           "CREATE INDEX doc_tag ON doc (kind, tag) WHERE tag IS NOT NULL;"
                           "CREATE INDEX doc_at ON doc (kind, at) WHERE at > 0;"
                           "PRAGMA user_version = 3";

static void fill(struct journal *journal, int from, int n)
{
    struct journal_batch *batch = batch_create();
    for (int i = from; i < from + n; i++) {
        CLEANUP_FREE char *key = xasprintf("%010d", i), *words = xasprintf("number%d is slow", i);
        batch_event(batch, "INC-1", (uint64_t)i, i, i % 2 ? "declared" : "noted", "ana", "{}")->search =
            xstrdup(words);
        struct journal_doc *doc = batch_doc(batch, DOC_INCIDENT, key, "{\"old\":true}");
        doc->tag = xstrdup(i % 2 ? "triage" : "closed");
        doc->at = i;
        batch_doc(batch, DOC_PERSON, key, "{}");
    }
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
}

static bool count_doc(void *ctx, const struct journal_doc *doc)
{
    assert_non_null(doc->body);
    return ++*(int *)ctx > 0;
}

static bool count_event(void *ctx, const struct journal_event *event)
{
    (void)event;
    return ++*(int *)ctx > 0;
}

static int found(struct journal *journal, const char *words, bool titles)
{
    int n = 0;
    const struct search_query query = {.words = words, .titles = titles};
    assert_int_equal(journal_search(journal, &query, count_event, &n, NULL), 0);
    return n;
}

static int documents(struct journal *journal, const char *tag)
{
    int n = 0;
    const struct doc_query query = {.kind = DOC_INCIDENT, .tag = tag};
    assert_int_equal(journal_docs(journal, &query, count_doc, &n, NULL), 0);
    return n;
}

static void all_that_it_holds_stays(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    fill(journal, 1, 100);
    journal_close(journal);
    files_sql("j.db", back);
    journal = files_open("j.db");
    assert_int_equal(documents(journal, NULL), 100);
    assert_int_equal(documents(journal, "triage"), 50);
    assert_int_equal(found(journal, "slow", false), 100);
    assert_int_equal(found(journal, "slow", true), 50);
    fill(journal, 101, 10);
    assert_int_equal(documents(journal, NULL), 110);
    assert_int_equal(found(journal, "slow", false), 110);
    assert_int_equal(found(journal, "number105", true), 1);
    journal_prune(journal, DOC_INCIDENT, 11, 100);
    journal_step(journal);
    assert_int_equal(documents(journal, NULL), 100);
    journal_close(journal);
    struct verify_report report;
    assert_int_equal(journal_verify(files_path("j.db"), NULL, &report, NULL), 0);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.events, 110);
}

/* As a loss of power leaves it: the events are there, and their words are not in the index. */
static void what_is_not_indexed_yet_is_indexed_when_it_is_opened(void **state)
{
    (void)state;
    struct journal *journal = files_open("j.db");
    fill(journal, 1, 10);
    journal_close(journal);
    files_sql("j.db", "UPDATE head SET indexed = 6;"
                      "INSERT INTO event_search (event_search) VALUES ('delete-all');"
                      "INSERT INTO title_search (title_search) VALUES ('delete-all')");
    journal = files_open("j.db");
    assert_int_equal(found(journal, "slow", false), 4);
    assert_int_equal(found(journal, "slow", true), 2);
    fill(journal, 11, 1);
    assert_int_equal(found(journal, "slow", false), 5);
    journal_close(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_that_it_holds_stays, files_set_up, files_tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_indexed_yet_is_indexed_when_it_is_opened, files_set_up,
                                        files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
