#include "signin/jws.h"

#include <cjose/cjose.h>
#include <string.h>

#include "base/mem.h"
#include "signin/eddsa.h"

/* A token as it came: header.claims.signature, each in base64url. */
struct parts {
    const char *token;
    size_t signed_n; /* bytes of header.claims, which the signature is of */
    struct str header, claims, signature;
};

static void parts_finish(struct parts *parts)
{
    str_finish(&parts->header);
    str_finish(&parts->claims);
    str_finish(&parts->signature);
}

static bool parts_read(const char *token, struct parts *ret)
{
    const char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    *ret = (struct parts){.token = token};
    if (!second || strchr(second + 1, '.'))
        return false;
    ret->signed_n = (size_t)(second - token);
    return base64url_decode(token, (size_t)(first - token), &ret->header) &&
           base64url_decode(first + 1, (size_t)(second - first) - 1, &ret->claims) &&
           base64url_decode(second + 1, strlen(second + 1), &ret->signature);
}

/* ---- has that key signed it? ---- */

static void release_jws(cjose_jws_t **jws)
{
    cjose_jws_release(*jws);
}

static void release_jwk(cjose_jwk_t **jwk)
{
    cjose_jwk_release(*jwk);
}

static bool cjose_proves(const cJSON *key, const struct parts *parts)
{
    CLEANUP_STR struct str text = {0};
    cjose_err fault;
    json_tree(&(struct json_out){&text, false}, key);
    CLEANUP(release_jwk) cjose_jwk_t *jwk = cjose_jwk_import(text.p, text.len, &fault);
    CLEANUP(release_jws)
    cjose_jws_t *jws = jwk ? cjose_jws_import(parts->token, strlen(parts->token), &fault) : NULL;
    return jws && cjose_jws_verify(jws, jwk, &fault);
}

static bool ed25519_proves(const cJSON *key, const struct parts *parts)
{
    return eddsa_proves(key, parts->token, parts->signed_n, &parts->signature);
}

static const struct algorithm {
    const char *name, *kty;
    bool (*proves)(const cJSON *key, const struct parts *parts);
} algorithms[] = {{"RS256", "RSA", cjose_proves},
                  {"ES256", "EC", cjose_proves},
                  {"EdDSA", "OKP", ed25519_proves},
                  {"Ed25519", "OKP", ed25519_proves}}; /* its name since RFC 9864 */

/* NULL: it is not one of ours. */
static const struct algorithm *algorithm_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        if (text_equal(algorithms[i].name, name))
            return &algorithms[i];
    }
    return NULL;
}

/* Could that key have signed it? */
static bool fits(const cJSON *key, const struct algorithm *algorithm, const char *kid)
{
    return text_equal(json_text_or(key, "kty", NULL), algorithm->kty) &&
           text_equal(json_text_or(key, "alg", algorithm->name), algorithm->name) &&
           text_equal(json_text_or(key, "use", "sig"), "sig") &&
           (!kid || text_equal(json_text_or(key, "kid", NULL), kid));
}

static int find_key(const struct parts *parts, const cJSON *keys, const struct algorithm *algorithm,
                    const char *kid, struct error *err)
{
    const cJSON *key;
    bool met = false;
    cJSON_ArrayForEach(key, json_member(keys, "keys"))
    {
        if (!fits(key, algorithm, kid))
            continue;
        met = true;
        if (algorithm->proves(key, parts))
            return 0;
    }
    return met ? error_set(err, ERR_AUTH, "the token's signature is wrong")
               : error_set(err, ERR_NOT_FOUND,
                           "the token is signed with a key that the provider does not publish");
}

static int check(const struct parts *parts, const cJSON *header, const cJSON *keys, struct error *err)
{
    const char *name = json_text_or(header, "alg", NULL);
    const struct algorithm *algorithm = algorithm_named(name);
    if (!algorithm)
        return error_set(err, ERR_AUTH, "the token is signed by '%.20s'; only RS256, ES256 and EdDSA are taken",
                         name ? name : "nothing");
    if (cJSON_GetObjectItemCaseSensitive(header, "crit"))
        return error_set(err, ERR_AUTH, "the token asks for an extension");
    return find_key(parts, keys, algorithm, json_text_or(header, "kid", NULL), err);
}

static int read_json(const struct str *text, cJSON **ret, struct error *err)
{
    return json_parse(str_text(text), text->len, JWS_MOST, JSON_DEPTH, "the token", ret, err);
}

int jws_claims(const char *token, const cJSON *keys, cJSON **ret, struct error *err)
{
    CLEANUP(parts_finish) struct parts parts = {0};
    CLEANUP_JSON cJSON *header = NULL;
    if (strlen(token) > JWS_MOST)
        return error_set(err, ERR_AUTH, "the token is too long");
    if (!parts_read(token, &parts) || read_json(&parts.header, &header, err) || !cJSON_IsObject(header))
        return error_set(err, ERR_AUTH, "what should be a token is none");
    int rc = check(&parts, header, keys, err);
    if (!rc && read_json(&parts.claims, ret, err))
        rc = error_set(err, ERR_AUTH, "the token has no claims");
    return rc;
}
