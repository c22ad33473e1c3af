/*
 * token - bearer tokens: who may call the API, by what name, for what.
 *
 * A token is 256 random bits as text, "tocsin_…" (letters, digits and one underscore only, so that it fits a
 * Sentry DSN as well). Only its hash is kept, as a DOC_TOKEN document: who reads the store cannot use what is
 * in it. A lookup compares hashes in constant time. All tokens are in memory: there are as many as people and
 * tools. Loop's thread only.
 */
#ifndef TOCSIN_WEB_TOKEN_H
#define TOCSIN_WEB_TOKEN_H

#include "base/error.h"
#include "base/time.h"

enum token_scope {
    SCOPE_READ = 1,  /* what its person may see */
    SCOPE_WRITE = 2, /* commands, in its person's name */
    SCOPE_ADMIN = 8, /* tokens, policy, connectors */
};

struct token {
    char *id;     /* first 12 hexadecimal digits of the hash: to name it in lists */
    char *name;   /* "laptop", "prometheus" */
    char *person; /* whose viewer rights and name it has; NULL: a tool's */
    unsigned scopes;
    instant made_at;
};

#define TOKEN_RANDOM 32
struct tokens;
struct journal;
struct journal_batch;

struct tokens *tokens_create(void);
void tokens_destroy(struct tokens *tokens);
/* Reads all of them anew: at the start, and after a commit that made or revoked one. */
int tokens_load(struct tokens *tokens, struct journal *journal, struct error *err);

/* Puts a new token into the batch and returns its text, which is shown once; the caller frees it. It counts
   once the batch is durable and tokens_load was called. */
char *token_make(const uint8_t random[TOKEN_RANDOM], const char *name, const char *person, unsigned scopes,
                 instant now, struct journal_batch *batch);
/* Is there one of this id or name? */
bool tokens_has(const struct tokens *tokens, const char *name);
/* By id or name; ERR_CONFLICT where several have that name. */
int token_revoke(struct tokens *tokens, const char *which, struct journal_batch *batch, struct error *err);

/* NULL: no such token. A token that was found stays readable, revoked or not, until tokens_destroy. */
const struct token *tokens_find(const struct tokens *tokens, const char *text);
const struct token *tokens_by_id(const struct tokens *tokens,
                                 const char *id); /* NULL: revoked, or never made */
void tokens_each(const struct tokens *tokens, bool (*on)(void *ctx, const struct token *token), void *ctx);

/* "read,write" to a set, and back. */
int scopes_parse(const char *text, unsigned *ret, struct error *err);
void scopes_format(unsigned scopes, struct str *out);

#endif
