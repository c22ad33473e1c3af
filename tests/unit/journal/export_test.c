#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/journal_files.h"
#include "base/str.h"
#include "journal/export.h"
#include "journal/verify.h"

static struct export_counts counts;

static void export_to(const char *journal, const char *name)
{
    struct error err = {0};
    FILE *out = fopen(files_path(name), "w");
    assert_int_equal(journal_export(files_path(journal), out, &counts, &err), 0);
    assert_int_equal(fclose(out), 0);
}

static int import_from(const char *journal, const char *name, struct error *err)
{
    FILE *in = fopen(files_path(name), "r");
    int rc = journal_import(files_path(journal), in, &counts, err);
    fclose(in);
    return rc;
}

/* Anything that a journal may hold: odd JSON, plain text, separators in keys, no tag, no search text, large numbers. */
static void fill_oddly(void)
{
    static const char *const contents[] = {
        "{\"a\":1.50,\"a\":2,\"b\":\"\\u00e9 é \\/ \\\"data\\\":\"}",
        "{ \"spaced\" : [ 1 , 2 ]  } ",
        "{\"several\":\n\"lines\"}",
        "not JSON, \"quoted\"\t\x01",
        "",
        "42",
        "\xef\xbb\xbf{}",
        "{\"data\":{\"data\":\"},\\\"data\\\":{\"}}",
        "{\"body\":1},\"data\":{}",
        "nul",
        "{\"deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]"
        "]]]]]]]]]]]"
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
    };
    struct journal *journal = files_open("a.db");
    struct answers answers = {0};
    for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
        struct journal_batch *batch = batch_create();
        CLEANUP_FREE char *key = xasprintf("slack\x1f%zu,\"data\":", i);
        struct journal_event *event =
            batch_event(batch, i % 2 ? "system" : "group/\"9f\"", i / 2 + 1, (instant)i * 100000000000, "noted",
                        i % 3 ? "ana" : NULL, contents[i]);
        event->search = i % 4 ? NULL : xstrdup("Grüße,\n\"data\":");
        struct journal_doc *doc = batch_doc(batch, i % 2 ? DOC_CONNECTOR : DOC_TOKEN, key, contents[i]);
        doc->tag = i % 3 ? xstrdup("tag \"x\"") : NULL;
        doc->at = (instant)i;
        journal_append(journal, batch, files_answered, &answers);
        journal_step(journal);
        assert_int_equal(answers.last_rc, 0);
    }
    journal_close(journal);
}

static void an_imported_journal_exports_the_same(void **state)
{
    (void)state;
    struct error err = {0};
    struct verify_report report = {0};
    files_fill("a.db", 500);
    export_to("a.db", "1.jsonl");
    assert_int_equal(counts.events, 500);
    assert_int_equal(counts.documents, 3);
    assert_int_equal(import_from("b.db", "1.jsonl", &err), 0);
    assert_int_equal(counts.events, 500);
    export_to("b.db", "2.jsonl");
    assert_true(files_equal("1.jsonl", "2.jsonl"));
    assert_int_equal(journal_verify(files_path("b.db"), NULL, &report, NULL), 0);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.events, 500);
}

static void odd_content_comes_back_byte_for_byte(void **state)
{
    (void)state;
    struct error err = {0};
    fill_oddly();
    export_to("a.db", "1.jsonl");
    if (import_from("b.db", "1.jsonl", &err))
        fail_msg("%s", err.text);
    export_to("b.db", "2.jsonl");
    assert_true(files_equal("1.jsonl", "2.jsonl"));
}

static void an_empty_journal_can_be_exported_and_imported(void **state)
{
    (void)state;
    struct error err = {0};
    journal_close(files_open("a.db"));
    export_to("a.db", "1.jsonl");
    assert_int_equal(import_from("b.db", "1.jsonl", &err), 0);
    export_to("b.db", "2.jsonl");
    assert_true(files_equal("1.jsonl", "2.jsonl"));
}

static bool take_seq(void *ctx, const struct journal_event *event)
{
    *(uint64_t *)ctx = event->seq;
    return true;
}

static void an_imported_journal_is_searched_and_appended_to(void **state)
{
    (void)state;
    struct error err = {0};
    struct answers answers = {0};
    struct verify_report report = {0};
    uint64_t seq = 0;
    files_fill("a.db", 12);
    export_to("a.db", "1.jsonl");
    assert_int_equal(import_from("b.db", "1.jsonl", &err), 0);
    struct journal *journal = files_open("b.db");
    assert_int_equal(
        journal_search(journal, &(struct search_query){.words = "number7", .limit = 10}, take_seq, &seq, NULL),
        0);
    assert_int_equal(seq, 8);
    struct journal_batch *batch = batch_create();
    batch_event(batch, "INC-1", 5, 1, "noted", "ana", "{}");
    journal_append(journal, batch, files_answered, &answers);
    journal_step(journal);
    assert_int_equal(answers.last_seq, 13);
    journal_close(journal);
    assert_int_equal(journal_verify(files_path("b.db"), NULL, &report, NULL), 0);
    assert_int_equal(report.faults, 0);
}

/* ---- bad files ---- */

static void copy_changed(const char *from, const char *to, size_t line, const char *replacement)
{
    char text[4096];
    FILE *in = fopen(files_path(from), "r");
    FILE *out = fopen(files_path(to), "w");
    for (size_t n = 1; fgets(text, sizeof(text), in); n++)
        fputs(n == line ? replacement : text, out);
    fclose(in);
    fclose(out);
}

static void bad_lines_are_named_and_nothing_is_kept(void **state)
{
    (void)state;
    /* Lines 2 to 13 are twelve events, 14 to 16 three documents, 17 the end. */
    static const struct {
        size_t line;
        const char *replacement, *wanted;
    } cases[] = {
        {1, "{\"tocsin\":\"journal\",\"format\":2}\n",
         "line 1: this version of Tocsin does not know the format"},
        {1, "", "line 1: this file is not an export"},
        {4, "{\"seq\":3,\n", "line 4: "},
        {4, "\n", "line 4: "},
        {4, "", "line 4: found event 4 where event 3 was expected"},
        {4, "{\"what\":1}\n", "line 4: the line is neither"},
        {4,
         "{\"seq\":3,\"stream\":\"INC-3\",\"version\":1,\"at\":1,\"type\":\"noted\",\"by\":\"eve\",\"hash\":"
         "\"00\","
         "\"data\":{}}\n",
         "line 4: \"hash\" must be"},
        {4,
         "{\"seq\":3,\"stream\":\"INC-3\",\"version\":1,\"at\":1,\"type\":\"noted\",\"by\":\"eve\",\"hash\":"
         "\"0000000000000000000000000000000000000000000000000000000000000000\",\"data\":{}}\n",
         "line 4: event 3 was edited"},
        {4,
         "{\"seq\":3,\"stream\":\"INC-3\",\"version\":1,\"at\":1,\"type\":\"noted\",\"by\":\"eve\",\"hash\":"
         "\"0000000000000000000000000000000000000000000000000000000000000000\",\"data\":{},\"more\":1}\n",
         "line 4: \"data\" must be the last member of the line"},
        {15, "", "line 16: the last line counts other"},
        {15, "{\"kind\":1,\"key\":\"x\"}\n", "line 15: "},
        {17, "", "line 17: the last line is missing"},
        {17, "{\"events\":12,", "line 17: the line has no end"},
    };
    files_fill("a.db", 12);
    export_to("a.db", "1.jsonl");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct error err = {0};
        copy_changed("1.jsonl", "2.jsonl", cases[i].line, cases[i].replacement);
        assert_true(import_from("b.db", "2.jsonl", &err) < 0);
        if (!text_starts(err.text, cases[i].wanted))
            fail_msg("case %zu: %s", i, err.text);
    }
    struct error err = {0};
    assert_int_equal(import_from("b.db", "1.jsonl", &err), 0);
}

static void a_store_in_use_is_left_alone(void **state)
{
    (void)state;
    struct error err = {0};
    files_fill("a.db", 3);
    export_to("a.db", "1.jsonl");
    assert_int_equal(import_from("a.db", "1.jsonl", &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "not empty"));
    struct journal *journal = files_open("b.db");
    assert_int_equal(import_from("b.db", "1.jsonl", &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "another tocsind"));
    journal_close(journal);
}

static void a_full_disk_ends_an_export(void **state)
{
    (void)state;
    struct error err = {0};
    files_fill("a.db", 200);
    FILE *out = fopen("/dev/full", "w");
    setvbuf(out, NULL, _IONBF, 0);
    assert_int_equal(journal_export(files_path("a.db"), out, &counts, &err), ERR_FULL);
    fclose(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_imported_journal_exports_the_same),
        TEST(odd_content_comes_back_byte_for_byte),
        TEST(an_empty_journal_can_be_exported_and_imported),
        TEST(an_imported_journal_is_searched_and_appended_to),
        TEST(bad_lines_are_named_and_nothing_is_kept),
        TEST(a_store_in_use_is_left_alone),
        TEST(a_full_disk_ends_an_export),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
