/* Nothing of an incident gets on a status page that was not approved: no title, no note, no message, no version that nobody approved. */
#include "../command/policy_rig.h"

#include "comms/posts.h"
#include "statuspage/statuspage.h"

/* What is approved in this moment; NULL: nothing. */
static char *approved_text, *approved_title;
static size_t published;

static int64_t witness(struct turn *turn, const struct posting *posting, struct error *err)
{
    (void)turn, (void)err;
    if (!approved_text)
        fail_msg("nothing was approved, and this was published: %s", posting->text);
    assert_string_equal(posting->text, approved_text);
    assert_string_equal(posting->title, approved_title);
    assert_null(strstr(posting->text, "SECRET"));
    assert_null(strstr(posting->title, "SECRET"));
    return (int64_t)++published;
}

/* The part of the core calls this one in the place of its own. */
#define statuspage_publish witness
#include "../../../core/statuspage/drafts.c"
#undef statuspage_publish

static void forget(void)
{
    free(approved_text);
    free(approved_title);
    approved_text = approved_title = NULL;
}

/* As somebody sees it now. */
static void notice(uint64_t incident, int64_t number, int64_t version)
{
    const struct incident *seen = sight_incident(rig->core, incident, "ben");
    const struct state_draft *draft = seen ? incident_draft(seen, number) : NULL;
    struct post post = {0};
    if (draft && draft->post && draft->version == version && post_read(draft->post, &post, NULL) == 0) {
        approved_text = xstrdup(draft->text);
        approved_title = xstrdup(post.title);
    }
    post_finish(&post);
}

/* The words of the policy. */
static const char *early_title(uint64_t id)
{
    const struct incident *incident = sight_incident(rig->core, id, "ben");
    return incident && text_equal(incident->severity, "major") ? "Chosen" : "We are investigating a problem";
}

static void step(struct rng *rng, int n)
{
    static const char *const forms[] = {"note SECRET%d",
                                        "update SECRET%d",
                                        "title SECRET%d",
                                        "summary SECRET%d",
                                        "tell acme SECRET%d",
                                        "post Word%d --title T%d",
                                        "redraft 1 Word%d",
                                        "redraft 2 Word%d --title T%d",
                                        "reject 1 SECRET%d",
                                        "discard",
                                        "private",
                                        "kind security",
                                        "sev major",
                                        "post early",
                                        "resolve SECRET%d",
                                        "reopen",
                                        "post Word%d --title T%d"};
    const char *who = rng_below(rng, 2) ? "ben" : "ana-maria";
    uint64_t incident = 1 + rng_below(rng, 3);
    if (rng_below(rng, 3)) {
        const char *form = forms[rng_below(rng, ARRAY_SIZE(forms))];
        CLEANUP_STR struct str line = {0};
        for (const char *p = form; *p; p++) {
            bool number = p[0] == '%' && p[1] == 'd';
            str_addf(&line, number ? "%d" : "%c", number ? n : *p);
            p += number;
        }
        if (strcmp(form, "post early") == 0)
            approved_text = xstrdup("We are looking into it."), approved_title = xstrdup(early_title(incident));
        free(rig_line(rig, who, incident, line.p));
    } else {
        int64_t number = 1 + (int64_t)rng_below(rng, 4), version = 1 + (int64_t)rng_below(rng, 3);
        CLEANUP_FREE char *line = xasprintf("approve %" PRId64 " %" PRId64, number, version);
        notice(incident, number, version);
        free(rig_line(rig, who, incident, line));
    }
    forget();
}

static void only_what_was_approved_is_published(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct rng rng;
        rng_init(&rng, seed);
        policy_rig_begin("post { severity = 'major', title = 'Chosen' } status_page { name = 'main' }");
        for (int i = 0; i < 3; i++)
            free(rig_line(rig, "ben", 0, "declare SECRET words"));
        for (int n = 0; n < 60; n++)
            step(&rng, n);
        tear_down(NULL);
    }
    assert_true(published > 10);
}

static int64_t accept(const char *text, const char *line)
{
    size_t before = published;
    approved_text = xstrdup(text);
    approved_title = xstrdup("T");
    rig_expect(rig, "ben", 1, line, "Approved");
    forget();
    return (int64_t)(published - before);
}

/* Once; a further word in time keeps the promise, and the last one ends it. */
static void a_promise_of_another_word_reminds(void **state)
{
    static const char reminder[] = "The status page has promised another word";
    (void)state;
    policy_rig_begin("status_page { name = 'main' }");
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 1, "post One --title T --next 30m", "waiting");
    assert_int_equal(accept("One", "approve 1"), 1);
    rig->now += 20 * MINUTE;
    rig_settle(rig);
    rig_expect(rig, "ben", 1, "post Two --title T --next 30m", "waiting");
    assert_int_equal(accept("Two", "approve 2"), 1);
    rig->now += 20 * MINUTE;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, reminder, ""), 0);
    policy_rig_restart(NULL);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    rig->now += 20 * MINUTE;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, reminder, "INC-1 post We are still working on it."), 1);
    rig->now += DAY;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, reminder, ""), 1);
    rig_expect(rig, "ben", 1, "post resolved Three --title T --next 30m", "waiting");
    assert_int_equal(accept("Three", "approve 3"), 1);
    rig->now += DAY;
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, reminder, ""), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_was_approved_is_published),
                                       cmocka_unit_test_teardown(a_promise_of_another_word_reminds, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
