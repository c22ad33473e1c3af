#include "writeups/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "comms/diff.h"

#define BESIDE 2 /* lines that are as they were, before and behind a change */

struct comparing {
    slice_list before, after;
    change_take *on;
    void *ctx;
};

static void tell(const struct comparing *c, enum change change, const struct slice *line)
{
    CLEANUP_FREE char *text = xstrndup(line->p, line->n);
    c->on(c->ctx, change, text);
}

static void tell_words(const struct comparing *c, const struct slice *before, const struct slice *after)
{
    CLEANUP_FREE char *was = xstrndup(before->p, before->n), *is = xstrndup(after->p, after->n);
    CLEANUP_STR struct str words = {0};
    diff_words(was, is, &words);
    c->on(c->ctx, CHANGE_WORDS, str_text(&words));
}

static bool has_words(const struct slice *line)
{
    for (size_t i = 0; i < line->n; i++) {
        if (!strchr(" \t", line->p[i]))
            return true;
    }
    return false;
}

/* Lines between two that are as they were. Where as many came as went, each stands in the place of one. */
static void tell_changed(const struct comparing *c, size_t i, size_t gone, size_t j, size_t added)
{
    bool pairs = gone == added;
    for (size_t n = 0; n < gone; n++) {
        const struct slice *was = &c->before.v[i + n], *is = pairs ? &c->after.v[j + n] : NULL;
        if (is && has_words(was) && has_words(is)) {
            tell_words(c, was, is);
            continue;
        }
        tell(c, CHANGE_GONE, was);
        if (is)
            tell(c, CHANGE_ADDED, is);
    }
    for (size_t n = 0; !pairs && n < added; n++)
        tell(c, CHANGE_ADDED, &c->after.v[j + n]);
}

static void tell_same(const struct comparing *c, size_t from, size_t to, bool first, bool last)
{
    size_t n = to - from, head = first ? 0 : MIN(n, (size_t)BESIDE),
           tail = last ? 0 : MIN(n - head, (size_t)BESIDE);
    for (size_t i = 0; i < head; i++)
        tell(c, CHANGE_NONE, &c->before.v[from + i]);
    if (n > head + tail) {
        CLEANUP_FREE char *skipped = xasprintf("%zu", n - head - tail);
        c->on(c->ctx, CHANGE_SKIPPED, skipped);
    }
    for (size_t i = to - tail; i < to; i++)
        tell(c, CHANGE_NONE, &c->before.v[i]);
}

static void compare(const struct comparing *c)
{
    size_t *kept = lcs_kept(&c->before, &c->after), n = c->before.n, i = 0, j = 0;
    while (i < n || j < c->after.n) {
        size_t same = i, gone;
        while (i < n && kept[i] == j)
            i++, j++;
        tell_same(c, same, i, same == 0, i == n && j == c->after.n);
        for (gone = i; i < n && kept[i] == SIZE_MAX; i++)
            ;
        tell_changed(c, gone, i - gone, j, kept[i] - j);
        j = kept[i];
    }
    free(kept);
}

void changes_each(const char *before, const char *after, change_take *on, void *ctx)
{
    struct comparing c = {.on = on, .ctx = ctx};
    slices_of_lines(before, &c.before);
    slices_of_lines(after, &c.after);
    compare(&c);
    array_free(&c.before);
    array_free(&c.after);
}
