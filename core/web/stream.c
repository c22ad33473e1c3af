#include "web/stream.h"

#include <libwebsockets.h>
#include <string.h>
#include <uv.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "web/pace.h"
#include "web/same_origin.h"
#include "web/token.h"

#define PAGE            64  /* events read from the journal at once */
#define AT_ONCE         32  /* messages sent before other followers have their turn */
#define SKIP_MOST       512 /* events examined in one turn */
#define WOKEN_AT_ONCE   32  /* followers, in one turn of the loop */
#define INCOMING        4096
#define CLOSING_SECONDS 3
#define WRITE_CLOSE     ((enum lws_write_protocol)4) /* the public header has no name for it */

/* What is sent of an event, worded in this turn of the loop: in the next one, less of it may be left to see. */
struct wording {
    uint64_t seq, round;
    struct str bytes; /* the first LWS_PRE are for libwebsockets */
};

struct stream {
    uv_loop_t *loop;
    struct tokens *tokens;
    struct stream_ops ops;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct list followers; /* those first that were woken for the oldest events */
    size_t follower_count;
    struct pace pace;
    struct list turn; /* while some are to be woken: waits for a turn to do so */
    int handles;      /* of that, not closed yet */
    struct wording worded[STREAM_ALL + 1];
    struct event kept[STREAM_KEPT]; /* the newest; event number i is at i % STREAM_KEPT */
    uint64_t published;
    struct follower *adopting; /* whose socket is being handed over */
};

struct follower {
    struct stream *stream;
    struct lws *wsi;
    struct list link;
    char *token, *viewer; /* token: its id */
    uint64_t seen;        /* seq of the last event that was sent or skipped */
    uint64_t woken;       /* for so many published events */
    bool live;       /* has caught up with the kept events; if it falls behind them again, it is too slow */
    event_list page; /* from the journal */
    size_t page_at;
    bool ended; /* a close frame was sent; nothing more follows */
};

static void follower_destroy(struct follower *follower)
{
    follower->stream->follower_count--;
    list_remove(&follower->link);
    event_list_finish(&follower->page);
    free(follower->token);
    free(follower->viewer);
    free(follower);
}

/* ---- what comes next for a follower ---- */

static const struct event *oldest_kept(const struct stream *stream)
{
    if (stream->published == 0)
        return NULL;
    uint64_t first = stream->published > STREAM_KEPT ? stream->published - STREAM_KEPT : 0;
    return &stream->kept[first % STREAM_KEPT];
}

/* The first kept event after seq `seen`. They are in order of seq, so this bisects. */
static const struct event *kept_after(const struct stream *stream, uint64_t seen)
{
    uint64_t low = stream->published > STREAM_KEPT ? stream->published - STREAM_KEPT : 0,
             high = stream->published;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (stream->kept[middle % STREAM_KEPT].seq <= seen)
            low = middle + 1;
        else
            high = middle;
    }
    return low < stream->published ? &stream->kept[low % STREAM_KEPT] : NULL;
}

static bool into_page(void *ctx, const struct event *event)
{
    struct follower *follower = ctx;
    event_copy(array_add(&follower->page), event);
    return true;
}

/* The next event of the page from the journal; reads another page when this one is used up. */
static const struct event *from_journal(struct follower *follower)
{
    if (follower->page_at == follower->page.n) {
        const struct stream_ops *ops = &follower->stream->ops;
        event_list_finish(&follower->page);
        follower->page_at = 0;
        if (ops->read(ops->ctx, follower->seen, PAGE, into_page, follower, NULL) < 0)
            return NULL;
    }
    return follower->page_at < follower->page.n ? &follower->page.v[follower->page_at++] : NULL;
}

/* NULL: there is none yet. *ret_behind: this follower is too slow and gets no more. */
static const struct event *next_event(struct follower *follower, bool *ret_behind)
{
    const struct stream *stream = follower->stream;
    const struct event *oldest = oldest_kept(stream);
    if (follower->page_at < follower->page.n)
        return from_journal(follower);
    if (oldest && oldest->seq <= follower->seen + 1) {
        follower->live = true;
        return kept_after(stream, follower->seen);
    }
    if (follower->live && oldest) {
        *ret_behind = true;
        return NULL;
    }
    if (follower->seen >= stream->ops.last_seq(stream->ops.ctx)) {
        follower->live = true;
        return NULL;
    }
    return from_journal(follower);
}

static struct str *word(struct stream *stream, const struct event *event, enum stream_sight sight,
                        const char *viewer)
{
    static const char before[LWS_PRE];
    struct wording *wording = &stream->worded[sight];
    if (wording->seq != event->seq || wording->round != stream->pace.round) {
        str_clear(&wording->bytes);
        str_addn(&wording->bytes, before, LWS_PRE);
        stream->ops.encode(stream->ops.ctx, event, viewer, &wording->bytes);
        wording->seq = event->seq;
        wording->round = stream->pace.round;
    }
    return &wording->bytes;
}

static int send_text(struct lws *wsi, struct str *bytes)
{
    size_t n = bytes->len - LWS_PRE;
    return lws_write(wsi, (unsigned char *)bytes->p + LWS_PRE, n, LWS_WRITE_TEXT) < (int)n ? -1 : 0;
}

/*
 * Sends the reason, and gives the client some seconds to close. (lws_close_reason does not work here: Debian's
 * build closes a libuv socket twice, the second time before the reason is sent.)
 */
static int end_with(struct follower *follower, int code, const char *reason)
{
    unsigned char buffer[LWS_PRE + 125], *payload = buffer + LWS_PRE;
    size_t n = strlen(reason);
    follower->ended = true;
    payload[0] = (unsigned char)(code >> 8);
    payload[1] = (unsigned char)code;
    memcpy(payload + 2, reason, n);
    lws_set_timeout(follower->wsi, PENDING_TIMEOUT_CLOSE_ACK, CLOSING_SECONDS);
    return lws_write(follower->wsi, payload, n + 2, WRITE_CLOSE) < 0 ? -1 : 0;
}

/* Returns -1 to close the socket. */
static int send_some(struct follower *follower)
{
    struct stream *stream = follower->stream;
    struct lws *wsi = follower->wsi;
    if (follower->ended)
        return 0;
    const struct token *token = tokens_by_id(stream->tokens, follower->token);
    if (!token)
        return end_with(follower, STREAM_NO_TOKEN, "the token was revoked, or has expired");
    for (int sent = 0, looked = 0; sent < AT_ONCE && looked < SKIP_MOST; looked++) {
        bool behind = false;
        const struct event *event = next_event(follower, &behind);
        if (behind) {
            metric_add(METRIC_STREAM_SLOW, 1);
            return end_with(follower, STREAM_TOO_SLOW, "too slow: resume with after=SEQ");
        }
        if (!event)
            return 0;
        follower->seen = event->seq;
        enum stream_sight sight = stream->ops.sight(stream->ops.ctx, event, follower->viewer, token->scopes);
        if (sight == STREAM_NOTHING)
            continue;
        if (send_text(wsi, word(stream, event, sight, follower->viewer)) < 0)
            return -1;
        if (lws_send_pipe_choked(wsi))
            break;
        sent++;
    }
    lws_callback_on_writable(wsi);
    return 0;
}

/* Wakes those whom the newest events have not woken yet. */
static void wake_some(struct pace *pace, struct list *element)
{
    struct stream *stream = container_of(element, struct stream, turn);
    for (int i = 0; i < WOKEN_AT_ONCE && !list_empty(&stream->followers); i++) {
        struct follower *first = container_of(stream->followers.next, struct follower, link);
        if (first->woken == stream->published)
            return;
        first->woken = stream->published;
        list_remove(&first->link);
        list_append(&stream->followers, &first->link);
        lws_callback_on_writable(first->wsi);
    }
    if (!list_empty(&stream->followers))
        pace_wait(pace, element);
}

/* Called from within adopt. */
static void established(struct stream *stream, struct lws *wsi)
{
    struct follower *follower = steal(stream->adopting);
    lws_set_opaque_user_data(wsi, follower);
    follower->wsi = wsi;
    follower->woken = stream->published;
    list_append(&stream->followers, &follower->link);
    metric_add(METRIC_STREAM_CLIENTS, 1);
    lws_callback_on_writable(wsi);
}

static int on_socket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
    (void)user, (void)in, (void)n;
    struct follower *follower = lws_get_opaque_user_data(wsi);
    switch (reason) {
    case LWS_CALLBACK_HTTP: /* only sockets that asked for an upgrade get here */
        return -1;
    case LWS_CALLBACK_ESTABLISHED:
        established(lws_context_user(lws_get_context(wsi)), wsi);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_some(follower);
    case LWS_CALLBACK_CLOSED:
        metric_add(METRIC_STREAM_CLIENTS, -1);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        if (follower)
            follower_destroy(follower);
        return 0;
    default:
        return 0;
    }
}

/* ---- taking a socket over ---- */

#define PATH "/api/v1/stream"

/* Writes the request again, as far as the handshake needs it. */
static void handshake(struct http_request *request, struct str *out)
{
    static const char *const names[] = {
        "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "origin"};
    str_add(out, "GET " PATH " HTTP/1.1\r\n");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = http_header(request, names[i]);
        if (value)
            str_addf(out, "%s: %s\r\n", names[i], value);
    }
    str_add(out, "\r\n");
}

/* Why the stream cannot be followed as requested, as text for the client. NULL: it can. */
static const char *refusal(const struct stream *stream, const char *after)
{
    size_t digits = after ? strspn(after, "0123456789") : 0;
    if (!after)
        return NULL;
    if (!digits || after[digits] || digits > 18)
        return "'after' must be the seq of the last event that you read, or 0.";
    if (strtoull(after, NULL, 10) > stream->ops.last_seq(stream->ops.ctx))
        return "'after' is beyond the end of this journal: it is a different journal, or was restored from a "
               "backup. Connect without 'after'.";
    return NULL;
}

static void adopt(struct stream *stream, struct http_request *request, const char *after)
{
    struct follower *follower = xcalloc(1, sizeof(*follower));
    CLEANUP_STR struct str text = {0};
    follower->stream = stream;
    stream->follower_count++;
    follower->token = xstrdup(http_token(request)->id);
    follower->viewer = xstrdup(http_token(request)->person);
    follower->seen = after ? strtoull(after, NULL, 10) : stream->ops.last_seq(stream->ops.ctx);
    handshake(request, &text);
    stream->adopting = follower;
    int fd = http_take_socket(request);
    if (fd >= 0)
        lws_adopt_socket_vhost_readbuf(stream->vhost, fd, text.p, text.len);
    if (stream->adopting)
        follower_destroy(steal(stream->adopting));
}

static void get_stream(void *ctx, struct http_request *request)
{
    struct stream *stream = ctx;
    const char *after = http_query_value(request, "after"), *why = refusal(stream, after);
    const char *upgrade = http_header(request, "upgrade");
    if (why) {
        http_problem(request, 400, "%s", why);
    } else if (stream->follower_count >= STREAM_FOLLOWERS) {
        http_answer_header(request, "Retry-After", "60");
        http_problem(request, 503, "The stream has %d followers, and takes no more.", STREAM_FOLLOWERS);
    } else if (!same_origin(request, stream->ops.public_url)) {
        http_problem(request, 403,
                     "A page of another address may not follow the stream. If the page is Tocsin's own, set "
                     "public_url in tocsin.lua to the address that the browser shows.");
    } else if (upgrade && strcasecmp(upgrade, "websocket") == 0) {
        adopt(stream, request, after);
    } else {
        http_answer_header(request, "Upgrade", "websocket");
        http_problem(request, 426, "This is a WebSocket. Connect with a WebSocket client.");
    }
}

static const struct route stream_routes[] = {
    {HTTP_GET, PATH, get_stream, SCOPE_READ, 0, ROUTE_QUERY_TOKEN | ROUTE_COOKIE},
};

static const struct lws_protocols protocols[] = {
    {.name = "tocsin", .callback = on_socket, .rx_buffer_size = INCOMING},
    {0},
};

/* A follower that does not answer a ping is gone. */
static const lws_retry_bo_t alive = {.secs_since_valid_ping = STREAM_PING_EVERY / SECOND,
                                     .secs_since_valid_hangup = 2 * STREAM_PING_EVERY / SECOND};

struct stream *stream_create(struct server *server, struct tokens *tokens, const struct stream_ops *ops)
{
    struct stream *stream = xcalloc(1, sizeof(*stream));
    stream->loop = server_loop(server);
    stream->tokens = tokens;
    stream->ops = *ops;
    list_init(&stream->followers);
    pace_init(&stream->pace, stream->loop, 1, wake_some, &stream->handles);
    lws_set_log_level(0, NULL); /* results tell us all we need */
    void *loops[] = {stream->loop};
    struct lws_context_creation_info info = {
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .user = stream,
        .pcontext = &stream->context,
        .retry_and_idle_policy = &alive,
        .max_http_header_pool = 16,
    };
    stream->context = lws_create_context(&info);
    stream->vhost = stream->context ? lws_create_vhost(stream->context, &info) : NULL;
    if (!stream->vhost) {
        log_error("no live stream: libwebsockets cannot use libuv here; install libwebsockets-evlib-uv");
        stream_destroy(stream);
        return NULL;
    }
    server_add(server, stream_routes, 1, stream);
    return stream;
}

void stream_publish(struct stream *stream, const struct event *event)
{
    if (!stream)
        return;
    struct event *place = &stream->kept[stream->published++ % STREAM_KEPT];
    event_finish(place);
    *place = (struct event){0};
    event_copy(place, event);
    if (!stream->turn.next)
        pace_wait(&stream->pace, &stream->turn);
}

void stream_destroy(struct stream *stream)
{
    if (!stream)
        return;
    /* The loop needs a few turns to close the handles; a second call frees what is left. */
    for (int turn = 0; turn < 100 && stream->context; turn++) {
        if (turn % 10 == 0)
            lws_context_destroy(stream->context);
        uv_run(stream->loop, UV_RUN_NOWAIT);
    }
    pace_close(&stream->pace);
    while (stream->handles)
        uv_run(stream->loop, UV_RUN_ONCE);
    for (size_t i = 0; i < STREAM_KEPT; i++)
        event_finish(&stream->kept[i]);
    for (size_t i = 0; i < ARRAY_SIZE(stream->worded); i++)
        str_finish(&stream->worded[i].bytes);
    free(stream);
}
