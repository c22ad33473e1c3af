#include "base/config.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment, computed one row at a time. */
size_t word_edits(const char *a, const char *b)
{
    size_t n = strlen(b), rows[3][NEAREST_MOST + 1], *two = rows[0], *one = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j++)
        one[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t changed = one[j - 1] + !same(a[i - 1], b[j - 1]);
            row[j] = MIN(changed, MIN(one[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = MIN(row[j], two[j - 2] + 1);
        }
        size_t *oldest = two;
        two = one;
        one = row;
        row = oldest;
    }
    return one[n];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
    const char *nearest = NULL;
    size_t length = strnlen(word, NEAREST_MOST + 1);
    if (length > NEAREST_MOST)
        return NULL;
    size_t limit = MAX(2, length / 3), best = MIN(limit + 1, length); /* never a word without a common letter */
    for (size_t i = 0; i < n; i++) {
        if (strlen(candidates[i]) > NEAREST_MOST)
            continue;
        size_t distance = word_edits(word, candidates[i]);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
