#include "signin/jws.h"

#include <cjose/cjose.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *alg, *kty;
} algorithms[] = {{"RS256", "RSA"}, {"ES256", "EC"}};

static void release_jws(cjose_jws_t **jws)
{
    cjose_jws_release(*jws);
}

static void release_jwk(cjose_jwk_t **jwk)
{
    cjose_jwk_release(*jwk);
}

/* The type of key for it; NULL: the algorithm is not one of ours. */
static const char *key_type(const char *alg)
{
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        if (text_equal(algorithms[i].alg, alg))
            return algorithms[i].kty;
    }
    return NULL;
}

/* Could that key have signed it? */
static bool fits(const cJSON *key, const char *alg, const char *kid)
{
    return text_equal(json_text_or(key, "kty", NULL), key_type(alg)) &&
           text_equal(json_text_or(key, "alg", alg), alg) &&
           text_equal(json_text_or(key, "use", "sig"), "sig") &&
           (!kid || text_equal(json_text_or(key, "kid", NULL), kid));
}

/* A verified import of the token; NULL: that key has not signed it. */
static cjose_jws_t *verify(const char *token, const cJSON *key)
{
    CLEANUP_STR struct str text = {0};
    cjose_err fault;
    json_tree(&(struct json_out){&text, false}, key);
    CLEANUP(release_jwk) cjose_jwk_t *jwk = cjose_jwk_import(text.p, text.len, &fault);
    cjose_jws_t *jws = jwk ? cjose_jws_import(token, strlen(token), &fault) : NULL;
    if (jws && cjose_jws_verify(jws, jwk, &fault))
        return jws;
    cjose_jws_release(jws);
    return NULL;
}

static int read_claims(const cjose_jws_t *jws, cJSON **ret, struct error *err)
{
    uint8_t *text;
    size_t n;
    cjose_err fault;
    if (!cjose_jws_get_plaintext(jws, &text, &n, &fault) ||
        json_parse((const char *)text, n, JWS_MOST, JSON_DEPTH, "the token", ret, err))
        return error_set(err, ERR_AUTH, "the token has no claims");
    return 0;
}

static int find_key(const char *token, const cJSON *keys, const char *alg, const char *kid, cJSON **ret,
                    struct error *err)
{
    const cJSON *key;
    bool met = false;
    cJSON_ArrayForEach(key, json_member(keys, "keys"))
    {
        if (!fits(key, alg, kid))
            continue;
        met = true;
        CLEANUP(release_jws) cjose_jws_t *jws = verify(token, key);
        if (jws)
            return read_claims(jws, ret, err);
    }
    return met ? error_set(err, ERR_AUTH, "the token's signature is wrong")
               : error_set(err, ERR_NOT_FOUND,
                           "the token is signed with a key that the provider does not publish");
}

int jws_claims(const char *token, const cJSON *keys, cJSON **ret, struct error *err)
{
    cjose_err fault;
    if (strlen(token) > JWS_MOST)
        return error_set(err, ERR_AUTH, "the token is too long");
    CLEANUP(release_jws) cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &fault);
    cjose_header_t *header = jws ? cjose_jws_get_protected(jws) : NULL;
    const char *alg = header ? cjose_header_get(header, CJOSE_HDR_ALG, &fault) : NULL;
    const char *kid = header ? cjose_header_get(header, CJOSE_HDR_KID, &fault) : NULL;
    if (!header)
        return error_set(err, ERR_AUTH, "what should be a token is none");
    if (!key_type(alg))
        return error_set(err, ERR_AUTH, "the token is signed by '%.20s'; only RS256 and ES256 are taken",
                         alg ? alg : "nothing");
    CLEANUP_FREE char *crit = cjose_header_get_raw(header, "crit", &fault);
    if (crit)
        return error_set(err, ERR_AUTH, "the token asks for an extension");
    return find_key(token, keys, alg, kid, ret, err);
}
