#include "writeups/merge.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/lcs.h"

size_t merge_lines(const char *text)
{
    slice_list lines = {0};
    slices_of_lines(text, &lines);
    size_t n = lines.n;
    array_free(&lines);
    return n;
}

void merge_finish(struct merge *merge)
{
    str_finish(&merge->text);
    array_free(&merge->theirs);
}

/* ---- what comes between lines that all have ---- */

struct stretch {
    const slice_list *lines;
    struct merge_lines at;
};

static bool are_same(const struct stretch *a, const struct stretch *b)
{
    if (a->at.to - a->at.from != b->at.to - b->at.from)
        return false;
    for (size_t i = 0; i < a->at.to - a->at.from; i++) {
        if (!slice_same(&a->lines->v[a->at.from + i], &b->lines->v[b->at.from + i]))
            return false;
    }
    return true;
}

static void add_stretch(const struct stretch *stretch, struct str *out)
{
    for (size_t i = stretch->at.from; i < stretch->at.to; i++) {
        str_addn(out, stretch->lines->v[i].p, stretch->lines->v[i].n);
        str_addc(out, '\n');
    }
}

static void add_changed(const struct stretch *base, const struct stretch *mine, const struct stretch *others,
                        struct merge *ret)
{
    bool take_others = are_same(base, mine);
    if (!take_others && !are_same(base, others) && !are_same(mine, others))
        *array_add(&ret->theirs) = others->at;
    add_stretch(take_others ? others : mine, &ret->text);
}

static void merge_lists(const slice_list *base, const slice_list *mine, const slice_list *others,
                        struct merge *ret)
{
    size_t *a = lcs_kept(base, mine), *b = lcs_kept(base, others);
    struct stretch of_base = {base, {0}}, of_mine = {mine, {0}}, of_others = {others, {0}};
    for (size_t i = 0; i <= base->n; i++) {
        if (a[i] == SIZE_MAX || b[i] == SIZE_MAX)
            continue;
        of_base.at.to = i, of_mine.at.to = a[i], of_others.at.to = b[i];
        add_changed(&of_base, &of_mine, &of_others, ret);
        if (i < base->n)
            add_stretch(&(struct stretch){base, {i, i + 1}}, &ret->text);
        of_base.at.from = i + 1, of_mine.at.from = a[i] + 1, of_others.at.from = b[i] + 1;
    }
    free(a);
    free(b);
}

void merge_texts(const char *base, const char *mine, const char *others, struct merge *ret)
{
    slice_list of_base = {0}, of_mine = {0}, of_others = {0};
    slices_of_lines(base, &of_base);
    slices_of_lines(mine, &of_mine);
    slices_of_lines(others, &of_others);
    *ret = (struct merge){0};
    merge_lists(&of_base, &of_mine, &of_others, ret);
    array_free(&of_base);
    array_free(&of_mine);
    array_free(&of_others);
}

void merge_quote(const char *text, const struct merge_lines *lines, struct str *out)
{
    slice_list all = {0};
    slices_of_lines(text, &all);
    add_stretch(&(struct stretch){&all, {lines->from, MIN(lines->to, all.n)}}, out);
    array_free(&all);
}
