/*
 * commit - takes the waiting appends, commits them as one group, and returns the answers.
 *
 * The committer sits between the journal's front (the loop's thread) and the store's writing half (the commit
 * thread). Many appends share one transaction, and so one fsync. The size of a group is limited, so that the first append
 * of a storm does not wait for the last. Within a group each batch is checked, numbered, hashed and written in turn. A
 * batch that lost a race is left out, along with those that follow it; a fault of the store fails the whole group.
 */
#ifndef TOCSIN_JOURNAL_COMMIT_H
#define TOCSIN_JOURNAL_COMMIT_H

#include <pthread.h>

#include "base/list.h"
#include "journal/chain.h"

enum append_kind {
    APPEND_BATCH,
    APPEND_PRUNE,
    APPEND_REFUSED, /* never tried; it keeps its place so that answers stay in order */
};
struct append {
    struct list link;
    enum append_kind kind;
    struct store_batch work; /* whose rc and err are the answer */
    struct {
        enum doc_kind kind;
        instant before;
        size_t limit;
    } prune;
    bool follows;
    uint64_t failures; /* of appends that follow, as far as its author knew */
    uint64_t last_seq;
    journal_done *done;
    void *ctx;
};

struct committer {
    struct store *store; /* borrowed */
    struct chain chain;  /* the log's head; read again after a failure */
    bool head_known;
    uint64_t failures; /* failed appends that follow others */
    struct {
        int rc;
        struct error err;
    } failure;                 /* the last failure that was not caused by an earlier one */
    void (*notify)(void *ctx); /* called on the commit thread when there are answers; NULL: no thread */
    void *notify_ctx;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the three below */
    pthread_cond_t work;
    struct list waiting, answered;
    bool stopping;
    bool untidy; /* the store has something to do when idle; the commit thread's */
};

/* Reads the store's head. With `notify`, a thread commits; without it, committer_step does. */
int committer_init(struct committer *committer, struct store *store, void (*notify)(void *ctx), void *ctx,
                   struct error *err);
/* Commits what is waiting, then ends the thread. Answers can still be taken afterwards. */
void committer_stop(struct committer *committer);
void committer_finish(struct committer *committer);

/* Owns the append until committer_take returns it. */
void committer_add(struct committer *committer, struct append *append);
/* Moves all answered appends, in order, to the end of `to`. */
void committer_take(struct committer *committer, struct list *to);
/* Commits everything that is waiting as one group, on the caller's thread. */
void committer_step(struct committer *committer);

#endif
