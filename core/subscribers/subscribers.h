/*
 * subscribers - who is told of what a status page says: by mail, by a webhook of their own, in a channel.
 *
 * The part owns a document for each subscriber, one for each sign-up that nobody has confirmed yet, and one for each word that subscribers
 * are being told (a notice). Subscribers are never all in memory: a tick reads a few behind the one where the last tick ended, queues
 * a message for each that it concerns, and keeps in the same turn how far it came. So none is missed and none is told twice, also over a
 * crash. A message says what the durable model of the subscriber's page says, and nothing else: what is not on that page cannot reach them.
 * The links in it are signed (the setting status_secret); a link that confirms is random, and only its hash is kept.
 *
 * No answer and no delay says whether somebody subscribes: a sign-up does the same for everybody, and never looks whether they do.
 * Addresses get into no event and no log. Loop's thread only.
 */
#ifndef TOCSIN_SUBSCRIBERS_SUBSCRIBERS_H
#define TOCSIN_SUBSCRIBERS_SUBSCRIBERS_H

#include "base/json.h"
#include "public/model.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part subscribers_part;

enum subscriber_kind { SUBSCRIBER_MAIL, SUBSCRIBER_HOOK, SUBSCRIBER_CHANNEL };
#define SUBSCRIBER_KINDS 3
typedef ARRAY(char *) component_ids;

struct subscriber {
    enum subscriber_kind kind;
    char *page;     /* its name in the policy */
    char *address;  /* "ops@acme.example", "https://…", "slack/C0123" */
    char *language; /* of what they read; NULL: the page's own */
    char *secret;   /* what requests to a webhook are signed with: "whsec_…"; else NULL */
    char *person,
        *tool; /* who signed up on a page that has readers: their id, or the name of a token; else NULL */
    component_ids components; /* as in the models; none: all of them */
    instant since;
    int64_t failures; /* messages in a row that did not reach them */
    bool suppressed;  /* nothing is sent any more, since nothing arrives */
    bool vouched;     /* an operator or a member added it, so nobody has to be a reader of the page */
};
void subscriber_finish(struct subscriber *subscriber);
/* May they know what is on their page? On one that has readers it is whoever still is one of them, and who was vouched for. Groups count
   as the identity provider named them last, since nobody stays signed in for the sake of mails. */
bool subscriber_may_read(const struct core *core, const struct subscriber *subscriber);
const char *subscriber_kind_name(enum subscriber_kind kind); /* "mail" */

/* Is there a connector that reaches such subscribers? */
bool subscribers_reaches(const struct core *core, enum subscriber_kind kind);

/* ---- signing up ---- */

/* Sends a message with a link that confirms, to `wanted`, whose secret and `since` are filled in. ERR_INVALID: the address is none.
   ERR_FULL: too many have signed up lately. Too many for one mailbox send nothing, and return 0 as well. */
int subscribers_sign_up(struct turn *turn, struct subscriber *wanted, struct error *err);
/* What such a link would confirm. False: it is forged, has expired, or was used. The caller finishes *ret. */
bool subscribers_asked(const struct core *core, const char *token, instant now, struct subscriber *ret);
/* Confirms it. False as above. */
bool subscribers_confirm(struct turn *turn, const char *token, struct subscriber *ret);

/* ---- one's own ---- */

/* The end of the links by which a subscriber manages what they get. NULL: there is no secret. The caller frees it. */
char *subscribers_token(const struct core *core, const struct subscriber *subscriber);
/* Whose it is. False: it is forged, or they subscribe no more. The caller finishes *ret. */
bool subscribers_of_token(const struct core *core, const char *token, struct subscriber *ret);
/* Was it made for that page here? Also of somebody who subscribes no more. */
bool subscribers_is_token(const struct core *core, const char *token, const char *page);
/* Keeps them as they are now: new, or changed. */
void subscribers_put(struct turn *turn, const struct subscriber *subscriber);
/* Whoever the token is of subscribes no more. A forged one, or one that was used, does nothing. */
void subscribers_leave(struct turn *turn, const char *token);

/* ---- operators ---- */

/* The page's name; of the public one for NULL. NULL: the policy has none. The caller frees it. */
char *subscribers_page(const struct core *core, const char *name, struct error *err);

/* Calls `on` for each, in the order of their keys: at most `most` after that key (NULL: from the start). `key` and `subscriber` are
   borrowed. */
typedef void subscribers_on(void *ctx, const char *key, const struct subscriber *subscriber);
int subscribers_each(const struct core *core, const char *after, size_t most, subscribers_on *on, void *ctx,
                     struct error *err);
/* How many subscribe to that page in that way; at most `most` are counted. */
size_t subscribers_count(const struct core *core, const char *page, enum subscriber_kind kind, size_t most);
/* Removes an address from all pages, and its sign-ups that wait. Returns from how many pages. */
size_t subscribers_remove(struct turn *turn, const char *address);
/* A mail to a subscriber came back: for good, or it is late. */
void subscribers_bounced(struct turn *turn, const char *address, bool permanent);

/* Takes rows of an import, whose people need not confirm: [{"line","kind","address","components":[names],"language"}], `kind` being email or
   webhook. Writes {"added","refused":[{"line","why"}]}: each row is taken, or named there. ERR_NOT_FOUND: there is no such page;
   ERR_INVALID: they are no rows. */
#define SUBSCRIBERS_AT_ONCE 1000 /* rows */
int subscribers_import(struct turn *turn, const char *page, const cJSON *rows, struct json_out *answer,
                       struct error *err);

#endif
