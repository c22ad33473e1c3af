/*
 * core - everything that one thread decides with: the journal, the policy, the outbox, the incidents in memory, and the parts
 * (turn/part.h).
 *
 * Time is always an argument, and randomness comes from the given seeded generator. The core opens no file and no socket, so
 * the same code runs in tocsind and in the simulator. Loop's thread only.
 *
 * When a commit fails, the core discards its memory and reads it from the journal again at once (core_readable is false
 * meanwhile), so nobody sees a change that was not stored. It accepts nothing until the journal can be written (core_ready).
 */
#ifndef TOCSIN_TURN_CORE_H
#define TOCSIN_TURN_CORE_H

#include "base/id.h"
#include "base/secret.h"
#include "chart/chart.h"
#include "intake/group_table.h"
#include "journal/journal.h"
#include "outbox/outbox.h"
#include "policy/policy.h"

struct core;
struct event;
struct part;

struct core_settings {
    const struct part *const *parts; /* ends with NULL: core_parts */
    const char *zone;                /* of people without a zone of their own; "UTC" */
    const char *announce;            /* the default channel for announcements */
    const char *announce_fallback;   /* the connector that announces while no chat can be reached; NULL: none */
    const char *public_url;          /* for links, without a slash at the end; NULL: none */
    const char *status_url;          /* of the public status page, where the policy does not say; the same */
    struct group_limits groups;
    struct {
        duration idle,
            most; /* a session ends when it was not used for so long, and so long after the sign-in; 0: the default */
    } sessions;
    const char *
        status_secret; /* what the secret links of a status page's subscribers follow from; NULL: nobody can subscribe */
    const char *
        status_secret_before; /* the one before it, whose links to one's own subscription still hold; NULL: none do */
    const cJSON *webhooks; /* the setting: from name to what is said of that endpoint; NULL: there are none */
    int64_t conversations; /* with customers of one incident: more suggest the status page; 0: the default */
};

struct core_ops {
    void *ctx;
    /* Hands an action to its connector; the outcome is reported later, with delivery_outcome. */
    void (*perform)(void *ctx, const struct action *action);
    bool (*can_take)(void *ctx, const char *connector, uint64_t *ret_can);
    /* Something changed: call core_tick soon. */
    void (*wake)(void *ctx);
    /* An event became durable. For the live stream, which asks sight_event_visible before it shows one. May be NULL. */
    void (*published)(void *ctx, const struct event *event);
    /* Checks a connector's credentials and the channel for announcements; delivery_checked is called later. May be NULL. */
    void (*check)(void *ctx, const char *connector);
    /* How long to keep documents whose row names this setting (journal/documents.def). NULL: forever. */
    duration (*keep)(void *ctx, const char *setting);
    /* Random bytes for secrets. NULL: those of the generator, which somebody could guess. */
    void (*random)(void *ctx, uint8_t *bytes, size_t n);
    /* Draws, as core_draw says. NULL: nobody does. */
    void (*draw)(void *ctx, const char *svg, int width, chart_drawn *done, void *done_ctx);
};

/* The journal, the policy, the generator and the texts in `settings` belong to the caller and must outlive the core. Loads the
   open incidents. */
int core_create(const struct core_settings *settings, const struct core_ops *ops, struct journal *journal,
                struct policy *policy, struct rng *rng, instant now, struct core **ret, struct error *err);
void core_destroy(struct core *core);

/* Handles passed deadlines and the periodic work of the parts. Returns when to call again at the latest. */
instant core_tick(struct core *core, instant now);
/* Something is due sooner than core_tick last returned: wakes its caller. */
void core_due(struct core *core, instant due);

/* False from a failed commit until the journal can be written: nothing is accepted, but reads go on. *ret_why: for people. */
bool core_ready(const struct core *core, const char **ret_why);
/* The error to answer with meanwhile; NULL: the core is ready. Borrowed. */
const struct error *core_trouble(const struct core *core);
/* False from a failed commit until the state is read again: no turn may begin. *ret_why: the error meanwhile. */
bool core_readable(const struct core *core, const struct error **ret_why);
/* For state that was read without a turn: calls `done` once all of it is durable (perhaps at once), or with the error if it was
   not stored; then it must not be shown. */
void core_when_durable(struct core *core, journal_done *done, void *ctx);

const struct core_settings *core_settings(const struct core *core);
const struct core_ops *core_ops(const struct core *core);
struct policy *core_policy(const struct core *core);
struct journal *core_journal(const struct core *core);
struct outbox *core_outbox(const struct core *core);
struct rng *core_rng(const struct core *core);
void core_random(const struct core *core, uint8_t *bytes, size_t n); /* for secrets */
/* Draws an SVG as a PNG so many pixels wide. `done` is called once, perhaps at once; the loop goes on meanwhile. */
void core_draw(const struct core *core, const char *svg, int width, chart_drawn *done, void *ctx);
/* A new secret to give away, and what is kept of it. The caller clears the secret. */
void core_secret(const struct core *core, char ret_secret[SECRET_TEXT], char ret_hash[SECRET_HASH_TEXT]);

#endif
