#include "insights/sort.h"

#include <string.h>

#include "base/mem.h"

#define FEW 64 /* up to so many are inserted one by one */

static void insert_each(duration *values, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        duration value = values[i];
        size_t k = i;
        for (; k > 0 && values[k - 1] > value; k--)
            values[k] = values[k - 1];
        values[k] = value;
    }
}

static size_t byte_of(duration value, unsigned shift)
{
    return ((uint64_t)value >> shift) & 0xff;
}

/* By one byte; those that have the same keep their order. */
static void by_byte(const duration *from, duration *to, size_t n, unsigned shift)
{
    size_t at[257] = {0};
    for (size_t i = 0; i < n; i++)
        at[byte_of(from[i], shift) + 1]++;
    for (size_t i = 1; i < ARRAY_SIZE(at); i++)
        at[i] += at[i - 1];
    for (size_t i = 0; i < n; i++)
        to[at[byte_of(from[i], shift)]++] = from[i];
}

void durations_sort(duration *values, size_t n)
{
    duration most = 0;
    if (n <= FEW) {
        insert_each(values, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        most = MAX(most, values[i]);
    CLEANUP_FREE duration *spare = xmalloc(n * sizeof(*spare));
    for (unsigned shift = 0; shift < 64 && most >> shift;
         shift += 16) { /* two at once, so that they end where they began */
        by_byte(values, spare, n, shift);
        by_byte(spare, values, n, shift + 8);
    }
}
