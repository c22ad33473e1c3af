#include "conformance/link.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/mem.h"
#include "base/str.h"

#define BACKLOG      64
#define REQUEST_MOST ((size_t)8192) /* of a CONNECT */

struct line { /* one connection of the connector, and ours to the platform */
    struct link *link;
    uv_tcp_t near, far;
    uv_connect_t connecting;
    int closing; /* handles that are not closed yet */
    bool ended;
    struct str request; /* to a proxy, until it is whole */
    bool answering;     /* the last bytes came from the platform */
    bool heard;         /* something came from it */
};

struct link {
    uv_loop_t *loop;
    uv_tcp_t *listener; /* NULL: it is gone */
    bool proxy;
    struct sockaddr_storage platform; /* unless it is a proxy */
    int port, connections;
    enum link_mode mode;
    int left; /* answers until it is cut */
    bool used;
    ARRAY(struct line *) lines;
};

struct writing {
    uv_write_t request;
    char *bytes;
};

static void stop_listening(struct link *link);

/* ---- one connection ---- */

static void on_closed(uv_handle_t *handle)
{
    struct line *line = handle->data;
    if (--line->closing)
        return;
    str_finish(&line->request);
    free(line);
}

static void end_line(struct line *line)
{
    struct link *link = line->link;
    if (line->ended)
        return;
    line->ended = true;
    for (size_t i = 0; i < link->lines.n; i++) {
        if (link->lines.v[i] == line) {
            array_remove(&link->lines, i);
            break;
        }
    }
    uv_close((uv_handle_t *)&line->near, on_closed);
    uv_close((uv_handle_t *)&line->far, on_closed);
}

static void end_lines(struct link *link)
{
    while (link->lines.n)
        end_line(link->lines.v[0]);
}

static void on_written(uv_write_t *request, int status)
{
    struct writing *writing = container_of(request, struct writing, request);
    (void)status;
    free(writing->bytes);
    free(writing);
}

static void on_last_written(uv_write_t *request, int status)
{
    struct line *line = request->handle->data;
    on_written(request, status);
    end_line(line);
}

static void pass_on(uv_tcp_t *to, const char *bytes, size_t n, uv_write_cb done)
{
    struct writing *writing = xcalloc(1, sizeof(*writing));
    writing->bytes = xmalloc(n);
    memcpy(writing->bytes, bytes, n);
    uv_buf_t buffer = uv_buf_init(writing->bytes, (unsigned)n);
    if (uv_write(&writing->request, (uv_stream_t *)to, &buffer, 1, done))
        on_written(&writing->request, 0);
}

/* ---- too busy ---- */

static bool is_http(const char *bytes, size_t n)
{
    const char *end = memchr(bytes, '\n', n);
    size_t line = end ? (size_t)(end - bytes) : 0;
    return line > 10 && (memcmp(end - 10, " HTTP/1.1\r", 10) == 0 || memcmp(end - 10, " HTTP/1.0\r", 10) == 0);
}

static bool is_smtp(const char *bytes, size_t n)
{
    return n > 3 && memcmp(bytes, "220", 3) == 0;
}

/* Answers in the platform's place. */
static void say_busy(struct line *line, bool http)
{
    char text[200];
    int n = http ? snprintf(text, sizeof(text),
                            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: %d\r\nContent-Length: 0\r\n"
                            "Connection: close\r\n\r\n",
                            LINK_BUSY_S)
                 : snprintf(text, sizeof(text), "421 4.7.0 Too many connections, try again later\r\n");
    line->link->used = true;
    uv_read_stop((uv_stream_t *)&line->near);
    uv_read_stop((uv_stream_t *)&line->far);
    pass_on(&line->near, text, (size_t)n, on_last_written);
}

/* ---- bytes ---- */

static void from_near(struct line *line, const char *bytes, size_t n)
{
    line->answering = false;
    if (line->link->mode == LINK_BUSY && is_http(bytes, n))
        say_busy(line, true);
    else
        pass_on(&line->far, bytes, n, on_written);
}

static void cut(struct link *link)
{
    link->used = true;
    stop_listening(link);
    end_lines(link);
}

static void from_far(struct line *line, const char *bytes, size_t n)
{
    struct link *link = line->link;
    bool begins = !line->answering, first = !line->heard;
    line->answering = line->heard = true;
    if (link->mode == LINK_HELD)
        link->used = true;
    else if (link->mode == LINK_CUT && begins && --link->left == 0)
        cut(link);
    else if (link->mode == LINK_BUSY && first && is_smtp(bytes, n))
        say_busy(line, false);
    else
        pass_on(&line->near, bytes, n, on_written);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    (void)handle;
    *buffer = uv_buf_init(xmalloc(wanted), (unsigned)wanted);
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct line *line = stream->data;
    if (n < 0)
        end_line(line);
    else if (n > 0 && !line->ended)
        (stream == (uv_stream_t *)&line->near ? from_near : from_far)(line, buffer->base, (size_t)n);
    free(buffer->base);
}

static void relay(struct line *line)
{
    static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    if (line->link->proxy)
        pass_on(&line->near, established, sizeof(established) - 1, on_written);
    uv_read_start((uv_stream_t *)&line->near, on_room, on_bytes);
    uv_read_start((uv_stream_t *)&line->far, on_room, on_bytes);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct line *line = container_of(request, struct line, connecting);
    if (line->ended)
        return;
    if (status)
        end_line(line);
    else
        relay(line);
}

static int find(uv_loop_t *loop, const char *host, const char *port, struct sockaddr_storage *ret)
{
    uv_getaddrinfo_t found;
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    int rc = uv_getaddrinfo(loop, &found, NULL, host, port, &wanted);
    if (rc)
        return rc;
    memcpy(ret, found.addrinfo->ai_addr, found.addrinfo->ai_addrlen);
    uv_freeaddrinfo(found.addrinfo);
    return 0;
}

static int connect_to(struct line *line, const struct sockaddr_storage *platform)
{
    return uv_tcp_connect(&line->connecting, &line->far, (const struct sockaddr *)platform, on_connected);
}

/* "CONNECT chat.example.com:443 HTTP/1.1" */
static int connect_as_asked(struct line *line)
{
    char host[256], port[6];
    struct sockaddr_storage platform;
    uv_read_stop((uv_stream_t *)&line->near);
    if (sscanf(str_text(&line->request), "CONNECT %255[^: ]:%5[0-9] ", host, port) != 2)
        return UV_EPROTO;
    int rc = find(line->link->loop, host, port, &platform);
    return rc ? rc : connect_to(line, &platform);
}

static void on_request(uv_stream_t *near, ssize_t n, const uv_buf_t *buffer)
{
    struct line *line = near->data;
    if (n > 0)
        str_addn(&line->request, buffer->base, (size_t)n);
    free(buffer->base);
    bool whole = strstr(str_text(&line->request), "\r\n\r\n");
    if (n < 0 || line->request.len > REQUEST_MOST || (whole && connect_as_asked(line)))
        end_line(line);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct link *link = listener->data;
    struct line *line = xcalloc(1, sizeof(*line));
    *line = (struct line){.link = link, .closing = 2};
    uv_tcp_init(link->loop, &line->near);
    uv_tcp_init(link->loop, &line->far);
    line->near.data = line->far.data = line;
    *array_add(&link->lines) = line;
    link->connections++;
    if (status || uv_accept(listener, (uv_stream_t *)&line->near) ||
        (link->proxy ? uv_read_start((uv_stream_t *)&line->near, on_room, on_request)
                     : connect_to(line, &link->platform)))
        end_line(line);
}

/* ---- listening ---- */

static void on_listener_closed(uv_handle_t *handle)
{
    free(handle);
}

static void stop_listening(struct link *link)
{
    if (link->listener)
        uv_close((uv_handle_t *)link->listener, on_listener_closed);
    link->listener = NULL;
}

static int begin_listening(struct link *link)
{
    struct sockaddr_in at;
    uv_ip4_addr("127.0.0.1", link->port, &at);
    link->listener = xcalloc(1, sizeof(*link->listener));
    uv_tcp_init(link->loop, link->listener);
    link->listener->data = link;
    int rc = uv_tcp_bind(link->listener, (struct sockaddr *)&at, 0);
    return rc ? rc : uv_listen((uv_stream_t *)link->listener, BACKLOG, on_connection);
}

static void listen_again(struct link *link)
{
    if (!link->listener && begin_listening(link))
        stop_listening(link);
}

static int find_port(struct link *link)
{
    struct sockaddr_in at;
    int n = sizeof(at), rc = uv_tcp_getsockname(link->listener, (struct sockaddr *)&at, &n);
    link->port = ntohs(at.sin_port);
    return rc;
}

/* ---- the link ---- */

int link_create(uv_loop_t *loop, const char *host, const char *port, struct link **ret, struct error *err)
{
    struct sockaddr_storage platform = {0};
    int rc = host ? find(loop, host, port, &platform) : 0;
    if (rc)
        return error_set(err, ERR_NOT_FOUND, "cannot find %s: %s", host, uv_strerror(rc));
    struct link *link = xcalloc(1, sizeof(*link));
    *link = (struct link){.loop = loop, .proxy = !host, .platform = platform};
    rc = begin_listening(link);
    rc = rc ? rc : find_port(link);
    if (rc) {
        link_destroy(link);
        return error_set(err, ERR_IO, "cannot listen on 127.0.0.1: %s", uv_strerror(rc));
    }
    *ret = link;
    return 0;
}

int link_port(const struct link *link)
{
    return link->port;
}

int link_connections(const struct link *link)
{
    return link->connections;
}

void link_set(struct link *link, enum link_mode mode, int nth)
{
    bool bent = link->mode != LINK_OPEN || mode == LINK_GONE || mode == LINK_BUSY;
    link->mode = mode;
    link->left = nth;
    link->used = mode == LINK_GONE;
    if (bent)
        end_lines(link);
    if (mode == LINK_GONE)
        stop_listening(link);
    else
        listen_again(link);
}

bool link_was_used(const struct link *link)
{
    return link->used;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    end_lines(link);
    stop_listening(link);
    array_free(&link->lines);
    uv_run(link->loop, UV_RUN_NOWAIT); /* the close callbacks, which no longer need it */
    free(link);
}
