#include "cli/top_stream.h"

#include <libwebsockets.h>
#include <string.h>
#include <uv.h>

#include "base/mem.h"
#include "base/time.h"

#define PATH         "/api/v1/stream"
#define RETRY_US     ((lws_usec_t)2 * LWS_US_PER_SEC)
#define MESSAGE_MOST ((size_t)4 << 20)
#define ALIVE_SECS   20 /* without a word it is asked; after twice as long it is gone */

struct news {
    enum top_stream_news kind;
    char *text;
};

struct top_stream {
    struct {
        char *host, *authorization;
        int port;
        bool tls;
    } to;
    top_stream_tells *tells;
    void *ctx;
    uv_async_t wake; /* the loop */
    uv_thread_t thread;
    uv_mutex_t lock; /* of what follows */
    ARRAY(struct news) news;
    bool ended;
    /* of the thread */
    struct lws_context *context;
    lws_sorted_usec_list_t retry;
    struct str message;
};

/* ---- between the threads ---- */

static void tell(struct top_stream *stream, enum top_stream_news kind, const char *text)
{
    uv_mutex_lock(&stream->lock);
    *array_add(&stream->news) = (struct news){kind, xstrdup(text)};
    uv_mutex_unlock(&stream->lock);
    uv_async_send(&stream->wake);
}

static bool has_ended(struct top_stream *stream)
{
    uv_mutex_lock(&stream->lock);
    bool ended = stream->ended;
    uv_mutex_unlock(&stream->lock);
    return ended;
}

static void on_wake(uv_async_t *wake)
{
    struct top_stream *stream = wake->data;
    uv_mutex_lock(&stream->lock);
    typeof(stream->news) news = stream->news;
    stream->news = (typeof(news)){0};
    uv_mutex_unlock(&stream->lock);
    for (size_t i = 0; i < news.n; i++) {
        stream->tells(stream->ctx, news.v[i].kind, news.v[i].text);
        free(news.v[i].text);
    }
    array_free(&news);
}

/* ---- the connection, on the thread ---- */

static void connect_again(lws_sorted_usec_list_t *retry);

static void lose(struct top_stream *stream)
{
    if (has_ended(stream))
        return;
    str_clear(&stream->message);
    tell(stream, STREAM_CLOSED, NULL);
    lws_sul_schedule(stream->context, 0, &stream->retry, connect_again, RETRY_US);
}

static void connect_again(lws_sorted_usec_list_t *retry)
{
    struct top_stream *stream = container_of(retry, struct top_stream, retry);
    struct lws_client_connect_info info = {.context = stream->context,
                                           .address = stream->to.host,
                                           .port = stream->to.port,
                                           .ssl_connection = stream->to.tls ? LCCSCF_USE_SSL : 0,
                                           .path = PATH,
                                           .host = stream->to.host,
                                           .local_protocol_name = "tocsin",
                                           .ietf_version_or_minus_one = -1};
    lws_client_connect_via_info(
        &info); /* what fails, now or later, is told by LWS_CALLBACK_CLIENT_CONNECTION_ERROR */
}

static int add_authorization(const struct top_stream *stream, struct lws *wsi, void *in, size_t n)
{
    unsigned char **at = in;
    const char *value = stream->to.authorization;
    return value && lws_add_http_header_by_name(wsi, (const unsigned char *)"authorization:",
                                                (const unsigned char *)value, (int)strlen(value), at, *at + n);
}

/* Not 0: it is closed. */
static int take(struct top_stream *stream, struct lws *wsi, const char *bytes, size_t n)
{
    str_addn(&stream->message, bytes, n);
    if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
        tell(stream, STREAM_EVENT, str_text(&stream->message));
        str_clear(&stream->message);
    }
    return stream->message.len > MESSAGE_MOST;
}

static int on_socket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    struct top_stream *stream = lws_context_user(lws_get_context(wsi));
    (void)user;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_authorization(stream, wsi, in, n);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        tell(stream, STREAM_OPEN, NULL);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return take(stream, wsi, in, n);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_CLIENT_CLOSED:
        lose(stream);
        return 0;
    default:
        return 0;
    }
}

static void follow(void *ctx)
{
    struct top_stream *stream = ctx;
    lws_sul_schedule(stream->context, 0, &stream->retry, connect_again, 1);
    while (!has_ended(stream) && lws_service(stream->context, 0) >= 0)
        ;
}

/* ---- beginning and end ---- */

/* "http://host:port" without a path, as locate_daemon gives it. */
static int read_place(struct top_stream *stream, const struct api_place *place, struct error *err)
{
    CLEANUP_FREE char *url = xstrdup(place->url);
    const char *scheme, *host, *path;
    if (lws_parse_uri(url, &scheme, &host, &stream->to.port, &path))
        return error_set(err, ERR_INVALID, "%s is no address; it is like http://127.0.0.1:7077", place->url);
    stream->to.host = xstrdup(host);
    stream->to.tls = text_equal(scheme, "https");
    stream->to.authorization = place->bearer ? xasprintf("Bearer %s", place->bearer) : NULL;
    return 0;
}

static int make_context(struct top_stream *stream, struct error *err)
{
    static const struct lws_protocols protocols[] = {{.name = "tocsin", .callback = on_socket}, {0}};
    static const lws_retry_bo_t alive = {.secs_since_valid_ping = ALIVE_SECS,
                                         .secs_since_valid_hangup = 2 * ALIVE_SECS};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .user = stream,
        .options = stream->to.tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0,
        .retry_and_idle_policy = &alive,
    };
    lws_set_log_level(0, NULL);
    stream->context = lws_create_context(&info);
    return stream->context
               ? 0
               : error_set(err, ERR_IO, "the live stream cannot be followed: libwebsockets does not start");
}

static void free_stream(struct top_stream *stream)
{
    for (size_t i = 0; i < stream->news.n; i++)
        free(stream->news.v[i].text);
    array_free(&stream->news);
    str_finish(&stream->message);
    free(stream->to.host);
    free(stream->to.authorization);
    free(stream);
}

struct top_stream *top_stream_create(const struct api_place *place, struct uv_loop_s *loop,
                                     top_stream_tells *tells, void *ctx, struct error *err)
{
    struct top_stream *stream = xcalloc(1, sizeof(*stream));
    stream->tells = tells;
    stream->ctx = ctx;
    if (read_place(stream, place, err) || make_context(stream, err)) {
        free_stream(stream);
        return NULL;
    }
    stream->wake.data = stream;
    require(uv_mutex_init(&stream->lock) == 0 && uv_async_init(loop, &stream->wake, on_wake) == 0);
    require(uv_thread_create(&stream->thread, follow, stream) == 0);
    return stream;
}

static void on_closed(uv_handle_t *wake)
{
    free_stream(wake->data);
}

void top_stream_destroy(struct top_stream *stream)
{
    if (!stream)
        return;
    uv_mutex_lock(&stream->lock);
    stream->ended = true;
    uv_mutex_unlock(&stream->lock);
    lws_cancel_service(stream->context);
    uv_thread_join(&stream->thread);
    lws_context_destroy(stream->context);
    uv_mutex_destroy(&stream->lock);
    uv_close((uv_handle_t *)&stream->wake, on_closed);
}
