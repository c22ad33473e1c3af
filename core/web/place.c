#include "web/place.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NONCE  crypto_secretbox_NONCEBYTES
#define SEALED (NONCE + crypto_secretbox_MACBYTES + PLACE_PLAIN)
_Static_assert(PLACE_TEXT == sodium_base64_ENCODED_LEN(SEALED, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "a sealed place fits");
_Static_assert(PLACE_KEY == crypto_secretbox_KEYBYTES, "the key is one of secretbox");

static void key_of(const uint8_t key[PLACE_KEY], const char *path, uint8_t ret[PLACE_KEY])
{
    crypto_generichash(ret, PLACE_KEY, (const uint8_t *)path, strlen(path), key, PLACE_KEY);
}

/* It follows from all that it is used for, so two texts never share one. */
static void nonce_of(const uint8_t key[PLACE_KEY], const char *query, const char plain[PLACE_PLAIN],
                     uint8_t ret[NONCE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, PLACE_KEY, NONCE);
    crypto_generichash_update(&state, (const uint8_t *)plain, PLACE_PLAIN);
    if (query)
        crypto_generichash_update(&state, (const uint8_t *)query, strlen(query));
    crypto_generichash_final(&state, ret, NONCE);
}

void place_seal(const uint8_t key[PLACE_KEY], const char *path, const char *query, const char *place,
                char ret[PLACE_TEXT])
{
    char plain[PLACE_PLAIN] = {0};
    uint8_t own[PLACE_KEY], sealed[SEALED];
    snprintf(plain, sizeof(plain), "%s", place);
    key_of(key, path, own);
    nonce_of(own, query, plain, sealed);
    crypto_secretbox_easy(sealed + NONCE, (const uint8_t *)plain, PLACE_PLAIN, sealed, own);
    sodium_bin2base64(ret, PLACE_TEXT, sealed, SEALED, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool place_open(const uint8_t key[PLACE_KEY], const char *path, const char *text, char ret[PLACE_PLAIN])
{
    uint8_t own[PLACE_KEY], sealed[SEALED];
    size_t n = 0;
    if (sodium_base642bin(sealed, SEALED, text, strlen(text), NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        n != SEALED)
        return false;
    key_of(key, path, own);
    return crypto_secretbox_open_easy((uint8_t *)ret, sealed + NONCE, SEALED - NONCE, sealed, own) == 0;
}
