#include "../../support/check.h"

#include <string.h>

#include "base/error.h"

static void test_text_code_and_prefix(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(error_set(&err, ERR_NOT_FOUND, "no incident %s", "INC-9"), ERR_NOT_FOUND);
    assert_int_equal(error_prefix(&err, "line %d", 3), ERR_NOT_FOUND);
    assert_string_equal(err.text, "line 3: no incident INC-9");
    assert_int_equal(error_set(&err, ERR_IO, "<%s>", err.text), ERR_IO);
    assert_string_equal(err.text, "<line 3: no incident INC-9>");
    assert_int_equal(error_set(NULL, ERR_FULL, "unseen"), ERR_FULL);
}

static void test_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct error err;
    char text[700];
    for (int shift = 0; shift < 3; shift++) {
        memset(text, 'x', sizeof(text));
        for (size_t i = (size_t)shift; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "\xe2\x82\xac", 3);
        text[sizeof(text) - 1] = '\0';
        error_set(&err, ERR_INVALID, "%s", text);
        size_t n = strlen(err.text);
        assert_true(n > sizeof(err.text) - 4);
        assert_int_equal((n - (size_t)shift) % 3, 0);
    }
}

static void test_every_code_has_a_word(void **state)
{
    (void)state;
    assert_string_equal(error_word(ERR_INVALID), "invalid");
    assert_string_equal(error_word(ERR_NOT_FOUND), "not found");
    assert_string_equal(error_word(ERR_CORRUPT), "corrupt");
    assert_string_equal(error_word(0), "unknown");
    assert_string_equal(error_word(-99), "unknown");
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_text_code_and_prefix),
        cmocka_unit_test(test_long_text_is_cut_between_characters),
        cmocka_unit_test(test_every_code_has_a_word),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
