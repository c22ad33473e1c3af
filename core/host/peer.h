/*
 * peer - one runner as the core sees it: its process, its channel, its state.
 */
#ifndef TOCSIN_HOST_PEER_H
#define TOCSIN_HOST_PEER_H

#include <uv.h>

#include "base/mem.h"
#include "host/frame.h"
#include "host/message.h"
#include "host/supervisor.h"

enum peer_state {
    PEER_STOPPED,
    PEER_STARTING, /* spawned; hello and descriptor are awaited */
    PEER_OPENING,  /* has its settings */
    PEER_RUNNING,
    PEER_STOPPING, /* told to stop */
    PEER_BACKOFF,  /* waits to be started again */
    PEER_BROKEN,   /* not started again by itself */
};

/* How a process's end, or the lack of one, is dealt with. Pure, so that it is tested without processes. */
struct peer_backoff {
    int failures; /* in a row */
};
duration peer_backoff_next(struct peer_backoff *backoff, duration healthy_for);

struct serving {
    uint64_t id;
    webhook_done *done;
    void *ctx;
};

struct peer {
    struct supervisor *supervisor;
    char *name, *file, *version, *summary;
    cJSON *settings;
    int64_t memory;
    enum peer_state state;
    enum message_phase phase;
    struct peer_backoff backoff;
    bool restart_at_once, broken, failed_told;
    char reason[512];
    uint64_t can, generation, next_id;
    int64_t parallel;
    int restarts;
    instant since, running_since;
    int64_t heard_ms; /* monotonic: last pong */
    ARRAY(uint64_t) in_flight;
    ARRAY(struct serving) serving;

    uv_process_t process;
    uv_pipe_t channel, output; /* output: standard output and error of the runner, as log lines */
    uv_timer_t timer;
    int closing; /* handles of the process that are still to close */
    bool process_alive;
    struct frames frames;
    struct str line;
};

struct peer *peer_create(struct supervisor *supervisor, const struct connector_config *config);
void peer_destroy(struct peer *peer);
void peer_start(struct peer *peer);
void peer_stop(struct peer *peer);
void peer_send(struct peer *peer, struct str *json);
const char *peer_state_name(enum peer_state state);

/* What peers need of their supervisor. */
struct supervisor {
    uv_loop_t *loop;
    char *runner;
    struct supervisor_ops ops;
    ARRAY(struct peer *) peers;
    bool stopping;
    void (*done)(void *ctx);
    void *done_ctx;
};
void supervisor_peer_ended(struct supervisor *supervisor);

#endif
