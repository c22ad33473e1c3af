/* access{}: who may do what, and what is refused. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"
#include "policy/access.h"

#define refused(text, why) policy_dir_refuses(&policy_dir, text, text, why)

static const struct access_rules *load(const char *text)
{
    return policy_access(policy_dir_team(&policy_dir, text));
}

static enum access of_person(const struct access_rules *rules, const char *id, const char *email, char *group)
{
    text_list groups = {.v = &group, .n = group != NULL};
    const char *names[] = {id, email};
    return access_decide(
        rules, &(struct access_asker){.names = names, .name_count = email ? 2 : 1, .groups = &groups});
}

static enum access of_token(const struct access_rules *rules, const char *name)
{
    return access_decide(rules, &(struct access_asker){.token = name});
}

static void a_person_has_the_highest_role_that_names_them(void **state)
{
    (void)state;
    const struct access_rules *rules =
        load("access { see = 'everybody', act = { 'group:engineers', 'cleo@example.com' },\n"
             "approve = { '@Ana', 'group:leads' }, administer = 'bo', ask = '#platform' }");
    assert_non_null(rules);
    assert_string_equal(rules->ask, "#platform");
    assert_int_equal(of_person(rules, "zoe", NULL, NULL), ACCESS_SEE);
    assert_int_equal(of_person(rules, "zoe", NULL, "engineers"), ACCESS_ACT);
    assert_int_equal(of_person(rules, "zoe", NULL, "Engineers"), ACCESS_SEE);
    assert_int_equal(of_person(rules, "cleo", "Cleo@Example.com", NULL), ACCESS_ACT);
    assert_int_equal(of_person(rules, "ana", NULL, "engineers"), ACCESS_APPROVE);
    assert_int_equal(of_person(rules, "zoe", NULL, "leads"), ACCESS_APPROVE);
    assert_int_equal(of_person(rules, "bo", NULL, NULL), ACCESS_ADMINISTER);
}

static void whom_nothing_names_may_nothing(void **state)
{
    (void)state;
    const struct access_rules *rules = load("access { act = 'ana' }");
    assert_int_equal(of_person(rules, "ana", NULL, NULL), ACCESS_ACT);
    assert_int_equal(of_person(rules, "bo", "bo@example.com", "sre"), ACCESS_NONE);
    assert_int_equal(of_person(rules, "group:sre", NULL, NULL), ACCESS_NONE);
    assert_string_equal(access_name(ACCESS_NONE), "nothing");
}

static void a_person_cannot_be_taken_for_a_word(void **state)
{
    (void)state;
    const struct access_rules *rules = load("access { act = { 'group:sre', 'token:bot' } }");
    assert_int_equal(of_person(rules, "group:sre", "token:bot", NULL), ACCESS_NONE);
    assert_int_equal(of_person(rules, "sre", "bot", NULL), ACCESS_NONE);
}

static void a_tools_token_is_limited_where_it_is_named(void **state)
{
    (void)state;
    const struct access_rules *rules =
        load("access { see = { 'everybody', 'token:dashboard' }, act = 'token:bot' }");
    assert_int_equal(of_token(rules, "dashboard"), ACCESS_SEE);
    assert_int_equal(of_token(rules, "bot"), ACCESS_ACT);
    assert_int_equal(of_token(rules, "operator"), ACCESS_ADMINISTER);
}

static void without_it_there_are_no_rules(void **state)
{
    (void)state;
    assert_null(load("team { name = 'Payments', people = { 'ana' }, channel = 'pay' }"));
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    refused("access { sea = 'everybody' }", "access has no field 'sea'; did you mean 'see'?");
    refused("access { act = 'role:lead' }",
            "act: 'role:lead' must begin with group: or token:, or be a person's id or e-mail address");
    refused("access { act = 'group:' }", "act: 'group:' lacks a name, as in \"group:sre\"");
    refused("access { act = '' }", "act names nobody with \"\"");
    refused("access { act = 7 }", "act");
    refused("access { act = 'ana' } access { act = 'bo' }", "access is already set at team.lua:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_has_the_highest_role_that_names_them),
        cmocka_unit_test(whom_nothing_names_may_nothing),
        cmocka_unit_test(a_person_cannot_be_taken_for_a_word),
        cmocka_unit_test(a_tools_token_is_limited_where_it_is_named),
        cmocka_unit_test(without_it_there_are_no_rules),
        cmocka_unit_test(what_is_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, policy_dir_set_up, policy_dir_tear_down);
}
