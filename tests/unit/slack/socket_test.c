/* Socket Mode against a fake Slack: each envelope is acknowledged once it is kept, whatever happens to the connections. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../support/check.h"
#include "../../support/slack.h"
#include "../../support/ws_server.h"

#define HELLO                                                                                                  \
    "{\"type\":\"hello\",\"num_connections\":1,\"connection_info\":{\"app_id\":\"A1\"},"                       \
    "\"debug_info\":{\"approximate_connection_time\":18060}}"

static struct ws_server *server;
static _Atomic int refuse;           /* how often apps.connections.open fails before it succeeds */
static const char *_Atomic refusing; /* the error that it fails with */

struct rig {
    struct slack_fake fake;
    pthread_t thread;
    int32_t rc; /* of run; valid after the thread was joined */
    struct tocsin_error error;
    _Atomic bool returned;
};

static cJSON *answer(const char *method, const cJSON *arguments)
{
    char url[80];
    (void)arguments;
    if (strcmp(method, "apps.connections.open") != 0)
        return cJSON_Parse("{\"ok\":false,\"error\":\"user_not_found\"}");
    if (refuse > 0) {
        refuse--;
        cJSON *no = kit_json_texts("error", refusing, NULL);
        cJSON_AddFalseToObject(no, "ok");
        return no;
    }
    snprintf(url, sizeof(url), "ws://127.0.0.1:%d/link/?ticket=1&app_id=2", ws_server_port(server));
    cJSON *yes = kit_json_texts("url", url, NULL);
    cJSON_AddTrueToObject(yes, "ok");
    return yes;
}

static void *run(void *ctx)
{
    struct rig *rig = ctx;
    rig->rc = slack_run(&rig->fake.slack, &rig->error);
    rig->returned = true;
    return NULL;
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    slack_fake_init(&rig->fake, answer);
    rig->fake.slack.app_token = "xapp-1";
    server = ws_server_create();
    refuse = 0;
    *state = rig;
    return 0;
}

static void start(struct rig *rig)
{
    pthread_create(&rig->thread, NULL, run, rig);
}

static void finish(struct rig *rig)
{
    rig->fake.stopping = true;
    slack_stop(&rig->fake.slack);
    pthread_join(rig->thread, NULL);
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    slack_fake_finish(&rig->fake);
    ws_server_destroy(server);
    free(rig);
    return 0;
}

static void nap(void)
{
    struct timespec ms5 = {0, 5000000};
    nanosleep(&ms5, NULL);
}

#define WAIT(condition)                                                                                        \
    do {                                                                                                       \
        int left = 4000;                                                                                       \
        while (!(condition) && --left)                                                                         \
            nap();                                                                                             \
        if (!left)                                                                                             \
            fail_msg("this never happened: %s", #condition);                                                   \
    } while (0)

/* Sends an envelope with one event; acknowledged(i) counts its acknowledgements. */
static void send_event(int connection, int i, size_t part)
{
    char text[600];
    snprintf(text, sizeof(text),
             "{\"type\":\"events_api\",\"envelope_id\":\"e%d\",\"accepts_response_payload\":false,\"retry_"
             "attempt\":0,"
             "\"payload\":{\"type\":\"event_callback\",\"event_id\":\"Ev%d\",\"event\":{\"type\":\"member_"
             "joined_channel\","
             "\"user\":\"U1\",\"channel\":\"C%d\"}}}",
             i, i, i);
    ws_server_send(server, connection, text, part);
}

static int acknowledged(int i)
{
    char text[60];
    snprintf(text, sizeof(text), "{\"envelope_id\":\"e%d\"}", i);
    return ws_server_received(server, text);
}

static void open_one(struct rig *rig)
{
    start(rig);
    WAIT(ws_server_opened(server) == 1);
    ws_server_send(server, 0, HELLO, 0);
}

static void test_an_envelope_is_acknowledged_once_it_is_kept(void **state)
{
    struct rig *rig = *state;
    open_one(rig);
    send_event(0, 1, 0);
    WAIT(acknowledged(1) == 1);
    assert_int_equal(slack_fake_emitted(&rig->fake, "Ev1"), 1);
    finish(rig);
    assert_int_equal(rig->rc, 0);
}

static void test_an_envelope_that_is_not_kept_is_emitted_again(void **state)
{
    struct rig *rig = *state;
    rig->fake.emit = TOCSIN_EMIT_RETRY;
    open_one(rig);
    send_event(0, 1, 0);
    WAIT(slack_fake_emitted(&rig->fake, "Ev1") == 2);
    assert_int_equal(acknowledged(1), 0);
    rig->fake.emit = TOCSIN_EMITTED;
    WAIT(acknowledged(1) == 1);
    finish(rig);
}

/* An envelope that was given up is not acknowledged, so Slack sends it again. */
static void test_an_envelope_that_is_never_kept_is_not_acknowledged(void **state)
{
    struct rig *rig = *state;
    rig->fake.emit = TOCSIN_EMIT_RETRY;
    open_one(rig);
    send_event(0, 1, 0);
    WAIT(slack_fake_emitted(&rig->fake, "Ev1") == 4);
    rig->fake.emit = TOCSIN_EMIT_REFUSED;
    send_event(0, 2, 0);
    WAIT(acknowledged(2) == 1); /* the core will never take it, so Slack need not send it again */
    assert_int_equal(acknowledged(1), 0);
    rig->fake.emit = TOCSIN_EMITTED;
    send_event(0, 1, 0);
    WAIT(acknowledged(1) == 1);
    finish(rig);
}

static void test_events_are_emitted_in_order(void **state)
{
    struct rig *rig = *state;
    open_one(rig);
    for (int i = 0; i < 300; i++)
        send_event(0, i, i % 3 ? 0 : 50);
    WAIT(ws_server_received(server, NULL) == 300);
    finish(rig);
    for (int i = 0; i < 300; i++) {
        char id[20];
        snprintf(id, sizeof(id), "Ev%d", i);
        assert_string_equal(kit_json_text(cJSON_GetArrayItem(rig->fake.emitted, i), "id"), id);
        assert_int_equal(acknowledged(i), 1);
    }
}

/* A replacement is opened first, and envelopes that still come through the old connection are acknowledged through it. */
static void test_a_connection_that_will_end_is_replaced_first(void **state)
{
    struct rig *rig = *state;
    open_one(rig);
    ws_server_send(server, 0,
                   "{\"type\":\"disconnect\",\"reason\":\"warning\",\"debug_info\":{\"host\":\"x\"}}", 0);
    WAIT(ws_server_opened(server) == 2);
    assert_true(ws_server_is_open(server, 0));
    ws_server_send(server, 1, HELLO, 0);
    send_event(0, 1, 0);
    send_event(1, 2, 0);
    WAIT(acknowledged(1) == 1 && acknowledged(2) == 1);
    ws_server_drop(server, 0);
    WAIT(!ws_server_is_open(server, 0));
    send_event(1, 3, 0);
    WAIT(acknowledged(3) == 1);
    assert_int_equal(ws_server_opened(server), 2);
    finish(rig);
}

static void test_dropped_connections_are_reopened(void **state)
{
    struct rig *rig = *state;
    open_one(rig);
    for (int i = 0; i < 4; i++) {
        send_event(i, i, 0);
        WAIT(acknowledged(i) == 1);
        ws_server_drop(server, i);
        WAIT(ws_server_opened(server) == i + 2);
        ws_server_send(server, i + 1, HELLO, 0);
    }
    finish(rig);
}

static void test_several_connections_are_kept_open(void **state)
{
    struct rig *rig = *state;
    rig->fake.slack.sockets = 3;
    start(rig);
    WAIT(ws_server_opened(server) == 3);
    for (int i = 0; i < 3; i++) {
        ws_server_send(server, i, HELLO, 0);
        send_event(i, i, 0);
    }
    WAIT(acknowledged(0) + acknowledged(1) + acknowledged(2) == 3);
    finish(rig);
}

static void test_run_ends_when_socket_mode_is_disabled(void **state)
{
    struct rig *rig = *state;
    open_one(rig);
    ws_server_send(server, 0, "{\"type\":\"disconnect\",\"reason\":\"link_disabled\"}", 0);
    WAIT(rig->returned);
    finish(rig); /* stop after run has returned does no harm */
    assert_int_equal(rig->rc, TOCSIN_E_AUTH);
    assert_non_null(strstr(rig->error.text, "Socket Mode is disabled"));
}

static void test_run_ends_when_slack_rejects_the_token(void **state)
{
    struct rig *rig = *state;
    refusing = "invalid_auth";
    refuse = 1;
    start(rig);
    WAIT(rig->returned);
    finish(rig);
    assert_int_equal(rig->rc, TOCSIN_E_AUTH);
    assert_non_null(strstr(rig->error.text, "Socket Mode does not connect"));
}

static void test_run_retries_when_slack_has_an_internal_error(void **state)
{
    struct rig *rig = *state;
    refusing = "internal_error";
    refuse = 2;
    open_one(rig);
    assert_int_equal(slack_fake_calls(&rig->fake, "apps.connections.open"), 3);
    finish(rig);
    assert_int_equal(rig->rc, 0);
}

/* Malformed messages are ignored, and those after them are taken; a message that is too large costs a reconnect. */
static void test_malformed_messages_are_ignored(void **state)
{
    static const char *const texts[] = {"x",
                                        "[]",
                                        "null",
                                        "{\"type\":\"hello\"}",
                                        "{\"envelope_id\":7}",
                                        "{\"type\":\"disconnect\"",
                                        "{\"envelope_id\":\"e\",\"payload\":[1]}"};
    struct rig *rig = *state;
    open_one(rig);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        ws_server_send(server, 0, texts[i], 0);
    send_event(0, 1, 1);
    WAIT(acknowledged(1) == 1);
    size_t n = (size_t)3 << 20;
    char *large = malloc(n + 1);
    memset(large, ' ', n);
    large[n] = '\0';
    ws_server_send(server, 0, large, 65536);
    free(large);
    WAIT(ws_server_opened(server) == 2);
    ws_server_send(server, 1, HELLO, 0);
    send_event(1, 2, 0);
    WAIT(acknowledged(2) == 1);
    finish(rig);
}

/* Only tests may connect without encryption. */
static void test_an_address_without_encryption_is_not_used(void **state)
{
    struct rig *rig = *state;
    rig->fake.slack.api_url = "https://slack.com/api/";
    start(rig);
    WAIT(slack_fake_calls(&rig->fake, "apps.connections.open") >= 2);
    assert_int_equal(ws_server_opened(server), 0);
    finish(rig);
}

static void test_with_http_no_connection_is_opened(void **state)
{
    struct rig *rig = *state;
    rig->fake.slack.app_token = "";
    start(rig);
    finish(rig);
    assert_int_equal(rig->rc, 0);
    assert_int_equal(ws_server_opened(server), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_envelope_is_acknowledged_once_it_is_kept),
        TEST(test_an_envelope_that_is_not_kept_is_emitted_again),
        TEST(test_an_envelope_that_is_never_kept_is_not_acknowledged),
        TEST(test_events_are_emitted_in_order),
        TEST(test_a_connection_that_will_end_is_replaced_first),
        TEST(test_dropped_connections_are_reopened),
        TEST(test_several_connections_are_kept_open),
        TEST(test_run_ends_when_socket_mode_is_disabled),
        TEST(test_run_ends_when_slack_rejects_the_token),
        TEST(test_run_retries_when_slack_has_an_internal_error),
        TEST(test_malformed_messages_are_ignored),
        TEST(test_an_address_without_encryption_is_not_used),
        TEST(test_with_http_no_connection_is_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
