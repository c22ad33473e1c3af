/* Which callbacks are Twilio's. */
#include "../../support/check.h"

#include <string.h>

#include "sms/signature.h"

#define FORM "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
#define GOOD "RSOYDt4T1cUTdK1PDd93/VVr8B8="

static bool is_good(const char *base, const char *query, const char *form, const char *given,
                    const char *const secrets[SIGNATURE_SECRETS])
{
    const struct tocsin_header headers[] = {
        {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}, {"x-twilio-signature", given}};
    const struct tocsin_request request = {.size = sizeof(request),
                                           .method = "POST",
                                           .path = "/myapp.php",
                                           .query = query,
                                           .headers = headers,
                                           .header_count = 2,
                                           .body = form,
                                           .body_length = strlen(form)};
    struct signature_keys keys = {.header = "x-twilio-signature"};
    memcpy(keys.secrets, secrets, sizeof(keys.secrets));
    return signature_is_good(&keys, base, &request);
}

static const char *const one[SIGNATURE_SECRETS] = {"12345", "", ""}, *const old[] = {"new", "12345", ""},
                         *const other[] = {"1234", "", ""}, *const none[] = {"", "", ""};

static void the_published_vector_passes(void **state)
{
    (void)state;
    assert_true(is_good("https://mycompany.com", "foo=1&bar=2", FORM, GOOD, one));
    assert_true(is_good("https://mycompany.com", "foo=1&bar=2", FORM, GOOD, old));
}

static void nothing_else_passes(void **state)
{
    (void)state;
    assert_false(is_good("https://mycompany.com", "foo=1&bar=2", FORM, GOOD, other));
    assert_false(is_good("https://mycompany.com", "foo=1&bar=2", FORM, GOOD, none));
    assert_false(is_good("https://mycompany.com", "foo=1&bar=2", FORM, "", one));
    assert_false(is_good("https://mycompany.com", "foo=1", FORM, GOOD, one));
    assert_false(is_good("http://mycompany.com", "foo=1&bar=2", FORM, GOOD, one));
    assert_false(is_good("https://mycompany.com", "foo=1&bar=2", FORM "&More=1", GOOD, one));
    assert_false(is_good("https://mycompany.com", "foo=1&bar=2", "Digits=1", GOOD, one));
}

static void the_usual_port_may_be_there_or_not(void **state)
{
    (void)state;
    static const char *const bases[] = {"https://mycompany.com:443", "https://mycompany.com"};
    static const char with_port[] = "kvajT1Ptam85bY51eRf/AJRuM3w="; /* over the address with :443 */
    for (size_t i = 0; i < 2; i++) {
        assert_true(is_good(bases[i], "foo=1&bar=2", FORM, GOOD, one));
        assert_true(is_good(bases[i], "foo=1&bar=2", FORM, with_port, one));
    }
}

/* Each distinct value of a name counts once, in order. */
static void a_name_may_have_several_values(void **state)
{
    (void)state;
    static const char given[] = "IK+Dwps556ElfBT0I3Rgjkr1wJU=";
    assert_true(is_good("https://mycompany.com", "foo=1&bar=2",
                        "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", given, one));
}

static bool is_good_by(const char *query, const char *type, const char *body, const char *given,
                       const char *settings)
{
    const struct tocsin_header headers[] = {{"content-type", type},
                                            {"x-twilio-signature", given},
                                            {"x-twilio-webhooks-signature-settings", settings}};
    const struct tocsin_request request = {.size = sizeof(request),
                                           .method = "POST",
                                           .path = "/myapp.php",
                                           .query = query,
                                           .headers = headers,
                                           .header_count = 3,
                                           .body = body,
                                           .body_length = strlen(body)};
    const struct signature_keys keys = {"x-twilio-signature", {"other", "", "12345"}};
    return signature_is_good(&keys, "https://mycompany.com", &request);
}

static void a_signing_key_signs_with_sha256(void **state)
{
    (void)state;
    static const char form[] = "application/x-www-form-urlencoded",
                      given[] = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=";
    assert_true(is_good_by("foo=1&bar=2", form, FORM, given, "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"));
    assert_false(is_good_by("foo=1&bar=2", form, FORM, given, ""));
    assert_false(is_good_by("foo=1&bar=2", form, FORM, GOOD, "key=1,algorithm=HMAC_SHA256"));
}

static void another_body_has_its_hash_in_the_address(void **state)
{
    (void)state;
    static const char body[] = "{\"property\": \"value\", \"boolean\": true}",
                      given[] = "y77kIzt2vzLz71DgmJGsen2scGs=";
    static const char query[] = "bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    assert_true(is_good_by(query, "application/json", body, given, ""));
    assert_false(is_good_by(query, "application/json", "{}", given, ""));
    assert_false(is_good_by("", "application/json", body,
                            "ZEVhNTf/+0VuA9ofUWb9iscKI5Y=", "")); /* signed, but any body would be */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_passes),
        cmocka_unit_test(nothing_else_passes),
        cmocka_unit_test(the_usual_port_may_be_there_or_not),
        cmocka_unit_test(a_name_may_have_several_values),
        cmocka_unit_test(a_signing_key_signs_with_sha256),
        cmocka_unit_test(another_body_has_its_hash_in_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
