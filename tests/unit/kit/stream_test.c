/* A held connection, against a server in a thread; what an operator may write as its address; words and names. */
#include "../../support/check.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tocsin/kit/stream.h>

static void addresses_are_checked(void **state)
{
    static const struct {
        const char *address, *tls;
        bool good;
    } rows[] = {{"irc.example.com:6697", "tls", true},
                {"127.0.0.1:6667", "none", true},
                {"localhost:6667", "none", true},
                {"[::1]:6667", "none", true},
                {"irc.example.com:6667", "none", false},
                {"127.0.0.1:6667", "starttls", false},
                {"irc.example.com", "tls", false},
                {":6697", "tls", false},
                {"irc.example.com:", "tls", false},
                {"a:6697/x", "tls", false},
                {"u@a:6697", "tls", false}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(kit_stream_fault(rows[i].address, rows[i].tls) == NULL, rows[i].good);
}

/* Takes one connection, says what it is told to, returns what it hears. */
struct peer {
    int listener;
    const char *says;
    char heard[200];
};

static void *serve(void *ctx)
{
    struct peer *peer = ctx;
    int fd = accept(peer->listener, NULL, NULL);
    assert_true(write(fd, peer->says, strlen(peer->says)) > 0);
    ssize_t n = read(fd, peer->heard, sizeof(peer->heard) - 1);
    peer->heard[n > 0 ? n : 0] = '\0';
    close(fd);
    return NULL;
}

static void lines_go_both_ways(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    struct peer peer = {.listener = socket(AF_INET, SOCK_STREAM, 0), .says = "one\r\ntwo\nthr"};
    struct tocsin_error error = {.size = sizeof(error)};
    struct kit_stream stream;
    pthread_t thread;
    char address[40];
    (void)state;
    assert_int_equal(bind(peer.listener, (struct sockaddr *)&at, sizeof(at)) | listen(peer.listener, 1), 0);
    getsockname(peer.listener, (struct sockaddr *)&at, &size);
    snprintf(address, sizeof(address), "127.0.0.1:%d", ntohs(at.sin_port));
    pthread_create(&thread, NULL, serve, &peer);
    assert_int_equal(kit_stream_open(&stream, &(struct kit_stream_to){.address = address}, &error), 0);
    while (!stream.in.n || !strstr(stream.in.p, "thr")) {
        kit_stream_wait(&stream, -1, 1000);
        assert_true(kit_stream_move(&stream));
    }
    static const char *const expected[] = {"one", "two"};
    for (int i = 0; i < 2; i++) {
        char *line = kit_stream_line(&stream);
        assert_string_equal(line, expected[i]);
        free(line);
    }
    assert_null(kit_stream_line(&stream));
    kit_stream_say(&stream, "three\r\n");
    while (kit_stream_move(&stream))
        kit_stream_wait(&stream, -1, 1000);
    pthread_join(thread, NULL);
    assert_string_equal(peer.heard, "three\r\n");
    kit_stream_close(&stream);
    close(peer.listener);
    assert_int_equal(kit_stream_open(&stream, &(struct kit_stream_to){.address = address}, &error),
                     TOCSIN_E_FAILED);
    assert_non_null(strstr(error.text, "cannot connect to 127.0.0.1:"));
}

static void words_and_names_are_found(void **state)
{
    (void)state;
    assert_true(kit_has_word(" batch sasl", "sasl"));
    assert_false(kit_has_word("batch sasl-x xsasl", "sasl"));
    assert_false(kit_has_word("batch", ""));
    assert_string_equal(kit_said_to("@Tocsin accept", "tocsin", false), "accept");
    assert_string_equal(kit_said_to("tocsin: accept", "tocsin", true), "accept");
    assert_null(kit_said_to("tocsin: accept", "tocsin", false));
    assert_null(kit_said_to("tocsin is down", "tocsin", true));
    assert_null(kit_said_to("tocsin", "tocsin", true));
    assert_null(kit_said_to("@tocsins accept", "tocsin", true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_checked),
        cmocka_unit_test(lines_go_both_ways),
        cmocka_unit_test(words_and_names_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
