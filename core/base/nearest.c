#include "base/config.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

#define WORD_MOST 64 /* a longer word is not a typo */

/* The Levenshtein distance, ignoring case, computed one row at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[WORD_MOST + 1], width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t above = row[j + 1];
            bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
            size_t changed = diagonal + !same;
            row[j + 1] = MIN(changed, MIN(above, row[j]) + 1);
            diagonal = above;
        }
    }
    return row[width];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
    const char *nearest = NULL;
    size_t length = strnlen(word, WORD_MOST + 1);
    if (length > WORD_MOST)
        return NULL;
    size_t limit = MAX(2, length / 3), best = MIN(limit + 1, length); /* never a word without a common letter */
    for (size_t i = 0; i < n; i++) {
        if (strlen(candidates[i]) > WORD_MOST)
            continue;
        size_t distance = edit_distance(word, candidates[i]);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
