/*
 * tally - counts by key within a window, in a table that never grows: a new key takes the place of the one that began longest ago. Pure.
 */
#ifndef TOCSIN_BASE_TALLY_H
#define TOCSIN_BASE_TALLY_H

#include "base/time.h"

#define TALLY_KEY 48 /* bytes; a longer key is cut */

struct tally { /* zeroed: none */
    char key[TALLY_KEY];
    int64_t since; /* when its window began, by the caller's clock in ms */
    int n;         /* since then */
};
/* Counts one for the key in a table of `size` rows. A window that has ended begins again. Returns its row. */
struct tally *tally_add(struct tally *table, size_t size, const char *key, int64_t now, duration window);

#endif
