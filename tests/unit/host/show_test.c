#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "host/descriptor.h"
#include "host/show.h"

static int show(const char *name, cJSON **ret, struct error *err)
{
    const char *build = getenv("TOCSIN_BUILD");
    CLEANUP_FREE char *runner = xasprintf("%s/tocsin-runner", build);
    CLEANUP_FREE char *file = xasprintf("%s/%s.so", build, name);
    return show_connector(runner, file, ret, err);
}

static void a_connector_describes_itself(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *descriptor = NULL;
    CLEANUP_STR struct str can = {0};
    struct error err = {0};
    size_t n;
    assert_int_equal(show("plugins/console", &descriptor, &err), 0);
    assert_string_equal(json_text_or(descriptor, "name", ""), "console");
    assert_int_equal(json_int_or(descriptor, "abi", 0), 1);
    assert_int_equal(json_int_or(descriptor, "parallel", 0), 1);
    assert_false(json_bool_or(descriptor, "serves", true));
    descriptor_abilities(descriptor, &can);
    assert_string_equal(can.p, "post, edit, buttons, channels, page, find, edit pages, on this machine only");
    CLEANUP_FREE struct setting *table = descriptor_settings(descriptor, &n);
    assert_string_equal(table[0].name, "socket");
    assert_int_equal(table[0].flags, SETTING_REQUIRED);
    assert_int_equal(n, 5);
}

static void a_broken_connector_is_reported_with_its_reason(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"wrong_abi", "has ABI 99"},
        {"no_symbol", "no symbol"},
        {"not_there", "not_there.so cannot be loaded"},
        {"boom", "signal 6"},
    };
    (void)state;
    cJSON *descriptor = NULL;
    struct error err = {0};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_FREE char *name = xasprintf("connectors/%s", rows[i].name);
        assert_int_equal(show(name, &descriptor, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, rows[i].text));
        assert_non_null(strstr(err.text, rows[i].name));
    }
    assert_int_equal(show_connector("/nowhere/runner", "x.so", &descriptor, &err), ERR_IO);
    assert_null(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connector_describes_itself),
        cmocka_unit_test(a_broken_connector_is_reported_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
