/*
 * assist - asks the language model that the setting `assist` names, on libuv's pool. A request has its own copies of the address and the
 * key, so a reload changes what is asked next. What comes back is passed to the core as it came.
 */
#include "assist/assist.h"

#include <string.h>
#include <uv.h>

#include <tocsin/kit/http.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "feeds/feeds.h"

static struct {
    struct daemon *daemon;
    struct kit_http *http;
    cJSON *settings; /* as they are in use */
    size_t asked;
    bool draining;
} self;

struct question { /* the thread of the pool has only this */
    uv_work_t work;
    uint64_t request;
    char *url, *key, *body;
    int64_t timeout;
    struct kit_answer answer;
};

/* ---- on the pool ---- */

static void ask_on_pool(uv_work_t *work)
{
    struct question *question = container_of(work, struct question, work);
    const struct kit_header headers[] = {{"Content-Type", "application/json"}};
    const struct kit_request request = {.url = question->url,
                                        .headers = headers,
                                        .header_count = ARRAY_SIZE(headers),
                                        .bearer = question->key,
                                        .body = question->body,
                                        .body_length = strlen(question->body),
                                        .timeout_ms = question->timeout,
                                        .most = WIRE_ANSWER_MOST,
                                        .once = true};
    kit_http_call(self.http, &request, &question->answer);
}

/* ---- back on the loop ---- */

/* Why there is no proposal; NULL: there may be one. The caller frees it. */
static char *fault_of(const struct kit_answer *answer)
{
    long status = answer->status;
    if (answer->outcome == KIT_NOT_SENT)
        return xasprintf("it cannot be reached: %s", answer->error);
    if (answer->outcome == KIT_CUT)
        return xasprintf("it gave no whole answer: %s", answer->error);
    if (status == 401 || status == 403)
        return xasprintf("it refuses the key of `assist` in tocsin.lua (status %ld)", status);
    if (status == 429)
        return xstrdup("it takes no more requests for now (status 429)");
    if (status >= 300 && status < 400)
        return xasprintf("it sends to another address (status %ld), which is not followed", status);
    return status == 200 ? NULL : xasprintf("it answers with status %ld", status);
}

static void done(uv_work_t *work, int status)
{
    struct question *question = container_of(work, struct question, work);
    CLEANUP_FREE char *fault = fault_of(&question->answer);
    (void)status;
    if (fault)
        log_warn("assist: %s", fault);
    self.asked--;
    if (!self.draining)
        assist_answered(daemon_core(), question->request,
                        &(struct assist_result){.body = fault ? NULL : question->answer.body,
                                                .length = fault ? 0 : question->answer.body_length,
                                                .error = fault},
                        clock_now());
    kit_answer_finish(&question->answer);
    if (question->key)
        explicit_bzero(question->key, strlen(question->key));
    free(question->key);
    free(question->url);
    free(question->body);
    free(question);
    if (self.draining && !self.asked)
        daemon_drained(self.daemon);
}

static void ask(void *ctx, uint64_t request, const char *body)
{
    struct question *question = xcalloc(1, sizeof(*question));
    const char *url = json_text_or(self.settings, "url", "");
    size_t n = strlen(url);
    (void)ctx;
    question->request = request;
    question->url = xasprintf("%.*s/chat/completions", (int)(n - (n && url[n - 1] == '/')), url);
    question->key = xstrdup(json_text_or(self.settings, "key", NULL));
    question->body = xstrdup(body);
    question->timeout = json_int_or(self.settings, "timeout", 0);
    self.asked++;
    uv_queue_work(daemon_loop(self.daemon), &question->work, ask_on_pool, done);
}

/* ---- the component ---- */

/* The setting as it is from now on. */
static void use(const struct configuration *configuration)
{
    const cJSON *given = json_member(configuration->core, "assist");
    cJSON *before = self.settings;
    self.settings = cJSON_GetArraySize(given) ? cJSON_Duplicate(given, true) : NULL;
    const struct assist_way way = {self.settings, ask, NULL};
    assist_use(daemon_core(), self.settings ? &way : NULL);
    cJSON_Delete(before);
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)err;
    self.daemon = daemon;
    self.http = kit_http_create("tocsin/" TOCSIN_VERSION);
    use(configuration);
    return 0;
}

static void reload(const struct configuration *running, const struct configuration *fresh, struct str *said)
{
    const cJSON *before = json_member(running->core, "assist"), *now = json_member(fresh->core, "assist");
    if (cJSON_Compare(before, now, true))
        return;
    CLEANUP_FREE char *host = feed_host(json_text_or(now, "url", ""));
    use(fresh);
    if (self.settings)
        str_addf(said, "; assist asks %s at %s", json_text_or(now, "model", ""), host);
    else
        str_add(said, "; assist is off");
}

static bool drain(struct daemon *daemon)
{
    (void)daemon;
    self.draining = true;
    return self.asked == 0;
}

static void destroy(void)
{
    kit_http_destroy(self.http);
    cJSON_Delete(self.settings);
}

const struct component assist_component = {
    .name = "assist", .start = start, .reload = reload, .drain = drain, .destroy = destroy};
