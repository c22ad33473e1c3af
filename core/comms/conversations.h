/*
 * conversations - who was told of an incident, and who wrote, when; and how long customers have heard nothing. Only this folder
 * includes it.
 *
 * Each conversation is a document of its own, so that an incident's state does not grow with them. They are loaded when somebody
 * first asks about an incident, and then kept in step with its events.
 */
#ifndef TOCSIN_COMMS_CONVERSATIONS_H
#define TOCSIN_COMMS_CONVERSATIONS_H

#include "comms/inside.h"
#include "policy/host.h"

#define HEARD_MOST 8 /* of a customer; what was told before them no longer comes back */

struct heard {
    instant at;
    int64_t draft; /* the message; 0: a person told them */
};
/* What was said between us and one customer of an incident: affected ones who were never in touch have none. */
struct conversation {
    char *key;                     /* the customer's in the directory, or else in the incident */
    instant told_first, told_at;   /* when they were told; 0: never */
    instant wrote_first, wrote_at; /* when they wrote; 0: never */
    duration silence;              /* the longest that they heard nothing before they were told */
    ARRAY(struct heard) heard;     /* the latest ones, oldest first; what came back is taken out */
};
struct watch {        /* how long some customers of the incident have heard nothing, as last looked up */
    char *tier;       /* NULL: any */
    int cares;        /* 1, 0, or -1: either */
    bool security;    /* the incident is about security: then those who wish to hear of that count, too */
    uint64_t version; /* of what is known; told customers are followed without a search */
    uint64_t impact;  /* of the customers whom the state does not name */
    size_t next;      /* customers of the state before this one are told, or not of these */
    char *untold;     /* of a crowd: one who was not told when it was searched; NULL: there was none */
    const struct conversation *told; /* with whoever was told the longest time ago; NULL: nobody was told */
    struct policy_silence found;
};
struct talks {                   /* the conversations of an incident; loaded when somebody first asks */
    struct map by_key;           /* lower case -> struct conversation, owned */
    size_t empty;                /* of these, so many in which nothing was said after all */
    uint64_t version, directory; /* of what is known; and of the directory then */
    ARRAY(struct watch) watches;
};

void conversations_folded(struct turn *turn, const struct event *event, const struct incident *incident);
void conversations_forget(struct core *core, uint64_t incident);
void conversations_unload(struct comms *comms);
struct talks *conversations_of(struct core *core, uint64_t incident);
/* With a customer by any of their keys; NULL: they were never in touch. */
const struct conversation *conversation_with(const struct core *core, const struct talks *talks,
                                             const char *customer);
/* The same where nobody needs all of the incident's conversations: then theirs alone is read into *ret_read, which the caller destroys
   afterwards either way. */
const struct conversation *conversation_alone(struct core *core, uint64_t incident, const char *customer,
                                              struct talks **ret_read);
void talks_destroy(struct talks *talks); /* NULL is fine */
/* Since when a customer has not heard from us; 0: unknown, or they are not affected. */
instant conversation_silent_since(struct core *core, const struct incident *incident, const char *customer);
/* Without that message, was nobody ever told? */
bool conversations_told_nobody(struct core *core, const struct incident *incident, const char *customer,
                               int64_t draft);

/* silence.c: after conversations_folded */
void silence_folded(struct turn *turn, const struct event *event, const struct incident *incident);

#endif
