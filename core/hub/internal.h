/*
 * internal - what the files of the hub share. Nobody else includes this.
 */
#ifndef TOCSIN_HUB_INTERNAL_H
#define TOCSIN_HUB_INTERNAL_H

#include "base/map.h"
#include "base/list.h"
#include "clock/deadline.h"
#include "hub/card.h"
#include "hub/hub.h"

#define BY_RULE       "rule"
#define BY_CLOCK      "clock"
#define TROUBLE_KEY   "trouble:" /* how the key begins of what tells that a script failed */
#define OWN_WORD      "tocsin"   /* the connector of what people say of themselves by command */
#define DUE_RESUME    "@resume"  /* the deadline of a pause; obligations have names of their own */
#define KEEP_VERSIONS 65536      /* stream versions remembered */
#define KEEP_ENDED    512        /* ended incidents kept in memory, the least recently used go first */

struct live { /* an incident in memory */
    struct incident *incident;
    struct list used;       /* in hub->ended while it is not open */
    uint64_t shown;         /* card_hash of the card as last sent; 0: not known */
    uint64_t hidden;        /* hash of the cards that were hidden since it is private; 0: none */
    struct map changed;     /* messages that were edited or deleted; see said.c */
    uint64_t changed_up_to; /* the version of its stream up to which that was read */
};

struct link { /* a connector as the hub knows it */
    char *name;
    uint64_t can;
    bool up;
    bool told;                       /* its trouble was told in incidents, so that it is back will be */
    instant told_at;                 /* when that was last; one that comes and goes does not fill every room */
    ARRAY(struct rate_limit) limits; /* kinds owned, the connector is `name` */
    char *held;                      /* why nothing is sent there until it is mended; NULL: it is */
    instant ask_at;                  /* while it is held: when to ask whether it is mended */
};

struct mute {
    char *pattern, *by, *reason;
    instant until;
};

struct person_user {
    char *connector, *user;
};
struct person_row {
    struct person person; /* first: what others see */
    ARRAY(struct person_user) users;
};

struct want { /* a rule wanted an incident */
    instant at;
    uint64_t incident; /* that it got, or that gathers it */
    bool gathered;
    char *service, *team, *rule, *page; /* page: whom it paged; NULL: nobody, or before the last start */
};

struct writing {
    char *text, *link;         /* link: NULL: none */
    char *connector, *message; /* which message; NULL: not told */
};
struct writer { /* a customer who wrote lately, and whom no incident was about */
    char *customer;
    instant offered_at; /* when it was last offered to declare */
    ARRAY(struct writing) writings;
};

struct complaint { /* a script's failure, to be told with the next tick */
    char *where, *text;
    uint64_t incident;
    instant told_at; /* 0: not yet */
};

struct late { /* an outcome that came while the journal failed */
    uint64_t action;
    int code;
    duration retry_after;
    char *remote_id, *detail;
};

struct hub {
    struct hub_settings settings;
    struct hub_ops ops;
    struct journal *journal;
    struct policy *policy;
    struct rng *rng;
    struct outbox *outbox;
    struct deadlines *deadlines;
    struct group_table *groups;
    struct turn *alerting, *recorder; /* the turn of the alerts at hand; the one that records go into */
    instant alerts_at;                /* now, for the table's hooks */

    struct map incidents; /* "42" -> struct live */
    struct list ended;
    size_t ended_count, open_count;
    uint64_t next_incident;
    struct map versions; /* stream -> newest version, of streams that are no incident's */

    uint64_t
        closed_up_to; /* the newest action when an incident was last closed to somebody who saw it before */

    struct map people;     /* person id -> struct person_row, owned */
    struct map identities; /* connector 0x1f user -> the same */
    struct map emails;     /* lower case -> the same */
    ARRAY(struct mute) mutes;
    ARRAY(struct want) wants; /* of the last hour, oldest first */
    ARRAY(struct link) links;
    ARRAY(struct writer) writers; /* oldest first */

    size_t turns; /* appended, not yet answered */
    bool failing; /* between a failed commit and a write that landed: nothing is taken in */
    bool torn;    /* between a failed commit and the state read again: memory says what the journal does not */
    bool probing;
    struct error why;
    ARRAY(struct late) late;
    ARRAY(uint64_t) sending; /* actions that are with connectors while memory is made anew */
    ARRAY(struct complaint) complaints;
    instant next_probe, next_flush, next_prune;
    instant next_tick; /* what hub_tick said last, or sooner */
};

struct turn {
    struct hub *hub;
    instant now;
    struct journal_batch *batch;
    event_list events; /* all of this turn, in order */
    size_t reacted;    /* so many of them were shown to the policy */
    ARRAY(struct live *) touched;
    unsigned reactions, keys;
    bool settling;
    uint64_t last_action;
    const char *rule; /* what of the policy asks for what is sent now; NULL: nothing does. Borrowed */
    journal_done *done;
    void *ctx;
};

/* hub.c: all that is in memory, from the journal. */
int hub_load(struct hub *hub, struct error *err);
void hub_unload(struct hub *hub);

/* recover.c: after a failed commit. */
void recover_begin(struct hub *hub, const struct error *err);
/* Memory is read anew, once the last turn that was appended is answered. */
void recover_memory(struct hub *hub);
/* Tries a small write, from time to time; when it lands everything goes on. Returns when to be called again. */
instant recover_probe(struct hub *hub, instant now);
/* What connectors answered meanwhile happens now. */
void recover_late(struct hub *hub, instant now);

/* incidents.c: the incidents in memory. */
struct live *live_find(struct hub *hub, uint64_t id); /* NULL: no such incident */
struct live *live_add(struct hub *hub, struct incident *incident);
void live_settle(struct hub *hub, struct live *live); /* after a change: open or ended, deadlines */
void live_trim(struct hub *hub);
int live_load(struct hub *hub, struct error *err); /* all open ones, and the next number */
void live_finish(struct hub *hub);
void live_each_open(struct hub *hub, bool (*on)(void *ctx, const struct incident *incident), void *ctx);

/* From the least, 0, on; `unknown` for one that the policy does not have (any more). */
size_t severity_rank(const struct hub *hub, const char *severity, size_t unknown);

/* people.c */
int people_load(struct hub *hub, struct error *err);
void people_finish(struct hub *hub);
void people_fold(struct hub *hub, const struct event *event);

/* sight.c: who may see what. */
bool place_sees(const struct hub *hub, const struct incident *incident, const struct place *place);
bool action_may_leave(struct hub *hub, const struct action *action);
/* What is said instead of an action that waited too long for it to be known whether it may leave; NULL: nothing. */
const char *action_instead(const struct hub *hub, const struct action *action);
/* Its body as it may be read now: without numbers of incidents that were closed since, and guests who have left; NULL: as it
   is. The caller frees. */
char *action_body_now(struct hub *hub, const struct action *action);
void sight_follow(struct turn *turn, const struct event *event, const struct incident *incident); /* folded */
int sight_load(struct hub *hub, struct error *err);
bool is_own_room(const struct incident *incident, const struct state_channel *channel);
/* The first on that connector; NULL: it has none there. Borrowed. */
const struct state_channel *own_room(const struct incident *incident, const char *connector);
/* May all who read what is said of `incident` know of `other`? */
bool readers_see(struct hub *hub, const struct incident *incident, uint64_t other);

/* said.c: what was said on a platform and changed there. */
void said_finish(struct live *live);
/* False: it tells of an edit or a deletion that says nothing (any more). */
bool said_told(struct hub *hub, const struct event *event);
/* Puts the words that its message has now into an event; text NULL: it was deleted. */
void said_now(struct hub *hub, struct event *event);
/* Are the words that it was journaled with those that its message has now? */
bool said_still(struct hub *hub, const struct event *event);

/* mutes.c */
void mutes_finish(struct hub *hub);
int mutes_load(struct hub *hub, struct error *err);
const struct mute *mute_of(const struct hub *hub, const char *fingerprint, const char *title,
                           const char *service, instant now);

/* groups.c: each becomes a related incident of the other, unless one is private or not there. */
void groups_relate(struct turn *turn, uint64_t a, uint64_t b);

/* storms.c: the brake on storms. */
void storms_finish(struct hub *hub);
void storms_load(struct hub *hub); /* after the incidents */
/* A rule wants an incident for the group: the open one that gathers it instead, counted, by the brake in *ret_brake (borrowed from
   the policy); 0: no storm{} stands against one of its own. The first time the gathering incident says so. */
uint64_t storms_gather(struct turn *turn, const struct group *group, const struct verdict *verdict,
                       struct storm_brake *ret_brake);
/* It got one of its own: counted. */
void storms_declared(struct turn *turn, const struct group *group, const struct verdict *verdict,
                     uint64_t incident);

/* turn.c */
void turn_journal(struct turn *turn, const struct event *event);
struct live *turn_touch(struct turn *turn, uint64_t id);
/* A key for one sending of this turn, unique for ever: "INC-42/7.1"; the caller frees. */
char *turn_key(struct turn *turn);
char *turn_key_as(struct turn *turn, const char *prefix); /* the same behind a prefix, which tells what it is */

/* react.c: the policy's answers are carried out; what is owed is brought up to date. */
/* A script's failure into the log, without its words where the incident is private. */
void log_script(struct hub *hub, uint64_t incident, const char *where, const char *text);
/* Pages a person or rotation for an incident. Who is paged for a private one is let in. */
void page_for(struct turn *turn, uint64_t incident, const char *whom, const char *text, const char *rule);
void react_all(struct turn *turn);
void react_run(struct turn *turn, const reaction_list *reactions);
void react_owed(struct turn *turn, struct live *live);
void react_missed(struct turn *turn, uint64_t incident, const char *name, instant due);

/* send.c: the one way out. Queues an action about an incident (or none) for a place, unless the place may not see it. */
void send_to(struct turn *turn, struct action *action, const struct incident *incident,
             const struct place *place);
/* Does a card of it stand in that channel? */
bool send_has_card(const struct incident *incident, const char *connector, const char *channel);
/* Everything in an incident's own channel goes in order, before and after that channel has an id. The caller frees. */
char *send_order(const struct incident *incident, const struct place *place);
/* The key of the action that opens the incident's channel there, to refer to. The caller frees. */
char *send_open_key(const struct incident *incident, const char *connector);
/* Is its channel there being opened? */
bool send_opening(const struct hub *hub, const struct incident *incident, const char *connector);
/* channel NULL: where incidents are announced. */
void send_announcement(struct turn *turn, const struct incident *incident, const char *channel);
void send_page(struct turn *turn, const struct incident *incident, const char *whom, const char *text);
/* Where the incident is worked on that platform, for a card that stands elsewhere; NULL: there, or nowhere yet. Borrowed. */
const char *send_room(const struct incident *incident, const struct place *place);
uint64_t card_hash(const struct incident *incident, const char *card); /* of all that cards show; never 0 */
void send_cards(struct turn *turn, struct live *live);
/* Another card in the place of a message that was posted before. */
void send_edit(struct turn *turn, const struct incident *incident, const struct place *place,
               const char *message, const char *card);
struct link *link_find(struct hub *hub, const char *connector);
struct card_context card_context(struct hub *hub, instant now);

/* channels.c: an incident's own channels, where a connector has such. */
void channels_move_in(struct turn *turn, const struct incident *incident); /* it became private */
void channels_open(struct turn *turn, const struct incident *incident);
void channels_archive(struct turn *turn, const struct incident *incident);
void channels_invite(struct turn *turn, const struct incident *incident, const struct event *member);
/* Somebody left a private incident: out of its rooms. */
void channels_put_out(struct turn *turn, const struct incident *incident, const struct event *member);
/* A channel that was its own before is there again: what changed meanwhile is put right. */
void channels_back(struct turn *turn, const struct incident *incident, const char *connector,
                   const char *channel);
void channels_bookmark(struct turn *turn, const struct incident *incident, const char *connector,
                       const char *channel);
void channels_pin(struct turn *turn, const struct incident *incident, const char *connector,
                  const char *channel, const char *message);
/* Its status, severity, lead and title, in the topic. */
void channels_topic(struct turn *turn, const struct incident *incident);
/* One was opened with that topic: what changed meanwhile is made up for. */
void channels_opened(struct turn *turn, const struct incident *incident, const char *connector,
                     const char *channel, const char *topic);

/* drafts.c: messages to customers. */
#define DRAFT_KEY "draft:" /* of the posts that show one */
void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident);
const char *customer_name(const struct incident *incident, const char *key); /* to show */
/* A desk.tell is done; its body. */
void drafts_done(struct turn *turn, const struct action *action, const cJSON *body);

/* replies.c: what customers write. */
void replies_finish(struct hub *hub);
/* A customer is affected by an incident: what they wrote before goes there. */
void replies_follow(struct turn *turn, const struct event *event, const struct incident *incident);

/* groups.c */
struct group_table *groups_create(struct hub *hub);
void groups_flush(struct hub *hub, instant now);
/* Groups that moved again soon after it was told; when to ask next, 0: after the next alert. */
instant groups_tell_moved(struct hub *hub, instant now);
void groups_incident_ended(struct turn *turn, const struct incident *incident);
void groups_moved(struct turn *turn, const char *fingerprint, uint64_t to);

#endif
