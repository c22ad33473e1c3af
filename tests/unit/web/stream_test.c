#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/http_client.h"
#include "../../support/memory_store.h"
#include "base/json.h"
#include "base/mem.h"
#include "web/health.h"
#include "web/stream.h"
#include "web/token.h"

static uv_loop_t loop;
static struct server *server;
static struct stream *stream;
static struct tokens *tokens;
static struct store *store;
static struct journal *journal;
static char *ana, *tool;
static uint64_t last; /* events 1 to last have happened; only ana may see every third */
static bool ready = true;
static struct http_client open_to_the_end = {.fd = -1};

static bool is_secret(uint64_t seq)
{
    return seq % 3 == 0;
}

static enum stream_sight sight(void *ctx, const struct event *event, const char *viewer, unsigned scopes)
{
    assert_int_equal(scopes, SCOPE_READ);
    (void)ctx;
    if (is_secret(event->seq) && !text_equal(viewer, "ana"))
        return STREAM_NOTHING;
    return text_equal(viewer, "ana") ? STREAM_ALL : STREAM_PART;
}

static size_t padding;

static void encode(void *ctx, const struct event *event, const char *viewer, struct str *out)
{
    (void)ctx, (void)viewer;
    struct json_out j = {.out = out};
    json_begin_object(&j);
    json_put_int(&j, "seq", (int64_t)event->seq);
    json_put_text(&j, "text", event->text);
    json_end_object(&j);
    for (size_t i = 0; i < padding; i++)
        str_addc(out, ' ');
}

static struct event event_number(uint64_t seq)
{
    return (struct event){.type = EVENT_NOTED, .seq = seq, .text = (char *)"a note"};
}

static int read_events(void *ctx, uint64_t after, size_t limit,
                       bool (*on)(void *on_ctx, const struct event *event), void *on_ctx, struct error *err)
{
    (void)ctx, (void)err;
    for (uint64_t seq = after + 1; seq <= last && limit > 0; seq++, limit--) {
        struct event event = event_number(seq);
        if (!on(on_ctx, &event))
            break;
    }
    return 0;
}

static uint64_t last_seq(void *ctx)
{
    (void)ctx;
    return last;
}

static void happen(int n)
{
    for (int i = 0; i < n; i++) {
        struct event event = event_number(++last);
        stream_publish(stream, &event);
    }
}

static bool is_ready(void *ctx, const char **ret_why)
{
    (void)ctx;
    *ret_why = "the disk is full";
    return ready;
}

static const struct health_ops health = {.ready = is_ready};

static instant token_clock(void)
{
    return 1;
}

static int setup(void **state)
{
    (void)state;
    uv_loop_init(&loop);
    store = memory_store_create();
    journal_open_store(store, NULL, &journal, NULL);
    struct journal_batch *batch = batch_create();
    ana =
        token_make((uint8_t[TOKEN_RANDOM]){1},
                   &(struct token){.name = "ana", .person = "ana", .scopes = SCOPE_READ, .made_at = 1}, batch);
    tool = token_make((uint8_t[TOKEN_RANDOM]){2},
                      &(struct token){.name = "tool", .scopes = SCOPE_READ, .made_at = 1}, batch);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    tokens = tokens_create(token_clock);
    tokens_load(tokens, journal, NULL);
    server = server_create(&(struct server_settings){.listen = "127.0.0.1:0"}, tokens, &loop);
    stream = stream_create(server, tokens,
                           &(struct stream_ops){.public_url = "https://tocsin.example/here",
                                                .sight = sight,
                                                .encode = encode,
                                                .read = read_events,
                                                .last_seq = last_seq});
    server_health(server, &health);
    return server_listen(server, NULL);
}

static int teardown(void **state)
{
    (void)state;
    server_destroy(server);
    stream_destroy(stream);
    http_client_close(&open_to_the_end);
    assert_int_equal(uv_loop_close(&loop), 0);
    tokens_destroy(tokens);
    journal_close(journal);
    memory_store_destroy(store);
    free(ana);
    free(tool);
    return 0;
}

/* ---- a WebSocket client ---- */

static int follow(struct http_client *client, const char *token, const char *query)
{
    http_client_open(client, &loop, server_port(server));
    CLEANUP_FREE char *request = xasprintf(
        "GET /api/v1/stream?token=%s%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        token, query);
    http_client_send(client, request, strlen(request));
    CLEANUP_STR struct str head = {0};
    int status = http_client_head_answer(client, &head);
    if (status == 101)
        assert_non_null(strcasestr(head.p, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    return status;
}

/* The next frame's payload; its opcode in *ret_opcode. NULL: the server closed. */
static char *frame(struct http_client *client, int *ret_opcode)
{
    if (!http_client_need(client, 2))
        return NULL;
    size_t n = (uint8_t)client->in.p[1] & 0x7f, head = n == 126 ? 4 : n == 127 ? 10 : 2;
    *ret_opcode = client->in.p[0] & 0x0f;
    if (!http_client_need(client, head))
        return NULL;
    n = head > 2 ? 0 : n;
    for (size_t i = 2; i < head; i++)
        n = n << 8 | (uint8_t)client->in.p[i];
    if (!http_client_need(client, head + n))
        return NULL;
    char *payload = xmalloc(n + 1);
    memcpy(payload, client->in.p + head, n);
    payload[n] = '\0';
    memmove(client->in.p, client->in.p + head + n, client->in.len - head - n);
    client->in.len -= head + n;
    return payload;
}

static uint64_t next_seq(struct http_client *client)
{
    int opcode = 0;
    CLEANUP_FREE char *text = frame(client, &opcode);
    assert_non_null(text);
    assert_int_equal(opcode, 1);
    CLEANUP_JSON cJSON *doc = NULL;
    assert_int_equal(json_parse(text, strlen(text), 1 << 20, 8, "frame", &doc, NULL), 0);
    return (uint64_t)json_int_or(doc, "seq", 0);
}

/* The code of the next close frame; skips other frames. */
static int close_code(struct http_client *client)
{
    for (int opcode = 0;;) {
        CLEANUP_FREE char *payload = frame(client, &opcode);
        if (!payload)
            return 0;
        if (opcode == 8)
            return (uint8_t)payload[0] << 8 | (uint8_t)payload[1];
    }
}

/* ---- tests ---- */

static void test_live(void **state)
{
    (void)state;
    struct http_client client;
    happen(5);
    assert_int_equal(follow(&client, ana, ""), 101);
    uint64_t first = last + 1;
    happen(10);
    for (uint64_t seq = first; seq <= last; seq++)
        assert_int_equal(next_seq(&client), seq);
    http_client_close(&client);
}

static void test_resume(void **state)
{
    (void)state;
    struct http_client client;
    happen(300);
    assert_int_equal(follow(&client, ana, "&after=2"), 101);
    for (uint64_t seq = 3; seq <= last; seq++) {
        if (seq == 50)
            happen(20);
        assert_int_equal(next_seq(&client), seq);
    }
    happen(1);
    assert_int_equal(next_seq(&client), last);
    http_client_close(&client);
}

/* A follower would otherwise get nothing ever, or everything again. */
static void test_an_invalid_after_is_refused(void **state)
{
    (void)state;
    struct http_client client;
    CLEANUP_FREE char *behind = xasprintf("&after=%llu", (unsigned long long)last + 1);
    const char *const bad[] = {"&after=abc", "&after=-1", "&after=", "&after=1x", "&after=99999999999999999999",
                               behind};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(follow(&client, ana, bad[i]), 400);
        http_client_close(&client);
    }
}

static void test_what_a_viewer_may_not_see(void **state)
{
    (void)state;
    struct http_client client;
    uint64_t first = last + 1;
    CLEANUP_FREE char *after = xasprintf("&after=%llu", (unsigned long long)last);
    happen(100);
    assert_int_equal(follow(&client, tool, after), 101);
    happen(100);
    for (uint64_t seq = first; seq <= last; seq++)
        if (!is_secret(seq))
            assert_int_equal(next_seq(&client), seq);
    http_client_close(&client);
}

/* A follower that falls behind all kept events is closed with a code, and resumes where it was. */
static void test_too_slow(void **state)
{
    (void)state;
    struct http_client client;
    padding = 20000;
    assert_int_equal(follow(&client, ana, ""), 101);
    uint64_t seen = last;
    happen(1);
    assert_int_equal(next_seq(&client), ++seen);
    for (int i = 0; i < 40; i++) {
        happen(STREAM_KEPT / 4); /* 200 MB, more than any socket holds */
        for (int turn = 0; turn < 3; turn++)
            loop_turn(&loop);
    }
    int opcode = 0;
    while (opcode != 8) {
        CLEANUP_FREE char *payload = frame(&client, &opcode);
        assert_non_null(payload);
        seen += opcode == 1;
    }
    http_client_close(&client);
    padding = 0;
    CLEANUP_FREE char *after = xasprintf("&after=%llu", (unsigned long long)seen);
    assert_int_equal(follow(&client, ana, after), 101);
    while (seen < last)
        assert_int_equal(next_seq(&client), ++seen);
    http_client_close(&client);
}

static void test_refused(void **state)
{
    (void)state;
    struct http_client client;
    assert_int_equal(follow(&client, "tocsin_no", ""), 401);
    http_client_close(&client);
    http_client_open(&client, &loop, server_port(server));
    CLEANUP_FREE char *plain = xasprintf("GET /api/v1/stream?token=%s HTTP/1.1\r\nHost: x\r\n\r\n", ana);
    assert_int_equal(http_client_ask(&client, plain, NULL), 426);
    http_client_close(&client);
    http_client_open(&client, &loop, server_port(server));
    CLEANUP_FREE char *broken = xasprintf(
        "GET /api/v1/stream?token=%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ana);
    http_client_send(&client, broken, strlen(broken));
    http_client_wait_end(&client);
    http_client_close(&client);
}

static void test_pages_of_others_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *origin;
        int status;
    } cases[] = {{"http://x", 426},
                 {"https://X", 426},
                 {"https://tocsin.example", 426},
                 {"https://tocsin.example.evil", 403},
                 {"https://tocsin", 403},
                 {"http://x.evil", 403},
                 {"http://evil", 403},
                 {"null", 403},
                 {"", 403}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct http_client client;
        http_client_open(&client, &loop, server_port(server));
        CLEANUP_FREE char *text = xasprintf(
            "GET /api/v1/stream?token=%s HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\n\r\n", ana, cases[i].origin);
        int status = http_client_ask(&client, text, NULL);
        if (status != cases[i].status)
            fail_msg("%s: %d instead of %d", cases[i].origin, status, cases[i].status);
        http_client_close(&client);
    }
}

static void test_messages_from_a_client_are_ignored(void **state)
{
    (void)state;
    struct http_client client;
    assert_int_equal(follow(&client, ana, ""), 101);
    static const char hi[] = "\x81\x82\0\0\0\0hi", bye[] = "\x88\x82\0\0\0\0\x03\xe8";
    http_client_send(&client, hi, sizeof(hi) - 1);
    happen(1);
    assert_int_equal(next_seq(&client), last);
    http_client_send(&client, bye, sizeof(bye) - 1);
    assert_int_equal(close_code(&client), 1000);
    http_client_wait_end(&client);
    http_client_close(&client);
}

static void test_health(void **state)
{
    (void)state;
    struct http_client client;
    http_client_open(&client, &loop, server_port(server));
    CLEANUP_FREE char *why = NULL, *page = NULL;
    assert_int_equal(http_client_ask(&client, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    assert_int_equal(http_client_ask(&client, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    ready = false;
    assert_int_equal(http_client_ask(&client, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", &why), 503);
    assert_non_null(strstr(why, "the disk is full"));
    assert_int_equal(http_client_ask(&client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", &page), 200);
    assert_non_null(strstr(page, "# TYPE tocsin_http_requests_total counter\n"));
    assert_non_null(strstr(page, "\ntocsin_http_requests_total{class=\"2xx\"} "));
    assert_non_null(strstr(page, "\ntocsin_http_request_seconds_bucket{le=\"+Inf\"} "));
    assert_non_null(strstr(page, "\ntocsin_stream_slow_total 1\n"));
    http_client_close(&client);
}

/* Runs last, since ana's token is gone afterwards. Followers are still open when the server is destroyed. */
static void test_a_revoked_token_ends_the_stream(void **state)
{
    (void)state;
    struct http_client client, other;
    assert_int_equal(follow(&client, ana, ""), 101);
    assert_int_equal(follow(&other, tool, ""), 101);
    struct journal_batch *batch = batch_create();
    token_revoke(tokens, "ana", batch, NULL);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    tokens_load(tokens, journal, NULL);
    happen(1);
    assert_int_equal(close_code(&client), STREAM_NO_TOKEN);
    http_client_close(&client);
    assert_int_equal(follow(&client, ana, ""), 401);
    http_client_close(&client);
    http_client_close(&other);
    assert_int_equal(follow(&open_to_the_end, tool, ""), 101);
    server_drain(server);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_an_invalid_after_is_refused),
        cmocka_unit_test(test_what_a_viewer_may_not_see),
        cmocka_unit_test(test_too_slow),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pages_of_others_are_refused),
        cmocka_unit_test(test_messages_from_a_client_are_ignored),
        cmocka_unit_test(test_health),
        cmocka_unit_test(test_a_revoked_token_ends_the_stream),
    };
    return cmocka_run_group_tests(all, setup, teardown);
}
