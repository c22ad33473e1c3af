/*
 * inside - the state of this part, and what its files share. Only this folder includes it.
 */
#ifndef TOCSIN_TICKETS_INSIDE_H
#define TOCSIN_TICKETS_INSIDE_H

#include "base/json.h"
#include "tickets/row.h"
#include "tickets/tickets.h"
#include "turn/written.h"

struct fresh { /* a document that the journal may not show yet */
    char *key;
    uint64_t turn;
};

struct round { /* through the tickets of an incident, some at a time */
    uint64_t incident;
    uint64_t turn; /* begins once this turn is durable */
    char *after;   /* the key of the last one that was visited; NULL: none was */
    bool again;    /* something has changed since it began */
};

struct tickets {
    struct written rows; /* documents of row.c */
    ARRAY(struct fresh) fresh;
    ARRAY(struct round) rounds;
};

static inline struct tickets *tickets_state(const struct core *core)
{
    return part_state(core, "tickets");
}

/* Who asked for something whose outcome comes later, and where. Texts are borrowed; NULL: unknown or none. */
struct asked {
    const char *by;
    const char *connector, *channel, *asker;
    int64_t followup;  /* of a ticket: the follow-up that it is for; 0: none */
    const char *agent; /* the agent that asked for `by`; NULL: they did themselves */
};
/* Writes it as members of an action's body, and reads it again. */
void asked_put(const struct asked *asked, struct json_out *j);
struct asked asked_of(const cJSON *body);
/* The one of a call. `connector` is borrowed from *ret_own, which the caller frees. */
struct asked asked_by(const struct call *call, char **ret_own);
/* Says it where it was asked, if that may see the incident, and in the incident's other channels. */
void asked_say(struct turn *turn, const struct asked *asked, uint64_t incident, const char *key,
               const char *text);

/* Queues a ticket.* action about an incident. `ticket`: its id, whose order it goes in; "": none. `body`: its members. The key of what
   is said by it begins with `key`, which is taken over. */
void ticket_send(struct turn *turn, const struct incident *incident, const char *connector, const char *kind,
                 const char *ticket, const char *key, const char *body);

#define MANY_TICKETS 20 /* with so many, timelines do not tell of each */

/* attach.c */
enum attached { ATTACHED_NEW, ATTACHED_ALREADY, ATTACHED_GONE };
struct attaching {
    const char *by;
    const char *customer; /* as somebody typed it; NULL: as the ticket's requester is known */
    bool automatic;       /* nobody asked for it: what somebody detached stays so */
    bool asks;            /* its agents want to be told how the incident stands */
    bool wrote;           /* its customer wrote in it: answers go there */
    bool greeted;         /* no note has to say what it is about */
    bool many;            /* one of many: timelines do not tell of each */
    uint64_t from;        /* of a merge: the incident that it comes from */
};
/* It belongs to the incident from now on; texts are copied from `ticket`. */
enum attached attach(struct turn *turn, uint64_t incident, const struct ticket *ticket,
                     const struct attaching *how);

#define TICKET_BYTES ((size_t)64 << 10) /* of an answer that has its members */

/* follow.c: asks a connector about a ticket that somebody named by its link. True: whoever asked was answered. */
bool follow_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body);

/* It was declared in a ticket of a desk, which is attached. */
void follow_declared(struct turn *turn, const struct event *event, const struct incident *incident);

#define JOIN_KEY "join:" /* prefix of the key of a follow that nobody waits for */

/* changed.c: the ticket is as `newer` says; of its incident, where it is known. */
void change_take(struct turn *turn, uint64_t incident, const struct ticket *newer);
/* The incident continues in that ticket: people are asked whether it is fixed, or told that it is open again. */
void change_follow_work(struct turn *turn, const struct incident *incident, const struct ticket *ticket);

/* offers.c */
void offers_follow(struct turn *turn, const struct event *event, const struct incident *incident);
/* Do both links lead to one ticket, as far as can be seen? */
bool offers_same(const char *a, const char *b);
/* Does the incident have the ticket with this link? */
bool offers_attached(const struct core *core, const struct incident *incident, const char *link);

/* affects.c */
void affects_each_of_tickets(struct core *core, const struct incident *incident,
                             const struct affected_reader *reader);

/* replied.c: a customer answered in a ticket, which is attached by itself. */
void replied_follow(struct turn *turn, const struct event *event, const struct incident *incident);

/* parent.c */
#define CREATE_KEY "create:" /* prefix of the key of an action that makes a ticket */
/* Makes the parent at a desk, if the policy wants one there and there is none yet. */
void create_parent(struct turn *turn, const struct incident *incident, const char *connector);
/* Adds the address of the incident's page as a paragraph, where pages have one. */
void ticket_add_page(const struct core *core, const struct incident *incident, struct str *out);
/* The body of such an action. The caller frees it. */
char *create_body(const struct core *core, const struct incident *incident, const char *title, bool parent,
                  const struct asked *asked);

/* create.c */
void create_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body);
void create_withheld(struct turn *turn, const struct action *action);

/* settle.c: brings one ticket in line with its incident: joins it to the parent, says in it how the incident stands, closes it. */
void settle(struct turn *turn, const struct incident *incident, struct ticket *ticket);
/* Are messages to customers waiting, or on their way? */
bool messages_left(const struct incident *incident);

/* merges.c: moves it to the incident that goes on. True: it is not of this one any more. */
bool merges_settle(struct turn *turn, const struct incident *incident, struct ticket *ticket);

/* rounds.c: brings all tickets of an incident in line, some at a time. */
void round_begin(struct turn *turn, uint64_t incident);
int rounds_load(struct core *core, struct error *err);
void rounds_finish(struct tickets *tickets);
instant rounds_tick(struct core *core, instant now);

#endif
