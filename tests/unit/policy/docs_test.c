/* docs/policy.md is true: its examples load, their tests pass, and its reference matches the bindings. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"

static char *read_doc(void)
{
    static char text[262144];
    FILE *file = fopen("docs/policy.md", "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void try_example(const char *policy, const char *test)
{
    struct policy_dir dir;
    struct error err = {0};
    policy_dir_init(&dir);
    policy_dir_write(&dir, "example.lua", policy);
    if (test)
        policy_dir_write(&dir, "example_test.lua", test);
    if (policy_dir_load(&dir, &err))
        fail_msg("%s\n%s%s", err.text, policy, test ? test : "");
    policy_dir_finish(&dir);
}

/* A block with tests belongs to the block before it. */
static void the_examples_work(void **state)
{
    (void)state;
    CLEANUP_FREE char *policy = NULL;
    int examples = 0;
    for (const char *at = read_doc(); (at = strstr(at, "```lua\n")); examples++) {
        const char *end = strstr(at + 7, "\n```");
        assert_non_null(end);
        CLEANUP_FREE char *block = xstrndup(at + 7, (size_t)(end - at - 7));
        bool test = strstr(block, "test(\"") != NULL;
        if (!test)
            replace_text(&policy, block);
        try_example(policy, test ? block : NULL);
        at = end;
    }
    assert_true(examples >= 7);
}

static void the_reference_is_up_to_date(void **state)
{
    (void)state;
    assert_int_equal(system("scripts/lua_reference.sh --check"), 0);
}

/* The reference lists everything that is bound for scripts. */
static void nothing_is_left_out(void **state)
{
    (void)state;
    const char *doc = read_doc();
    FILE *names = popen("grep -ohE '[{]\"[a-z_]+\", *(lua|incident|group)_[a-z_]+[}]' core/policy/lua_*.c |"
                        " grep -oE '\"[a-z_]+\"' | tr -d '\"'",
                        "r");
    char name[64];
    int n = 0;
    assert_non_null(names);
    for (; fscanf(names, "%63s", name) == 1; n++) {
        CLEANUP_FREE char *call = xasprintf("`%s(", name), *table = xasprintf("`%s{", name),
                          *method = xasprintf(":%s(", name);
        if (!strstr(doc, call) && !strstr(doc, table) && !strstr(doc, method))
            fail_msg("%s is bound for scripts, but not in docs/policy.md", name);
    }
    pclose(names);
    assert_true(n > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_work),
        cmocka_unit_test(the_reference_is_up_to_date),
        cmocka_unit_test(nothing_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
