#include "../../support/check.h"

#include <string.h>

#include "outbox/action.h"

static const struct action whole = {
    .id = 42,
    .key = "k:\"1\"",
    .connector = "console",
    .kind = "post",
    .channel = "room",
    .body = "{\"text\": \"fünf \\u00e4\"}",
    .reference.key = "k0",
    .reference.as = "message",
    .coalesce = "card",
    .lane = LANE_CUSTOMER,
    .state = ACTION_UNCERTAIN,
    .incident = 7,
    .cause = "INC-7/3",
    .made_at = 1,
    .not_before = 2,
    .give_up_at = 3,
    .attempts = 4,
    .outcome.remote_id = "r",
    .outcome.detail = "why",
};

static void test_an_action_reads_back_the_same(void **state)
{
    (void)state;
    struct str once = {0}, twice = {0};
    struct action read;
    action_encode(&whole, &once);
    assert_int_equal(action_decode(once.p, once.len, &read, NULL), 0);
    assert_string_equal(read.body, whole.body);
    assert_int_equal(read.lane, LANE_CUSTOMER);
    assert_int_equal(read.state, ACTION_UNCERTAIN);
    action_encode(&read, &twice);
    assert_string_equal(once.p, twice.p);
    action_finish(&read);
    str_finish(&once);
    str_finish(&twice);
}

static void test_what_is_not_an_action_is_corrupt(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"id\":1,\"lane\":\"page\",\"state\":\"waiting\"}",
        "{\"id\":1,\"lane\":\"fast\",\"state\":\"waiting\",\"key\":\"k\"}",
        "{\"id\":0,\"lane\":\"page\",\"state\":\"waiting\",\"key\":\"k\",\"connector\":\"c\",\"kind\":\"k\","
        "\"channel\":"
        "\"\",\"body\":\"{}\"}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct action read;
        struct error err;
        assert_int_equal(action_decode(bad[i], strlen(bad[i]), &read, &err), ERR_CORRUPT);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_an_action_reads_back_the_same),
        cmocka_unit_test(test_what_is_not_an_action_is_corrupt),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
