/*
 * Socket Mode: Slack sends envelopes through WebSockets that we open.
 *
 * run()'s thread serves the sockets (libwebsockets); one worker passes envelopes in, in the order in which they came, since passing in
 * waits for the disk; an envelope is acknowledged once it is kept, so Slack sends again what a crash took. Slack ends each
 * connection now and then and says so before: then another is opened first. See @slack/socket-mode for the messages.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libwebsockets.h>

#include "slack.h"

#define SOCKETS_MOST  16 /* with those that are being replaced */
#define MESSAGE_MOST  ((size_t)1 << 20)
#define QUEUE_MOST    1000
#define WAIT_LEAST_MS 500
#define WAIT_MOST_MS  30000
#define RETRY_MS      500 /* before what was not kept is passed in again */
#define RETRIES       4   /* then it is Slack's to send again */

struct envelope {
    struct envelope *next;
    unsigned socket; /* which connection it came through */
    cJSON *json;
};

struct socket {
    struct lws *wsi; /* NULL: free */
    unsigned id;
    bool ready;            /* hello came */
    bool leaving;          /* Slack said that it ends soon */
    struct kit_text taken; /* of a message in fragments */
    struct kit_text acks;  /* lines of JSON to send */
};

struct slack_sockets {
    pthread_mutex_t lock; /* of what both threads touch: the queue and the acks */
    pthread_cond_t more;
    struct envelope *first, **last;
    size_t queued;
    bool ending, refused;
    struct lws_context *context;
    struct socket sockets[SOCKETS_MOST];
    unsigned ids;
    int64_t wait_ms, next_ms; /* before the next attempt to connect */
    struct slack *slack;
};

struct slack_sockets *slack_sockets_create(void)
{
    struct slack_sockets *s = calloc(1, sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->more, NULL);
    s->last = &s->first;
    return s;
}

void slack_sockets_destroy(struct slack_sockets *s)
{
    if (!s)
        return;
    pthread_cond_destroy(&s->more);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say(const struct slack_sockets *s, int32_t level, const char *text)
{
    s->slack->host->log(s->slack->host->ctx, level, text);
}

/* ---- the worker: passes envelopes in ---- */

static void acknowledge(struct slack_sockets *s, const struct envelope *envelope)
{
    cJSON *ack = slack_arguments("envelope_id", slack_text(envelope->json, "envelope_id"), NULL);
    char *text = cJSON_PrintUnformatted(ack);
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        struct socket *socket = &s->sockets[i];
        if (!socket->wsi || socket->id != envelope->socket || !text)
            continue;
        kit_text_add(&socket->acks, text);
        kit_text_addc(&socket->acks, '\n');
    }
    pthread_mutex_unlock(&s->lock);
    lws_cancel_service(s->context);
    cJSON_free(text);
    cJSON_Delete(ack);
}

static bool wait_ms(struct slack_sockets *s, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&s->lock);
    while (!s->ending && pthread_cond_timedwait(&s->more, &s->lock, &until) == 0)
        ;
    bool on = !s->ending;
    pthread_mutex_unlock(&s->lock);
    return on;
}

static void pass_in(struct slack_sockets *s, const struct envelope *envelope)
{
    const cJSON *json = envelope->json;
    int32_t rc = TOCSIN_EMIT_RETRY;
    for (int i = 0; i < RETRIES && rc == TOCSIN_EMIT_RETRY; i++) {
        if (i && !wait_ms(s, RETRY_MS))
            return;
        rc = slack_take(s->slack, slack_text(json, "type"), slack_text(json, "envelope_id"),
                        slack_member(json, "payload"));
    }
    if (rc != TOCSIN_EMIT_RETRY)
        acknowledge(s, envelope);
}

static struct envelope *take_envelope(struct slack_sockets *s)
{
    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->ending)
        pthread_cond_wait(&s->more, &s->lock);
    struct envelope *envelope = s->ending ? NULL : s->first;
    if (envelope) {
        s->first = envelope->next;
        s->queued--;
        if (!s->first)
            s->last = &s->first;
    }
    pthread_mutex_unlock(&s->lock);
    return envelope;
}

static void envelope_destroy(struct envelope *envelope)
{
    cJSON_Delete(envelope->json);
    free(envelope);
}

static void *work(void *ctx)
{
    struct slack_sockets *s = ctx;
    for (struct envelope *envelope; (envelope = take_envelope(s)); envelope_destroy(envelope))
        pass_in(s, envelope);
    return NULL;
}

/* Takes the message over. What does not fit is not acknowledged, so it comes again. */
static void enqueue(struct slack_sockets *s, struct socket *socket, cJSON *json)
{
    struct envelope *envelope = calloc(1, sizeof(*envelope));
    *envelope = (struct envelope){NULL, socket->id, json};
    pthread_mutex_lock(&s->lock);
    bool fits = s->queued < QUEUE_MOST;
    if (fits) {
        *s->last = envelope;
        s->last = &envelope->next;
        s->queued++;
        pthread_cond_broadcast(&s->more);
    }
    pthread_mutex_unlock(&s->lock);
    if (!fits)
        envelope_destroy(envelope);
}

/* ---- what comes through a socket ---- */

static void take_hello(struct slack_sockets *s, struct socket *socket)
{
    socket->ready = true;
    s->wait_ms = 0;
}

/* "warning" and "refresh_requested": it ends soon. "link_disabled": Socket Mode was switched off. */
static void take_disconnect(struct slack_sockets *s, struct socket *socket, const char *reason)
{
    socket->leaving = true;
    if (strcmp(reason, "link_disabled") == 0)
        s->refused = true;
    if (strcmp(reason, "too_many_websockets") == 0)
        s->wait_ms = WAIT_MOST_MS;
}

static void take_message(struct slack_sockets *s, struct socket *socket, const char *text, size_t n)
{
    cJSON *json = kit_utf8_valid(text, n) ? cJSON_ParseWithLength(text, n) : NULL;
    const char *type = slack_text(json, "type");
    if (strcmp(type, "hello") == 0) {
        take_hello(s, socket);
    } else if (strcmp(type, "disconnect") == 0) {
        take_disconnect(s, socket, slack_text(json, "reason"));
    } else if (*slack_text(json, "envelope_id")) {
        enqueue(s, socket, json);
        return;
    } else {
        say(s, 2, "Slack sent something through a socket that is no envelope; it is left out");
    }
    cJSON_Delete(json);
}

static struct socket *socket_of(struct slack_sockets *s, const struct lws *wsi)
{
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        if (s->sockets[i].wsi == wsi)
            return &s->sockets[i];
    }
    return NULL;
}

static int receive(struct slack_sockets *s, struct lws *wsi, const char *bytes, size_t n)
{
    struct socket *socket = socket_of(s, wsi);
    if (!socket)
        return -1;
    socket->taken.most = MESSAGE_MOST;
    kit_text_addn(&socket->taken, bytes, n);
    if (socket->taken.failed) {
        say(s, 2, "Slack sent a message of more than a megabyte; the connection is opened anew");
        return -1;
    }
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
        return 0;
    take_message(s, socket, kit_text_get(&socket->taken), socket->taken.n);
    kit_text_finish(&socket->taken);
    socket->taken = (struct kit_text){0};
    return 0;
}

/* One acknowledgement; whether more wait. */
static bool send_ack(struct slack_sockets *s, struct lws *wsi)
{
    unsigned char frame[LWS_PRE + 256];
    struct socket *socket = socket_of(s, wsi);
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    if (socket && socket->acks.n) {
        n = strcspn(socket->acks.p, "\n");
        size_t size = n < 256 ? n : 0; /* longer is no envelope_id of Slack's */
        memcpy(frame + LWS_PRE, socket->acks.p, size);
        memmove(socket->acks.p, socket->acks.p + n + 1, socket->acks.n - n);
        socket->acks.n -= n + 1;
        n = size;
    }
    bool more = socket && socket->acks.n;
    pthread_mutex_unlock(&s->lock);
    if (n)
        lws_write(wsi, frame + LWS_PRE, n, LWS_WRITE_TEXT);
    return more;
}

static void close_socket(struct slack_sockets *s, const struct lws *wsi)
{
    struct socket *socket = socket_of(s, wsi);
    if (!socket)
        return;
    pthread_mutex_lock(&s->lock);
    kit_text_finish(&socket->taken);
    kit_text_finish(&socket->acks);
    *socket = (struct socket){0};
    pthread_mutex_unlock(&s->lock);
}

static void ask_to_write(struct slack_sockets *s)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        if (s->sockets[i].wsi && s->sockets[i].ready && s->sockets[i].acks.n)
            lws_callback_on_writable(s->sockets[i].wsi);
    }
    pthread_mutex_unlock(&s->lock);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *bytes, size_t n)
{
    struct slack_sockets *s = lws_context_user(lws_get_context(wsi));
    (void)user;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return receive(s, wsi, bytes, n);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        if (send_ack(s, wsi))
            lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        say(s, 2, "a connection to Slack was not made; it is tried again");
        close_socket(s, wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        close_socket(s, wsi);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        ask_to_write(s);
        return 0;
    default:
        return 0;
    }
}

/* ---- connecting ---- */

static const lws_retry_bo_t idle = {
    .secs_since_valid_ping = 20,  /* a silent connection is asked */
    .secs_since_valid_hangup = 35 /* and given up */
};

static void connect_to(struct slack_sockets *s, struct socket *socket, const char *given)
{
    char *url = strdup(given);
    const char *scheme, *host, *path;
    int port;
    struct kit_text whole = {0};
    if (lws_parse_uri(url, &scheme, &host, &port, &path) == 0) {
        bool tls = strcmp(scheme, "wss") == 0 || strcmp(scheme, "https") == 0;
        bool plain_allowed = strncmp(s->slack->api_url, "http://", 7) == 0; /* a test's server */
        kit_text_addf(&whole, "/%s", path);
        struct lws_client_connect_info info = {.context = s->context,
                                               .address = host,
                                               .host = host,
                                               .origin = host,
                                               .port = port,
                                               .path = kit_text_get(&whole),
                                               .ssl_connection = tls ? LCCSCF_USE_SSL : 0,
                                               .local_protocol_name = "slack",
                                               .retry_and_idle_policy = &idle,
                                               .pwsi = &socket->wsi};
        if (tls || plain_allowed)
            lws_client_connect_via_info(&info);
        else
            say(s, 3, "Slack named an address without encryption; it is not used");
    }
    kit_text_finish(&whole);
    free(url);
}

static void back_off(struct slack_sockets *s, int64_t asked_ms)
{
    int64_t wait = s->wait_ms ? s->wait_ms * 2 : WAIT_LEAST_MS;
    s->wait_ms = wait < WAIT_MOST_MS ? wait : WAIT_MOST_MS;
    int64_t jitter = now_ms() * 7919 % (s->wait_ms / 2 + 1);
    s->next_ms = now_ms() + (asked_ms > s->wait_ms ? asked_ms : s->wait_ms) + jitter;
}

/* Opens one more. False: Slack refuses for good; *error says why. */
static bool open_one(struct slack_sockets *s, struct socket *socket, struct tocsin_error *error)
{
    struct slack_reply reply;
    struct tocsin_result result = {.size = sizeof(result)};
    slack_call(s->slack, "apps.connections.open", NULL, s->slack->app_token, false, &reply);
    slack_result(&reply, &result);
    back_off(s, result.retry_after_ms);
    if (reply.ok) {
        socket->id = ++s->ids;
        connect_to(s, socket, slack_text(reply.body, "url"));
    } else {
        error->code =
            result.code == TOCSIN_AUTH || result.code == TOCSIN_REFUSED ? TOCSIN_E_AUTH : TOCSIN_E_FAILED;
        snprintf(error->text, sizeof(error->text), "Socket Mode does not open: %.400s", result.detail);
        say(s, 2, error->text);
    }
    slack_reply_finish(&reply);
    return error->code != TOCSIN_E_AUTH;
}

/* As many as are wanted, beside those that leave. */
static bool keep_open(struct slack_sockets *s, struct tocsin_error *error)
{
    int64_t there = 0;
    struct socket *free_one = NULL;
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        there += s->sockets[i].wsi && !s->sockets[i].leaving;
        free_one = s->sockets[i].wsi ? free_one : &s->sockets[i];
    }
    if (there >= s->slack->sockets || !free_one || now_ms() < s->next_ms)
        return true;
    return open_one(s, free_one, error);
}

static const struct lws_protocols protocols[] = {{"slack", on_event, 0, 16384, 0, NULL, 0}, {0}};

static struct lws_context *make_context(struct slack_sockets *s)
{
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                             .protocols = protocols,
                                             .options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
                                             .gid = (gid_t)-1,
                                             .uid = (uid_t)-1,
                                             .user = s};
    lws_set_log_level(LLL_ERR, NULL);
    return lws_create_context(&info);
}

/* Wakes the service often enough to look after connections that wait for their time. */
static void on_tick(lws_sorted_usec_list_t *tick)
{
    (void)tick;
}

static int32_t serve_sockets(struct slack_sockets *s, struct tocsin_error *error)
{
    lws_sorted_usec_list_t tick = {0};
    int32_t rc = 0;
    while (!s->slack->host->stopping(s->slack->host->ctx) && !rc) {
        if (!keep_open(s, error))
            rc = TOCSIN_E_AUTH;
        if (s->refused) {
            rc = error->code = TOCSIN_E_AUTH;
            snprintf(error->text, sizeof(error->text),
                     "Socket Mode was switched off on the app's page; switch it on");
        }
        lws_sul_schedule(s->context, 0, &tick, on_tick, 200 * LWS_USEC_PER_SEC / 1000);
        lws_service(s->context, 0);
    }
    lws_sul_cancel(&tick);
    return rc;
}

static void end(struct slack_sockets *s, pthread_t worker)
{
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->lock);
    pthread_join(worker, NULL);
    struct lws_context *context = s->context;
    lws_context_destroy(context);
    while (s->first) {
        struct envelope *envelope = s->first;
        s->first = envelope->next;
        envelope_destroy(envelope);
    }
    s->last = &s->first;
}

/* By HTTP there is nothing to do here but to wait for the end. */
static int32_t idle_until_stopped(struct slack_sockets *s)
{
    while (!s->slack->host->stopping(s->slack->host->ctx))
        wait_ms(s, 1000);
    return 0;
}

int32_t slack_run(void *self, struct tocsin_error *error)
{
    struct slack *slack = self;
    struct slack_sockets *s = slack->sockets_open;
    pthread_t worker;
    s->slack = slack;
    if (!*slack->app_token)
        return idle_until_stopped(s);
    s->context = make_context(s);
    if (!s->context || pthread_create(&worker, NULL, work, s)) {
        snprintf(error->text, sizeof(error->text), "there is no memory for connections to Slack");
        return error->code = TOCSIN_E_FAILED;
    }
    int32_t rc = serve_sockets(s, error);
    end(s, worker);
    return rc;
}

void slack_stop(void *self)
{
    struct slack *slack = self;
    struct slack_sockets *s = slack->sockets_open;
    pthread_mutex_lock(&s->lock);
    s->ending = !*slack->app_token || s->ending;
    pthread_cond_broadcast(&s->more);
    struct lws_context *context = s->context;
    pthread_mutex_unlock(&s->lock);
    if (context)
        lws_cancel_service(context);
}
