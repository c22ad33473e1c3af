#include "host/trial.h"

#include <uv.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "host/programs.h"
#include "host/show.h"
#include "host/supervisor.h"
#include "host/vet.h"

#define TIME_MOST (20 * SECOND)
#define MEMORY    ((int64_t)512 << 20)

struct trying {
    uv_loop_t loop;
    uv_timer_t timer;
    struct supervisor *supervisor;
    const char *channel;
    struct trial *trial;
    bool ended, stopped;
};

static void end(struct trying *trying, int code, const char *text)
{
    bool mend = code == TOCSIN_E_AUTH || code == TOCSIN_E_CONFIG;
    if (!trying->ended && code)
        *(mend ? &trying->trial->fault : &trying->trial->unknown) = xstrdup(text);
    trying->ended = true;
}

static void on_checked(void *ctx, const struct check_result *result)
{
    struct trying *trying = ctx;
    if (!trying->ended && !result->code && result->channel)
        trying->trial->fault =
            xasprintf("announcements cannot be posted in '%s': %s", trying->channel, result->channel);
    end(trying, result->code, result->text);
}

static bool take_fault(void *ctx, const struct connector_info *info)
{
    *(int *)ctx = info->fault;
    return false;
}

static void on_state(void *ctx, const char *connector, uint64_t can, bool up, const char *reason)
{
    struct trying *trying = ctx;
    struct error err;
    int fault = TOCSIN_E_FAILED;
    (void)can;
    if (trying->ended)
        return;
    if (up && supervisor_check(trying->supervisor, connector, trying->channel, on_checked, trying, &err))
        end(trying, TOCSIN_E_FAILED, err.text);
    if (up)
        return;
    supervisor_each(trying->supervisor, take_fault, &fault);
    end(trying, fault ? fault : TOCSIN_E_FAILED, reason ? reason : "it stopped");
}

/* A trial stores nothing, and takes no events. */
static void on_event(void *ctx, const char *connector, const cJSON *event, const cJSON *kept, uint64_t token)
{
    struct trying *trying = ctx;
    (void)event, (void)kept;
    supervisor_ack(trying->supervisor, connector, token, TOCSIN_EMIT_RETRY);
}

static void on_get(void *ctx, const char *connector, const char *key, uint64_t token)
{
    struct trying *trying = ctx;
    (void)key;
    supervisor_value(trying->supervisor, connector, token, NULL);
}

static void on_put(void *ctx, const char *connector, const char *key, const char *value, uint64_t token)
{
    struct trying *trying = ctx;
    (void)key, (void)value;
    supervisor_ack(trying->supervisor, connector, token, -1);
}

static void on_result(void *ctx, const char *connector, uint64_t action, const struct connector_result *result)
{
    (void)ctx, (void)connector, (void)action, (void)result;
}

static void on_time(uv_timer_t *timer)
{
    end(timer->data, TOCSIN_E_FAILED, "it gave no answer within 20 seconds");
}

static void on_stopped(void *ctx)
{
    ((struct trying *)ctx)->stopped = true;
}

static void be_quiet(void *ctx, const char *line, size_t n)
{
    (void)ctx, (void)line, (void)n;
}

static void run(struct trying *trying, const char *runner, const struct connector_config *config)
{
    struct supervisor_ops ops = {.ctx = trying,
                                 .on_event = on_event,
                                 .on_get = on_get,
                                 .on_put = on_put,
                                 .on_result = on_result,
                                 .on_state = on_state};
    struct error err;
    uv_loop_init(&trying->loop);
    uv_timer_init(&trying->loop, &trying->timer);
    trying->timer.data = trying;
    uv_timer_start(&trying->timer, on_time, TIME_MOST, 0);
    trying->supervisor = supervisor_create(&trying->loop, runner, &ops);
    if (supervisor_add(trying->supervisor, config, &err))
        end(trying, TOCSIN_E_CONFIG, err.text);
    while (!trying->ended)
        uv_run(&trying->loop, UV_RUN_ONCE);
    supervisor_stop(trying->supervisor, on_stopped, trying);
    while (!trying->stopped)
        uv_run(&trying->loop, UV_RUN_ONCE);
    supervisor_destroy(trying->supervisor);
    uv_close((uv_handle_t *)&trying->timer, NULL);
    uv_run(&trying->loop, UV_RUN_DEFAULT);
    uv_loop_close(&trying->loop);
}

void trial_connector(const struct configuration *c, const cJSON *row, struct trial *ret)
{
    CLEANUP_FREE char *runner = program_runner(c), *file = program_connector(c, row);
    CLEANUP_JSON cJSON *descriptor = NULL, *own = vet_own_settings(row);
    struct error err;
    struct trying trying = {.channel = json_text_or(c->core, "announce", NULL), .trial = ret};
    *ret = (struct trial){0};
    if (show_connector(runner, file, &descriptor, &err) || !json_bool_or(descriptor, "checks_channels", false))
        return;
    log_sink(be_quiet, NULL);
    run(&trying, runner,
        &(struct connector_config){
            .name = row->string, .file = file, .settings = own, .memory = MEMORY, .trial = true});
    log_sink(NULL, NULL);
}

void trial_finish(struct trial *trial)
{
    free(trial->fault);
    free(trial->unknown);
}
