#include "base/tally.h"

#include <stdio.h>
#include <string.h>

/* That of the key, or else the one that began first. */
static struct tally *row_of(struct tally *table, size_t size, const char *key)
{
    struct tally *first = table;
    for (size_t i = 0; i < size; i++) {
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
        if (table[i].since < first->since)
            first = &table[i];
    }
    return first;
}

struct tally *tally_add(struct tally *table, size_t size, const char *key, int64_t now, duration window)
{
    char kept[TALLY_KEY];
    snprintf(kept, sizeof(kept), "%s", key);
    struct tally *row = row_of(table, size, kept);
    if (strcmp(row->key, kept) != 0 || now - row->since >= window) {
        memcpy(row->key, kept, sizeof(kept));
        row->since = now;
        row->n = 0;
    }
    row->n++;
    return row;
}
