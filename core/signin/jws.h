/*
 * jws - a signed token (RFC 7515) and the keys that prove it (RFC 7517): RS256 and ES256 by the library cjose, EdDSA by Ed25519
 * (eddsa.h). What an algorithm in the token asks for counts only if it is one of them. Pure; any thread.
 */
#ifndef TOCSIN_SIGNIN_JWS_H
#define TOCSIN_SIGNIN_JWS_H

#include "base/json.h"

#define JWS_MOST ((size_t)32 << 10) /* bytes of a token */

/* The claims of a token that one of the keys ({"keys": […]}) has signed; the caller deletes them. ERR_AUTH: it proves nothing;
   ERR_NOT_FOUND: it names a key that is not among them, so they may have been rolled over. */
int jws_claims(const char *token, const cJSON *keys, cJSON **ret, struct error *err);

#endif
