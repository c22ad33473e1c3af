#include "http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

void loop_gave_up(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: this never happened: %s\n", file, line, condition);
    abort();
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

void loop_turn(uv_loop_t *loop)
{
    uv_timer_t *timer = xmalloc(sizeof(*timer));
    uv_timer_init(loop, timer);
    uv_timer_start(timer, on_tick, 2, 0);
    uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)timer, on_closed);
    uv_run(loop, UV_RUN_NOWAIT);
}

void http_client_open(struct http_client *client, uv_loop_t *loop, int port)
{
    *client = (struct http_client){.loop = loop, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    require(connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == 0);
    fcntl(client->fd, F_SETFL, O_NONBLOCK);
}

void http_client_close(struct http_client *client)
{
    close(client->fd);
    str_finish(&client->in);
}

void http_client_send(struct http_client *client, const char *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t part = send(client->fd, bytes + sent, n - sent, MSG_NOSIGNAL);
        if (part > 0)
            sent += (size_t)part;
        else if (errno != EAGAIN)
            return; /* the server closed; its answer, or the end, is still to be read */
        else
            loop_turn(client->loop);
    }
}

/* Reads what has arrived; false: nothing has. */
static bool receive(struct http_client *client)
{
    char bytes[65536];
    ssize_t n = recv(client->fd, bytes, sizeof(bytes), 0);
    if (n > 0)
        str_addn(&client->in, bytes, (size_t)n);
    else if (n == 0 || errno != EAGAIN)
        client->ended = true;
    return n > 0;
}

bool http_client_need(struct http_client *client, size_t n)
{
    LOOP_UNTIL(client->loop, receive(client) ? client->in.len >= n : client->in.len >= n || client->ended);
    return client->in.len >= n;
}

void http_client_wait_end(struct http_client *client)
{
    LOOP_UNTIL(client->loop, !receive(client) && client->ended);
}

static void take(struct http_client *client, size_t n)
{
    memmove(client->in.p, client->in.p + n, client->in.len - n + 1);
    client->in.len -= n;
}

/* The head's length, once it has arrived. */
static size_t await_head(struct http_client *client)
{
    for (size_t n = 1;; n = client->in.len + 1) {
        const char *end = client->in.p ? strstr(client->in.p, "\r\n\r\n") : NULL;
        if (end)
            return (size_t)(end - client->in.p) + 4;
        if (!http_client_need(client, n))
            return 0;
    }
}

int http_client_head_answer(struct http_client *client, struct str *headers)
{
    size_t head = await_head(client);
    if (!head)
        return 0;
    int status = atoi(client->in.p + 9);
    if (headers)
        str_addn(headers, client->in.p, head);
    take(client, head);
    return status;
}

int http_client_answer(struct http_client *client, char **ret_body, struct str *headers)
{
    size_t head = await_head(client);
    if (!head)
        return 0;
    CLEANUP_FREE char *text = xstrndup(client->in.p, head);
    const char *length = strstr(text, "Content-Length: ");
    size_t n = length ? strtoul(length + 16, NULL, 10) : 0;
    require(http_client_need(client, head + n));
    int status = http_client_head_answer(client, headers);
    if (ret_body)
        *ret_body = xstrndup(client->in.p ? client->in.p : "", n);
    take(client, n);
    return status;
}

int http_client_ask(struct http_client *client, const char *request, char **ret_body)
{
    http_client_send(client, request, strlen(request));
    return http_client_answer(client, ret_body, NULL);
}
