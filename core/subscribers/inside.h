/*
 * inside - subscribers as documents, notices, and what subscribers read. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_SUBSCRIBERS_INSIDE_H
#define TOCSIN_SUBSCRIBERS_INSIDE_H

#include "base/json.h"
#include "base/secret.h"
#include "base/tally.h"
#include "subscribers/subscribers.h"
#include "turn/written.h"

#define SUBSCRIBER_TELL "subscriber.tell" /* the kind of action */
#define NOTICE_KEY      "notice:"         /* the keys of actions that tell of a notice begin with it */

struct notice { /* something that subscribers of a page are being told */
    uint64_t number;
    char *page;
    char post[PUBLIC_ID], word[PUBLIC_ID]; /* "": see `component` */
    char component[PUBLIC_ID];             /* its state was set by hand: webhooks are told */
    instant at;
    char *after; /* the key of the last subscriber whose message was queued; NULL: none yet */
};

#define TRIES_KEPT 1000 /* as many sign-ups as an hour takes, so that nobody is pushed out within it */

struct subscribers {
    ARRAY(struct notice) notices;   /* by number */
    struct written written;         /* subscribers and sign-ups: some change again before they are durable */
    struct tally tries[TRIES_KEPT]; /* sign-ups by mailbox */
    instant hour;                   /* when the count of all sign-ups began */
    int in_hour;
};
struct subscribers *subscribers_of(const struct core *core);

/* store.c */
char *subscriber_key(const struct subscriber *subscriber); /* of its document. The caller frees it */
void subscriber_hash(const char *address, char ret[SECRET_HASH_TEXT]);
/* Also what a sign-up keeps. */
void subscriber_encode(const struct subscriber *subscriber, struct json_out *j);
/* False: the text is none. The caller finishes *ret. */
bool subscriber_decode(const char *json, struct subscriber *ret);
bool subscriber_get(const struct core *core, const char *key, struct subscriber *ret);
int subscribers_query(const struct core *core, const struct doc_query *query, subscribers_on *on, void *ctx,
                      struct error *err);
void subscriber_delete(struct turn *turn, const char *key);

/* signup.c: what requests to a webhook are signed with. The caller frees it. */
char *hook_secret(const struct core *core);

/* address.c: refuses what is no address of that kind. Brings it into the form in which it is kept. */
int address_tidy(enum subscriber_kind kind, char **address, struct error *err);

/* notices.c */
void notices_of_event(struct turn *turn, const struct event *event);
int notices_load(struct core *core, struct error *err);
void notices_finish(struct subscribers *subscribers);
instant notices_tick(struct core *core, instant now);

/* message.c: each queues what a subscriber reads. False: no connector reaches them. */
bool message_confirm(struct turn *turn, const struct public_page *page, const struct subscriber *subscriber,
                     const char *token, const char *key);
bool message_word(struct turn *turn, const struct public_page *page, const struct public_post *post,
                  const struct public_word *word, const struct subscriber *subscriber);
struct moved { /* a component is in another state */
    const struct public_component *component;
    enum public_state before, after;
    instant at;
};
bool message_moved(struct turn *turn, const struct public_page *page, const struct moved *moved,
                   const struct subscriber *subscriber);

#endif
