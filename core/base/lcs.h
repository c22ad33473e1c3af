/*
 * lcs - the longest common subsequence of two texts that are cut into slices, such as words or lines. Pure.
 */
#ifndef TOCSIN_BASE_LCS_H
#define TOCSIN_BASE_LCS_H

#include "base/mem.h"

struct slice { /* of a text, borrowed */
    const char *p;
    size_t n; /* bytes */
};
typedef ARRAY(struct slice) slice_list;

bool slice_same(const struct slice *a, const struct slice *b);
/* Adds the lines of a text, each without what ends it: "\n" or "\r\n". */
void slices_of_lines(const char *text, slice_list *ret);
/*
 * A table of (a->n + 1) rows of (b->n + 1) numbers: in row i at j, how long the longest common subsequence of a from i and b from j is.
 * Each list has at most UINT16_MAX slices; time and memory grow with the product. The caller frees it.
 */
uint16_t *lcs_lengths(const slice_list *a, const slice_list *b);
/*
 * For each slice of a, which slice of b it is in a longest common subsequence; SIZE_MAX: it is gone. Behind them, for the end of a, the end
 * of b. The same bounds hold, but what both begin and end with costs next to nothing. The caller frees it.
 */
size_t *lcs_kept(const slice_list *a, const slice_list *b);

#endif
