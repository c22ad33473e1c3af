/*
 * eddsa - signatures by Ed25519, with the keys that providers publish (RFC 8037), by libsodium. Pure; any thread.
 */
#ifndef TOCSIN_SIGNIN_EDDSA_H
#define TOCSIN_SIGNIN_EDDSA_H

#include "base/json.h"

/* Has the key ({"kty": "OKP", "crv": "Ed25519", "x": …}) signed these bytes? */
bool eddsa_proves(const cJSON *key, const char *bytes, size_t n, const struct str *signature);
/* Adds what base64url without padding says. False: it is none. */
bool base64url_decode(const char *text, size_t n, struct str *out);

#endif
