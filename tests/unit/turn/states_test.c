/* What verify reports about a journal whose events are intact and whose states were edited. */
#include <stdio.h>
#include <unistd.h>

#include "turn/states.h"
#include "journal/export.h"
#include "journal/store.h"

#include "../command/rig.h"

#include "../../support/journal_files.h"

/* Writes two incidents, one of them private, and closes the file. */
static void work(const char *name)
{
    struct store *store;
    assert_int_equal(sqlite_store_open(files_path(name), &store, NULL), 0);
    struct rig *rig = rig_over(store);
    rig_expect(rig, "ana", 0, "declare checkout is slow", "INC-1 is open");
    rig_expect(rig, "ana", 1, "note it is the ZEBRA", "");
    rig_expect(rig, "ben", 1, "pause waiting for 2h", "paused INC-1");
    rig_expect(rig, "ben", 1, "resume", "INC-1");
    rig_expect(rig, "ana", 0, "declare a leak --private", "INC-2 is open");
    rig_expect(rig, "ana", 1, "resolve more disk", "resolved INC-1");
    rig_destroy(rig);
}

static void collect(void *ctx, uint64_t seq, const char *text)
{
    (void)seq;
    str_addf(ctx, "%s\n", text);
}

static uint64_t verify(const char *name, struct str *out)
{
    struct states states;
    struct verify_report report;
    states_init(&states, collect, out);
    struct verify_hooks hooks = states_hooks(&states);
    assert_int_equal(journal_verify(files_path(name), &hooks, &report, NULL), 0);
    return report.faults + states_finish(&states);
}

/* A document that was edited does not fit its checksum either. */
static void expect(const char *tampering, uint64_t faulty, const char *wanted)
{
    CLEANUP_STR struct str faults = {0};
    work("j.db");
    files_sql("j.db", tampering);
    assert_int_equal(verify("j.db", &faults), faulty);
    if (!strstr(str_text(&faults), wanted))
        fail_msg("wanted '%s', got '%s'", wanted, str_text(&faults));
    unlink(files_path("j.db"));
}

static void an_untouched_journal_is_intact(void **state)
{
    (void)state;
    expect("SELECT 1", 0, "");
    expect("DELETE FROM doc WHERE kind = 2", 0, "");
}

static void an_edited_state_is_named(void **state)
{
    (void)state;
    expect("UPDATE doc SET body = replace(body, '\"private\":true', '\"private\":false') WHERE kind = 1", 2,
           "INC-2: its state does not match its events");
    expect("UPDATE doc SET body = replace(body, 'checkout', 'Checkout') WHERE kind = 1", 2,
           "INC-1: its state does not match");
    expect("UPDATE doc SET body = '[]' WHERE key = '0000000001' AND kind = 1", 2,
           "INC-1: its state does not match");
    expect("UPDATE doc SET tag = 'declined' WHERE key = '0000000001' AND kind = 1", 2,
           "INC-1: its state does not match");
    expect("UPDATE doc SET at = at + 1 WHERE key = '0000000002' AND kind = 1", 2,
           "INC-2: its state does not match");
}

static void a_removed_or_added_state_is_named(void **state)
{
    (void)state;
    expect("DELETE FROM doc WHERE key = '0000000002' AND kind = 1", 1,
           "INC-2 has events but no state; the state was removed");
    expect("INSERT INTO doc SELECT kind, '0000000077', tag, at, body, sum FROM doc WHERE key = '0000000002' "
           "AND kind = 1",
           2, "INC-77 has a state but no events");
}

static void search_text_that_is_not_the_events_own_is_named(void **state)
{
    (void)state;
    expect("UPDATE event SET search = 'nothing' WHERE search LIKE '%ZEBRA%'", 1,
           "its search text does not match its content");
}

/* Each line of the file is valid, and its end line matches its events. */
static void an_edited_export_is_detected(void **state)
{
    (void)state;
    struct export_counts counts;
    CLEANUP_STR struct str faults = {0};
    char text[1 << 16];
    work("j.db");
    FILE *file = fopen(files_path("e.jsonl"), "w+");
    assert_int_equal(journal_export(files_path("j.db"), file, &counts, NULL), 0);
    rewind(file);
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    text[n] = '\0';
    char *state_of = strstr(text, "\"key\":\"0000000002\"");
    assert_non_null(state_of);
    char *private = strstr(state_of, "\"private\":true");
    assert_non_null(private);
    memcpy(private, "\"private\":null", 14);
    rewind(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    rewind(file);
    assert_int_equal(journal_import(files_path("k.db"), file, &counts, NULL), 0);
    fclose(file);
    assert_int_equal(verify("k.db", &faults), 1); /* importing it made a checksum */
    assert_non_null(strstr(str_text(&faults), "INC-2: its state does not match its events"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_journal_is_intact),
        cmocka_unit_test(an_edited_state_is_named),
        cmocka_unit_test(a_removed_or_added_state_is_named),
        cmocka_unit_test(search_text_that_is_not_the_events_own_is_named),
        cmocka_unit_test(an_edited_export_is_detected),
    };
    return cmocka_run_group_tests(tests, files_set_up, files_tear_down);
}
