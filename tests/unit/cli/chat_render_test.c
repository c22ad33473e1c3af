#include "../../support/check.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/chat_render.h"

static const char card[] =
    "{\"event\":\"message\",\"room\":\"incidents\",\"from\":\"tocsin\",\"at\":1763910000000,\"card\":{"
    "\"title\":"
    "\"INC-4 "
    "Checkout\",\"tone\":\"alarm\",\"fields\":[{\"name\":\"Service\",\"value\":\"**pay**\\nment\"}],\"text\":"
    "\"see [it](https://x.org)\",\"buttons\":[{\"label\":\"Accept\",\"command\":\"INC-4 "
    "accept\"},{\"label\":\"Also\","
    "\"command\":\"INC-4 also\"},{\"label\":\"aa\",\"command\":\"INC-4 third\"}],\"footer\":\"since 2 min\"}}";

static void check_render(const char *json, bool colour, const char *expected)
{
    CLEANUP_JSON cJSON *message = cJSON_Parse(json);
    CLEANUP_STR struct str out = {0};
    struct chat_keys keys = {0};
    assert_non_null(message);
    chat_render(message, colour, "Europe/London", &keys, &out);
    chat_keys_finish(&keys);
    assert_string_equal(out.p, expected);
}

static void a_card_is_readable_without_colour(void **state)
{
    (void)state;
    check_render(card, false,
                 "15:00 #incidents tocsin INC-4 Checkout\n"
                 "  Service    **pay**\n"
                 "             ment\n"
                 "  see it (https://x.org)\n"
                 "  [1] Accept (a)   [2] Also   [3] aa   \n"
                 "  since 2 min\n");
}

/* Titles, fields and labels come from machines and strangers: no characters of theirs mean anything. */
static void any_value_shows_as_it_is(void **state)
{
    static const char alphabet[] = "\\`*_{}[]()#+-.!~<>&|=:/ab1;#x\"'";
    char value[24];
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        size_t n = 0;
        for (; n < sizeof(value) - 1; n++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            value[n] = alphabet[(seed >> 40) % (sizeof(alphabet) - 1)];
        }
        value[n] = '\0';
        CLEANUP_JSON cJSON *message = cJSON_Parse(card);
        cJSON *shown = cJSON_GetObjectItem(message, "card"),
              *field = cJSON_GetArrayItem(cJSON_GetObjectItem(shown, "fields"), 0),
              *button = cJSON_GetArrayItem(cJSON_GetObjectItem(shown, "buttons"), 0);
        cJSON_SetValuestring(cJSON_GetObjectItem(shown, "title"), value);
        cJSON_SetValuestring(cJSON_GetObjectItem(field, "value"), value);
        cJSON_SetValuestring(cJSON_GetObjectItem(button, "label"), value);
        CLEANUP_STR struct str out = {0};
        struct chat_keys keys = {0};
        chat_render(message, round % 2, "UTC", &keys, &out);
        chat_keys_finish(&keys);
        size_t times = 0;
        for (const char *p = out.p; (p = strstr(p, value)); p += n)
            times++;
        if (times != 3)
            fail_msg("[%s] is shown as\n%s", value, out.p);
    }
}

static void others_cannot_control_the_terminal(void **state)
{
    (void)state;
    check_render(
        "{\"event\":\"edited\",\"room\":\"r\\u001b[2J\",\"from\":\"\\u001b]0;x\\u0007eve\\u009b1m\",\"text\":"
        "\"hi\\u001b[31m\\r\\u0007 there\"}",
        false, "#r[2J ]0;xeve1m (changed) hi[31m there\n");
    CLEANUP_JSON cJSON *line =
        cJSON_Parse("{\"event\":\"topic\",\"room\":\"a\",\"topic\":\"b\\u001b[1m\\nc\"}");
    CLEANUP_STR struct str out = {0};
    chat_render_line(line, &out);
    assert_string_equal(out.p, "-- the topic of #a is now: b[1mc\n");
}

static void a_room_is_found_by_the_beginning_of_its_name(void **state)
{
    (void)state;
    static char *const rooms[] = {
        "incidents", "inc-1-checkout-is-slow", "inc-10-mail", "inc-11", "inc-11-old", "inc-2-a", "inc-2-b"};
    static const char *const cases[][2] = {
        {"inc-1", "inc-1-checkout-is-slow"},
        {"#inc-1", "inc-1-checkout-is-slow"},
        {"inc-10", "inc-10-mail"},
        {"inc-11", "inc-11"},
        {"inc-2", "inc-2"},
        {"inci", "incidents"},
        {"#nowhere", "nowhere"},
        {"inc", "inc"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(chat_find_room(rooms, ARRAY_SIZE(rooms), cases[i][0]), cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_readable_without_colour),
        cmocka_unit_test(any_value_shows_as_it_is),
        cmocka_unit_test(others_cannot_control_the_terminal),
        cmocka_unit_test(a_room_is_found_by_the_beginning_of_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
