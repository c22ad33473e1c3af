/* Requests by HTTP: forged, stale and replayed signatures, malformed bodies, and the answers that Slack expects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/signature.h>

#include "../../support/check.h"
#include "../../support/slack.h"

#define NOW INT64_C(1700000000000)
#define HELLO                                                                                                  \
    "{\"type\":\"event_callback\",\"event_id\":\"Ev1\",\"event\":{\"type\":\"message\",\"channel\":\"C1\","    \
    "\"user\":\"U1\",\"ts\":\"1.1\",\"text\":\"hi\"}}"

struct asked {                                      /* a request, which tests modify */
    const char *method, *path, *secret, *signature; /* signature NULL: made from the secret; "": none */
    const char *body;
    size_t length; /* 0: the body's */
    int64_t at_s;  /* the signed time */
};

struct answered {
    int32_t status;
    struct kit_text body;
};

static int32_t write_body(struct tocsin_response *response, const char *bytes, size_t length)
{
    kit_text_addn(&((struct answered *)response->ctx)->body, bytes, length);
    return 0;
}

static struct asked plain(const char *path, const char *body)
{
    return (struct asked){"POST", path, SLACK_FAKE_SECRET, NULL, body, 0, NOW / 1000};
}

static void sign(const struct asked *asked, const char *at, size_t length, char out[KIT_HMAC_HEX + 3])
{
    struct kit_part parts[] = {{"v0:", 3}, {at, strlen(at)}, {":", 1}, {asked->body, length}};
    char hex[KIT_HMAC_HEX];
    assert_true(kit_hmac_hex(asked->secret, parts, 4, hex));
    snprintf(out, KIT_HMAC_HEX + 3, "v0=%s", hex);
}

static int32_t ask_at(struct slack_fake *fake, struct asked asked, int64_t now, struct kit_text *ret_body)
{
    struct answered answered = {0};
    size_t length = asked.length ? asked.length : strlen(asked.body);
    char at[32], signature[KIT_HMAC_HEX + 3];
    snprintf(at, sizeof(at), "%lld", (long long)asked.at_s);
    sign(&asked, at, length, signature);
    struct tocsin_header headers[] = {
        {"content-type", "application/json"},
        {"x-slack-request-timestamp", at},
        {"x-slack-signature", asked.signature ? asked.signature : signature},
    };
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = 3,
                                     .method = asked.method,
                                     .path = asked.path,
                                     .query = "",
                                     .headers = headers,
                                     .body = asked.body,
                                     .body_length = length,
                                     .received_ms = now};
    struct tocsin_response response = {
        .size = sizeof(response), .status = 500, .ctx = &answered, .write = write_body};
    slack_serve(&fake->slack, &request, &response);
    if (ret_body)
        *ret_body = answered.body;
    else
        kit_text_finish(&answered.body);
    return response.status;
}

static int32_t ask(struct slack_fake *fake, struct asked asked)
{
    return ask_at(fake, asked, NOW, NULL);
}

static int emitted(const struct slack_fake *fake)
{
    return cJSON_GetArraySize(fake->emitted);
}

static int setup(void **state)
{
    struct slack_fake *fake = malloc(sizeof(*fake));
    slack_fake_init(fake, NULL);
    *state = fake;
    return 0;
}

static int teardown(void **state)
{
    slack_fake_finish(*state);
    free(*state);
    return 0;
}

/* The example from Slack's page on verifying requests. */
static void test_slacks_own_example_is_accepted(void **state)
{
    static const char body[] = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&"
                               "channel_id=G8PSS9T3V&channel_name="
                               "foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
                               "response_url=https%3A%2F%2Fhooks."
                               "slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
                               "trigger_id=398738663015.47445629121."
                               "803a0bc887a14d10d2c447fce8b6703c";
    struct slack_fake *fake = *state;
    struct asked asked = plain("/commands", body);
    asked.signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    asked.at_s = 1531420618;
    assert_int_equal(ask_at(fake, asked, INT64_C(1531420618) * 1000, NULL), 200);
    assert_int_equal(emitted(fake), 1);
}

static void test_a_kept_event_is_answered_with_200(void **state)
{
    struct slack_fake *fake = *state;
    struct kit_text body;
    assert_int_equal(ask_at(fake, plain("/events", HELLO), NOW, &body), 200);
    assert_int_equal(body.n, 0); /* Slack would show any other answer to a slash command */
    assert_int_equal(emitted(fake), 1);
    kit_text_finish(&body);
}

static void test_an_event_that_is_not_kept_is_answered_with_503(void **state)
{
    struct slack_fake *fake = *state;
    fake->emit = TOCSIN_EMIT_RETRY;
    assert_int_equal(ask(fake, plain("/events", HELLO)), 503);
    fake->emit = TOCSIN_EMITTED;
    assert_int_equal(ask(fake, plain("/events", HELLO)), 200); /* not a replay, since it was not kept */
    fake->emit = TOCSIN_EMIT_REFUSED;
    struct asked other = plain("/events", HELLO);
    other.at_s++;
    assert_int_equal(ask(fake, other), 200); /* the core will never take it, so Slack need not send it again */
}

static void test_forged_signatures_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    struct asked asked = plain("/events", HELLO);
    static const char *const signatures[] = {
        "",
        "v0=",
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        asked.signature = signatures[i];
        assert_int_equal(ask(fake, asked), 401);
    }
    asked = plain("/events", HELLO);
    asked.secret = "another secret";
    assert_int_equal(ask(fake, asked), 401);
    char genuine[KIT_HMAC_HEX + 3]; /* used with another body, then with another time */
    asked = plain("/events", "{}");
    sign(&asked, "1700000000", 2, genuine);
    asked = plain("/events", HELLO);
    asked.signature = genuine;
    assert_int_equal(ask(fake, asked), 401);
    asked = plain("/events", "{}");
    asked.signature = genuine;
    asked.at_s++;
    assert_int_equal(ask(fake, asked), 401);
    assert_int_equal(emitted(fake), 0);
}

/* The log has one line a minute; `check` reports refusals until a request is accepted. */
static void test_refusals_are_reported(void **state)
{
    struct slack_fake *fake = *state;
    struct kit_text text = {0};
    struct asked asked = plain("/events", HELLO);
    asked.secret = "another secret";
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(fake, asked), 401);
    assert_int_equal(cJSON_GetArraySize(fake->logged), 1);
    assert_true(slack_serve_refused(&fake->slack, &text));
    assert_non_null(strstr(kit_text_get(&text), "3 requests"));
    assert_non_null(strstr(kit_text_get(&text), "does not match `signing_secret`"));
    kit_text_finish(&text);
    asked = plain("/events", HELLO);
    asked.at_s -= 301;
    assert_int_equal(ask(fake, asked), 401);
    assert_true(slack_serve_refused(&fake->slack, &text));
    assert_non_null(strstr(kit_text_get(&text), "clock"));
    kit_text_finish(&text);
    assert_int_equal(ask(fake, plain("/events", HELLO)), 200);
    assert_int_equal(ask(fake, plain("/events", HELLO)), 401); /* a replay is not reported */
    assert_false(slack_serve_refused(&fake->slack, &text));
}

static void test_stale_requests_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    static const int64_t apart[] = {-301, 301, -86400, 86400, -NOW / 1000};
    for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
        struct asked asked = plain("/events", HELLO);
        asked.at_s += apart[i];
        assert_int_equal(ask(fake, asked), 401);
    }
    struct asked late = plain("/events", HELLO);
    late.at_s -= 299;
    assert_int_equal(ask(fake, late), 200);
}

static void test_replayed_requests_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    assert_int_equal(ask(fake, plain("/events", HELLO)), 200);
    for (int64_t later = 0; later <= 300; later += 60)
        assert_int_equal(ask_at(fake, plain("/events", HELLO), NOW + later * 1000, NULL), 401);
    assert_int_equal(ask(fake, plain("/interactive", HELLO)), 401); /* nor at another endpoint */
    assert_int_equal(emitted(fake), 1);
    struct asked again =
        plain("/events", HELLO); /* Slack signs its retries again; the core knows the event_id */
    again.at_s += 10;
    assert_int_equal(ask(fake, again), 200);
}

static void test_malformed_bodies_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    static const struct {
        const char *path, *body;
        size_t length;
    } rows[] = {
        {"/events", "", 0},
        {"/events", "{", 0},
        {"/events", "[]", 0},
        {"/events", "\"text\"", 0},
        {"/events", "{\"type\":\"\xff\"}", 0},
        {"/events", "{}\0{}", 5},
        {"/events", "{}{}", 0},
        {"/commands", "text=declare", 0},
        {"/commands", "command=%2Finc&user_id=", 0},
        {"/interactive", "payload=", 0},
        {"/interactive", "payload=%7B", 0},
        {"/interactive", "{\"type\":\"block_actions\"}", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct asked asked = plain(rows[i].path, rows[i].body);
        asked.length = rows[i].length;
        int32_t status = ask(fake, asked);
        if (status != 400)
            fail_msg("%s %s: %d", rows[i].path, rows[i].body, status);
    }
    assert_int_equal(emitted(fake), 0);
}

/* Nesting that would overflow a stack, and a body that is too large. */
static void test_deep_and_large_bodies_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    size_t n = (size_t)600 << 10;
    char *body = malloc(n + 1);
    memset(body, '[', n);
    body[n] = '\0';
    assert_int_equal(ask(fake, plain("/events", body)), 413);
    body[100000] = '\0';
    assert_int_equal(ask(fake, plain("/events", body)), 400);
    free(body);
}

static void test_unknown_paths_and_methods_are_refused(void **state)
{
    struct slack_fake *fake = *state;
    struct asked asked = plain("/events", HELLO);
    asked.method = "GET";
    assert_int_equal(ask(fake, asked), 405);
    assert_int_equal(ask(fake, plain("/", HELLO)), 404);
    assert_int_equal(ask(fake, plain("/events/", HELLO)), 404);
    fake->slack.signing_secret = "";
    assert_int_equal(ask(fake, plain("/events", HELLO)), 403);
    assert_int_equal(emitted(fake), 0);
}

static void test_slacks_challenge_is_answered(void **state)
{
    struct slack_fake *fake = *state;
    struct kit_text body;
    struct asked asked = plain("/events", "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aB\"}");
    assert_int_equal(ask_at(fake, asked, NOW, &body), 200);
    assert_string_equal(kit_text_get(&body), "3eZbrw1aB");
    kit_text_finish(&body);
    asked.signature = "v0=00";
    assert_int_equal(ask(fake, asked), 401); /* only Slack is answered */
    assert_int_equal(ask(fake, plain("/commands", "ssl_check=1&token=x")), 200);
    assert_int_equal(emitted(fake), 0);
}

static void test_commands_and_interactions_become_events(void **state)
{
    struct slack_fake *fake = *state;
    assert_int_equal(
        ask(fake, plain("/commands", "command=%2Finc&text=declare+db+down&user_id=U1&channel_id=C1&"
                                     "trigger_id=t1")),
        200);
    assert_int_equal(
        ask(fake, plain("/interactive",
                        "payload=%7B%22type%22%3A%22shortcut%22%2C%22callback_id%22%3A%22declare%22%2C"
                        "%22trigger_id%22%3A%22t2%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%7D")),
        200);
    assert_int_equal(ask(fake, plain("/interactive", "payload=%7B%22type%22%3A%22view_closed%22%7D")), 200);
    assert_int_equal(emitted(fake), 2);
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(fake->emitted, 0), "text"), "declare db down");
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(fake->emitted, 1), "id"), "t2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_slacks_own_example_is_accepted),
        TEST(test_a_kept_event_is_answered_with_200),
        TEST(test_an_event_that_is_not_kept_is_answered_with_503),
        TEST(test_forged_signatures_are_refused),
        TEST(test_refusals_are_reported),
        TEST(test_stale_requests_are_refused),
        TEST(test_replayed_requests_are_refused),
        TEST(test_malformed_bodies_are_refused),
        TEST(test_deep_and_large_bodies_are_refused),
        TEST(test_unknown_paths_and_methods_are_refused),
        TEST(test_slacks_challenge_is_answered),
        TEST(test_commands_and_interactions_become_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
