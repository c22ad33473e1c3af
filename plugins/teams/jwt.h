/*
 * jwt - a signed JSON Web Token (RFC 7519, RFC 7515), and the public keys that prove it (RFC 7517). RS256 alone. Pure: any thread.
 *
 * Reading a token proves nothing: until jwt_is_signed_by, its claims are what anybody may have written.
 */
#ifndef TEAMS_JWT_H
#define TEAMS_JWT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#define JWT_MOST      ((size_t)16 << 10) /* bytes of a token */
#define JWT_KID       128                /* bytes of a key's id, terminator included */
#define JWT_BITS      2048               /* of an RSA key, at least */
#define JWT_BITS_MOST 8192

struct jwt {
    char kid[JWT_KID]; /* the key that it says it is signed with; never "" */
    cJSON *claims;     /* an object */
    const char *text;  /* borrowed: what is signed are its first `length` bytes */
    size_t length;
    unsigned char signature[JWT_BITS_MOST / 8];
    size_t signature_length;
};

/* Reads a token, which must outlive *ret_jwt. NULL, or why it is none that could be accepted: a constant, for the log. Call
   jwt_finish either way. */
const char *jwt_read(const char *text, struct jwt *ret_jwt);
void jwt_finish(struct jwt *jwt);
bool jwt_is_signed_by(const struct jwt *jwt, EVP_PKEY *key);

/* The key of a JSON Web Key; NULL if it is not an RSA key, or too short or too long a one. The caller frees it. */
EVP_PKEY *jwt_key(const cJSON *jwk);

#endif
