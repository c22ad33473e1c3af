/* Posts that belong to no incident, and maintenance: nothing of them is published that was not approved or is not always the same. It is Mon 23
   Nov 2026 15:06 UTC. */
#include <inttypes.h>

#include "../command/policy_rig.h"

#include "comms/alone.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

#define PAGES                                                                                                  \
    "component { name = 'Checkout' } component { name = 'Search' }\n"                                          \
    "status_page { name = 'main', title = 'Acme', zone = 'Europe/Berlin' }\n"
#define ANOTHER "approval { audience = 'status page', not_author = true }\n"
#define UPGRADE                                                                                                \
    "maintenance Database upgrade tomorrow 22:00-23:30 --component checkout,search \"Payments may fail.\""
#define ANA "'user':{'id':'ana','name':'Ana María'}"

static void begin(const char *policy)
{
    CLEANUP_FREE char *whole = xasprintf("%s%s", PAGES, policy);
    policy_rig_begin(whole);
    rig_settle(rig);
}

static void restart(void)
{
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    rig_settle(rig);
}

static void expect(const char *who, const char *line, const char *wanted)
{
    rig_expect(rig, who, 0, line, wanted);
}

static void at(instant t)
{
    rig->now = t;
    rig_settle(rig);
}

static instant tomorrow(int hour, int minute)
{
    return zone_from_wall(&(struct wall){2026, 11, 24, hour, minute, 0, 0, 0}, "UTC");
}

static void expect_state(const char *component, enum public_state state)
{
    assert_int_equal(statuspage_state(rig->core, component), state);
}

/* ---- drafts ---- */

static void a_post_that_stands_alone_is_approved_by_another(void **state)
{
    (void)state;
    begin(ANOTHER);
    expect("ben", "posts new \"Payments are slow\" identified: We look. --component checkout=major",
           "posts approve 1");
    assert_int_equal(rig_sent(rig, "Message 1 to the status page", "posts approve 1"), 1);
    assert_int_equal(rig_sent(rig, "Message 1 to the status page", "'channel':'general'"), 0);
    expect(
        "ben", "posts",
        "draft 1 waits for approval: “Payments are slow”, Identified; Checkout: Operational -> Major outage");
    expect("ben", "posts preview 1", "**Payments are slow**");
    expect("ben", "posts approve 1", "! You wrote message 1 as it stands");
    restart();
    expect("ana-maria", "posts approve 1", "Approved. It is on the status page.");
    expect("ana-maria", "posts approve 1", "! Message 1 was already approved");
    expect_state("Checkout", STATE_MAJOR);
    expect("ben", "posts", "1: **Payments are slow**, Identified; Checkout.");
    expect("ben", "posts 1 monitoring: It works.", "posts approve 2");
    expect("ben", "posts 1 It works, really.", "! A draft for post 1 is waiting already");
    expect("ana-maria", "posts approve 2", "Approved");
    expect("ben", "posts 1 resolved", "posts approve 3");
    assert_int_equal(rig_sent(rig, "Message 3 to the status page", "Major outage -> Operational"), 1);
    expect("ana-maria", "posts approve 3", "Approved");
    expect_state("Checkout", STATE_OPERATIONAL);
    expect("ben", "posts", "No post is open");
    expect("ben", "posts 1 monitoring: again", "! Post 1 is over (resolved). Write a new one.");
}

static void a_version_that_was_not_seen_is_not_approved(void **state)
{
    (void)state;
    begin(ANOTHER);
    expect("ben", "posts new \"T\" One.", "posts approve 1");
    expect("ben", "posts redraft 1 Two. --title \"Other\"", "Changed");
    expect("ana-maria", "posts approve 1", "`posts approve 1 2` sends it.");
    expect("ana-maria", "posts reject 1 it promises a time", "Rejected");
    expect("ana-maria", "posts approve 1 2", "Change it first: `posts redraft 1 …`");
    expect("ana-maria", "posts redraft 1 Three.", "Changed");
    expect("ana-maria", "posts approve 1 3", "! You wrote message 1 as it stands");
    expect("ben", "posts approve 1 3", "Approved");
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_int_equal(page->posts.n, 1);
    assert_string_equal(page->posts.v[0].title, "Other");
    assert_string_equal(page->posts.v[0].words.v[0].text, "Three.");
    public_unref(page);
}

static void a_component_that_left_the_policy_does_not_hold_its_post_open(void **state)
{
    struct error err;
    (void)state;
    begin(ANOTHER);
    expect("ben", "posts new \"T\" Oh. --component checkout=major, search=degraded", "posts approve 1");
    expect("ana-maria", "posts approve 1", "Approved");
    policy_dir_write(&policies, "team.lua",
                     "component { name = 'Search' } status_page { name = 'main' }\n" ANOTHER);
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    rig_settle(rig);
    expect("ben", "posts 1 resolved", "posts approve 2");
    expect("ana-maria", "posts approve 2", "Approved");
    expect_state("Checkout", STATE_OPERATIONAL);
    expect_state("Search", STATE_OPERATIONAL);
}

/* Nobody has a role in what belongs to no incident. */
static void where_a_role_is_asked_for_somebody_else_approves(void **state)
{
    (void)state;
    begin("approval { roles = { 'lead' } }");
    expect("ben", "posts new \"T\" One.", "somebody other than its author approves it");
    expect("ben", "posts approve 1", "! You wrote");
    expect("ana-maria", "posts approve 1", "Approved");
}

static void a_thumbs_up_approves_it(void **state)
{
    (void)state;
    begin(ANOTHER);
    expect("ben", "posts new \"T\" One.", "posts approve 1");
    assert_int_equal(comms_alone(rig->core)->comms.draft_cards.n, 1);
    CLEANUP_FREE char *event =
        xasprintf("{'type':'reaction','id':'r1','message':'%s','channel':'general'," ANA ",'emoji':'+1'}",
                  comms_alone(rig->core)->comms.draft_cards.v[0].message);
    rig_event(rig, event);
    assert_int_equal(rig_sent(rig, "Message 1 to the status page, approved by", ""), 1);
    expect("ben", "posts", "1: **T**");
}

static void a_draft_for_maintenance_that_has_ended_is_withdrawn(void **state)
{
    (void)state;
    begin("");
    expect("ben", UPGRADE, "posts approve 1");
    expect("ana-maria", "posts approve 1", "Approved");
    at(tomorrow(22, 30));
    expect("ben", "maintenance 1 end \"All went *well*.\"", "posts approve 2");
    at(tomorrow(23, 29));
    assert_int_equal(rig_sent(rig, "is withdrawn", ""), 0);
    at(tomorrow(23, 30));
    assert_int_equal(
        rig_sent(rig, "\"to\":\"ben\"", "Your message 2 to the status page is withdrawn: Post 1 is over"), 1);
    assert_int_equal(rig_sent(rig, "is withdrawn", ""), 1);
    assert_int_equal(incident_draft(comms_alone(rig->core), 2)->state, DRAFT_DISCARDED);
    expect("ben", "posts", "No post is open");
    restart();
    expect("ben", "posts approve 2", "! Message 2 was");
}

/* A post that stands alone, from its first word to its last. */
static void post_and_end(int64_t number, const char *post, const char *text)
{
    CLEANUP_FREE char *new = xasprintf("posts new %s", post),
                      *resolved = xasprintf("posts %" PRId64 " resolved", number),
                      *first = xasprintf("posts approve %" PRId64, 2 * number - 1),
                      *last = xasprintf("posts approve %" PRId64, 2 * number);
    expect("ben", new, text);
    expect("ben", first, "Approved");
    rig->now += HOUR;
    expect("ben", resolved, "posts approve");
    expect("ben", last, "Approved");
}

/* By the words of the title, and by components; of an hour, since posts that are open are listed anyway. */
static void posts_that_are_alike_are_shown_beside_it(void **state)
{
    (void)state;
    begin("");
    post_and_end(1, "\"*Payments* are slow\" One.", "posts approve 1");
    post_and_end(2, "\"Parcels are late\" Two. --component search=major", "posts approve 3");
    post_and_end(3, "\"Phones\" The payments line is busy.", "posts approve 5");
    expect("ben", "posts new \"Still open payments\" x", "posts approve 7");
    expect("ben", "posts approve 7", "Approved");
    CLEANUP_FREE char *words = rig_line(rig, "ben", 0, "posts new \"Payments fail\" We look.");
    const char *first = strstr(words, "Posted before:\n- “\\*Payments\\* are slow”: One. (1h)"),
               *second = strstr(words, "- “Phones”: The payments line is busy. (1h)");
    assert_non_null(first);
    assert_true(second > first);
    assert_null(strstr(words, "Parcels"));
    assert_null(strstr(words, "Still open"));
    expect("ben", "posts new \"Hm\" x --component search=degraded",
           "Posted before:\n- “Parcels are late”: Two. (1h)");
    CLEANUP_FREE char *none = rig_line(rig, "ben", 0, "posts new \"Mail\" We look into payments.");
    assert_null(strstr(none, "Posted before"));
    CLEANUP_FREE char *planned = rig_line(rig, "ben", 0, UPGRADE); /* of Search, too */
    assert_null(strstr(planned, "Posted before"));
}

static void a_form_shows_posts_that_are_alike(void **state)
{
    struct answer answer = {0};
    struct asker asker = {.person = "ben", .forms = FORMS_MISSING};
    (void)state;
    begin("");
    post_and_end(1, "\"Payments are slow\" One.", "posts approve 1");
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "posts new \"Payments fail\"", &answer), ERR_INVALID);
    turn_commit(turn, NULL, NULL);
    assert_non_null(
        strstr(str_text(&answer.form), "\"note\":\"Posted before:\\n- “Payments are slow”: One. (1h)\""));
    answer_finish(&answer);
}

static void what_is_wrong_says_what_to_type(void **state)
{
    static const char *const lines[][2] = {
        {"posts new We look", "Say what the post is called"},
        {"posts new \"T\"", "Say what the status page should say: `posts new"},
        {"posts new \"T\" x --component no=major", "has no component 'no'"},
        {"posts foo", "`posts` can't 'foo'"},
        {"posts 9 x", "There is no post 9"},
        {"posts approve", "`posts` lists those that wait"},
        {"posts redraft 9 x", "`posts` lists those that wait"},
        {"maintenance Upgrade", "I can't tell the title from the time in 'Upgrade'"},
        {"maintenance Upgrade tomorrow 22:00 \"x\"", "Say when it ends, too"},
        {"maintenance Upgrade tomorrow 22-23", "Say what customers should know"},
        {"maintenance Upgrade today 9-10 \"x\"", "is in the past"},
        {"maintenance Upgrade 3 tomorrow 22-23 \"x\"", "I can't tell the title from the time"},
        {"maintenance Upgrade 9-17 nodes tomorrow 22-23 \"x\"", "are two times"},
        {"maintenance Upgrade tomorrow 25:00-26:00 \"x\"", "I can't tell the title from the time"},
        {"maintenance Upgrade tomorrow 22-23 and then \"x\"", "I can't tell what 'and then' is"},
        {"maintenance Upgrade tomorrow 22-23 --component checkout=major \"x\"",
         "Maintenance sets the state itself"},
        {"maintenance Upgrade tomorrow 22-23 --component no \"x\"", "has no component 'no'"},
        {"maintenance Upgrade tomorrow 22-23 --status resolved \"x\"", "Maintenance takes"},
        {"maintenance tomorrow 22-23 \"x\"", "Say what the post is called"},
        {"maintenance 7 end", "There is no maintenance 7"},
    };
    (void)state;
    begin("");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *said = rig_line(rig, "ben", 0, lines[i][0]);
        if (!text_starts(said, "! ") || !strstr(said, lines[i][1]))
            fail_msg("%s\n  wanted %s\n  got    %s", lines[i][0], lines[i][1], said);
    }
    assert_int_equal(comms_alone(rig->core)->comms.drafts.n, 0);
}

/* ---- maintenance ---- */

static void plan(void)
{
    expect("ben", UPGRADE,
           "Planned from tomorrow 22:00 until tomorrow 23:30 (on the page: Tue 24 Nov 23:00 UTC+1");
    expect("ana-maria", "posts approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "until Wed 25 Nov 00:30 UTC+1", "Under maintenance"),
                     2); /* its card, twice */
}

static void maintenance_begins_and_ends_by_itself(void **state)
{
    (void)state;
    begin(ANOTHER);
    plan();
    expect("ben", "maintenance",
           "1: **Database upgrade**, Scheduled, from tomorrow 22:00 until tomorrow 23:30; Checkout, Search");
    expect("ben", "posts new \"T\" Oh. --component search=major", "posts approve 2");
    expect("ana-maria", "posts approve 2", "Approved");
    restart();
    at(tomorrow(21, 59));
    expect_state("Checkout", STATE_OPERATIONAL);
    at(tomorrow(22, 0));
    expect_state("Checkout", STATE_MAINTENANCE);
    expect_state("Search", STATE_MAJOR); /* an open post says worse */
    assert_int_equal(rig_sent(rig, "Maintenance 1 (Database upgrade) has begun.", "extend 30m"), 1);
    restart();
    at(tomorrow(15, 0)); /* the clock was set back */
    expect_state("Checkout", STATE_MAINTENANCE);
    at(tomorrow(23, 30));
    expect_state("Checkout", STATE_OPERATIONAL);
    expect_state("Search", STATE_MAJOR);
    at(tomorrow(23, 30) + DAY);
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_int_equal(page->posts.v[1].words.n, 3);
    assert_string_equal(page->posts.v[1].words.v[0].text, MAINTENANCE_OVER);
    public_unref(page);
}

/* It was down from before the begin until after the end. */
static void a_clock_that_jumps_over_both_does_both(void **state)
{
    (void)state;
    begin(ANOTHER);
    plan();
    rig->now = tomorrow(22, 0) + 30 * DAY;
    restart();
    expect_state("Checkout", STATE_OPERATIONAL);
    expect("ben", "maintenance", "No maintenance is planned");
    assert_int_equal(rig_sent(rig, "Maintenance 1 (Database upgrade) is over.", ""), 1);
}

/* 2:30 on 28 March 2027 does not exist in Berlin; Ana's zone is Madrid, which is the same. */
static void clocks_that_change_are_understood(void **state)
{
    (void)state;
    begin(ANOTHER);
    rig->now = zone_from_wall(&(struct wall){2027, 3, 27, 12, 0, 0, 0, 0}, "UTC");
    expect("ana-maria", "maintenance Upgrade tomorrow 1:30-3:30 \"x\"",
           "Planned from tomorrow 01:30 until tomorrow 03:30");
    expect("ben", "posts approve 1", "Approved");
    struct standing_post post;
    assert_true(statuspage_post(rig->core, 1, &post));
    assert_int_equal(post.until - post.from, HOUR);
}

static void components_are_read_with_spaces_between(void **state)
{
    (void)state;
    begin(ANOTHER);
    expect("ben", "maintenance Upgrade tomorrow 22-23 --component checkout, search \"Words.\"",
           "): Checkout and Search.");
    expect("ben", "posts new \"Slow\" We look. --component checkout=degraded, search=major --quiet",
           "posts approve 2");
    assert_int_equal(rig_sent(rig, "Operational -> Major outage", "Operational -> Degraded"), 1);
    expect("ben", "posts new \"Slow\" We look. --component checkout=degraded, --quiet", "posts approve 3");
}

static void it_is_moved_extended_begun_and_ended(void **state)
{
    (void)state;
    begin(ANOTHER);
    plan();
    expect("ben", "maintenance 1 end", "! It has not begun. `maintenance 1 cancel` cancels it.");
    expect("ben", "maintenance 1 move tomorrow 20-21", "Planned from tomorrow 20:00 until tomorrow 21:00");
    assert_int_equal(rig_sent(rig, "\"name\":\"goes on\"", "maintenance 1"), 1);
    expect("ben", "posts", "draft 2 waits for approval: for post 1: Scheduled");
    expect("ben", "maintenance list", "draft 2 waits for approval: for post 1: Scheduled");
    expect("ben", "maintenance 1", "! Say what to do with maintenance 1: `maintenance 1 extend 30m`, or");
    expect("ben", "maintenance 1 extend yesterday", "! I can't read 'yesterday' as a time. Try");
    expect("ben", "maintenance 1 move tomorrow 19-20", "! A draft for post 1 is waiting");
    expect("ben", "maintenance 1 extend 30m", "“The maintenance takes longer.” It ends Wed 25 Nov 00:00");
    expect("ana-maria", "posts approve 2", "Approved");
    expect("ben", "maintenance", "from tomorrow 20:00 until tomorrow 21:00");
    expect("ben", "maintenance 1 begin now", "! Put the words for customers in quotes");
    expect("ben", "maintenance 1 begin", "“The maintenance has begun.”");
    expect_state("Search", STATE_MAINTENANCE);
    expect("ben", "maintenance 1 cancel", "! It has begun");
    expect("ben", "maintenance 1 move tomorrow 22-23", "! It has begun");
    expect("ben", "maintenance 1 extend until 1:00", "! It is planned until");
    expect("ben", "maintenance 1 end \"All went well.\"", "posts approve 3");
    expect_state("Search", STATE_MAINTENANCE);
    expect("ana-maria", "posts approve 3", "Approved");
    expect_state("Search", STATE_OPERATIONAL);
    expect("ben", "maintenance 1 end", "! Maintenance 1 is over");
}

static void what_is_cancelled_changes_no_component(void **state)
{
    (void)state;
    begin(ANOTHER);
    plan();
    expect("ben", "component checkout degraded", "Degraded");
    expect("ben", "maintenance 1 cancel", "“This maintenance is cancelled.”");
    expect_state("Checkout", STATE_DEGRADED);
    at(tomorrow(22, 30));
    expect_state("Checkout", STATE_DEGRADED);
}

static void what_was_approved_too_late_is_refused(void **state)
{
    (void)state;
    begin(ANOTHER);
    expect("ben", UPGRADE, "posts approve 1");
    at(tomorrow(23, 31));
    expect("ana-maria", "posts approve 1", "! The maintenance would be over by now. Plan it anew.");
    expect("ben", "posts redraft 1 --when \"tomorrow 22:00-23:30\"", "Changed");
    expect("ana-maria", "posts approve 1 2", "Approved");
}

static void maintenance_that_overlaps_is_said(void **state)
{
    (void)state;
    begin(ANOTHER);
    plan();
    expect("ben", "maintenance Other tomorrow 23:00-23:59 --component search \"x\"",
           "Mind that Search is maintained by maintenance 1 (Database upgrade), too");
    CLEANUP_FREE char *said =
        rig_line(rig, "ben", 0, "maintenance Other tomorrow 23:30-23:59 --component search \"x\"");
    assert_null(strstr(said, "Mind"));
}

static void a_promised_word_reminds_once(void **state)
{
    static const char reminder[] = "The status page has promised another word";
    (void)state;
    begin(ANOTHER);
    expect("ben", "posts new \"T\" Oh. --next 30m", "posts approve 1");
    expect("ana-maria", "posts approve 1", "Approved");
    at(NOW + HOUR);
    assert_int_equal(rig_sent(rig, reminder, "`posts 1 …` writes it."), 1);
    restart();
    at(NOW + DAY);
    assert_int_equal(rig_sent(rig, reminder, ""), 1);
}

/* ---- forms ---- */

static const char *filled(const void *values, const char *name)
{
    const char *const *pairs = values;
    for (; *pairs; pairs += 2) {
        if (strcmp(pairs[0], name) == 0)
            return pairs[1];
    }
    return NULL;
}

static char *form_of_line(const char *line, const char *const *values, int code)
{
    struct answer answer = {0};
    struct asker asker = {
        .person = "ben", .forms = FORMS_MISSING, .values = values, .value = values ? filled : NULL};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, line, &answer), code);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    char *form = xstrdup(str_text(&answer.form));
    answer_finish(&answer);
    return form;
}

static void expect_in(const char *text, const char *const *parts)
{
    for (; *parts; parts++) {
        if (!strstr(text, *parts))
            fail_msg("%s\n  lacks %s", text, *parts);
    }
}

static void a_form_asks_for_what_is_missing(void **state)
{
    static const char *const answers[] = {
        "title", "Database", "when", "tomorrow 22-23", "words", "Hm.", "component", "checkout, search", NULL};
    (void)state;
    begin(ANOTHER);
    CLEANUP_FREE char *form = form_of_line("maintenance Upgrade tomorrow 22-23", NULL, ERR_INVALID);
    expect_in(form, (const char *const[]){"\"command\":\"maintenance Upgrade tomorrow 22-23\"",
                                          "\"value\":\"Upgrade\"", "\"value\":\"tomorrow 22-23\"",
                                          "\"name\":\"words\"", NULL});
    CLEANUP_FREE char *none = form_of_line("maintenance Upgrade tomorrow 22-23", answers, 0);
    assert_string_equal(none, "");
    expect("ben", "posts preview 1", "**Database**");
    CLEANUP_FREE char *change = form_of_line("posts redraft 1 …", NULL, ERR_INVALID);
    expect_in(change, (const char *const[]){"\"command\":\"posts redraft 1\"", "\"value\":\"Hm.\"",
                                            "\"value\":\"Database\"", NULL});
    static const char *const words[] = {"words", "Other.", NULL};
    CLEANUP_FREE char *changed = form_of_line("posts redraft 1", words, 0);
    expect("ben", "posts preview 1", "Other.");
}

/* ---- nothing else is published ---- */

struct words { /* that may be published, each once */
    ARRAY(char *) list;
    uint64_t seen; /* events up to there were looked at */
    size_t published;
};

static void allow(struct words *words, int64_t number, int64_t version)
{
    const struct state_draft *draft = incident_draft(comms_alone(rig->core), number);
    if (draft && draft->version == version)
        *array_add(&words->list) = xstrdup(draft->text);
}

static bool is_always_the_same(const char *text)
{
    static const char *const texts[] = {MAINTENANCE_BEGUN, MAINTENANCE_OVER, MAINTENANCE_LONGER,
                                        MAINTENANCE_CANCELLED};
    bool is = false;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        is |= strcmp(texts[i], text) == 0;
    return is;
}

static bool check_word(void *ctx, const struct journal_event *row)
{
    struct words *words = ctx;
    struct event event = {0};
    assert_int_equal(turn_event_of_row(row, &event, NULL), 0);
    bool allowed = event.type != EVENT_POST_WORD || is_always_the_same(event.text);
    for (size_t i = words->list.n; !allowed && i-- > 0;) {
        allowed = strcmp(words->list.v[i], event.text) == 0;
        words->published += allowed;
        free(allowed ? words->list.v[i] : NULL);
        if (allowed)
            array_remove(&words->list, i);
    }
    if (!allowed)
        fail_msg("nobody approved this, and it was published: %s", event.text);
    words->seen = row->version;
    event_finish(&event);
    return true;
}

static void step(struct rng *rng, struct words *words, int n)
{
    static const char *const forms[] = {"posts new \"T\" Word%d",
                                        "posts 1 monitoring Word%d",
                                        "posts 2 resolved Word%d",
                                        "posts redraft 1 Word%d",
                                        "posts redraft 2 Word%d",
                                        "posts reject 1 Word%d",
                                        "posts discard 3",
                                        "maintenance M for 2h --component search \"Word%d\"",
                                        "maintenance 1 begin \"Word%d\"",
                                        "maintenance 2 end \"Word%d\"",
                                        "maintenance 1 begin",
                                        "maintenance 2 end",
                                        "maintenance 3 cancel",
                                        "maintenance 1 extend 30m",
                                        "maintenance 2 move for 3h \"Word%d\""};
    const char *who = rng_below(rng, 2) ? "ben" : "ana-maria";
    if (rng_below(rng, 10) == 0)
        rig->now += (int64_t)rng_below(rng, 4) * HOUR;
    if (rng_below(rng, 2)) {
        const char *form = forms[rng_below(rng, ARRAY_SIZE(forms))], *hole = strstr(form, "%d");
        CLEANUP_FREE char *line =
            hole ? xasprintf("%.*s%d%s", (int)(hole - form), form, n, hole + 2) : xstrdup(form);
        free(rig_line(rig, who, 0, line));
    } else {
        int64_t number = 1 + (int64_t)rng_below(rng, 8), version = 1 + (int64_t)rng_below(rng, 2);
        CLEANUP_FREE char *line = xasprintf("posts approve %" PRId64 " %" PRId64, number, version);
        allow(words, number, version);
        free(rig_line(rig, who, 0, line));
    }
    if (rng_below(rng, 10) == 0)
        restart();
    assert_int_equal(journal_read_stream(rig->journal, "system", words->seen, 1000, check_word, words, NULL),
                     0);
    for (size_t i = 0; i < words->list.n; i++)
        free(words->list.v[i]);
    array_free(&words->list);
}

static void only_what_was_approved_is_published(void **state)
{
    size_t published = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct words words = {0};
        struct rng rng;
        rng_init(&rng, seed);
        begin(seed % 2 ? ANOTHER : "");
        for (int n = 0; n < 150; n++)
            step(&rng, &words, n);
        published += words.published;
        tear_down(NULL);
    }
    assert_true(published > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_post_that_stands_alone_is_approved_by_another, tear_down),
        cmocka_unit_test_teardown(a_version_that_was_not_seen_is_not_approved, tear_down),
        cmocka_unit_test_teardown(a_component_that_left_the_policy_does_not_hold_its_post_open, tear_down),
        cmocka_unit_test_teardown(where_a_role_is_asked_for_somebody_else_approves, tear_down),
        cmocka_unit_test_teardown(a_thumbs_up_approves_it, tear_down),
        cmocka_unit_test_teardown(a_draft_for_maintenance_that_has_ended_is_withdrawn, tear_down),
        cmocka_unit_test_teardown(posts_that_are_alike_are_shown_beside_it, tear_down),
        cmocka_unit_test_teardown(a_form_shows_posts_that_are_alike, tear_down),
        cmocka_unit_test_teardown(what_is_wrong_says_what_to_type, tear_down),
        cmocka_unit_test_teardown(maintenance_begins_and_ends_by_itself, tear_down),
        cmocka_unit_test_teardown(a_clock_that_jumps_over_both_does_both, tear_down),
        cmocka_unit_test_teardown(clocks_that_change_are_understood, tear_down),
        cmocka_unit_test_teardown(components_are_read_with_spaces_between, tear_down),
        cmocka_unit_test_teardown(it_is_moved_extended_begun_and_ended, tear_down),
        cmocka_unit_test_teardown(what_is_cancelled_changes_no_component, tear_down),
        cmocka_unit_test_teardown(what_was_approved_too_late_is_refused, tear_down),
        cmocka_unit_test_teardown(maintenance_that_overlaps_is_said, tear_down),
        cmocka_unit_test_teardown(a_promised_word_reminds_once, tear_down),
        cmocka_unit_test_teardown(a_form_asks_for_what_is_missing, tear_down),
        cmocka_unit_test(only_what_was_approved_is_published)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
