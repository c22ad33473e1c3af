/*
 * peer - one runner as the core sees it: the life of its process, and its work in hand. Loop thread only.
 *
 * It owns the process, and lives on from one process to the next. Messages go to `take`. Work that is in hand when the process
 * dies comes back, so that each action, webhook and check is answered exactly once. A runner is not trusted: what it sends
 * is limited, checked against the phase of the conversation, and answered by token. When it asks faster than the core
 * answers, the core stops reading from it until the answers have caught up. A peer never looks at another.
 */
#ifndef TOCSIN_HOST_PEER_H
#define TOCSIN_HOST_PEER_H

#include "base/mem.h"
#include "host/edges.h"
#include "host/message.h"
#include "host/output.h"
#include "host/process.h"

struct peer;

struct peer_needs { /* from the supervisor: one for all its peers; outlives them */
    uv_loop_t *loop;
    struct program runner; /* its path is owned */
    struct supervisor_ops ops;
    struct supervisor_times times;
    void *ctx;
    void (*take)(struct peer *peer, const char *json, size_t n);
    void (*wake)(void *ctx); /* call peer_resume, from the loop */
    void (*ended)(void *ctx,
                  struct peer *peer); /* it has no process and will not start one: it may be destroyed */
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

struct in_hand { /* requests that it has not answered yet */
    ARRAY(uint64_t) actions;
    ARRAY(struct serving) webhooks;
    ARRAY(struct checking) checks; /* answered in this order */
    uint64_t last_id;              /* of webhooks */
};

struct peer_settings {
    char *file;
    cJSON *settings;
    int64_t memory;
    bool trial;
};

struct peer_about { /* from its descriptor; NULL texts are unknown */
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
    char reason[512];    /* why it is not running, or why it last ended; "": no known fault */
    uint64_t generation; /* processes that have ended */
    int fault;           /* TOCSIN_E_… with which it failed; 0: it did not, since it was started */
    int restarts;
    instant since; /* when it entered its state, by the wall clock */
    bool up;       /* as last reported by on_state */
    bool removed;  /* set by the supervisor: destroy it once its process is gone */
    struct in_hand hand;
    int asked; /* events, gets and puts that the core has not answered yet */
    struct output output;
    struct process process;
    uv_timer_t timer;
};

struct peer *peer_create(const struct peer_needs *needs, const struct connector_config *config);
void peer_destroy(struct peer *peer); /* only without a process; frees the memory when the loop next runs */
void peer_configure(struct peer *peer, const struct connector_config *config); /* for the next start */
void peer_step(struct peer *peer, enum life_event event);
void peer_end(struct peer *peer, enum life_event how, const char *why); /* how: LIFE_FAULT or LIFE_UNUSABLE */
void peer_send(struct peer *peer, struct str *json);                    /* frees json */

/* The runner asks something, under a number of its own. The returned token also identifies the process, so that an answer
   never reaches a later one. */
uint64_t peer_asks(struct peer *peer, int64_t number);
/* The core answers a token. Returns the runner's number, or -1 if the process that asked is gone. */
int64_t peer_answered(struct peer *peer, uint64_t token);
/* Resumes reading after a pause, if the core has caught up. Call from the loop. */
void peer_resume(struct peer *peer);

#endif
