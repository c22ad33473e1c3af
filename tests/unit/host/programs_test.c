/* Where a connector's file is looked for. */
#include "../../support/check.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "host/programs.h"

static void assert_file(const char *core, const char *connectors, const char *expected)
{
    CLEANUP_JSON cJSON *settings = cJSON_Parse(core), *rows = cJSON_Parse(connectors);
    struct configuration c = {
        .directory = (char *)(uintptr_t) "/etc/tocsin", .core = settings, .connectors = rows};
    CLEANUP_FREE char *file = program_connector(&c, rows->child);
    assert_string_equal(file, expected);
}

static void a_name_is_looked_for_among_the_plugins(void **state)
{
    static const char core[] = "{\"plugins\":\"/opt/connectors\"}";
    (void)state;
    assert_file(core, "{\"mail\":{}}", "/opt/connectors/mail.so");
    assert_file(core, "{\"second\":{\"plugin\":\"mail\"}}", "/opt/connectors/mail.so");
    assert_file("{\"plugins\":\"here\"}", "{\"mail\":{}}", "/etc/tocsin/here/mail.so");
}

static void a_path_is_taken_as_it_is(void **state)
{
    static const char core[] = "{\"plugins\":\"/opt/connectors\"}";
    (void)state;
    assert_file(core, "{\"mail\":{\"plugin\":\"/home/ana/mail-2.so\"}}", "/home/ana/mail-2.so");
    assert_file(core, "{\"mail\":{\"plugin\":\"./mail.so\"}}", "/etc/tocsin/./mail.so");
    assert_file(core, "{\"mail\":{\"plugin\":\"../mail.so\"}}", "/etc/tocsin/../mail.so");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_looked_for_among_the_plugins),
        cmocka_unit_test(a_path_is_taken_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
