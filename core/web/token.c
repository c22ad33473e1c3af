#include "web/token.h"

#include <sodium.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "journal/journal.h"

#define PREFIX     "tocsin_"
#define HASH_BYTES 32
#define ID_DIGITS  12

struct entry {
    struct token token;
    uint8_t hash[HASH_BYTES];
    bool loaded;  /* seen by the current load */
    instant kept; /* used_at as it is stored */
};

struct tokens {
    instant (*clock)(void);
    ARRAY(struct entry *) valid, revoked;
    struct token_source also;
};

struct tokens *tokens_create(instant (*clock)(void))
{
    struct tokens *tokens = xcalloc(1, sizeof(*tokens));
    tokens->clock = clock;
    return tokens;
}

static void entry_destroy(struct entry *entry)
{
    const char *const texts[] = {entry->token.id, entry->token.name, entry->token.person};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free((char *)(uintptr_t)texts[i]);
    free(entry);
}

void tokens_destroy(struct tokens *tokens)
{
    if (!tokens)
        return;
    for (size_t i = 0; i < tokens->valid.n; i++)
        entry_destroy(tokens->valid.v[i]);
    for (size_t i = 0; i < tokens->revoked.n; i++)
        entry_destroy(tokens->revoked.v[i]);
    array_free(&tokens->valid);
    array_free(&tokens->revoked);
    free(tokens);
}

static void hash_of(const char *text, uint8_t hash[HASH_BYTES])
{
    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)text, strlen(text), NULL, 0);
}

/* ---- scopes ---- */

static const struct {
    unsigned scope;
    const char *name;
} scope_names[] = {{SCOPE_READ, "read"}, {SCOPE_WRITE, "write"}, {SCOPE_ADMIN, "admin"}};
#define SCOPES (sizeof(scope_names) / sizeof(scope_names[0]))

static unsigned scope_of(const char *name, size_t n)
{
    for (size_t i = 0; i < SCOPES; i++)
        if (strlen(scope_names[i].name) == n && memcmp(scope_names[i].name, name, n) == 0)
            return scope_names[i].scope;
    return 0;
}

/* The scopes in a list. *ret_unknown: the first word that is not a scope, or NULL. */
static unsigned read_scopes(const char *text, const char **ret_unknown)
{
    unsigned scopes = 0;
    *ret_unknown = NULL;
    for (const char *c = text; *c; c += strspn(c, ", ")) {
        size_t n = strcspn(c, ", ");
        unsigned scope = scope_of(c, n);
        if (!scope && !*ret_unknown)
            *ret_unknown = c;
        scopes |= scope;
        c += n;
    }
    return scopes;
}

int scopes_parse(const char *text, unsigned *ret, struct error *err)
{
    const char *unknown;
    unsigned scopes = read_scopes(text, &unknown);
    if (unknown)
        return error_set(err, ERR_INVALID,
                         "Unknown scope '%.*s'. Choose read, write or admin. (Senders of alerts do not use "
                         "tokens: their keys "
                         "are in `sources`.)",
                         (int)MIN(strcspn(unknown, ", "), 40), unknown);
    if (!scopes)
        return error_set(err, ERR_INVALID, "A token needs a scope: read, write or admin.");
    *ret = scopes;
    return 0;
}

void scopes_format(unsigned scopes, struct str *out)
{
    const char *comma = "";
    for (size_t i = 0; i < SCOPES; i++) {
        if (!(scopes & scope_names[i].scope))
            continue;
        str_addf(out, "%s%s", comma, scope_names[i].name);
        comma = ",";
    }
}

int token_check_agent(const struct token *wanted, struct error *err)
{
    return wanted->agent && wanted->scopes & SCOPE_ADMIN
               ? error_set(err, ERR_INVALID,
                           "An agent never administers: its token has the scopes read and write at most.")
               : 0;
}

/* ---- loading ---- */

static struct entry *by_hash(const struct tokens *tokens, const uint8_t hash[HASH_BYTES])
{
    struct entry *found = NULL;
    for (size_t i = 0; i < tokens->valid.n; i++) /* always all of them, so that the time reveals no position */
        if (sodium_memcmp(tokens->valid.v[i]->hash, hash, HASH_BYTES) == 0)
            found = tokens->valid.v[i];
    return found;
}

static int decode(const struct journal_doc *doc, struct entry *entry, struct error *err)
{
    CLEANUP_JSON cJSON *body = NULL;
    int rc = json_parse(doc->body, strlen(doc->body), 1 << 16, 8, "a token document", &body, err);
    if (rc < 0)
        return rc;
    entry->token.id = xstrndup(doc->key, ID_DIGITS);
    entry->token.name = xstrdup(json_text_or(body, "name", "unnamed"));
    entry->token.person = xstrdup(json_text_or(body, "person", NULL));
    entry->token.agent = json_bool_or(body, "agent", false);
    entry->token.made_at = json_int_or(body, "made_at", 0);
    entry->token.expires_at = json_int_or(body, "expires_at", 0);
    entry->token.used_at = entry->kept = json_int_or(body, "used_at", 0);
    const char *unknown; /* scopes of another version allow nothing here */
    entry->token.scopes = read_scopes(json_text_or(body, "scopes", ""), &unknown);
    return 0;
}

struct loading {
    struct tokens *tokens;
    struct error *err;
    int rc;
};

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct loading *loading = ctx;
    uint8_t hash[HASH_BYTES];
    if (hex_decode(doc->key, hash, HASH_BYTES) < 0) {
        loading->rc = error_set(loading->err, ERR_CORRUPT, "the token %.12s has a bad key", doc->key);
        return false;
    }
    struct entry *entry = by_hash(loading->tokens, hash);
    if (!entry) {
        entry = xcalloc(1, sizeof(*entry));
        memcpy(entry->hash, hash, HASH_BYTES);
        loading->rc = decode(doc, entry, loading->err);
        if (loading->rc < 0) {
            entry_destroy(entry);
            return false;
        }
        *array_add(&loading->tokens->valid) = entry;
    }
    entry->loaded = true;
    return true;
}

/* A revoked token stays readable for current requests, but is no longer found. */
static void retire_missing(struct tokens *tokens)
{
    for (size_t i = tokens->valid.n; i-- > 0;) {
        if (tokens->valid.v[i]->loaded)
            continue;
        *array_add(&tokens->revoked) = tokens->valid.v[i];
        array_remove(&tokens->valid, i);
    }
}

int tokens_load(struct tokens *tokens, struct journal *journal, struct error *err)
{
    struct loading loading = {tokens, err, 0};
    for (size_t i = 0; i < tokens->valid.n; i++)
        tokens->valid.v[i]->loaded = false;
    int rc = journal_docs(journal, &(struct doc_query){.kind = DOC_TOKEN}, load_one, &loading, err);
    if (rc < 0 || loading.rc < 0)
        return rc < 0 ? rc : loading.rc;
    retire_missing(tokens);
    return 0;
}

/* ---- making, finding, revoking ---- */

static void put_token(const uint8_t hash[HASH_BYTES], const struct token *token, struct journal_batch *batch)
{
    char key[2 * HASH_BYTES + 1];
    CLEANUP_STR struct str body = {0}, names = {0};
    struct json_out j = {.out = &body};
    hex_encode(hash, HASH_BYTES, key);
    scopes_format(token->scopes, &names);
    json_begin_object(&j);
    json_put_text(&j, "name", token->name);
    json_put_text_if(&j, "person", token->person);
    json_put_text(&j, "scopes", str_text(&names));
    if (token->agent)
        json_put_bool(&j, "agent", true);
    json_put_int(&j, "made_at", token->made_at);
    if (token->expires_at)
        json_put_int(&j, "expires_at", token->expires_at);
    if (token->used_at)
        json_put_int(&j, "used_at", token->used_at);
    json_end_object(&j);
    batch_doc(batch, DOC_TOKEN, key, body.p);
}

char *token_make(const uint8_t random[TOKEN_RANDOM], const struct token *wanted, struct journal_batch *batch)
{
    char text[8 * TOKEN_RANDOM / 5 + 2];
    uint8_t hash[HASH_BYTES];
    base32_encode(random, TOKEN_RANDOM, text);
    char *token = xasprintf(PREFIX "%s", text);
    sodium_memzero(text, sizeof(text));
    hash_of(token, hash);
    put_token(hash, wanted, batch);
    return token;
}

int token_expires(const char *text, instant now, instant *ret, struct error *err)
{
    duration span = 0;
    *ret = 0;
    if (!text)
        return 0;
    if (duration_parse(text, &span, NULL) || span < MINUTE)
        return error_set(err, ERR_INVALID,
                         "'%.40s' is not how long a token is valid. Write, for instance, 90d or 12h.", text);
    *ret = now + span;
    return 0;
}

void tokens_keep_used(struct tokens *tokens, struct journal_batch *batch)
{
    for (size_t i = 0; i < tokens->valid.n; i++) {
        struct entry *entry = tokens->valid.v[i];
        if (entry->token.used_at < entry->kept + HOUR)
            continue;
        entry->kept = entry->token.used_at;
        put_token(entry->hash, &entry->token, batch);
    }
}

static bool is_valid(const struct tokens *tokens, const struct token *token)
{
    return !token->expires_at || token->expires_at > tokens->clock();
}

const struct token *tokens_find(struct tokens *tokens, const char *text)
{
    uint8_t hash[HASH_BYTES];
    if (!text_starts(text, PREFIX))
        return NULL;
    hash_of(text, hash);
    struct entry *entry = by_hash(tokens, hash);
    if (!entry || !is_valid(tokens, &entry->token))
        return NULL;
    entry->token.used_at = tokens->clock();
    return &entry->token;
}

/* By id, else by name. *ret_n: how many have that name. */
static const struct entry *by_name(const struct tokens *tokens, const char *which, size_t *ret_n)
{
    const struct entry *found = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < tokens->valid.n; i++) {
        const struct entry *entry = tokens->valid.v[i];
        if (text_equal(entry->token.id, which)) {
            *ret_n = 1;
            return entry;
        }
        if (text_equal(entry->token.name, which)) {
            found = entry;
            ++*ret_n;
        }
    }
    return found;
}

bool tokens_has(const struct tokens *tokens, const char *name)
{
    size_t n;
    return by_name(tokens, name, &n) != NULL;
}

const struct token *tokens_by_id(const struct tokens *tokens, const char *id)
{
    for (size_t i = 0; i < tokens->valid.n; i++)
        if (text_equal(tokens->valid.v[i]->token.id, id))
            return is_valid(tokens, &tokens->valid.v[i]->token) ? &tokens->valid.v[i]->token : NULL;
    return tokens->also.by_id ? tokens->also.by_id(tokens->also.ctx, id) : NULL;
}

void tokens_also(struct tokens *tokens, const struct token_source *source)
{
    tokens->also = *source;
}

const struct token *tokens_by_cookie(const struct tokens *tokens, const char *header)
{
    return tokens->also.by_cookie && header ? tokens->also.by_cookie(tokens->also.ctx, header) : NULL;
}

int token_revoke(struct tokens *tokens, const char *which, struct journal_batch *batch, struct error *err)
{
    size_t n;
    const struct entry *entry = by_name(tokens, which, &n);
    if (!entry)
        return error_set(err, ERR_NOT_FOUND, "No token '%s'. `tocsin token list` shows them.", which);
    if (n > 1)
        return error_set(err, ERR_CONFLICT,
                         "%zu tokens are called '%s'. Revoke each by its id, which `tocsin token list` shows.",
                         n, which);
    char key[2 * HASH_BYTES + 1];
    hex_encode(entry->hash, HASH_BYTES, key);
    batch_doc(batch, DOC_TOKEN, key, NULL);
    return 0;
}

void tokens_each(const struct tokens *tokens, bool (*on)(void *ctx, const struct token *token), void *ctx)
{
    for (size_t i = 0; i < tokens->valid.n && on(ctx, &tokens->valid.v[i]->token); i++)
        continue;
}
