/* Which setting names a connector's platform, and what the relay's address in its place looks like. */
#include "../../support/check.h"

#include <string.h>

#include "../../conformance/place.h"
#include "base/json.h"
#include "base/mem.h"

static cJSON *parse(const char *json)
{
    cJSON *doc = cJSON_Parse(json);
    assert_non_null(doc);
    return doc;
}

/* The settings' value once the platform is at port 9 of this machine; NULL: nothing names it. The caller frees. */
static char *replaced(const char *settings, const char *named, const char *setting)
{
    static const char descriptor[] =
        "{\"settings\":[{\"name\":\"address\"},{\"name\":\"secret\",\"flags\":1},{\"name\":\"server\"},"
        "{\"name\":\"other\",\"fallback\":\"http://other.example/api\"}]}";
    CLEANUP_JSON cJSON *table = parse(descriptor), *given = parse(settings);
    struct place place;
    struct error err;
    char *value = NULL;
    if (place_find(table, given, named, &place, &err) == 0) {
        place_replace(given, &place, 9);
        value = strdup(json_text_or(given, setting, ""));
    }
    place_finish(&place);
    return value;
}

static void assert_replaced(const char *settings, const char *named, const char *setting, const char *expected)
{
    char *value = replaced(settings, named, setting);
    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

static void the_first_setting_that_is_an_address_is_it(void **state)
{
    (void)state;
    assert_replaced("{\"server\":\"http://chat.example:8080/api/v1\"}", NULL, "server",
                    "http://127.0.0.1:9/api/v1");
    assert_replaced("{\"server\":\"http://chat.example\"}", NULL, "server", "http://127.0.0.1:9");
    assert_replaced("{\"server\":\"smtp.example.com:587\"}", NULL, "server", "127.0.0.1:9");
    assert_replaced("{\"server\":\"smtp.example.com:587\"}", "other", "other", "http://127.0.0.1:9/api");
}

static void https_is_named_and_not_replaced(void **state)
{
    CLEANUP_JSON cJSON *table = parse("{\"settings\":[{\"name\":\"url\"},{\"name\":\"server\"}]}"),
                       *given =
                           parse("{\"url\":\"https://chat.example/api\",\"server\":\"smtp.example.com:25\"}");
    struct place place;
    (void)state;
    assert_int_equal(place_find(table, given, NULL, &place, NULL), 0);
    assert_true(place.https);
    assert_string_equal(place.setting, "url");
    place_finish(&place);
    assert_int_equal(place_find(table, given, "server", &place, NULL), 0);
    assert_false(place.https);
    place_finish(&place);
}

static void what_only_looks_like_an_address_is_not(void **state)
{
    static const char *const others[] = {"incidents@example.com:25",
                                         "/run/x.sock:1",
                                         "Example Support",
                                         "host:port",
                                         "host:123456",
                                         "[::1]:25",
                                         "http://user:word@host/",
                                         ""};
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        CLEANUP_JSON cJSON *settings = cJSON_CreateObject();
        cJSON_AddStringToObject(settings, "server", others[i]);
        char *text = cJSON_PrintUnformatted(settings);
        assert_null(replaced(text, "server", "server"));
        free(text);
    }
    assert_replaced("{\"secret\":\"abc:123\"}", NULL, "other", "http://127.0.0.1:9/api");
    assert_null(replaced("{}", "no_such_setting", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_setting_that_is_an_address_is_it),
        cmocka_unit_test(https_is_named_and_not_replaced),
        cmocka_unit_test(what_only_looks_like_an_address_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
