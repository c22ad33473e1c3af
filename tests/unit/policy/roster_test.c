/* people{} and team{}: who they are, what is refused, and what names nobody. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"
#include "policy/roster.h"

static struct policy_dir dir;

static int set_up(void **state)
{
    (void)state;
    policy_dir_init(&dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    policy_dir_finish(&dir);
    return 0;
}

static const struct policy *load(const char *text)
{
    return policy_dir_team(&dir, text);
}

static void refused(const char *text, const char *why)
{
    policy_dir_refuses(&dir, text, text, why);
}

static void people_and_teams_are_found_by_name(void **state)
{
    (void)state;
    const struct policy *policy = load("people { ana = { name = 'Ana', email = 'ana@shop.example', slack = "
                                       "'U1', console = 'ana' }, bo = {} }\n"
                                       "team { name = 'product-responder', people = { 'ana', 'bo' } }\n"
                                       "team { name = 'night', people = 'zoe@shop.example' }\n");
    struct roster_person person;
    const char *const *people;
    assert_true(policy_person(policy, "@Ana", &person));
    assert_string_equal(person.id, "ana");
    assert_string_equal(person.name, "Ana");
    assert_string_equal(person.email, "ana@shop.example");
    assert_int_equal(person.n, 2);
    assert_true(policy_person(policy, "bo", &person));
    assert_null(person.email);
    assert_int_equal(person.n, 0);
    assert_false(policy_person(policy, "zed", &person));
    assert_int_equal(policy_team(policy, "Product-Responder", &people), 2);
    assert_string_equal(people[0], "ana");
    assert_string_equal(people[1], "bo");
    assert_int_equal(policy_team(policy, "night", &people), 1);
    assert_int_equal(policy_team(policy, "ana", &people), 0);
}

static void mistakes_are_refused_with_the_line(void **state)
{
    (void)state;
    refused("people { ana = { emial = 'ana@shop.example' } }",
            "people: ana has no field 'emial'; did you mean 'email'?");
    refused("people { ana = { email = 'ana' } }", "the email of ana has no @");
    refused("people { ana = 'U1' }", "people: ana must be a table");
    refused("people { ana = { slack = 7 } }", "slack must be a string");
    refused("people { ana = { slack = '' } }", "ana.slack is empty");
    refused("people { ana = { 'U1' } }", "takes named fields only");
    refused("people { ['ana maria'] = {} }", "must be one word");
    refused("people { 'ana' }", "the id of a person must be a string");
    refused("team { name = 'x' }", "team 'x' has nobody: people = {");
    refused("team { name = 'x', people = {} }", "team 'x' has nobody");
    refused("team { name = 'x', people = { 'ana maria' } }", "must be one word");
    refused("team { people = { 'ana' } }", "name is missing");
    refused("team { name = 'x', peopel = { 'ana' } }", "did you mean 'people'?");
    refused("team { name = 'x', people = { 'ana' } }\nteam { name = 'x', people = { 'bo' } }",
            "already declared at");
    refused("people { ana = {} }\npeople { ana = {} }", "person 'ana' is already declared at");
    refused("people { ana = {} }\nteam { name = 'Ana', people = { 'ana' } }", "has the name of a person at");
}

static void a_connector_may_be_called_mail(void **state)
{
    (void)state;
    struct roster_person person;
    assert_true(policy_person(load("people { ana = { mail = 'ana@shop.example' } }"), "ana", &person));
    assert_string_equal(person.users[0].connector, "mail");
}

static void note_fault(void *ctx, const char *fault)
{
    str_addf(ctx, "%s\n", fault);
}

static void names_nobody(const char *text, const char *wanted)
{
    CLEANUP_STR struct str faults = {0};
    policy_pages_nobody(load(text), note_fault, &faults);
    if (!*wanted)
        assert_string_equal(str_text(&faults), "");
    else if (!strstr(str_text(&faults), wanted))
        fail_msg("%s\n  wanted %s\n  got    %s", text, wanted, str_text(&faults));
}

static void what_names_nobody_is_found(void **state)
{
    (void)state;
    names_nobody("-- nothing",
                 "product-responder names nobody: add team { name = \"product-responder\", people = { … } } "
                 "to the policy. Rules that page it: many-customers, new-error-important, "
                 "return-important");
    names_nobody("people { bo = {} } team { name = 'product-responder', people = { 'bo' } }", "");
    names_nobody("team { name = 'product-responder', people = { 'zoe@shop.example' } }", "");
    names_nobody("team { name = 'product-responder', people = { 'zed' } }",
                 "team product-responder: people{} does not declare zed");
    names_nobody("people { ['product-responder'] = { slack = 'U1' } }", "");
    names_nobody("rule { name = 'r', match = { title = 'x' }, declare = { page = 'payments' } }",
                 "payments names nobody: add team { name = \"payments\"");
    names_nobody("rule { name = 'r', match = { title = 'x' }, declare = { page = '@payments' } }",
                 "@payments names nobody: add team { name = \"payments\"");
    names_nobody("for _, name in ipairs { 'many-customers', 'new-error-important', 'return-important', "
                 "'missed-heartbeat' } do\n"
                 "  rule { name = name, off = true }\nend",
                 "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_and_teams_are_found_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_refused_with_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_connector_may_be_called_mail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_names_nobody_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
