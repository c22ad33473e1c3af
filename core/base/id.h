/*
 * id - encodings for identifiers, and a small seeded random generator. Nothing here asks the system for entropy: the
 * caller passes it in, so that a simulation replays exactly.
 */
#ifndef TOCSIN_BASE_ID_H
#define TOCSIN_BASE_ID_H

#include <stddef.h>
#include <stdint.h>

/* xoshiro256**, for jitter, sampling and tests; never for secrets. */
struct rng {
    uint64_t s[4];
};
void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t bound); /* 0 <= result < bound, bound > 0 */

/* Lower-case hexadecimal; out holds 2 * n + 1 bytes. */
void hex_encode(const uint8_t *bytes, size_t n, char *out);
/* Returns 0, or -1 when text is not exactly 2 * n hexadecimal digits. */
int hex_decode(const char *text, uint8_t *bytes, size_t n);
/* RFC 4648 base32 in lower case without padding: short, and easy to say. out holds 8 * n / 5 + 2 bytes. */
void base32_encode(const uint8_t *bytes, size_t n, char *out);

#endif
