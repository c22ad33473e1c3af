#include "comms/diff.h"

#include <string.h>

#include "base/lcs.h"
#include "base/markup.h"

#define WORDS_MOST 400 /* of a text that is compared word by word */
#define CONTEXT    4   /* unchanged words that are shown beside a change */

static void split(const char *text, slice_list *words)
{
    for (const char *p = text + strspn(text, " \t\n"); *p; p += strspn(p, " \t\n")) {
        size_t n = strcspn(p, " \t\n");
        *array_add(words) = (struct slice){p, n};
        p += n;
    }
}

static void write_words(const struct slice *words, size_t n, const char *mark, struct str *out)
{
    if (!n)
        return;
    if (out->len)
        str_addc(out, ' ');
    CLEANUP_STR struct str text = {0};
    for (size_t i = 0; i < n; i++) {
        str_add(&text, i ? " " : "");
        str_addn(&text, words[i].p, words[i].n);
    }
    str_add(out, mark);
    text_literal(str_text(&text), out);
    str_add(out, mark);
}

/* Unchanged words: a few beside each change, "…" for the rest. */
static void write_kept(const struct slice *words, size_t n, bool first, bool last, struct str *out)
{
    size_t head = first ? 0 : MIN(n, (size_t)CONTEXT), tail = last ? 0 : MIN(n - head, (size_t)CONTEXT);
    write_words(words, head, "", out);
    if (n > head + tail)
        str_add(out, out->len ? " …" : "…");
    write_words(words + n - tail, tail, "", out);
}

static void compare(const slice_list *a, const slice_list *b, struct str *out)
{
    CLEANUP_FREE uint16_t *length = lcs_lengths(a, b);
    size_t width = b->n + 1, i = 0, j = 0;
    while (i < a->n || j < b->n) {
        size_t kept = i, gone, added;
        while (i < a->n && j < b->n && slice_same(&a->v[i], &b->v[j]))
            i++, j++;
        write_kept(&a->v[kept], i - kept, kept == 0, i == a->n && j == b->n, out);
        gone = i;
        added = j;
        while ((i < a->n || j < b->n) && !(i < a->n && j < b->n && slice_same(&a->v[i], &b->v[j]))) {
            if (j == b->n || (i < a->n && length[(i + 1) * width + j] >= length[i * width + j + 1]))
                i++;
            else
                j++;
        }
        write_words(&a->v[gone], i - gone, "~~", out);
        write_words(&b->v[added], j - added, "**", out);
    }
}

void diff_words(const char *before, const char *after, struct str *out)
{
    slice_list a = {0}, b = {0};
    CLEANUP_STR struct str text = {0};
    split(before, &a);
    split(after, &b);
    if (a.n <= WORDS_MOST && b.n <= WORDS_MOST) {
        compare(&a, &b, &text);
    } else {
        write_words(a.v, MIN(a.n, (size_t)WORDS_MOST), "~~", &text);
        write_words(b.v, MIN(b.n, (size_t)WORDS_MOST), "**", &text);
    }
    str_add(out, str_text(&text));
    array_free(&a);
    array_free(&b);
}
