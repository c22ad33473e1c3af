/* The second example of docs/connector.md against a chat in a thread: what it sends and what it accepts. */
#include "../../support/check.h"
#include "../../support/small_core.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tocsin/connector.h>
#include <tocsin/kit/signature.h>

#include "base/json.h"
#include "base/mem.h"

#define NOW    INT64_C(1700000000000)
#define SECRET "a-secret"

/* ---- the chat ---- */

static struct {
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock;
    const char *answer; /* the answer to a message: status, headers and body */
    char last[8192];    /* the latest request about a message, unchanged */
} chat = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void read_request(int fd, char *request, size_t size)
{
    size_t n = 0, whole = SIZE_MAX;
    while (n < whole && n < size - 1) {
        ssize_t more = recv(fd, request + n, size - 1 - n, 0);
        if (more <= 0)
            break;
        n += (size_t)more;
        request[n] = '\0';
        const char *end = strstr(request, "\r\n\r\n"), *length = strcasestr(request, "\r\nContent-Length:");
        if (end)
            whole = (size_t)(end + 4 - request) + (length ? strtoul(length + 17, NULL, 10) : 0);
    }
}

static void *be_the_chat(void *ctx)
{
    (void)ctx;
    for (int fd; (fd = accept(chat.listener, NULL, NULL)) >= 0; close(fd)) {
        char request[sizeof(chat.last)] = "";
        read_request(fd, request, sizeof(request));
        pthread_mutex_lock(&chat.lock);
        bool me = strncmp(request, "GET /api/me ", 12) == 0;
        const char *answer = !me ? chat.answer
                             : strstr(request, "Authorization: Bearer good\r\n")
                                 ? "200 OK\r\nContent-Length: 2\r\n\r\n{}"
                                 : "401 Who\r\nContent-Length: 0\r\n\r\n";
        if (!me)
            snprintf(chat.last, sizeof(chat.last), "%s", request);
        dprintf(fd, "HTTP/1.1 %s", answer);
        pthread_mutex_unlock(&chat.lock);
    }
    return NULL;
}

static void answer_with(const char *answer)
{
    pthread_mutex_lock(&chat.lock);
    chat.answer = answer;
    pthread_mutex_unlock(&chat.lock);
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    chat.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(chat.listener, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(chat.listener, 8), 0);
    getsockname(chat.listener, (struct sockaddr *)&address, &n);
    chat.port = ntohs(address.sin_port);
    answer_with("200 OK\r\nContent-Length: 12\r\n\r\n{\"id\": \"m1\"}");
    assert_int_equal(pthread_create(&chat.thread, NULL, be_the_chat, NULL), 0);
    int rc = small_core_set_up(state);
    struct supervisor_times times = supervisor_times_default; /* a busy machine is not the connector's fault */
    times.life.stop = 2 * SECOND;
    times.life.kill = 300;
    supervisor_set_times(core.supervisor, &times);
    return rc;
}

static int tear_down(void **state)
{
    int rc = small_core_tear_down(state);
    shutdown(chat.listener, SHUT_RDWR);
    pthread_join(chat.thread, NULL);
    close(chat.listener);
    return rc;
}

static void add_webchat(const char *token)
{
    CLEANUP_FREE char *settings = xasprintf(
        "{\"url\":\"http://127.0.0.1:%d/api\",\"token\":\"%s\",\"secret\":\"" SECRET "\"}", chat.port, token);
    small_core_add("webchat", settings);
    wait_for(core.ups || small_core_info("webchat")->reason);
}

static void perform(const char *kind, const char *body)
{
    int before = core.results;
    small_core_perform("webchat", (uint64_t)before + 1, kind, "key-1", body);
    wait_for(core.results > before);
}

/* The request that the chat received: its first line and its body. */
static void assert_request(const char *line, const char *body)
{
    pthread_mutex_lock(&chat.lock);
    const char *sent = strstr(chat.last, "\r\n\r\n");
    assert_memory_equal(chat.last, line, strlen(line));
    assert_non_null(strstr(chat.last, "\r\nAuthorization: Bearer good\r\n"));
    assert_non_null(strstr(chat.last, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(chat.last, "\r\nIdempotency-Key: key-1\r\n"));
    assert_non_null(sent);
    assert_string_equal(sent + 4, body);
    pthread_mutex_unlock(&chat.lock);
}

/* ---- out ---- */

static void it_posts_and_edits_cards(void **state)
{
    (void)state;
    add_webchat("good");
    perform("post", "{\"channel\":\"c1\",\"thread\":\"m0\",\"card\":{\"title\":\"INC-1 "
                    "<down>\",\"tone\":\"alarm\",\"fields\":["
                    "{\"name\":\"Lead\",\"value\":\"Ana & Ben\"}],\"text\":\"**it** "
                    "[burns](https://x.example)\",\"buttons\":[{"
                    "\"label\":\"Accept\",\"command\":\"INC-1 "
                    "accept\"},{\"label\":\"Pause…\",\"command\":\"INC-1 pause …\",\"asks\":true}],"
                    "\"footer\":\"since 9:00\"}}");
    assert_int_equal(core.last_code, TOCSIN_DONE);
    assert_string_equal(core.remote_id, "m1");
    assert_request(
        "POST /api/messages HTTP/1.1\r\n",
        "{\"channel\":\"c1\",\"thread\":\"m0\",\"html\":\"<h4>INC-1 &lt;down&gt;</h4>\\n<strong>Lead</strong> "
        "Ana &amp; Ben<br>\\n<p><strong>it</strong> <a href=\\\"https://x.example\\\">burns</a></p>\\n"
        "<small>since 9:00</small>\",\"buttons\":[{\"label\":\"Accept\",\"command\":\"INC-1 accept\"}]}");
    perform("edit", "{\"channel\":\"c1\",\"message\":\"m 1\",\"text\":\"over\"}");
    assert_request("PUT /api/messages/m%201 HTTP/1.1\r\n",
                   "{\"channel\":\"c1\",\"html\":\"<p>over</p>\",\"buttons\":[]}");
    perform("page", "{\"user\":\"u1\",\"text\":\"INC-1 needs you\"}");
    assert_request("POST /api/messages HTTP/1.1\r\n",
                   "{\"channel\":\"\",\"to\":\"u1\",\"html\":\"<p>INC-1 needs you</p>\",\"buttons\":[]}");
}

static void it_reports_the_outcome(void **state)
{
    static const struct {
        const char *answer;
        int code;
        int64_t retry_after;
    } rows[] = {
        {"429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", TOCSIN_RETRY, 7000},
        {"403 No\r\nContent-Length: 0\r\n\r\n", TOCSIN_AUTH, 0},
        {"404 Where\r\nContent-Length: 0\r\n\r\n", TOCSIN_REFUSED, 0},
        {"200 OK\r\nContent-Length: 7\r\n\r\n<html/>", TOCSIN_UNKNOWN, 0},
        {"200 OK\r\nContent-Length: 99\r\n\r\n{\"id\"", TOCSIN_UNKNOWN, 0},
    };
    (void)state;
    add_webchat("good");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        answer_with(rows[i].answer);
        perform("post", "{\"channel\":\"c1\",\"text\":\"hi\"}");
        assert_int_equal(core.last_code, rows[i].code);
        assert_int_equal(core.retry_after, rows[i].retry_after);
        assert_true(*core.detail);
    }
}

static void it_reports_a_refused_token(void **state)
{
    (void)state;
    add_webchat("bad");
    assert_string_equal(small_core_info("webchat")->reason,
                        "the chat refuses `token`; make a new one there and set it");
}

/* ---- in ---- */

static void send_in(const char *body, const char *secret, int64_t at_ms)
{
    int before = core.responses;
    CLEANUP_FREE char *at = xasprintf("%lld", (long long)at_ms / 1000);
    struct kit_part parts[] = {{at, strlen(at)}, {":", 1}, {body, strlen(body)}};
    char hex[KIT_HMAC_HEX];
    assert_true(kit_hmac_hex(secret, parts, 3, hex));
    CLEANUP_FREE char *text = xasprintf("{\"x-chat-time\":\"%s\",\"x-chat-signature\":\"sha256=%s\"}", at, hex);
    CLEANUP_JSON cJSON *headers = cJSON_Parse(text);
    struct webhook webhook = {"POST", "/", "", body, strlen(body), NOW, headers};
    small_core_serve("webchat", &webhook);
    wait_for(core.responses > before);
}

#define MESSAGE                                                                                                \
    "{\"type\":\"message\",\"id\":\"e1\",\"channel\":\"c1\",\"user\":{\"id\":\"u1\",\"name\":\"Ana\","         \
    "\"admin\":true},\"text\":"                                                                                \
    "\"it burns\",\"mention\":true,\"named\":true}"
#define PRESS                                                                                                  \
    "{\"type\":\"press\",\"id\":\"e2\",\"channel\":\"c1\",\"user\":{\"id\":\"u1\"},\"message\":\"m1\","        \
    "\"command\":\"INC-1 accept\"}"

static void it_accepts_what_the_chat_signed(void **state)
{
    (void)state;
    add_webchat("good");
    send_in(MESSAGE, SECRET, NOW - 1000);
    assert_int_equal(core.status, 204);
    send_in(PRESS, SECRET, NOW);
    assert_int_equal(core.status, 204);
    assert_string_equal(str_text(&core.all_events),
                        "{\"type\":\"message\",\"id\":\"e1\",\"channel\":\"c1\",\"text\":\"it "
                        "burns\",\"user\":{\"id\":\"u1\",\"name\":\"Ana\"},"
                        "\"mention\":true}\n"
                        "{\"type\":\"press\",\"id\":\"e2\",\"channel\":\"c1\",\"message\":\"m1\",\"command\":"
                        "\"INC-1 accept\",\"user\":{\"id\":"
                        "\"u1\",\"name\":\"\"},\"mention\":false}\n");
    core.answer = TOCSIN_EMIT_RETRY;
    send_in(PRESS, SECRET, NOW);
    assert_int_equal(core.status, 503);
}

static void it_accepts_nothing_else(void **state)
{
    (void)state;
    add_webchat("good");
    send_in(PRESS, "another-secret", NOW);
    assert_int_equal(core.status, 401);
    send_in(PRESS, SECRET, NOW - INT64_C(301000));
    assert_int_equal(core.status, 401);
    send_in("press!", SECRET, NOW);
    assert_int_equal(core.status, 401);
    assert_int_equal(core.events, 0);
}

#define WITH_CHAT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHAT(it_posts_and_edits_cards),   WITH_CHAT(it_reports_the_outcome),
        WITH_CHAT(it_reports_a_refused_token), WITH_CHAT(it_accepts_what_the_chat_signed),
        WITH_CHAT(it_accepts_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
