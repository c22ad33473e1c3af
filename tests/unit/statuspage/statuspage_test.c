/* What stands on status pages, and what does not. It is Mon 23 Nov 2026 15:06 UTC. */
#include "base/json.h"
#include "public/names.h"
#include "public/uptime.h"
#include "statuspage/import.h"
#include "statuspage/statuspage.h"

#include "../command/policy_rig.h"

#define PAGES                                                                                                  \
    "severity { 'minor', 'major', 'critical' }\n"                                                              \
    "component { name = 'Checkout', group = 'Shop' }\n"                                                        \
    "component { name = 'Search', group = 'Shop', only_if_degraded = true }\n"                                 \
    "service { name = 'gateway', component = 'API' }\n"                                                        \
    "status_page { name = 'main', title = 'Acme', url = 'https://status.acme.example/' }\n"                    \
    "status_page { name = 'big', components = { 'API' }, private = true }\n"

static int told; /* how often models were new */

static void count(void *ctx)
{
    (void)ctx;
    told++;
}

static void begin(void)
{
    policy_rig_begin(PAGES);
    told = 0;
    statuspage_listen(rig->core, count, NULL);
    rig_settle(rig);
}

static void restart(void)
{
    policy_rig_restart(NULL);
    rig_settle(rig);
}

static instant built_at(void)
{
    struct public_page *page = statuspage_page(rig->core, NULL);
    instant built = page->built;
    public_unref(page);
    return built;
}

/* What is shown of ninety days moves on, though nothing happens. */
static void a_new_day_makes_new_models(void **state)
{
    (void)state;
    begin();
    instant built = built_at();
    rig->now += 8 * HOUR; /* 23:06 UTC */
    rig_settle(rig);
    assert_int_equal(built_at(), built);
    rig->now += HOUR;
    rig_settle(rig);
    assert_int_equal(built_at(), rig->now);
}

/* Publishes "name=state" for one component; NULL: for none. Returns the post's number. */
static int64_t publish(struct posting posting, const char *component, enum public_state state,
                       struct error *err)
{
    struct posting_component one = {component, state};
    struct turn *turn = turn_begin(rig->core, rig->now);
    posting.by = "ana";
    posting.components = &one;
    posting.n = component != NULL;
    int64_t number = statuspage_publish(turn, &posting, err);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return number;
}

static int64_t open_post(const char *component, enum public_state state)
{
    const struct posting posting = {.title = "Payments are slow",
                                    .text = "We are looking into it.",
                                    .incident = 7,
                                    .status = POST_INVESTIGATING};
    return publish(posting, component, state, NULL);
}

static int64_t add_word(int64_t post, enum public_status status, const char *component, enum public_state state)
{
    const struct posting posting = {.post = post, .text = "A word.", .status = status};
    return publish(posting, component, state, NULL);
}

static void expect_state(const char *component, enum public_state state)
{
    CLEANUP_FREE char *line = xasprintf("component %s", component);
    rig_expect(rig, "ben", 0, line, public_state_title(state));
}

static void the_models_follow_from_the_policy(void **state)
{
    (void)state;
    begin();
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_non_null(page);
    assert_string_equal(page->name, "main");
    assert_string_equal(page->title, "Acme");
    assert_string_equal(page->url, "https://status.acme.example");
    assert_int_equal(page->components.n, 3);
    assert_int_equal(page->groups.n, 1);
    assert_string_equal(page->components.v[2].name, "API");
    assert_int_equal(page->components.v[2].group, PUBLIC_ALONE);
    assert_true(page->components.v[1].only_if_degraded);
    assert_int_equal(page->components.v[0].past.n, 1);
    public_unref(page);
    page = statuspage_page(rig->core, "big");
    assert_int_equal(page->components.n, 1);
    assert_true(page->private_);
    public_unref(page);
    assert_null(statuspage_page(rig->core, "other"));
    assert_int_equal(told, 0);
}

static void a_post_moves_its_component_and_its_end_moves_it_back(void **state)
{
    (void)state;
    begin();
    int64_t post = open_post("checkout", STATE_PARTIAL);
    assert_int_equal(post, 1);
    assert_int_equal(statuspage_open_post(rig->core, 7), 1);
    assert_int_equal(statuspage_open_post(rig->core, 8), 0);
    expect_state("Checkout", STATE_PARTIAL);
    assert_int_equal(told, 1);
    rig->now += HOUR;
    assert_int_equal(add_word(post, POST_MONITORING, "Checkout", STATE_DEGRADED), post);
    rig->now += HOUR;
    assert_int_equal(add_word(post, POST_RESOLVED, NULL, 0), post);
    expect_state("Checkout", STATE_OPERATIONAL);
    assert_int_equal(statuspage_open_post(rig->core, 7), 0);
    restart();
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_int_equal(page->posts.n, 1);
    const struct public_post *shown = &page->posts.v[0];
    assert_string_equal(shown->title, "Payments are slow");
    assert_int_equal(shown->impact, IMPACT_MAJOR); /* it keeps its maximum */
    assert_int_equal(shown->status, POST_RESOLVED);
    assert_int_equal(shown->words.n, 3);
    assert_int_equal(shown->words.v[0].status, POST_RESOLVED); /* the newest first */
    assert_int_equal(shown->monitoring, NOW + HOUR);
    assert_int_equal(shown->resolved, NOW + 2 * HOUR);
    assert_int_equal(shown->words.v[1].affected.v[0].before, STATE_PARTIAL);
    assert_int_equal(shown->words.v[1].affected.v[0].after, STATE_DEGRADED);
    assert_int_equal(page->components.v[0].past.n, 4);
    public_unref(page);
}

static const char *title_in_german(void)
{
    struct public_page *page = statuspage_page(rig->core, NULL);
    const struct public_post *post = &page->posts.v[0];
    const struct public_word *first = &post->words.v[post->words.n - 1];
    const char *title = first->translations.n ? first->translations.v[0].title : NULL;
    public_unref(page); /* the core keeps it */
    return title;
}

static void a_title_stands_in_other_languages(void **state)
{
    struct posting posting = {.title = "Slow",
                              .titles = "{\"de\":\"Langsam\"}",
                              .text = "We look.",
                              .languages = "{\"de\":\"Wir sehen nach.\"}"};
    (void)state;
    begin();
    int64_t post = publish(posting, NULL, 0, NULL);
    assert_string_equal(title_in_german(), "Langsam");
    add_word(post, POST_MONITORING, NULL, 0);
    restart();
    assert_string_equal(title_in_german(), "Langsam");
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_int_equal(page->posts.v[0].words.v[1].translations.n, 1); /* with its text */
    assert_string_equal(page->posts.v[0].words.v[1].translations.v[0].text, "Wir sehen nach.");
    public_unref(page);
    posting = (struct posting){.post = post, .title = "Other", .text = "A word.", .status = POST_MONITORING};
    publish(posting, NULL, 0, NULL);
    assert_null(title_in_german()); /* the old one is no translation of the new one */
}

static void another_open_post_holds_a_component(void **state)
{
    (void)state;
    begin();
    int64_t first = open_post("Checkout", STATE_MAJOR);
    int64_t second = open_post("Checkout", STATE_DEGRADED);
    add_word(first, POST_RESOLVED, "Checkout", STATE_OPERATIONAL);
    expect_state("Checkout", STATE_DEGRADED);
    add_word(second, POST_RESOLVED, NULL, 0);
    expect_state("Checkout", STATE_OPERATIONAL);
}

static void a_page_shows_only_what_touches_its_components(void **state)
{
    (void)state;
    begin();
    open_post("Checkout", STATE_MAJOR);
    open_post("API", STATE_MAJOR);
    open_post(NULL, 0);
    struct public_page *all = statuspage_page(rig->core, NULL), *big = statuspage_page(rig->core, "big");
    assert_int_equal(all->posts.n, 3);
    assert_int_equal(big->posts.n, 2);
    assert_int_equal(big->posts.v[1].components.v[0], 0);
    public_unref(all);
    public_unref(big);
}

static void refuse(struct posting posting, const char *component, const char *why)
{
    struct error err = {0};
    assert_int_equal(publish(posting, component, STATE_MAJOR, &err), 0);
    if (!strstr(err.text, why))
        fail_msg("%s: lacks %s", err.text, why);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    begin();
    refuse((struct posting){.title = "T", .text = ""}, NULL, "needs words");
    refuse((struct posting){.text = "W"}, NULL, "needs a title");
    refuse((struct posting){.title = "T", .text = "W"}, "Nothing", "No component is called 'Nothing'");
    refuse((struct posting){.post = 9, .text = "W"}, NULL, "There is no post 9");
    refuse((struct posting){.title = "T", .text = "W", .status = POST_SCHEDULED}, NULL,
           "needs a begin and an end");
    refuse(
        (struct posting){
            .title = "T", .text = "W", .status = POST_SCHEDULED, .from = NOW + DAY, .until = NOW + HOUR},
        NULL, "must begin before");
    refuse(
        (struct posting){
            .title = "T", .text = "W", .status = POST_SCHEDULED, .from = NOW - DAY, .until = NOW - HOUR},
        NULL, "would be over by now");
    int64_t post = open_post("API", STATE_MAJOR);
    refuse((struct posting){.post = post, .text = "W", .status = POST_COMPLETED}, NULL, "is no maintenance");
    add_word(post, POST_RESOLVED, NULL, 0);
    refuse((struct posting){.post = post, .text = "W", .status = POST_MONITORING}, NULL, "is over (resolved)");
    assert_int_equal(add_word(post, POST_POSTMORTEM, NULL, 0), post);
    expect_state("API", STATE_OPERATIONAL);
}

static void maintenance_begins_and_ends_by_its_clock(void **state)
{
    (void)state;
    begin();
    const struct posting posting = {.title = "DB upgrade",
                                    .text = "The shop is closed.",
                                    .status = POST_SCHEDULED,
                                    .from = NOW + HOUR,
                                    .until = NOW + 2 * HOUR};
    assert_int_equal(publish(posting, "Checkout", STATE_MAINTENANCE, NULL), 1);
    expect_state("Checkout", STATE_OPERATIONAL);
    restart();
    rig->now = NOW + HOUR;
    rig_settle(rig);
    expect_state("Checkout", STATE_MAINTENANCE);
    rig_expect(rig, "ben", 0, "posts", "**DB upgrade**, In progress");
    restart();
    rig->now = NOW + 2 * HOUR;
    rig_settle(rig);
    expect_state("Checkout", STATE_OPERATIONAL);
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_int_equal(page->posts.v[0].words.n, 3);
    assert_int_equal(page->posts.v[0].impact, IMPACT_MAINTENANCE);
    public_unref(page);
    rig_expect(rig, "ben", 0, "posts", "No post is open");
}

static void a_state_is_set_by_hand(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "component", "- **Checkout**: Operational (Shop)");
    rig_expect(rig, "ben", 0, "component checkout degraded",
               "**Checkout** is now shown on the status page as: Degraded performance.");
    rig_expect(rig, "ben", 0, "component checkout Degraded", "is so already");
    rig_expect(rig, "ben", 0, "component checkout broken", "I don't know the state 'broken'");
    rig_expect(rig, "ben", 0, "component nothing", "No component is called 'nothing'");
    rig_settle(rig);
    assert_int_equal(told, 1);
    restart();
    expect_state("Checkout", STATE_DEGRADED);
}

/* The last change before the ninety days says what was on their first day. */
static void what_ninety_days_do_not_need_is_forgotten(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 6; i++) {
        rig_expect(rig, "ben", 0, i % 2 ? "component API operational" : "component API major", "API");
        rig->now += 50 * DAY;
    }
    rig_settle(rig);
    struct public_page *page = statuspage_page(rig->core, "big");
    assert_int_equal(page->components.v[0].past.n, 3);
    public_unref(page);
}

/* ---- what another page had ---- */

static void bring(const char *posts)
{
    CLEANUP_FREE char *text = rig_json(posts);
    CLEANUP_JSON cJSON *json = cJSON_Parse(text);
    CLEANUP_STR struct str answer = {0};
    assert_non_null(json);
    struct turn *turn = turn_begin(rig->core, rig->now);
    statuspage_import(turn, "ana", json, &(struct json_out){&answer, false});
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    assert_null(strstr(str_text(&answer), "refused\",\"detail"));
}

static struct uptime uptime_now(const char *component)
{
    struct public_page *page = statuspage_page(rig->core, NULL);
    struct uptime_days days;
    struct uptime uptime;
    uptime_days(rig->now, "UTC", &days);
    uptime_of(public_component(page, component), &days, &uptime);
    public_unref(page);
    return uptime;
}

/* {"at", "status", "text", "changes"} of a component `days` ago. The caller frees it. */
static char *word(int days, const char *status, const char *component, const char *before, const char *after)
{
    return xasprintf(
        "{'at':%lld,'status':'%s','text':'A word.','changes':[{'component':'%s','before':'%s','after':'%s'}]}",
        (long long)(rig->now - days * DAY), status, component, before, after);
}

static void the_days_of_another_page_are_as_it_says_and_else_unknown(void **state)
{
    (void)state;
    begin();
    rig->now += HOUR;
    CLEANUP_FREE char *down = word(20, "investigating", "Checkout", "operational", "major_outage"),
                      *up = word(18, "resolved", "Checkout", "major_outage", "operational"),
                      *slow = word(40, "investigating", "Checkout", "operational", "degraded_performance"),
                      *over = xasprintf("{'at':%lld,'status':'resolved','text':'Over.'}",
                                        (long long)(rig->now - 39 * DAY)),
                      *later = xasprintf("[{'origin':'x/1','title':'One','words':[%s,%s]}]", down, up),
                      *earlier = xasprintf("[{'origin':'x/2','title':'Two','words':[%s,%s]}]", slow, over);
    bring(later);
    bring(earlier);
    for (int reloaded = 0; reloaded < 2; reloaded++) {
        struct uptime checkout = uptime_now("Checkout"), search = uptime_now("Search");
        assert_false(search.day[80].known); /* nobody said anything of it, which is not a hundred per cent */
        assert_true(search.day[89].known);
        assert_false(checkout.day[48].known);
        assert_int_equal(checkout.day[49].worst, STATE_DEGRADED);
        assert_true(checkout.day[60].known);
        assert_int_equal(checkout.day[60].worst, STATE_OPERATIONAL); /* its post was over */
        assert_int_equal(checkout.day[70].worst, STATE_MAJOR);
        assert_int_equal(checkout.day[70].in[STATE_MAJOR], DAY);
        assert_int_equal(checkout.day[75].worst, STATE_OPERATIONAL);
        assert_int_equal(checkout.hundredths, 9500); /* two days of the forty that are known */
        expect_state("Checkout", STATE_OPERATIONAL);
        restart();
    }
}

static void what_another_page_says_of_now_changes_nothing(void **state)
{
    (void)state;
    begin();
    rig_expect(rig, "ben", 0, "component Checkout degraded", "Degraded");
    rig->now += DAY;
    CLEANUP_FREE char *down = word(0, "investigating", "Checkout", "operational", "major_outage"),
                      *up = word(0, "resolved", "Checkout", "major_outage", "operational"),
                      *posts = xasprintf("[{'origin':'x/1','title':'One','words':[%s,%s]}]", down, up);
    bring(posts);
    expect_state("Checkout", STATE_DEGRADED);
    assert_int_equal(uptime_now("Checkout").day[89].worst, STATE_DEGRADED);
}

static void expect_refusal(const char *policy, const char *why)
{
    struct error err = {0};
    policy_dir_write(&policies, "team.lua", policy);
    assert_true(policy_dir_load(&policies, &err) != 0);
    if (!strstr(err.text, why))
        fail_msg("%s: lacks %s", err.text, why);
}

static void a_wrong_policy_is_refused_with_the_reason(void **state)
{
    (void)state;
    begin();
    expect_refusal("status_page { name = 'Acme Inc' }", "lower-case letters, digits and hyphens");
    expect_refusal("status_page { name = 'a' } status_page { name = 'b' }", "there is one public page");
    expect_refusal("status_page { name = 'a', readers = { 'everybody' } }", "set private = true");
    expect_refusal("status_page { name = 'a', private = true, readers = { 'team:x' } }",
                   "readers: 'team:x' must begin with group: or token:");
    expect_refusal("status_page { name = 'a', components = { 'X' } }", "no component is called 'X'");
    expect_refusal("component { name = 'X' } component { name = 'x' }", "declared already, as 'X'");
    expect_refusal("status_page { name = 'a', zone = 'Mars' }", "is not a time zone");
    expect_refusal("status_page { name = 'a', accent = 'red' }", "#00aa77");
    expect_refusal("status_page { name = 'a', url = 'javascript:x' }", "url must be");
    expect_refusal("status_page { name = 'a', contact = 'javascript:x' }", "contact must be");
    expect_refusal("status_page { name = 'a', logo = 'x.svg' }", "the text of an SVG");
    expect_refusal("status_page { name = 'a', language = 'English' }", "must be a code");
    expect_refusal("status_page { name = 'a', template = '{{#open}}' }", "template: ");
    expect_refusal("status_page { name = 'a', words = { all_good = 'x' } }",
                   "'all_good' is no word of a status page");
    expect_refusal("status_page { name = 'a', words = { de = { history = 1 } } }", "'history' is no word");
    expect_refusal("status_page { name = 'a', words = '{' }", "words: ");
    expect_refusal("status_page { name = 'a', words = 7 }", "a table or JSON is needed");
    expect_refusal("status_page { name = 'a', key = 0 }", "key");
    expect_refusal("component { name = 'a\\nb' }", "one line");
}

static void words_are_a_table_or_json(void **state)
{
    static const char *const policies_[] = {
        "status_page { name = 'main', key = 3, words = { history = 'Then', de = { history = 'Damals' } } }",
        "status_page { name = 'main', key = 3, words = '{\"history\": \"Then\", \"de\": {\"history\": "
        "\"Damals\"}}' }"};
    struct error err;
    (void)state;
    begin();
    for (size_t i = 0; i < ARRAY_SIZE(policies_); i++) {
        policy_dir_write(&policies, "team.lua", policies_[i]);
        if (policy_dir_load(&policies, &err))
            fail_msg("%s", err.text);
        rig_settle(rig);
        struct public_page *page = statuspage_page(rig->core, NULL);
        CLEANUP_JSON cJSON *words = cJSON_Parse(page->look.words);
        assert_string_equal(json_text_or(words, "history", ""), "Then");
        assert_string_equal(json_text_or(json_member(words, "de"), "history", ""), "Damals");
        assert_int_equal(page->key, 3);
        public_unref(page);
    }
}

static void a_new_policy_makes_new_models(void **state)
{
    struct error err;
    (void)state;
    begin();
    policy_dir_write(&policies, "team.lua", "status_page { name = 'main', title = 'New' }");
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    rig_settle(rig);
    struct public_page *page = statuspage_page(rig->core, NULL);
    assert_string_equal(page->title, "New");
    assert_int_equal(page->components.n, 0);
    public_unref(page);
    assert_null(statuspage_page(rig->core, "big"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_models_follow_from_the_policy, tear_down),
        cmocka_unit_test_teardown(a_new_day_makes_new_models, tear_down),
        cmocka_unit_test_teardown(a_post_moves_its_component_and_its_end_moves_it_back, tear_down),
        cmocka_unit_test_teardown(a_title_stands_in_other_languages, tear_down),
        cmocka_unit_test_teardown(another_open_post_holds_a_component, tear_down),
        cmocka_unit_test_teardown(a_page_shows_only_what_touches_its_components, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_is_refused, tear_down),
        cmocka_unit_test_teardown(maintenance_begins_and_ends_by_its_clock, tear_down),
        cmocka_unit_test_teardown(a_state_is_set_by_hand, tear_down),
        cmocka_unit_test_teardown(what_ninety_days_do_not_need_is_forgotten, tear_down),
        cmocka_unit_test_teardown(the_days_of_another_page_are_as_it_says_and_else_unknown, tear_down),
        cmocka_unit_test_teardown(what_another_page_says_of_now_changes_nothing, tear_down),
        cmocka_unit_test_teardown(a_wrong_policy_is_refused_with_the_reason, tear_down),
        cmocka_unit_test_teardown(a_new_policy_makes_new_models, tear_down),
        cmocka_unit_test_teardown(words_are_a_table_or_json, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
