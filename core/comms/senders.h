/*
 * senders - who wrote, and is not affected by an open incident yet: what they said, until there is one. Each is a document of its own.
 * Only this folder includes it.
 */
#ifndef TOCSIN_COMMS_SENDERS_H
#define TOCSIN_COMMS_SENDERS_H

#include "comms/comms.h"

struct message {
    char *text, *link;    /* link NULL: none */
    char *who, *where;    /* NULL: unknown */
    char *writer;         /* NULL: unknown */
    char *connector, *id; /* id NULL: unknown */
    char *ticket, *title; /* NULL: it is in none */
    bool unverified;      /* see struct reply */
};
struct sender { /* borrowed until the next call */
    char *customer;
    instant offered_at; /* when declaring was last offered */
    ARRAY(struct message) messages;
};

struct comms;

int senders_load(struct core *core, struct error *err);
void senders_finish(struct comms *comms);
/* The key of the directory, where that knows the key, the alias or the address; else what it was given. Borrowed. */
const char *sender_key(const struct core *core, const char *customer);
/* By any of their keys: the directory may know by now whose they are. NULL: none. Also forgets those who have waited for too long. */
struct sender *senders_find(struct turn *turn, const char *customer);
struct sender *senders_add(struct turn *turn, const char *customer);
/* Removes it; the caller finishes what is returned. */
struct sender senders_take(struct turn *turn, struct sender *sender);
void sender_finish(struct sender *sender);
/* Takes out what anybody said in that ticket: the messages of nobody in particular, which the caller finishes. */
struct sender senders_take_in(struct turn *turn, const char *connector, const char *ticket);
/* Adds a message, and stores them all. */
void senders_keep(struct turn *turn, struct sender *sender, const struct reply *reply);
/* An edit updates a message, and a deletion removes it. False: it is not there. */
bool senders_update(struct turn *turn, struct sender *sender, const struct reply *reply);
/* One of the messages, which it borrows. */
struct reply senders_reply(const struct core *core, const struct sender *sender, size_t i);

#endif
