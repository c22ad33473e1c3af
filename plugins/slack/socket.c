/*
 * Inbound by Socket Mode: Slack sends envelopes through WebSockets that we open. See @slack/socket-mode for the messages.
 *
 *     run()'s thread  serves the sockets (libwebsockets) and waits for nothing else, so that Slack's pings are answered
 *     the worker      emits the envelopes in order, which waits for the disk, and acknowledges each once it is durable, so Slack
 *                     resends what a crash lost
 *     the opener      asks Slack for addresses to connect to
 *
 * The lookup of the speaker (people.c) starts when an envelope arrives, and its deadline counts from then, so that lookups for
 * earlier envelopes do not delay a command. Slack ends each connection now and then and announces it; another one is opened first.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libwebsockets.h>

#include "api.h"
#include "in.h"
#include "people.h"
#include "receive.h"

#define SOCKETS_MOST  16 /* including those being replaced */
#define MESSAGE_MOST  ((size_t)1 << 20)
#define QUEUE_MOST    1000
#define WAIT_LEAST_MS 500
#define WAIT_MOST_MS  30000
#define RETRY_MS      500   /* before an envelope that was not kept is emitted again */
#define TRIES         4     /* after these, Slack sends the envelope again */
#define HELLO_MS      30000 /* wait this long for a new connection's hello */
#define DEAF_MS       10000 /* without a connection for so long, Slack is unreachable */
#define LEAVE_MS      20000 /* wait this long for Slack to end a connection as announced */

struct envelope {
    struct envelope *next;
    unsigned socket; /* id of the connection it came through */
    int64_t at_ms;   /* when it arrived */
    cJSON *json;
};

struct socket {
    struct lws *wsi;       /* NULL: free */
    unsigned id;           /* under the lock; 0: no acknowledgement can go through it */
    bool ready;            /* hello was received */
    bool leaving;          /* Slack will end it soon */
    int64_t until_ms;      /* when it is closed; 0: never */
    struct kit_text taken; /* the fragments of a message so far */
    struct kit_text acks;  /* lines of JSON to send */
};

/* A request to Slack for an address to connect to. */
struct opening {
    bool asked, answered;
    struct slack_reply reply; /* belongs to the opener while asked and not answered, else to run()'s thread */
};

struct slack_sockets {
    pthread_mutex_t lock; /* guards what several threads touch: the queue, the acks, the opening, the context */
    pthread_cond_t more;
    struct opening opening;
    struct envelope *first, **last;
    size_t queued;
    bool ending, refused;
    struct lws_context *context;
    struct socket sockets[SOCKETS_MOST];
    unsigned ids;
    int64_t ready_ms;         /* when a connection was last ready */
    bool deaf;                /* reported as unreachable */
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

static void say(const struct slack_sockets *s, enum kit_level level, const char *text)
{
    kit_log(s->slack->host, level, "%s", text);
}

/* ---- the worker: emits envelopes ---- */

static void acknowledge(struct slack_sockets *s, const struct envelope *envelope)
{
    cJSON *ack = kit_json_texts("envelope_id", kit_json_text(envelope->json, "envelope_id"), NULL);
    char *text = cJSON_PrintUnformatted(ack);
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        struct socket *socket = &s->sockets[i];
        if (socket->id != envelope->socket || !text)
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

static void emit(struct slack_sockets *s, const struct envelope *envelope)
{
    const cJSON *json = envelope->json;
    int32_t rc = TOCSIN_EMIT_RETRY;
    for (int i = 0; i < TRIES && rc == TOCSIN_EMIT_RETRY; i++) {
        if (i && !wait_ms(s, RETRY_MS))
            return;
        rc = slack_receive(s->slack, kit_json_text(json, "type"), kit_json_text(json, "envelope_id"),
                           kit_json_member(json, "payload"), i ? 0 : slack_now_ms() - envelope->at_ms);
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
        emit(s, envelope);
    return NULL;
}

/* Takes the message over. One that does not fit is not acknowledged, so Slack sends it again. */
static void enqueue(struct slack_sockets *s, struct socket *socket, cJSON *json)
{
    struct envelope *envelope = calloc(1, sizeof(*envelope));
    slack_person_expect(s->slack, slack_actor(kit_json_member(json, "payload")));
    *envelope = (struct envelope){NULL, socket->id, slack_now_ms(), json};
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

/* ---- receiving ---- */

static void take_hello(struct slack_sockets *s, struct socket *socket)
{
    socket->ready = true;
    socket->until_ms = 0;
    s->wait_ms = 0;
}

/* "warning" and "refresh_requested": the connection ends soon. "link_disabled": Socket Mode was switched off. */
static void take_disconnect(struct slack_sockets *s, struct socket *socket, const char *reason)
{
    socket->leaving = true;
    socket->until_ms = slack_now_ms() + LEAVE_MS;
    if (strcmp(reason, "link_disabled") == 0)
        s->refused = true;
    if (strcmp(reason, "too_many_websockets") == 0)
        s->next_ms = slack_now_ms() + WAIT_MOST_MS;
}

static void take_message(struct slack_sockets *s, struct socket *socket, const char *text, size_t n)
{
    cJSON *json = kit_json_parse(text, n);
    const char *type = kit_json_text(json, "type");
    if (strcmp(type, "hello") == 0) {
        take_hello(s, socket);
    } else if (strcmp(type, "disconnect") == 0) {
        take_disconnect(s, socket, kit_json_text(json, "reason"));
    } else if (*kit_json_text(json, "envelope_id")) {
        enqueue(s, socket, json);
        return;
    } else {
        say(s, KIT_WARNING, "Slack sent a message that is not an envelope; it was ignored");
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
        say(s, KIT_WARNING, "Slack sent a message of more than a megabyte; reconnecting");
        return -1;
    }
    if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
        return 0;
    take_message(s, socket, kit_text_get(&socket->taken), socket->taken.n);
    kit_text_finish(&socket->taken);
    socket->taken = (struct kit_text){0};
    return 0;
}

/* Sends one acknowledgement; returns whether more wait. */
static bool send_ack(struct slack_sockets *s, struct lws *wsi)
{
    unsigned char frame[LWS_PRE + 256];
    struct socket *socket = socket_of(s, wsi);
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    if (socket && socket->acks.n) {
        n = strcspn(socket->acks.p, "\n");
        size_t size = n < 256 ? n : 0; /* no envelope_id of Slack's is longer */
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

static void tell_failure(const struct slack_sockets *s, const char *why, size_t n)
{
    char text[300], clean[200];
    snprintf(text, sizeof(text), "%.*s", why ? (int)(n < 180 ? n : 180) : 0, why ? why : "");
    kit_clean_name(text, clean, sizeof(clean));
    snprintf(text, sizeof(text), "the connection to Slack failed and will be retried%s%s", *clean ? ": " : "",
             clean);
    say(s, KIT_WARNING, text);
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
        tell_failure(s, bytes, n);
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
    .secs_since_valid_ping = 20,  /* ping a silent connection */
    .secs_since_valid_hangup = 35 /* close it if it stays silent */
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
        if (!tls && !plain_allowed)
            say(s, KIT_ERROR, "Slack gave an address without encryption; it is not used");
        else if (!lws_client_connect_via_info(&info))
            socket->wsi = NULL;
    }
    kit_text_finish(&whole);
    free(url);
}

static void back_off(struct slack_sockets *s, int64_t asked_ms)
{
    int64_t wait = s->wait_ms ? s->wait_ms * 2 : WAIT_LEAST_MS;
    s->wait_ms = wait < WAIT_MOST_MS ? wait : WAIT_MOST_MS;
    int64_t jitter = slack_now_ms() * 7919 % (s->wait_ms / 2 + 1);
    s->next_ms = slack_now_ms() + (asked_ms > s->wait_ms ? asked_ms : s->wait_ms) + jitter;
}

/* The opener's thread: Slack may be slow. */
static void *open_when_asked(void *ctx)
{
    struct slack_sockets *s = ctx;
    pthread_mutex_lock(&s->lock);
    while (!s->ending) {
        if (!s->opening.asked || s->opening.answered) {
            pthread_cond_wait(&s->more, &s->lock);
            continue;
        }
        pthread_mutex_unlock(&s->lock);
        slack_call(s->slack, "apps.connections.open", NULL, s->slack->app_token, false, &s->opening.reply);
        pthread_mutex_lock(&s->lock);
        s->opening.answered = true;
        lws_cancel_service(s->context);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void ask_for_address(struct slack_sockets *s)
{
    pthread_mutex_lock(&s->lock);
    s->opening.asked = true;
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->lock);
}

static void fail_to_open(struct slack_sockets *s, const struct tocsin_result *result,
                         struct tocsin_error *error)
{
    error->code =
        result->code == TOCSIN_AUTH || result->code == TOCSIN_REFUSED ? TOCSIN_E_AUTH : TOCSIN_E_FAILED;
    snprintf(error->text, sizeof(error->text), "Socket Mode does not connect: %.400s", result->detail);
    say(s, KIT_WARNING, error->text);
}

/* Connects to the address that Slack gave. False: Slack refuses for good; *error says why. */
static bool take_address(struct slack_sockets *s, struct socket *socket, struct tocsin_error *error)
{
    struct slack_reply *reply = &s->opening.reply;
    struct tocsin_result result = {.size = sizeof(result)};
    slack_result(reply, &result);
    back_off(s, result.retry_after_ms);
    if (reply->ok) {
        pthread_mutex_lock(&s->lock);
        socket->id = ++s->ids;
        pthread_mutex_unlock(&s->lock);
        socket->until_ms = slack_now_ms() + HELLO_MS;
        connect_to(s, socket, kit_json_text(reply->body, "url"));
    } else {
        fail_to_open(s, &result, error);
    }
    slack_reply_finish(reply);
    pthread_mutex_lock(&s->lock);
    s->opening.asked = s->opening.answered = false;
    pthread_mutex_unlock(&s->lock);
    return error->code != TOCSIN_E_AUTH;
}

/* Closes the connections whose time is over. Returns a free slot, or NULL; *ret_open counts the connections that stay. */
static struct socket *close_expired(struct slack_sockets *s, int64_t *ret_open)
{
    struct socket *free_slot = NULL;
    *ret_open = 0;
    for (size_t i = 0; i < SOCKETS_MOST; i++) {
        struct socket *socket = &s->sockets[i];
        if (socket->wsi && socket->until_ms && slack_now_ms() >= socket->until_ms) {
            lws_set_timeout(socket->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
            socket->until_ms = 0;
            socket->leaving = true;
        }
        *ret_open += socket->wsi && !socket->leaving;
        free_slot = socket->wsi ? free_slot : socket;
    }
    return free_slot;
}

/* Without any connection for a while, nothing that people do on Slack arrives. */
static void report_health(struct slack_sockets *s)
{
    bool ready = false;
    for (size_t i = 0; i < SOCKETS_MOST; i++)
        ready |= s->sockets[i].wsi && s->sockets[i].ready;
    int64_t now = slack_now_ms();
    s->ready_ms = ready || !s->ready_ms ? now : s->ready_ms;
    bool deaf = now - s->ready_ms > DEAF_MS;
    if (deaf != s->deaf)
        kit_health(s->slack->host, deaf ? "no connection for Socket Mode can be opened" : NULL);
    s->deaf = deaf;
}

/* Keeps the configured number open, not counting those that are leaving. */
static bool keep_open(struct slack_sockets *s, struct tocsin_error *error)
{
    int64_t open;
    struct socket *free_slot = close_expired(s, &open);
    pthread_mutex_lock(&s->lock);
    bool asked = s->opening.asked, answered = s->opening.answered;
    pthread_mutex_unlock(&s->lock);
    if (answered && free_slot)
        return take_address(s, free_slot, error);
    if (!asked && free_slot && open < s->slack->sockets && slack_now_ms() >= s->next_ms)
        ask_for_address(s);
    return true;
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

/* Wakes the service often enough to act on the connections' timeouts. */
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
        report_health(s);
        if (s->refused) {
            rc = error->code = TOCSIN_E_AUTH;
            snprintf(error->text, sizeof(error->text), "Socket Mode is disabled on the app's page; enable it");
        }
        lws_sul_schedule(s->context, 0, &tick, on_tick, 200 * LWS_USEC_PER_SEC / 1000);
        lws_service(s->context, 0);
    }
    lws_sul_cancel(&tick);
    return rc;
}

/* Takes the context away from the other threads before it is destroyed. */
static void end(struct slack_sockets *s)
{
    pthread_mutex_lock(&s->lock);
    struct lws_context *context = s->context;
    s->context = NULL;
    pthread_mutex_unlock(&s->lock);
    lws_context_destroy(context);
    while (s->first) {
        struct envelope *envelope = s->first;
        s->first = envelope->next;
        envelope_destroy(envelope);
    }
    s->last = &s->first;
    slack_reply_finish(&s->opening.reply);
}

static void stop_threads(struct slack_sockets *s, const pthread_t *threads, size_t n)
{
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

/* Starts the worker and the opener; returns how many of them run. */
static size_t start_threads(struct slack_sockets *s, pthread_t threads[2])
{
    size_t n = 0;
    n += pthread_create(&threads[n], NULL, work, s) == 0;
    n += n == 1 && pthread_create(&threads[n], NULL, open_when_asked, s) == 0;
    return n;
}

/* With HTTP there is nothing to do here but wait for the end. */
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
    pthread_t threads[2];
    int32_t rc = TOCSIN_E_FAILED;
    s->slack = slack;
    if (!*slack->app_token)
        return idle_until_stopped(s);
    struct lws_context *context = make_context(s);
    pthread_mutex_lock(&s->lock);
    s->context = context;
    pthread_mutex_unlock(&s->lock);
    size_t n = context ? start_threads(s, threads) : 0;
    if (n == 2) {
        rc = serve_sockets(s, error);
    } else {
        error->code = TOCSIN_E_FAILED;
        snprintf(error->text, sizeof(error->text), "out of memory for connections to Slack");
    }
    stop_threads(s, threads, n);
    if (context)
        end(s);
    return rc;
}

void slack_stop(void *self)
{
    struct slack *slack = self;
    struct slack_sockets *s = slack->sockets_open;
    pthread_mutex_lock(&s->lock);
    s->ending = !*slack->app_token || s->ending;
    pthread_cond_broadcast(&s->more);
    if (s->context)
        lws_cancel_service(s->context);
    pthread_mutex_unlock(&s->lock);
}
