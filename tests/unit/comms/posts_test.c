/* A draft for the status page: what it says besides its text, what its card shows, and whom it tells. */
#include "../command/policy_rig.h"

#include "comms/posts.h"
#include "delivery/delivery.h"

#define SLOW                                                                                                   \
    "{\"title\":\"Payments are slow\",\"status\":\"identified\",\"components\":{\"checkout\":"                 \
    "\"major_outage\"},\"before\":{\"checkout\":\"operational\"},\"next\":1800,\"quiet\":true}"

static void begin(const char *policy)
{
    policy_rig_begin(policy);
    delivery_connector(rig->core, "desk", TOCSIN_CAN_DESK, true, NULL, rig->now);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 1, "customers add acme", "affects 1 customer");
}

static int run(const struct command *command, struct error *err)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = turn_do(turn, 1, command, NULL, err);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return rc;
}

static int write_post(const char *text, const char *post, struct error *err)
{
    return run(&(struct command){.verb = "tell", .by = "ben", .name = STATUS_PAGE, .text = text, .value = post},
               err);
}

static void what_it_says_is_kept(void **state)
{
    (void)state;
    struct post post;
    assert_int_equal(post_read(SLOW, &post, NULL), 0);
    assert_string_equal(post.title, "Payments are slow");
    assert_int_equal(post.status, POST_IDENTIFIED);
    assert_int_equal(post.next, 30 * MINUTE);
    assert_true(post.quiet);
    assert_int_equal(post.components.n, 1);
    CLEANUP_FREE char *again = post_encode(&post);
    assert_string_equal(again, SLOW);
    post_finish(&post);
    static const char *const wrong[] = {"", "{}", "{\"status\":\"well\"}",
                                        "{\"status\":\"resolved\",\"components\":{\"a\":\"well\"}}",
                                        "{\"status\":\"resolved\",\"components\":{\"a\":1}}"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct error err = {0};
        assert_int_not_equal(post_read(wrong[i], &post, &err), 0);
        assert_true(*err.text);
        post_finish(&post);
    }
}

static void its_card_shows_all_that_is_approved(void **state)
{
    (void)state;
    begin("");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    assert_int_equal(rig_sent(rig, "console post", "Message 1 to the status page"), 1);
    assert_int_equal(rig_sent(rig, "Payments are slow", "Operational -> Major outage"), 1);
    assert_int_equal(rig_sent(rig, "Identified", "Published on the status page when somebody approves it"), 1);
    assert_int_equal(rig_sent(rig, "careful", ""), 0);
    rig_expect(rig, "ben", 1, "preview 1", "**Payments are slow**\n\n**Identified** - We are on it.");
    rig_expect(rig, "ben", 1, "timeline", "drafted message 1 to the status page: We are on it.");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved. It is on the status page.");
    assert_int_equal(rig_sent(rig, "desk.tell", ""), 0);
    rig_expect(rig, "ben", 1, "timeline", "approved message 1 to the status page: We are on it.");
}

/* Nobody is told by a post, so nobody has to be affected, and no connector has to reach them. */
static void nobody_needs_to_be_affected(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 0, "something else", "INC-2");
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command post = {
        .verb = "tell", .by = "ben", .name = STATUS_PAGE, .text = "We are on it.", .value = SLOW};
    assert_int_equal(turn_do(turn, 2, &post, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ana-maria", 2, "approve 1", "Approved. It is on the status page.");
}

static void a_version_is_all_that_was_seen(void **state)
{
    (void)state;
    begin("");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    struct command change = {.verb = "redraft",
                             .by = "ben",
                             .count = 1,
                             .text = "We are on it.",
                             .value = "{\"title\":\"All is slow\",\"status\":\"identified\"}"};
    assert_int_equal(run(&change, NULL), 0);
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].version, 2);
    assert_int_equal(run(&change, NULL), 0); /* the same again changes nothing */
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.v[0].version, 2);
    rig_expect(rig, "ana-maria", 1, "approve 1", "All is slow");
    rig_expect(rig, "ana-maria", 1, "redraft 1 We look.", "Changed");
    assert_string_equal(rig_incident(rig, 1)->comms.drafts.v[0].post, change.value); /* kept */
    rig_expect(rig, "ana-maria", 1, "approve 1 3", "Approved");
}

/* A state is read back with its posts, and an older one has none. */
static void a_state_keeps_it(void **state)
{
    CLEANUP_STR struct str text = {0};
    struct incident *again;
    (void)state;
    begin("");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 2");
    incident_encode(rig_incident(rig, 1), &text);
    assert_int_equal(incident_decode(text.p, text.len, &again, NULL), 0);
    assert_string_equal(again->comms.drafts.v[0].post, SLOW);
    assert_null(again->comms.drafts.v[1].post);
    incident_destroy(again);
}

static void one_waits_at_a_time_and_is_no_message(void **state)
{
    struct error err = {0};
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "tell \"status page\" Hello.", "! `post …` writes for the status page");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    assert_int_equal(write_post("Another.", SLOW, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "`approve 1`"));
    assert_int_equal(
        run(&(struct command){.verb = "tell", .by = "ben", .name = "all", .text = "x", .value = SLOW}, &err),
        ERR_INVALID);
    rig_expect(rig, "ben", 0, "customer \"status page\" tier gold", "stands for several");
    rig_expect(rig, "ben", 1, "discard 1", "Discarded");
    assert_int_equal(write_post("Another.", SLOW, NULL), 0);
}

static void a_private_incident_says_so(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "private", "private");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    assert_int_equal(rig_sent(rig, "careful", "the incident is private, and this post becomes public"), 1);
}

static void the_policy_says_who_approves_posts(void **state)
{
    struct error err = {0};
    (void)state;
    begin("approval { name = 'posts', audience = 'status page', not_author = true }");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    rig_expect(rig, "ben", 1, "approve 1", "! You wrote message 1");
    rig_expect(rig, "ben", 1, "tell acme We are on it.", "approve 2");
    rig_expect(rig, "ben", 1, "approve 2", "Approved. The message");
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved. It is on the status page.");
    policy_dir_write(&policies, "team.lua", "approval { audience = 'everybody' }");
    assert_int_not_equal(policy_load(the_policy, policies.path, &err), 0);
    assert_non_null(strstr(err.text, "unknown audience 'everybody'"));
}

/* It moves with its words and all else; the survivor's own post goes first. */
static void a_merge_takes_it_along(void **state)
{
    (void)state;
    begin("");
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-2");
    assert_int_equal(write_post("We are on it.", SLOW, NULL), 0);
    rig_expect(rig, "ben", 0, "merge INC-1 into INC-2", "INC-2");
    const struct incident *survivor = rig_incident(rig, 2);
    assert_int_equal(survivor->comms.drafts.n, 1);
    assert_string_equal(survivor->comms.drafts.v[0].post, SLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_is_kept),
        cmocka_unit_test_teardown(its_card_shows_all_that_is_approved, tear_down),
        cmocka_unit_test_teardown(nobody_needs_to_be_affected, tear_down),
        cmocka_unit_test_teardown(a_version_is_all_that_was_seen, tear_down),
        cmocka_unit_test_teardown(a_state_keeps_it, tear_down),
        cmocka_unit_test_teardown(one_waits_at_a_time_and_is_no_message, tear_down),
        cmocka_unit_test_teardown(a_private_incident_says_so, tear_down),
        cmocka_unit_test_teardown(the_policy_says_who_approves_posts, tear_down),
        cmocka_unit_test_teardown(a_merge_takes_it_along, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
