#include "standard.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

static const char prefix[] = "whsec_";

/* Decodes base 64, padded. 0: it is none, or too long. */
static size_t decode(const char *text, uint8_t *to, size_t most)
{
    uint8_t bytes[STANDARD_KEY_MOST + 8];
    size_t n = strlen(text), ends = n && text[n - 1] == '=' ? 1 + (n > 1 && text[n - 2] == '=') : 0;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (n % 4 || n / 4 * 3 > sizeof(bytes) || strspn(text, digits) != n - ends)
        return 0;
    int decoded = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
    size_t size = decoded > 0 ? (size_t)decoded - ends : 0;
    if (size > most)
        return 0;
    memcpy(to, bytes, size);
    return size;
}

bool standard_add_key(struct standard_keys *keys, const char *secret)
{
    if (keys->n == STANDARD_KEYS || strncmp(secret, prefix, strlen(prefix)) != 0)
        return false;
    size_t n = decode(secret + strlen(prefix), keys->v[keys->n].bytes, STANDARD_KEY_MOST);
    if (n < STANDARD_KEY_LEAST)
        return false;
    keys->v[keys->n++].n = n;
    return true;
}

/* "v1," and the signature by a key. */
static bool sign(const struct standard_keys *keys, size_t i, const struct kit_part parts[5],
                 struct kit_text *out)
{
    const struct kit_part key = {(const char *)keys->v[i].bytes, keys->v[i].n};
    char mac[KIT_HMAC_BASE64];
    bool good = kit_mac_base64(KIT_SHA256, &key, parts, 5, mac);
    if (good)
        kit_text_addf(out, "v1,%s", mac);
    return good;
}

void standard_sign(const struct standard_keys *keys, const char *id, const char *seconds, const char *body,
                   struct kit_text *out)
{
    const struct kit_part parts[] = {
        {id, strlen(id)}, {".", 1}, {seconds, strlen(seconds)}, {".", 1}, {body, strlen(body)}};
    for (size_t i = 0; i < keys->n; i++) {
        kit_text_add(out, i ? " " : "");
        sign(keys, i, parts, out);
    }
}

/* Is it one of the words? In constant time for each. */
static bool is_among(const char *words, const char *expected)
{
    bool good = false;
    while (*words) {
        char word[KIT_HMAC_BASE64 + 8];
        size_t n = strcspn(words, " ");
        snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, words);
        good = kit_same(word, expected) || good;
        words += n + strspn(words + n, " ");
    }
    return good;
}

bool standard_is_signed(const struct standard_keys *keys, const struct tocsin_request *request)
{
    const char *id = kit_webhook_header(request, "webhook-id");
    const char *seconds = kit_webhook_header(request, "webhook-timestamp");
    const char *given = kit_webhook_header(request, "webhook-signature");
    const struct kit_part parts[] = {{id, strlen(id)},
                                     {".", 1},
                                     {seconds, strlen(seconds)},
                                     {".", 1},
                                     {request->body, request->body_length}};
    bool good = false;
    for (size_t i = 0; i < keys->n; i++) {
        struct kit_text expected = {0};
        if (sign(keys, i, parts, &expected))
            good = is_among(given, kit_text_get(&expected)) || good;
        kit_text_finish(&expected);
    }
    return good && *id && kit_timely(seconds, request->received_ms, STANDARD_WINDOW_MS);
}
