/* What incidents leave to do: who, by when, the clock, tickets, and false pages. It is Mon 23 Nov 2026 15:06 UTC. */
#include "../command/rig.h"

#include "delivery/link.h"
#include "followups/followups.h"

static struct rig *rig;

static void begin(void)
{
    rig = rig_with_room();
    memset(&fake_tickets, 0, sizeof(fake_tickets));
}

static void later(duration d)
{
    rig->now += d;
    rig_settle(rig);
}

/* From the journal, as after a restart. */
static void reload(void)
{
    struct core_settings settings = *core_settings(rig->core);
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, RIG_POLICY, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    rig_settle(rig);
}

static void one_is_left_with_an_owner_and_a_date(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "followup @ana-maria fix the retry by friday",
               "Ana María has follow-up 1, due Fri 27 Nov 09:00: fix the retry. `followup 1 done` ends it.");
    assert_int_equal(rig_sent(rig, "Ben gave you follow-up 1, due", "\"to\":\"ana\""), 1);
    rig_expect(rig, "ben", 0, "INC-1 followup tune the pool in 14 days",
               "Ben has follow-up 2, due Mon 7 Dec 15:06");
    rig_expect(rig, "ben", 1, "followup write the runbook written by ana tomorrow 17:00",
               "Ben has follow-up 3, due tomorrow 17:00: write the runbook written by ana.");
    rig_expect(rig, "ben", 1, "timeline", "Ben left follow-up 1 for Ana María, due");
    rig_expect(rig, "ben", 0, "followups", "**Follow-ups: 3 open, 0 of them overdue**");
    rig_expect(rig, "ben", 0, "followups @ana-maria", "1 open");
    rig_expect(rig, "ben", 0, "followups INC-1",
               "- **1** fix the retry: Ana María, due Fri 27 Nov 09:00, INC-1");
    rig_destroy(rig);
}

static void what_is_not_understood_is_refused_whole(void **state)
{
    static const char *const lines[][2] = {
        {"followup @ana-maria fix the retry by foosday", "! I can't read 'foosday' as a time in the future"},
        {"followup @ana-maria fix the retry", "! Say by when"},
        {"followup @ana-maria by friday", "! Say what is to be done"},
        {"followup @zoe fix the retry by friday", "! '@zoe' matches nobody"},
        {"followup @ana-maria fix the retry by yesterday", "! "},
        {"followup", "! Say who does what by when"},
        {"followup 7 done", "! There is no follow-up 7."},
        {"followups nonsense", "! 'nonsense' is no team"},
    };
    (void)state;
    begin();
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        rig_expect(rig, "ben", 1, lines[i][0], lines[i][1]);
    rig_expect(rig, "ben", 0, "followup @ana-maria fix the retry by friday", "! Say which incident it follows");
    rig_expect(rig, "ben", 0, "followups", "No follow-up is open");
    rig_destroy(rig);
}

static void it_is_done_moved_given_and_dropped(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "followup @ana-maria fix the retry by friday", "follow-up 1");
    rig_expect(rig, "ben", 0, "followup 1", "! Say what of follow-up 1");
    rig_expect(rig, "ben", 0, "followup 1 to wednesday 10:00",
               "Ana María has follow-up 1, due Wed 25 Nov 10:00");
    rig_expect(rig, "ben", 0, "followup 1 to foosday", "! ");
    rig_expect(rig, "ben", 0, "followup 1 @ben", "Ben has follow-up 1, due Wed 25 Nov 10:00");
    rig_expect(rig, "ana-maria", 0, "followup 1 done", "Follow-up 1 is done: fix the retry");
    rig_expect(rig, "ana-maria", 0, "followup 1 done", "! Follow-up 1 is done already.");
    rig_expect(rig, "ana-maria", 0, "followups INC-1", "0 open");
    rig_expect(rig, "ana-maria", 0, "followups INC-1", "INC-1, done");
    rig_expect(rig, "ana-maria", 0, "followup 1 to friday", "Ben has follow-up 1, due Fri 27 Nov 09:00");
    rig_expect(rig, "ana-maria", 0, "followup 1 drop", "! Say why nobody has to do it");
    rig_expect(rig, "ana-maria", 0, "followup 1 drop it was a one-off", "Follow-up 1 is dropped");
    rig_expect(rig, "ana-maria", 0, "followups", "No follow-up is open");
    rig_expect(rig, "ana-maria", 1, "timeline", "Ana María dropped follow-up 1: it was a one-off");
    rig_destroy(rig);
}

static void its_owner_is_reminded_then_the_team_and_then_each_week(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "followup @ana-maria fix the retry by friday 10:00", "follow-up 1");
    rig_expect(rig, "ben", 1, "resolve", "");
    later(3 * DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 is due", ""), 0);
    reload();
    later(DAY);
    assert_int_equal(rig_sent(rig, "INC-1: Follow-up 1 is due: fix the retry.", "\"to\":\"ana\""), 1);
    later(2 * DAY); /* a weekend */
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", ""), 0);
    reload();
    later(DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", "Ana María has it: fix the retry."), 1);
    rig_expect(rig, "ben", 0, "followups overdue", "1 of them overdue");
    later(7 * DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", ""), 2);
    rig_expect(rig, "ben", 0, "followup 1 done", "is done");
    later(30 * DAY);
    assert_int_equal(rig_sent(rig, "Follow-up 1 was due", ""), 2);
    assert_int_equal(rig_sent(rig, "Follow-up 1 is due", ""), 1);
    rig_destroy(rig);
}

static void a_private_one_is_its_members_alone(void **state)
{
    (void)state;
    begin();
    rig_person(rig, "cy", "Cy", NULL);
    rig_expect(rig, "ben", 1, "private", "");
    rig_expect(rig, "ben", 1, "followup @ana-maria rotate the key by friday", "follow-up 1");
    rig_expect(rig, "cy", 0, "followups", "No follow-up is open");
    rig_expect(rig, "cy", 0, "followup 1 done", "! There is no follow-up 1.");
    rig_expect(rig, "ana-maria", 0, "followups", "rotate the key"); /* whoever does it is a member */
    rig_expect(rig, "ana-maria", 0, "INC-1", "INC-1");
    later(12 * DAY);
    assert_true(rig_sent(rig, "rotate the key", "\"to\":\"ana\"") > 0);
    for (size_t i = 0; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], "rotate the key") && !strstr(rig->sent.v[i], "\"to\":\"ana\""))
            assert_non_null(strstr(rig->sent.v[i], "\"to\":\"ben\""));
    }
    rig_destroy(rig);
}

static void its_ticket_is_made_and_ends_it(void **state)
{
    (void)state;
    begin();
    CLEANUP_JSON cJSON *pages = cJSON_CreateArray();
    delivery_connector(rig->core, "git", TOCSIN_CAN_TICKETS, true, NULL, rig->now);
    cJSON_AddItemToArray(pages, cJSON_CreateString("https://git.example"));
    link_set_pages(rig->core, "git", pages);
    rig_expect(rig, "ben", 1, "resolve", "");
    rig_expect(rig, "ben", 1, "followup @ana-maria fix the retry by friday", "follow-up 1");
    rig_expect(rig, "ben", 0, "followup 1 ticket", "! The policy names no tracker");
    fake_tickets.tracker = "git";
    rig->made = "{'ticket':'31','link':'https://git.example/i/31','title':'fix the "
                "retry','state':'open','status':'open'}";
    rig_expect(rig, "ben", 0, "followup 1 ticket",
               "I am making a ticket in git: fix the retry. When it is done, so is follow-up 1.");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_RESOLVED);
    rig_expect(rig, "ben", 0, "followups", "INC-1, git 31");
    rig_expect(rig, "ben", 0, "followup 1 ticket", "! Follow-up 1 has a ticket already: git 31.");
    assert_int_equal(
        rig_event_of(rig, "git", "{'type':'ticket','id':'e1','ticket':'31','state':'done','status':'closed'}"),
        TOCSIN_EMITTED);
    rig_expect(rig, "ben", 0, "followups INC-1", "INC-1, git 31, done (git 31 is done)");
    rig_destroy(rig);
}

static void a_false_page_leads_to_somebody_who_looks_at_it(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 1, "false-page", "! Nobody was paged for INC-1.");
    rig_expect(rig, "ben", 1, "page @ana-maria", "Paging Ana");
    rig_expect(rig, "ben", 1, "false-page @ana-maria",
               "INC-1 paged for nothing. Ana María has follow-up 1, due tomorrow 08:00");
    assert_int_equal(rig_incident(rig, 1)->status, STATUS_DECLINED);
    rig_expect(rig, "ben", 1, "false-page @ana-maria", "! Follow-up 1 is about it already.");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_left_with_an_owner_and_a_date),
        cmocka_unit_test(what_is_not_understood_is_refused_whole),
        cmocka_unit_test(it_is_done_moved_given_and_dropped),
        cmocka_unit_test(its_owner_is_reminded_then_the_team_and_then_each_week),
        cmocka_unit_test(a_private_one_is_its_members_alone),
        cmocka_unit_test(its_ticket_is_made_and_ends_it),
        cmocka_unit_test(a_false_page_leads_to_somebody_who_looks_at_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
