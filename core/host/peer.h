/*
 * peer - one runner as the core sees it: what becomes of its process, and what it has in hand. Loop's thread only.
 *
 * It owns the process, and lives on from one process to the next. What it says is handed to `take`; what it has in hand comes
 * back when it dies: each action, webhook and check is answered once. A runner is not trusted: what it sends is bounded,
 * checked against the phase of the conversation, and answered by token. When it asks faster than the core answers, the core
 * stops reading from it until it has caught up. A peer never looks at another.
 */
#ifndef TOCSIN_HOST_PEER_H
#define TOCSIN_HOST_PEER_H

#include "base/mem.h"
#include "host/edges.h"
#include "host/message.h"
#include "host/output.h"
#include "host/process.h"

struct peer;

struct peer_needs { /* of the supervisor: one for all its peers, which it outlives */
    uv_loop_t *loop;
    char *runner; /* the path of tocsin-runner */
    struct supervisor_ops ops;
    struct supervisor_times times;
    void *ctx;
    void (*take)(struct peer *peer, const char *json, size_t n);
    void (*wake)(void *ctx);                     /* call peer_resume, from the loop */
    void (*ended)(void *ctx, struct peer *peer); /* it has no process, and starts none: may be destroyed */
};

struct serving {
    uint64_t id;
    webhook_done *done;
    void *ctx;
};

struct checking {
    check_done *done;
    void *ctx;
};

struct in_hand { /* asked of it and not answered */
    ARRAY(uint64_t) actions;
    ARRAY(struct serving) webhooks;
    ARRAY(struct checking) checks; /* answered in this order */
    uint64_t last_id;              /* of webhooks */
};

struct peer_settings {
    char *file;
    cJSON *settings;
    int64_t memory;
};

struct peer_about { /* as its descriptor says; texts NULL: not known */
    char *version, *summary;
    uint64_t can;
    int64_t parallel;
};

struct peer {
    const struct peer_needs *needs;
    char *name;
    struct peer_settings config; /* for the next start */
    struct peer_about about;
    struct life life;
    enum message_phase phase;
    char reason[512];    /* why it is not running, or why it ended last; "": no fault is known */
    uint64_t generation; /* processes that have ended */
    int restarts;
    instant since; /* in this state, by the wall clock */
    bool up;       /* as on_state last said */
    bool removed;  /* the supervisor's: destroyed once its process is gone */
    struct in_hand hand;
    int asked; /* events, gets and puts that wait for the core's answer */
    struct output output;
    struct process process;
    uv_timer_t timer;
};

struct peer *peer_create(const struct peer_needs *needs, const struct connector_config *config);
void peer_destroy(struct peer *peer); /* only without a process; the memory goes when the loop has run */
void peer_configure(struct peer *peer, const struct connector_config *config); /* for the next start */
void peer_step(struct peer *peer, enum life_event event);
void peer_end(struct peer *peer, enum life_event how, const char *why); /* how: LIFE_FAULT or LIFE_WRONG */
void peer_send(struct peer *peer, struct str *json);                    /* frees json */

/* It asks something, under a number of its own. The token tells the process apart as well, so that an answer never reaches a
   later one. */
uint64_t peer_asks(struct peer *peer, int64_t number);
/* The core answers a token: its number, or -1 where the process that asked is gone. */
int64_t peer_answered(struct peer *peer, uint64_t token);
/* Reads on after a pause, if the core has caught up; from the loop. */
void peer_resume(struct peer *peer);

#endif
