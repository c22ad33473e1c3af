/*
 * outbox - durable actions on their way out: in order within a channel, concurrent across channels, the most
 * urgent lane first, retried with backoff, held back by rate limits, coalesced, and visible when given up.
 *
 * The outbox decides but sends nothing itself: the caller asks which action may go now (outbox_next), hands it to
 * the connector, and reports the outcome. Every change of an action is written into the caller's batch as a
 * DOC_ACTION document, so it becomes durable together with its cause. An action is not offered until outbox_durable
 * reports that its batch was committed. After a failed commit the caller discards the outbox and loads it again. It
 * reads no clock, and draws randomness only from the given seeded generator. Loop thread only.
 *
 * After a restart, an action that was not done may have been sent. It is offered with at least one attempt counted, so
 * that the connector looks it up by its key before it sends again, if the platform can tell. A message to customers (a
 * lane of `once`) is different: it can only have been sent if it was handed out, since that is made durable first; and
 * if the platform can't tell, it is not sent again, but becomes ACTION_UNCERTAIN.
 *
 * Ids are never reused, not even after actions were forgotten or dropped before a restart.
 */
#ifndef TOCSIN_OUTBOX_OUTBOX_H
#define TOCSIN_OUTBOX_OUTBOX_H

#include "base/id.h"
#include "journal/journal.h"
#include "outbox/action.h"

struct outbox;

/* A rate that is known in advance. Several may apply to one action. After a restart each bucket is full. */
struct rate_limit {
    const char *connector; /* NULL: each connector separately */
    const char *kind;      /* NULL: all kinds together */
    bool per_channel;      /* a bucket for each channel, else one for the whole connector */
    int64_t burst;
    duration refill; /* one more every `refill` */
};

struct outbox_outcome {
    int code;             /* TOCSIN_DONE, _RETRY, ... of tocsin/connector.h */
    duration retry_after; /* 0: use our own backoff */
    const char *remote_id, *detail;
    const struct journal_batch *kept; /* documents that become durable with it; NULL: none */
    const char *answer;               /* JSON from outside, of an action that asks; not kept; NULL: none */
};

struct outbox_ops {
    /* May this connector take one more now, and what can it do (TOCSIN_CAN_...)? */
    bool (*can_take)(void *ctx, const char *connector, uint64_t *ret_can);
    void *ctx;
};

struct outbox *outbox_create(const struct outbox_ops *ops, struct rng *rng);
void outbox_destroy(struct outbox *outbox);
/* Replaces the limits (the table is copied). */
void outbox_limits(struct outbox *outbox, const struct rate_limit *limits, size_t n);
/* Reads the actions from the journal's documents. Call once, at start. */
int outbox_load(struct outbox *outbox, struct journal *journal, struct error *err);

/* Queues a copy of *action; sets its id, state and attempts. Returns the number to pass to outbox_durable once the batch
   is durable: the action's id or, if it replaced the body of a waiting one, the number of that change. An action whose key
   is already known (waiting, or done within the last day and not forgotten) is not queued again. */
uint64_t outbox_add(struct outbox *outbox, const struct action *action, struct journal_batch *batch);
/* Everything up to this id is durable now. */
void outbox_durable(struct outbox *outbox, uint64_t id);
uint64_t outbox_last_id(const struct outbox *outbox);

/* The action whose turn it is now, borrowed until the next call; outbox_step says what to do with it. Or NULL, and *ret_wake
   is the instant to ask again (0: only after a change). For the order see queue.h. */
const struct action *outbox_next(struct outbox *outbox, instant now, instant *ret_wake);
enum outbox_step {
    STEP_PERFORM, /* hand it out: it is marked as sending, and its body is complete (references filled in) */
    STEP_ORPHAN,  /* it refers to an action that was not done: report it as refused */
    STEP_DOUBT,   /* it may have been sent, and the platform can't tell: report it as unknown */
    STEP_NOTE,    /* not yet: call outbox_note; the action is offered again when that is durable */
};
enum outbox_step outbox_step(struct outbox *outbox, const struct action *action);
/* Records that it is being handed out. */
void outbox_note(struct outbox *outbox, uint64_t id, struct journal_batch *batch);
/* Reports the outcome. Returns the action as it is now (borrowed): DONE, WAITING, DEAD or UNCERTAIN; NULL: unknown id.
   Actions behind one that has ended go once the caller reports outbox_last_id as durable: a crash must not bring the
   earlier one back after the later one has gone. Actions behind a message that the connector can find by its key go at once. */
const struct action *outbox_outcome(struct outbox *outbox, uint64_t id, const struct outbox_outcome *outcome,
                                    instant now, struct journal_batch *batch);
/* Forgets an action that is not done and must not go any more, as if it had never been added. */
void outbox_withdraw(struct outbox *outbox, uint64_t id, struct journal_batch *batch);
/* A person's decision on an action that is not with its connector: send it again (at once, if it is waiting), or drop it. What was
   dropped leaves when outbox_last_id is durable. A dead action that a newer one with the same `coalesce` replaces is dropped
   by itself. */
int outbox_again(struct outbox *outbox, uint64_t id, instant now, struct journal_batch *batch,
                 struct error *err);
int outbox_drop(struct outbox *outbox, uint64_t id, struct journal_batch *batch, struct error *err);
/* How many actions this connector takes at once: if it is more than one, the last place is kept for pages. 0: unknown. */
void outbox_parallel(struct outbox *outbox, const char *connector, int parallel);
/* Holds everything of this connector while its credentials are refused; hold false: continue. */
void outbox_hold(struct outbox *outbox, const char *connector, bool hold);

/* Forgets actions that were done more than a day ago, at most `most` at once. */
void outbox_prune(struct outbox *outbox, instant now, size_t most, struct journal_batch *batch);

/* The remote id of a done action, by key; NULL: not known, or not yet. */
const char *outbox_remote_id(const struct outbox *outbox, const char *key);
/* The action with this key, unless it was withdrawn; NULL: unknown. Borrowed until the next call. */
const struct action *outbox_get(const struct outbox *outbox, const char *key);
/* Is there an action with this key: waiting, sending, or done within the last day? */
bool outbox_knows(const struct outbox *outbox, const char *key);
/* For a newly loaded outbox: this action is already with its connector, so it is not offered; its outcome will come. */
void outbox_mark_sending(struct outbox *outbox, uint64_t id);
/* Every action that is not done, ordered by id: for `why`, `show` and dashboards. */
void outbox_each(const struct outbox *outbox, bool (*on)(void *ctx, const struct action *action), void *ctx);
size_t outbox_count(const struct outbox *outbox, enum action_state state);
/* How many of a lane wait or are with a connector. */
size_t outbox_under_way(const struct outbox *outbox, enum lane lane);

#endif
