#include "base/lcs.h"

#include <string.h>

bool slice_same(const struct slice *a, const struct slice *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

void slices_of_lines(const char *text, slice_list *ret)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        size_t n = (size_t)(end - text);
        *array_add(ret) = (struct slice){text, n - (n && text[n - 1] == '\r')};
    }
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

/* Of what is between the head and the tail that both have. */
static void keep_between(const slice_list *a, const slice_list *b, size_t head, size_t tail, size_t *kept)
{
    slice_list x = {.v = a->v + head, .n = a->n - head - tail}, y = {.v = b->v + head, .n = b->n - head - tail};
    size_t i = 0, j = 0, width = y.n + 1;
    uint16_t *length = lcs_lengths(&x, &y);
    while (i < x.n) {
        bool same = j < y.n && slice_same(&x.v[i], &y.v[j]);
        bool gone = j == y.n || length[(i + 1) * width + j] >= length[i * width + j + 1];
        if (same || gone)
            kept[head + i++] = same ? head + j++ : SIZE_MAX;
        else
            j++;
    }
    free(length);
}

size_t *lcs_kept(const slice_list *a, const slice_list *b)
{
    size_t *kept = xmalloc((a->n + 1) * sizeof(*kept)), most = MIN(a->n, b->n), head = 0, tail = 0;
    for (; head < most && slice_same(&a->v[head], &b->v[head]); head++)
        kept[head] = head;
    for (; tail < most - head && slice_same(&a->v[a->n - 1 - tail], &b->v[b->n - 1 - tail]); tail++)
        kept[a->n - 1 - tail] = b->n - 1 - tail;
    for (size_t i = head; i < a->n - tail; i++)
        kept[i] = SIZE_MAX;
    if (a->n > head + tail && b->n > head + tail)
        keep_between(a, b, head, tail, kept);
    kept[a->n] = b->n;
    return kept;
}
