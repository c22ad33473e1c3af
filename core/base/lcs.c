#include "base/lcs.h"

#include <string.h>

bool slice_same(const struct slice *a, const struct slice *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

uint16_t *lcs_lengths(const slice_list *a, const slice_list *b)
{
    size_t width = b->n + 1;
    uint16_t *length = xcalloc((a->n + 1) * width, sizeof(*length));
    for (size_t i = a->n; i-- > 0;) {
        for (size_t j = b->n; j-- > 0;)
            length[i * width + j] = slice_same(&a->v[i], &b->v[j])
                                        ? (uint16_t)(length[(i + 1) * width + j + 1] + 1)
                                        : MAX(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
    return length;
}
