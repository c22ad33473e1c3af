#include "ws_server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <libwebsockets.h>

#include "base/mem.h"

#define CONNECTIONS 64
#define MESSAGES    4096

struct message {
    struct message *next;
    size_t n, sent, part;
    char *text;
};

struct connection {
    struct lws *wsi; /* NULL: closed */
    bool drop;
    struct message *first, **last;
    char *coming; /* an incomplete message */
    size_t coming_n;
};

struct ws_server {
    pthread_t thread;
    pthread_mutex_t lock; /* guards everything below */
    struct lws_context *context;
    int port, opened, received_n;
    bool ending;
    struct connection connections[CONNECTIONS];
    char *received[MESSAGES];
};

static struct connection *connection_of(struct ws_server *server, const struct lws *wsi)
{
    for (int i = 0; i < server->opened; i++) {
        if (server->connections[i].wsi == wsi)
            return &server->connections[i];
    }
    return NULL;
}

static void message_destroy(struct message *message)
{
    free(message->text);
    free(message);
}

static int write_some(struct connection *c)
{
    struct message *m = c->first;
    if (c->drop)
        return -1;
    if (!m)
        return 0;
    size_t n = m->n - m->sent < m->part ? m->n - m->sent : m->part;
    unsigned char *frame = xmalloc(LWS_PRE + n + 1);
    memcpy(frame + LWS_PRE, m->text + m->sent, n);
    int how = (m->sent ? LWS_WRITE_CONTINUATION : LWS_WRITE_TEXT) | (m->sent + n < m->n ? LWS_WRITE_NO_FIN : 0);
    lws_write(c->wsi, frame + LWS_PRE, n, (enum lws_write_protocol)how);
    free(frame);
    m->sent += n;
    if (m->sent == m->n) {
        c->first = m->next;
        c->last = c->first ? c->last : &c->first;
        message_destroy(m);
    }
    if (c->first)
        lws_callback_on_writable(c->wsi);
    return 0;
}

static void take_some(struct ws_server *server, struct connection *c, const char *bytes, size_t n)
{
    c->coming = xrealloc(c->coming, c->coming_n + n + 1, 1);
    memcpy(c->coming + c->coming_n, bytes, n);
    c->coming_n += n;
    c->coming[c->coming_n] = '\0';
    if (!lws_is_final_fragment(c->wsi) || lws_remaining_packet_payload(c->wsi))
        return;
    if (server->received_n < MESSAGES)
        server->received[server->received_n++] = c->coming;
    else
        free(c->coming);
    c->coming = NULL;
    c->coming_n = 0;
}

static void wake_all(struct ws_server *server)
{
    for (int i = 0; i < server->opened; i++) {
        if (server->connections[i].wsi)
            lws_callback_on_writable(server->connections[i].wsi);
    }
}

static int take(struct ws_server *server, struct lws *wsi, enum lws_callback_reasons reason, void *bytes,
                size_t n)
{
    struct connection *c = connection_of(server, wsi);
    if (reason == LWS_CALLBACK_ESTABLISHED && server->opened < CONNECTIONS) {
        c = &server->connections[server->opened++];
        c->wsi = wsi;
        c->last = &c->first;
    } else if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
        wake_all(server);
    } else if (c && reason == LWS_CALLBACK_CLOSED) {
        c->wsi = NULL;
    } else if (c && reason == LWS_CALLBACK_RECEIVE) {
        take_some(server, c, bytes, n);
    } else if (c && reason == LWS_CALLBACK_SERVER_WRITEABLE) {
        return write_some(c);
    }
    return 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *bytes, size_t n)
{
    struct ws_server *server = lws_context_user(lws_get_context(wsi));
    static const bool ours[] = {[LWS_CALLBACK_ESTABLISHED] = true,
                                [LWS_CALLBACK_EVENT_WAIT_CANCELLED] = true,
                                [LWS_CALLBACK_CLOSED] = true,
                                [LWS_CALLBACK_RECEIVE] = true,
                                [LWS_CALLBACK_SERVER_WRITEABLE] = true};
    (void)user;
    if ((size_t)reason >= sizeof(ours) || !ours[reason])
        return 0;
    pthread_mutex_lock(&server->lock);
    int rc = take(server, wsi, reason, bytes, n);
    pthread_mutex_unlock(&server->lock);
    return rc;
}

static bool is_ending(struct ws_server *server)
{
    pthread_mutex_lock(&server->lock);
    bool ending = server->ending;
    pthread_mutex_unlock(&server->lock);
    return ending;
}

static void *serve(void *ctx)
{
    struct ws_server *server = ctx;
    while (!is_ending(server))
        lws_service(server->context, 0);
    return NULL;
}

struct ws_server *ws_server_create(void)
{
    static const struct lws_protocols protocols[] = {{"test", on_event, 0, 4096, 0, NULL, 0}, {0}};
    struct ws_server *server = xcalloc(1, sizeof(*server));
    struct lws_context_creation_info info = {.port = 0,
                                             .iface = "127.0.0.1",
                                             .protocols = protocols,
                                             .gid = (gid_t)-1,
                                             .uid = (uid_t)-1,
                                             .user = server,
                                             .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
                                             .vhost_name = "test"};
    pthread_mutex_init(&server->lock, NULL);
    lws_set_log_level(LLL_ERR, NULL);
    server->context = lws_create_context(&info);
    server->port = lws_get_vhost_listen_port(lws_create_vhost(server->context, &info));
    pthread_create(&server->thread, NULL, serve, server);
    return server;
}

void ws_server_destroy(struct ws_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->ending = true;
    pthread_mutex_unlock(&server->lock);
    lws_cancel_service(server->context);
    pthread_join(server->thread, NULL);
    lws_context_destroy(server->context);
    for (int i = 0; i < server->opened; i++) {
        struct connection *c = &server->connections[i];
        for (struct message *m = c->first; m; m = c->first) {
            c->first = m->next;
            message_destroy(m);
        }
        free(c->coming);
    }
    for (int i = 0; i < server->received_n; i++)
        free(server->received[i]);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int ws_server_port(const struct ws_server *server)
{
    return server->port;
}

int ws_server_opened(struct ws_server *server)
{
    pthread_mutex_lock(&server->lock);
    int opened = server->opened;
    pthread_mutex_unlock(&server->lock);
    return opened;
}

bool ws_server_is_open(struct ws_server *server, int connection)
{
    pthread_mutex_lock(&server->lock);
    bool open = server->connections[connection].wsi != NULL;
    pthread_mutex_unlock(&server->lock);
    return open;
}

void ws_server_send(struct ws_server *server, int connection, const char *text, size_t part)
{
    size_t n = strlen(text);
    struct message *m = xmalloc(sizeof(*m));
    *m = (struct message){NULL, n, 0, part ? part : n, xstrdup(text)};
    pthread_mutex_lock(&server->lock);
    struct connection *c = &server->connections[connection];
    *c->last = m;
    c->last = &m->next;
    pthread_mutex_unlock(&server->lock);
    lws_cancel_service(server->context);
}

void ws_server_drop(struct ws_server *server, int connection)
{
    pthread_mutex_lock(&server->lock);
    server->connections[connection].drop = true;
    pthread_mutex_unlock(&server->lock);
    lws_cancel_service(server->context);
}

int ws_server_received(struct ws_server *server, const char *text)
{
    int n = 0;
    pthread_mutex_lock(&server->lock);
    for (int i = 0; i < server->received_n; i++)
        n += !text || strcmp(server->received[i], text) == 0;
    pthread_mutex_unlock(&server->lock);
    return n;
}
