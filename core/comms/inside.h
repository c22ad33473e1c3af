/*
 * inside - the state of this part, and the functions that comms.c puts into it. Only this folder includes it.
 */
#ifndef TOCSIN_COMMS_INSIDE_H
#define TOCSIN_COMMS_INSIDE_H

#include "base/json.h"
#include "base/map.h"
#include "comms/comms.h"
#include "comms/drafts.h"
#include "comms/senders.h"
#include "turn/written.h"

struct sending; /* progress.h */

struct comms {
    ARRAY(struct sending *) sendings;
    ARRAY(struct sender) senders; /* oldest first */
    struct map affected;      /* customer's key in lower case -> struct number_list of open incidents, owned */
    struct map told;          /* the same, of those that they were told of */
    ARRAY(uint64_t) crowds;   /* open incidents whose state does not name all whom they affect */
    struct map talks;         /* incident's name -> struct talks, owned */
    uint64_t directory;       /* grows with each change of the directory */
    struct written standings; /* documents of standing.c */
    struct incident *alone;   /* drafts that belong to no incident (alone.h) */
    const struct comms_publisher *publisher;
};

static inline struct comms *comms_of(const struct core *core)
{
    return part_state(core, "comms");
}

/* affected.c: which open incidents affect a customer. */
int affected_load(struct core *core, struct error *err);
void affected_finish(struct comms *comms);
void affected_folded(struct turn *turn, const struct event *event, const struct incident *incident);
/* touched.c: the documents of touched.h */
void touched_folded(struct turn *turn, const struct event *event, const struct incident *incident);

/* fitting.c: open incidents, seen by everybody, that a message without one may be about. */
#define FITTING_MOST 3
struct fitting {
    struct str names; /* "INC-7 cards are refused; …", for people */
    uint64_t ids[FITTING_MOST];
    size_t n;
};
/* First those that affect the writer's organisation, then those that share words with the message. The caller frees the names. */
void fitting_find(struct core *core, const struct reply *reply, struct fitting *ret);
/* What to type to attach the message to one of them. The caller frees it. */
char *fitting_line(const struct core *core, const struct reply *reply, uint64_t incident);

/* recipients.c: whom a message reaches, each customer once. The list owns its keys; records are borrowed. */
struct recipient {
    const char *key;               /* in the incident, or as typed */
    const struct customer *record; /* NULL: not in the directory */
};
typedef ARRAY(struct recipient) recipient_list;
void recipients_of(struct core *core, const struct incident *incident, const char *audience,
                   recipient_list *ret);
/* The same of those whom the state of the incident names, at most so many: without gathering a crowd. */
void recipients_named(struct core *core, const struct incident *incident, const char *audience, size_t most,
                      recipient_list *ret);
void recipients_finish(recipient_list *list);
/* Why nobody is of an audience, and what to type: "no affected customer is known. …" */
void recipients_none(const struct incident *incident, const char *audience, struct str *out);
/* What they are called: by the directory, or else by the incident. Borrowed. */
const char *recipient_name(const struct incident *incident, const struct recipient *recipient);
/* Writes the message as they get it: in their language, with their name. `languages` as in wording.h. */
void recipient_text(const struct incident *incident, const struct recipient *recipient, const char *text,
                    const char *languages, struct str *out);

/* approvers.c: who wrote a draft, who approved it, and who must. */
/* The name of a person; their id if it is not known, and "somebody" without one. Borrowed. */
const char *approver_name(struct core *core, const char *person);
/* Whoever wrote the version that stands; NULL: unknown. */
const char *draft_author(const struct state_draft *draft);
/* Each of those who approved it so far; `on` returns true to stop. True: it did. */
bool any_approver(const struct state_draft *draft, bool (*on)(void *ctx, const char *who), void *ctx);

/* telling.c: an approved message goes to each customer by the first of their routes that works. */
/* Queues it for one customer, or says why not. */
void telling_one(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                 const char *customer);
/* It came back: queues it by the route after the one that is kept of them, and adds which that is. False: there is none, or they wish
   nothing any more, or somebody stopped it. */
bool telling_again(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                   const char *customer, const cJSON *kept, struct str *said);
/* Is an action for them under way? */
bool telling_under_way(const struct core *core, uint64_t incident, int64_t number, const char *customer);
/* Withdraws what waits for them, and keeps that. False: it is with a connector. */
bool telling_withdraw(struct turn *turn, uint64_t incident, int64_t number, const char *customer);
/* They may have said since it was queued that they wish no contact. */
bool telling_is_wished(const struct core *core, const struct incident *incident, const struct action *action);
/* Its actions are gone without an outcome. */
void telling_lost(struct turn *turn, const struct incident *incident, const struct state_draft *draft,
                  const char *customer);
void telling_outcome(struct turn *turn, const struct action *action, const cJSON *body);
/* What to do when an approved message reaches nobody. */
void telling_advice(const struct incident *incident, const char *who, struct str *out);

/* talks.c: documents of conversations. */
char *thread_key(uint64_t incident, const char *customer, const char *connector, const char *address);
cJSON *thread_get(const struct core *core, const char *key); /* NULL: there is none. The caller deletes it */
void thread_put(struct turn *turn, const char *key, const char *body);
/* A customer's tickets about the incident, oldest first; NULL: none. The caller deletes it. */
cJSON *talks_of(const struct core *core, uint64_t incident, const char *customer);
struct talk {                                 /* borrowed from the list */
    const char *connector, *address, *ticket; /* address NULL: unknown; all NULL: there is none */
};
struct talk talk_at(const cJSON *talks, int i);
struct talk talk_now(const cJSON *talks); /* the one for what is said to them */

/* sending.c: an approved message goes to all of its audience, part by part. */
void sending_approved(struct turn *turn, const struct incident *incident, const struct event *approved);
/* Queues, withdraws and shows what is due. Returns when to call again; 0: no matter when. */
instant sending_tick(struct core *core, instant now);
/* Nothing leaves of a message that somebody stopped, or to customers who do not wish it any more. */
bool sending_pointless(struct core *core, const struct action *action);

/* answers.c: how a customer's message is shown in an incident. `customer` is the key as the incident spells it. */
#define REPLY_GONE "(deleted their message)"
/* late: it was shown in the announcements before. */
void answers_show(struct turn *turn, const struct incident *incident, const struct reply *reply,
                  const char *customer, bool late);
/* "Carl of Acme", for the timeline; NULL: nothing is known but the customer's key. The caller frees it. */
char *answers_writer(struct turn *turn, uint64_t incident, const struct reply *reply, const char *customer);
void answers_outcome(struct turn *turn, const struct action *action, const cJSON *body);

/* crowded.c */
void crowded_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void crowded_card(struct core *core, const struct incident *incident, const struct card_context *context,
                  struct json_out *fields);

/* handover.c */
void handover_follow(struct turn *turn, const struct event *event, const struct incident *incident);
void handover_deadlines(struct core *core, const struct incident *incident);
void handover_passed(struct turn *turn, uint64_t incident, const char *name, instant due);

/* waiting.c */
void waiting_follow(struct turn *turn, const struct event *event, const struct incident *incident);

/* replies.c: when a customer is affected by an incident, their earlier messages go there. */
void replies_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* It waited while an incident that it names became private. */
void replies_withheld(struct turn *turn, const struct action *action, const char *instead);

#endif
