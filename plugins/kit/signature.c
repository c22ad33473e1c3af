#include <tocsin/kit/signature.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#define SHA1_BYTES   20
#define SECONDS_MOST 253402300799 /* the end of the year 9999 */

static bool update_all(EVP_MAC_CTX *ctx, const struct kit_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].n && !EVP_MAC_update(ctx, (const unsigned char *)parts[i].bytes, parts[i].n))
            return false;
    }
    return true;
}

/* `digest` is the library's name of the hash, whose values have `size` bytes. */
static bool hmac_by(const char *digest, const struct kit_part *key, const struct kit_part *parts, size_t count,
                    uint8_t *mac, size_t size)
{
    char name[16];
    snprintf(name, sizeof(name), "%s", digest);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
    size_t n = 0;
    bool good = ctx && EVP_MAC_init(ctx, (const unsigned char *)key->bytes, key->n, params) &&
                update_all(ctx, parts, count) && EVP_MAC_final(ctx, mac, &n, size) && n == size;
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(algorithm);
    return good;
}

static bool hmac(const char *digest, const char *secret, const struct kit_part *parts, size_t count,
                 uint8_t *mac, size_t size)
{
    const struct kit_part key = {secret, strlen(secret)};
    return hmac_by(digest, &key, parts, count, mac, size);
}

static void put_hex(const uint8_t *mac, size_t n, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[mac[i] >> 4];
        text[2 * i + 1] = digits[mac[i] & 15];
    }
    text[2 * n] = '\0';
}

bool kit_hmac(const char *secret, const struct kit_part *parts, size_t count, uint8_t mac[KIT_HMAC_BYTES])
{
    return hmac("SHA256", secret, parts, count, mac, KIT_HMAC_BYTES);
}

bool kit_hmac_hex(const char *secret, const struct kit_part *parts, size_t count, char text[KIT_HMAC_HEX])
{
    uint8_t mac[KIT_HMAC_BYTES];
    bool good = kit_hmac(secret, parts, count, mac);
    if (good)
        put_hex(mac, KIT_HMAC_BYTES, text);
    return good;
}

bool kit_mac_base64(enum kit_hash hash, const struct kit_part *key, const struct kit_part *parts, size_t count,
                    char text[KIT_HMAC_BASE64])
{
    uint8_t mac[KIT_HMAC_BYTES];
    size_t size = hash == KIT_SHA1 ? SHA1_BYTES : KIT_HMAC_BYTES;
    return hmac_by(hash == KIT_SHA1 ? "SHA1" : "SHA256", key, parts, count, mac, size) &&
           EVP_EncodeBlock((unsigned char *)text, mac, (int)size) > 0;
}

bool kit_hmac_base64(const char *secret, const struct kit_part *parts, size_t count, char text[KIT_HMAC_BASE64])
{
    const struct kit_part key = {secret, strlen(secret)};
    return kit_mac_base64(KIT_SHA256, &key, parts, count, text);
}

bool kit_same(const char *a, const char *b)
{
    size_t n = a ? strlen(a) : 0;
    return a && b && strlen(b) == n && CRYPTO_memcmp(a, b, n) == 0;
}

static bool without_prefix(const char **given, const char *prefix)
{
    size_t n = prefix ? strlen(prefix) : 0;
    if (!*given || strncmp(*given, prefix ? prefix : "", n) != 0)
        return false;
    *given += n;
    return true;
}

bool kit_signed_hex(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                    const char *given)
{
    char expected[KIT_HMAC_HEX];
    return secret && *secret && without_prefix(&given, prefix) &&
           kit_hmac_hex(secret, parts, count, expected) && kit_same(expected, given);
}

bool kit_signed_sha1(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                     const char *given)
{
    uint8_t mac[SHA1_BYTES];
    char expected[2 * SHA1_BYTES + 1];
    if (!secret || !*secret || !without_prefix(&given, prefix) ||
        !hmac("SHA1", secret, parts, count, mac, SHA1_BYTES))
        return false;
    put_hex(mac, SHA1_BYTES, expected);
    return kit_same(expected, given);
}

bool kit_signed_base64(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                       const char *given)
{
    char expected[KIT_HMAC_BASE64];
    return secret && *secret && without_prefix(&given, prefix) &&
           kit_hmac_base64(secret, parts, count, expected) && kit_same(expected, given);
}

bool kit_timely(const char *seconds, int64_t now_ms, int64_t window_ms)
{
    if (!seconds || *seconds < '0' || *seconds > '9')
        return false;
    char *end;
    errno = 0;
    long long at = strtoll(seconds, &end, 10);
    if (errno || *end || at > SECONDS_MOST)
        return false;
    int64_t apart = now_ms - (int64_t)at * 1000;
    return apart <= window_ms && apart >= -window_ms;
}
