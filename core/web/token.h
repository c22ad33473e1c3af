/*
 * token - bearer tokens: who may call the API, under which name, and for what.
 *
 * A token is 256 random bits as text, "tocsin_…" (only letters, digits and one underscore, so that it also fits
 * a Sentry DSN). Only its hash is stored, as a DOC_TOKEN document, so reading the store reveals no token. A
 * lookup compares hashes in constant time. All tokens are in memory: there are about as many as people and
 * tools. Loop's thread only.
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
    char *id;     /* the first 12 hexadecimal digits of the hash, shown in lists */
    char *name;   /* "laptop", "prometheus" */
    char *person; /* the person it acts as; NULL: it is a tool's */
    unsigned scopes;
    instant made_at;
};

#define TOKEN_RANDOM 32
struct tokens;
struct journal;
struct journal_batch;

struct tokens *tokens_create(void);
void tokens_destroy(struct tokens *tokens);
/* Reads all tokens again: at start, and after a commit that added or revoked one. */
int tokens_load(struct tokens *tokens, struct journal *journal, struct error *err);

/* Adds a new token to the batch and returns its text, which is shown once; the caller frees it. The token is
   valid once the batch is durable and tokens_load was called. */
char *token_make(const uint8_t random[TOKEN_RANDOM], const char *name, const char *person, unsigned scopes,
                 instant now, struct journal_batch *batch);
/* Does a token have this id or name? */
bool tokens_has(const struct tokens *tokens, const char *name);
/* By id or name; ERR_CONFLICT when several have that name. */
int token_revoke(struct tokens *tokens, const char *which, struct journal_batch *batch, struct error *err);

/* NULL: no such token. A token that was found stays readable, revoked or not, until tokens_destroy. */
const struct token *tokens_find(const struct tokens *tokens, const char *text);
/* NULL: revoked, or never created. */
const struct token *tokens_by_id(const struct tokens *tokens, const char *id);
void tokens_each(const struct tokens *tokens, bool (*on)(void *ctx, const struct token *token), void *ctx);

/* From "read,write" to a set, and back. */
int scopes_parse(const char *text, unsigned *ret, struct error *err);
void scopes_format(unsigned scopes, struct str *out);

#endif
