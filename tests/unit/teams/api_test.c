/* Calls with a real client and server: tokens, refusals, and what is said of answers. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/http_server.h"
#include "teams/api.h"

static struct {
    struct http_page pages[4];
    struct http_server server;
    struct teams teams;
    char url[60];
} t;

enum { TOKEN, SEND };

static int set_up(void **state)
{
    (void)state;
    memset(t.pages, 0, sizeof(t.pages));
    t.pages[TOKEN].path = "/botframework.com/oauth2/v2.0/token";
    t.pages[TOKEN].status = 200;
    t.pages[TOKEN].body = "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"one\"}";
    t.pages[SEND].path = "/v3/conversations/a%3Ab/activities";
    t.pages[SEND].status = 201;
    t.pages[SEND].body = "{\"id\":\"7\"}";
    t.server = (struct http_server){.pages = t.pages};
    http_server_start(&t.server);
    snprintf(t.url, sizeof(t.url), "http://127.0.0.1:%d", t.server.port);
    t.teams = (struct teams){.http = kit_http_create("test/1")};
    cJSON *hosts = cJSON_CreateArray();
    cJSON_AddItemToArray(hosts, cJSON_CreateString(t.url));
    t.teams.tokens =
        teams_tokens_create(&(struct token_settings){.login_url = t.url,
                                                     .app_id = "app",
                                                     .secret = "s3cret",
                                                     .tenant = "",
                                                     .graph_tenant = "",
                                                     .issuer = "https://api.botframework.com",
                                                     .graph_url = "https://graph.microsoft.com/v1.0",
                                                     .trusted_hosts = hosts,
                                                     .http = t.teams.http});
    cJSON_Delete(hosts);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    teams_tokens_destroy(t.teams.tokens);
    kit_http_destroy(t.teams.http);
    http_server_stop(&t.server);
    return 0;
}

static struct tocsin_result send_to(const char *base, struct teams_reply *reply)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_text path = {0};
    teams_path(&path, "/v3/conversations/%/activities", "a:b", "");
    struct teams_call call = {
        FOR_CONNECTOR, "POST", base, kit_text_get(&path), kit_json_texts("type", "message", "text", "é", NULL),
        true};
    teams_call(&t.teams, &call, reply);
    teams_result(reply, &result);
    kit_text_finish(&path);
    return result;
}

static void check_send(int32_t code, const char *detail)
{
    struct teams_reply reply;
    struct tocsin_result result = send_to(t.url, &reply);
    if (result.code != code || !strstr(result.detail, detail))
        fail_msg("%d: %s", result.code, result.detail);
    teams_reply_finish(&reply);
}

static void a_call_has_a_token_and_its_charset(void **state)
{
    (void)state;
    struct teams_reply reply;
    assert_int_equal(send_to(t.url, &reply).code, TOCSIN_DONE);
    assert_string_equal(kit_json_text(reply.body, "id"), "7");
    assert_non_null(strstr(t.pages[SEND].asked, "Authorization: Bearer one\r\n"));
    assert_non_null(strcasestr(t.pages[SEND].asked, "content-type: application/json; charset=utf-8\r\n"));
    teams_reply_finish(&reply);
}

static void a_token_that_is_refused_is_asked_for_again_once(void **state)
{
    (void)state;
    t.pages[SEND].status = 401;
    check_send(TOCSIN_AUTH, "Teams refuses our token");
    assert_int_equal(t.pages[SEND].count, 2);
}

static void strangers_get_no_token(void **state)
{
    (void)state;
    struct teams_reply reply;
    struct tocsin_result result = send_to("https://smba.trafficmanager.net.evil.example/amer", &reply);
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "`trusted_hosts`"));
    assert_int_equal(t.pages[TOKEN].count, 0);
    teams_reply_finish(&reply);
}

static void answers_are_explained(void **state)
{
    (void)state;
    t.pages[SEND].status = 403;
    t.pages[SEND].body = "{\"errorCode\":209,\"message\":\"{\\\"subCode\\\":\\\"MessageWritesBlocked\\\","
                         "\\\"details\\\":\\\"no\\\"}\"}";
    check_send(TOCSIN_REFUSED, "must add the app again (403, MessageWritesBlocked: no)");
    t.pages[SEND].body = "{\"error\":{\"code\":\"Forbidden\",\"message\":\"x\",\"innerError\":{\"code\":"
                         "\"InsufficientPrivileges\"}}}";
    check_send(TOCSIN_REFUSED, "grant an administrator's consent (403, InsufficientPrivileges: x)");
    t.pages[SEND].body = "<html>";
    check_send(TOCSIN_REFUSED, "lacks a permission (403)");
    t.pages[SEND].status = 429;
    t.pages[SEND].header = "Retry-After: 7";
    struct teams_reply reply;
    assert_int_equal(send_to(t.url, &reply).retry_after_ms, 7000);
    teams_reply_finish(&reply);
    t.pages[SEND].status = 200;
    check_send(TOCSIN_UNKNOWN, "a proxy replaced it");
}

static void no_call_is_longer_than_the_deadline(void **state)
{
    (void)state;
    int64_t begin = teams_now_ms();
    t.pages[SEND].delay_ms = 3000;
    teams_deadline(200);
    check_send(TOCSIN_UNKNOWN, "answer was lost");
    assert_in_range(teams_now_ms() - begin, 150, 2000);
    check_send(TOCSIN_RETRY, "no time was left");
    teams_deadline(0);
}

static void no_token_is_no_call(void **state)
{
    (void)state;
    t.pages[TOKEN].status = 401;
    t.pages[TOKEN].body =
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret\"}";
    check_send(TOCSIN_AUTH, "");
    assert_int_equal(t.pages[SEND].count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_has_a_token_and_its_charset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_that_is_refused_is_asked_for_again_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_get_no_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_are_explained, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_call_is_longer_than_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_token_is_no_call, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
