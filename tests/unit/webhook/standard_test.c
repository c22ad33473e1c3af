/* Signatures by Standard Webhooks, and what signed requests bring. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../../support/quoted.h"
#include "../../support/store_host.h"
#include "webhook/webhook.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY   "{\"test\": 2432232314}"
#define GOOD   "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define AT     1614265330
#define MARK   "0123456789abcdef0123456789abcdef"

static void the_published_vector_is_computed(void **state)
{
    (void)state;
    struct standard_keys keys = {.n = 0};
    struct kit_text text = {0};
    assert_true(standard_add_key(&keys, SECRET));
    standard_sign(&keys, ID, "1614265330", BODY, &text);
    assert_string_equal(kit_text_get(&text), GOOD);
    kit_text_finish(&text);
    assert_true(standard_add_key(&keys, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
    assert_false(standard_add_key(&keys, SECRET)); /* two are enough */
    standard_sign(&keys, ID, "1614265330", BODY, &text);
    assert_non_null(strstr(kit_text_get(&text), GOOD " v1,"));
    kit_text_finish(&text);
}

static void secrets_are_strict(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La",
        "whsec_====",
        "whsec_"
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    struct standard_keys keys = {.n = 0};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(standard_add_key(&keys, bad[i]));
    assert_true(standard_add_key(&keys, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    assert_int_equal(keys.v[0].n, 32);
}

struct sent {
    const char *id, *seconds, *signature, *body;
    int64_t now_ms;
};

static bool is_signed(const struct sent *sent)
{
    const struct tocsin_header headers[] = {
        {"webhook-id", sent->id}, {"webhook-timestamp", sent->seconds}, {"webhook-signature", sent->signature}};
    const struct tocsin_request request = {
        sizeof(request), 3, "POST", "/", "", headers, sent->body, strlen(sent->body), sent->now_ms};
    struct standard_keys keys = {.n = 0};
    standard_add_key(&keys, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    standard_add_key(&keys, SECRET);
    return standard_is_signed(&keys, &request);
}

static void only_the_right_signature_passes(void **state)
{
    (void)state;
    static const int64_t now = (int64_t)AT * 1000;
    static const struct {
        struct sent sent;
        bool good;
    } rows[] = {
        {{ID, "1614265330", GOOD, BODY, now}, true},
        {{ID, "1614265330",
          "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== "
          "v1,x " GOOD,
          BODY, now},
         true},
        {{ID, "1614265330", GOOD, BODY, now + 299000}, true},
        {{ID, "1614265330", GOOD, BODY, now + 301000}, false},
        {{ID, "1614265330", GOOD, BODY, now - 301000}, false},
        {{ID, "1614265331", GOOD, BODY, now}, false},
        {{"msg_other", "1614265330", GOOD, BODY, now}, false},
        {{ID, "1614265330", GOOD, "{}", now}, false},
        {{ID, "1614265330", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY, now}, false},
        {{ID, "1614265330", "", BODY, now}, false},
        {{"", "", "", "", now}, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (is_signed(&rows[i].sent) != rows[i].good)
            fail_msg("row %zu", i);
    }
}

/* ---- what they bring ---- */

static int32_t post(const char *body)
{
    struct webhook webhook = {.kit.host = &store_host};
    struct kit_text signature = {0};
    cJSON *parsed = json(body);
    char *text = cJSON_PrintUnformatted(parsed);
    standard_add_key(&webhook.keys, SECRET);
    standard_sign(&webhook.keys, "evt_1", "1614265330", text, &signature);
    const struct tocsin_header headers[] = {{"webhook-id", "evt_1"},
                                            {"webhook-timestamp", "1614265330"},
                                            {"webhook-signature", kit_text_get(&signature)}};
    const struct tocsin_request request = {sizeof(request),   3, "POST", "/", "", headers, text, strlen(text),
                                           (int64_t)AT * 1000};
    struct tocsin_response response = store_host_response();
    webhook_serve(&webhook, &request, &response);
    kit_text_finish(&signature);
    cJSON_free(text);
    cJSON_Delete(parsed);
    return response.status;
}

static void check_event(const char *expected)
{
    cJSON *wanted = json(expected);
    char *text = cJSON_PrintUnformatted(store_host_events());
    if (!cJSON_Compare(cJSON_GetArrayItem(store_host_events(), 0), wanted, true))
        fail_msg("%s", text);
    cJSON_free(text);
    cJSON_Delete(wanted);
}

static int paged(void **state)
{
    (void)state;
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'ana','id':'msg_" MARK "'}");
    store_host_set("known/msg_" MARK, "{'page':'" MARK "'}");
    return 0;
}

static int cleared(void **state)
{
    (void)state;
    store_host_clear();
    return 0;
}

static void receipts_are_events(void **state)
{
    (void)state;
    assert_int_equal(
        post("{'type':'page','data':{'message':'msg_" MARK "','state':'acknowledged','how':'the desk','x':1}}"),
        204);
    check_event("{'type':'page','id':'msg_" MARK ":acknowledged','message':'msg_" MARK
                "','state':'acknowledged','how':'the desk'}");
    assert_int_equal(post("{'type':'page','data':{'message':'msg_" MARK "','state':'lost'}}"), 400);
    assert_int_equal(post("{'type':'page','data':{'message':'msg_" MARK "','state':'seen failed'}}"), 400);
    assert_int_equal(post("{'type':'page','data':{'message':'m','state':'seen'}}"), 404);
    assert_int_equal(post("{'type':'page'}"), 400);
    assert_int_equal(post("{'type':'command','data':{'text':'resolve'}}"), 400);
    assert_int_equal(post("[]"), 400);
    store_host_set("known/msg_" MARK, "{}");
    assert_int_equal(post("{'type':'page','data':{'message':'msg_" MARK "','state':'seen'}}"), 503);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 1);
    store_host_clear(); /* its note is stored with its outcome */
    assert_int_equal(post("{'type':'page','data':{'message':'msg_" MARK "','state':'seen'}}"), 503);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 0);
}

static void replies_are_those_of_somebody_outside(void **state)
{
    (void)state;
    assert_int_equal(post("{'type':'reply','data':{'text':'it "
                          "works','address':'ops@acme.example','incident':'INC-4','agent':true,"
                          "'user':{'email':'ana@example.com'}}}"),
                     204);
    check_event("{'type':'reply','id':'evt_1','text':'it "
                "works','address':'ops@acme.example','incident':'INC-4','automatic':false,"
                "'unverified':false,'user':{'id':'ops@acme.example','outside':true}}");
    assert_int_equal(post("{'type':'reply','data':{'text':'it works'}}"), 400);
    store_host_answer(TOCSIN_EMIT_RETRY);
    assert_int_equal(post("{'type':'reply','data':{'text':'it works','customer':'acme'}}"), 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector_is_computed),
        cmocka_unit_test(secrets_are_strict),
        cmocka_unit_test(only_the_right_signature_passes),
        cmocka_unit_test_setup_teardown(receipts_are_events, paged, cleared),
        cmocka_unit_test_setup_teardown(replies_are_those_of_somebody_outside, paged, cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
