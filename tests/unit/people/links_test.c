/* One person on several platforms: linked by a code, taken apart again, and nothing is lost or seen by the wrong one. */
#include "../command/rig.h"

#include <stdio.h>

#include "people/links.h"
#include "people/table.h"
#include "rooms/rooms.h"

static struct rig *rig;
static char *answered; /* what the last one who typed a line read */

static int set_up(void **state)
{
    static const char *const platforms[] = {"slack", "teams", "irc"};
    (void)state;
    rig = rig_create();
    for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
        delivery_connector(rig->core, platforms[i], TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_CHANNELS,
                           true, NULL, NOW);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    free(answered);
    answered = NULL;
    return 0;
}

/* Types a line in a chat. `more`: members of the user, such as ",'outside':true". */
static const char *type_as(const char *connector, const char *user, const char *more, const char *line)
{
    static unsigned n;
    struct error err;
    CLEANUP_FREE char *event = xasprintf("{'type':'command','id':'e%u','channel':'general','text':'%s',"
                                         "'user':{'id':'%s','name':'%s of %s'%s}}",
                                         ++n, line, user, user, connector, more);
    CLEANUP_JSON cJSON *json = NULL;
    for (char *p = event; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    assert_int_equal(json_parse(event, strlen(event), SIZE_MAX, 64, "event", &json, &err), 0);
    size_t before = rig->sent.n;
    replace_text(&answered, "nothing");
    chat_event(rig->chat, connector, json, NULL, rig->now, rig_emitted, rig);
    rig_settle(rig);
    CLEANUP_FREE char *own = xasprintf("\"to\":\"%s\"", user), *there = xasprintf("%s ", connector);
    for (size_t i = before; i < rig->sent.n; i++) {
        if (strstr(rig->sent.v[i], own) && strncmp(rig->sent.v[i], there, strlen(there)) == 0)
            replace_text(&answered, rig->sent.v[i]);
    }
    return answered;
}

static const char *type(const char *connector, const char *user, const char *line)
{
    return type_as(connector, user, "", line);
}

static void expect(const char *connector, const char *user, const char *line, const char *wanted)
{
    const char *said = type(connector, user, line);
    if (!strstr(said, wanted))
        fail_msg("%s %s: %s\n  wanted %s\n  got    %s", connector, user, line, wanted, said);
}

/* The caller frees it. */
static char *code_of(const char *connector, const char *user)
{
    const char *said = type(connector, user, "link me"), *at = strstr(said, "`link ");
    if (!at)
        fail_msg("no code in %s", said);
    return xstrndup(at + strlen("`link "), PAIRING_TEXT - 1);
}

static void link_users(const char *of, const char *user, const char *on, const char *other)
{
    CLEANUP_FREE char *code = code_of(of, user);
    CLEANUP_FREE char *line = xasprintf("link %s", code);
    expect(on, other, line, "are one person from now on");
}

static const char *person(const char *connector, const char *user)
{
    const char *id = people_of_user(rig->core, connector, user);
    assert_non_null(id);
    return id;
}

static bool sees(const char *connector, const char *user, uint64_t incident)
{
    return sight_incident(rig->core, incident, person(connector, user)) != NULL;
}

/* ---- linking ---- */

static void a_code_makes_two_users_one_person(void **state)
{
    (void)state;
    type("slack", "U1", "whoami");
    type("teams", "T1", "whoami");
    assert_string_not_equal(person("slack", "U1"), person("teams", "T1"));
    size_t before = rig->sent.n;
    link_users("slack", "U1", "teams", "T1");
    assert_string_equal(person("slack", "U1"), "u1-of-slack");
    assert_string_equal(person("teams", "T1"), "u1-of-slack");
    assert_string_equal(people_find(rig->core, "t1-of-teams")->id, "u1-of-slack");
    assert_string_equal(people_find(rig->core, "T1 of teams")->id, "u1-of-slack");
    assert_string_equal(people_name(rig->core, "t1-of-teams"), "T1 of teams");
    assert_string_equal(people_user(rig->core, "t1-of-teams", "teams"), "T1");
    assert_string_equal(people_user(rig->core, "u1-of-slack", "teams"), "T1");
    size_t told = 0;
    for (size_t i = before; i < rig->sent.n; i++)
        told += strstr(rig->sent.v[i], "slack post") && strstr(rig->sent.v[i], "\"to\":\"U1\"") &&
                strstr(rig->sent.v[i], "are one person") && strstr(rig->sent.v[i], "link undo");
    assert_int_equal(told, 1);
    expect("teams", "T1", "whoami", "u1-of-slack");
}

static void add_found(void *ctx, const struct person *found)
{
    str_addf(ctx, "%s ", found->id);
}

static void expect_found(const char *words, const char *after, size_t most, const char *wanted,
                         bool wanted_more)
{
    CLEANUP_STR struct str ids = {0};
    bool more = people_search(rig->core, words, after, most, add_found, &ids);
    assert_string_equal(str_text(&ids), wanted);
    assert_int_equal(more, wanted_more);
}

static void a_search_finds_each_person_once_by_any_of_their_names(void **state)
{
    (void)state;
    type("slack", "U1", "whoami");
    type("slack", "U2", "whoami");
    type("teams", "T1", "whoami");
    link_users("slack", "U1", "teams", "T1");
    expect_found(NULL, NULL, 10, "ana-maria ben u1-of-slack u2-of-slack ", false);
    expect_found("", NULL, 3, "ana-maria ben u1-of-slack ", true);
    expect_found(NULL, "u1-of-slack", 1, "u2-of-slack ", false);
    expect_found("t1 OF", NULL, 10, "u1-of-slack ", false);
    expect_found("of", NULL, 10, "u1-of-slack u2-of-slack ", false);
    expect_found("nobody", NULL, 10, "", false);
}

static void a_code_works_once_and_for_ten_minutes(void **state)
{
    (void)state;
    CLEANUP_FREE char *code = code_of("slack", "U1");
    CLEANUP_FREE char *line = xasprintf("link %s", code);
    rig->now += 10 * MINUTE;
    expect("teams", "T1", line, "No such code");
    CLEANUP_FREE char *fresh = code_of("slack", "U1");
    CLEANUP_FREE char *newer = code_of("slack", "U1");
    free(line);
    line = xasprintf("link %s", fresh);
    expect("teams", "T1", line, "No such code"); /* the newer one replaced it */
    free(line);
    line = xasprintf("!inc link `%s`", newer);
    for (char *p = line; *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    expect("teams", "T1", line, "are one person");
    expect("irc", "I1", line, "No such code");
    assert_string_not_equal(person("irc", "I1"), person("slack", "U1"));
}

static void guesses_are_few(void **state)
{
    (void)state;
    CLEANUP_FREE char *code = code_of("slack", "U1");
    CLEANUP_FREE char *line = xasprintf("link %s", code);
    for (int i = 0; i < 5; i++)
        expect("teams", "T1", "link AAAA-AAA2", "No such code");
    expect("teams", "T1", line, "5 wrong codes");
    rig->now += HOUR;
    expect("teams", "T1", "link AAAA-AAA2", "No such code");
    line[strlen(line) - 1] = '\0'; /* no code at all: the row that keeps links */
    expect("teams", "T1", line, "not a link");
}

static void only_a_user_of_a_chat_links(void **state)
{
    (void)state;
    CLEANUP_FREE char *code = code_of("slack", "U1");
    CLEANUP_FREE char *line = xasprintf("link %s", code);
    rig_expect(rig, person("slack", "U1"), 0, line, "! `link` is about the user who types it");
    rig_expect(rig, NULL, 0, "link", "! I don't know who you are");
    type_as("teams", "T1", ",'outside':true", line);
    type_as("teams", "T2", ",'bot':true", line);
    assert_null(people_of_user(rig->core, "teams", "T1"));
    assert_null(people_of_user(rig->core, "teams", "T2"));
    expect("slack", "U1", line, "This code is your own");
    expect("teams", "T3", line, "are one person");
}

static bool holds_code(void *ctx, const struct journal_event *event)
{
    assert_null(strstr(event->data, ctx));
    return true;
}

static bool holds_code_in_doc(void *ctx, const struct journal_doc *doc)
{
    assert_null(strstr(doc->body, ctx));
    return true;
}

static void a_code_is_in_no_event_and_no_document_of_people(void **state)
{
    (void)state;
    CLEANUP_FREE char *code = code_of("slack", "U1");
    journal_read(rig->journal, 0, 0, holds_code, code, NULL);
    journal_docs(rig->journal, &(struct doc_query){.kind = DOC_PAIRING}, holds_code_in_doc, code, NULL);
    code[4] = '\0';
    journal_docs(rig->journal, &(struct doc_query){.kind = DOC_PAIRING}, holds_code_in_doc, code, NULL);
}

/* ---- what one sees and does ---- */

static void either_sees_what_the_other_may_and_only_as_long_as_they_are_one(void **state)
{
    (void)state;
    type("teams", "T1", "declare --private a leak");
    type("slack", "U1", "declare --private a theft");
    assert_false(sees("slack", "U1", 1));
    assert_false(sees("teams", "T1", 2));
    link_users("slack", "U1", "teams", "T1");
    assert_true(sees("slack", "U1", 1));
    assert_true(sees("teams", "T1", 2));
    expect("slack", "U1", "list mine", "a leak");
    /* Nothing that one does as the other lasts. */
    type("slack", "U1", "INC-1 accept");
    type("slack", "U1", "INC-1 join");
    type("slack", "U1", "INC-1 note looked at it");
    type("teams", "T1", "INC-2 lead me");
    const struct incident *leak = sight_incident(rig->core, 1, "t1-of-teams");
    assert_int_equal(leak->people.members.n, 1);
    expect("slack", "U1", "unlink teams", "are two persons again");
    assert_false(sees("slack", "U1", 1));
    assert_true(sees("teams", "T1", 1));
    assert_false(sees("teams", "T1", 2));
    assert_true(sees("slack", "U1", 2));
    assert_string_equal(person("teams", "T1"), "t1-of-teams");
}

static void whoever_leaves_leaves_by_all_ids(void **state)
{
    (void)state;
    type("slack", "U1", "declare --private a leak");
    type("teams", "T1", "whoami");
    type("slack", "U1", "INC-1 invite t1-of-teams");
    link_users("slack", "U1", "teams", "T1");
    expect("teams", "T1", "INC-1 leave", "You are the last member");
    type("teams", "T1", "INC-1 invite ben");
    expect("teams", "T1", "INC-1 leave", "You left INC-1");
    assert_false(sees("slack", "U1", 1));
    expect("slack", "U1", "link undo", "two persons again");
    assert_false(sees("slack", "U1", 1));
    assert_false(sees("teams", "T1", 1));
}

static void rooms_follow(void **state)
{
    (void)state;
    type("slack", "U1", "declare --private a leak");
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command channel = {
        .verb = "channel", .by = "system", .name = "teams", .value = "R1", .count = 1, .flag = true};
    assert_int_equal(turn_do(turn, 1, &channel, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    link_users("slack", "U1", "teams", "T1");
    assert_int_equal(rig_sent(rig, "teams channel.invite", "\"channel\":\"R1\",\"users\":[\"T1\"]"), 1);
    type("slack", "U1", "link undo");
    assert_int_equal(rig_sent(rig, "teams channel.remove", "\"channel\":\"R1\",\"who\":\"T1\""), 1);
}

static void an_answer_that_waited_through_an_unlink_says_nothing(void **state)
{
    (void)state;
    type("slack", "U1", "declare --private a leak");
    link_users("slack", "U1", "teams", "T1");
    rig->down = true;
    type("teams", "T1", "list");
    type("slack", "U1", "link undo");
    rig->down = false;
    rig->now += MINUTE;
    size_t before = rig->sent.n;
    rig_settle(rig);
    for (size_t i = before; i < rig->sent.n; i++)
        assert_false(strstr(rig->sent.v[i], "\"to\":\"T1\"") && strstr(rig->sent.v[i], "a leak"));
    assert_int_equal(rig_sent(rig, "\"to\":\"T1\"", "This answer waited"), 1);
}

static void set_member(bool member, bool durable)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command command = {.verb = "member", .by = "ben", .value = "t1-of-teams", .flag = member};
    assert_int_equal(turn_do(turn, 1, &command, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    if (durable)
        rig_settle(rig);
}

/* Else they would have seen it although the commit failed. */
static void who_is_let_in_sees_nothing_before_that_is_durable(void **state)
{
    (void)state;
    type("teams", "T1", "whoami");
    type("slack", "U1", "declare --private a leak");
    set_member(true, true);
    rig->down = true;
    struct turn *turn = turn_begin(rig->core, rig->now);
    rooms_nudge(turn, 1, "t1-of-teams", "k1", "the hole is still there");
    turn_commit(turn, NULL, NULL);
    set_member(false, true);
    rig->down = false;
    rig->now += MINUTE;
    set_member(true, false);
    core_tick(rig->core, rig->now);
    assert_int_equal(rig_sent(rig, "\"to\":\"T1\"", "the hole is still there"), 0);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, "\"to\":\"T1\"", "the hole is still there"), 1);
}

/* ---- taking apart ---- */

static const char *email_of(const char *connector, const char *user, const char *email)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    people_identify(turn, &(struct identity){connector, user, "Kim", email, NULL});
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return person(connector, user);
}

static void users_that_share_a_mailbox_are_taken_apart(void **state)
{
    (void)state;
    const char *first = email_of("slack", "U1", "ops@example.com");
    assert_string_equal(email_of("teams", "T1", "ops@example.com"), first);
    expect("slack", "U1", "link undo", "No code has linked you");
    expect("slack", "U1", "unlink irc", "who is on slack and teams");
    expect("slack", "U1", "unlink teams", "are two persons again");
    assert_string_equal(person("slack", "U1"), first);
    assert_string_not_equal(person("teams", "T1"), first);
    assert_string_not_equal(email_of("teams", "T1", "Ops@example.com"), first); /* it stays so */
    assert_string_equal(people_find(rig->core, "ops@example.com")->id, first);
    assert_string_equal(email_of("irc", "I1", "ops@example.com"), first);
    expect("teams", "T1", "unlink teams", "known on teams only");
}

static void an_address_leads_nowhere_once_it_changed(void **state)
{
    (void)state;
    const char *first = email_of("slack", "U1", "kim@example.com");
    email_of("slack", "U1", "kim@example.org");
    assert_null(people_find(rig->core, "kim@example.com"));
    assert_string_not_equal(email_of("teams", "T1", "kim@example.com"), first);
    email_of("slack", "U1", "kim@example.com"); /* two persons' by now: it decides nothing */
    assert_null(people_find(rig->core, "kim@example.com"));
    assert_string_not_equal(email_of("irc", "I1", "kim@example.com"), first);
}

static void of_three_two_stay_one(void **state)
{
    (void)state;
    link_users("slack", "U1", "teams", "T1");
    rig->now += SECOND;
    link_users("teams", "T1", "irc", "I1");
    assert_string_equal(person("irc", "I1"), person("slack", "U1"));
    expect("slack", "U1", "unlink slack", "are two persons again");
    assert_string_equal(person("slack", "U1"), "u1-of-slack");
    assert_string_equal(person("irc", "I1"), "t1-of-teams");
    assert_string_equal(person("teams", "T1"), "t1-of-teams");
    expect("irc", "I1", "link undo", "are two persons again");
    assert_string_equal(person("irc", "I1"), "i1-of-irc");
}

/* Whose name changes with every word on the other platform would fill the journal. */
static void a_person_is_called_as_where_they_were_known_first(void **state)
{
    (void)state;
    email_of("slack", "U1", "kim@example.com");
    uint64_t seq = journal_last_seq(rig->journal);
    for (int i = 0; i < 3; i++) {
        struct turn *turn = turn_begin(rig->core, rig->now);
        people_identify(turn,
                        &(struct identity){"teams", "T1", "Kim at work", "kim@example.com", "Europe/Paris"});
        turn_commit(turn, NULL, NULL);
        rig_settle(rig);
        email_of("slack", "U1", "kim@example.com");
    }
    assert_int_equal(journal_last_seq(rig->journal), seq + 1);
    assert_string_equal(people_name(rig->core, person("teams", "T1")), "Kim");
    assert_string_equal(people_zone(rig->core, person("slack", "U1")), "Europe/Paris");
}

static void what_an_operator_typed_gives_way_to_a_platforms_name(void **state)
{
    const struct roster_user users[] = {{"slack", "U7"}};
    struct roster_person declared = {"kim", NULL, NULL, users, 1};
    (void)state;
    struct turn *turn = turn_begin(rig->core, rig->now);
    const char *id = people_named(turn, "kim")->id;
    assert_string_equal(people_declared(turn, &declared)->id, id);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    email_of("slack", "U7", "kim@example.com");
    assert_string_equal(people_name(rig->core, id), "Kim");
}

/* ---- random links ---- */

#define USERS 9
static const char *const platforms[] = {"slack", "teams", "irc"};

static const char *platform_of(size_t user)
{
    return platforms[user % ARRAY_SIZE(platforms)];
}

static void write_row(const struct person_row *row, struct str *out)
{
    str_addf(out, "%s %s %s %s -> %s %lld:", row->person.id, row->person.name, row->person.email,
             row->not_email, row->into ? row->into->person.id : "", (long long)row->linked_at);
    for (size_t i = 0; i < row->users.n; i++)
        str_addf(out, " %s/%s", row->users.v[i].connector, row->users.v[i].user);
    for (size_t i = 0; i < row->linked.n; i++)
        str_addf(out, " <- %s", row->linked.v[i]->person.id);
    str_addc(out, '\n');
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct person_row *const *)a)->person.id, (*(struct person_row *const *)b)->person.id);
}

/* All of the people, as text. The caller frees it. */
static char *written(const struct people *people)
{
    struct str out = {0};
    struct map_slot *slot;
    row_list rows = {0};
    for (size_t i = 0; (slot = map_next(&people->rows, &i));)
        *array_add(&rows) = slot->value;
    if (rows.n)
        qsort(rows.v, rows.n, sizeof(*rows.v), by_id);
    for (size_t i = 0; i < rows.n; i++)
        write_row(rows.v[i], &out);
    array_free(&rows);
    return str_take(&out);
}

static bool fold_row(void *ctx, const struct journal_event *row)
{
    struct event event;
    assert_int_equal(turn_event_of_row(row, &event, NULL), 0);
    if (event_kind(event.type)->subject == OF_PERSON)
        fold_person(ctx, &event);
    event_finish(&event);
    return true;
}

/* The same from the events alone, and after a restart. */
static void check_replay(void)
{
    CLEANUP_FREE char *now = written(people_of(rig->core)), *again = NULL, *folded = NULL;
    struct people live = *people_of(rig->core);
    *people_of(rig->core) = (struct people){0};
    journal_read(rig->journal, 0, 0, fold_row, people_of(rig->core), NULL);
    folded = written(people_of(rig->core));
    table_unload(rig->core);
    assert_int_equal(table_load(rig->core, NULL), 0);
    again = written(people_of(rig->core));
    table_unload(rig->core);
    *people_of(rig->core) = live;
    assert_string_equal(now, folded);
    assert_string_equal(now, again);
}

struct counting {
    const char *connector, *user;
    size_t n;
};

static void count_user(void *ctx, const char *connector, const char *user)
{
    struct counting *c = ctx;
    c->n += text_equal(connector, c->connector) && text_equal(user, c->user);
}

/* Each user has one person, who has that user once; nobody else has. */
static void check_users(char ids[USERS][40])
{
    for (size_t i = 0; i < USERS; i++) {
        char user[8];
        snprintf(user, sizeof(user), "u%zu", i);
        for (size_t k = 0; k < USERS; k++) {
            struct counting c = {platform_of(i), user, 0};
            char other[8];
            snprintf(other, sizeof(other), "u%zu", k);
            people_each_user(rig->core, person(platform_of(k), other), count_user, &c);
            assert_int_equal(
                c.n, people_same(rig->core, person(platform_of(i), user), person(platform_of(k), other)));
        }
        assert_non_null(people_get(rig->core, ids[i])); /* nobody is lost */
        assert_non_null(people_name(rig->core, ids[i]));
    }
}

static void act(struct rng *rng)
{
    char a[8], b[8];
    size_t i = rng_below(rng, USERS), k = rng_below(rng, USERS);
    snprintf(a, sizeof(a), "u%zu", i);
    snprintf(b, sizeof(b), "u%zu", k);
    CLEANUP_FREE char *unlink = xasprintf("unlink %s", platforms[rng_below(rng, 3)]);
    CLEANUP_FREE char *email = xasprintf("%c@example.com", (char)('a' + rng_below(rng, 3)));
    switch (rng_below(rng, 5)) {
    case 0:
        type(platform_of(i), a, unlink);
        break;
    case 1:
        type(platform_of(i), a, "link undo");
        break;
    case 2:
        email_of(platform_of(i), a, email);
        break;
    default:
        if (!people_same(rig->core, person(platform_of(i), a), person(platform_of(k), b)))
            link_users(platform_of(i), a, platform_of(k), b);
    }
    rig->now += (instant)rng_below(rng, 3) * SECOND;
}

static void nobody_is_lost_whatever_is_linked(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        char ids[USERS][40];
        struct rng rng;
        if (seed > 1) {
            rig_destroy(rig);
            set_up(NULL);
        }
        rng_init(&rng, seed);
        for (size_t i = 0; i < USERS; i++) {
            char user[8];
            snprintf(user, sizeof(user), "u%zu", i);
            type(platform_of(i), user, "whoami");
            snprintf(ids[i], sizeof(ids[i]), "%s", person(platform_of(i), user));
        }
        for (int i = 0; i < 40; i++) {
            act(&rng);
            check_users(ids);
            check_replay();
        }
    }
}

static void links_are_read_again_after_a_failed_commit(void **state)
{
    (void)state;
    type("slack", "U1", "whoami");
    CLEANUP_FREE char *code = code_of("slack", "U1");
    CLEANUP_FREE char *line = xasprintf("link %s", code);
    type("teams", "T1", "whoami");
    memory_store_fail_next(rig->memory, 1);
    type("teams", "T1", line);
    for (int i = 0; i < 10; i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_string_not_equal(person("teams", "T1"), person("slack", "U1"));
    expect("teams", "T1", line, "are one person");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_makes_two_users_one_person, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_search_finds_each_person_once_by_any_of_their_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_code_works_once_and_for_ten_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(guesses_are_few, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_a_user_of_a_chat_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_code_is_in_no_event_and_no_document_of_people, set_up, tear_down),
        cmocka_unit_test_setup_teardown(either_sees_what_the_other_may_and_only_as_long_as_they_are_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whoever_leaves_leaves_by_all_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rooms_follow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_waited_through_an_unlink_says_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_is_let_in_sees_nothing_before_that_is_durable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(users_that_share_a_mailbox_are_taken_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_leads_nowhere_once_it_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_three_two_stay_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_person_is_called_as_where_they_were_known_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_an_operator_typed_gives_way_to_a_platforms_name, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(links_are_read_again_after_a_failed_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_lost_whatever_is_linked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
