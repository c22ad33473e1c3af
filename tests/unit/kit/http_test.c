/* The client against a server that misbehaves on demand, in a thread; the path says how. */
#include "../../support/check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>

static struct {
    int listener, port;
    pthread_t thread;
    char last[8192]; /* the request as it came */
    struct kit_http *http;
} fake;

static void say(int fd, const char *text)
{
    ssize_t n = send(fd, text, strlen(text), MSG_NOSIGNAL);
    (void)n;
}

static void answer_large(int fd)
{
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n");
    char bytes[1000] = {0};
    memset(bytes, 'x', sizeof(bytes) - 1);
    for (int i = 0; i < 10000; i++) {
        if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) < 0)
            return;
    }
}

static void answer(int fd, const char *path)
{
    if (strcmp(path, "/ok") == 0)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Thing:  a b \r\n\r\nhello");
    else if (strcmp(path, "/busy") == 0)
        say(fd, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    else if (strcmp(path, "/away") == 0)
        say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    else if (strcmp(path, "/half") == 0)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhal");
    else if (strcmp(path, "/large") == 0)
        answer_large(fd);
    else if (strcmp(path, "/slow") == 0)
        usleep(600 * 1000);
    else if (strcmp(path, "/nonsense") == 0)
        say(fd, "\x01\x02 nonsense\r\n\r\n");
    else if (strcmp(path, "/denied") == 0)
        say(fd, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    else if (strcmp(path, "tunnelled.invalid:443") == 0) /* a proxy that gets no further */
        say(fd, "HTTP/1.1 200 Connection established\r\n\r\n");
    else if (strcmp(path, "unknown.invalid:443") == 0)
        say(fd, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    /* anything else: closed without a word */
}

static void *serve(void *ctx)
{
    (void)ctx;
    for (int fd; (fd = accept(fake.listener, NULL, NULL)) >= 0; close(fd)) {
        char path[64] = "";
        ssize_t n = recv(fd, fake.last, sizeof(fake.last) - 1, 0);
        fake.last[n > 0 ? n : 0] = '\0';
        if (sscanf(fake.last, "%*s %63s", path) == 1)
            answer(fd, path);
    }
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    fake.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fake.listener, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(fake.listener, 8), 0);
    getsockname(fake.listener, (struct sockaddr *)&address, &n);
    fake.port = ntohs(address.sin_port);
    fake.http = kit_http_create("test/1");
    return pthread_create(&fake.thread, NULL, serve, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    kit_http_destroy(fake.http);
    shutdown(fake.listener, SHUT_RDWR);
    pthread_join(fake.thread, NULL);
    close(fake.listener);
    return 0;
}

/* The caller finishes the answer. */
static struct kit_answer ask(const char *path, struct kit_request request)
{
    char url[200];
    struct kit_answer answered;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", fake.port, path);
    request.url = url;
    kit_http_call(fake.http, &request, &answered);
    return answered;
}

static void an_answer_is_read(void **state)
{
    (void)state;
    const struct kit_header headers[] = {{"X-Good", "yes"}, {"X-Bad", "a\r\nX-Injected: b"}};
    struct kit_answer got = ask(
        "/ok", (struct kit_request){.body = "abc", .body_length = 3, .headers = headers, .header_count = 2});
    assert_int_equal(got.outcome, KIT_ANSWERED);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.body, "hello");
    assert_string_equal(kit_answer_header(&got, "x-thing"), "a b");
    assert_null(kit_answer_header(&got, "x-other"));
    assert_non_null(strstr(fake.last, "POST /ok"));
    assert_non_null(strstr(fake.last, "X-Good: yes"));
    assert_non_null(strstr(fake.last, "User-Agent: test/1"));
    assert_null(strstr(fake.last, "Injected"));
    kit_answer_finish(&got);
}

static void json_and_tokens_are_sent(void **state)
{
    (void)state;
    cJSON *json = kit_json_texts("text", "hi", NULL);
    struct kit_answer got = ask("/ok", (struct kit_request){.bearer = "abc", .json = json, .body = "not this"});
    assert_int_equal(got.outcome, KIT_ANSWERED);
    assert_non_null(strstr(fake.last, "POST /ok"));
    assert_non_null(strstr(fake.last, "\r\nAuthorization: Bearer abc\r\n"));
    assert_non_null(strstr(fake.last, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(fake.last, "\r\n\r\n{\"text\":\"hi\"}"));
    kit_answer_finish(&got);
    got = ask("/ok", (struct kit_request){.method = "PUT", .bearer = "a\r\nX-Injected: b", .json = json});
    assert_non_null(strstr(fake.last, "PUT /ok"));
    assert_null(strstr(fake.last, "Injected"));
    kit_answer_finish(&got);
    cJSON_Delete(json);
}

/* Whatever names and forms the address has: the one that a connection would be made to counts. */
static void a_strangers_address_does_not_lead_into_private_networks(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:1/",        "http://localhost:1/",
                                       "http://0.0.0.0:1/",          "http://2130706433:1/",
                                       "http://10.1.2.3/",           "http://172.31.255.1/",
                                       "http://192.168.0.1/",        "http://169.254.169.254/latest/meta-data",
                                       "http://100.64.0.1/",         "http://[::1]:1/",
                                       "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/",
                                       "http://[fe80::1]/",          "http://[2002:7f00:1::]/",
                                       "http://224.0.0.1/",          "http://[64:ff9b::7f00:1]/"};
    (void)state;
    fake.last[0] = '\0';
    struct kit_answer got = ask("/ok", (struct kit_request){.stranger = true});
    assert_int_equal(got.outcome, KIT_NOT_SENT);
    assert_string_equal(fake.last, "");
    kit_answer_finish(&got);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        const struct kit_request request = {.url = urls[i], .stranger = true, .timeout_ms = 2000};
        kit_http_call(fake.http, &request, &got);
        assert_int_equal(got.outcome, KIT_NOT_SENT);
        assert_non_null(strstr(got.error, "connect"));
        kit_answer_finish(&got);
    }
    got = ask("/ok", (struct kit_request){0}); /* the next call may go anywhere again */
    assert_int_equal(got.status, 200);
    kit_answer_finish(&got);
}

static void outcomes_are_told_apart(void **state)
{
    static const struct {
        const char *path;
        enum kit_outcome outcome;
        long status;
        int32_t code;
    } rows[] = {
        {"/ok", KIT_ANSWERED, 200, TOCSIN_DONE},      {"/busy", KIT_ANSWERED, 429, TOCSIN_RETRY},
        {"/away", KIT_ANSWERED, 302, TOCSIN_REFUSED}, {"/denied", KIT_ANSWERED, 403, TOCSIN_AUTH},
        {"/half", KIT_CUT, 0, TOCSIN_UNKNOWN},        {"/slow", KIT_CUT, 0, TOCSIN_UNKNOWN},
        {"/large", KIT_CUT, 0, TOCSIN_UNKNOWN},       {"/nonsense", KIT_CUT, 0, TOCSIN_UNKNOWN},
        {"/closed", KIT_CUT, 0, TOCSIN_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tocsin_result result = {.size = sizeof(result)};
        struct kit_answer got =
            ask(rows[i].path, (struct kit_request){.timeout_ms = 300, .most = 1000, .once = true});
        assert_int_equal(got.outcome, rows[i].outcome);
        assert_int_equal(got.status, rows[i].status);
        assert_non_null(got.body);
        assert_in_range(got.body_length, 0, 1000);
        assert_int_equal(kit_answer_result(&got, &result), rows[i].code);
        assert_int_equal(result.retry_after_ms, strcmp(rows[i].path, "/busy") == 0 ? 7000 : 0);
        assert_true(got.outcome == KIT_ANSWERED || *result.detail);
        kit_answer_finish(&got);
    }
}

static void a_request_that_was_not_sent_is_reported_as_such(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:1/token-xyz", "http://nobody.invalid/token-xyz",
                                       "file:///etc/passwd", "nonsense://token-xyz", ""};
    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct kit_answer got;
        struct tocsin_result result = {.size = sizeof(result)};
        kit_http_call(fake.http, &(struct kit_request){.url = urls[i], .timeout_ms = 2000}, &got);
        assert_int_equal(got.outcome, KIT_NOT_SENT);
        assert_int_equal(kit_answer_result(&got, &result), TOCSIN_RETRY);
        assert_null(strstr(got.error, "token-xyz"));
        assert_true(*got.error);
        kit_answer_finish(&got);
    }
}

/* What went to the proxy is not the request: that is sent only through a tunnel with TLS. */
static void what_a_proxy_did_not_pass_on_was_not_sent(void **state)
{
    static const char *const urls[] = {"https://tunnelled.invalid/x", "https://unknown.invalid/x",
                                       "https://silent.invalid/x"};
    char proxy[60];
    (void)state;
    snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", fake.port);
    setenv("https_proxy", proxy, 1);
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct kit_answer answered;
        kit_http_call(fake.http, &(struct kit_request){.url = urls[i], .body = "x", .body_length = 1},
                      &answered);
        if (answered.outcome != KIT_NOT_SENT)
            fail_msg("%s: %d", urls[i], (int)answered.outcome);
        kit_answer_finish(&answered);
    }
    unsetenv("https_proxy");
}

static void retry_after_is_read_in_both_forms(void **state)
{
    (void)state;
    int64_t now = INT64_C(1445412480) * 1000; /* Wed, 21 Oct 2015 07:28:00 GMT */
    assert_int_equal(kit_retry_after("120", now), 120000);
    assert_int_equal(kit_retry_after("0.5", now), 500);
    assert_int_equal(kit_retry_after("Wed, 21 Oct 2015 07:28:30 GMT", now), 30000);
    assert_int_equal(kit_retry_after("Wed, 21 Oct 2015 07:27:30 GMT", now), 0);
    assert_int_equal(kit_retry_after("-5", now), 0);
    assert_int_equal(kit_retry_after("soon", now), 0);
    assert_int_equal(kit_retry_after("nan", now), 0);
    assert_int_equal(kit_retry_after("1e300", now), INT64_C(86400000));
    assert_int_equal(kit_retry_after(NULL, now), 0);
    assert_int_equal(kit_reset_after("1445412490", now, 60000), 10000);
    assert_int_equal(kit_reset_after("1445412470", now, 60000), 1000);
    assert_int_equal(kit_reset_after("1545412480", now, 60000), 60000);
    assert_int_equal(kit_reset_after("99999999999999999999", now, 60000), 60000);
    assert_int_equal(kit_reset_after("soon", now, 60000), 1000);
    assert_int_equal(kit_reset_after(NULL, now, 60000), 0);
    char *encoded = kit_url_encode("a b/ö");
    assert_string_equal(encoded, "a%20b%2F%C3%B6");
    free(encoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_and_tokens_are_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_strangers_address_does_not_lead_into_private_networks, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(outcomes_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_request_that_was_not_sent_is_reported_as_such, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_proxy_did_not_pass_on_was_not_sent, set_up, tear_down),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
