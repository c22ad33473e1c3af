/*
 * commit - takes what waits, commits it as one group, and hands back the answers.
 *
 * The committer sits between the journal's front (the loop's thread) and the store's writing half (the commit
 * thread). Many appends share one transaction and so one fsync; the group is bounded, so that the first of a storm
 * does not wait for the last. Within a group each batch is checked, numbered, hashed and written in turn: one
 * that lost a race is left out, and with it only what follows it; a fault of the store fails the group as a whole.
 */
#ifndef TOCSIN_JOURNAL_COMMIT_H
#define TOCSIN_JOURNAL_COMMIT_H

#include <pthread.h>

#include "base/list.h"
#include "journal/chain.h"

enum append_kind {
    APPEND_BATCH,
    APPEND_PRUNE,
    APPEND_REFUSED, /* keeps its place, so that answers stay in order, and was never tried */
};
struct append {
    struct list link;
    enum append_kind kind;
    struct store_batch work; /* its rc and err are the answer */
    struct {
        enum doc_kind kind;
        instant before;
        size_t limit;
    } prune;
    bool follows;
    uint64_t failures; /* of such that its author knows of */
    uint64_t last_seq;
    journal_done *done;
    void *ctx;
};

struct committer {
    struct store *store; /* borrowed */
    struct chain chain;  /* the log's head; read again after a failure */
    bool head_known;
    uint64_t failures; /* appends that follow others, and failed */
    struct {
        int rc;
        struct error err;
    } failure;                 /* the last that was not for the sake of another */
    void (*notify)(void *ctx); /* from the commit thread: there are answers. NULL: no thread */
    void *notify_ctx;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the three below */
    pthread_cond_t work;
    struct list waiting, answered;
    bool stopping;
};

/* Reads the store's head. With `notify` a thread commits; without it committer_step does. */
int committer_init(struct committer *committer, struct store *store, void (*notify)(void *ctx), void *ctx,
                   struct error *err);
/* Commits what waits, then ends the thread. What is answered can still be taken. */
void committer_stop(struct committer *committer);
void committer_finish(struct committer *committer);

/* Takes the append over until it comes back. */
void committer_add(struct committer *committer, struct append *append);
/* Moves all answered appends, in order, to the end of `to`. */
void committer_take(struct committer *committer, struct list *to);
/* Commits all that waits as one group, on the caller's thread. */
void committer_step(struct committer *committer);

#endif
