/*
 * peer - one runner as the core sees it: its process, its channel, what it has in hand. Loop's thread only.
 *
 * peer.c has the process, peer_take.c what the runner says. A runner is not trusted: what it sends is bounded,
 * checked against the phase of the conversation, and answered by token. When it asks faster than the core answers, the
 * core stops reading from it until it has caught up.
 */
#ifndef TOCSIN_HOST_PEER_H
#define TOCSIN_HOST_PEER_H

#include <uv.h>

#include "base/mem.h"
#include "host/frame.h"
#include "host/life.h"
#include "host/message.h"
#include "host/supervisor.h"

#define ASKED_MOST   64  /* events, gets and puts of one runner that wait for the core's answer */
#define SERVING_MOST 512 /* requests that wait for a runner; more come again */
#define UNSENT_MOST  ((size_t)16 << 20) /* a runner that reads so little is ended */
#define LOG_LINE     2000
#define LOG_BURST    200 /* lines in ten seconds; more are counted, not kept */

struct serving {
    uint64_t id;
    webhook_done *done;
    void *ctx;
};

struct checking {
    check_done *done;
    void *ctx;
};

struct output { /* standard output or error of the runner, as log lines */
    uv_pipe_t pipe;
    struct str line;
};

struct peer {
    struct supervisor *supervisor;
    char *name, *file, *version, *summary;
    cJSON *settings;
    int64_t memory;
    struct life life;
    enum message_phase phase;
    char reason[512]; /* why it is not running, or why it ended last; "": no fault is known */
    uint64_t can, generation, next_id;
    int64_t parallel;
    int restarts;
    instant since;  /* in this state, by the wall clock */
    bool up, alive; /* as on_state last said; the process exists */
    bool removed;   /* destroyed once its process is gone */

    ARRAY(uint64_t) in_flight;
    ARRAY(struct serving) serving;
    ARRAY(struct checking) checking;
    int asked;
    bool paused; /* nothing is read until the core has answered */
    struct {
        int64_t since;
        int lines, dropped;
    } logging;

    uv_process_t process;
    uv_pipe_t channel;
    struct output output, error;
    uv_timer_t timer;
    int closing; /* handles of the process that are still to close */
    struct frames frames;
};

struct peer *peer_create(struct supervisor *supervisor, const struct connector_config *config);
void peer_destroy(struct peer *peer); /* only without a process; the memory goes when the loop has run */
void peer_configure(struct peer *peer, const struct connector_config *config); /* for the next start */
void peer_step(struct peer *peer, enum life_event event);
void peer_end(struct peer *peer, enum life_event how, const char *why); /* how: LIFE_FAULT or LIFE_WRONG */
void peer_send(struct peer *peer, struct str *json);                    /* frees json */
void peer_say(struct peer *peer, enum message_type type);
/* The core answered one question; reads on where that was waited for. */
void peer_answered(struct peer *peer);
/* Reads on after a pause; called by the supervisor from the loop. */
void peer_resume(struct peer *peer);

/* peer_take.c */
void peer_take(struct peer *peer, const char *json, size_t n);
void peer_take_output(struct peer *peer, struct output *output, const char *bytes, size_t n);

/* What peers need of their supervisor. */
struct later { /* what must not be called back from within a call */
    uint64_t action;
    char *connector;
    const char *why;
    webhook_done *served;
    check_done *checked;
    void *ctx;
    int status;
};

struct supervisor {
    uv_loop_t *loop;
    char *runner;
    struct supervisor_ops ops;
    struct supervisor_times times;
    ARRAY(struct peer *) peers;
    uv_idle_t idle; /* runs while `laters` or a paused peer wait for the loop */
    ARRAY(struct later) laters;
    bool stopping;
    void (*done)(void *ctx);
    void *done_ctx;
};
void supervisor_peer_ended(struct supervisor *supervisor, struct peer *peer);
void supervisor_wake(struct supervisor *supervisor);

#endif
