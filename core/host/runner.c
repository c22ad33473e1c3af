/*
 * tocsin-runner - the process of one connector: loads it, calls its blocking functions on threads of its own, and speaks
 * with the core over descriptor 3.
 *
 * The first thread reads what the core says and answers its pings; `parallel` workers call perform and serve; one
 * thread calls run. A worker over its deadline makes the pings go unanswered, and the core ends the process: late calls are
 * ended that way and no other. It exits when the core goes away.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/confine.h"
#include "host/frame.h"
#include "host/load.h"
#include "host/message.h"

#define CHANNEL       3
#define WORKERS_MOST  16
#define EVENT_BYTES   ((size_t)256 << 10)
#define VALUE_BYTES   ((size_t)64 << 10)
#define RESPONSE_MOST ((size_t)1 << 20)
#define GRACE_MS      2000 /* past a deadline before pings go unanswered */

struct waiter { /* a thread that waits for the core's answer */
    uint64_t token;
    bool answered;
    cJSON *answer;
    struct waiter *next;
};

struct job {
    cJSON *message;
    bool serve;
    struct job *next;
};

struct worker {
    pthread_t thread;
    int64_t overdue_at; /* monotonic ms; 0: idle */
};

static struct runner {
    struct loaded loaded;
    void *self;
    pthread_mutex_t lock, writing;
    pthread_cond_t answered, work;
    struct waiter *waiters;
    struct job *jobs, **last_job;
    struct worker workers[WORKERS_MOST];
    int n_workers;
    pthread_t run_thread;
    bool running, stopping;
    uint64_t token;
} runner = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .writing = PTHREAD_MUTEX_INITIALIZER,
            .answered = PTHREAD_COND_INITIALIZER,
            .work = PTHREAD_COND_INITIALIZER,
            .last_job = &runner.jobs};

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

/* ---- the channel ---- */

static void send_message(struct str *json)
{
    CLEANUP_STR struct str frame = {0};
    frame_encode(json->p, json->len, &frame);
    pthread_mutex_lock(&runner.writing);
    for (size_t sent = 0; sent < frame.len;) {
        ssize_t n = send(CHANNEL, frame.p + sent, frame.len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            _exit(0); /* the core is gone */
        sent += n > 0 ? (size_t)n : 0;
    }
    pthread_mutex_unlock(&runner.writing);
    str_finish(json);
}

/* Sends a message with a token and waits for its answer; the caller deletes it. */
static cJSON *ask(enum message_type type, void (*fill)(struct json_out *j, const void *ctx), const void *ctx)
{
    struct str json = {0};
    pthread_mutex_lock(&runner.lock);
    struct waiter waiter = {.token = ++runner.token, .next = runner.waiters};
    runner.waiters = &waiter;
    pthread_mutex_unlock(&runner.lock);
    struct json_out j = message_begin(type, &json);
    json_put_int(&j, "token", (int64_t)waiter.token);
    fill(&j, ctx);
    json_end_object(&j);
    send_message(&json);
    pthread_mutex_lock(&runner.lock);
    while (!waiter.answered)
        pthread_cond_wait(&runner.answered, &runner.lock);
    struct waiter **link = &runner.waiters;
    while (*link != &waiter)
        link = &(*link)->next;
    *link = waiter.next;
    pthread_mutex_unlock(&runner.lock);
    return waiter.answer;
}

static void take_answer(cJSON *message)
{
    uint64_t token = (uint64_t)json_int_or(message, "token", 0);
    pthread_mutex_lock(&runner.lock);
    for (struct waiter *w = runner.waiters; w; w = w->next) {
        if (w->token == token && !w->answered) {
            w->answered = true;
            w->answer = steal(message);
        }
    }
    pthread_cond_broadcast(&runner.answered);
    pthread_mutex_unlock(&runner.lock);
    cJSON_Delete(message);
}

/* ---- the host table ---- */

static void host_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx;
    struct str json = {0};
    CLEANUP_FREE char *clean = utf8_sanitize(text, strlen(text), 2000);
    struct json_out j = message_begin(MESSAGE_LOG, &json);
    json_put_int(&j, "level", level < 0 ? 0 : MIN(level, 3));
    json_put_text(&j, "text", clean);
    json_end_object(&j);
    send_message(&json);
}

struct bytes {
    const char *key, *value;
    size_t n;
};

static void fill_event(struct json_out *j, const void *ctx)
{
    const struct bytes *event = ctx;
    json_key(j, "event");
    json_textn(j, event->value, event->n);
}

static int32_t host_emit(void *ctx, const char *event, size_t length)
{
    (void)ctx;
    if (length > EVENT_BYTES || !utf8_valid(event, length))
        return TOCSIN_EMIT_REFUSED;
    struct bytes bytes = {NULL, event, length};
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_EVENT, fill_event, &bytes);
    return (int32_t)json_int_or(answer, "code", TOCSIN_EMIT_RETRY);
}

static int32_t host_stopping(void *ctx)
{
    (void)ctx;
    return __atomic_load_n(&runner.stopping, __ATOMIC_ACQUIRE);
}

static void fill_key(struct json_out *j, const void *ctx)
{
    const struct bytes *bytes = ctx;
    json_put_text(j, "key", bytes->key);
    if (!bytes->value)
        return;
    json_key(j, "value");
    json_textn(j, bytes->value, bytes->n);
}

static int64_t host_get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    struct bytes bytes = {.key = key};
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_GET, fill_key, &bytes);
    const char *found = json_text_or(answer, "value", NULL);
    size_t n = found ? strlen(found) : 0;
    if (found)
        memcpy(value, found, MIN(n, capacity));
    return found ? (int64_t)n : -1;
}

static int32_t host_put(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    if (strlen(key) > 200 || length > VALUE_BYTES ||
        (value && (!utf8_valid(value, length) || memchr(value, 0, length))))
        return -1;
    struct bytes bytes = {key, value, length};
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_PUT, fill_key, &bytes);
    return json_int_or(answer, "code", -1) == 0 ? 0 : -1;
}

static const struct tocsin_host host = {.size = sizeof(host),
                                        .abi = TOCSIN_ABI,
                                        .log = host_log,
                                        .emit = host_emit,
                                        .stopping = host_stopping,
                                        .get = host_get,
                                        .put = host_put};

/* ---- workers ---- */

static void add_clean(struct json_out *j, const char *key, const char *text, size_t capacity)
{
    CLEANUP_FREE char *clean = utf8_sanitize(text, strnlen(text, capacity), capacity);
    json_put_text(j, key, clean);
}

static void perform(const cJSON *message)
{
    CLEANUP_STR struct str body = {0};
    struct tocsin_result result = {.size = sizeof(result)};
    json_tree(&(struct json_out){&body, false}, json_member(message, "body"));
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = (int32_t)json_int_or(message, "attempt", 1),
                                   .deadline_ms = json_int_or(message, "deadline_ms", 30000),
                                   .id = json_text_or(message, "id", ""),
                                   .kind = json_text_or(message, "kind", ""),
                                   .key = json_text_or(message, "key", ""),
                                   .body = str_text(&body),
                                   .body_length = body.len};
    runner.loaded.connector.perform(runner.self, &action, &result);
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_RESULT, &json);
    json_put_text(&j, "id", action.id);
    json_put_int(&j, "code", result.code);
    json_put_int(&j, "retry_after", result.retry_after_ms);
    add_clean(&j, "remote_id", result.remote_id, sizeof(result.remote_id) - 1);
    add_clean(&j, "detail", result.detail, sizeof(result.detail) - 1);
    json_end_object(&j);
    send_message(&json);
}

static int32_t write_response(struct tocsin_response *response, const char *bytes, size_t length)
{
    struct str *body = response->ctx;
    if (body->len + length > RESPONSE_MOST)
        return -1;
    str_addn(body, bytes, length);
    return 0;
}

/* Bodies may be any bytes, so they travel as base 64. */
static char *body_of(const cJSON *message, size_t *ret_n)
{
    const char *text = json_text_or(message, "body64", "");
    size_t n = strlen(text);
    char *body = xmalloc(n + 1);
    if (sodium_base642bin((unsigned char *)body, n, text, n, NULL, ret_n, NULL, sodium_base64_VARIANT_ORIGINAL))
        *ret_n = 0;
    body[*ret_n] = '\0';
    return body;
}

static void serve(const cJSON *message)
{
    CLEANUP_STR struct str body = {0};
    const cJSON *headers = json_member(message, "headers"), *header;
    ARRAY(struct tocsin_header) list = {0};
    cJSON_ArrayForEach(header, headers)
    {
        if (cJSON_IsString(header))
            *array_add(&list) = (struct tocsin_header){header->string, header->valuestring};
    }
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = (uint32_t)list.n,
                                     .headers = list.v,
                                     .method = json_text_or(message, "method", "GET"),
                                     .path = json_text_or(message, "path", "/"),
                                     .query = json_text_or(message, "query", ""),
                                     .received_ms = json_int_or(message, "received", 0)};
    CLEANUP_FREE char *sent = body_of(message, &request.body_length);
    request.body = sent;
    struct tocsin_response response = {
        .size = sizeof(response), .status = 500, .ctx = &body, .write = write_response};
    if (runner.loaded.connector.serve)
        runner.loaded.connector.serve(runner.self, &request, &response);
    size_t n = sodium_base64_ENCODED_LEN(body.len, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(n);
    sodium_bin2base64(encoded, n, (const unsigned char *)str_text(&body), body.len,
                      sodium_base64_VARIANT_ORIGINAL);
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_RESPONSE, &json);
    json_put_text(&j, "id", json_text_or(message, "id", ""));
    json_put_int(&j, "status", response.status);
    add_clean(&j, "content_type", response.content_type, sizeof(response.content_type) - 1);
    json_put_text(&j, "body64", encoded);
    json_end_object(&j);
    send_message(&json);
    array_free(&list);
}

static struct job *take_job(struct worker *worker)
{
    pthread_mutex_lock(&runner.lock);
    worker->overdue_at = 0;
    while (!runner.jobs && !runner.stopping)
        pthread_cond_wait(&runner.work, &runner.lock);
    struct job *job = runner.jobs;
    if (job) {
        runner.jobs = job->next;
        if (!runner.jobs)
            runner.last_job = &runner.jobs;
        worker->overdue_at = mono_ms() + json_int_or(job->message, "deadline_ms", 30000) + GRACE_MS;
    }
    pthread_mutex_unlock(&runner.lock);
    return job;
}

static void *work(void *ctx)
{
    for (struct job *job; (job = take_job(ctx));) {
        if (job->serve)
            serve(job->message);
        else
            perform(job->message);
        cJSON_Delete(job->message);
        free(job);
    }
    return NULL;
}

static void add_job(cJSON *message, bool is_serve)
{
    struct job *job = xcalloc(1, sizeof(*job));
    *job = (struct job){message, is_serve, NULL};
    pthread_mutex_lock(&runner.lock);
    *runner.last_job = job;
    runner.last_job = &job->next;
    pthread_cond_signal(&runner.work);
    pthread_mutex_unlock(&runner.lock);
}

/* ---- life ---- */

__attribute__((noreturn)) static void fail(int code, const char *text)
{
    struct str json = {0};
    CLEANUP_FREE char *clean = utf8_sanitize(text, strlen(text), 500);
    struct json_out j = message_begin(MESSAGE_FAILED, &json);
    json_put_int(&j, "code", code);
    json_put_text(&j, "text", clean);
    json_end_object(&j);
    send_message(&json);
    _exit(1);
}

static void *run_inbound(void *ctx)
{
    (void)ctx;
    struct tocsin_error error = {.size = sizeof(error)};
    int32_t rc = runner.loaded.connector.run(runner.self, &error);
    if (!host_stopping(NULL)) {
        error.text[sizeof(error.text) - 1] = '\0';
        fail(rc ? rc : TOCSIN_E_FAILED, *error.text ? error.text : "run() returned before it was told to stop");
    }
    return NULL;
}

static void say(enum message_type type)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_end_object(&j);
    send_message(&json);
}

static void start_threads(void)
{
    int parallel = runner.loaded.connector.parallel;
    runner.n_workers = parallel < 1 ? 1 : MIN(parallel, WORKERS_MOST);
    for (int i = 0; i < runner.n_workers; i++)
        require(pthread_create(&runner.workers[i].thread, NULL, work, &runner.workers[i]) == 0);
    if (runner.loaded.connector.run) {
        require(pthread_create(&runner.run_thread, NULL, run_inbound, NULL) == 0);
        runner.running = true;
    }
}

/* open() may ask the core for its stored values, so it runs beside the thread that reads. */
static void *open_connector(void *ctx)
{
    CLEANUP_JSON cJSON *message = ctx;
    CLEANUP_STR struct str settings = {0};
    struct tocsin_error error = {.size = sizeof(error)};
    const struct tocsin_connector *c = &runner.loaded.connector;
    json_tree(&(struct json_out){&settings, false}, json_member(message, "settings"));
    int32_t rc = c->open(&host, settings.p, &runner.self, &error);
    if (!rc && c->check)
        rc = c->check(runner.self, &error);
    explicit_bzero(settings.p, settings.len);
    error.text[sizeof(error.text) - 1] = '\0';
    if (rc)
        fail(rc, *error.text ? error.text : "open() failed without a word");
    start_threads();
    say(MESSAGE_READY);
    return NULL;
}

static void stop_all(void)
{
    pthread_mutex_lock(&runner.lock);
    __atomic_store_n(&runner.stopping, true, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&runner.work);
    pthread_mutex_unlock(&runner.lock);
    if (runner.self && runner.loaded.connector.stop)
        runner.loaded.connector.stop(runner.self);
}

static void *close_all(void *ctx)
{
    (void)ctx;
    if (runner.running)
        pthread_join(runner.run_thread, NULL);
    for (int i = 0; i < runner.n_workers; i++)
        pthread_join(runner.workers[i].thread, NULL);
    if (runner.self)
        runner.loaded.connector.close(runner.self);
    say(MESSAGE_BYE);
    exit(0);
}

static void answer_ping(void)
{
    int64_t now = mono_ms();
    bool well = true;
    pthread_mutex_lock(&runner.lock);
    for (int i = 0; i < runner.n_workers; i++)
        well &= !runner.workers[i].overdue_at || now < runner.workers[i].overdue_at;
    pthread_mutex_unlock(&runner.lock);
    if (well)
        say(MESSAGE_PONG);
}

static void beside(void *(*function)(void *), void *ctx)
{
    pthread_t thread;
    require(pthread_create(&thread, NULL, function, ctx) == 0);
    pthread_detach(thread);
}

static void take_message(enum message_type type, cJSON *message)
{
    switch (type) {
    case MESSAGE_SETTINGS:
        confine_connector(json_int_or(message, "memory", 0));
        beside(open_connector, message);
        return;
    case MESSAGE_ACK:
    case MESSAGE_VALUE:
        take_answer(message);
        return;
    case MESSAGE_PERFORM:
    case MESSAGE_SERVE:
        add_job(message, type == MESSAGE_SERVE);
        return;
    case MESSAGE_PING:
        answer_ping();
        break;
    case MESSAGE_STOP:
        stop_all();
        beside(close_all, NULL);
        break;
    default:
        break;
    }
    cJSON_Delete(message);
}

static void read_channel(void)
{
    static struct frames frames;
    static char bytes[65536];
    for (;;) {
        ssize_t n = recv(CHANNEL, bytes, sizeof(bytes), 0);
        if (n == 0 || (n < 0 && errno != EINTR))
            _exit(0); /* the core is gone, and with it whom this is for */
        frames_feed(&frames, bytes, n > 0 ? (size_t)n : 0);
        const char *json;
        size_t length;
        struct error err;
        int rc;
        while ((rc = frames_next(&frames, &json, &length, &err)) > 0) {
            enum message_type type;
            cJSON *message;
            rc = message_parse(json, length, FROM_CORE, PHASE_OPEN | PHASE_RUN | PHASE_STOP, &type, &message,
                               &err);
            if (rc)
                fail(TOCSIN_E_FAILED, err.text);
            take_message(type, message);
        }
        if (rc < 0)
            fail(TOCSIN_E_FAILED, err.text);
    }
}

static void greet(const char *file)
{
    struct str json = {0};
    struct error err;
    struct json_out j = message_begin(MESSAGE_HELLO, &json);
    json_put_int(&j, "abi", TOCSIN_ABI);
    json_put_int(&j, "version", MESSAGE_VERSION);
    json_put_text(&j, "file", file);
    json_end_object(&j);
    send_message(&json);
    if (load_connector(file, &runner.loaded, &err))
        fail(TOCSIN_E_CONFIG, err.text);
    j = message_begin(MESSAGE_DESCRIPTOR, &json);
    describe_connector(&runner.loaded, &j);
    json_end_object(&j);
    send_message(&json);
}

/* `tocsin-runner --show FILE`: the descriptor as JSON, or the reason why there is none. */
static int show(const char *file)
{
    CLEANUP_STR struct str json = {0};
    struct error err;
    struct json_out j = {&json, false};
    if (load_connector(file, &runner.loaded, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    json_begin_object(&j);
    describe_connector(&runner.loaded, &j);
    json_end_object(&j);
    puts(json.p);
    unload_connector(&runner.loaded);
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[1], "--show") == 0)
        return show(argv[2]);
    if (argc != 2 || fcntl(CHANNEL, F_GETFD) < 0) {
        fprintf(stderr,
                "tocsin-runner is started by tocsind; `tocsin-runner --show FILE.so` shows a connector\n");
        return 2;
    }
    fcntl(CHANNEL, F_SETFD, FD_CLOEXEC);
    confine_process();
    greet(argv[1]);
    read_channel();
}
