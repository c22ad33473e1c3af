/*
 * sessions - who is signed in with which browser. A session has a secret, which the browser keeps in a cookie, and of which only the
 * hash is kept here and in the journal. It ends when it was idle for too long, at a fixed time after the sign-in, with the token that
 * it was begun with, or when somebody ends it. Loop's thread only.
 */
#ifndef TOCSIN_ACCESS_SESSIONS_H
#define TOCSIN_ACCESS_SESSIONS_H

#include "base/secret.h"
#include "policy/access.h"
#include "turn/turn.h"

#define SESSION_IDLE (12 * HOUR)
#define SESSION_MOST (7 * DAY)
#define SESSION_ID   13 /* the first 12 digits of the hash, shown in lists */

struct session {
    char *person;          /* the id under which they signed in; NULL: a tool's token was given */
    char *way;             /* "oidc", "link", "token" */
    char *name;            /* what is shown where there is no person: the token's */
    char *token;           /* the id of the token that was given; NULL: none */
    char *agent, *address; /* of the browser, as it said at the sign-in; from outside */
    enum access most;      /* what it allows at most; ACCESS_NONE: what the person may */
    instant made_at, used_at;
    instant ends_at;     /* however much it is used */
    char id[SESSION_ID]; /* these follow */
    char hash[SECRET_HASH_TEXT];
    instant kept_at; /* used_at as it is stored */
};

/* Begins a session of which `wanted` says all but its id, hash and times, and tells the audit trail. ret_secret: for the cookie. It is
   valid at once, and kept once the turn is durable. */
void session_begin(struct turn *turn, const struct session *wanted, char ret_secret[SECRET_TEXT]);
/* NULL: no such session, or it has ended. It is used now. Borrowed until the loop turns. */
struct session *session_find(struct core *core, const char *secret, instant now);
/* The same by its id, without using it. */
const struct session *session_by_id(const struct core *core, const char *id, instant now);
/* Ends it. `by`: who did. */
void session_end(struct turn *turn, const struct session *session, const char *by);
/* Those that have not ended, in no order. `person`: those of any of their ids; NULL: all. */
void session_each(const struct core *core, const char *person, instant now,
                  bool (*on)(void *ctx, const struct session *session), void *ctx);
/* How long a session lives at most, and the groups that came with it count. */
duration session_most(const struct core *core);
/* Writes when sessions were last used, of those where that has moved enough. */
void sessions_keep_used(struct turn *turn);

#endif
