/* Webhooks: an event that is refused, a connector that is not there, disabling and going on, and a journal that cannot be read. */
#include "../command/rig.h"

#include <inttypes.h>

#include "webhooks/webhooks.h"

#define SETTING                                                                                                \
    "{\"crm\": {\"url\": \"https://crm.example/x\", \"secret\": \"whsec_x\", \"events\": [\"declared\", "      \
    "\"noted\"]}}"

static void connect(struct rig *rig)
{
    delivery_connector(rig->core, "webhook", TOCSIN_CAN_HOOKS, true, NULL, rig->now);
    rig_settle(rig);
}

static struct rig *create(void)
{
    struct rig *rig = rig_create();
    connect(rig);
    return rig;
}

/* On the same journal. */
static struct rig *restarted(struct rig *rig)
{
    struct store *memory = rig->memory;
    instant now = rig->now;
    rig->memory = NULL;
    rig_destroy(rig);
    rig = rig_over(memory);
    rig->memory = memory;
    rig->now = now;
    return rig;
}

/* Lets time pass, as it does: in steps. */
static void pass(struct rig *rig, duration t, duration step)
{
    for (instant end = rig->now + t; rig->now < end;) {
        rig->now += step;
        rig_settle(rig);
    }
}

static size_t hooked(const struct rig *rig, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < rig->sent.n; i++)
        n += text_starts(rig->sent.v[i], "webhook subscriber.tell") && strstr(rig->sent.v[i], text);
    return n;
}

/* An administrator types that. */
static void admin(struct rig *rig, const char *text, const char *wanted)
{
    struct asker asker = {.person = "ben", .most = ACCESS_ADMINISTER};
    struct answer answer = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    command_run(turn, &asker, text, &answer);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    if (!strstr(str_text(&answer.text), wanted))
        fail_msg("%s\n  wanted %s\n  got    %s", text, wanted, str_text(&answer.text));
    answer_finish(&answer);
}

static void an_event_that_is_refused_holds_up_its_incident_alone(void **state)
{
    struct rig *rig = create();
    (void)state;
    rig->outcome = TOCSIN_RETRY;
    rig->only = "poison";
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "note poison", "");
    for (int i = 0; i < 40; i++)
        rig_expect(rig, "ben", 1, "note behind it", "");
    rig_expect(rig, "ben", 0, "mail is slow", "INC-2");
    assert_int_equal(hooked(rig, "behind it"), 0);
    assert_int_equal(hooked(rig, "mail is slow"), 1);
    rig_destroy(rig);
}

static void an_event_that_fails_alone_is_given_up_after_an_hour(void **state)
{
    struct rig *rig = create();
    (void)state;
    rig->outcome = TOCSIN_RETRY;
    rig->only = "poison";
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 0, "mail is slow", "INC-2");
    rig_expect(rig, "ben", 1, "note poison", "");
    rig_expect(rig, "ben", 1, "note behind it", "");
    pass(rig, 3 * HOUR, 5 * MINUTE); /* nothing else is taken meanwhile: it may be the endpoint's fault */
    assert_int_equal(hooked(rig, "behind it"), 0);
    for (int i = 0; i < 24; i++) {
        rig_expect(rig, "ben", 2, "note another", "");
        pass(rig, 5 * MINUTE, 5 * MINUTE);
    }
    assert_int_equal(hooked(rig, "behind it"), 1);
    admin(rig, "webhooks crm", "given up after an hour, since others were taken meanwhile");
    admin(rig, "webhooks", "1 not taken");
    rig_destroy(rig);
}

static void a_new_one_begins_before_its_connector_is_there(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig = restarted(rig);
    connect(rig);
    assert_int_equal(hooked(rig, "checkout is slow"), 1);
    rig_destroy(rig);
}

static void what_waited_when_it_was_disabled_comes_once(void **state)
{
    struct rig *rig = create();
    (void)state;
    rig->only = "whsec_x";
    rig->outcome = TOCSIN_RETRY;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    pass(rig, 10 * MINUTE, MINUTE);
    rig->outcome = TOCSIN_REFUSED;
    rig_expect(rig, "ben", 0, "mail is slow", "INC-2");
    admin(rig, "webhooks", "disabled");
    rig->outcome = TOCSIN_DONE;
    size_t tried = hooked(rig, "checkout is slow");
    admin(rig, "webhooks enable crm", "It goes on.");
    pass(rig, 2 * HOUR, 10 * MINUTE);
    assert_int_equal(hooked(rig, "checkout is slow"), tried + 1);
    assert_int_equal(hooked(rig, "mail is slow"), 2);
    rig_destroy(rig);
}

static bool take_newest(void *ctx, const struct webhook_delivery *delivery)
{
    *(uint64_t *)ctx = delivery->seq;
    return false;
}

static void nothing_is_sent_again_without_a_connector(void **state)
{
    struct rig *rig = create();
    uint64_t seq = 0;
    (void)state;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig = restarted(rig);
    assert_true(webhooks_deliveries(rig->core, "crm", "ben", take_newest, &seq));
    CLEANUP_FREE char *line = xasprintf("webhooks resend crm/%" PRIu64, seq);
    admin(rig, line, "Add `webhook = {}` to `connectors` in tocsin.lua");
    connect(rig);
    admin(rig, "webhooks crm", "delivered");
    admin(rig, line, "It is sent again.");
    assert_int_equal(hooked(rig, "checkout is slow"), 1);
    rig_destroy(rig);
}

static void count_waiting(void *ctx, const struct webhook_endpoint *webhook)
{
    *(size_t *)ctx = webhook->waiting;
}

static void what_is_private_is_not_counted(void **state)
{
    struct rig *rig = create();
    size_t anas = 0, bens = 0;
    (void)state;
    rig->only = "whsec_x";
    rig->outcome = TOCSIN_RETRY;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    rig_expect(rig, "ben", 0, "mail is slow", "INC-2");
    rig_expect(rig, "ben", 2, "private", "");
    webhooks_each(rig->core, "ana", count_waiting, &anas);
    webhooks_each(rig->core, "ben", count_waiting, &bens);
    assert_int_equal(anas, 1);
    assert_int_equal(bens, 2);
    rig_destroy(rig);
}

/* ---- a journal that cannot be read ---- */

static const struct store_ops *whole; /* the operations of a journal that is well */

/* What was read is handed on; but it ends with an error. */
static int read_and_fail(struct store *store, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                         struct error *err)
{
    whole->read(store, after_seq, limit, on, ctx, err);
    return error_set(err, ERR_IO, "the disk is ill");
}

static void what_cannot_be_read_is_sent_later(void **state)
{
    struct rig *rig = create();
    (void)state;
    struct store_ops ill = *rig->memory->ops;
    whole = rig->memory->ops;
    ill.read = read_and_fail;
    rig->only = "webhook subscriber.tell";
    rig->outcome = TOCSIN_RETRY;
    rig->memory->ops = &ill;
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    pass(rig, HOUR, 10 * MINUTE);
    assert_true(hooked(rig, ": {}") > 1);
    rig->memory->ops = whole;
    rig->outcome = TOCSIN_DONE;
    pass(rig, HOUR, 10 * MINUTE);
    assert_int_equal(hooked(rig, "checkout is slow"), 1);
    admin(rig, "webhooks crm", "delivered");
    rig_destroy(rig);
}

static int set_up(void **state)
{
    struct error err;
    (void)state;
    return json_parse(SETTING, strlen(SETTING), SIZE_MAX, 64, "setting", (cJSON **)(uintptr_t)&rig_webhooks,
                      &err);
}

static int tear_down(void **state)
{
    (void)state;
    cJSON_Delete((cJSON *)(uintptr_t)rig_webhooks);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_one_begins_before_its_connector_is_there),
        cmocka_unit_test(an_event_that_is_refused_holds_up_its_incident_alone),
        cmocka_unit_test(an_event_that_fails_alone_is_given_up_after_an_hour),
        cmocka_unit_test(what_waited_when_it_was_disabled_comes_once),
        cmocka_unit_test(what_is_private_is_not_counted),
        cmocka_unit_test(nothing_is_sent_again_without_a_connector),
        cmocka_unit_test(what_cannot_be_read_is_sent_later),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
