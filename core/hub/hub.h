/*
 * hub - the one thread that decides. Alerts, chat, connectors' answers and the clock come in; events are decided,
 * folded and journaled; scripts react; actions go to the outbox.
 *
 * A `turn` is one atomic step: commands are decided on the state as it stands, their events folded at once, the
 * scripts asked, and all that came of it (events, documents, actions) is appended to the journal as one batch. Nothing
 * leaves before that batch is durable: answers, acknowledgements and actions wait for it. If it cannot be made
 * durable everything in memory is thrown away and read again from the journal at once (hub_readable is false meanwhile), so
 * nobody is shown what the journal does not say; nothing is taken in until it can be written (hub_ready).
 *
 * Time is always an argument, randomness comes from the seeded generator given; the hub opens no file and no
 * socket. So the same code runs in tocsind and in the simulator. Loop's thread only.
 */
#ifndef TOCSIN_HUB_HUB_H
#define TOCSIN_HUB_HUB_H

#include "base/id.h"
#include "engine/decide.h"
#include "intake/alert.h"
#include "intake/group.h"
#include "journal/journal.h"
#include "outbox/outbox.h"
#include "policy/policy.h"

struct hub;
struct turn;
struct place;

struct hub_settings {
    const char *zone;       /* of people who have none of their own; "UTC" */
    const char *announce;   /* the channel for announcements where a connector says nothing else */
    const char *public_url; /* for links, without a slash at the end; NULL: none */
    struct group_limits groups;
    duration keep_minutes, keep_samples, keep_seen; /* retention of the documents of these kinds */
};

struct hub_ops {
    void *ctx;
    /* Hand an action to its connector; the outcome comes by hub_outcome, later. */
    void (*perform)(void *ctx, const struct action *action);
    bool (*can_take)(void *ctx, const char *connector, uint64_t *ret_can);
    /* Something changed: ask hub_tick again soon. */
    void (*wake)(void *ctx);
    /* An event became durable. For the live stream; whoever shows it asks hub_event_visible first. */
    void (*published)(void *ctx, const struct event *event);
    /* Ask a connector whose credentials were refused whether they are well now: hub_connector_well, later, if so. May be NULL. */
    void (*check)(void *ctx, const char *connector);
};

/* The journal, policy and generator stay the caller's and must outlive the hub. Reads what is open. */
int hub_create(const struct hub_settings *settings, const struct hub_ops *ops, struct journal *journal,
               struct policy *policy, struct rng *rng, instant now, struct hub **ret, struct error *err);
void hub_destroy(struct hub *hub);
/* False from a failed commit until the journal can be written: nothing is taken in, but reading goes on. *why: for people. */
bool hub_ready(const struct hub *hub, const char **ret_why);
/* False between a failed commit and the state read again: no turn may begin. *why: until then. */
bool hub_readable(const struct hub *hub, const struct error **ret_why);
/* For what was read without a turn: `done` comes when all of it is durable, at once where it is, or with the error where it is not
   kept: then it must not be told. */
void hub_when_durable(struct hub *hub, journal_done *done, void *ctx);
struct policy *hub_policy(const struct hub *hub);
struct journal *hub_journal(const struct hub *hub);
struct outbox *hub_outbox(const struct hub *hub);

/* ---- turns ---- */

struct turn *turn_begin(struct hub *hub, instant now);
/* Decides one command. For "declare", incident is 0 and *ret_incident (may be NULL) the new number. A refusal leaves
   the turn as it was before the command. */
int turn_do(struct turn *turn, uint64_t incident, const struct command *command, uint64_t *ret_incident,
            struct error *err);
/* An event of a group, a person or the system: journaled as it is. Takes the event over. */
void turn_tell(struct turn *turn, struct event *event);
/* Carries out what a team's own command wants, but for replies, which the caller gives. *refusals: a line for each refusal. */
void turn_react(struct turn *turn, const reaction_list *reactions, struct str *refusals);
struct journal_batch *turn_batch(struct turn *turn); /* for further documents */
instant turn_now(const struct turn *turn);
struct hub *turn_hub(const struct turn *turn);
/* Ends the turn. `done` (may be NULL) is called when all of it is durable, or with the error; a turn without events
   is a barrier: what it read was durable when `done` is called. */
void turn_commit(struct turn *turn, journal_done *done, void *ctx);

/* ---- reading; `viewer` is a person id or NULL, and decides which private incidents exist ---- */

/* Borrowed until the next turn. NULL: none, or none that the viewer may see. */
const struct incident *hub_incident(struct hub *hub, uint64_t id, const char *viewer);
/* The incident whose channel this is; 0: none. No viewer: who is in the channel is the platform's business. */
uint64_t hub_incident_of_channel(struct hub *hub, const char *connector, const char *channel);
struct hub_query {
    const char *viewer;
    enum status status; /* STATUS_NONE: open ones (triage, active, paused) unless `all` */
    bool all;
    const char *severity, *team, *service; /* NULL: any */
    uint64_t before;                       /* only numbers below; 0: all. For paging, newest first */
    size_t limit;                          /* at most 1,000 */
};
int hub_list(struct hub *hub, const struct hub_query *query,
             bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err);
size_t hub_open_count(const struct hub *hub);
/* An open private incident that nobody is a member of, since whom its rule pages is nobody known; else NULL. The first who joins it
   by its number becomes a member; nobody sees it before. */
const struct incident *hub_incident_unclaimed(const struct hub *hub, uint64_t id);
size_t hub_group_count(const struct hub *hub); /* alert groups in memory */
/* Newest first from before version `before` (0: the end). Bookkeeping events (cards, channels) are left out. */
int hub_timeline(struct hub *hub, uint64_t incident, const char *viewer, uint64_t before, size_t limit,
                 bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err);
int hub_search(struct hub *hub, const char *words, const char *viewer, size_t limit,
               bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
               struct error *err);
/* Ended incidents like this one: same alert group first, then by words of the title. */
int hub_similar(struct hub *hub, uint64_t incident, const char *viewer, size_t limit,
                bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                struct error *err);

/* ---- who may see what; see sight.c. For whatever does not come through the functions above ---- */

bool hub_event_visible(struct hub *hub, const struct event *event, const char *viewer);
/* The event as this viewer may see it: without the number of another incident that they may not see, and with the words that its
   message has now where it stands; text NULL: it was deleted there. The caller finishes it. */
struct event hub_event_seen(struct hub *hub, const struct event *event, const char *viewer);
/* What an action about an incident says, as this viewer may read it; NULL: nothing, or not to them. The caller frees. */
char *hub_action_text(struct hub *hub, const struct action *action, const char *viewer);
/* A group is as visible as the incident that it belongs to. */
bool hub_group_visible(struct hub *hub, const struct group *group, const char *viewer);
/* An incident that the viewer may see as JSON, without the numbers of others that they may not see. */
void hub_incident_encode(struct hub *hub, const struct incident *incident, const char *viewer, struct str *out);

/* An event from its row in the journal; finished by the caller. */
int hub_event_of_row(const struct journal_event *row, struct event *ret, struct error *err);

/* ---- people ---- */

struct person {
    char *id;           /* "ana": short, stable, what people type */
    char *name;         /* to show */
    char *email, *zone; /* NULL: not known */
};
struct identity { /* a user as a connector tells it */
    const char *connector, *user, *name, *email, *zone;
};
/* The person behind an identity; made, renamed or linked (same e-mail address) in this turn where needed. */
const struct person *hub_person_of(struct turn *turn, const struct identity *identity);
/* Whom an operator names for a token, as hub_person_find; made in this turn, with that name on the console, when nobody is called so. */
const struct person *hub_person_named(struct turn *turn, const char *typed);
const struct person *hub_person(const struct hub *hub, const char *id);
/* By what somebody typed: an id, "@ana", a full name in any case, an e-mail address. NULL: nobody, or several. */
const struct person *hub_person_find(const struct hub *hub, const char *typed);
const char *hub_person_name(void *hub, const char *id);             /* for event_describe; NULL when unknown */
const char *hub_person_zone(const struct hub *hub, const char *id); /* never NULL */
/* The other way: the person id of a connector's user; NULL: nobody known. */
const char *hub_user_person(const struct hub *hub, const char *connector, const char *user);
/* The user id of a person on a connector; NULL: has none there. */
const char *hub_person_user(const struct hub *hub, const char *id, const char *connector);

/* What a person chose for themselves; it stands against what connectors say. ERR_NOT_FOUND: no such person or zone. */
int hub_person_choose_zone(struct turn *turn, const char *id, const char *zone, struct error *err);

/* ---- saying something; private incidents are kept in by the one function behind all of these ---- */

/* Where an answer goes. */
struct place {
    const char *connector, *channel, *thread;
    const char *to;     /* user id: only this person sees it; NULL: all in the channel */
    const char *person; /* person id: the same for somebody who may have no user there; NULL: see `to` */
    bool direct;        /* with `to`: in a private talk, where the platform has such */
    const char *asker;  /* user id of who asked: an answer that the channel may not see goes to them alone */
};
#define ANSWER_KEY "answer:" /* how the key begins of what answers one person */
/* A card (JSON) or, with card NULL, a CommonMark text. `key` makes the sending idempotent. incident may be 0. */
void hub_say(struct turn *turn, const struct place *place, uint64_t incident, const char *key, const char *card,
             const char *text);
/* For cards made elsewhere; include hub/card.h. `zone` NULL: the default. */
struct card_context;
struct card_context hub_card_context(struct hub *hub, instant now, const char *zone);
/* Shows a form (JSON, see tocsin/connector.h) to the asker of `place` while the platform's trigger holds; `text` is said
   to them where that fails. */
void hub_ask(struct turn *turn, const struct place *place, const char *key, const char *trigger,
             const char *form, const char *text);
bool hub_can(const struct hub *hub, const char *connector, uint64_t can);
/* In each room of the incident, those being opened too, but in one; nowhere where it has none. `but` may be NULL. */
void hub_say_rooms(struct turn *turn, uint64_t incident, const struct place *but, const char *key,
                   const char *card, const char *text);
/* How the key of an action begins that calls somebody out in a channel, since they cannot be paged alone. */
#define PAGE_KEY "page:"

/* In every channel of the incident. */
void hub_say_incident(struct turn *turn, uint64_t incident, const char *key, const char *card,
                      const char *text);

/* Is there a connector that reaches customers at all? Whether it knows a certain one shows only when it is asked to. */
bool hub_reaches_customers(const struct hub *hub);
/* What somebody outside wrote, or did to what they had written. */
struct reply {
    const char *customer, *text;     /* text: of one that was deleted, as it was */
    const char *link;                /* NULL: none */
    const char *connector, *message; /* message: where the platform tells which; else NULL */
    enum reply_change { REPLY_NEW, REPLY_EDITED, REPLY_DELETED } change;
    int64_t order; /* of an edit: greater than that of an earlier one; 0: not told */
};
/* Told in the open incidents that affect them, else, but for a deletion, where incidents are announced. */
void hub_customer_replied(struct turn *turn, const struct reply *reply);

/* A person's word on an action that was given up: once more, or drop it. */
int hub_action_again(struct turn *turn, uint64_t id, struct error *err);
int hub_action_drop(struct turn *turn, uint64_t id, struct error *err);

/* ---- what comes in ---- */

/* Takes alerts in. `done` (may be NULL) comes at once (rc 0) when nothing new had to become durable, else after the commit. */
void hub_alerts(struct hub *hub, const struct alert *alerts, size_t n, instant now, journal_done *done,
                void *ctx);
/* By fingerprint: in memory, or read from the journal; NULL: never seen. Borrowed until the next alert. */
struct group *hub_group(struct hub *hub, const char *fingerprint, instant now);
/* The same group as it is in memory, whose counts run ahead of its document; NULL: the document is all. Borrowed likewise. */
const struct group *hub_group_held(const struct hub *hub, uint64_t fingerprint);
/* Silence by pattern (a group's fingerprint, or a glob over titles and services). */
int hub_mute(struct turn *turn, const char *pattern, instant until, const char *by, const char *reason,
             struct error *err);
int hub_unmute(struct turn *turn, const char *pattern, const char *by, struct error *err);

/* A connector's outcome for an action; its state and abilities. `reason`: its trouble, which affected incidents are told of; NULL: none,
   it is up or was stopped by order. */
void hub_outcome(struct hub *hub, uint64_t action, const struct outbox_outcome *outcome, instant now);
void hub_connector(struct hub *hub, const char *connector, uint64_t can, bool up, const char *reason,
                   instant now);

bool hub_knows_connector(const struct hub *hub, const char *connector);
/* How often a connector may be asked (outbox/limit.h): replaces what was said of it before; texts are copied. */
void hub_limits(struct hub *hub, const char *connector, const struct rate_limit *rows, size_t n);
/* Why nothing goes to a connector until its credentials, which were refused, are well; NULL: it does. It is asked from time to
   time whether they are. Borrowed. */
const char *hub_connector_held(const struct hub *hub, const char *connector);
/* Its credentials are well, as a check found: what was held goes out. */
void hub_connector_well(struct hub *hub, const char *connector, instant now);

/* Deadlines that passed, actions that may go, counts to record. Returns when to be called again at the latest. */
instant hub_tick(struct hub *hub, instant now);
/* Policy was loaded or refused: journaled, obligations computed anew. */
/* A script failed: said where people look, in its incident (0: where incidents are announced), at most once a minute for the
   same place. Safe to call from within a turn: it is told with the next tick. */
void hub_script_failed(struct hub *hub, const char *where, const char *text, uint64_t incident);
void hub_policy_loaded(struct hub *hub, bool ok, const char *text, instant now);

#endif
