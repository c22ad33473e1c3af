#include "../../support/check.h"

#include "base/mem.h"
#include "base/secret.h"

#define SECRET "twenty-characters-at-least"
#define SIGNED "042eff2138683a21970f03f3a66592ff" /* as Python's hashlib.blake2b makes it */

static void test_a_signature_is_of_the_secret_and_the_text(void **state)
{
    (void)state;
    char signature[SECRET_HASH_TEXT];
    secret_sign(SECRET, "globex", signature);
    assert_string_equal(signature, SIGNED);
    assert_true(secret_is_signature(SECRET, "globex", SIGNED));
    assert_false(secret_is_signature(SECRET, "globe", SIGNED));
    assert_false(secret_is_signature(SECRET "!", "globex", SIGNED));
}

static void test_what_only_begins_like_a_signature_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "042eff2138683a21970f03f3a66592f", SIGNED "0", SIGNED SIGNED,
                                      "042EFF2138683A21970F03F3A66592FF"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(secret_is_signature(SECRET, "globex", bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signature_is_of_the_secret_and_the_text),
        cmocka_unit_test(test_what_only_begins_like_a_signature_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
