/* Calls of the Web API over a real connection: the outcome of each kind of failure, and that no message contains a token. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../support/check.h"
#include "slack/api.h"

/* ---- a server that answers each connection with one text, cuts it short, or does not answer ---- */

static struct {
    int listener, port;
    const char *answer; /* NULL: close the connection without an answer; "": keep it open */
    char request[4096];
    pthread_t thread;
} server;

static void read_request(int fd)
{
    size_t n = 0;
    const char *end = NULL;
    while (n < sizeof(server.request) - 1) {
        ssize_t got = read(fd, server.request + n, sizeof(server.request) - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        server.request[n] = '\0';
        end = strstr(server.request, "\r\n\r\n");
        const char *length = strcasestr(server.request, "content-length: ");
        if (end && n >= (size_t)(end + 4 - server.request) + (length ? strtoul(length + 16, NULL, 10) : 0))
            break;
    }
}

static void *serve(void *ctx)
{
    (void)ctx;
    int fd = accept(server.listener, NULL, NULL);
    if (fd < 0)
        return NULL;
    read_request(fd);
    if (server.answer && !*server.answer)
        poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 10000); /* until the caller gives up */
    else if (server.answer)
        assert_true(write(fd, server.answer, strlen(server.answer)) > 0);
    close(fd);
    return NULL;
}

static int start(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    (void)state;
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server.listener, 8), 0);
    assert_int_equal(getsockname(server.listener, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return close(server.listener);
}

/* ---- calls ---- */

static void call(const char *answer, struct slack_reply *reply)
{
    char url[64];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", server.port);
    struct slack slack = {.api_url = url, .token = "xoxb-secret", .http = kit_http_create("test")};
    server.answer = answer;
    pthread_create(&server.thread, NULL, serve, NULL);
    slack_call(&slack, "chat.postMessage", kit_json_texts("channel", "C1", "text", "a&b=c é", NULL), NULL, true,
               reply);
    pthread_join(server.thread, NULL);
    kit_http_destroy(slack.http);
}

#define HEAD "Content-Type: application/json\r\nConnection: close\r\n"

static const struct {
    const char *answer;
    int32_t code;
    int64_t retry_ms;
    const char *says;
} answers[] = {
    {"HTTP/1.1 200 OK\r\n" HEAD "\r\n{\"ok\":true}", TOCSIN_DONE, 0, ""},
    {"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\n" HEAD "\r\n{\"ok\":false,\"error\":\"ratelimited\"}",
     TOCSIN_RETRY, 7000, "slow down"},
    {"HTTP/1.1 429 Too Many\r\nRetry-After: 3\r\n" HEAD "\r\n", TOCSIN_RETRY, 3000, "429"},
    {"HTTP/1.1 200 OK\r\n" HEAD "\r\n{\"ok\":false,\"error\":\"invalid_auth\"}", TOCSIN_AUTH, 0, "bot token"},
    {"HTTP/1.1 200 OK\r\n" HEAD
     "\r\n{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"pins:write\",\"provided\":\"x\"}",
     TOCSIN_REFUSED, 0, "pins:write"},
    {"HTTP/1.1 500 Oops\r\n" HEAD "\r\n<html>", TOCSIN_UNKNOWN, 0, "500"},
    {"HTTP/1.1 503 Later\r\nRetry-After: 9\r\n" HEAD "\r\n", TOCSIN_UNKNOWN, 9000, "503"},
    {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\n" HEAD "\r\n", TOCSIN_RETRY, 0, "302"},
    {"HTTP/1.1 200 OK\r\n" HEAD "\r\n<html>log in to this network</html>", TOCSIN_UNKNOWN, 0, "cut"},
    {"HTTP/1.1 200 OK\r\n" HEAD "\r\n[1]", TOCSIN_UNKNOWN, 0, "cut"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n" HEAD "\r\n{\"ok\":true", TOCSIN_UNKNOWN, 0,
     "answer was lost"},
    {NULL, TOCSIN_UNKNOWN, 0, "answer was lost"},
};

static void each_answer_means_one_thing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct slack_reply reply;
        struct tocsin_result result = {.size = sizeof(result)};
        call(answers[i].answer, &reply);
        slack_result(&reply, &result);
        if (result.code != answers[i].code || !strstr(result.detail, answers[i].says) ||
            result.retry_after_ms != answers[i].retry_ms)
            fail_msg("%s: %d after %d ms, %s", answers[i].answer ? answers[i].answer : "closed", result.code,
                     (int)result.retry_after_ms, result.detail);
        assert_null(strstr(result.detail, "secret"));
        slack_reply_finish(&reply);
    }
}

static void the_token_goes_in_a_header_and_arguments_in_a_form(void **state)
{
    (void)state;
    struct slack_reply reply;
    call("HTTP/1.1 200 OK\r\nX-OAuth-Scopes: chat:write,pins:write\r\n" HEAD "\r\n{\"ok\":true}", &reply);
    assert_true(strncmp(server.request, "POST /chat.postMessage HTTP/1.1\r\n", 33) == 0);
    assert_non_null(strstr(server.request, "\r\nAuthorization: Bearer xoxb-secret\r\n"));
    assert_non_null(strstr(server.request, "\r\n\r\nchannel=C1&text=a%26b%3Dc%20%C3%A9"));
    assert_string_equal(reply.scopes, "chat:write,pins:write");
    slack_reply_finish(&reply);
}

static void a_call_without_a_connection_is_retried(void **state)
{
    (void)state;
    struct slack slack = {
        .api_url = "http://127.0.0.1:1/", .token = "xoxb-secret", .http = kit_http_create("test")};
    struct slack_reply reply;
    struct tocsin_result result = {.size = sizeof(result)};
    slack_call(&slack, "chat.postMessage", NULL, NULL, true, &reply);
    slack_result(&reply, &result);
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_non_null(strstr(result.detail, "Slack could not be reached"));
    slack_reply_finish(&reply);
    kit_http_destroy(slack.http);
}

/* The runner kills a connector that exceeds an action's deadline, together with everything else that it is doing. */
static void an_actions_calls_end_with_its_deadline(void **state)
{
    (void)state;
    struct slack_reply reply;
    struct tocsin_result result = {.size = sizeof(result)};
    slack_deadline(200);
    call("", &reply);
    slack_result(&reply, &result);
    assert_int_equal(result.code, TOCSIN_UNKNOWN);
    slack_reply_finish(&reply);
    struct slack slack = {.api_url = "http://127.0.0.1:1/", .token = "t", .http = kit_http_create("test")};
    slack_call(&slack, "chat.postMessage", NULL, NULL, true, &reply);
    slack_result(&reply, &result);
    assert_int_equal(result.code, TOCSIN_RETRY);
    assert_non_null(strstr(result.detail, "no time was left"));
    slack_reply_finish(&reply);
    kit_http_destroy(slack.http);
    slack_deadline(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_answer_means_one_thing, start, stop),
        cmocka_unit_test_setup_teardown(the_token_goes_in_a_header_and_arguments_in_a_form, start, stop),
        cmocka_unit_test(a_call_without_a_connection_is_retried),
        cmocka_unit_test_setup_teardown(an_actions_calls_end_with_its_deadline, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
