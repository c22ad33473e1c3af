/* What was learned from an incident: drafted from its timeline, written by several, owed where much was at stake. Mon 23 Nov 2026 15:06 UTC. */
#include "../command/policy_rig.h"

#include "sight/query.h"
#include "writeups/html.h"
#include "writeups/inside.h"

static const struct incident *incident_1(void)
{
    return sight_incident(rig->core, 1, "ben");
}

static void begin(const char *severity)
{
    policy_rig_begin("");
    CLEANUP_FREE char *worse = xasprintf("INC-1 sev %s", severity);
    rig_expect(rig, "ben", 0, "declare cards are *refused*", "INC-1");
    rig_expect(rig, "ben", 0, worse, "");
    rig_expect(rig, "ben", 0, "INC-1 accept", "");
    rig_expect(rig, "ben", 0, "INC-1 affect <Acme>", "");
    rig_expect(rig, "ben", 0, "INC-1 pin the runbook was right", "");
    rig_expect(rig, "ben", 0, "INC-1 followup @ana-maria fix the _retry_ by friday", "follow-up 1");
    rig_expect(rig, "ben", 0, "INC-1 resolve rolled back", "");
}

/* Its latest version. The caller frees it. */
static char *text_now(void)
{
    struct writeup writeup;
    assert_true(writeup_get(rig->core, incident_1(), 0, &writeup));
    char *text = writeup.text;
    writeup.text = NULL;
    writeup_finish(&writeup);
    return text;
}

/* 0, or the refusal in *err. */
static int save(int64_t base, const char *text, const char *by, bool *merged, struct error *err)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = writeup_save(turn, 1, base, text, by, merged, err);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return rc;
}

static void it_is_drafted_from_the_timeline(void **state)
{
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "INC-1 writeup", "has no write-up");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "The write-up of INC-1 is drafted");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "! INC-1 has a write-up already");
    CLEANUP_FREE char *text = text_now();
    static const char *const parts[] = {"# INC-1 cards are \\*refused\\*",
                                        "## What happened\n\n- ",
                                        "Ben declared it: cards are \\*refused\\*",
                                        "Customers: \\<Acme",
                                        "No customer was told",
                                        "## What they were told\n\nNothing.",
                                        "the runbook was right",
                                        "- fix the \\_retry\\_: Ana María, by Fri 27 Nov"};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        if (!strstr(text, parts[i]))
            fail_msg("'%s' is not in:\n%s", parts[i], text);
    }
    rig_expect(rig, "ben", 0, "INC-1 timeline", "Ben wrote version 1 of the write-up");
    tear_down(state);
}

static void several_write_and_no_word_is_lost(void **state)
{
    bool merged;
    struct error err;
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    CLEANUP_FREE char *first = text_now();
    CLEANUP_FREE char *mine = xasprintf("Read this first.\n%s", first),
                      *other = xasprintf("%sThe end.\n", first);
    assert_int_equal(save(1, mine, "ana-maria", &merged, &err), 0);
    assert_false(merged);
    assert_int_equal(save(1, other, "ben", &merged, &err), 0);
    assert_true(merged);
    CLEANUP_FREE char *both = text_now();
    assert_true(text_starts(both, "Read this first.\n") && strstr(both, "\nThe end.\n"));
    CLEANUP_FREE char *clash = xasprintf("Read that first.\n%s", first);
    assert_int_equal(save(1, clash, "ben", &merged, &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "Ben wrote the same lines meanwhile"));
    assert_non_null(strstr(err.text, "Read this first."));
    assert_int_equal(save(1, " \n", "ben", &merged, &err), ERR_INVALID);
    assert_int_equal(save(9, "x", "ben", &merged, &err), ERR_NOT_FOUND);
    assert_int_equal(save(0, "x", "ben", &merged, &err), ERR_NOT_FOUND);
    assert_int_equal(incident_1()->activity.writeup, 3);
    assert_int_equal(save(3, both, "ben", &merged, &err), 0); /* as it is */
    assert_int_equal(incident_1()->activity.writeup, 3);
    rig_expect(rig, "ben", 0, "INC-1 writeup 1", "Version 1 of Ben");
    rig_expect(rig, "ben", 0, "INC-1 writeup 7", "! There is no version 7");
    tear_down(state);
}

static void chat_adds_a_line_under_a_heading(void **state)
{
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    rig_expect(rig, "ben", 0, "INC-1 writeup add hindered: the <page> went to nobody", "Version 2");
    rig_expect(rig, "ben", 0, "INC-1 writeup add nonsense: x", "! No heading of the write-up has 'nonsense'");
    rig_expect(rig, "ben", 0, "INC-1 writeup add helped", "! Say under which heading");
    CLEANUP_FREE char *text = text_now();
    const char *line = strstr(text, "the <page> went to nobody");
    assert_non_null(line);
    assert_true(strstr(text, "## What hindered") < line && line < strstr(text, "## What we change"));
    tear_down(state);
}

static void it_is_owed_where_much_was_at_stake(void **state)
{
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "writeup owed", "**INC-1** cards are");
    rig_expect(rig, "ben", 0, "owed", "finish the write-up");
    rig_expect(rig, "ben", 0, "INC-1 writeup done", "! INC-1 has no write-up");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    rig_expect(rig, "ben", 0, "INC-1 writeup", "owed by Sat 28 Nov");
    rig_expect(rig, "ben", 0, "INC-1 writeup done", "The write-up is finished");
    rig_expect(rig, "ben", 0, "writeup owed", "No write-up is owed");
    rig_expect(rig, "ben", 0, "INC-1 writeup reopen", "open again");
    rig_expect(rig, "ben", 0, "writeup owed", "**INC-1** cards are");
    tear_down(state);
    begin("minor");
    rig_expect(rig, "ben", 0, "writeup owed", "No write-up is owed");
    tear_down(state);
}

/* So many newer ones, of which nobody may see any. */
static void others_wait(int n)
{
    struct journal_batch *batch = batch_create();
    for (int i = 0; i < n; i++) {
        CLEANUP_FREE char *key = xasprintf("%010d", 1000 + i);
        batch_doc(batch, DOC_WAITS, key, "{}");
    }
    journal_append(rig->journal, batch, NULL, NULL);
    rig_settle(rig);
}

static void only_the_newest_that_owe_are_looked_at(void **state)
{
    (void)state;
    begin("major");
    others_wait(OWING_LOOK - 1);
    rig_expect(rig, "ben", 0, "writeup owed", "**INC-1** cards are");
    rig_expect(rig, "ben", 0, "owed", "finish the write-up");
    others_wait(OWING_LOOK);
    rig_expect(rig, "ben", 0, "writeup owed", "the newest 300 that ended were looked at");
    rig_expect(rig, "ben", 0, "owed", "the newest 300 were looked at");
    tear_down(state);
}

static void a_private_one_is_for_its_members(void **state)
{
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    rig_expect(rig, "ben", 0, "INC-1 private", "");
    rig_person(rig, "eve", "Eve", NULL);
    rig_expect(rig, "eve", 0, "INC-1 writeup", "! No incident INC-1");
    rig_expect(rig, "eve", 0, "writeup owed", "No write-up is owed");
    tear_down(state);
}

/* The first version with n lines more in front of it. The caller frees. */
static char *longer(const char *text, size_t n, const char *line)
{
    struct str out = {0};
    for (size_t i = 0; i < n; i++)
        str_addf(&out, "%s\n", line);
    str_add(&out, text);
    return str_take(&out);
}

static void what_several_wrote_is_not_too_long_either(void **state)
{
    bool merged;
    struct error err;
    (void)state;
    begin("major");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    CLEANUP_FREE char *first = text_now(), *mine = longer(first, 1200, "mine"),
                      *end = longer("", 1200, "other");
    CLEANUP_FREE char *other = xasprintf("%s%s", first, end);
    assert_int_equal(save(1, mine, "ana-maria", &merged, &err), 0);
    assert_int_equal(save(1, other, "ben", &merged, &err), ERR_TOO_BIG);
    assert_non_null(strstr(err.text, "Put your change into version 2"));
    assert_int_equal(incident_1()->activity.writeup, 2);
    assert_int_equal(save(2, first, "ben", &merged, &err), 0);
    tear_down(state);
}

/* A draft from a template has no bound of its own: whoever begins with it shortens it. */
static void one_that_is_too_long_is_shortened_and_not_merged(void **state)
{
    bool merged;
    struct error err;
    (void)state;
    begin("major");
    CLEANUP_FREE char *lines = longer("", 2500, "line");
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(writeup_put(turn, 1, lines, "ben", &err), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_int_equal(save(1, "short\n", "ben", &merged, &err), 0);
    assert_int_equal(save(1, "shorter\n", "ana-maria", &merged, &err), ERR_TOO_BIG);
    assert_int_equal(save(2, "shorter\n", "ana-maria", &merged, &err), 0);
    tear_down(state);
}

static int lets_see(const char *line, bool expect, const char *wanted)
{
    struct asker asker = {.person = "ben", .here = 1, .most = ACCESS_SEE};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = command_run(turn, &asker, line, &answer);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    if ((rc == 0) != expect || !strstr(str_text(&answer.text), wanted))
        fail_msg("%s: %s", line, str_text(&answer.text));
    assert_true(rc || answer.alone);
    answer_finish(&answer);
    return rc;
}

static void who_may_only_see_reads_and_changes_nothing(void **state)
{
    static const char *const lines[] = {"writeup draft", "writeup DONE", "writeup reopen",
                                        "writeup add helped: x"};
    (void)state;
    begin("major");
    lets_see("writeup draft", false, "act");
    rig_expect(rig, "ben", 0, "INC-1 writeup draft", "drafted");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        assert_int_equal(lets_see(lines[i], false, "act"), ERR_REFUSED);
    assert_int_equal(incident_1()->activity.writeup, 1);
    lets_see("writeup", true, "Version 1 of Ben");
    lets_see("writeup 1", true, "Version 1 of Ben");
    lets_see("writeup owed", true, "INC-1");
    tear_down(state);
}

static void the_page_shows_texts_as_they_are(void **state)
{
    CLEANUP_STR struct str out = {0};
    (void)state;
    writeup_html("INC-1 <b>", "# A *b* <i>\n\ntext <script>\n\n```\n# code\n```\n## [x](javascript:y)\n- one\n",
                 &out);
    static const char *const parts[] = {"<title>INC-1 &lt;b&gt;</title>",
                                        "<h1>A <em>b</em> &lt;i&gt;</h1>",
                                        "&lt;script&gt;",
                                        "# code",
                                        "<h2>",
                                        "<li>one"};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        if (!strstr(out.p, parts[i]))
            fail_msg("'%s' is not in:\n%s", parts[i], out.p);
    }
    assert_null(strstr(out.p, "<script"));
    assert_null(strstr(out.p, "href=\"javascript"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_drafted_from_the_timeline),
        cmocka_unit_test(several_write_and_no_word_is_lost),
        cmocka_unit_test(chat_adds_a_line_under_a_heading),
        cmocka_unit_test(it_is_owed_where_much_was_at_stake),
        cmocka_unit_test(only_the_newest_that_owe_are_looked_at),
        cmocka_unit_test(a_private_one_is_for_its_members),
        cmocka_unit_test(what_several_wrote_is_not_too_long_either),
        cmocka_unit_test(one_that_is_too_long_is_shortened_and_not_merged),
        cmocka_unit_test(who_may_only_see_reads_and_changes_nothing),
        cmocka_unit_test(the_page_shows_texts_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
