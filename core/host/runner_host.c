/* The channel to the core, and the host table that is passed to the connector. */
#include "host/runner.h"

#include <string.h>
#include <unistd.h>

#include "host/frame.h"

#define CHANNEL      3
#define EVENT_BYTES  ((size_t)256 << 10)
#define VALUE_BYTES  ((size_t)64 << 10)
#define KEY_BYTES    200
#define LOG_BYTES    2000
#define HEALTH_BYTES 500
#define KEPT_BYTES                                                                                             \
    ((size_t)400 << 10) /* of JSON at once, so that a frame with an event stays below FRAME_MOST */

struct runner runner = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .writing = PTHREAD_MUTEX_INITIALIZER,
                        .answered = PTHREAD_COND_INITIALIZER,
                        .work = PTHREAD_COND_INITIALIZER,
                        .last_job = &runner.jobs};

void runner_send(struct str *json)
{
    pthread_mutex_lock(&runner.writing);
    if (!frame_send(CHANNEL, json->p, json->len))
        _exit(0); /* the core is gone */
    pthread_mutex_unlock(&runner.writing);
    str_finish(json);
}

void runner_say(enum message_type type)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_end_object(&j);
    runner_send(&json);
}

void runner_fail(int code, const char *text)
{
    struct str json = {0};
    CLEANUP_FREE char *clean = utf8_sanitize(text, strlen(text), 500);
    struct json_out j = message_begin(MESSAGE_FAILED, &json);
    json_put_int(&j, "code", code);
    json_put_text(&j, "text", clean);
    json_end_object(&j);
    runner_send(&json);
    _exit(1);
}

/* ---- values to store with the next event or outcome ---- */

static _Thread_local struct str kept; /* elements of a JSON array */

void runner_put_kept(struct json_out *j)
{
    if (!kept.len)
        return;
    json_key(j, "kept");
    json_begin_array(j);
    json_raw(j, kept.p);
    json_end_array(j);
    str_finish(&kept);
}

void runner_forget_kept(void)
{
    str_finish(&kept);
}

/* ---- questions to the core ---- */

struct question {
    const char *key, *event, *value; /* NULL: left out */
    size_t n;                        /* of event or value */
};

static void send_question(enum message_type type, uint64_t token, const struct question *question)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_put_int(&j, "token", (int64_t)token);
    json_put_text_if(&j, "key", question->key);
    if (question->event || question->value) {
        json_key(&j, question->event ? "event" : "value");
        json_textn(&j, question->event ? question->event : question->value, question->n);
    }
    if (question->event)
        runner_put_kept(&j);
    json_end_object(&j);
    runner_send(&json);
}

/* Sends a message with a token and waits for its answer; the caller deletes it. */
static cJSON *ask(enum message_type type, const struct question *question)
{
    pthread_mutex_lock(&runner.lock);
    struct waiter waiter = {.token = ++runner.token, .next = runner.waiters};
    runner.waiters = &waiter;
    pthread_mutex_unlock(&runner.lock);
    send_question(type, waiter.token, question);
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

void runner_take_answer(cJSON *message)
{
    uint64_t token = (uint64_t)json_int_or(message, "token", 0);
    pthread_mutex_lock(&runner.lock);
    for (struct waiter *w = runner.waiters; w && message; w = w->next) {
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
    CLEANUP_FREE char *clean = utf8_sanitize(text ? text : "", text ? strlen(text) : 0, LOG_BYTES);
    struct json_out j = message_begin(MESSAGE_LOG, &json);
    json_put_int(&j, "level", level < 0 ? 0 : MIN(level, 3));
    json_put_text(&j, "text", clean);
    json_end_object(&j);
    runner_send(&json);
}

static int32_t host_emit(void *ctx, const char *event, size_t length)
{
    (void)ctx;
    if (!event || length > EVENT_BYTES || !utf8_valid(event, length) || memchr(event, 0, length))
        return TOCSIN_EMIT_REFUSED;
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_EVENT, &(struct question){.event = event, .n = length});
    return (int32_t)json_int_or(answer, "code", TOCSIN_EMIT_RETRY);
}

static int32_t host_stopping(void *ctx)
{
    (void)ctx;
    return __atomic_load_n(&runner.stopping, __ATOMIC_ACQUIRE);
}

static bool is_key(const char *key)
{
    return key && *key && strlen(key) <= KEY_BYTES && utf8_valid(key, strlen(key));
}

static int64_t host_get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    if (!is_key(key))
        return -1;
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_GET, &(struct question){.key = key});
    const char *found = json_text_or(answer, "value", NULL);
    size_t n = found ? strlen(found) : 0;
    if (found && capacity)
        memcpy(value, found, MIN(n, capacity));
    return found ? (int64_t)n : -1;
}

static bool is_value(const char *value, size_t length)
{
    return !value || (length <= VALUE_BYTES && utf8_valid(value, length) && !memchr(value, 0, length));
}

static int32_t host_put(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    if (!is_key(key) || !is_value(value, length))
        return -1;
    CLEANUP_JSON cJSON *answer = ask(MESSAGE_PUT, &(struct question){.key = key, .value = value, .n = length});
    return json_int_or(answer, "code", -1) == 0 ? 0 : -1;
}

static int32_t host_keep(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    if (!is_key(key) || !is_value(value, length))
        return -1;
    CLEANUP_STR struct str one = {0};
    struct json_out j = {&one, kept.len > 0};
    json_begin_object(&j);
    json_put_text(&j, "key", key);
    json_key(&j, "value");
    if (value)
        json_textn(&j, value, length);
    else
        json_null(&j);
    json_end_object(&j);
    if (kept.len + one.len > KEPT_BYTES)
        return -1;
    str_addn(&kept, one.p, one.len);
    return 0;
}

static void host_health(void *ctx, const char *why)
{
    (void)ctx;
    struct str json = {0};
    CLEANUP_FREE char *clean = why ? utf8_sanitize(why, strlen(why), HEALTH_BYTES) : NULL;
    struct json_out j = message_begin(MESSAGE_HEALTH, &json);
    json_put_text_if(&j, "why", clean);
    json_end_object(&j);
    runner_send(&json);
}

const struct tocsin_host runner_host_table = {.size = sizeof(runner_host_table),
                                              .abi = TOCSIN_ABI,
                                              .log = host_log,
                                              .emit = host_emit,
                                              .stopping = host_stopping,
                                              .get = host_get,
                                              .put = host_put,
                                              .keep = host_keep,
                                              .health = host_health};
