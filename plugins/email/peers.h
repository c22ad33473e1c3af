/*
 * peers - what is kept about those we wrote to, in the host's store: a row for each address or channel, none for each mail.
 *
 * Whom a token is about is known by PARTY, a hash (address.h); its row says which address, customer and channel that is. Another
 * row says that they want no more mail that goes to many. Any thread; may block while the core reads or writes.
 */
#ifndef EMAIL_PEERS_H
#define EMAIL_PEERS_H

#include "email.h"

struct email_peer {
    char address[EMAIL_ADDRESS];
    char customer[200]; /* key; "": none */
    char channel[200];  /* as the core calls it; "": none */
};

/* False: nothing is known. */
bool email_peer_get(const struct email *email, const char party[EMAIL_PARTY], struct email_peer *ret);
/* Keeps the row, if it changed, with the outcome of the action that this thread performs. */
void email_peer_keep(const struct email *email, const char party[EMAIL_PARTY], const struct email_peer *peer);

bool email_peer_unsubscribed(const struct email *email, const char party[EMAIL_PARTY]);
/* Whoever the token is about wants no more of it: keeps that, and tells the core. False: that failed for now. */
bool email_peer_unsubscribe(const struct email *email, const struct email_token *token);

/* A small text under a name: cut to `size`. False: there is none. */
bool email_kept(const struct email *email, const char *key, char *value, size_t size);

#endif
