/*
 * standard - signatures by Standard Webhooks: HMAC-SHA256, in base 64, over id, time and body. Pure: any thread.
 */
#ifndef WEBHOOK_STANDARD_H
#define WEBHOOK_STANDARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/text.h>

#define STANDARD_KEY_LEAST 24
#define STANDARD_KEY_MOST  64
#define STANDARD_KEYS      2
#define STANDARD_WINDOW_MS 300000

struct standard_keys {
    struct {
        uint8_t bytes[STANDARD_KEY_MOST];
        size_t n;
    } v[STANDARD_KEYS];
    size_t n;
};

/* Adds the key of a secret, "whsec_" and base 64 of 24 to 64 bytes. False: it is none. */
bool standard_add_key(struct standard_keys *keys, const char *secret);
/* Adds the value of the header: a signature by each key, so that a receiver may have either. */
void standard_sign(const struct standard_keys *keys, const char *id, const char *seconds, const char *body,
                   struct kit_text *out);
/* Is a request signed by one of the keys, within the last five minutes? */
bool standard_is_signed(const struct standard_keys *keys, const struct tocsin_request *request);

#endif
