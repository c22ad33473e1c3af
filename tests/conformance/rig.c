#include "conformance/rig.h"

#include <signal.h>
#include <string.h>
#include <uv.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "host/supervisor.h"
#include "outbox/limit_read.h"

#define MEMORY        ((int64_t)512 << 20)
#define START         (30 * SECOND)
#define LATE          (5 * SECOND) /* beyond its deadline, until its process is ended */
#define FAILURES_MOST 3            /* to start, in a row */
#define TICK          20           /* milliseconds */
#define LOG_BYTES     ((size_t)8000)

struct given { /* an action that was handed over */
    uint64_t id;
    instant at;
    struct outcome outcome;
};

struct pace { /* the rate limits, as if all were one channel */
    cJSON *declared;
    struct rate_limits limits;
    instant *full_at, *channel_full_at;
};

struct answers { /* to the latest check and the latest webhook */
    bool checked;
    int check_code, served; /* served 0: not yet */
    char *check_text;
};

struct rig {
    uv_loop_t *loop;
    uv_timer_t timer;
    struct rig_setup setup;
    struct supervisor *supervisor;
    bool up, wanted, gone;
    int ends, failures; /* failures: to start, since it is waited for */
    int answer;         /* to events */
    char *trouble;
    struct answers got;
    struct map store;
    ARRAY(struct given *) given;
    struct pace pace;
    cJSON *events;
    struct str log;
    bool told_secret;
};

/* ---- time ---- */

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Turns the loop until it is so, at most for a time. Returns whether it is so. */
static bool until(struct rig *rig, bool (*is_so)(const struct rig *rig, const void *ctx), const void *ctx,
                  duration most)
{
    int64_t end = mono_ms() + most;
    while (!is_so(rig, ctx) && mono_ms() < end)
        uv_run(rig->loop, UV_RUN_ONCE);
    return is_so(rig, ctx);
}

static bool never(const struct rig *rig, const void *ctx)
{
    (void)rig, (void)ctx;
    return false;
}

void rig_turn(struct rig *rig, duration how_long)
{
    until(rig, never, NULL, how_long);
}

/* ---- the store ---- */

static void store(struct rig *rig, const char *key, const char *value)
{
    free(value ? map_put(&rig->store, key, xstrdup(value)) : map_remove(&rig->store, key));
}

static void store_kept(struct rig *rig, const cJSON *kept)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, kept)
    {
        store(rig, json_text_or(one, "key", ""), json_text_or(one, "value", NULL));
    }
}

/* ---- what the supervisor reports ---- */

static void look_for_secret(struct rig *rig, const char *text)
{
    rig->told_secret = rig->told_secret || (text && strstr(text, "[secret]"));
}

static void on_event(void *ctx, const char *connector, const cJSON *event, const cJSON *kept, uint64_t token)
{
    struct rig *rig = ctx;
    cJSON_AddItemToArray(rig->events, cJSON_Duplicate(event, true));
    if (rig->answer == TOCSIN_EMITTED)
        store_kept(rig, kept);
    supervisor_ack(rig->supervisor, connector, token, rig->answer);
}

static void on_get(void *ctx, const char *connector, const char *key, uint64_t token)
{
    struct rig *rig = ctx;
    supervisor_value(rig->supervisor, connector, token, map_get(&rig->store, key));
}

static void on_put(void *ctx, const char *connector, const char *key, const char *value, uint64_t token)
{
    struct rig *rig = ctx;
    store(rig, key, value);
    supervisor_ack(rig->supervisor, connector, token, 0);
}

static void on_result(void *ctx, const char *connector, uint64_t action, const struct connector_result *result)
{
    struct rig *rig = ctx;
    struct given *given = rig->given.v[action - 1];
    struct outcome *outcome = &given->outcome;
    (void)connector;
    store_kept(rig, result->kept);
    outcome->times++;
    outcome->code = result->code;
    outcome->retry_after = result->retry_after;
    outcome->took = mono_ms() - given->at;
    replace_text(&outcome->remote_id, result->remote_id ? result->remote_id : "");
    replace_text(&outcome->detail, result->detail ? result->detail : "");
    replace_text(&outcome->answer, result->answer ? result->answer : "");
    look_for_secret(rig, outcome->detail);
}

static void on_state(void *ctx, const char *connector, uint64_t can, bool up, const char *reason)
{
    struct rig *rig = ctx;
    (void)connector, (void)can;
    rig->ends += rig->up && !up && rig->wanted;
    rig->failures += !rig->up && !up && reason;
    rig->up = up;
    if (!up)
        replace_text(&rig->trouble, reason ? reason : "");
}

static void on_described(void *ctx, const char *connector, uint64_t can, int parallel, const cJSON *limits)
{
    struct pace *pace = &((struct rig *)ctx)->pace;
    (void)can, (void)parallel;
    cJSON_Delete(pace->declared);
    pace->declared = cJSON_Duplicate(limits, true);
    array_free(&pace->limits.rows);
    rate_limits_read(connector, pace->declared, ((struct rig *)ctx)->setup.limits, &pace->limits);
}

static void on_health(void *ctx, const char *connector, const char *why)
{
    (void)connector;
    look_for_secret(ctx, why);
}

static void on_line(void *ctx, const char *line, size_t n)
{
    struct rig *rig = ctx;
    CLEANUP_FREE char *text = xstrndup(line, n);
    look_for_secret(rig, text);
    if (rig->log.len + n < LOG_BYTES)
        str_addn(&rig->log, line, n);
}

/* ---- life ---- */

struct rig *rig_create(uv_loop_t *loop, const struct rig_setup *setup)
{
    struct rig *rig = xcalloc(1, sizeof(*rig));
    struct supervisor_times times = supervisor_times_default;
    struct supervisor_ops ops = {rig,      on_event,     on_get, on_put,   on_result,
                                 on_state, on_described, NULL,   on_health};
    *rig = (struct rig){.loop = loop, .setup = *setup, .trouble = xstrdup(""), .events = cJSON_CreateArray()};
    times.deadline = RIG_DEADLINE;
    times.life.backoff_most = SECOND;
    uv_timer_init(loop, &rig->timer);
    uv_timer_start(&rig->timer, on_tick, TICK, TICK);
    rig->supervisor = supervisor_create(loop, setup->runner, &ops);
    supervisor_set_times(rig->supervisor, &times);
    log_init(LOG_DEBUG);
    log_sink(on_line, rig);
    return rig;
}

static void on_gone(void *ctx)
{
    ((struct rig *)ctx)->gone = true;
}

static bool is_gone(const struct rig *rig, const void *ctx)
{
    (void)ctx;
    return rig->gone;
}

static void free_given(struct rig *rig)
{
    for (size_t i = 0; i < rig->given.n; i++) {
        free(rig->given.v[i]->outcome.remote_id);
        free(rig->given.v[i]->outcome.detail);
        free(rig->given.v[i]->outcome.answer);
        free(rig->given.v[i]);
    }
    array_free(&rig->given);
}

static void free_store(struct rig *rig)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&rig->store, &i));)
        free(slot->value);
    map_finish(&rig->store);
}

void rig_destroy(struct rig *rig)
{
    rig->wanted = false;
    supervisor_stop(rig->supervisor, on_gone, rig);
    until(rig, is_gone, NULL, START);
    supervisor_destroy(rig->supervisor);
    uv_close((uv_handle_t *)&rig->timer, NULL);
    uv_run(rig->loop, UV_RUN_NOWAIT);
    log_sink(NULL, NULL);
    free_given(rig);
    free_store(rig);
    array_free(&rig->pace.limits.rows);
    free(rig->pace.full_at);
    free(rig->pace.channel_full_at);
    cJSON_Delete(rig->pace.declared);
    cJSON_Delete(rig->events);
    str_finish(&rig->log);
    free(rig->trouble);
    free(rig->got.check_text);
    free(rig);
}

static bool is_broken(void *ctx, const struct connector_info *info)
{
    *(bool *)ctx = text_equal(info->state, "broken");
    return false;
}

static bool is_up_or_given_up(const struct rig *rig, const void *ctx)
{
    bool broken = false;
    (void)ctx;
    supervisor_each(rig->supervisor, is_broken, &broken);
    return rig->up || broken || rig->failures >= FAILURES_MOST;
}

bool rig_comes_up(struct rig *rig)
{
    rig->failures = 0;
    until(rig, is_up_or_given_up, NULL, START);
    return rig->up;
}

bool rig_start(struct rig *rig)
{
    struct error err = {0};
    struct connector_config config = {
        .name = rig->setup.name, .file = rig->setup.file, .settings = rig->setup.settings, .memory = MEMORY};
    rig->wanted = false; /* going down is not its fault now */
    int rc = supervisor_restart(rig->supervisor, rig->setup.name, NULL)
                 ? supervisor_add(rig->supervisor, &config, &err)
                 : 0;
    if (rc)
        replace_text(&rig->trouble, err.text);
    bool up = !rc && rig_comes_up(rig);
    rig->wanted = true;
    return up;
}

bool rig_is_up(const struct rig *rig)
{
    return rig->up;
}

const char *rig_trouble(const struct rig *rig)
{
    return rig->trouble;
}

int rig_ends(const struct rig *rig)
{
    return rig->ends;
}

static bool take_pid(void *ctx, const struct connector_info *info)
{
    *(int *)ctx = info->pid;
    return false;
}

static bool is_down(const struct rig *rig, const void *ctx)
{
    (void)ctx;
    return !rig->up;
}

void rig_kill(struct rig *rig)
{
    int pid = 0;
    supervisor_each(rig->supervisor, take_pid, &pid);
    if (pid > 0)
        kill(pid, SIGKILL);
    until(rig, is_down, NULL, LATE);
}

static bool take_reason(void *ctx, const struct connector_info *info)
{
    replace_text(ctx, info->reason ? info->reason : "");
    return false;
}

bool rig_stop(struct rig *rig)
{
    rig->wanted = false;
    supervisor_stop(rig->supervisor, on_gone, rig);
    bool ended = until(rig, is_gone, NULL, START);
    supervisor_each(rig->supervisor, take_reason, &rig->trouble);
    return ended && strcmp(rig->trouble, "it was stopped") == 0;
}

/* ---- actions ---- */

static instant ready_at(const struct rig *rig, const char *kind)
{
    const struct pace *pace = &rig->pace;
    instant all = rate_limits_ready(&pace->limits, false, pace->full_at, rig->setup.name, kind),
            channel = rate_limits_ready(&pace->limits, true, pace->channel_full_at, rig->setup.name, kind);
    return MAX(all, channel);
}

static void keep_pace(struct rig *rig, const char *kind)
{
    struct pace *pace = &rig->pace;
    instant now = clock_now(), at = ready_at(rig, kind);
    if (at > now)
        rig_turn(rig, at - now);
    now = MAX(clock_now(), at);
    rate_limits_take(&pace->limits, false, &pace->full_at, rig->setup.name, kind, now);
    rate_limits_take(&pace->limits, true, &pace->channel_full_at, rig->setup.name, kind, now);
}

static bool can_take(const struct rig *rig, const void *ctx)
{
    uint64_t can;
    (void)ctx;
    return supervisor_can_take(rig->supervisor, rig->setup.name, &can);
}

const struct outcome *rig_begin(struct rig *rig, const struct todo *todo)
{
    CLEANUP_FREE char *body = cJSON_PrintUnformatted(todo->body);
    keep_pace(rig, todo->kind);
    if (!until(rig, can_take, NULL, START))
        return NULL;
    struct given *given = xcalloc(1, sizeof(*given));
    *array_add(&rig->given) = given;
    given->id = rig->given.n;
    given->at = mono_ms();
    replace_text(&given->outcome.remote_id, "");
    replace_text(&given->outcome.detail, "");
    replace_text(&given->outcome.answer, "");
    struct action action = {.id = given->id,
                            .key = (char *)(uintptr_t)todo->key,
                            .connector = (char *)(uintptr_t)rig->setup.name,
                            .kind = (char *)(uintptr_t)todo->kind,
                            .body = body,
                            .made_at = clock_now(),
                            .unsure = todo->attempt > 1,
                            .attempts = todo->attempt};
    supervisor_perform(rig->supervisor, &action);
    return &given->outcome;
}

static bool has_come(const struct rig *rig, const void *outcome)
{
    (void)rig;
    return ((const struct outcome *)outcome)->times > 0;
}

bool rig_wait(struct rig *rig, const struct outcome *outcome)
{
    return until(rig, has_come, outcome, RIG_DEADLINE + LATE);
}

/* ---- checking ---- */

static void on_checked(void *ctx, const struct check_result *result)
{
    struct rig *rig = ctx;
    rig->got.checked = true;
    rig->got.check_code = result->code ? result->code : result->channel ? TOCSIN_E_AUTH : 0;
    replace_text(&rig->got.check_text, rig->got.check_code == result->code ? result->text : result->channel);
    look_for_secret(rig, rig->got.check_text);
}

static bool is_checked(const struct rig *rig, const void *ctx)
{
    (void)ctx;
    return rig->got.checked;
}

int rig_check(struct rig *rig, const char *channel, char **ret_text)
{
    struct error err;
    rig->got.checked = false;
    if (supervisor_check(rig->supervisor, rig->setup.name, channel, on_checked, rig, &err)) {
        *ret_text = xstrdup(err.text);
        return TOCSIN_E_FAILED;
    }
    bool came = until(rig, is_checked, NULL, RIG_DEADLINE + LATE);
    *ret_text = xstrdup(came && rig->got.check_text ? rig->got.check_text : came ? "" : "it gave no answer");
    return came ? rig->got.check_code : TOCSIN_E_FAILED;
}

/* ---- a program beside it ---- */

struct program {
    uv_process_t process;
    bool ended;
    int status;
};

static void on_program_ended(uv_process_t *process, int64_t status, int signal)
{
    struct program *program = container_of(process, struct program, process);
    program->ended = true;
    program->status = signal ? 128 + signal : (int)status;
}

static bool has_ended(const struct rig *rig, const void *program)
{
    (void)rig;
    return ((const struct program *)program)->ended;
}

int rig_run(struct rig *rig, const char *file, char **args)
{
    struct program program = {0};
    uv_process_options_t options = {.file = file, .args = args, .exit_cb = on_program_ended};
    if (uv_spawn(rig->loop, &program.process, &options) == 0 && !until(rig, has_ended, &program, START)) {
        uv_process_kill(&program.process, SIGKILL);
        until(rig, has_ended, &program, LATE);
        program.status = -1;
    } else if (!program.ended) {
        program.status = -1;
    }
    uv_close((uv_handle_t *)&program.process, NULL);
    uv_run(rig->loop, UV_RUN_NOWAIT);
    return program.status;
}

/* ---- webhooks ---- */

static void on_served(void *ctx, int status, const char *content_type, const char *body, size_t n)
{
    (void)content_type, (void)body, (void)n;
    ((struct rig *)ctx)->got.served = status;
}

static bool is_served(const struct rig *rig, const void *ctx)
{
    (void)ctx;
    return rig->got.served != 0;
}

int rig_serve(struct rig *rig, const struct webhook *webhook)
{
    rig->got.served = 0;
    supervisor_serve(rig->supervisor, rig->setup.name, webhook, on_served, rig);
    until(rig, is_served, NULL, RIG_DEADLINE + LATE);
    return rig->got.served;
}

/* ---- what it said ---- */

const cJSON *rig_events(const struct rig *rig)
{
    return rig->events;
}

void rig_answer_events(struct rig *rig, int code)
{
    rig->answer = code;
}

const char *rig_log(const struct rig *rig)
{
    return str_text(&rig->log);
}

void rig_forget_log(struct rig *rig)
{
    str_clear(&rig->log);
}

bool rig_told_secret(const struct rig *rig)
{
    return rig->told_secret;
}
