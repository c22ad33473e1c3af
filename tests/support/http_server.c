#include "http_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads a head and the body that it announces. */
static void read_request(int fd, char *text, size_t size)
{
    size_t n = 0, whole = size;
    for (ssize_t got; n < whole && (got = recv(fd, text + n, size - 1 - n, 0)) > 0;) {
        n += (size_t)got;
        text[n] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "\r\nContent-Length:");
        if (end)
            whole = (size_t)(end - text) + 4 + (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    }
    text[n] = '\0';
}

static struct http_page *page_of(struct http_server *server, const char *request)
{
    char path[200] = "";
    if (sscanf(request, "%*s %199[^ ?]", path) != 1)
        return NULL;
    for (struct http_page *page = server->pages; page->path; page++) {
        if (strcmp(page->path, path) == 0)
            return page;
    }
    return NULL;
}

static void answer(struct http_server *server, int fd)
{
    char request[8192];
    read_request(fd, request, sizeof(request));
    struct http_page *page = page_of(server, request);
    if (page) {
        memcpy(page->asked, request, sizeof(request));
        page->count++;
        usleep((useconds_t)page->delay_ms * 1000);
    }
    const char *body = page && page->body ? page->body : "", *header = page ? page->header : NULL;
    dprintf(fd, "HTTP/1.1 %d So\r\nConnection: close\r\nContent-Length: %zu\r\n%s%s\r\n%s",
            page ? page->status : 404, strlen(body), header ? header : "", header ? "\r\n" : "", body);
}

static void *run(void *ctx)
{
    struct http_server *server = ctx;
    for (int fd; (fd = accept(server->listening, NULL, NULL)) >= 0; close(fd))
        answer(server, fd);
    return NULL;
}

void http_server_start(struct http_server *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    signal(SIGPIPE, SIG_IGN);
    server->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listening, (struct sockaddr *)&at, n) || listen(server->listening, 16) ||
        getsockname(server->listening, (struct sockaddr *)&at, &n))
        abort();
    server->port = ntohs(at.sin_port);
    pthread_create(&server->thread, NULL, run, server);
}

void http_server_stop(struct http_server *server)
{
    shutdown(server->listening, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listening);
}
