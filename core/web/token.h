/*
 * token - bearer tokens: who may call the API, under which name, and for what.
 *
 * A token is 256 random bits as text, "tocsin_…" (only letters, digits and one underscore, so that it also fits
 * a Sentry DSN). Only its hash is stored, as a DOC_TOKEN document, so reading the store reveals no token. A
 * lookup compares hashes in constant time. All tokens are in memory: there are about as many as people and
 * tools. An expired one is not found, and stays in the list until it is revoked. Loop's thread only.
 */
#ifndef TOCSIN_WEB_TOKEN_H
#define TOCSIN_WEB_TOKEN_H

#include "base/error.h"
#include "base/time.h"

enum token_scope {
    SCOPE_READ = 1,  /* see what its person may see */
    SCOPE_WRITE = 2, /* run commands as its person */
    SCOPE_ADMIN = 8, /* manage tokens, policy and connectors */
};

struct token {
    const char *id;     /* the first 12 hexadecimal digits of the hash, shown in lists */
    const char *name;   /* "laptop", "prometheus" */
    const char *person; /* the person it acts as; NULL: it is a tool's */
    unsigned scopes;
    bool agent; /* an agent has it, which may do less than its person: access/agents.h */
    instant made_at;
    instant expires_at; /* 0: never */
    instant used_at;    /* when it was last found; 0: never */
};

#define TOKEN_RANDOM 32
struct tokens;
struct journal;
struct journal_batch;

struct tokens *tokens_create(instant (*clock)(void));
void tokens_destroy(struct tokens *tokens);
/* Reads all tokens again: at start, and after a commit that added or revoked one. */
int tokens_load(struct tokens *tokens, struct journal *journal, struct error *err);

/* Adds a new token to the batch and returns its text, which is shown once; the caller frees it. `wanted`: all but its id, which
   follows. The token is valid once the batch is durable and tokens_load was called. */
char *token_make(const uint8_t random[TOKEN_RANDOM], const struct token *wanted, struct journal_batch *batch);
/* How long a new token is valid, from `now`: "90d". 0 for NULL. ERR_INVALID: no duration, or less than a minute. */
int token_expires(const char *text, instant now, instant *ret, struct error *err);
/* Does a token have this id or name? */
bool tokens_has(const struct tokens *tokens, const char *name);
/* By id or name; ERR_CONFLICT when several have that name. */
int token_revoke(struct tokens *tokens, const char *which, struct journal_batch *batch, struct error *err);

/* Adds to the batch when tokens were last used, to the hour: those whose hour has not been written yet. */
void tokens_keep_used(struct tokens *tokens, struct journal_batch *batch);
/* NULL: no such token, or it has expired. It is used now. A token that was found stays readable, revoked or not, until
   tokens_destroy. */
const struct token *tokens_find(struct tokens *tokens, const char *text);
/* What else counts as a token: the sessions of browsers. */
struct token_source {
    void *ctx;
    const struct token *(*by_cookie)(void *ctx, const char *header); /* of the header Cookie, or NULL */
    const struct token *(*by_id)(void *ctx, const char *id);
};
void tokens_also(struct tokens *tokens, const struct token_source *source); /* copied */
/* That of a browser's cookies; NULL: nobody is signed in. `header` may be NULL. */
const struct token *tokens_by_cookie(const struct tokens *tokens, const char *header);
/* NULL: revoked, expired, or never created. */
const struct token *tokens_by_id(const struct tokens *tokens, const char *id);
void tokens_each(const struct tokens *tokens, bool (*on)(void *ctx, const struct token *token), void *ctx);

/* ERR_INVALID: an agent's token may not have these scopes. */
int token_check_agent(const struct token *wanted, struct error *err);

/* From "read,write" to a set, and back. */
int scopes_parse(const char *text, unsigned *ret, struct error *err);
void scopes_format(unsigned scopes, struct str *out);

#endif
