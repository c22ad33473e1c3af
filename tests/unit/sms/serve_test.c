/* Callbacks: what became of a message or a call, keys, and answers by SMS. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

#include "../../support/quoted.h"
#include "../../support/store_host.h"
#include "sms/sms.h"

#define MARK "0123456789abcdef0123456789abcdef"
#define BASE "https://t.example/connector/sms"
#define ANA  "%2B491701234567"

static struct sms sms = {
    .kit.host = &store_host, .public_url = BASE, .keys = {"x-twilio-signature", {"token", "", ""}}};

/* The page 12a to Ana, which the core knows as CA1. */
static int paged(void **state)
{
    (void)state;
    store_host_clear();
    store_host_set("page/" MARK,
                   "{'user':'+491701234567','code':'12a','say':'INC-12 slow','id':'CA1','call':true}");
    store_host_set("known/CA1", "{'page':'" MARK "'}");
    store_host_set("reply/+491701234567/12a", "{'page':'" MARK "'}");
    store_host_set("person/+491701234567", "{}");
    return 0;
}

static int cleared(void **state)
{
    (void)state;
    store_host_clear();
    return 0;
}

static void put_field(void *ctx, const char *name, const char *value)
{
    kit_text_addf(ctx, "%s%s", name, value);
}

/* Posts a form whose fields are in order, signed. Returns the status; store_host_said() is the body. */
static int32_t post(const char *path, const char *query, const char *form)
{
    struct kit_text text = {0};
    char signature[KIT_HMAC_BASE64];
    kit_text_addf(&text, BASE "%s%s%s", path, *query ? "?" : "", query);
    kit_webhook_fields(form, strlen(form), put_field, &text);
    const struct kit_part key = {"token", 5}, part = {kit_text_get(&text), text.n};
    assert_true(kit_mac_base64(KIT_SHA1, &key, &part, 1, signature));
    const struct tocsin_header headers[] = {{"content-type", "application/x-www-form-urlencoded"},
                                            {"x-twilio-signature", signature}};
    const struct tocsin_request request = {sizeof(request), 2,    "POST",       path, query,
                                           headers,         form, strlen(form), 0};
    struct tocsin_response response = store_host_response();
    sms_serve(&sms, &request, &response);
    kit_text_finish(&text);
    return response.status;
}

static void check_events(const char *expected)
{
    cJSON *wanted = json(expected);
    char *text = cJSON_PrintUnformatted(store_host_events());
    if (!cJSON_Compare(store_host_events(), wanted, true))
        fail_msg("%s", text);
    cJSON_free(text);
    cJSON_Delete(wanted);
}

static void statuses_are_events(void **state)
{
    (void)state;
    static const struct {
        const char *form, *events;
    } rows[] = {
        {"CallSid=CA1&CallStatus=queued", "[]"},
        {"CallSid=CA1&CallStatus=completed", "[]"}, /* perhaps a voicemail heard it */
        {"CallSid=CA1&CallStatus=ringing",
         "[{'type':'page','id':'CA1:delivered','message':'CA1','state':'delivered'}]"},
        {"CallSid=CA1&CallStatus=busy",
         "[{'type':'page','id':'CA1:failed','message':'CA1','state':'failed','text':'the number is busy'}]"},
        {"CallSid=CA1&CallStatus=failed&SipResponseCode=480",
         "[{'type':'page','id':'CA1:failed','message':'CA1','state':'failed','text':'the telephone is off or "
         "out of reach'}]"},
        {"ErrorCode=30006&MessageSid=CA1&MessageStatus=undelivered",
         "[{'type':'page','id':'CA1:failed','message':'CA1','state':'failed','text':'that is a landline: let "
         "it be called instead "
         "(30006)'}]"},
        {"ErrorCode=39999&MessageSid=CA1&MessageStatus=failed",
         "[{'type':'page','id':'CA1:failed','message':'CA1','state':'failed','text':'it failed (39999)'}]"},
        {"MessageSid=CA1&MessageStatus=read",
         "[{'type':'page','id':'CA1:seen','message':'CA1','state':'seen'}]"},
        {"MessageSid=CA1&MessageStatus=news", "[]"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        paged(NULL);
        assert_int_equal(post("/status", "p=" MARK, rows[i].form), 204);
        check_events(rows[i].events);
    }
}

/* The platform may be sooner than the outcome of our request. */
static void an_event_waits_until_the_core_knows_the_page(void **state)
{
    (void)state;
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'+491701234567','say':'INC-12 slow'}");
    assert_int_equal(post("/status", "p=" MARK, "MessageSid=SM9&MessageStatus=failed"), 503);
    check_events("[]");
    cJSON *row = store_host_get("page/" MARK);
    assert_string_equal(kit_json_text(row, "id"), "SM9"); /* no attempt needs to look for it */
    cJSON_Delete(row);
    store_host_set("known/SM9", "{'page':'" MARK "'}");
    assert_int_equal(post("/status", "p=" MARK, "MessageSid=SM9&MessageStatus=failed"), 204);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 1);
}

static void what_cannot_be_stored_is_sent_again(void **state)
{
    (void)state;
    store_host_answer(TOCSIN_EMIT_RETRY);
    assert_int_equal(post("/status", "p=" MARK, "CallSid=CA1&CallStatus=busy"), 503);
    assert_int_equal(post("/key", "p=" MARK, "CallSid=CA1&Digits=1"), 200);
    assert_non_null(strstr(store_host_said(),
                           "<Pause length=\"1\"/><Redirect>" BASE "/key?p=" MARK "&amp;Digits=1&amp;n=1"));
    assert_int_equal(post("/key", "p=" MARK "&Digits=1&n=10", "CallSid=CA1"), 200);
    assert_non_null(strstr(store_host_said(), "could not be stored"));
    store_host_answer(TOCSIN_EMITTED);
    assert_int_equal(post("/key", "p=" MARK "&Digits=1&n=9", "CallSid=CA1"), 200);
    assert_non_null(strstr(store_host_said(), "<Say>Acknowledged."));
}

static void only_the_right_key_acknowledges(void **state)
{
    (void)state;
    assert_int_equal(post("/key", "p=" MARK, "CallSid=CA1&Digits=2"), 200);
    assert_non_null(
        strstr(store_host_said(),
               "<Say>That key has no meaning. INC-12 slow. Press 1 to acknowledge.</Say></Gather>"));
    assert_int_equal(post("/key", "p=" MARK, "CallSid=CA1"), 200);
    check_events("[]");
    assert_int_equal(post("/key", "p=" MARK, "CallSid=CA1&Digits=1"), 200);
    assert_non_null(strstr(store_host_said(), "<Say>Acknowledged. Goodbye.</Say><Hangup/>"));
    check_events(
        "[{'type':'page','id':'CA1:acknowledged','message':'CA1','state':'acknowledged','how':'a key'}]");
    assert_int_equal(post("/key", "p=ffffffffffffffffffffffffffffffff", "CallSid=CA1&Digits=1"), 200);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 1);
}

/* Two attempts may have arrived; the core knows of one. */
static void a_call_that_nobody_knew_of_acknowledges_the_same_page(void **state)
{
    (void)state;
    assert_int_equal(post("/status", "p=" MARK, "CallSid=CA2&CallStatus=no-answer"), 204);
    check_events("[]");
    assert_int_equal(post("/key", "p=" MARK, "CallSid=CA2&Digits=1"), 200);
    check_events(
        "[{'type':'page','id':'CA1:acknowledged','message':'CA1','state':'acknowledged','how':'a key'}]");
}

static void a_reply_with_the_code_acknowledges(void **state)
{
    (void)state;
    static const char *const bodies[] = {"12a", "12A", "+Ack+12a!", "on+it+(12a)"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        char form[200];
        paged(NULL);
        snprintf(form, sizeof(form), "Body=%s&From=%s", bodies[i], ANA);
        assert_int_equal(post("/message", "", form), 200);
        assert_non_null(strstr(store_host_said(), "<Message>Acknowledged: INC-12 slow</Message>"));
        check_events("[{'type':'page','id':'CA1:acknowledged','message':'CA1','state':'acknowledged','how':'a "
                     "reply by SMS'}]");
    }
}

static void nobody_else_acknowledges_or_is_answered(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "Body=12a&From=%2B491709999999", "Body=12a&From=Bank",           "Body=12a",
        "Body=STOP&From=" ANA,           "Body=+Unsubscribe+&From=" ANA, "Body=yes&From=" ANA};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        assert_int_equal(post("/message", "", forms[i]), 200);
        assert_null(strstr(store_host_said(), "<Message>"));
    }
    check_events("[]");
}

static void a_machine_is_not_answered_for_ever(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(post("/message", "", "Body=I+am+away&From=" ANA), 200);
        assert_int_equal(strstr(store_host_said(), "<Message>To acknowledge a page") != NULL, i < 5);
    }
    check_events("[]");
    post("/message", "", "Body=12a&From=" ANA);
    assert_int_equal(cJSON_GetArraySize(store_host_events()), 1);
}

static void who_comes_second_hears_who_has_it(void **state)
{
    (void)state;
    store_host_set("page/" MARK, "{'code':'12a','say':'INC-12 slow','id':'CA1','ended':'Acknowledged by Bo'}");
    post("/message", "", "Body=12a&From=" ANA);
    assert_non_null(strstr(store_host_said(), "<Message>Acknowledged by Bo</Message>"));
    post("/key", "p=" MARK, "CallSid=CA1&Digits=1");
    assert_non_null(strstr(store_host_said(), "<Say>Acknowledged by Bo</Say>"));
    check_events("[]");
}

static void what_is_not_signed_is_refused(void **state)
{
    (void)state;
    const struct tocsin_header headers[] = {{"content-type", "application/x-www-form-urlencoded"},
                                            {"x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="}};
    static const char form[] = "Body=12a&From=" ANA;
    static const char *const paths[] = {"/message", "/key", "/status", "/", "/key/"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const struct tocsin_request request = {sizeof(request), 2,    "POST",       paths[i], "p=" MARK,
                                               headers,         form, strlen(form), 0};
        struct tocsin_response response = store_host_response();
        sms_serve(&sms, &request, &response);
        assert_in_range(response.status, 403, 404);
    }
    check_events("[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(statuses_are_events, paged, cleared),
        cmocka_unit_test_setup_teardown(an_event_waits_until_the_core_knows_the_page, paged, cleared),
        cmocka_unit_test_setup_teardown(what_cannot_be_stored_is_sent_again, paged, cleared),
        cmocka_unit_test_setup_teardown(only_the_right_key_acknowledges, paged, cleared),
        cmocka_unit_test_setup_teardown(a_call_that_nobody_knew_of_acknowledges_the_same_page, paged, cleared),
        cmocka_unit_test_setup_teardown(a_reply_with_the_code_acknowledges, paged, cleared),
        cmocka_unit_test_setup_teardown(nobody_else_acknowledges_or_is_answered, paged, cleared),
        cmocka_unit_test_setup_teardown(a_machine_is_not_answered_for_ever, paged, cleared),
        cmocka_unit_test_setup_teardown(who_comes_second_hears_who_has_it, paged, cleared),
        cmocka_unit_test_setup_teardown(what_is_not_signed_is_refused, paged, cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
