/*
 * secret - a word that opens something by itself, such as the end of an address. Only its hash is kept, so nobody reads it again from
 * the journal. Pure: the random bytes are the caller's.
 */
#ifndef TOCSIN_BASE_SECRET_H
#define TOCSIN_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#define SECRET_BYTES     20
#define SECRET_TEXT      (8 * SECRET_BYTES / 5 + 2)
#define SECRET_HASH_TEXT 33

/* The secret as people copy it: letters and digits. */
void secret_format(const uint8_t random[SECRET_BYTES], char ret[SECRET_TEXT]);
/* What is kept of it, and looked for. `secret` may be any text from outside. */
void secret_hash(const char *secret, char ret[SECRET_HASH_TEXT]);
/* What only somebody who has the secret can make of the text. */
void secret_sign(const char *secret, const char *text, char ret[SECRET_HASH_TEXT]);
/* Is `given`, any text from outside, that? The time it takes says nothing about how much of it is right. */
bool secret_is_signature(const char *secret, const char *text, const char *given);

#endif
