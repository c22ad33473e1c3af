/*
 * outbox - durable actions on their way out: in order within a channel, concurrent across channels, the most
 * urgent lane first, retried with backoff, held back by rate limits, coalesced, and given up visibly.
 *
 * The outbox decides, and sends nothing itself: the caller asks for what may go now (outbox_next), hands it to
 * the connector, and reports the outcome. Every change of an action is written into the caller's batch as a
 * DOC_ACTION document, so it becomes durable together with its cause. An action added in a batch is not
 * offered before outbox_durable tells that the batch was committed. After a failed commit the caller throws
 * the outbox away and loads it again. No clock is read and no randomness drawn beyond the seeded generator
 * given. Loop's thread only.
 *
 * After a restart an action that was not done may have been sent: it is offered with attempts of at least 1
 * counted, so that the connector looks it up by its key before it sends again, where the platform can tell. A message
 * to customers (a lane of `once`) is told apart: only one that was handed out may have been sent, since that is made
 * durable before; and it is not sent again where the platform cannot tell, but becomes ACTION_UNCERTAIN.
 *
 * Ids are never given twice, also when actions were forgotten or dropped before a restart.
 */
#ifndef TOCSIN_OUTBOX_OUTBOX_H
#define TOCSIN_OUTBOX_OUTBOX_H

#include "base/id.h"
#include "journal/journal.h"
#include "outbox/action.h"

struct outbox;

/* Rates known in advance; several may hold for one action. After a restart each bucket is full. */
struct rate_limit {
    const char *connector; /* NULL: each by itself */
    const char *kind;      /* NULL: all kinds together */
    bool per_channel;      /* a bucket for each channel, else one for the whole connector */
    int64_t burst;
    duration refill; /* one more each `refill` */
};

struct outbox_outcome {
    int code;             /* TOCSIN_DONE, _RETRY, ... of tocsin/connector.h */
    duration retry_after; /* 0: by our own backoff */
    const char *remote_id, *detail;
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
/* Reads what is not done from the journal's documents; once, at start. */
int outbox_load(struct outbox *outbox, struct journal *journal, struct error *err);

/* Queues a copy of *action (id, state, attempts are set here). Returns the number to be told to outbox_durable once
   the batch is: the action's id; or, where the action replaced the body of a waiting one, of that change. An action
   whose key is known already (waiting, or done within the last day) is not queued again. */
uint64_t outbox_add(struct outbox *outbox, const struct action *action, struct journal_batch *batch);
/* Everything added up to this id is durable now. */
void outbox_durable(struct outbox *outbox, uint64_t id);
uint64_t outbox_last_id(const struct outbox *outbox);

/* The action whose turn it is now; or NULL, and *ret_wake the instant to ask again (0: only after a change). Borrowed until the
   next call. What is to be done with it, outbox_step tells. In which order: see queue.h. */
const struct action *outbox_next(struct outbox *outbox, instant now, instant *ret_wake);
enum outbox_step {
    STEP_PERFORM, /* hand it out: it is marked as sending, its body complete (references filled in) */
    STEP_ORPHAN,  /* it refers to an action that was not done: report it as refused */
    STEP_DOUBT,   /* it may have been sent, and the platform cannot tell: report it as unknown */
    STEP_NOTE,    /* not yet: call outbox_note; it comes again when that is durable */
};
enum outbox_step outbox_step(struct outbox *outbox, const struct action *action);
/* Writes down that it is being handed out. */
void outbox_note(struct outbox *outbox, uint64_t id, struct journal_batch *batch);
/* What came of it. Returns the action as it is now (borrowed): DONE, WAITING, DEAD or UNCERTAIN; NULL:
   unknown id. What waits behind an ended one goes when the caller tells that outbox_last_id is durable: a
   crash must not bring the earlier one back after the later one went. */
const struct action *outbox_outcome(struct outbox *outbox, uint64_t id, const struct outbox_outcome *outcome,
                                    instant now, struct journal_batch *batch);
/* One that was offered must not go any more: it is forgotten, as if it had never been asked for. */
void outbox_withdraw(struct outbox *outbox, uint64_t id, struct journal_batch *batch);
/* A person's word on a dead or uncertain one: send it again, or drop it. */
int outbox_again(struct outbox *outbox, uint64_t id, instant now, struct journal_batch *batch,
                 struct error *err);
int outbox_drop(struct outbox *outbox, uint64_t id, struct journal_batch *batch, struct error *err);
/* Credentials were refused: hold everything of this connector until `resume`. */
void outbox_hold(struct outbox *outbox, const char *connector, bool hold);

/* Forgets what was done more than a day ago; at most so many. */
void outbox_prune(struct outbox *outbox, instant now, size_t most, struct journal_batch *batch);

/* The remote id of a done action, by key; NULL when not known (yet). */
const char *outbox_remote_id(const struct outbox *outbox, const char *key);
/* Is there an action of this key: waiting, sending, or done within the last day? */
bool outbox_knows(const struct outbox *outbox, const char *key);
/* Tells a newly loaded outbox that this action is with its connector already: it is not offered, its outcome
   comes. */
void outbox_mark_sending(struct outbox *outbox, uint64_t id);
/* Every action that is not done: for `why`, `show`, dashboards. Ordered by id. */
void outbox_each(const struct outbox *outbox, bool (*on)(void *ctx, const struct action *action), void *ctx);
size_t outbox_count(const struct outbox *outbox, enum action_state state);

#endif
