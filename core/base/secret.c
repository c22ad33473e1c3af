#include "base/secret.h"

#include <sodium.h>
#include <string.h>

#include "base/id.h"

void secret_format(const uint8_t random[SECRET_BYTES], char ret[SECRET_TEXT])
{
    base32_encode(random, SECRET_BYTES, ret);
}

void secret_hash(const char *secret, char ret[SECRET_HASH_TEXT])
{
    uint8_t hash[SECRET_HASH_TEXT / 2];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)secret, strlen(secret), NULL, 0);
    hex_encode(hash, sizeof(hash), ret);
}

void secret_sign(const char *secret, const char *text, char ret[SECRET_HASH_TEXT])
{
    uint8_t root[crypto_generichash_KEYBYTES], hash[SECRET_HASH_TEXT / 2];
    crypto_generichash(root, sizeof(root), (const unsigned char *)secret, strlen(secret), NULL, 0);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text, strlen(text), root, sizeof(root));
    hex_encode(hash, sizeof(hash), ret);
}

bool secret_is_signature(const char *secret, const char *text, const char *given)
{
    char signature[SECRET_HASH_TEXT];
    secret_sign(secret, text, signature);
    return strlen(given) == strlen(signature) && sodium_memcmp(signature, given, strlen(signature)) == 0;
}
