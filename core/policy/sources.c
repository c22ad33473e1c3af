#include "policy/sources.h"

#include <sodium.h>
#include <string.h>

#include "base/config.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/configuration.h"

#define KEY_LEAST 8

struct source {
    struct intake_source source; /* name: ours; the other texts are borrowed from a doc */
    unsigned char hash[crypto_generichash_BYTES];
};

struct sources {
    ARRAY(struct source) list;
    ARRAY(cJSON *) docs;
};

/* Hashes all have the same length, so comparing them reveals nothing about the key. */
static void hash_key(const char *key, unsigned char out[crypto_generichash_BYTES])
{
    crypto_generichash(out, crypto_generichash_BYTES, (const unsigned char *)key, strlen(key), NULL, 0);
}

static int add_source(struct sources *sources, const cJSON *row, struct error *err)
{
    CLEANUP_FREE char *where = xasprintf("sources.%s", row->string);
    cJSON *doc;
    size_t n;
    const struct setting *settings = configuration_source_settings(&n);
    int rc = config_check(settings, n, row, where, &doc, err);
    if (rc)
        return rc;
    *array_add(&sources->docs) = doc;
    const char *key = json_text_or(doc, "key", "");
    if (strlen(key) < KEY_LEAST)
        return error_set(
            err, ERR_INVALID,
            "%s: the key is shorter than %d bytes; use a long random text, such as `openssl rand -hex "
            "16` prints",
            where, KEY_LEAST);
    struct source *source = array_add(&sources->list);
    source->source = (struct intake_source){xstrdup(row->string), json_text_or(doc, "service", ""),
                                            json_text_or(doc, "environment", "")};
    hash_key(key, source->hash);
    for (size_t i = 0; i + 1 < sources->list.n; i++) {
        const struct source *other = &sources->list.v[i];
        if (memcmp(other->hash, source->hash, sizeof(source->hash)) == 0)
            return error_set(
                err, ERR_INVALID,
                "%s has the same key as sources.%s, so its alerts could not be told apart; use a different key",
                where, other->source.name);
    }
    return 0;
}

int sources_create(const cJSON *table, struct sources **ret, struct error *err)
{
    struct sources *sources = xcalloc(1, sizeof(*sources));
    const cJSON *row;
    int rc = 0;
    cJSON_ArrayForEach(row, table)
    {
        rc = rc ? rc
             : !row->string
                 ? error_set(err, ERR_INVALID, "sources must be a table: sources = { shop = { key = … } }")
                 : add_source(sources, row, err);
    }
    if (rc)
        sources_destroy(sources);
    else
        *ret = sources;
    return rc;
}

void sources_destroy(struct sources *sources)
{
    if (!sources)
        return;
    for (size_t i = 0; i < sources->docs.n; i++)
        cJSON_Delete(sources->docs.v[i]);
    for (size_t i = 0; i < sources->list.n; i++)
        free((char *)(uintptr_t)sources->list.v[i].source.name);
    array_free(&sources->docs);
    array_free(&sources->list);
    free(sources);
}

const struct intake_source *sources_find(void *ctx, const struct intake_credential *credential)
{
    struct sources *sources = ctx;
    const struct intake_source *found = NULL;
    unsigned char hash[crypto_generichash_BYTES];
    hash_key(credential->secret, hash);
    for (size_t i = 0; i < sources->list.n; i++) {
        if (sodium_memcmp(hash, sources->list.v[i].hash, sizeof(hash)) == 0)
            found = &sources->list.v[i].source;
    }
    return found;
}

void sources_each(const struct sources *sources, void (*on)(void *ctx, const struct intake_source *source),
                  void *ctx)
{
    for (size_t i = 0; i < sources->list.n; i++)
        on(ctx, &sources->list.v[i].source);
}
