/* An event that is not as it was written, or is missing, is read as a damaged one, and told of. */
#include "../../support/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "journal/journal.h"

#include "../../support/journal_files.h"

static bool write_row(void *ctx, const struct journal_event *row)
{
    str_addf(ctx, "%s%s/%" PRIu64 "=%s", ((struct str *)ctx)->len ? " " : "", row->stream, row->version,
             row->type);
    if (!strcmp(row->type, JOURNAL_DAMAGED)) {
        str_add(ctx, row->data);
        assert_null(row->search);
    }
    return true;
}

static void write_damage(void *ctx, const struct journal_event *event)
{
    str_addf(ctx, "%" PRIu64 ":%s/%" PRIu64 " ", event->seq, event->stream, event->version);
}

struct tried {
    struct journal *journal;
    struct str read, told;
};

/* A journal of nine events in three streams, after the statement. */
static struct tried tried_after(const char *sql)
{
    struct tried tried = {0};
    files_fill("d.db", 9);
    files_sql("d.db", sql);
    tried.journal = files_open("d.db");
    return tried;
}

static void tried_finish(struct tried *tried)
{
    journal_close(tried->journal);
    str_finish(&tried->read);
    str_finish(&tried->told);
    for (size_t i = 0; i < 4; i++) {
        static const char *const names[] = {"d.db", "d.db-wal", "d.db-shm", "d.db-lock"};
        remove(files_path(names[i]));
    }
}

static void read_stream(struct tried *tried, const char *stream)
{
    journal_watch(tried->journal, NULL, write_damage, &tried->told);
    assert_int_equal(journal_read_stream(tried->journal, stream, 0, 0, write_row, &tried->read, NULL), 0);
}

static void what_was_edited_is_not_read(void **state)
{
    (void)state;
    struct tried tried = tried_after("UPDATE event SET data = '{\"text\":\"another\"}' WHERE seq = 5");
    read_stream(&tried, "INC-2");
    assert_string_equal(tried.read.p, "INC-2/1=noted INC-2/2=damaged{\"name\":\"noted\"} INC-2/3=noted");
    assert_string_equal(tried.told.p, "5:INC-2/2 ");
    str_clear(&tried.read);
    assert_int_equal(journal_read(tried.journal, 3, 3, write_row, &tried.read, NULL), 0);
    assert_string_equal(tried.read.p, "INC-1/2=noted INC-2/2=damaged{\"name\":\"noted\"} INC-3/2=noted");
    str_clear(&tried.read);
    assert_int_equal(journal_read_back(tried.journal, "INC-2", 0, 2, write_row, &tried.read, NULL), 0);
    assert_string_equal(tried.read.p, "INC-2/3=noted INC-2/2=damaged{\"name\":\"noted\"}");
    str_clear(&tried.read);
    struct search_query query = {.words = "number4"};
    assert_int_equal(journal_search(tried.journal, &query, write_row, &tried.read, NULL), 0);
    assert_int_equal(tried.read.len, 0);
    tried_finish(&tried);
}

static void what_cannot_be_a_type_is_not_said(void **state)
{
    (void)state;
    struct tried tried = tried_after("UPDATE event SET type = 'no\"ted' WHERE seq = 1");
    read_stream(&tried, "INC-1");
    assert_string_equal(tried.read.p, "INC-1/1=damaged{} INC-1/2=noted INC-1/3=noted");
    tried_finish(&tried);
}

/* Who follows what is missing cannot be proven either. */
static void what_is_missing_is_read_as_damaged(void **state)
{
    (void)state;
    struct tried tried = tried_after("DELETE FROM event WHERE seq = 5");
    read_stream(&tried, "INC-2");
    assert_string_equal(tried.read.p, "INC-2/1=noted INC-2/2=damaged{} INC-2/3=noted");
    str_clear(&tried.read);
    assert_int_equal(journal_read_back(tried.journal, "INC-2", 0, 0, write_row, &tried.read, NULL), 0);
    assert_string_equal(tried.read.p, "INC-2/3=noted INC-2/2=damaged{} INC-2/1=noted");
    str_clear(&tried.read);
    read_stream(&tried, "INC-3");
    assert_string_equal(tried.read.p, "INC-3/1=noted INC-3/2=damaged{\"name\":\"noted\"} INC-3/3=noted");
    assert_string_equal(tried.told.p, "0:INC-2/2 0:INC-2/2 6:INC-3/2 ");
    tried_finish(&tried);
}

static void what_moved_to_another_stream_is_damaged_there(void **state)
{
    (void)state;
    struct tried tried = tried_after("UPDATE event SET stream = 'INC-7' WHERE seq = 4");
    read_stream(&tried, "INC-1");
    assert_string_equal(tried.read.p, "INC-1/1=noted INC-1/2=damaged{} INC-1/3=noted");
    str_clear(&tried.read);
    read_stream(&tried, "INC-7");
    assert_string_equal(tried.read.p, "INC-7/1=damaged{} INC-7/2=damaged{\"name\":\"noted\"}");
    tried_finish(&tried);
}

/* Both the event and the one that follows: neither can be proven. */
static void a_hash_that_changed_makes_two_of_them(void **state)
{
    (void)state;
    struct tried tried = tried_after("UPDATE event SET hash = zeroblob(32) WHERE seq = 1");
    read_stream(&tried, "INC-1");
    read_stream(&tried, "INC-2");
    assert_string_equal(tried.told.p, "1:INC-1/1 2:INC-2/1 ");
    tried_finish(&tried);
}

/* In the index, the second event of INC-2 is the fourth of the log, which is INC-1's. */
static void what_an_index_finds_in_another_stream_is_not_read(void **state)
{
    (void)state;
    struct tried tried = tried_after(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET type = 'table', name = 'twin', tbl_name = 'twin', sql = 'CREATE TABLE twin"
        " (stream, version, seq, PRIMARY KEY (stream, version, seq)) WITHOUT ROWID' WHERE name = "
        "'event_stream';"
        "PRAGMA schema_version = 1001; UPDATE twin SET seq = 4 WHERE stream = 'INC-2' AND version = 2;"
        "UPDATE sqlite_schema SET type = 'index', name = 'event_stream', tbl_name = 'event', sql = 'CREATE "
        "UNIQUE"
        " INDEX event_stream ON event (stream, version)' WHERE name = 'twin'; PRAGMA schema_version = 1002;");
    read_stream(&tried, "INC-2");
    assert_string_equal(tried.read.p, "INC-2/1=noted INC-2/2=damaged{\"name\":\"noted\"} INC-2/3=noted");
    tried_finish(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_edited_is_not_read),
        cmocka_unit_test(what_cannot_be_a_type_is_not_said),
        cmocka_unit_test(what_is_missing_is_read_as_damaged),
        cmocka_unit_test(what_moved_to_another_stream_is_damaged_there),
        cmocka_unit_test(a_hash_that_changed_makes_two_of_them),
        cmocka_unit_test(what_an_index_finds_in_another_stream_is_not_read),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
