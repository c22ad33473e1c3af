/* rs256 - RSA keys and signed JSON Web Tokens, for tests. What is returned belongs to the caller. */
#ifndef TOCSIN_TESTS_RS256_H
#define TOCSIN_TESTS_RS256_H

#include <openssl/evp.h>

EVP_PKEY *rs256_key(unsigned bits);
/* The public key as a JSON Web Key. `more` is added as it is: ",\"endorsements\":[]" say. */
char *rs256_jwk(EVP_PKEY *key, const char *kid, const char *more);
/* A token with that header and those claims, signed with RSA and a digest ("SHA256"); `key` NULL: the signature is empty. */
char *rs256_token(EVP_PKEY *key, const char *digest, const char *header, const char *claims);
/* base64url without padding. */
char *rs256_base64url(const void *bytes, size_t n);

#endif
