/* docs/documents.md is the table of documents; TOCSIN_WRITE=1 writes it again. */
#include "../../support/check.h"
#include "../../support/docs_page.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "journal/documents.h"
#include "policy/configuration.h"

static const struct document *row(int kind)
{
    return document((enum doc_kind)kind);
}

/* The store keeps the numbers, so they must never change. */
static void numbers_never_change(void **state)
{
    (void)state;
    static const char *const names[] = {"incident", "group",     "person", "action", "channel",
                                        "token",    "connector", "seen",   "minute", "sample",
                                        "meta",     "alerted",   "mute",   "reply"};
    assert_true(DOC_KINDS > sizeof(names) / sizeof(*names));
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_string_equal(row((int)i + 1)->name, names[i]);
}

static bool is_duration(const char *name)
{
    size_t n;
    const struct setting *settings = configuration_settings(&n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(settings[i].name, name) == 0)
            return settings[i].type == SETTING_DURATION;
    }
    return false;
}

static void pruned_kinds_have_a_time_and_a_setting(void **state)
{
    (void)state;
    for (int kind = 1; kind < DOC_KINDS; kind++) {
        if (!row(kind)->keep)
            continue;
        assert_non_null(row(kind)->at);
        assert_true(is_duration(row(kind)->keep));
    }
    assert_string_equal(document(DOC_SEEN)->keep, "keep_seen");
    assert_string_equal(document(DOC_MINUTE)->keep, "keep_counts");
    assert_string_equal(document(DOC_SAMPLE)->keep, "keep_samples");
}

/* The hook of verify takes every proven document for the state of an incident. */
static void only_states_of_incidents_are_proven(void **state)
{
    (void)state;
    for (int kind = 1; kind < DOC_KINDS; kind++)
        assert_int_equal(row(kind)->proven, kind == DOC_INCIDENT);
}

static void write_page(struct str *out)
{
    str_add(out,
            "# Documents\n\n"
            "What the journal keeps beside its events, from the rows of `core/journal/documents.def`. A "
            "document is the newest\n"
            "state of something: one for each kind and key, replaced in place. An export (`tocsin export`) "
            "shows the number as\n"
            "`kind`. `␟` is the byte 0x1f. `tocsin verify` checks the kinds marked * against the events. A "
            "document of a kind\n"
            "with a setting is removed once its `at` is longer ago than that setting says.\n\n"
            "| kind | name | key | body | tag | at | kept for |\n|---|---|---|---|---|---|---|\n");
    for (int kind = 1; kind < DOC_KINDS; kind++) {
        const struct document *d = row(kind);
        str_addf(out, "| %d%s | %s | %s | %s | %s | %s |", kind, d->proven ? " *" : "", d->name, d->key,
                 d->body, d->tag ? d->tag : "", d->at ? d->at : "");
        str_addf(out, d->keep ? " `%s` |\n" : " |\n", d->keep);
    }
}

static void the_page_is_the_table(void **state)
{
    (void)state;
    CLEANUP_STR struct str page = {0};
    write_page(&page);
    docs_page_check("docs/documents.md", page.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_never_change),
        cmocka_unit_test(pruned_kinds_have_a_time_and_a_setting),
        cmocka_unit_test(only_states_of_incidents_are_proven),
        cmocka_unit_test(the_page_is_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
