#include "host/peer.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/clock.h"
#include "base/metrics.h"

#define ASKED_MOST 64 /* events, gets and puts of one runner that the core has not answered yet */

static void on_timer(uv_timer_t *timer);

static int64_t mono_ms(void)
{
    return clock_mono_ns() / 1000000;
}

/* ---- sending ---- */

void peer_send(struct peer *peer, struct str *json)
{
    if (!process_send(&peer->process, json))
        peer_end(peer, LIFE_FAULT, "it stopped reading its messages");
}

static void say(struct peer *peer, enum message_type type)
{
    struct str json = {0};
    struct json_out j = message_begin(type, &json);
    json_end_object(&j);
    peer_send(peer, &json);
}

/* ---- questions from the runner ---- */

uint64_t peer_asks(struct peer *peer, int64_t number)
{
    if (++peer->asked >= ASKED_MOST)
        process_pause(&peer->process);
    return (peer->generation & 0xffff) << 40 | ((uint64_t)number & 0xffffffffff);
}

int64_t peer_answered(struct peer *peer, uint64_t token)
{
    if (!peer->process.alive || (peer->generation & 0xffff) != token >> 40)
        return -1;
    peer->asked -= peer->asked > 0;
    if (peer->process.paused && peer->asked <= ASKED_MOST / 2)
        peer->needs->wake(peer->needs->ctx);
    return (int64_t)(token & 0xffffffffff);
}

void peer_resume(struct peer *peer)
{
    if (!peer->process.paused || peer->asked > ASKED_MOST / 2)
        return;
    if (peer->process.alive)
        peer_step(peer, LIFE_PONG); /* a pong could not be read meanwhile */
    process_resume(&peer->process);
}

/* ---- steps ---- */

static const char stopped[] = "it was stopped"; /* on request, so not a fault */

static bool is_stopped(const struct peer *peer)
{
    return strcmp(peer->reason, stopped) == 0;
}

static void report_state(struct peer *peer, enum life_state before)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    bool up = peer->life.state == LIFE_RUNNING;
    bool broke = peer->life.state == LIFE_BROKEN;
    bool never_up = peer->life.state == LIFE_WAITING && !peer->life.running_since;
    bool ended = (broke || never_up) && peer->life.state != before;
    if (up == peer->up && !ended)
        return;
    peer->up = up;
    bool trouble = !up && *peer->reason && !is_stopped(peer);
    ops->on_state(ops->ctx, peer->name, peer->about.can, up, trouble ? peer->reason : NULL);
}

/* It is the program's file that is wrong, and not what the system lacks at the moment. */
static bool is_lasting(int rc)
{
    static const int lasting[] = {ENOENT, EACCES, EPERM, ENOEXEC, ENOTDIR, ELOOP, ENAMETOOLONG};
    for (size_t i = 0; i < ARRAY_SIZE(lasting); i++) {
        if (rc == -lasting[i])
            return true;
    }
    return false;
}

static void start(struct peer *peer)
{
    const struct peer_needs *needs = peer->needs;
    peer->phase = PHASE_HELLO;
    *peer->reason = '\0';
    peer->fault = 0;
    int rc = process_start(&peer->process, needs->loop, &needs->runner, peer->config.file);
    if (rc) {
        CLEANUP_FREE char *why = xasprintf("cannot start %s: %s", needs->runner.path, uv_strerror(rc));
        peer_end(peer, is_lasting(rc) ? LIFE_UNUSABLE : LIFE_FAULT, why);
        peer_step(peer, LIFE_EXITED);
        process_clear(&peer->process);
        return;
    }
    peer->restarts += peer->generation > 0;
    metric_add(METRIC_CONNECTOR_RESTARTS, peer->generation > 0);
}

void peer_step(struct peer *peer, enum life_event event)
{
    int64_t now = mono_ms();
    enum life_state before = peer->life.state;
    unsigned act = life_step(&peer->life, event, now, &peer->needs->times.life);
    const char *why = peer->life.why;
    if (!why && (event == LIFE_STOP || event == LIFE_START) && act & (LIFE_ASK_STOP | LIFE_TERMINATE))
        why = stopped;
    if (why && (!*peer->reason || (peer->life.why && is_stopped(peer))))
        snprintf(peer->reason, sizeof(peer->reason), "%s", why);
    if (before != peer->life.state)
        peer->since = clock_now();
    if (peer->life.due)
        uv_timer_start(&peer->timer, on_timer, (uint64_t)MAX(peer->life.due - now, 0), 0);
    else
        uv_timer_stop(&peer->timer);
    if (act & LIFE_SPAWN)
        start(peer);
    if (act & LIFE_ASK_STOP) {
        peer->phase = PHASE_STOP;
        say(peer, MESSAGE_STOP);
    }
    if (act & LIFE_PING && !peer->process.paused)
        say(peer, MESSAGE_PING);
    if (act & (LIFE_TERMINATE | LIFE_KILL))
        process_kill(&peer->process, act & LIFE_KILL ? SIGKILL : SIGTERM);
    report_state(peer, before);
}

static void on_timer(uv_timer_t *timer)
{
    struct peer *peer = timer->data;
    if (peer->process.paused) /* the core is behind, not the runner */
        peer->life.heard = mono_ms();
    peer_step(peer, LIFE_TIMER);
}

void peer_end(struct peer *peer, enum life_event how, const char *why)
{
    if (!*peer->reason)
        snprintf(peer->reason, sizeof(peer->reason), "%s", why);
    peer_step(peer, how);
}

/* ---- events of its process ---- */

static struct peer *peer_of(struct process *process)
{
    return container_of(process, struct peer, process);
}

/* From its first message until the core ends it. */
static bool is_listened_to(const struct peer *peer)
{
    return life_has_process(peer->life.state) && peer->life.state != LIFE_ENDING;
}

static void on_frame(struct process *process, const char *json, size_t n)
{
    struct peer *peer = peer_of(process);
    if (is_listened_to(peer))
        peer->needs->take(peer, json, n);
}

static void on_broken(struct process *process, const char *why)
{
    struct peer *peer = peer_of(process);
    if (is_listened_to(peer))
        peer_end(peer, LIFE_FAULT, why);
}

static void on_output(struct process *process, bool error, const char *bytes, size_t n)
{
    output_take(&peer_of(process)->output, error, bytes, n);
}

static void give_back(struct peer *peer)
{
    const struct supervisor_ops *ops = &peer->needs->ops;
    struct in_hand *hand = &peer->hand;
    while (hand->actions.n) {
        uint64_t id = hand->actions.v[0];
        array_remove(&hand->actions, 0);
        ops->on_result(ops->ctx, peer->name, id,
                       &(struct connector_result){.code = TOCSIN_UNKNOWN, .detail = peer->reason});
    }
    while (hand->webhooks.n) {
        struct serving serving = hand->webhooks.v[0];
        array_remove(&hand->webhooks, 0);
        serving.done(serving.ctx, 503, NULL, "", 0);
    }
    while (hand->checks.n) {
        struct checking checking = hand->checks.v[0];
        array_remove(&hand->checks, 0);
        checking.done(checking.ctx, &(struct check_result){.code = TOCSIN_E_FAILED, .text = peer->reason});
    }
}

/* It was asked to stop, and did not end well. */
static bool failed_to_close(const struct peer *peer, int64_t status, int signal)
{
    return peer->life.state == LIFE_STOPPING && is_stopped(peer) && (status || signal);
}

static void set_exit_reason(struct peer *peer, int64_t status, int signal)
{
    if (*peer->reason && !failed_to_close(peer, status, signal))
        return;
    if (signal)
        snprintf(peer->reason, sizeof(peer->reason), "its process was killed by signal %d (%s)", signal,
                 strsignal(signal));
    else
        snprintf(peer->reason, sizeof(peer->reason), "its process exited with status %" PRId64, status);
}

static void on_ended(struct process *process, int64_t status, int signal)
{
    struct peer *peer = peer_of(process);
    bool badly_closed = failed_to_close(peer, status, signal);
    set_exit_reason(peer, status, signal);
    peer->generation++;
    if (badly_closed || (peer->life.wanted && !peer->life.restarting))
        log_at(LOG_WARN, &(struct log_context){.connector = peer->name}, "%s", peer->reason);
    peer_step(peer, LIFE_EXITED);
    give_back(peer);
    process_clear(process);
}

static void on_cleared(struct process *process)
{
    struct peer *peer = peer_of(process);
    peer->asked = 0;
    peer_step(peer, LIFE_CLEARED);
    if (!life_has_process(peer->life.state))
        peer->needs->ended(peer->needs->ctx, peer);
}

static const struct process_ops process_ops = {on_frame, on_broken, on_output, on_ended, on_cleared};

/* ---- the peer itself ---- */

void peer_configure(struct peer *peer, const struct connector_config *config)
{
    replace_text(&peer->config.file, config->file);
    cJSON_Delete(peer->config.settings);
    peer->config.settings = cJSON_Duplicate(config->settings, true);
    peer->config.memory = config->memory;
    peer->config.trial = config->trial;
}

struct peer *peer_create(const struct peer_needs *needs, const struct connector_config *config)
{
    struct peer *peer = xcalloc(1, sizeof(*peer));
    peer->needs = needs;
    peer->name = xstrdup(config->name);
    peer->process.ops = &process_ops;
    output_init(&peer->output, peer->name);
    peer_configure(peer, config);
    uv_timer_init(needs->loop, &peer->timer);
    peer->timer.data = peer;
    return peer;
}

static void on_timer_gone(uv_handle_t *handle)
{
    struct peer *peer = handle->data;
    free(peer->name);
    free(peer->config.file);
    cJSON_Delete(peer->config.settings);
    free(peer->about.version);
    free(peer->about.summary);
    array_free(&peer->hand.actions);
    array_free(&peer->hand.webhooks);
    array_free(&peer->hand.checks);
    output_finish(&peer->output);
    free(peer);
}

void peer_destroy(struct peer *peer)
{
    uv_close((uv_handle_t *)&peer->timer, on_timer_gone);
}
