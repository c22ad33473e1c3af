/* The threads that call the connector: one opens it, `parallel` workers perform and serve, one calls run(), one closes it. */
#include "host/runner.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define RESPONSE_MOST ((size_t)1 << 20)
#define ANSWER_MOST   ((size_t)64 << 10)
#define GRACE_MS      2000 /* from a call's deadline until pings go unanswered */
#define DEADLINE_MS   30000

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

static pthread_t start_thread(void *(*function)(void *), void *ctx)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    if (pthread_create(&thread, &attributes, function, ctx))
        runner_fail(TOCSIN_E_FAILED, "no thread can be started: raise the limit on processes (ulimit -u; "
                                     "TasksMax= in a unit of systemd), or the connector's memory_mb");
    pthread_attr_destroy(&attributes);
    return thread;
}

/* A fixed-size text that a connector wrote: perhaps without a terminator, perhaps not UTF-8. */
static void put_clean(struct json_out *j, const char *key, const char *text, size_t capacity)
{
    CLEANUP_FREE char *clean = utf8_sanitize(text, strnlen(text, capacity), capacity);
    json_put_text(j, key, clean);
}

/* ---- perform ---- */

static int32_t append(struct str *to, size_t most, const char *bytes, size_t length)
{
    if (length > most || to->len + length > most)
        return -1;
    str_addn(to, bytes, length);
    return 0;
}

static int32_t write_answer(struct tocsin_result *result, const char *bytes, size_t length)
{
    return append(result->ctx, ANSWER_MOST, bytes, length);
}

static void perform(const cJSON *message)
{
    CLEANUP_STR struct str body = {0}, answer = {0};
    struct tocsin_result result = {.size = sizeof(result), .ctx = &answer, .answer = write_answer};
    json_tree(&(struct json_out){&body, false}, json_member(message, "body"));
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = (int32_t)json_int_or(message, "attempt", 1),
                                   .deadline_ms = json_int_or(message, "deadline_ms", DEADLINE_MS),
                                   .id = json_text_or(message, "id", ""),
                                   .kind = json_text_or(message, "kind", ""),
                                   .key = json_text_or(message, "key", ""),
                                   .body = str_text(&body),
                                   .body_length = body.len,
                                   .made_ms = json_int_or(message, "made", 0)};
    runner.loaded.connector.perform(runner.self, &action, &result);
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_RESULT, &json);
    json_put_text(&j, "id", action.id);
    json_put_int(&j, "code", result.code);
    json_put_int(&j, "retry_after", result.retry_after_ms);
    put_clean(&j, "remote_id", result.remote_id, sizeof(result.remote_id) - 1);
    put_clean(&j, "detail", result.detail, sizeof(result.detail) - 1);
    if (answer.len && utf8_valid(answer.p, answer.len))
        json_put_text(&j, "answer", answer.p);
    runner_put_kept(&j);
    json_end_object(&j);
    runner_send(&json);
}

/* ---- serve ---- */

static int32_t write_response(struct tocsin_response *response, const char *bytes, size_t length)
{
    return append(response->ctx, RESPONSE_MOST, bytes, length);
}

/* Bodies may hold any bytes, so they travel as base64. */
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

static void respond(const char *id, const struct tocsin_response *response, const struct str *body)
{
    size_t n = sodium_base64_ENCODED_LEN(body->len, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *encoded = xmalloc(n);
    sodium_bin2base64(encoded, n, (const unsigned char *)str_text(body), body->len,
                      sodium_base64_VARIANT_ORIGINAL);
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_RESPONSE, &json);
    json_put_text(&j, "id", id);
    json_put_int(&j, "status", response->status);
    put_clean(&j, "content_type", response->content_type, sizeof(response->content_type) - 1);
    json_put_text(&j, "body64", encoded);
    json_end_object(&j);
    runner_send(&json);
}

static void serve(const cJSON *message)
{
    CLEANUP_STR struct str body = {0};
    const cJSON *header;
    ARRAY(struct tocsin_header) list = {0};
    cJSON_ArrayForEach(header, json_member(message, "headers"))
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
    else
        response.status = 404;
    respond(json_text_or(message, "id", ""), &response, &body);
    array_free(&list);
}

/* ---- check ---- */

/* Why announcements cannot be posted; "": they can, or the connector cannot tell. */
static void check_channel(const char *channel, struct tocsin_error *error)
{
    const struct tocsin_connector *c = &runner.loaded.connector;
    if (!channel || !c->check_channel || !c->check_channel(runner.self, channel, error))
        *error->text = '\0';
    else if (!*error->text)
        snprintf(error->text, sizeof(error->text), "no reason was given");
}

static void check(const cJSON *message)
{
    struct tocsin_error error = {.size = sizeof(error)}, unannounced = {.size = sizeof(unannounced)};
    const struct tocsin_connector *c = &runner.loaded.connector;
    int32_t rc = c->check ? c->check(runner.self, &error) : 0;
    if (!rc)
        check_channel(json_text_or(message, "channel", NULL), &unannounced);
    struct str json = {0};
    struct json_out j = message_begin(MESSAGE_CHECKED, &json);
    json_put_int(&j, "code", rc);
    put_clean(&j, "text", error.text, sizeof(error.text) - 1);
    put_clean(&j, "channel", unannounced.text, sizeof(unannounced.text) - 1);
    json_end_object(&j);
    runner_send(&json);
}

/* ---- workers ---- */

static void (*const calls[MESSAGE_TYPES])(const cJSON *) = {
    [MESSAGE_PERFORM] = perform,
    [MESSAGE_SERVE] = serve,
    [MESSAGE_CHECK] = check,
};

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
        worker->overdue_at = mono_ms() + json_int_or(job->message, "deadline_ms", DEADLINE_MS) + GRACE_MS;
    }
    pthread_mutex_unlock(&runner.lock);
    return job;
}

static void *work(void *ctx)
{
    for (struct job *job; (job = take_job(ctx));) {
        calls[job->type](job->message);
        runner_forget_kept();
        cJSON_Delete(job->message);
        free(job);
    }
    return NULL;
}

void runner_add_job(enum message_type type, cJSON *message)
{
    struct job *job = xcalloc(1, sizeof(*job));
    *job = (struct job){type, message, NULL};
    pthread_mutex_lock(&runner.lock);
    *runner.last_job = job;
    runner.last_job = &job->next;
    pthread_cond_signal(&runner.work);
    pthread_mutex_unlock(&runner.lock);
}

bool runner_is_healthy(void)
{
    int64_t now = mono_ms();
    bool healthy = true;
    pthread_mutex_lock(&runner.lock);
    for (int i = 0; i < runner.n_workers; i++)
        healthy &= !runner.workers[i].overdue_at || now < runner.workers[i].overdue_at;
    pthread_mutex_unlock(&runner.lock);
    return healthy;
}

/* ---- from open to close ---- */

static void *run_inbound(void *ctx)
{
    (void)ctx;
    struct tocsin_error error = {.size = sizeof(error)};
    int32_t rc = runner.loaded.connector.run(runner.self, &error);
    if (!runner_host_table.stopping(NULL)) {
        error.text[sizeof(error.text) - 1] = '\0';
        runner_fail(rc ? rc : TOCSIN_E_FAILED,
                    *error.text ? error.text : "run() returned before it was asked to stop");
    }
    return NULL;
}

static void start_threads(void)
{
    int parallel = runner.loaded.connector.parallel;
    pthread_mutex_lock(&runner.lock);
    runner.n_workers = parallel < 1 ? 1 : MIN(parallel, WORKERS_MOST);
    for (int i = 0; i < runner.n_workers; i++)
        runner.workers[i].thread = start_thread(work, &runner.workers[i]);
    if (runner.loaded.connector.run && !runner.trial) {
        runner.run_thread = start_thread(run_inbound, NULL);
        runner.running = true;
    }
    pthread_mutex_unlock(&runner.lock);
}

/* open() may ask the core for stored values, so it must not run on the thread that reads the answers. */
static void *open_connector(void *ctx)
{
    cJSON *message = ctx;
    struct str settings = {0};
    struct tocsin_error error = {.size = sizeof(error)};
    const struct tocsin_connector *c = &runner.loaded.connector;
    json_tree(&(struct json_out){&settings, false}, json_member(message, "settings"));
    int32_t rc = c->open(&runner_host_table, str_text(&settings), &runner.self, &error);
    bool opened = rc == 0;
    if (opened && c->check)
        rc = c->check(runner.self, &error);
    if (opened && rc)
        c->close(runner.self);
    if (settings.p)
        explicit_bzero(settings.p, settings.len);
    str_finish(&settings);
    cJSON_Delete(message);
    error.text[sizeof(error.text) - 1] = '\0';
    if (rc)
        runner_fail(rc, *error.text ? error.text : "open() failed without a reason");
    start_threads();
    runner_say(MESSAGE_READY);
    return NULL;
}

void runner_open(cJSON *message)
{
    pthread_detach(start_thread(open_connector, message));
}

/* Every other call has returned before close(), so nobody else uses `self` any more. */
static void *close_connector(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&runner.lock);
    int n = runner.n_workers;
    bool running = runner.running;
    pthread_mutex_unlock(&runner.lock);
    if (runner.loaded.connector.stop)
        runner.loaded.connector.stop(runner.self);
    if (running)
        pthread_join(runner.run_thread, NULL);
    for (int i = 0; i < n; i++)
        pthread_join(runner.workers[i].thread, NULL);
    runner.loaded.connector.close(runner.self);
    runner_say(MESSAGE_BYE);
    exit(0);
}

void runner_stop(void)
{
    pthread_mutex_lock(&runner.lock);
    __atomic_store_n(&runner.stopping, true, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&runner.work);
    pthread_mutex_unlock(&runner.lock);
    pthread_detach(start_thread(close_connector, NULL));
}
