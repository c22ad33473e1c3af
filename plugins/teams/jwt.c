#include "jwt.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <tocsin/kit/json.h>

#define KEY_TEXT (JWT_BITS_MOST / 6 + 8) /* characters of a number in a key, at most */

/* ---- base64url without padding (RFC 4648, section 5) ---- */

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The caller frees the bytes, which are terminated. NULL if the text is not base64url. */
static unsigned char *decode(const char *text, size_t n, size_t *ret_n)
{
    unsigned char *bytes = n % 4 == 1 ? NULL : malloc(n / 4 * 3 + 4);
    uint32_t bits = 0;
    size_t held = 0, length = 0;
    for (size_t i = 0; bytes && i < n; i++) {
        int value = digit(text[i]);
        if (value < 0) {
            free(bytes);
            return NULL;
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[length++] = (unsigned char)(bits >> held);
        }
    }
    if (bytes)
        bytes[length] = '\0';
    *ret_n = length;
    return bytes;
}

/* A part of a token as a JSON object; NULL if it is none. */
static cJSON *decode_object(const char *text, size_t n)
{
    size_t length;
    unsigned char *bytes = decode(text, n, &length);
    cJSON *object = bytes ? kit_json_parse((const char *)bytes, length) : NULL;
    free(bytes);
    if (cJSON_IsObject(object))
        return object;
    cJSON_Delete(object);
    return NULL;
}

/* ---- tokens ---- */

static const char *read_header(struct jwt *jwt, const char *text, size_t n)
{
    cJSON *header = decode_object(text, n);
    const char *kid = kit_json_text(header, "kid");
    const char *fault = NULL;
    if (!header)
        fault = "its header is not JSON";
    else if (strcmp(kit_json_text(header, "alg"), "RS256") != 0)
        fault = "it is not signed by RS256";
    else if (kit_json_member(header, "crit"))
        fault = "it asks for an extension";
    else if (!*kid || strlen(kid) >= sizeof(jwt->kid))
        fault = "it names no key";
    else
        memcpy(jwt->kid, kid, strlen(kid) + 1);
    cJSON_Delete(header);
    return fault;
}

static const char *read_signature(struct jwt *jwt, const char *text)
{
    unsigned char *bytes = decode(text, strlen(text), &jwt->signature_length);
    bool fits = bytes && jwt->signature_length && jwt->signature_length <= sizeof(jwt->signature);
    if (fits)
        memcpy(jwt->signature, bytes, jwt->signature_length);
    free(bytes);
    return fits ? NULL : "its signature is not one of RS256";
}

const char *jwt_read(const char *text, struct jwt *jwt)
{
    *jwt = (struct jwt){.text = text};
    if (strlen(text) > JWT_MOST)
        return "it is too long";
    const char *first = strchr(text, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    if (!second)
        return "it does not have three parts";
    jwt->length = (size_t)(second - text);
    const char *fault = read_header(jwt, text, (size_t)(first - text));
    if (!fault)
        fault = read_signature(jwt, second + 1);
    if (!fault) {
        jwt->claims = decode_object(first + 1, (size_t)(second - first - 1));
        fault = jwt->claims ? NULL : "its claims are not JSON";
    }
    return fault;
}

void jwt_finish(struct jwt *jwt)
{
    cJSON_Delete(jwt->claims);
    *jwt = (struct jwt){0};
}

bool jwt_is_signed_by(const struct jwt *jwt, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, jwt->signature, jwt->signature_length, (const unsigned char *)jwt->text,
                                 jwt->length) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

/* ---- keys ---- */

static BIGNUM *number(const cJSON *jwk, const char *name)
{
    const char *text = kit_json_text(jwk, name);
    size_t length = strlen(text);
    unsigned char *bytes = length && length <= KEY_TEXT ? decode(text, length, &length) : NULL;
    BIGNUM *value = bytes ? BN_bin2bn(bytes, (int)length, NULL) : NULL;
    free(bytes);
    return value;
}

static EVP_PKEY *rsa_key(const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    bool pushed = build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
                  OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
    OSSL_PARAM *params = pushed ? OSSL_PARAM_BLD_to_param(build) : NULL;
    EVP_PKEY_CTX *ctx = params ? EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL) : NULL;
    if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return key;
}

EVP_PKEY *jwt_key(const cJSON *jwk)
{
    bool is_rsa = strcmp(kit_json_text(jwk, "kty"), "RSA") == 0;
    BIGNUM *n = is_rsa ? number(jwk, "n") : NULL, *e = is_rsa ? number(jwk, "e") : NULL;
    bool good = n && e && BN_num_bits(n) >= JWT_BITS && BN_num_bits(n) <= JWT_BITS_MOST && BN_is_odd(n) &&
                BN_is_odd(e) && !BN_is_one(e) && BN_num_bits(e) <= 64;
    EVP_PKEY *key = good ? rsa_key(n, e) : NULL;
    BN_free(n);
    BN_free(e);
    return key;
}
