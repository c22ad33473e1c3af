/* The example of docs/connector.md works, and is the one that stands there. */
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
        fail_msg("%s cannot be read; tests run at the top of the tree", path);
    char *text = xcalloc(1, 1 << 18);
    size_t n = fread(text, 1, (1 << 18) - 1, file);
    fclose(file);
    text[n] = '\0';
    return text;
}

static void the_manual_shows_what_is_tested(void **state)
{
    (void)state;
    CLEANUP_FREE char *source = read_file("tests/connectors/example.c");
    CLEANUP_FREE char *manual = read_file("docs/connector.md");
    CLEANUP_FREE char *block = xasprintf("```c\n%s```\n", source);
    if (!strstr(manual, block))
        fail_msg("docs/connector.md does not have tests/connectors/example.c in a ```c block, as it is");
}

static void it_posts_and_takes_in(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-example-XXXXXX";
    close(mkstemp(path));
    CLEANUP_FREE char *settings = xasprintf("{\"path\":\"%s\"}", path);
    small_core_add("example", settings);
    wait_for(core.ups == 1);
    small_core_perform("example", 5, "post", "k", "{\"channel\":\"c\",\"text\":\"hi\"}");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_string_equal(core.remote_id, "5");
    CLEANUP_FREE char *written = read_file(path);
    assert_string_equal(written, "{\"channel\":\"c\",\"text\":\"hi\"}\n");
    static const char event[] =
        "{\"type\":\"message\",\"id\":\"1\",\"user\":{\"id\":\"u\"},\"channel\":\"c\",\"text\":\"hello\"}";
    struct webhook webhook = {"POST", "/", "", event, sizeof(event) - 1, 1, NULL};
    small_core_serve("example", &webhook);
    wait_for(core.responses == 1);
    assert_int_equal(core.status, 204);
    assert_string_equal(core.event, "hello");
    unlink(path);
}

static void it_says_what_is_wrong(void **state)
{
    (void)state;
    small_core_add("example", "{\"path\":\"/nowhere/at/all\"}");
    wait_for(core.ups == 1);
    small_core_perform("example", 5, "post", "k", "{}");
    wait_for(core.results == 1);
    assert_int_equal(core.last_code, TOCSIN_RETRY);
    assert_string_equal(core.detail, "/nowhere/at/all cannot be written");
}

#define WITH_CORE(test) cmocka_unit_test_setup_teardown(test, small_core_set_up, small_core_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_shows_what_is_tested),
        WITH_CORE(it_posts_and_takes_in),
        WITH_CORE(it_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
