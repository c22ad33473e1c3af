#include "web/connection.h"

#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "web/admit.h"

#define BUFFER_FIRST 2048
#define SLACK        512  /* bytes of the buffer that are not for the head: room for what follows it */
#define LINGER_TIME  2000 /* ms */
#define LINGER_BYTES ((size_t)1 << 20)
#define BODY_PACE    ((size_t)256 << 10) /* each such part of a body extends the deadline by request_time */
#define PIECE        ((size_t)64 << 10) /* what one read takes at most; whoever sends more than one takes turns */
#define READS_A_TURN 4                  /* of those, in one turn of the loop */
#define LONGS_A_TURN 1                  /* requests whose handlers take long, likewise */
#define BODY_FIRST   16384              /* memory for a body grows with what arrives, not with Content-Length */

static void work(struct connection *connection);
static void read_on(struct connection *connection);

static void wait_for(struct connection *connection, duration span)
{
    connection->deadline = uv_now(connection->all->loop) + (uint64_t)span;
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    list_remove(&connection->link);
    connection->all->n--;
    metric_add(METRIC_HTTP_CONNECTIONS, -1);
    free(connection->in);
    free(connection);
}

/* A handler may still have the request: it can read on, and its answer is dropped. */
static void orphan(struct connection *connection)
{
    struct http_request *request = connection->request;
    if (!request)
        return;
    bool waits = request->link.next != NULL;
    connection->request = NULL;
    request->client = NULL;
    request->kept = steal(connection->in);
    list_remove(&request->link);
    if (connection->state == ANSWERING)
        metric_add(METRIC_HTTP_GONE, 1);
    if (waits || connection->state != ANSWERING)
        exchange_end(request);
}

void connection_close(struct connection *connection)
{
    if (connection->closing)
        return;
    connection->closing = true;
    list_remove(&connection->turn);
    orphan(connection);
    uv_close((uv_handle_t *)&connection->client.tcp, on_closed);
}

/* ---- writing ---- */

struct write {
    uv_write_t write;
    char bytes[];
};

static void close_or_linger(struct connection *connection)
{
    uv_os_fd_t fd;
    if (connection->ended || uv_fileno((uv_handle_t *)&connection->client.tcp, &fd) < 0) {
        connection_close(connection);
        return;
    }
    /* Closing with bytes unread resets the connection, and the client may lose the answer. */
    connection->state = LINGERING;
    connection->n = 0;
    wait_for(connection, LINGER_TIME);
    shutdown(fd, SHUT_WR);
    read_on(connection);
}

static void answered(struct connection *connection)
{
    if (!connection->client.keep_alive) {
        close_or_linger(connection);
        return;
    }
    connection->state = READING_HEAD;
    wait_for(connection, connection->n ? connection->all->request_time : connection->all->idle_time);
    if (!connection->working)
        work(connection);
}

static void on_written(uv_write_t *write, int status)
{
    struct connection *connection = write->data;
    free(container_of(write, struct write, write));
    if (connection->closing)
        return;
    if (status < 0)
        connection_close(connection);
    else
        answered(connection);
}

/* What the socket did not take at once. */
static void write_rest(struct connection *connection, const uv_buf_t bufs[2], size_t written)
{
    size_t total = bufs[0].len + bufs[1].len;
    struct write *write = xmalloc(sizeof(*write) + total - written);
    size_t n = 0;
    for (int i = 0; i < 2; i++) {
        size_t skip = written < bufs[i].len ? written : bufs[i].len;
        if (bufs[i].len > skip)
            memcpy(write->bytes + n, bufs[i].base + skip, bufs[i].len - skip);
        n += bufs[i].len - skip;
        written -= skip;
    }
    write->write.data = connection;
    connection->state = WRITING;
    wait_for(connection, connection->all->answer_time);
    uv_buf_t rest = uv_buf_init(write->bytes, (unsigned)n);
    if (uv_write(&write->write, (uv_stream_t *)&connection->client.tcp, &rest, 1, on_written) < 0) {
        free(write);
        connection_close(connection);
    }
}

/* Removes the head; what follows belongs to the next request. */
static void drop_head(struct connection *connection)
{
    connection->n -= connection->head_n;
    if (connection->n)
        memmove(connection->in, connection->in + connection->head_n, connection->n);
    connection->head_n = 0;
}

static void answer(struct http_client *client, const char *head, size_t head_n, const char *body, size_t n)
{
    struct connection *connection = container_of(client, struct connection, client);
    connection->request = NULL;
    uv_buf_t bufs[2] = {uv_buf_init((char *)(uintptr_t)head, (unsigned)head_n),
                        uv_buf_init((char *)(uintptr_t)body, (unsigned)n)};
    int written = uv_try_write((uv_stream_t *)&connection->client.tcp, bufs, n ? 2 : 1);
    if (written == UV_EAGAIN)
        written = 0;
    bool partly = written >= 0 && (size_t)written < head_n + n;
    if (partly)
        write_rest(connection, bufs, (size_t)written);
    drop_head(connection); /* only now: the body may be in that buffer */
    if (written < 0)
        connection_close(connection);
    else if (!partly)
        answered(connection);
}

static void leave(struct http_client *client)
{
    struct connection *connection = container_of(client, struct connection, client);
    connection->request = NULL;
    connection_close(connection);
}

/* ---- reading ---- */

static bool whole_body(const struct http_request *request)
{
    return !request->head.chunked && (int64_t)request->body.len >= request->head.length;
}

/* Bytes of a body of known length go straight into the body; others go into the buffer. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct connection *connection = handle->data;
    struct http_request *request = connection->request;
    if (connection->state == READING_BODY && !request->head.chunked && connection->n == connection->head_n) {
        size_t left = (size_t)request->head.length - request->body.len;
        size_t room = request->body.cap - request->body.len;
        if (room < 2)
            str_reserve(&request->body,
                        left < request->body.len + BODY_FIRST ? left : request->body.len + BODY_FIRST);
        room = request->body.cap - request->body.len - 1; /* for the NUL */
        room = MIN(room, PIECE);
        *buf = uv_buf_init(request->body.p + request->body.len, (unsigned)MIN(left, room));
        return;
    }
    bool head = connection->state == READING_HEAD;
    if (head && connection->n + SLACK >= connection->cap) {
        connection->cap = connection->cap ? WIRE_HEAD_MOST + SLACK : BUFFER_FIRST;
        connection->in = xrealloc(connection->in, connection->cap, 1);
    }
    *buf = uv_buf_init(connection->in + connection->n,
                       (unsigned)(connection->cap - connection->n - (head ? SLACK : 0)));
}

static bool into_body(const struct connection *connection, const uv_buf_t *buf)
{
    return connection->state == READING_BODY && buf->base != connection->in + connection->n;
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct connection *connection = stream->data;
    if (n == UV_ENOBUFS) { /* the buffer is full of later requests: the rest waits in the socket */
        uv_read_stop(stream);
        return;
    }
    bool owed = connection->state == ANSWERING || connection->state == WRITING;
    if (n < 0 && (n != UV_EOF || !owed)) {
        connection_close(connection);
        return;
    }
    if (n < 0) { /* the client sends nothing more, but may wait for its answers */
        connection->ended = true;
        uv_read_stop(stream);
        return;
    }
    if (into_body(connection, buf)) {
        connection->request->body.len += (size_t)n;
        connection->request->body.p[connection->request->body.len] = '\0';
    } else {
        connection->n += (size_t)n;
    }
    work(connection);
}

static void read_on(struct connection *connection)
{
    if (!connection->ended && !connection->closing)
        uv_read_start((uv_stream_t *)&connection->client.tcp, on_alloc, on_read);
}

static bool sends_much(const struct connection *connection)
{
    return connection->state == LINGERING ||
           (connection->state == READING_BODY && connection->request->body.len >= PIECE);
}

/* Reads on now, or when it has its turn. */
static void read_in_turn(struct connection *connection)
{
    if (!sends_much(connection)) {
        read_on(connection);
        return;
    }
    uv_read_stop((uv_stream_t *)&connection->client.tcp);
    list_remove(&connection->turn);
    pace_wait(&connection->all->pace, &connection->turn);
}

static void take_turn(struct pace *pace, struct list *element)
{
    (void)pace;
    read_on(container_of(element, struct connection, turn));
}

/* ---- the steps of a request; each returns true when there may be more to do ---- */

static bool linger(struct connection *connection)
{
    connection->drained += connection->n;
    connection->n = 0;
    if (connection->drained > LINGER_BYTES)
        connection_close(connection);
    return false;
}

static void refuse(struct connection *connection, int status)
{
    connection->client.keep_alive = false;
    http_problem(connection->request, status,
                 "The request is not valid HTTP/1.1, or uses a feature that this server does not support.");
}

/* Returns 1 when the body is whole, 0 when more is to come, -1 when the request has been answered. */
static int take_chunks(struct connection *connection, const char *bytes, size_t n, size_t *ret_used)
{
    struct http_request *request = connection->request;
    int rc =
        wire_chunks(&request->chunks, bytes, n, request->match.route->body_limit, &request->body, ret_used);
    if (rc >= 0 && admit_more(request))
        return rc;
    connection->client.keep_alive = false;
    if (rc == -413)
        admit_too_large(request);
    else if (rc < 0)
        refuse(connection, -rc);
    return -1;
}

static int take_bytes(struct connection *connection, const char *bytes, size_t n, size_t *ret_used)
{
    struct http_request *request = connection->request;
    size_t left = (size_t)request->head.length - request->body.len;
    *ret_used = MIN(n, left);
    if (*ret_used)
        str_addn(&request->body, bytes, *ret_used);
    return whole_body(request);
}

/* Those whose handlers take long have their turn once all that came meanwhile was read, and the others among it were answered. */
static void hand_over(struct connections *all, struct http_request *request)
{
    request->began = clock_mono_ns();
    if (request->match.route->flags & ROUTE_LONG)
        pace_wait(&all->turns, &request->link);
    else
        exchange_hand_over(request);
}

static void hand_over_long(struct pace *pace, struct list *element)
{
    (void)pace;
    exchange_hand_over(container_of(element, struct http_request, link));
}

/* Moves the bytes after the head that belong to the body into it. */
static bool take_body(struct connection *connection)
{
    struct http_request *request = connection->request;
    char *bytes = connection->in + connection->head_n;
    size_t n = connection->n - connection->head_n, used = 0;
    int whole = (request->head.chunked ? take_chunks : take_bytes)(connection, bytes, n, &used);
    if (whole < 0) {
        connection->state = ANSWERING;
        return true;
    }
    memmove(bytes, bytes + used, n - used);
    connection->n -= used;
    if (request->body.len / BODY_PACE > connection->paced) {
        connection->paced = request->body.len / BODY_PACE;
        wait_for(connection, connection->all->request_time);
    }
    if (!whole)
        return false;
    connection->state = ANSWERING;
    wait_for(connection, connection->all->answer_time);
    if (routes_ask_change(connection->all->routes, request))
        hand_over(connection->all, request);
    return true;
}

static bool take_head(struct connection *connection)
{
    if (connection->n == 0)
        return false;
    struct http_request *request = connection->request;
    if (!request)
        request = connection->request = exchange_begin(&connection->all->exchanges, &connection->client);
    long used = wire_head(connection->in, connection->n, &request->head);
    if (used == 0)
        return false;
    connection->state = ANSWERING;
    if (used < 0) {
        connection->head_n = connection->n;
        request->head.n = 0;
        request->head.method = 0;
        refuse(connection, (int)-used);
        return true;
    }
    connection->head_n = (size_t)used;
    /* If the request is refused with its body unread, the connection has to end. */
    bool body = request->head.chunked || request->head.length > 0;
    connection->client.keep_alive = request->head.keep_alive && !body;
    if (!admit(request, connection->all->routes, connection->all->tokens, &connection->all->guesses))
        return true;
    connection->client.keep_alive = request->head.keep_alive;
    if (request->head.expects && connection->n == connection->head_n) {
        uv_buf_t go_on = uv_buf_init("HTTP/1.1 100 Continue\r\n\r\n", 25);
        uv_try_write((uv_stream_t *)&connection->client.tcp, &go_on, 1);
    }
    connection->state = READING_BODY;
    connection->paced = 0;
    return true;
}

static void work(struct connection *connection)
{
    static bool (*const steps[])(struct connection * connection) = {
        [READING_HEAD] = take_head,
        [READING_BODY] = take_body,
        [LINGERING] = linger,
    };
    connection->working = true;
    while (!connection->closing && connection->state != ANSWERING && connection->state != WRITING)
        if (!steps[connection->state](connection))
            break;
    connection->working = false;
    if (connection->ended && connection->state != ANSWERING && connection->state != WRITING)
        connection_close(connection);
    bool full = connection->n == connection->cap && connection->state != READING_HEAD;
    if (!connection->closing && !full)
        read_in_turn(connection);
}

/* The handler took too long: answers 503, and leaves the request to the handler. */
static void give_up(struct connection *connection)
{
    static const char late[] =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    orphan(connection);
    connection->n = connection->head_n = connection->cap = 0;
    connection->client.keep_alive = false;
    answer(&connection->client, late, sizeof(late) - 1, NULL, 0);
}

void connection_expired(struct connection *connection)
{
    bool reading = connection->state == READING_HEAD || connection->state == READING_BODY;
    if (connection->state == ANSWERING) {
        give_up(connection);
    } else if (reading && connection->request) {
        connection->state = ANSWERING;
        connection->head_n = connection->n;
        connection->client.keep_alive = false;
        http_problem(connection->request, 408, "The request took too long to arrive.");
    } else {
        connection_close(connection);
    }
}

void connections_init(struct connections *all)
{
    exchanges_init(&all->exchanges);
    list_init(&all->list);
    pace_init(&all->pace, all->loop, READS_A_TURN, take_turn, &all->handles);
    pace_init(&all->turns, all->loop, LONGS_A_TURN, hand_over_long, &all->handles);
}

void connections_close(struct connections *all)
{
    list_each (connection, &all->list, struct connection, link) {
        connection_close(connection);
    }
    pace_close(&all->pace);
    pace_close(&all->turns);
}

void connection_accept(struct connections *all, uv_stream_t *listener)
{
    struct connection *connection = xcalloc(1, sizeof(*connection));
    connection->all = all;
    list_append(&all->list, &connection->link);
    all->n++;
    metric_add(METRIC_HTTP_CONNECTIONS, 1);
    connection->client.answer = answer;
    connection->client.leave = leave;
    connection->client.tcp.data = connection;
    uv_tcp_init(all->loop, &connection->client.tcp);
    if (uv_accept(listener, (uv_stream_t *)&connection->client.tcp) < 0) {
        connection_close(connection);
        return;
    }
    uv_tcp_nodelay(&connection->client.tcp, 1);
    wait_for(connection, all->request_time);
    read_on(connection);
}
