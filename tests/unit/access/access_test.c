/* Roles, links, sessions and the audit trail, by what people type. */
#include "../command/policy_rig.h"

#include "access/access.h"
#include "access/audit.h"
#include "access/links.h"
#include "access/sessions.h"

#define RULES                                                                                                  \
    "access { see = { 'ben', 'cleo' }, act = { 'group:sre', 'ben' }, approve = 'ana-maria',\n"                 \
    "administer = { 'dan', 'mo' }, ask = '#platform' }\n"                                                      \
    "people { mo = { slack = 'U7' }, ['ana-maria'] = { console = 'ana' } }\n"
#define URL "https://tocsin.example.com"

static void restart(void)
{
    policy_rig_restart(URL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
}

static int with_rules(void **state)
{
    (void)state;
    policy_rig_begin(RULES);
    restart();
    rig_person(rig, "cleo", "Cleo", NULL);
    rig_person(rig, "dan", "Dan", NULL);
    return 0;
}

static int without_rules(void **state)
{
    (void)state;
    policy_rig_begin("");
    restart();
    return 0;
}

static void group(const char *person, char *name, instant until)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    text_list groups = {.v = &name, .n = 1};
    access_set_groups(turn, person, &groups, until);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* ---- roles ---- */

static void who_may_only_see_is_told_whom_to_ask(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "cleo", 0, "list", "checkout is slow");
    rig_expect(rig, "cleo", 1, "accept",
               "! `accept` is for people who may act, and you may only see. Ask #platform. Who may is said by "
               "access{} at team.lua:1; you are `cleo` there.");
    rig_expect(rig, "cleo", 0, "mails are late", "is for people who may act");
    rig_expect(rig, "zoe", 0, "list", "! `list` is for people who may see, and you may do nothing here yet.");
    rig_expect(rig, "cleo", 1, "join", "checkout is slow");
}

static void a_group_counts_until_its_time_and_for_all_ids(void **state)
{
    (void)state;
    rig_expect(rig, "cleo", 0, "mails are late", "! `declare`");
    group("cleo", "sre", rig->now + DAY);
    rig_expect(rig, "cleo", 0, "mails are late", "INC-1");
    restart();
    rig_expect(rig, "cleo", 1, "accept", "INC-1");
    group("cleo", "sales", rig->now + DAY);
    rig_expect(rig, "cleo", 1, "resolve", "! `resolve`");
    group("cleo", "sre", rig->now + DAY);
    rig->now += DAY;
    rig_expect(rig, "cleo", 1, "resolve", "! `resolve`");
}

static void an_approval_needs_the_role(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "customers add acme", "affects 1 customer");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "Message 1 is drafted");
    rig_expect(rig, "ben", 1, "approve 1", "! `approve` is for people who may approve, and you may only act.");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    rig_expect(rig, "dan", 0, "audit", "Ana María approved message 1 of INC-1");
    rig_expect(rig, "ben", 0, "audit", "! `audit` is for administrators, and you may only act.");
}

static void without_rules_all_is_as_it_was(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "customers add acme", "affects 1 customer");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "Message 1 is drafted");
    rig_expect(rig, "ben", 1, "approve 1", "Approved");
    rig_expect(rig, "ben", 0, "audit",
               "! `audit` is for administrators, and what you signed in with may only approve.");
}

static void a_token_limits_its_person(void **state)
{
    (void)state;
    struct access_request asks = {
        .person = "dan", .most = ACCESS_SEE, .needed = ACCESS_ACT, .what = "declare", .now = rig->now};
    struct error err;
    assert_int_equal(access_have(rig->core, &asks), ACCESS_SEE);
    assert_int_equal(access_check(rig->core, &asks, &err), ERR_REFUSED);
    assert_string_equal(err.text,
                        "`declare` is for people who may act, and what you signed in with may only see.");
    asks.most = ACCESS_ADMINISTER;
    assert_int_equal(access_check(rig->core, &asks, &err), 0);
    asks.person = "ben";
    assert_int_equal(access_have(rig->core, &asks), ACCESS_ACT);
}

/* Others read the answer to a note, so it shows nothing private; but it is somebody's. */
static void a_note_of_a_desk_needs_the_role_of_its_author(void **state)
{
    (void)state;
    delivery_connector(rig->core, "desk", TOCSIN_CAN_TICKETS | TOCSIN_CAN_POST, true, NULL, rig->now);
    for (size_t i = 0; i < 2; i++) {
        CLEANUP_FREE char *event =
            xasprintf("{'type':'command','id':'d%zu','channel':'7','text':'%s','user':{'id':'9','name':'Zoe'}}",
                      i, i ? "mails are late" : "audit");
        rig_event_of(rig, "desk", event);
    }
    assert_null(sight_incident(rig->core, 1, NULL));
    assert_int_equal(rig_sent(rig, "desk post", "is for administrators, and you may do nothing here yet"), 1);
    assert_int_equal(rig_sent(rig, "desk post", "is for people who may act"), 1);
}

static void a_reaction_and_a_catch_up_need_the_role(void **state)
{
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_room(rig, 1, "room");
    rig_event(rig, "{'type':'message','id':'1','message':'m1','channel':'room','text':'it is the "
                   "bank','user':{'id':'ben','name':'Ben'}}");
    rig_event(rig,
              "{'type':'reaction','id':'2','message':'m1','channel':'room','emoji':'pushpin','user':{'id':'"
              "cleo','name':'Cleo'}}");
    rig_event(rig, "{'type':'join','id':'3','channel':'room','user':{'id':'zoe','name':'Zoe'}}");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_null(strstr(timeline, "pinned"));
    assert_int_equal(rig_sent(rig, "`pin` is for people who may act", "\"to\":\"cleo\""), 1);
    assert_int_equal(rig_sent(rig, "checkout is slow", "\"to\":\"zoe\""), 0);
    rig_event(rig, "{'type':'join','id':'4','channel':'room','user':{'id':'cleo','name':'Cleo'}}");
    assert_int_equal(rig_sent(rig, "checkout is slow", "\"to\":\"cleo\""), 1);
}

static void nobody_gets_a_role_by_a_name_that_they_chose(void **state)
{
    (void)state;
    static const char *const names[] = {"Mo", "MO", "mo"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CLEANUP_FREE char *event = xasprintf("{'type':'command','id':'n%zu','channel':'general','text':'list','"
                                             "user':{'id':'U9%zu','name':'%s'}}",
                                             i, i, names[i]);
        rig_event_of(rig, "slack", event);
    }
    assert_int_equal(access_of_person(rig->core, people_of_user(rig->core, "slack", "U90"), rig->now),
                     ACCESS_NONE);
    assert_int_equal(access_of_person(rig->core, people_of_user(rig->core, "slack", "U91"), rig->now),
                     ACCESS_NONE);
    rig_event_of(
        rig, "slack",
        "{'type':'command','id':'m','channel':'general','text':'list','user':{'id':'U7','name':'Mo'}}");
    assert_string_equal(people_of_user(rig->core, "slack", "U7"), "mo");
    assert_int_equal(access_of_person(rig->core, "mo", rig->now), ACCESS_ADMINISTER);
}

/* ---- links ---- */

static void a_link_goes_to_the_asker_alone_and_works_once(void **state)
{
    (void)state;
    rig_event(
        rig,
        "{'type':'command','id':'e1','channel':'general','text':'signin','user':{'id':'ben','name':'Ben'}}");
    assert_int_equal(rig_sent(rig, URL "/app/signin/link/", "\"to\":\"ben\""), 1);
    const char *last = rig->sent.v[rig->sent.n - 1], *at = strstr(last, "/app/signin/link/");
    CLEANUP_FREE char *secret = xstrndup(at + strlen("/app/signin/link/"), SECRET_TEXT - 1);
    secret[strspn(secret, "abcdefghijklmnopqrstuvwxyz234567")] = '\0';
    assert_string_equal(signin_link_person(rig->core, secret, rig->now), "ben");
    restart();
    assert_string_equal(signin_link_person(rig->core, secret, rig->now + SIGNIN_LINK_HOLDS - 1), "ben");
    assert_null(signin_link_person(rig->core, secret, rig->now + SIGNIN_LINK_HOLDS));
    struct turn *turn = turn_begin(rig->core, rig->now);
    signin_link_use(turn, secret);
    turn_commit(turn, NULL, NULL);
    assert_null(signin_link_person(rig->core, secret, rig->now));
    rig_expect(rig, "ben", 0, "signin", "! `signin` sends its link to whoever types it in a chat");
}

/* ---- sessions ---- */

static struct session *begin(const char *person, char secret[SECRET_TEXT])
{
    struct session wanted = {
        .person = (char *)(uintptr_t)person, .way = "link", .agent = "Firefox", .address = "192.0.2.1"};
    struct turn *turn = turn_begin(rig->core, rig->now);
    session_begin(turn, &wanted, secret);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return session_find(rig->core, secret, rig->now);
}

static void a_session_ends_when_idle_and_at_the_latest(void **state)
{
    (void)state;
    char secret[SECRET_TEXT];
    const struct session *session = begin("ben", secret);
    assert_non_null(session);
    assert_string_equal(session->person, "ben");
    assert_null(session_find(rig->core, "guessed", rig->now));
    assert_null(session_find(rig->core, session->hash, rig->now));
    assert_non_null(session_find(rig->core, secret, rig->now + SESSION_IDLE - 1));
    assert_null(session_find(rig->core, secret, rig->now + 3 * SESSION_IDLE));
    for (duration age = 0; age < SESSION_MOST; age += HOUR)
        assert_non_null(session_find(rig->core, secret, rig->now + age));
    assert_null(session_find(rig->core, secret, rig->now + SESSION_MOST));
}

static void a_session_outlives_the_process_and_is_ended_by_its_person(void **state)
{
    (void)state;
    char secret[SECRET_TEXT], other[SECRET_TEXT];
    CLEANUP_FREE char *id = xstrdup(begin("ben", secret)->id);
    CLEANUP_FREE char *line = xasprintf("signin revoke %s", id);
    begin("ana-maria", other);
    restart();
    assert_non_null(session_find(rig->core, secret, rig->now));
    rig_expect(rig, "ben", 0, "signin list", id);
    rig_expect(rig, "cleo", 0, line, "! No session of yours is");
    rig_expect(rig, "ben", 0, line, "1 session has ended.");
    assert_null(session_find(rig->core, secret, rig->now));
    assert_non_null(session_find(rig->core, other, rig->now));
    rig_expect(rig, "ben", 0, "signin list", "You are signed in with no browser.");
    rig_expect(rig, "dan", 0, "audit", "Ben signed in (link): 192.0.2.1, Firefox");
    rig_expect(rig, "dan", 0, "audit", "Ben ended a session of ben");
}

static void an_administrator_ends_anybodys_session(void **state)
{
    (void)state;
    char secret[SECRET_TEXT];
    CLEANUP_FREE char *line = xasprintf("signin revoke %s", begin("ben", secret)->id);
    rig_expect(rig, "dan", 0, line, "1 session has ended.");
    assert_null(session_find(rig->core, secret, rig->now));
}

#define TEST(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* The words of access{}, of a list of its own: by all ids of a person, and by their groups as long as these count. */
static void a_list_names_people_groups_and_tokens(void **state)
{
    static const struct {
        const char *word, *person, *token;
        bool meant;
    } rows[] = {
        {"everybody", "zoe", NULL, true},          {"everybody", NULL, "bot", false},
        {"token:bot", NULL, "bot", true},          {"token:bot", NULL, "bo", false},
        {"token:zoe", "zoe", NULL, false},         {"ben", "ben", NULL, true},
        {"ana-maria", "ana", NULL, false},         {"group:acme", "cleo", NULL, true},
        {"group:acme", "ben", NULL, false},        {"group:sre", "cleo", NULL, false},
        {"group:acme", NULL, "group:acme", false},
    };
    (void)state;
    group("cleo", "acme", rig->now + DAY);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char *word = (char *)(uintptr_t)rows[i].word;
        text_list words = {.v = &word, .n = 1};
        assert_int_equal(access_is_among(rig->core, &words, rows[i].person, rows[i].token, rig->now),
                         rows[i].meant);
        assert_false(access_is_among(rig->core, &words, NULL, NULL, rig->now));
    }
    char *acme = "group:acme";
    text_list words = {.v = &acme, .n = 1};
    assert_false(access_is_among(rig->core, &words, "cleo", NULL, rig->now + DAY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_may_only_see_is_told_whom_to_ask, with_rules),
        TEST(a_group_counts_until_its_time_and_for_all_ids, with_rules),
        TEST(an_approval_needs_the_role, with_rules),
        TEST(a_list_names_people_groups_and_tokens, with_rules),
        TEST(without_rules_all_is_as_it_was, without_rules),
        TEST(a_token_limits_its_person, with_rules),
        TEST(a_note_of_a_desk_needs_the_role_of_its_author, with_rules),
        TEST(a_reaction_and_a_catch_up_need_the_role, with_rules),
        TEST(nobody_gets_a_role_by_a_name_that_they_chose, with_rules),
        TEST(a_link_goes_to_the_asker_alone_and_works_once, with_rules),
        TEST(a_session_ends_when_idle_and_at_the_latest, with_rules),
        TEST(a_session_outlives_the_process_and_is_ended_by_its_person, with_rules),
        TEST(an_administrator_ends_anybodys_session, with_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
