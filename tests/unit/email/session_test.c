/* A conversation with an IMAP server that answers from a table. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../support/check.h"
#include "email/session.h"

struct imap_server {
    int listener;
    uint16_t port;
    pthread_t thread;
    char said[400]; /* the commands that came, a line each */
    char tag[20];   /* of the last one; DONE has none */
};

/* What is said before the end of a command that contains the word. */
static const struct answer {
    const char *command, *untagged;
} answers[] = {
    {"CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n"},
    {"SEARCH", "* SEARCH\r\n* 2 EXISTS\r\n"}, /* a mail arrived meanwhile */
};

static void answer(int fd, struct imap_server *server, const char *line)
{
    size_t n = strlen(server->said);
    snprintf(server->said + n, sizeof(server->said) - n, "%s\n", line);
    if (strcmp(line, "DONE") != 0)
        snprintf(server->tag, sizeof(server->tag), "%.*s", (int)strcspn(line, " "), line);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strstr(line, answers[i].command))
            dprintf(fd, "%s", answers[i].untagged);
    }
    dprintf(fd, strstr(line, "IDLE") ? "+ idling\r\n" : "%s OK done\r\n", server->tag);
}

static void *serve(void *ctx)
{
    struct imap_server *server = ctx;
    char line[400];
    int fd = accept(server->listener, NULL, NULL);
    FILE *stream = fdopen(fd, "r");
    dprintf(fd, "* OK here\r\n");
    while (fgets(line, sizeof(line), stream)) {
        line[strcspn(line, "\r\n")] = '\0';
        answer(fd, server, line);
    }
    fclose(stream);
    return NULL;
}

static void start(struct imap_server *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&at, &n), 0);
    server->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* IDLE says nothing of a mail that the server has spoken of already. */
static void mail_that_arrives_during_a_command_is_not_waited_for(void **state)
{
    (void)state;
    int wake[2];
    struct imap_server server = {0};
    struct tocsin_error error = {.size = sizeof(error)};
    assert_int_equal(pipe(wake), 0);
    start(&server);
    struct email_server at = {"imap", "imap", "127.0.0.1", server.port, EMAIL_PLAIN, "", "", "", ""};
    struct session *session = session_open(&at, wake[0], &error);
    assert_non_null(session);
    assert_int_equal(session_do(session, "UID SEARCH UID 1:*", NULL, NULL), SESSION_OK);
    assert_int_equal(session_idle(session, 3000), SESSION_OK);
    assert_null(strstr(server.said, "IDLE"));
    session_close(session);
    pthread_join(server.thread, NULL);
    close(server.listener);
    close(wake[0]);
    close(wake[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mail_that_arrives_during_a_command_is_not_waited_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
