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
