#include "smtp_server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct session {
    struct smtp_server *server;
    FILE *in;
    int out;
    struct smtp_mail mail;
    bool open;
    bool asked; /* for the secret of AUTH */
    int count;  /* of mails */
};

static void say(struct session *s, const char *line)
{
    if (send(s->out, line, strlen(line), MSG_NOSIGNAL) < 0)
        s->open = false;
}

static void say_code(struct session *s, int code)
{
    char line[80];
    snprintf(line, sizeof(line), "%d %d.1.1 no such mailbox here\r\n", code, code / 100);
    say(s, line);
}

/* Reads to the dot, and undoes dot-stuffing. */
static char *read_data(struct session *s)
{
    char *line = NULL, *data = NULL;
    size_t cap = 0, n = 0;
    FILE *out = open_memstream(&data, &n);
    while (getline(&line, &cap, s->in) > 0 && strcmp(line, ".\r\n") != 0)
        fputs(line[0] == '.' ? line + 1 : line, out);
    bool ended = line && strcmp(line, ".\r\n") == 0;
    fclose(out);
    free(line);
    if (ended)
        return data;
    free(data);
    return NULL;
}

static void take_data(struct session *s)
{
    struct smtp_server *server = s->server;
    say(s, "354 go on\r\n");
    if (server->cut_before) {
        s->open = false;
        return;
    }
    char *data = read_data(s);
    if (!data) {
        s->open = false;
    } else if (server->refuse_data) {
        say_code(s, server->refuse_data);
        free(data);
    } else {
        s->mail.data = data;
        server->mails[server->count % 32] = s->mail;
        server->count++;
        if (server->cut_after)
            s->open = false;
        else
            say(s, "250 2.0.0 kept\r\n");
    }
}

static void take_recipient(struct session *s, const char *line)
{
    snprintf(s->mail.to, sizeof(s->mail.to), "%s", line + 8);
    if (s->server->refuse)
        say_code(s, s->server->refuse);
    else
        say(s, "250 ok\r\n");
}

static void take_line(struct session *s, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (s->asked) {
        s->asked = false;
        say(s, strcmp(line, "AHVzZXIAcGFzcw==") == 0 || strstr(s->server->login, "XOAUTH2")
                   ? "235 welcome\r\n"
                   : "535 5.7.8 wrong password\r\n");
    } else if (strncasecmp(line, "EHLO", 4) == 0) {
        say(s, s->server->wants_login ? "250-here\r\n250-SIZE 1000000\r\n250 AUTH PLAIN XOAUTH2\r\n"
                                      : "250-here\r\n250 SIZE 1000000\r\n");
    } else if (strncasecmp(line, "AUTH ", 5) == 0) {
        snprintf(s->server->login, sizeof(s->server->login), "%s", line + 5);
        s->asked = true;
        say(s, "334 \r\n");
    } else if (strncasecmp(line, "MAIL FROM:", 10) == 0) {
        s->mail = (struct smtp_mail){0};
        if (s->server->most && s->count++ >= s->server->most) {
            say(s, "421 4.7.0 too many mails on this connection\r\n");
            s->open = false;
            return;
        }
        snprintf(s->mail.from, sizeof(s->mail.from), "%s", line + 10);
        say(s, "250 ok\r\n");
    } else if (strncasecmp(line, "RCPT TO:", 8) == 0) {
        take_recipient(s, line);
    } else if (strcasecmp(line, "DATA") == 0) {
        take_data(s);
    } else {
        s->open = strcasecmp(line, "QUIT") != 0;
        say(s, s->open ? "250 ok\r\n" : "221 bye\r\n");
    }
}

static void serve(struct smtp_server *server, int fd)
{
    struct session s = {.server = server, .in = fdopen(fd, "r"), .out = fd, .open = true};
    char *line = NULL;
    size_t cap = 0;
    say(&s, server->blocks ? "554 5.7.1 your address is blocked\r\n" : "220 here\r\n");
    while (s.open && getline(&line, &cap, s.in) > 0)
        take_line(&s, line);
    free(line);
    fclose(s.in);
}

static void *run(void *ctx)
{
    struct smtp_server *server = ctx;
    for (int fd; (fd = accept(server->listening, NULL, NULL)) >= 0;)
        serve(server, fd);
    return NULL;
}

void smtp_server_start(struct smtp_server *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    server->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listening, (struct sockaddr *)&at, n) || listen(server->listening, 16) ||
        getsockname(server->listening, (struct sockaddr *)&at, &n))
        abort();
    server->port = ntohs(at.sin_port);
    pthread_create(&server->thread, NULL, run, server);
}

void smtp_server_stop(struct smtp_server *server)
{
    shutdown(server->listening, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listening);
    for (int i = 0; i < 32; i++)
        free(server->mails[i].data);
}
