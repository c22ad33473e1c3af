/* docs/connector.md shows exactly the tested examples, and the first one works (webchat_test.c tests the other). */
#include "../../support/check.h"
#include "../../support/small_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/connector.h>

#include "base/mem.h"

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot read %s; run the tests from the top of the tree", path);
    char *text = xcalloc(1, 1 << 18);
    size_t n = fread(text, 1, (1 << 18) - 1, file);
    fclose(file);
    text[n] = '\0';
    return text;
}

static void the_manual_shows_what_is_tested(void **state)
{
    (void)state;
    static const char *const sources[] = {"tests/connectors/example.c", "tests/connectors/webchat.c"};
    CLEANUP_FREE char *manual = read_file("docs/connector.md");
    size_t blocks = 0;
    for (const char *at = manual; (at = strstr(at, "```c\n")); at++)
        blocks++;
    assert_int_equal(blocks, ARRAY_SIZE(sources));
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        CLEANUP_FREE char *source = read_file(sources[i]);
        CLEANUP_FREE char *block = xasprintf("```c\n%s```\n", source);
        if (!strstr(manual, block))
            fail_msg("docs/connector.md does not contain %s unchanged in a ```c block", sources[i]);
    }
}

static void the_example_posts_and_receives(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-example-XXXXXX";
    close(mkstemp(path));
    CLEANUP_FREE char *settings = xasprintf("{\"path\":\"%s\"}", path);
    small_core_add("example", settings);
    wait_for(core.ups == 1);
    small_core_perform("example", 5, "post", "k", "{\"channel\":\"c\",\"text\":\"hi, \\\"you\\\"\"}");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_string_equal(core.remote_id, "5");
    small_core_perform("example", 6, "post", "l", "{\"channel\":\"c\",\"card\":{\"title\":\"INC-1\"}}");
    wait_for(core.results == 2);
    CLEANUP_FREE char *written = read_file(path);
    assert_string_equal(written, "c: hi, \"you\"\nc: INC-1\n");
    static const char sent[] = "{\"id\":\"1\",\"user\":\"ana\",\"text\":\"hello\"}";
    struct webhook webhook = {"POST", "/", "", sent, sizeof(sent) - 1, 1, NULL};
    small_core_serve("example", &webhook);
    wait_for(core.responses == 1);
    assert_int_equal(core.status, 204);
    assert_string_equal(
        str_text(&core.all_events),
        "{\"type\":\"message\",\"channel\":\"incidents\",\"id\":\"1\",\"text\":\"hello\",\"user\":{"
        "\"id\":\"ana\"}}\n");
    unlink(path);
}

static void the_example_reports_errors(void **state)
{
    (void)state;
    small_core_add("example", "{\"path\":\"/nowhere/at/all\"}");
    wait_for(core.ups == 1);
    small_core_perform("example", 5, "post", "k", "{}");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_RETRY);
    assert_string_equal(core.detail, "cannot write to /nowhere/at/all; is the disk full?");
}

static void the_example_refuses_wrong_settings(void **state)
{
    (void)state;
    small_core_add("example", "{\"path\":\"posts\"}");
    wait_for(core.downs == 1);
    assert_string_equal(core.reason, "`path` must be absolute, such as /var/lib/tocsin/posts");
}

#define WITH_CORE(test) cmocka_unit_test_setup_teardown(test, small_core_set_up, small_core_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_shows_what_is_tested),
        WITH_CORE(the_example_posts_and_receives),
        WITH_CORE(the_example_reports_errors),
        WITH_CORE(the_example_refuses_wrong_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
