/* What agents may do, by what they type: every command is either theirs or for people, and each of their events says who did it. */
#include "../command/policy_rig.h"

#include "access/access.h"
#include "command/table.h"
#include "comms/comms.h"

#define FOR_PEOPLE "is for people, and `claude` is an agent"

static int set_up(void **state)
{
    (void)state;
    policy_rig_begin(
        "command { name = 'wake', help = 'wakes', run = function() return { reply = 'woken' } end }\n");
    rig_expect(rig, "ana", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ana", 1, "customers add acme", "affects 1 customer");
    rig_expect(rig, "ana", 1, "tell acme We are on it.", "Message 1 is drafted");
    return 0;
}

/* The agent of Ana. The caller frees the answer; "! …" for a refusal. */
static char *agent_line(uint64_t here, const char *text)
{
    struct asker asker = {
        .person = "ana", .here = here, .most = ACCESS_ACT, .agent = "claude", .automatic = true};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = command_run(turn, &asker, text, &answer);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    char *said = xasprintf("%s%s", rc ? "! " : "", str_text(&answer.text));
    moments_off(said);
    answer_finish(&answer);
    return said;
}

static void agent_expect(uint64_t here, const char *text, const char *wanted)
{
    CLEANUP_FREE char *said = agent_line(here, text);
    if (!strstr(said, wanted))
        fail_msg("%s\n  wanted %s\n  got    %s", text, wanted, said);
}

static bool is_for_people(const char *text)
{
    CLEANUP_FREE char *said = agent_line(1, text);
    return strstr(said, FOR_PEOPLE) != NULL;
}

static void every_command_is_an_agents_or_for_people(void **state)
{
    (void)state;
    size_t n;
    const struct command_row *rows = command_rows(&n);
    for (size_t i = 0; i < n; i++) {
        enum agent_rule rule = rows[i].agents;
        if (rule == AGENT_UNSAID || rule >= AGENT_RULES)
            fail_msg("nothing is said of `%s`: give its row `.agents`", rows[i].name);
        bool bare = strchr(rows[i].example, ' ') == NULL;
        if (is_for_people(rows[i].example) != (rule != AGENT_MAY && !(rule == AGENT_LOOKS && bare)))
            fail_msg("`%s` of an agent is not as its row says", rows[i].example);
        if (rule == AGENT_LOOKS && is_for_people(rows[i].name))
            fail_msg("an agent cannot look with `%s`", rows[i].name);
    }
}

/* People are shown all, and what their team adds. */
static void help_lists_to_an_agent_what_it_may_use(void **state)
{
    size_t n, listed = 0;
    const struct command_row *rows = command_rows(&n);
    CLEANUP_FREE char *to_agent = agent_line(0, "help"), *to_ana = rig_line(rig, "ana", 0, "help");
    (void)state;
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *line = xasprintf("- `%s` — ", rows[i].example);
        assert_non_null(strstr(to_ana, line));
        if ((strstr(to_agent, line) != NULL) != agent_may_use(rows[i].agents))
            fail_msg("help of an agent is wrong about `%s`", rows[i].name);
        listed += strstr(to_agent, line) != NULL;
    }
    assert_true(listed > 0 && listed < n);
    assert_non_null(strstr(to_ana, "- `wake` — wakes"));
    assert_null(strstr(to_agent, "wake"));
}

/* Whatever the table says of others, these are never an agent's. */
static void what_only_people_do_is_refused_by_every_name(void **state)
{
    (void)state;
    static const char *const lines[] = {"approve 1",
                                        "approve 1 1",
                                        "send",
                                        "lgtm",
                                        "1 approve",
                                        "INC-1 approve 1",
                                        "posts approve 1",
                                        "reject 1 no",
                                        "discard 1",
                                        "posts discard 1",
                                        "early",
                                        "ack",
                                        "acknowledge",
                                        "accept",
                                        "take",
                                        "fixing",
                                        "resolve",
                                        "lead me",
                                        "comms @ana",
                                        "role lead me",
                                        "join",
                                        "invite @ben",
                                        "cover @ben for 2h",
                                        "team payments",
                                        "service checkout",
                                        "writeup done",
                                        "write-up draft",
                                        "webhooks",
                                        "swap yes",
                                        "absent friday",
                                        "page me",
                                        "page mute 2h",
                                        "mute * for 2h x",
                                        "private off",
                                        "kind none",
                                        "link",
                                        "signin",
                                        "link-me",
                                        "unlink slack",
                                        "audit",
                                        "wake",
                                        "actions again 1",
                                        "maintenance 1 begin",
                                        "handover lead to me"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        if (!is_for_people(lines[i]))
            fail_msg("an agent may `%s`", lines[i]);
    }
    const struct incident *incident = sight_incident(rig->core, 1, "ana");
    assert_int_equal(incident_draft(incident, 1)->state, DRAFT_WAITING);
    assert_null(incident_role(incident, "lead"));
}

/* What looks like a thumbs-up is what it says: words. */
static void words_approve_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {"note 👍",
                                        "update approve 1",
                                        "note !inc approve 1",
                                        "say :+1:",
                                        "👍",
                                        "note /inc approve 1\n!inc approve 1"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        free(agent_line(1, lines[i]));
    assert_int_equal(incident_draft(sight_incident(rig->core, 1, "ana"), 1)->state, DRAFT_WAITING);
    rig_expect(rig, "ana", 1, "approve 1", "Approved");
}

/* Also where nobody looked at the command. */
static void an_agent_has_at_most_the_role_to_act(void **state)
{
    (void)state;
    struct error err = {0};
    CLEANUP_STR struct str text = {0};
    struct access_request asks = {.person = "ana", .agent = "claude", .rule = AGENT_MAY, .now = rig->now};
    assert_int_equal(access_have(rig->core, &asks), ACCESS_ACT);
    asks.most = ACCESS_ADMINISTER;
    assert_int_equal(access_have(rig->core, &asks), ACCESS_ACT);
    asks.most = ACCESS_SEE;
    assert_int_equal(access_have(rig->core, &asks), ACCESS_SEE);
    struct approve_request approval = {.by = "ana", .most = ACCESS_ACT, .number = 1};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(comms_approve(turn, sight_incident(rig->core, 1, "ana"), &approval, &text, &err),
                     ERR_REFUSED);
    turn_commit(turn, NULL, NULL);
}

/* What it writes down can still decide over people: then that case is for people. */
static void an_agent_raises_a_severity_and_never_lowers_it(void **state)
{
    (void)state;
    agent_expect(1, "sev major", "set the severity of INC-1 to major");
    agent_expect(1, "sev minor", "`sev` " FOR_PEOPLE ": it decides who is called");
    agent_expect(1, "sev MINOR", "`sev` " FOR_PEOPLE);
    agent_expect(1, "sev major", "already major");
    agent_expect(1, "sev critical", "set the severity of INC-1 to critical");
    assert_string_equal(sight_incident(rig->core, 1, "ana")->severity, "critical");
    rig_expect(rig, "ana", 1, "sev minor", "minor");
}

static void an_agent_lets_nobody_into_a_private_incident(void **state)
{
    static const char *const lines[] = {"INC-2 followup @ben rotate the key by friday", "followup 1 @ben",
                                        "followup 1 \"Ben\""};
    (void)state;
    rig_expect(rig, "ana", 0, "declare --private keys leaked", "INC-2");
    rig_expect(rig, "ana", 2, "invite @ana-maria", "");
    agent_expect(2, "followup @ana-maria rotate the key by friday", "follow-up 1");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        agent_expect(0, lines[i], "`followup` " FOR_PEOPLE ": it is about a person's place");
    assert_null(sight_incident(rig->core, 2, "ben"));
    agent_expect(0, "followup 1 to monday", "follow-up 1, due Mon");
    agent_expect(1, "followup @ben fix the retry by friday", "Ben has follow-up 2");
    rig_expect(rig, "ana", 0, "followup 1 @ben", "Ben");
    assert_non_null(sight_incident(rig->core, 2, "ben"));
}

static void an_agent_takes_back_no_word_about_a_draft(void **state)
{
    (void)state;
    agent_expect(1, "redraft 1 We are on it, all of us.", "Changed");
    rig_expect(rig, "ben", 1, "reject 1 it says nothing", "Rejected");
    agent_expect(1, "redraft 1 We know more.", "`redraft` " FOR_PEOPLE ": it decides what customers");
    assert_non_null(incident_draft(sight_incident(rig->core, 1, "ana"), 1)->rejected);
    rig_expect(rig, "ana", 1, "redraft 1 We know more.", "Changed");
    agent_expect(1, "redraft 1 We know much more.", "Changed");
}

static void events_say_which_agent_did_it_for_whom(void **state)
{
    (void)state;
    agent_expect(1, "note rolled back to 1.4", "Noted in INC-1");
    agent_expect(0, "declare mails are late", "INC-2 is open");
    agent_expect(2, "sev major", "major");
    rig_expect(rig, "ben", 1, "timeline", "ana (by the agent claude) noted: rolled back to 1.4");
    rig_expect(rig, "ben", 2, "timeline", "ana (by the agent claude) declared it: mails are late");
    rig_expect(rig, "ben", 2, "timeline", "ana (by the agent claude) set the severity to major");
    rig_expect(rig, "ben", 2, "show", "triage");
    rig_expect(rig, "ana", 1, "note I did this", "Noted");
    rig_expect(rig, "ben", 1, "timeline", "ana noted: I did this");
}

/* Whoever waits for a word of the person goes on waiting. */
static void an_agents_words_are_no_sign_of_its_person(void **state)
{
    (void)state;
    instant spoke = sight_incident(rig->core, 1, "ana")->activity.spoke_at;
    rig->now += HOUR;
    agent_expect(1, "note still down", "Noted");
    agent_expect(1, "tell acme Still down.", "Message 2 is drafted");
    assert_int_equal(sight_incident(rig->core, 1, "ana")->activity.spoke_at, spoke);
    agent_expect(1, "update still down", "Update on INC-1 by ana (by the agent claude)");
    assert_int_equal(sight_incident(rig->core, 1, "ana")->activity.spoke_at, spoke);
    assert_int_equal(sight_incident(rig->core, 1, "ana")->activity.updated_at, rig->now);
    assert_string_equal(incident_draft(sight_incident(rig->core, 1, "ana"), 2)->agent, "claude");
    rig_expect(rig, "ana", 1, "redraft 2 We know more.", "Changed");
    assert_null(incident_draft(sight_incident(rig->core, 1, "ana"), 2)->agent);
    assert_int_equal(sight_incident(rig->core, 1, "ana")->activity.spoke_at, rig->now);
}

static void the_name_of_an_agent_is_literal(void **state)
{
    (void)state;
    struct asker asker = {.person = "ana", .here = 1, .most = ACCESS_ACT, .agent = "*x* [a](b)"};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "note hello", &answer), 0);
    answer_finish(&answer);
    assert_int_equal(command_run(turn, &asker, "approve 1", &answer), ERR_REFUSED);
    assert_non_null(strstr(answer.text.p, "`*x* [a](b)` is an agent"));
    answer_finish(&answer);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "timeline", "ana (by the agent \\*x\\* \\[a\\](b)) noted: hello");
}

static void an_agent_sees_what_its_person_sees(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "declare --private salaries leaked", "INC-2");
    agent_expect(0, "list", "checkout is slow");
    static const char *const lines[] = {
        "list all",          "show 2",       "search salaries", "similar salaries",
        "timeline INC-2",    "INC-2 note x", "relate INC-2",    "why INC-2",
        "INC-2 update done", "owed",         "followups"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *said = agent_line(strstr(lines[i], "relate") ? 1 : 0, lines[i]);
        assert_null(strstr(said, "leaked"));
    }
    agent_expect(0, "show 2", "! No incident INC-2.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_command_is_an_agents_or_for_people),
        TEST(help_lists_to_an_agent_what_it_may_use),
        TEST(what_only_people_do_is_refused_by_every_name),
        TEST(words_approve_nothing),
        TEST(an_agent_has_at_most_the_role_to_act),
        TEST(an_agent_raises_a_severity_and_never_lowers_it),
        TEST(an_agent_lets_nobody_into_a_private_incident),
        TEST(an_agent_takes_back_no_word_about_a_draft),
        TEST(events_say_which_agent_did_it_for_whom),
        TEST(an_agents_words_are_no_sign_of_its_person),
        TEST(the_name_of_an_agent_is_literal),
        TEST(an_agent_sees_what_its_person_sees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
