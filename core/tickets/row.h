/*
 * row - a ticket of a desk or a tracker about one incident: a document, so that neither the incident's state nor a turn grows with
 * their number. Only this folder includes it.
 *
 * A ticket can be about several incidents, with a document for each. One that somebody detached is kept, marked as gone: it is not
 * attached by itself again.
 */
#ifndef TOCSIN_TICKETS_ROW_H
#define TOCSIN_TICKETS_ROW_H

#include "base/json.h"
#include "turn/turn.h"

enum ticket_kind {
    TICKET_OF_CUSTOMER, /* attached */
    TICKET_PARENT,      /* the desk's own about the incident, which those of customers join */
    TICKET_WORK,        /* made for engineers */
};

struct ticket_notes { /* what is said in it to the desk's people */
    char *told;       /* how the incident stood when a note last said so; NULL: none did */
    bool greeted;     /* a note says which incident it is about */
    bool asked;       /* they are told how the incident stands */
};
struct ticket {              /* owns its texts; NULL: unknown or none */
    char *connector, *id;    /* id: as the actions name it */
    char *link, *title;      /* link: where the desk's people see it */
    char *status;            /* the platform's own word */
    char *address, *name;    /* of its requester, as desk.tell reaches them */
    char *organisation;      /* theirs */
    char *customer;          /* the key of the customer whom it affects */
    char *parent;            /* the id of the ticket that it was joined to */
    uint64_t incident, from; /* from: the incident that it came from by a merge; 0: none */
    int64_t kind;            /* an enum ticket_kind */
    int64_t followup;        /* of work: the follow-up that it is for; 0: the incident itself */
    bool done;               /* nothing more is to be done in it */
    bool closed;             /* we asked for it to be done */
    bool followed;           /* its connector reports its changes */
    bool continues;          /* the incident continues in it: people hear of its end */
    bool gone;               /* detached */
    struct ticket_notes notes;
};

void ticket_finish(struct ticket *ticket); /* frees its content, not the struct */
void ticket_copy(struct ticket *to, const struct ticket *from);
/* Reads the members of a ticket from outside (tocsin/connector.h), cleaned. False: they name none. *ret is finished by the caller. */
bool ticket_read(const cJSON *members, const char *connector, struct ticket *ret);
/* Takes over what a newer reading knows. True: something that people see is another. */
bool ticket_learn(struct ticket *ticket, const struct ticket *newer);
/* "PAY-7: retry loop", as a link where there is one. */
void ticket_words(const struct ticket *ticket, struct str *out);

/* As it was written last, durable or not. False: there is none. */
bool ticket_get(const struct core *core, const char *connector, const char *id, uint64_t incident,
                struct ticket *ret);
void ticket_put(struct turn *turn, const struct ticket *ticket);

typedef bool ticket_on(void *ctx, const struct ticket *ticket);
/* Those of an incident, in order of connector and id, until `on` returns false; not those that are gone. `after`: the key of one, to
   go on behind it (NULL: from the start). limit 0: all. Sees what is durable. */
void tickets_each(const struct core *core, uint64_t incident, const char *after, size_t limit, ticket_on *on,
                  void *ctx);
/* Those of them that the journal may not show yet. */
void tickets_each_fresh(const struct core *core, uint64_t incident, ticket_on *on, void *ctx);
char *ticket_key(const struct ticket *ticket); /* the caller frees it */
/* The incidents that a ticket is about, also where that is not durable yet. The caller frees the list. */
typedef ARRAY(uint64_t) ticket_incidents;
void tickets_of(const struct core *core, const char *connector, const char *id, ticket_incidents *ret);

#endif
