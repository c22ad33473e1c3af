#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/init.h"
#include "cli/locate.h"
#include "policy/configuration.h"
#include "policy/policy.h"
#include "policy/sources.h"

static char *parent;

static int set_up(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-init-XXXXXX";
    parent = xstrdup(mkdtemp(path));
    return 0;
}

static void remove_all(const char *path)
{
    static const char *const files[] = {"tocsin.lua",
                                        "token",
                                        "policy/team.lua",
                                        "policy/team_test.lua",
                                        "policy",
                                        "data/journal.db",
                                        "data/journal.db-lock",
                                        "data/journal.db-wal",
                                        "data/journal.db-shm",
                                        "data"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        CLEANUP_FREE char *file = xasprintf("%s/%s", path, files[i]);
        remove(file);
    }
    assert_int_equal(rmdir(path), 0);
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(rmdir(parent), 0);
    free(parent);
    return 0;
}

static void init_with(const char *name, const char *important, struct init_result *ret)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", parent, name);
    struct error err = {0};
    int rc = init_directory(path, 0, important, ret, &err);
    if (rc)
        fail_msg("%s", err.text);
}

static void init(const char *name, struct init_result *ret)
{
    init_with(name, NULL, ret);
}

static void add_test(void *ctx, const char *name, const char *failure)
{
    str_addf(ctx, "%s  %s%s%s\n", failure ? "FAIL" : "ok  ", name, failure ? ": " : "", failure ? failure : "");
}

static void add_print(void *ctx, const char *text)
{
    str_addf(ctx, "%s\n", text);
}

static void the_written_files_work(void **state)
{
    (void)state;
    struct init_result result;
    struct configuration c;
    struct sources *sources;
    init("one", &result);
    CLEANUP_FREE char *config = xasprintf("%s/tocsin.lua", result.directory);
    assert_int_equal(configuration_load(config, &c, NULL), 0);
    assert_int_equal(sources_create(json_member(c.core, "sources"), &sources, NULL), 0);
    sources_destroy(sources);
    CLEANUP_FREE char *socket = console_socket(&c), *dsn = init_dsn(&result);
    assert_string_equal(socket, result.socket);
    assert_non_null(strstr(dsn, result.key));
    CLEANUP_FREE char *policy = configuration_path(&c, "policy");
    CLEANUP_STR struct str out = {0};
    assert_int_equal(policy_test(policy, &(struct policy_report){&out, add_test, add_print}, NULL), 0);
    assert_non_null(strstr(out.p, "ok    a new error in an important service is declared"));
    configuration_finish(&c);
    remove_all(result.directory);
    init_result_finish(&result);
}

static char *team_policy(const char *important)
{
    struct init_result result;
    static char text[4096];
    CLEANUP_STR struct str out = {0};
    init_with("one", important, &result);
    CLEANUP_FREE char *policy = xasprintf("%s/policy", result.directory);
    CLEANUP_FREE char *path = xasprintf("%s/team.lua", policy);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    if (policy_test(policy, &(struct policy_report){&out, add_test, add_print}, NULL))
        fail_msg("%s: %s", important, out.p);
    remove_all(result.directory);
    init_result_finish(&result);
    return text;
}

static void the_important_services_are_named_or_all(void **state)
{
    (void)state;
    assert_non_null(strstr(team_policy(NULL), "\nservices { important = { \"*\" } }\n"));
    assert_non_null(strstr(team_policy(NULL), "Which services are important?"));
    assert_non_null(strstr(team_policy("checkout"), "\nservices { important = { \"checkout\" } }\n"));
    assert_non_null(strstr(team_policy(" pay*,check?ut , f\xc3\xbcr,"),
                           "\nservices { important = { \"pay*\", \"check?ut\", \"f\xc3\xbcr\" } }\n"));
}

static void what_is_no_list_of_services_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " , ", "a\"b", "a\\", "{}", "@important", "\xff", "it's"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct error err = {0};
        struct init_result result;
        CLEANUP_FREE char *path = xasprintf("%s/bad", parent);
        assert_int_equal(init_directory(path, 0, bad[i], &result, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "--important checkout,pay*"));
    }
}

static void neighbours_get_other_ports_and_keys(void **state)
{
    (void)state;
    struct init_result one, two;
    init("one", &one);
    init("two", &two);
    assert_int_not_equal(one.port, two.port);
    assert_string_not_equal(one.key, two.key);
    remove_all(one.directory);
    remove_all(two.directory);
    init_result_finish(&one);
    init_result_finish(&two);
}

/* The name is a string in a Lua file, with any characters. */
static void a_strange_name_stays_a_name(void **state)
{
    (void)state;
    struct init_result result;
    struct configuration c;
    init("a\"b\\c\nd", &result);
    CLEANUP_FREE char *config = xasprintf("%s/tocsin.lua", result.directory);
    assert_int_equal(configuration_load(config, &c, NULL), 0);
    assert_string_equal(json_text_or(c.core, "name", ""), "a_b_c_d");
    configuration_finish(&c);
    remove_all(result.directory);
    init_result_finish(&result);
}

static void a_directory_that_is_not_empty_is_refused(void **state)
{
    (void)state;
    struct init_result result, again;
    struct error err;
    init("one", &result);
    assert_int_equal(init_directory(result.directory, 0, NULL, &again, &err), ERR_REFUSED);
    assert_non_null(strstr(err.text, "is not empty"));
    remove_all(result.directory);
    init_result_finish(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_written_files_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_important_services_are_named_or_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_list_of_services_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_get_other_ports_and_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_strange_name_stays_a_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_that_is_not_empty_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
