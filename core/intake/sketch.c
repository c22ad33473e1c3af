#include "intake/sketch.h"

#include <math.h>
#include <sodium/crypto_shorthash.h>
#include <string.h>

#include "base/mem.h"

#define INDEX_BITS 14
#define RANK_BITS  (64 - INDEX_BITS)
#define FIRST_CHAR '0' /* of the text: rank 0 */

_Static_assert(SKETCH_BYTES == 1 << INDEX_BITS, "the index addresses every register");

static uint64_t hash_of(const char *text)
{
    static const uint8_t fixed_key[crypto_shorthash_KEYBYTES] = "tocsin/counting";
    uint64_t hash;
    crypto_shorthash((uint8_t *)&hash, (const uint8_t *)text, strlen(text), fixed_key);
    return hash;
}

/* A register keeps the greatest rank it saw: how many leading zeros the rest of a hash has, and one. */
bool sketch_add(uint8_t sketch[SKETCH_BYTES], const char *text)
{
    uint64_t hash = hash_of(text), rest = hash >> INDEX_BITS;
    uint8_t *reg = &sketch[hash & (SKETCH_BYTES - 1)];
    uint8_t rank = (uint8_t)(rest ? __builtin_clzll(rest) - INDEX_BITS + 1 : RANK_BITS + 1);
    if (rank <= *reg)
        return false;
    *reg = rank;
    return true;
}

void sketch_merge(uint8_t sketch[SKETCH_BYTES], const uint8_t other[SKETCH_BYTES])
{
    for (size_t i = 0; i < SKETCH_BYTES; i++)
        sketch[i] = MAX(sketch[i], other[i]);
}

/* x + x²·1 + x⁴·2 + x⁸·4 + …: what registers of rank 0 add to the denominator. */
static double sigma(double x)
{
    double y = 1, z = x, before;
    if (x == 1)
        return INFINITY;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z != before);
    return z;
}

/* The same for registers of the greatest rank. */
static double tau(double x)
{
    double y = 1, z = 1 - x, before;
    if (x == 0 || x == 1)
        return 0;
    do {
        x = sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
}

int64_t sketch_estimate(const uint8_t sketch[SKETCH_BYTES])
{
    const double m = SKETCH_BYTES, alpha = 0.5 / M_LN2;
    int ranks[RANK_BITS + 2] = {0};
    for (size_t i = 0; i < SKETCH_BYTES; i++)
        ranks[MIN(sketch[i], RANK_BITS + 1)]++;
    double z = m * tau(1 - ranks[RANK_BITS + 1] / m);
    for (int k = RANK_BITS; k >= 1; k--)
        z = 0.5 * (z + ranks[k]);
    z += m * sigma(ranks[0] / m);
    return llround(alpha * m * m / z);
}

char *sketch_encode(const uint8_t sketch[SKETCH_BYTES])
{
    char *text = xmalloc(SKETCH_BYTES + 1);
    for (size_t i = 0; i < SKETCH_BYTES; i++)
        text[i] = (char)(FIRST_CHAR + sketch[i]);
    text[SKETCH_BYTES] = '\0';
    return text;
}

bool sketch_decode(const char *text, uint8_t sketch[SKETCH_BYTES])
{
    if (strlen(text) != SKETCH_BYTES)
        return false;
    for (size_t i = 0; i < SKETCH_BYTES; i++) {
        if (text[i] < FIRST_CHAR || text[i] > FIRST_CHAR + RANK_BITS + 1)
            return false;
    }
    for (size_t i = 0; i < SKETCH_BYTES; i++)
        sketch[i] = (uint8_t)(text[i] - FIRST_CHAR);
    return true;
}
