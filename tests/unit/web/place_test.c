/* Addresses of the next part of a list say nothing of what it ended with. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "web/place.h"
#include "base/mem.h"

static const uint8_t key[PLACE_KEY] = {7}, other_key[PLACE_KEY] = {8};

static void a_place_is_read_on_its_own_page_alone(void **state)
{
    (void)state;
    char text[PLACE_TEXT], again[PLACE_TEXT], plain[PLACE_PLAIN];
    place_seal(key, "/app/past", "q=keys", "1.4711", text);
    place_seal(key, "/app/past", "q=keys", "1.4711", again);
    assert_string_equal(text, again);
    assert_true(place_open(key, "/app/past", text, plain));
    assert_string_equal(plain, "1.4711");
    assert_false(place_open(key, "/app/groups", text, plain));
    assert_false(place_open(other_key, "/app/past", text, plain));
}

/* Nor do two addresses with the same end show that it is the same, nor its length how long it is. */
static void a_place_names_nothing(void **state)
{
    (void)state;
    char one[PLACE_TEXT], two[PLACE_TEXT], three[PLACE_TEXT];
    place_seal(key, "/app/customers/acme", NULL, "INC-4711", one);
    place_seal(key, "/app/customers/globex", NULL, "INC-4711", two);
    place_seal(key, "/app/customers/acme", "before=x", "INC-4", three);
    assert_null(strstr(one, "4711"));
    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), strlen(three));
    assert_int_equal(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     strlen(one));
}

static void what_is_no_place_is_refused(void **state)
{
    (void)state;
    char text[PLACE_TEXT], plain[PLACE_PLAIN];
    static const char *const wrong[] = {"", "INC-3", "57", "1.4711", "\xc3\xa9", "====", "AAAA"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_false(place_open(key, "/app/past", wrong[i], plain));
    place_seal(key, "/app/past", NULL, "57", text);
    text[60] = text[60] == 'A' ? 'B' : 'A';
    assert_false(place_open(key, "/app/past", text, plain));
    text[60] = '\0';
    assert_false(place_open(key, "/app/past", text, plain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_read_on_its_own_page_alone),
        cmocka_unit_test(a_place_names_nothing),
        cmocka_unit_test(what_is_no_place_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
