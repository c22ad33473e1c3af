/*
 * comms - messages to customers, and their replies. A message is a draft in the incident's state until a command, a button or a thumbs-up
 * approves it; only the event of the approval queues actions. A reply goes to each open incident that affects the customer. If there is
 * none, it goes to the announcements, and from there to the incident that is declared. Loop's thread only.
 */
#ifndef TOCSIN_COMMS_COMMS_H
#define TOCSIN_COMMS_COMMS_H

#include "customers/record.h"
#include "policy/access.h"
#include "turn/part.h"

extern const struct part comms_part;

/* An audience is a customer's key, EVERY_CUSTOMER, CUSTOMERS_OF_TIER and a tier, or STATUS_PAGE, which is many and none of the customers. */
bool audience_is_many(const char *audience);
/* Is a customer of the incident in an audience of many? `record` NULL: they are not in the directory. */
bool audience_has(const char *audience, const struct customer *record);

/* How long customers of an incident have heard nothing: for obligations, as policy/host.h explains. */
struct policy_silence comms_silence(struct core *core, const struct incident *incident, const char *tier,
                                    int cares);

/* What was said between us and one customer, who has been affected since then; as of `now`. */
struct comms_talk {
    instant told_first, told_at, wrote_first, wrote_at; /* 0: never */
    duration silence;                                   /* the longest that they heard nothing */
    bool they_wrote_first;
};
struct comms_talk comms_talk(struct core *core, const struct incident *incident, const char *customer,
                             instant since, instant now);
/* With customers who were told or wrote, and who were not told since the incident ended, or wrote after that. */
size_t comms_open_conversations(struct core *core, const struct incident *incident);

/* Somebody says that the customers of an audience heard from us, and how ("phone"). Returns how many they are. */
size_t comms_told(struct turn *turn, const struct incident *incident, const char *by, const char *audience,
                  const char *how);

/* What a customer is told of the incident goes into that ticket of theirs from now on. `address`: of its requester; NULL: unknown. */
void comms_talks_in(struct turn *turn, uint64_t incident, const char *customer, const char *connector,
                    const char *address, const char *ticket);
/* Not into that one any more. */
void comms_talks_elsewhere(struct turn *turn, uint64_t incident, const char *customer, const char *connector,
                           const char *ticket);
/* Is a message to many on its way into that ticket, besides where its customer was told? */
bool comms_telling_in(const struct core *core, const struct incident *incident, const char *connector,
                      const char *ticket);
/* Adds the latest message that was approved for many customers, quoted as CommonMark. False: there is none. */
bool comms_public_words(const struct incident *incident, struct str *out);

/* Is there a connector that reaches customers, or are they those of a drill, who count as told? Whether it knows a particular one shows only
   when it sends. */
bool comms_reaches_customers(const struct core *core, const struct incident *incident);
/* Refuses to send while a connector starts: customers whose route it is would be passed over. */
int comms_refuse_start(const struct core *core, struct error *err);
/* Is nobody whom the incident affects of the audience? Then adds why, and what to type: "no affected customer is known. …" */
bool comms_is_nobody(struct core *core, const struct incident *incident, const char *audience, struct str *out);
/* A display name for a customer's key: their name, or the key itself. Borrowed from the incident or the key. */
const char *comms_customer_name(const struct incident *incident, const char *key);

/* What each recipient would get, and where: of one customer (by key or name), or of the first few (NULL). */
void comms_preview(struct core *core, const struct incident *incident, const struct state_draft *draft,
                   const char *customer, struct str *out);

/* What became of a message that was sent: how many it reached, and each customer of whom `which` is true ("failed"; NULL: all who were not
   told). Refuses an unknown word. */
int comms_recipients(const struct core *core, const struct incident *incident, const struct state_draft *draft,
                     const char *which, struct str *out, struct error *err);

/* What a draft is sent upon, as the policy has it: "2 people other than its author approve it, the lead or comms among them". Plain
   text. False: any one person will do. */
bool comms_sent_when(struct core *core, const struct incident *incident, const struct state_draft *draft,
                     struct str *out);

/* Somebody approves a draft, as they saw it. */
struct approve_request {
    const char *by;
    enum access most;        /* as in struct access_request */
    bool automatic;          /* not a person */
    int64_t number, version; /* number 0: the one that waits; version 0: not said, so there must be only one */
};
/* Sends the message, or counts the approval and says in *answer what else the policy asks for. A refusal says why. */
int comms_approve(struct turn *turn, const struct incident *incident, const struct approve_request *request,
                  struct str *answer, struct error *err);

/* A message that a customer wrote, edited or deleted. Everything is borrowed. */
struct reply {
    const char *customer, *text;     /* text: of a deleted message, the deleted text */
    const char *writer;              /* who wrote it, by their address if that is known; NULL: the customer */
    const char *link;                /* NULL: none */
    const char *who, *where;         /* as people read them: "Carl", "#ext-acme", "ticket 17"; NULL: unknown */
    const char *connector, *message; /* message: its id; NULL: unknown */
    const char *ticket, *title;      /* the ticket of a desk that it is in, and its subject; NULL: none */
    const char *organisation;        /* the writer's, as the desk names it; NULL: unknown */
    enum reply_change { REPLY_NEW, REPLY_EDITED, REPLY_DELETED } change;
    int64_t order;            /* of an edit: grows with each edit of the message; 0: unknown */
    uint64_t incident, about; /* that it answers; that has its ticket; 0: unknown */
    bool unverified;          /* the writer may be somebody else than the customer */
    bool automatic;           /* their mailbox answered by itself */
};
/* Reports it in the incident that it answers if that is open, else in the open incidents that affect the customer; if there are
   none, in the announcements (except a deletion or an automatic reply). */
void comms_replied(struct turn *turn, const struct reply *reply);
/* A ticket is attached: what was said in it before, and waits for an incident, is reported in this one as the customer's. */
void comms_said_in(struct turn *turn, const struct incident *incident, const char *customer,
                   const char *connector, const char *ticket);
/* What an agent of a desk answered that customer there, with who of the agent: it is shown in the same open incidents, and nowhere
   else. */
void comms_agent_replied(struct turn *turn, const struct reply *reply);

/* Whom an answer under a message is meant for. */
struct answered {
    uint64_t incident;
    char *customer; /* key; owned by whoever asked */
};
/* False: that message shows no words of a customer. */
bool comms_answered(const struct core *core, const char *connector, const char *message, struct answered *ret);
/* That message of ours became the latest draft of the incident. */
void comms_drafted_from(struct turn *turn, const char *connector, const char *message, uint64_t incident);
/* The draft that it became, while that waits and nobody but `by` (NULL: anybody) has changed it; else its number is 0. `here`: the incident of the channel
   that it stands in; 0: of none. */
struct draft_name {
    uint64_t incident;
    int64_t number;
};
struct draft_name comms_draft_from(const struct core *core, const char *connector, const char *message,
                                   const char *by, uint64_t here);

/* A message of ours did not arrive, or is late. Everything is borrowed. */
struct bounce {
    const char *connector, *address; /* address: where it did not arrive */
    const char *customer;            /* key; NULL: none or unknown */
    const char *text;                /* what the platform said, literal; NULL: nothing */
    const char *message;             /* which message it was, by its id; NULL: unknown */
    uint64_t incident;               /* 0: unknown */
    bool permanent;                  /* false: it is late, and still being tried */
};
/* Says so in its incident and keeps it in the timeline; without one, in the announcements. */
void comms_bounced(struct turn *turn, const struct bounce *bounce);

/* Somebody at a customer asks for no more messages. Everything is borrowed. */
struct unsubscription {
    const char *connector, *address; /* address: theirs, on the platform */
    const char *customer;            /* key; NULL: unknown */
    uint64_t incident;               /* that the message was about; 0: unknown */
};
/* From now on the directory says that they wish no contact; that is said in the incident or, without one, in the announcements. */
void comms_unsubscribed(struct turn *turn, const struct unsubscription *unsubscription);

#endif
