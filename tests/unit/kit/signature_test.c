#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/signature.h>

#define DAY_MS ((int64_t)86400 * 1000)

static void known_signatures_are_computed(void **state)
{
    (void)state;
    const struct kit_part parts[] = {{"what do ya want ", 16}, {"for nothing?", 12}}; /* RFC 4231, case 2 */
    char hex[KIT_HMAC_HEX], base64[KIT_HMAC_BASE64];
    assert_true(kit_hmac_hex("Jefe", parts, 2, hex));
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_true(kit_hmac_base64("Jefe", parts, 2, base64));
    assert_string_equal(base64, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    const struct kit_part key = {"Jefe", 4};
    assert_true(kit_mac_base64(KIT_SHA256, &key, parts, 2, base64));
    assert_string_equal(base64, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    assert_true(kit_mac_base64(KIT_SHA1, &key, parts, 2, base64)); /* RFC 2202, case 2 */
    assert_string_equal(base64, "7/zfauXrL6LSdBbV8YTfnCWafHk=");
}

static void sha1_is_there_for_those_who_need_it(void **state)
{
    (void)state;
    const struct kit_part parts[] = {{"what do ya want ", 16}, {"for nothing?", 12}}; /* RFC 2202, case 2 */
    const char *good = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    char bad[80];
    assert_true(kit_signed_sha1("Jefe", "sha1=", parts, 2, good));
    snprintf(bad, sizeof(bad), "%s", good);
    bad[9] ^= 1;
    assert_false(kit_signed_sha1("Jefe", "sha1=", parts, 2, bad));
    assert_false(kit_signed_sha1("Jefe", "sha1=", parts, 2, good + 5));
    assert_false(kit_signed_sha1("Jefe", "sha1=", parts, 2, NULL));
    assert_false(kit_signed_sha1("jefe", "sha1=", parts, 2, good));
    assert_false(kit_signed_sha1("", "sha1=", parts, 2, "sha1=fbdb1d1b18aa6c08324b7d64b71fb76370690e1d"));
}

static void only_the_right_signature_passes(void **state)
{
    (void)state;
    const struct kit_part part = {"what do ya want for nothing?", 28};
    const char *good = "v0=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    char bad[80];
    assert_true(kit_signed_hex("Jefe", "v0=", &part, 1, good));
    assert_true(kit_signed_base64("Jefe", NULL, &part, 1, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="));
    for (size_t i = 0; i < strlen(good); i++) {
        snprintf(bad, sizeof(bad), "%s", good);
        bad[i] ^= 1;
        assert_false(kit_signed_hex("Jefe", "v0=", &part, 1, bad));
    }
    assert_false(kit_signed_hex("Jefe", "v0=", &part, 1, NULL));
    assert_false(kit_signed_hex("Jefe", "v0=", &part, 1, "v0="));
    assert_false(kit_signed_hex("Jefe", "v0=", &part, 1, good + 3));
    assert_false(kit_signed_hex("jefe", "v0=", &part, 1, good));
    assert_false(kit_signed_hex("", "", &part, 1, "")); /* an empty secret accepts nothing */
    assert_false(kit_signed_hex(NULL, "", &part, 1, ""));
}

static void timestamps_have_a_window(void **state)
{
    (void)state;
    int64_t now = INT64_C(1700000000) * 1000;
    assert_true(kit_timely("1700000000", now, 300000));
    assert_true(kit_timely("1699999700", now, 300000));
    assert_false(kit_timely("1699999699", now, 300000));
    assert_true(kit_timely("1700000300", now, 300000));
    assert_false(kit_timely("1700000301", now, 300000));
    static const char *const wrong[] = {
        "", "-1", "+1700000000", " 1700000000", "1700000000x", "99999999999999999999", "17e8"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(kit_timely(wrong[i], now, 20000 * DAY_MS));
    assert_false(kit_timely(NULL, now, 300000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_signatures_are_computed),
        cmocka_unit_test(sha1_is_there_for_those_who_need_it),
        cmocka_unit_test(only_the_right_signature_passes),
        cmocka_unit_test(timestamps_have_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
