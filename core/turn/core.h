/*
 * core - what one thread decides on: the journal, the policy, the outbox, the incidents in memory, and the parts that take
 * part in turns (turn/part.h).
 *
 * Time is always an argument, and randomness comes from the seeded generator given; the core opens no file and no socket.
 * So the same code runs in tocsind and in the simulator. Loop's thread only.
 *
 * When a commit fails, everything in memory is thrown away and read again from the journal at once (core_readable is false
 * meanwhile), so nobody is shown what the journal does not say; nothing is taken in until it can be written (core_ready).
 */
#ifndef TOCSIN_TURN_CORE_H
#define TOCSIN_TURN_CORE_H

#include "base/id.h"
#include "intake/group.h"
#include "journal/journal.h"
#include "outbox/outbox.h"
#include "policy/policy.h"

struct core;
struct event;
struct part;

struct core_settings {
    const struct part *const *parts; /* NULL at the end: core_parts */
    const char *zone;                /* of people who have none of their own; "UTC" */
    const char *announce;            /* the channel for announcements where a connector says nothing else */
    const char *public_url;          /* for links, without a slash at the end; NULL: none */
    struct group_limits groups;
};

struct core_ops {
    void *ctx;
    /* Hand an action to its connector; the outcome comes by delivery_outcome, later. */
    void (*perform)(void *ctx, const struct action *action);
    bool (*can_take)(void *ctx, const char *connector, uint64_t *ret_can);
    /* Something changed: ask core_tick again soon. */
    void (*wake)(void *ctx);
    /* An event became durable. For the live stream; whoever shows it asks sight_event_visible first. May be NULL. */
    void (*published)(void *ctx, const struct event *event);
    /* Ask a connector whose credentials were refused whether they are OK now: delivery_mended, later, if so. May be NULL. */
    void (*check)(void *ctx, const char *connector);
    /* How long documents are kept whose row names this setting (journal/documents.def). NULL: for ever. */
    duration (*keep)(void *ctx, const char *setting);
};

/* The journal, policy and generator stay the caller's and must outlive the core; so must the texts of `settings`. Reads what
   is open. */
int core_create(const struct core_settings *settings, const struct core_ops *ops, struct journal *journal,
                struct policy *policy, struct rng *rng, instant now, struct core **ret, struct error *err);
void core_destroy(struct core *core);

/* Deadlines that passed, and whatever the parts do from time to time. Returns when to be called again at the latest. */
instant core_tick(struct core *core, instant now);
/* Something is due sooner than core_tick last said; wakes whoever calls it. */
void core_due(struct core *core, instant due);

/* False from a failed commit until the journal can be written: nothing is taken in, but reading goes on. *why: for people. */
bool core_ready(const struct core *core, const char **ret_why);
/* The failure meanwhile, to be answered with; NULL: core_ready. Borrowed. */
const struct error *core_trouble(const struct core *core);
/* False between a failed commit and the state read again: no turn may begin. *why: until then. */
bool core_readable(const struct core *core, const struct error **ret_why);
/* For what was read without a turn: `done` comes when all of it is durable, at once where it is, or with the error where it is not
   kept: then it must not be told. */
void core_when_durable(struct core *core, journal_done *done, void *ctx);

const struct core_settings *core_settings(const struct core *core);
const struct core_ops *core_ops(const struct core *core);
struct policy *core_policy(const struct core *core);
struct journal *core_journal(const struct core *core);
struct outbox *core_outbox(const struct core *core);
struct rng *core_rng(const struct core *core);

#endif
