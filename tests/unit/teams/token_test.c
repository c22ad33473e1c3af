/* Our own tokens, and the hosts that may see them. */
#include "../../support/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../plugins/teams/token.h"
#include "../../support/http_server.h"

#define SECRET "s3cret&+ %x"

enum { MULTI, SINGLE, GRAPH };

static struct {
    struct http_page pages[4];
    struct http_server server;
    struct kit_http *http;
    char login[60];
} t;

static int set_up(void **state)
{
    static const char *const paths[] = {"/botframework.com/oauth2/v2.0/token", "/ours/oauth2/v2.0/token",
                                        "/a%2Fb/oauth2/v2.0/token"};
    (void)state;
    memset(t.pages, 0, sizeof(t.pages));
    for (size_t i = 0; i < 3; i++) {
        t.pages[i].path = paths[i];
        t.pages[i].status = 200;
        t.pages[i].body = "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"one\"}";
    }
    t.server = (struct http_server){.pages = t.pages};
    http_server_start(&t.server);
    snprintf(t.login, sizeof(t.login), "http://127.0.0.1:%d", t.server.port);
    t.http = kit_http_create("test/1");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kit_http_destroy(t.http);
    http_server_stop(&t.server);
    return 0;
}

static struct teams_tokens *tokens_for(const char *tenant, const char *graph_tenant, const char *hosts)
{
    cJSON *list = cJSON_Parse(hosts);
    struct teams_tokens *tokens =
        teams_tokens_create(&(struct token_settings){.login_url = t.login,
                                                     .app_id = "app-1",
                                                     .secret = SECRET,
                                                     .tenant = tenant,
                                                     .graph_tenant = graph_tenant,
                                                     .issuer = "https://api.botframework.com",
                                                     .graph_url = "https://graph.microsoft.com/v1.0",
                                                     .trusted_hosts = list,
                                                     .http = t.http});
    cJSON_Delete(list);
    return tokens;
}

/* Asks, and compares with what is expected; NULL: that it fails with `code`. Returns the text of the error. */
static const char *expect(struct teams_tokens *tokens, enum token_for which, const char *wanted, int32_t code)
{
    static struct tocsin_error error;
    char *token = NULL;
    error = (struct tocsin_error){.size = sizeof(error)};
    int32_t got = teams_tokens_get(tokens, which, &token, &error);
    assert_int_equal(got, code);
    if (wanted)
        assert_string_equal(token, wanted);
    assert_null(strstr(error.text, "s3cret"));
    free(token);
    return error.text;
}

static void a_token_is_asked_for_once(void **state)
{
    (void)state;
    struct teams_tokens *tokens = tokens_for("", "", "[]");
    expect(tokens, FOR_CONNECTOR, "one", 0);
    expect(tokens, FOR_CONNECTOR, "one", 0);
    assert_int_equal(t.pages[MULTI].count, 1);
    const char *asked = t.pages[MULTI].asked;
    assert_non_null(strstr(asked, "POST /botframework.com/oauth2/v2.0/token "));
    assert_non_null(strstr(asked, "Content-Type: application/x-www-form-urlencoded\r\n"));
    assert_non_null(strstr(asked, "\r\n\r\ngrant_type=client_credentials&client_id=app-1&client_secret="
                                  "s3cret%26%2B%20%25x&scope=https%3A%2F%2Fapi.botframework.com%2F.default"));
    teams_tokens_destroy(tokens);
}

static void each_kind_has_its_authority_and_scope(void **state)
{
    (void)state;
    struct teams_tokens *tokens = tokens_for("ours", "a/b", "[]");
    t.pages[GRAPH].body = "{\"expires_in\":3600,\"access_token\":\"two\"}";
    expect(tokens, FOR_CONNECTOR, "one", 0);
    expect(tokens, FOR_GRAPH, "two", 0);
    assert_int_equal(t.pages[SINGLE].count, 1);
    assert_int_equal(t.pages[GRAPH].count, 1);
    assert_non_null(strstr(t.pages[GRAPH].asked, "scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"));
    teams_tokens_destroy(tokens);
    tokens = tokens_for("", "", "[]");
    assert_non_null(strstr(expect(tokens, FOR_GRAPH, NULL, TOCSIN_E_CONFIG), "`tenant`"));
    teams_tokens_destroy(tokens);
}

static void a_token_is_renewed_before_it_ends(void **state)
{
    (void)state;
    struct teams_tokens *tokens = tokens_for("ours", "", "[]");
    t.pages[SINGLE].body = "{\"expires_in\":2,\"access_token\":\"short\"}";
    expect(tokens, FOR_CONNECTOR, "short", 0);
    t.pages[SINGLE].body = "{\"expires_in\":3600,\"access_token\":\"next\"}";
    expect(tokens, FOR_CONNECTOR, "short", 0);
    usleep(1050 * 1000); /* half of its time is over: it still serves when Microsoft is away … */
    t.pages[SINGLE].status = 503;
    expect(tokens, FOR_CONNECTOR, "short", 0);
    assert_int_equal(t.pages[SINGLE].count, 2);
    usleep(1000 * 1000); /* … until it ends, */
    assert_non_null(strstr(expect(tokens, FOR_CONNECTOR, NULL, TOCSIN_E_FAILED), "status 503"));
    t.pages[SINGLE].status = 200;
    usleep(1000 * 1000); /* and Microsoft is asked again after a pause */
    expect(tokens, FOR_CONNECTOR, "next", 0);
    assert_int_equal(t.pages[SINGLE].count, 3);
    teams_tokens_destroy(tokens);
}

static void a_refused_token_is_replaced(void **state)
{
    (void)state;
    struct teams_tokens *tokens = tokens_for("ours", "", "[]");
    expect(tokens, FOR_CONNECTOR, "one", 0);
    t.pages[SINGLE].body = "{\"expires_in\":3600,\"access_token\":\"next\"}";
    teams_tokens_refused(tokens, FOR_CONNECTOR, "one");
    expect(tokens, FOR_CONNECTOR, "next", 0);
    teams_tokens_refused(tokens, FOR_CONNECTOR, "one"); /* said late, by another thread */
    expect(tokens, FOR_CONNECTOR, "next", 0);
    assert_int_equal(t.pages[SINGLE].count, 2);
    teams_tokens_destroy(tokens);
}

/* A check sees credentials as they are now, and what works goes on. */
static void credentials_are_tried_anew(void **state)
{
    (void)state;
    char *token = NULL;
    struct tocsin_error error = {.size = sizeof(error)};
    struct teams_tokens *tokens = tokens_for("ours", "", "[]");
    expect(tokens, FOR_CONNECTOR, "one", 0);
    t.pages[SINGLE].status = 401;
    t.pages[SINGLE].body = "{\"error\":\"invalid_client\",\"error_codes\":[7000222]}";
    assert_int_equal(teams_tokens_renew(tokens, FOR_CONNECTOR, &token, &error), TOCSIN_E_AUTH);
    assert_non_null(strstr(error.text, "has expired"));
    assert_null(token);
    expect(tokens, FOR_CONNECTOR, "one", 0);
    t.pages[SINGLE].status = 200;
    t.pages[SINGLE].body = "{\"expires_in\":3600,\"access_token\":\"next\"}";
    assert_int_equal(teams_tokens_renew(tokens, FOR_CONNECTOR, &token, &error), 0);
    assert_string_equal(token, "next");
    free(token);
    teams_tokens_destroy(tokens);
}

static void refusals_are_said_in_plain_words(void **state)
{
    static const struct {
        int status;
        const char *body;
        int32_t code;
        const char *said;
    } rows[] = {
        {401, "{\"error\":\"invalid_client\",\"error_codes\":[7000215]}", TOCSIN_E_AUTH,
         "value of a client secret"},
        {401, "{\"error\":\"invalid_client\",\"error_codes\":[7000222]}", TOCSIN_E_AUTH, "has expired"},
        {400, "{\"error\":\"unauthorized_client\",\"error_codes\":[700016]}", TOCSIN_E_AUTH, "`app_id`"},
        {400, "{\"error\":\"invalid_request\",\"error_codes\":[90002]}", TOCSIN_E_AUTH, "`tenant`"},
        {400, "{\"error\":\"odd\",\"error_codes\":[424242]}", TOCSIN_E_AUTH, "AADSTS424242"},
        {400, "{\"error\":\"invalid_scope\"}", TOCSIN_E_AUTH, "invalid_scope"},
        {404, "not here", TOCSIN_E_FAILED, "`login_url` answers with status 404"},
        {200, "{\"access_token\":\"\",\"expires_in\":3600}", TOCSIN_E_FAILED, "has none"},
        {200, "{\"access_token\":\"a\",\"expires_in\":0}", TOCSIN_E_FAILED, "has none"},
        {200, "nonsense", TOCSIN_E_FAILED, "has none"},
        {429, "", TOCSIN_E_FAILED, "status 429"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct teams_tokens *tokens = tokens_for("ours", "", "[]");
        t.pages[SINGLE].status = rows[i].status;
        t.pages[SINGLE].body = rows[i].body;
        const char *said = expect(tokens, FOR_CONNECTOR, NULL, rows[i].code);
        if (!strstr(said, rows[i].said))
            fail_msg("%s: %s", rows[i].body, said);
        expect(tokens, FOR_CONNECTOR, NULL, rows[i].code); /* at once, without asking again */
        assert_int_equal(t.pages[SINGLE].count, i + 1);
        teams_tokens_destroy(tokens);
    }
}

static void an_absent_login_is_a_failure(void **state)
{
    (void)state;
    snprintf(t.login, sizeof(t.login), "http://127.0.0.1:1");
    struct teams_tokens *tokens = tokens_for("ours", "", "[]");
    expect(tokens, FOR_CONNECTOR, NULL, TOCSIN_E_FAILED);
    teams_tokens_destroy(tokens);
}

static void *get_one(void *ctx)
{
    char *token = NULL;
    struct tocsin_error error = {.size = sizeof(error)};
    teams_tokens_get(ctx, FOR_CONNECTOR, &token, &error);
    return token;
}

static void many_threads_ask_once(void **state)
{
    (void)state;
    struct teams_tokens *tokens = tokens_for("ours", "", "[]");
    pthread_t threads[8];
    t.pages[SINGLE].delay_ms = 200;
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, get_one, tokens);
    for (int i = 0; i < 8; i++) {
        void *token;
        pthread_join(threads[i], &token);
        assert_string_equal(token, "one");
        free(token);
    }
    assert_int_equal(t.pages[SINGLE].count, 1);
    teams_tokens_destroy(tokens);
}

static void tokens_go_to_known_hosts_alone(void **state)
{
    static const struct {
        const char *url;
        bool trusted;
    } rows[] = {
        {"https://smba.trafficmanager.net/amer/", true},
        {"https://SMBA.TrafficManager.net/emea", true},
        {"https://smba.trafficmanager.net:443/emea", true},
        {"https://smba.infra.gcc.teams.microsoft.com/gcc", true},
        {"https://own.example/x", true},
        {"http://127.0.0.1:3978/_connector", true},
        {"http://smba.trafficmanager.net/amer/", false},
        {"https://smba.trafficmanager.net:8443/amer/", false},
        {"https://smba.trafficmanager.net.evil.example/", false},
        {"https://evil-smba.trafficmanager.net/", false},
        {"https://trafficmanager.net/", false},
        {"https://smba.trafficmanager.net@evil.example/", false},
        {"https://x:y@smba.trafficmanager.net/", false},
        {"https://evil.example/https://smba.trafficmanager.net/", false},
        {"https://evil.example\\@smba.trafficmanager.net/", false},
        {"https://evil.example#smba.trafficmanager.net/", false},
        {"https://smba.trafficmanager.net%2eevil.example/", false},
        {"http://own.example/x", false},
        {"http://127.0.0.1:3979/_connector", false},
        {"http://far.example/x", false}, /* named, but anybody on the way could read the token */
        {"file:///etc/passwd", false},
        {"smba.trafficmanager.net", false},
        {"//smba.trafficmanager.net/", false},
        {"", false},
    };
    (void)state;
    struct teams_tokens *tokens = tokens_for(
        "ours", "", "[\"own.example\",\"http://127.0.0.1:3978\",\"http://far.example\",\"\",7,\"::\"]");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (teams_tokens_trusts(tokens, rows[i].url) != rows[i].trusted)
            fail_msg("%s", rows[i].url);
    }
    teams_tokens_destroy(tokens);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_token_is_asked_for_once),         T(each_kind_has_its_authority_and_scope),
        T(a_token_is_renewed_before_it_ends), T(a_refused_token_is_replaced),
        T(credentials_are_tried_anew),        T(refusals_are_said_in_plain_words),
        T(an_absent_login_is_a_failure),      T(many_threads_ask_once),
        T(tokens_go_to_known_hosts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
