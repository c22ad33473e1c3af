#include "writeups/merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/lcs.h"

/* A line is without what ends it. */
static void split(const char *text, slice_list *ret)
{
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = text + strcspn(text, "\n");
        size_t n = (size_t)(end - text);
        *array_add(ret) = (struct slice){text, n - (n && text[n - 1] == '\r')};
    }
}

size_t merge_lines(const char *text)
{
    slice_list lines = {0};
    split(text, &lines);
    size_t n = lines.n;
    array_free(&lines);
    return n;
}

/* ---- which lines of the base an edit still has ---- */

/* For each line of the base, and for its end: the line of the edit that it is; SIZE_MAX: it is gone. The caller frees. */
static size_t *kept_lines(const slice_list *base, const slice_list *edit)
{
    size_t *kept = xcalloc(base->n + 1, sizeof(*kept)), i = 0, j = 0, width = edit->n + 1;
    uint16_t *length = lcs_lengths(base, edit);
    while (i < base->n) {
        bool same = j < edit->n && slice_same(&base->v[i], &edit->v[j]);
        bool gone = j == edit->n || length[(i + 1) * width + j] >= length[i * width + j + 1];
        if (same || gone)
            kept[i++] = same ? j++ : SIZE_MAX;
        else
            j++;
    }
    kept[base->n] = edit->n;
    free(length);
    return kept;
}

/* ---- what comes between lines that all have ---- */

struct stretch {
    const slice_list *lines;
    size_t from, to;
};

static bool are_same(const struct stretch *a, const struct stretch *b)
{
    if (a->to - a->from != b->to - b->from)
        return false;
    for (size_t i = 0; i < a->to - a->from; i++) {
        if (!slice_same(&a->lines->v[a->from + i], &b->lines->v[b->from + i]))
            return false;
    }
    return true;
}

static void add_stretch(const struct stretch *stretch, struct str *out)
{
    for (size_t i = stretch->from; i < stretch->to; i++) {
        str_addn(out, stretch->lines->v[i].p, stretch->lines->v[i].n);
        str_addc(out, '\n');
    }
}

static bool add_changed(const struct stretch *base, const struct stretch *mine, const struct stretch *others,
                        struct str *out, struct str *theirs)
{
    bool take_others = are_same(base, mine);
    if (!take_others && !are_same(base, others) && !are_same(mine, others)) {
        add_stretch(others, theirs);
        return false;
    }
    add_stretch(take_others ? others : mine, out);
    return true;
}

static bool merge_lists(const slice_list *base, const slice_list *mine, const slice_list *others,
                        struct str *out, struct str *theirs)
{
    size_t *a = kept_lines(base, mine), *b = kept_lines(base, others);
    struct stretch of_base = {base, 0, 0}, of_mine = {mine, 0, 0}, of_others = {others, 0, 0};
    bool merged = true;
    for (size_t i = 0; merged && i <= base->n; i++) {
        if (a[i] == SIZE_MAX || b[i] == SIZE_MAX)
            continue;
        of_base.to = i, of_mine.to = a[i], of_others.to = b[i];
        merged = add_changed(&of_base, &of_mine, &of_others, out, theirs);
        if (i < base->n)
            add_stretch(&(struct stretch){base, i, i + 1}, out);
        of_base.from = i + 1, of_mine.from = a[i] + 1, of_others.from = b[i] + 1;
    }
    free(a);
    free(b);
    return merged;
}

bool merge_texts(const char *base, const char *mine, const char *others, struct str *out, struct str *theirs)
{
    slice_list of_base = {0}, of_mine = {0}, of_others = {0};
    split(base, &of_base);
    split(mine, &of_mine);
    split(others, &of_others);
    bool merged = merge_lists(&of_base, &of_mine, &of_others, out, theirs);
    array_free(&of_base);
    array_free(&of_mine);
    array_free(&of_others);
    return merged;
}
