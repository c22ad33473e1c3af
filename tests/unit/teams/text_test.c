#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include "teams/text.h"

static void check_text(const char *activity, const char *expected, bool mention, bool named)
{
    struct teams_said_text said;
    cJSON *json = cJSON_Parse(activity);
    assert_non_null(json);
    teams_read_text(json, &said);
    assert_string_equal(kit_text_get(&said.text), expected);
    assert_int_equal(said.mention, mention);
    assert_int_equal(said.named, named);
    kit_text_finish(&said.text);
    cJSON_Delete(said.people);
    cJSON_Delete(json);
}

#define US "\"recipient\":{\"id\":\"28:bot\"},"
#define BOT                                                                                                    \
    "{\"type\":\"mention\",\"mentioned\":{\"id\":\"28:bot\",\"name\":\"Tocsin\"},\"text\":\"<at>Tocsin</"      \
    "at>\"}"
#define BOB                                                                                                    \
    "{\"type\":\"mention\",\"mentioned\":{\"id\":\"29:bob\",\"name\":\"Bob\"},\"text\":\"<at>Bob</at>\"}"
#define SAYS(text, entities) "{" US "\"text\":\"" text "\",\"entities\":[" entities "]}"

static void mentions_are_read_from_entities(void **state)
{
    (void)state;
    check_text(SAYS("<at>Tocsin</at>&nbsp;declare it\\n", BOT), "declare it", true, false);
    check_text(SAYS("<at>Tocsin</at>, declare", BOT), "declare", true, false);
    check_text(SAYS("\\u00a0 <at>Tocsin</at> a \\u00a0", BOT), "a", true, false);
    check_text(SAYS("ask <at>Tocsin</at> about it", BOT), "ask  about it", false, true);
    check_text(SAYS("<at>Tocsin</at> lead <at>Bob</at> now", BOT "," BOB), "lead <@29:bob> now", true, false);
    check_text(SAYS("<at>Bob</at> <at>Bob</at>", BOB "," BOB), "<@29:bob> <@29:bob>", false, false);
    check_text(SAYS("<at>Tocsin</at> typed by hand", ""), "<at>Tocsin</at> typed by hand", false, false);
    check_text(SAYS("a &lt; b &amp;&amp; c", ""), "a < b && c", false, false);
    check_text(SAYS("no tag", BOT), "no tag", false, true);
    check_text("{" US "\"entities\":[{\"type\":\"clientInfo\"},{\"type\":\"mention\"},7]}", "", false, false);
    check_text(
        SAYS("<at>x</at>", "{\"type\":\"mention\",\"mentioned\":{\"id\":\"a>b\"},\"text\":\"<at>x</at>\"}"),
        "<at>x</at>", false, false);
}

static void check_name(const char *given, int try, const char *expected)
{
    struct kit_text name = {0};
    teams_channel_name(given, try, &name);
    assert_string_equal(kit_text_get(&name), expected);
    kit_text_finish(&name);
}

static void names_of_channels_are_allowed_by_graph(void **state)
{
    (void)state;
    check_name("inc-42-checkout-errors", 1, "inc-42-checkout-errors");
    check_name("inc-42-checkout-errors", 3, "inc-42-checkout-errors-3");
    check_name("_.a/b:c..d.", 1, "a-b-c-.d");
    check_name("con", 1, "incident-con");
    check_name("COM1", 1, "incident-COM1");
    check_name("", 1, "incident");
    check_name("a_vti_b", 1, "incident");
    check_name("inc-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 2,
               "inc-1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-2");
    check_name("ääääääääääääääääääääääääääääääääääääääääääääääääääää", 1,
               "ääääääääääääääääääääääääääääääääääääääääääääääääää");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mentions_are_read_from_entities),
        cmocka_unit_test(names_of_channels_are_allowed_by_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
