#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../support/http_client.h"
#include "../../support/memory_store.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "web/guesses.h"
#include "web/server.h"
#include "web/token.h"

static uv_loop_t loop;
static struct server *server;
static struct tokens *tokens;
static struct store *store;
static struct journal *journal;
static char *reader, *writer;                /* tokens */
static ARRAY(struct http_request *) waiting; /* requests that the late handler has not answered */

#define LARGE ((size_t)8 << 20)
static char *large;

/* ---- handlers ---- */

static int longs, hellos; /* handled */

static void hello(void *ctx, struct http_request *request)
{
    const char *name = http_query_value(request, "name");
    hellos++;
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "hello %s from %s%s", name ? name : "you", http_peer(request), (const char *)ctx);
    http_answer(request, 200, "text/plain", text.p, text.len);
}

static void echo(void *ctx, struct http_request *request)
{
    (void)ctx;
    size_t n;
    if (http_too_large(request)) {
        http_problem(request, 413, "%s takes no more.", http_path(request));
        return;
    }
    const char *body = http_body(request, &n);
    assert_int_equal(body[n], '\0');
    http_answer_header(request, "X-Echo", http_parameter(request, "name"));
    http_answer_header(request, "X-Forged", "a\r\nSet-Cookie: b");
    http_answer(request, 200, "application/octet-stream", body, n);
}

static void late(void *ctx, struct http_request *request)
{
    (void)ctx;
    *array_add(&waiting) = request;
}

static void whoami(void *ctx, struct http_request *request)
{
    (void)ctx;
    const struct token *token = http_token(request);
    http_answer(request, 200, "text/plain", token->name, strlen(token->name));
}

static void send_large(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_answer(request, 200, "application/octet-stream", large, LARGE);
}

static void add_text(void *ctx, const char *name, const char *value)
{
    str_addf(ctx, "%s=%s;", name, value);
}

static void take_long(void *ctx, struct http_request *request)
{
    (void)ctx;
    longs++;
    http_answer(request, 200, NULL, NULL, 0);
}

static void headers(void *ctx, struct http_request *request)
{
    (void)ctx;
    CLEANUP_STR struct str text = {0};
    http_each_header(request, add_text, &text);
    http_answer(request, 200, "text/plain", text.p, text.len);
}

static const struct route table[] = {
    {HTTP_GET, "/hello", hello, 0, 0, 0},
    {HTTP_POST, "/echo/{name}", echo, 0, 1 << 20, ROUTE_TOO_LARGE},
    {HTTP_POST, "/json", echo, 0, 1000, ROUTE_JSON},
    {HTTP_POST, "/api/{project}/envelope/", echo, 0, 1 << 20, ROUTE_CORS},
    {HTTP_GET, "/late", late, 0, 0, 0},
    {HTTP_POST, "/late", late, 0, 1000, 0},
    {HTTP_GET, "/whoami", whoami, SCOPE_READ, 0, 0},
    {HTTP_POST, "/write", whoami, SCOPE_READ | SCOPE_WRITE, 100, 0},
    {HTTP_GET, "/large", send_large, 0, 0, 0},
    {HTTP_GET, "/headers", headers, 0, 0, 0},
    {HTTP_GET, "/long", take_long, 0, 0, ROUTE_LONG},
};

static void answer_waiting(size_t i, const char *text)
{
    struct http_request *request = waiting.v[i];
    array_remove(&waiting, i);
    http_answer(request, 200, "text/plain", text, strlen(text));
}

/* ---- set-up ---- */

static void start(struct server_settings settings)
{
    settings.listen = "127.0.0.1:0";
    server = server_create(&settings, tokens, &loop);
    server_add(server, table, sizeof(table) / sizeof(table[0]), "");
    struct error err;
    if (server_listen(server, &err) < 0)
        fail_msg("%s", err.text);
}

static instant token_now = 1000;

static instant token_clock(void)
{
    return token_now;
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    store = memory_store_create();
    assert_int_equal(journal_open_store(store, NULL, &journal, NULL), 0);
    struct journal_batch *batch = batch_create();
    reader = token_make((uint8_t[TOKEN_RANDOM]){1},
                        &(struct token){.name = "reader", .person = "ana", .scopes = SCOPE_READ, .made_at = 1},
                        batch);
    writer =
        token_make((uint8_t[TOKEN_RANDOM]){2},
                   &(struct token){.name = "writer", .scopes = SCOPE_READ | SCOPE_WRITE, .made_at = 1}, batch);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    tokens = tokens_create(token_clock);
    assert_int_equal(tokens_load(tokens, journal, NULL), 0);
    large = xmalloc(LARGE);
    memset(large, 'x', LARGE);
    start((struct server_settings){0});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_destroy(server);
    assert_int_equal(uv_loop_close(&loop), 0);
    tokens_destroy(tokens);
    journal_close(journal);
    memory_store_destroy(store);
    array_free(&waiting);
    free(reader);
    free(writer);
    free(large);
    return 0;
}

static void restart(struct server_settings settings)
{
    server_destroy(server);
    start(settings);
}

static void open_client(struct http_client *client)
{
    http_client_open(client, &loop, server_port(server));
}

/* One request on a connection of its own. */
static int ask(const char *request, char **ret_body)
{
    struct http_client client;
    open_client(&client);
    int status = http_client_ask(&client, request, ret_body);
    http_client_close(&client);
    return status;
}

/* ---- tests ---- */

static void test_keep_alive(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    for (int i = 0; i < 3; i++) {
        CLEANUP_FREE char *body = NULL;
        assert_int_equal(http_client_ask(&client, "GET /hello?name=a%20b+c HTTP/1.1\r\nHost: x\r\n\r\n", &body),
                         200);
        assert_string_equal(body, "hello a b c from 127.0.0.1");
    }
    CLEANUP_FREE char *body = NULL;
    assert_int_equal(
        http_client_ask(&client, "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", &body), 200);
    http_client_wait_end(&client);
    http_client_close(&client);
    open_client(&client);
    assert_int_equal(http_client_ask(&client, "GET /hello HTTP/1.0\r\n\r\n", NULL), 200);
    http_client_wait_end(&client);
    http_client_close(&client);
}

static void test_a_request_in_single_bytes(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    const char *request = "POST /echo/n%C3%A4 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    for (const char *c = request; *c; c++) {
        http_client_send(&client, c, 1);
        loop_turn(&loop);
    }
    CLEANUP_FREE char *body = NULL;
    CLEANUP_STR struct str head = {0};
    assert_int_equal(http_client_answer(&client, &body, &head), 200);
    assert_string_equal(body, "hello");
    assert_non_null(strstr(head.p, "X-Echo: nä\r\n"));
    assert_null(strstr(head.p, "Set-Cookie"));
    http_client_close(&client);
}

static void test_chunked_then_another(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    const char *both = "POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
                       "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    http_client_send(&client, both, strlen(both));
    CLEANUP_FREE char *first = NULL, *second = NULL;
    assert_int_equal(http_client_answer(&client, &first, NULL), 200);
    assert_string_equal(first, "hello world");
    assert_int_equal(http_client_answer(&client, &second, NULL), 200);
    assert_string_equal(second, "hello you from 127.0.0.1");
    http_client_close(&client);
}

static void test_pipelining_keeps_the_order(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    CLEANUP_STR struct str text = {0};
    for (int i = 0; i < 50; i++)
        str_addf(&text,
                 "GET /%s HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: "
                 "2\r\n\r\n%02d",
                 i % 10 == 5 ? "late" : "hello?name=z", i);
    http_client_send(&client, text.p, text.len);
    for (int i = 0; i < 50; i++) {
        if (i % 10 == 5) {
            LOOP_UNTIL(&loop, waiting.n == 1);
            answer_waiting(0, "hello z from 127.0.0.1");
        }
        CLEANUP_FREE char *first = NULL, *second = NULL;
        char number[16];
        snprintf(number, sizeof(number), "%02d", i);
        assert_int_equal(http_client_answer(&client, &first, NULL), 200);
        assert_string_equal(first, "hello z from 127.0.0.1");
        assert_int_equal(http_client_answer(&client, &second, NULL), 200);
        assert_string_equal(second, number);
    }
    http_client_close(&client);
}

static void test_pipelined_requests_are_bounded(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    const char *first = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n",
               *next = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    http_client_send(&client, first, strlen(first));
    for (int i = 0; i < 4000; i++) /* much more than the buffer, less than the sockets hold */
        http_client_send(&client, next, strlen(next));
    LOOP_UNTIL(&loop, waiting.n == 1);
    for (int i = 0; i < 50; i++)
        loop_turn(&loop);
    answer_waiting(0, "now");
    assert_int_equal(http_client_answer(&client, NULL, NULL), 200);
    for (int i = 0; i < 4000; i++)
        assert_int_equal(http_client_answer(&client, NULL, NULL), 200);
    http_client_close(&client);
}

static void test_head(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    CLEANUP_STR struct str head = {0};
    const char *request = "HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    http_client_send(&client, request, strlen(request));
    assert_int_equal(http_client_head_answer(&client, &head), 200);
    assert_non_null(strstr(head.p, "Content-Length: 24\r\n"));
    assert_non_null(strstr(head.p, "Date: "));
    assert_int_equal(http_client_ask(&client, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    http_client_close(&client);
}

static void test_problems(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404},
        {"DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405},
        {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /a/../hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%2e%2e/hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET hello HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"nonsense\r\n\r\n", 400},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413},
        {"GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 413},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 415},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: text/json\r\nContent-Length: 2\r\n\r\n{}", 415},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
         "2\r\n\r\n{}",
         200},
        {"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/x+json\r\nContent-Length: 2\r\n\r\n{}",
         200},
        {"GET /whoami HTTP/1.1\r\nHost: x\r\n\r\n", 401},
        {"GET /whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tocsin_x\r\n\r\n", 401},
        {"GET /whoami?token=x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic eA==\r\n\r\n", 401},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP_FREE char *body = NULL;
        int status = ask(cases[i].request, &body);
        if (status != cases[i].status)
            fail_msg("case %zu: %d instead of %d: %s", i, status, cases[i].status, body);
        char member[24];
        snprintf(member, sizeof(member), "\"status\":%d,", status);
        if (status >= 400)
            assert_non_null(strstr(body, member));
    }
}

static void test_a_long_path(void **state)
{
    (void)state;
    CLEANUP_STR struct str text = {0};
    str_add(&text, "GET /");
    for (int i = 0; i < 5000; i++)
        str_addc(&text, 'a');
    str_add(&text, " HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(ask(text.p, NULL), 414);
    str_clear(&text);
    str_add(&text, "GET /hello HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 20000; i++)
        str_add(&text, "a: b\r\n");
    str_add(&text, "\r\n");
    assert_int_equal(ask(text.p, NULL), 431);
}

static void test_tokens(void **state)
{
    (void)state;
    CLEANUP_FREE char *read =
        xasprintf("GET /whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", reader);
    CLEANUP_FREE char *bad =
        xasprintf("POST /write HTTP/1.1\r\nHost: x\r\nAuthorization: bearer %s\r\n\r\n", reader);
    CLEANUP_FREE char *good =
        xasprintf("POST /write HTTP/1.1\r\nHost: x\r\nAuthorization: bearer %s\r\n\r\n", writer);
    CLEANUP_FREE char *body = NULL, *why = NULL;
    assert_int_equal(ask(read, &body), 200);
    assert_string_equal(body, "reader");
    assert_int_equal(ask(bad, &why), 403);
    assert_non_null(strstr(why, "read,write"));
    assert_int_equal(ask(good, NULL), 200);
}

/* Whoever guesses waits; whoever has a token does not, from the same address. */
static void test_guessed_tokens(void **state)
{
    (void)state;
    CLEANUP_FREE char *read =
        xasprintf("GET /whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", reader);
    const char *guess = "GET /whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tocsin_x\r\n\r\n";
    struct http_client client;
    restart((struct server_settings){0});
    open_client(&client);
    for (int i = 0; i < GUESSES_MOST; i++)
        assert_int_equal(http_client_ask(&client, guess, NULL), 401);
    CLEANUP_STR struct str head = {0};
    http_client_send(&client, guess, strlen(guess));
    assert_int_equal(http_client_answer(&client, NULL, &head), 429);
    assert_non_null(strstr(head.p, "Retry-After: "));
    assert_int_equal(http_client_ask(&client, read, NULL), 200);
    assert_int_equal(http_client_ask(&client, "GET /whoami HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 401);
    http_client_close(&client);
    restart((struct server_settings){0});
}

static void test_cors(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    CLEANUP_STR struct str head = {0};
    const char *preflight = "OPTIONS /api/1/envelope/ HTTP/1.1\r\nHost: x\r\nOrigin: https://x\r\n\r\n";
    http_client_send(&client, preflight, strlen(preflight));
    assert_int_equal(http_client_answer(&client, NULL, &head), 204);
    assert_non_null(strstr(head.p, "Access-Control-Allow-Methods: POST, OPTIONS\r\n"));
    assert_non_null(strstr(head.p, "x-sentry-auth"));
    assert_null(strstr(head.p, "Content-Length"));
    str_clear(&head);
    const char *post = "POST /api/1/envelope/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    http_client_send(&client, post, strlen(post));
    assert_int_equal(http_client_answer(&client, NULL, &head), 200);
    assert_non_null(strstr(head.p, "Access-Control-Allow-Origin: *\r\n"));
    http_client_close(&client);
    assert_int_equal(ask("OPTIONS /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 405);
}

static void test_every_header(void **state)
{
    (void)state;
    CLEANUP_FREE char *body = NULL;
    assert_int_equal(
        ask("GET /headers HTTP/1.1\r\nHost: x\r\nX-Slack-Signature: v0=1\r\nx-B:\t c \r\n\r\n", &body), 200);
    assert_string_equal(body, "host=x;x-slack-signature=v0=1;x-b=c;");
}

static void test_a_large_body(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        struct http_client client;
        open_client(&client);
        size_t n = 1 << 20;
        char head[120];
        snprintf(head, sizeof(head), "POST /echo/x HTTP/1.1\r\nHost: x\r\n%s%zu\r\n%s\r\n%s",
                 chunked ? "Transfer-Encoding: chunked\r\nX: " : "Content-Length: ", n, "",
                 chunked ? "100000\r\n" : "");
        http_client_send(&client, head, strlen(head));
        http_client_send(&client, large, n);
        if (chunked)
            http_client_send(&client, "\r\n0\r\n\r\n", 7);
        CLEANUP_FREE char *body = NULL;
        assert_int_equal(http_client_answer(&client, &body, NULL), 200);
        assert_memory_equal(body, large, n);
        http_client_close(&client);
    }
}

/* A client that is still sending gets the refusal. */
static void test_an_oversized_body_is_refused(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        struct http_client client;
        open_client(&client);
        const char *head =
            chunked ? "POST /echo/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n"
                    : "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n";
        http_client_send(&client, head, strlen(head));
        http_client_send(&client, large, 300000);
        CLEANUP_FREE char *body = NULL;
        assert_int_equal(http_client_answer(&client, &body, NULL), 413);
        assert_non_null(strstr(body, "/echo/x takes no more."));
        http_client_wait_end(&client);
        http_client_close(&client);
    }
}

static void test_expect_continue(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    const char *head = "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    http_client_send(&client, head, strlen(head));
    assert_int_equal(http_client_head_answer(&client, NULL), 100);
    assert_int_equal(http_client_ask(&client, "ok", NULL), 200);
    http_client_close(&client);
    assert_int_equal(
        ask("POST /json HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n", NULL),
        413);
}

static void test_a_client_that_went_away(void **state)
{
    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        struct http_client client;
        open_client(&client);
        const char *request = "POST /late?x=1 HTTP/1.1\r\nHost: x\r\nA: b\r\nContent-Length: 2\r\n\r\nhi";
        http_client_send(&client, request, strlen(request));
        LOOP_UNTIL(&loop, waiting.n == 1);
        if (reset)
            setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        http_client_close(&client);
        for (int i = 0; i < 20; i++)
            loop_turn(&loop);
        size_t n;
        assert_string_equal(http_header(waiting.v[0], "a"), "b");
        assert_string_equal(http_query_value(waiting.v[0], "x"), "1");
        assert_string_equal(http_body(waiting.v[0], &n), "hi");
        answer_waiting(0, "too late");
    }
    assert_int_equal(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
}

#define LONG "GET /long HTTP/1.1\r\nHost: x\r\n\r\n"

/* Connected, with that request on its way. */
static void open_with(struct http_client *client, const char *request)
{
    open_client(client);
    for (int i = 0; i < 3; i++)
        loop_turn(&loop);
    http_client_send(client, request, strlen(request));
}

static void test_long_requests_take_turns_behind_the_others(void **state)
{
    (void)state;
    enum { MANY = 5 };
    struct http_client clients[MANY], other;
    longs = hellos = 0;
    for (int i = 0; i < MANY; i++)
        open_client(&clients[i]);
    open_with(&other, "");
    for (int i = 0; i < MANY; i++)
        http_client_send(&clients[i], LONG, strlen(LONG));
    const char *hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    http_client_send(&other, hello, strlen(hello));
    for (int before = 0; longs < MANY; before = longs) {
        LOOP_UNTIL(&loop, longs > before);
        assert_true(longs <= before + 2); /* a turn of the test is two of the loop */
        assert_int_equal(hellos, 1);
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(http_client_answer(&clients[i], NULL, NULL), 200);
        http_client_close(&clients[i]);
    }
    assert_int_equal(http_client_answer(&other, NULL, NULL), 200);
    http_client_close(&other);
}

static void test_who_goes_away_before_its_turn_has_none(void **state)
{
    (void)state;
    enum { MANY = 5 };
    struct http_client clients[MANY];
    longs = 0;
    for (int i = 0; i < MANY; i++)
        open_with(&clients[i], "");
    for (int i = 0; i < MANY; i++)
        http_client_send(&clients[i], LONG, strlen(LONG));
    LOOP_UNTIL(&loop, longs > 0);
    int before = longs;
    restart((struct server_settings){0});
    for (int i = 0; i < MANY; i++) {
        loop_turn(&loop);
        http_client_close(&clients[i]);
    }
    assert_true(before < MANY);
    assert_int_equal(longs, before);
}

static void test_half_closed_clients_get_their_answer(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    const char *two = "GET /late HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    http_client_send(&client, two, strlen(two));
    shutdown(client.fd, SHUT_WR);
    LOOP_UNTIL(&loop, waiting.n == 1);
    for (int i = 0; i < 20; i++)
        loop_turn(&loop);
    answer_waiting(0, "here");
    CLEANUP_FREE char *body = NULL;
    assert_int_equal(http_client_answer(&client, &body, NULL), 200);
    assert_string_equal(body, "here");
    assert_int_equal(http_client_answer(&client, NULL, NULL), 200);
    http_client_wait_end(&client);
    http_client_close(&client);
}

static void test_a_slow_reader(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    CLEANUP_FREE char *body = NULL;
    assert_int_equal(http_client_ask(&client, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", &body), 200);
    assert_memory_equal(body, large, LARGE);
    assert_int_equal(http_client_ask(&client, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    http_client_close(&client);
    open_client(&client); /* one that never reads, and then goes away */
    http_client_send(&client, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 32);
    for (int i = 0; i < 20; i++)
        loop_turn(&loop);
    http_client_close(&client);
    assert_int_equal(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
}

static void test_slow_clients_are_disconnected(void **state)
{
    (void)state;
    restart((struct server_settings){.request_time = 300, .idle_time = 300, .answer_time = 300});
    struct http_client silent, drop, body, never_read, no_answer;
    open_client(&silent);
    open_client(&drop);
    open_client(&body);
    open_client(&never_read);
    open_client(&no_answer);
    http_client_send(&drop, "GET /hello HT", 13);
    http_client_send(&body, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", 56);
    http_client_send(&never_read, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n", 32);
    http_client_send(&no_answer, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n", 31);
    http_client_wait_end(&silent);
    assert_int_equal(silent.in.len, 0);
    assert_int_equal(http_client_answer(&drop, NULL, NULL), 408);
    assert_int_equal(http_client_answer(&body, NULL, NULL), 408);
    assert_int_equal(http_client_answer(&no_answer, NULL, NULL), 503);
    assert_int_equal(waiting.n, 1);
    answer_waiting(0, "nobody gets it");
    http_client_wait_end(&never_read);
    assert_true(never_read.in.len < LARGE);
    http_client_close(&silent);
    http_client_close(&drop);
    http_client_close(&body);
    http_client_close(&never_read);
    http_client_close(&no_answer);
    restart((struct server_settings){0});
}

static void test_a_large_body_may_take_its_time(void **state)
{
    (void)state;
    restart((struct server_settings){.request_time = 700});
    struct http_client client;
    open_client(&client);
    const char *head = "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n";
    http_client_send(&client, head, strlen(head));
    for (int part = 0; part < 4; part++) {
        uint64_t until = uv_hrtime() + 400000000; /* 1.6 s in all */
        http_client_send(&client, large, 1 << 18);
        while (uv_hrtime() < until)
            loop_turn(&loop);
    }
    assert_int_equal(http_client_answer(&client, NULL, NULL), 200);
    http_client_close(&client);
    restart((struct server_settings){0});
}

enum { MOST = 100, MORE = 20 };

static void open_all(struct http_client *clients, size_t n, const char *first_bytes)
{
    for (size_t i = 0; i < n; i++) {
        open_client(&clients[i]);
        http_client_send(&clients[i], first_bytes, strlen(first_bytes));
        loop_turn(&loop);
    }
}

static void close_all(struct http_client *clients, size_t n)
{
    for (size_t i = 0; i < n; i++)
        http_client_close(&clients[i]);
    LOOP_UNTIL(&loop, ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL) == 200);
    restart((struct server_settings){0});
}

static void test_many_connections(void **state)
{
    (void)state;
    restart((struct server_settings){.connections = MOST});
    struct http_client clients[MOST + MORE];
    open_all(clients, MOST + MORE, "");
    for (int i = 0; i < MORE; i++) /* the first ones, which sent nothing */
        http_client_wait_end(&clients[i]);
    for (int i = MORE; i < MOST + MORE; i++)
        assert_int_equal(http_client_ask(&clients[i], "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    close_all(clients, MOST + MORE);
}

/* Each is answered with its body unread, so it lingers. */
static void test_refused_requests_close_nobody_elses_connection(void **state)
{
    (void)state;
    restart((struct server_settings){.connections = MOST});
    struct http_client idle, clients[MOST + MORE];
    open_client(&idle);
    assert_int_equal(http_client_ask(&idle, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    open_all(clients, MOST + MORE, "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    assert_int_equal(http_client_ask(&idle, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    http_client_close(&idle);
    close_all(clients, MOST + MORE);
}

static void test_unfinished_requests_shut_nobody_out(void **state)
{
    (void)state;
    restart((struct server_settings){.connections = MOST});
    struct http_client clients[MOST + MORE];
    open_all(clients, MOST + MORE, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    assert_int_equal(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    for (int i = 0; i < MORE; i++)
        http_client_wait_end(&clients[i]);
    http_client_send(&clients[MOST + MORE - 1], "defghij", 7);
    assert_int_equal(http_client_answer(&clients[MOST + MORE - 1], NULL, NULL), 200);
    close_all(clients, MOST + MORE);
}

static void test_requests_being_answered_are_not_closed(void **state)
{
    (void)state;
    restart((struct server_settings){.connections = MOST});
    struct http_client clients[MOST + 1];
    open_all(clients, MOST, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
    LOOP_UNTIL(&loop, waiting.n == MOST);
    open_client(&clients[MOST]);
    http_client_wait_end(&clients[MOST]);
    for (int i = 0; i < MOST; i++) {
        answer_waiting(0, "late");
        assert_int_equal(http_client_answer(&clients[i], NULL, NULL), 200);
    }
    close_all(clients, MOST + 1);
}

static void test_draining(void **state)
{
    (void)state;
    struct http_client idle, busy;
    open_client(&idle);
    open_client(&busy);
    assert_int_equal(http_client_ask(&idle, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    http_client_send(&busy, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n", 31);
    LOOP_UNTIL(&loop, waiting.n == 1);
    server_drain(server);
    http_client_wait_end(&idle);
    answer_waiting(0, "bye");
    CLEANUP_STR struct str head = {0};
    assert_int_equal(http_client_answer(&busy, NULL, &head), 200);
    assert_non_null(strstr(head.p, "Connection: close\r\n"));
    http_client_close(&idle);
    http_client_close(&busy);
    restart((struct server_settings){0});
}

static void test_destroyed_with_unfinished_requests(void **state)
{
    (void)state;
    struct http_client client;
    open_client(&client);
    http_client_send(&client, "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", 56);
    for (int i = 0; i < 5; i++)
        loop_turn(&loop);
    restart((struct server_settings){0});
    http_client_wait_end(&client);
    http_client_close(&client);
}

static void test_addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "localhost", "127.0.0.1",   "127.0.0.1:",    "127.0.0.1:99999",
                                      "x:1", "[::1:5",    "10.0.0.1:1x", "203.0.113.9:80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct error err = {0};
        struct server *other = server_create(&(struct server_settings){.listen = bad[i]}, NULL, &loop);
        assert_true(server_listen(other, &err) < 0);
        assert_true(strlen(err.text) > 10);
        server_destroy(other);
    }
    CLEANUP_FREE char *taken = xasprintf("127.0.0.1:%d", server_port(server));
    struct error err = {0};
    struct server *other = server_create(&(struct server_settings){.listen = taken}, NULL, &loop);
    assert_int_equal(server_listen(other, &err), ERR_IO);
    assert_non_null(strstr(err.text, "another program"));
    server_destroy(other);
}

static void an_expired_token_is_not_found(void **state)
{
    (void)state;
    struct journal_batch *batch = batch_create();
    const struct token wanted = {.name = "short", .scopes = SCOPE_READ, .made_at = 1, .expires_at = 2 * HOUR};
    CLEANUP_FREE char *text = token_make((uint8_t[TOKEN_RANDOM]){9}, &wanted, batch);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    assert_int_equal(tokens_load(tokens, journal, NULL), 0);
    const struct token *token = tokens_find(tokens, text);
    assert_non_null(token);
    assert_int_equal(token->used_at, token_now);
    token_now = 2 * HOUR;
    assert_null(tokens_find(tokens, text));
    assert_null(tokens_by_id(tokens, token->id));
    token_now = 1000;
}

/* By the hour, since many use one all the time. */
static void the_last_use_is_kept(void **state)
{
    (void)state;
    struct journal_batch *batch = batch_create(), *again = batch_create();
    token_now = 5 * HOUR;
    tokens_find(tokens, writer);
    tokens_keep_used(tokens, batch);
    assert_int_equal(batch->docs.n, 1);
    journal_append(journal, batch, NULL, NULL);
    token_now += MINUTE;
    tokens_find(tokens, writer);
    tokens_keep_used(tokens, again);
    assert_int_equal(again->docs.n, 0);
    batch_destroy(again);
    journal_step(journal);
    struct tokens *fresh = tokens_create(token_clock);
    assert_int_equal(tokens_load(fresh, journal, NULL), 0);
    assert_int_equal(tokens_by_id(fresh, tokens_find(tokens, writer)->id)->used_at, 5 * HOUR);
    tokens_destroy(fresh);
    token_now = 1000;
}

static void how_long_is_understood_or_refused(void **state)
{
    (void)state;
    instant at;
    struct error err;
    assert_int_equal(token_expires("90d", 1000, &at, NULL), 0);
    assert_int_equal(at, 1000 + 90 * DAY);
    assert_int_equal(token_expires(NULL, 1000, &at, NULL), 0);
    assert_int_equal(at, 0);
    for (const char *const *text = (const char *const[]){"soon", "-5d", "0d", "10s", "", NULL}; *text; text++)
        assert_int_equal(token_expires(*text, 1000, &at, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "90d"));
}

static void test_revoked_tokens(void **state)
{
    (void)state;
    const struct token *token = tokens_find(tokens, reader);
    struct journal_batch *batch = batch_create();
    assert_int_equal(token_revoke(tokens, "reader", batch, NULL), 0);
    assert_int_equal(token_revoke(tokens, "nobody", batch, NULL), ERR_NOT_FOUND);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    assert_int_equal(tokens_load(tokens, journal, NULL), 0);
    assert_null(tokens_find(tokens, reader));
    assert_false(tokens_has(tokens, "reader"));
    assert_null(tokens_by_id(tokens, token->id));
    assert_string_equal(token->name, "reader"); /* still readable */
    assert_non_null(tokens_find(tokens, writer));
    assert_null(tokens_find(tokens, ""));
}

static void test_tokens_of_one_name_are_revoked_by_id(void **state)
{
    (void)state;
    struct error err = {0};
    uint8_t random[2][TOKEN_RANDOM] = {{71}, {72}};
    char *texts[2];
    struct journal_batch *batch = batch_create();
    for (int i = 0; i < 2; i++)
        texts[i] =
            token_make(random[i], &(struct token){.name = "twin", .scopes = SCOPE_READ, .made_at = 1}, batch);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    assert_int_equal(tokens_load(tokens, journal, NULL), 0);
    assert_true(tokens_has(tokens, "twin"));
    batch = batch_create();
    assert_int_equal(token_revoke(tokens, "twin", batch, &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "2 tokens are called"));
    assert_int_equal(token_revoke(tokens, tokens_find(tokens, texts[0])->id, batch, &err), 0);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    assert_int_equal(tokens_load(tokens, journal, NULL), 0);
    assert_null(tokens_find(tokens, texts[0]));
    assert_non_null(tokens_find(tokens, texts[1]));
    free(texts[0]);
    free(texts[1]);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_a_request_in_single_bytes),
        cmocka_unit_test(test_chunked_then_another),
        cmocka_unit_test(test_pipelining_keeps_the_order),
        cmocka_unit_test(test_pipelined_requests_are_bounded),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_a_long_path),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_guessed_tokens),
        cmocka_unit_test(test_cors),
        cmocka_unit_test(test_every_header),
        cmocka_unit_test(test_a_large_body),
        cmocka_unit_test(test_an_oversized_body_is_refused),
        cmocka_unit_test(test_expect_continue),
        cmocka_unit_test(test_a_client_that_went_away),
        cmocka_unit_test(test_long_requests_take_turns_behind_the_others),
        cmocka_unit_test(test_who_goes_away_before_its_turn_has_none),
        cmocka_unit_test(test_half_closed_clients_get_their_answer),
        cmocka_unit_test(test_a_slow_reader),
        cmocka_unit_test(test_slow_clients_are_disconnected),
        cmocka_unit_test(test_a_large_body_may_take_its_time),
        cmocka_unit_test(test_many_connections),
        cmocka_unit_test(test_refused_requests_close_nobody_elses_connection),
        cmocka_unit_test(test_unfinished_requests_shut_nobody_out),
        cmocka_unit_test(test_requests_being_answered_are_not_closed),
        cmocka_unit_test(test_draining),
        cmocka_unit_test(test_destroyed_with_unfinished_requests),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(an_expired_token_is_not_found),
        cmocka_unit_test(the_last_use_is_kept),
        cmocka_unit_test(how_long_is_understood_or_refused),
        cmocka_unit_test(test_revoked_tokens),
        cmocka_unit_test(test_tokens_of_one_name_are_revoked_by_id),
    };
    return cmocka_run_group_tests(all, setup, teardown);
}
