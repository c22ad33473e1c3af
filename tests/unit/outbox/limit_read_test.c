/* Limits as they are written and declared. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "outbox/limit_read.h"

static cJSON *json(const char *text)
{
    cJSON *value = NULL;
    assert_int_equal(json_parse(text, strlen(text), SIZE_MAX, 16, "limits", &value, NULL), 0);
    return value;
}

static void written_limits_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t burst;
        duration refill;
        bool per_channel;
    } rows[] = {
        {"1/s per channel", 1, SECOND, true},
        {"50/min", 1, 1200, false},
        {"50/min, 10 at once", 10, 1200, false},
        {"2/h", 1, 30 * MINUTE, false},
        {"20/minute, 3 at once per channel", 3, 3 * SECOND, true},
        {"none", 1, 0, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct rate_limit limit = {0};
        struct error err = {0};
        if (rate_limit_parse(rows[i].text, &limit, &err))
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(limit.burst, rows[i].burst);
        assert_int_equal(limit.refill, rows[i].refill);
        assert_int_equal(limit.per_channel, rows[i].per_channel);
    }
    static const char *const wrong[] = {"",          "fast",         "1",        "0/s", "-1/s", "1/day",
                                        "1/s often", "5/s, at once", "9999999/s"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct rate_limit limit;
        struct error err = {0};
        assert_int_equal(rate_limit_parse(wrong[i], &limit, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "is not a limit"));
    }
}

static void configured_limits_replace_declared_ones(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *declared =
        json("[{\"kind\":\"post\",\"per_channel\":true,\"burst\":1,\"refill\":1000},"
             "{\"kind\":\"post\",\"burst\":100,\"refill\":10},{\"kind\":\"edit\",\"burst\":2,\"refill\":500},"
             "{\"kind\":\"*\",\"burst\":9,\"refill\":50},{\"kind\":\"pin\",\"refill\":0},{}]");
    CLEANUP_JSON cJSON *configured = json("{\"post\":\"5/s\",\"*\":\"none\"}");
    struct rate_limits limits = {0};
    rate_limits_read("slack", declared, configured, &limits);
    assert_int_equal(limits.rows.n, 2);
    assert_string_equal(limits.rows.v[0].kind, "edit");
    assert_int_equal(limits.rows.v[0].refill, 500);
    assert_string_equal(limits.rows.v[1].kind, "post");
    assert_int_equal(limits.rows.v[1].refill, 200);
    array_free(&limits.rows);
    rate_limits_read("slack", declared, NULL, &limits);
    assert_int_equal(limits.rows.n, 4);
    array_free(&limits.rows);
    rate_limits_read("slack", NULL, NULL, &limits);
    assert_int_equal(limits.rows.n, 0);
}

static void errors_in_a_table_are_reported(void **state)
{
    (void)state;
    struct error err = {0};
    CLEANUP_JSON cJSON *list = json("[1]"), *number = json("{\"post\":1}"),
                       *text = json("{\"post\":\"often\"}");
    assert_int_equal(rate_limits_check(NULL, &err), 0);
    assert_int_equal(rate_limits_check(list, &err), ERR_INVALID);
    assert_int_equal(rate_limits_check(number, &err), ERR_INVALID);
    assert_int_equal(rate_limits_check(text, &err), ERR_INVALID);
    CLEANUP_JSON cJSON *all = json("{\"*\":\"1/s\",\"channel.open\":\"20/min\"}"),
                       *typo = json("{\"psot\":\"1/s\"}"), *other = json("{\"chat.postMessage\":\"1/s\"}");
    assert_int_equal(rate_limits_check(all, &err), 0);
    assert_int_equal(rate_limits_check(typo, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "did you mean post?"));
    assert_int_equal(rate_limits_check(other, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "unknown kind"));
}

/* The list of actions in the header: " *   post             channel, …". */
static void every_kind_of_action_can_be_limited(void **state)
{
    FILE *file = fopen("include/tocsin/connector.h", "r");
    char line[400], kind[40], next;
    int kinds = 0;
    bool within = false;
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) && !(within && strstr(line, " * Tickets "))) {
        within |= strstr(line, " * Actions: ") == line;
        if (!within || line[4] != ' ' || line[5] == ' ' || sscanf(line, " *   %39[a-z.]  %c", kind, &next) != 2)
            continue;
        CLEANUP_FREE char *text = xasprintf("{\"%s\":\"1/s\"}", kind);
        CLEANUP_JSON cJSON *table = json(text);
        struct error err = {0};
        if (rate_limits_check(table, &err))
            fail_msg("%s", err.text);
        kinds++;
    }
    fclose(file);
    assert_in_range(kinds, 20, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_limits_are_read),
        cmocka_unit_test(configured_limits_replace_declared_ones),
        cmocka_unit_test(errors_in_a_table_are_reported),
        cmocka_unit_test(every_kind_of_action_can_be_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
