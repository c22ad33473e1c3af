#include "template/words.h"

#include <md4c.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/moment.h"
#include "template/literal.h"

struct writing {
    struct str *out;
    ARRAY(struct open_span { /* outermost first */
                             MD_SPANTYPE type;
                             const char *close;
    })
    open;
};

bool words_is_link(const char *url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};
    for (size_t i = 0; url && i < ARRAY_SIZE(schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (strncasecmp(url, schemes[i], n) == 0 && url[n])
            return true;
    }
    return false;
}

static void add(struct str *out, const char *text, size_t n)
{
    CLEANUP_FREE char *copy = xstrndup(text, n);
    literal_add(out, copy);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *ctx)
{
    struct str *out = ((struct writing *)ctx)->out;
    if (type == MD_TEXT_BR)
        str_add(out, "<br>\n");
    else if (type == MD_TEXT_SOFTBR)
        str_addc(out, '\n');
    else if (type == MD_TEXT_ENTITY)
        str_addn(out, text, n); /* one that is well-formed */
    else if (type != MD_TEXT_NULLCHAR)
        add(out, text, n);
    return 0;
}

/* ---- spans ---- */

/* Opens a link, and says what closes it: nothing, where the address is none that a page links to. */
static const char *open_link(struct str *out, const MD_ATTRIBUTE *address)
{
    CLEANUP_FREE char *url = xstrndup(address->text ? address->text : "", address->size);
    if (!words_is_link(url))
        return "";
    str_add(out, "<a href=\"");
    for (int i = 0; address->substr_offsets[i] < address->size; i++) {
        const char *from = address->text + address->substr_offsets[i];
        size_t n = address->substr_offsets[i + 1] - address->substr_offsets[i];
        if (address->substr_types[i] == MD_TEXT_ENTITY)
            str_addn(out, from, n);
        else
            add(out, from, n);
    }
    str_add(out, "\">");
    return "</a>";
}

static bool in_link(const struct writing *writing)
{
    for (size_t i = 0; i < writing->open.n; i++) {
        if (writing->open.v[i].type == MD_SPAN_A || writing->open.v[i].type == MD_SPAN_IMG)
            return true;
    }
    return false;
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    static const char *const tags[][2] = {
        [MD_SPAN_EM] = {"<em>", "</em>"},
        [MD_SPAN_STRONG] = {"<strong>", "</strong>"},
        [MD_SPAN_CODE] = {"<code>", "</code>"},
        [MD_SPAN_DEL] = {"<del>", "</del>"},
    };
    struct writing *writing = ctx;
    const char *close = "";
    if (type == MD_SPAN_A || type == MD_SPAN_IMG) {
        const MD_ATTRIBUTE *address =
            type == MD_SPAN_A ? &((MD_SPAN_A_DETAIL *)detail)->href : &((MD_SPAN_IMG_DETAIL *)detail)->src;
        close = in_link(writing) ? "" : open_link(writing->out, address);
    } else if (type < ARRAY_SIZE(tags) && tags[type][0]) {
        str_add(writing->out, tags[type][0]);
        close = tags[type][1];
    }
    *array_add(&writing->open) = (struct open_span){type, close};
    return 0;
}

static MD_SPANTYPE close_last(struct writing *writing)
{
    struct open_span last = writing->open.v[--writing->open.n];
    str_add(writing->out, last.close);
    return last.type;
}

/* md4c may leave a span that it never entered, where an address runs into emphasis, or never leave one. */
static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct writing *writing = ctx;
    (void)detail;
    size_t i = writing->open.n;
    while (i && writing->open.v[i - 1].type != type)
        i--;
    while (i && close_last(writing) != type)
        continue;
    return 0;
}

/* ---- blocks ---- */

static void add_block(struct writing *writing, MD_BLOCKTYPE type, const void *detail, int end)
{
    static const char *const tags[][2] = {
        [MD_BLOCK_QUOTE] = {"<blockquote>\n", "</blockquote>\n"},
        [MD_BLOCK_UL] = {"<ul>\n", "</ul>\n"},
        [MD_BLOCK_OL] = {NULL, "</ol>\n"},
        [MD_BLOCK_LI] = {"<li>", "</li>\n"},
        [MD_BLOCK_HR] = {"<hr>\n", ""},
        [MD_BLOCK_H] = {"<p><strong>", "</strong></p>\n"},
        [MD_BLOCK_CODE] = {"<pre><code>", "</code></pre>\n"},
        [MD_BLOCK_P] = {"<p>", "</p>\n"},
    };
    while (writing->open.n)
        close_last(writing);
    if (type == MD_BLOCK_OL && !end)
        str_addf(writing->out, "<ol start=\"%u\">\n", ((const MD_BLOCK_OL_DETAIL *)detail)->start);
    else if (type < ARRAY_SIZE(tags))
        str_add(writing->out, tags[type][end]);
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    add_block(ctx, type, detail, 0);
    return 0;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    add_block(ctx, type, detail, 1);
    return 0;
}

void words_html(const char *commonmark, struct str *out)
{
    static const MD_PARSER parser = {.flags = MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS |
                                              MD_FLAG_STRIKETHROUGH,
                                     .enter_block = on_enter_block,
                                     .leave_block = on_leave_block,
                                     .enter_span = on_enter_span,
                                     .leave_span = on_leave_span,
                                     .text = on_text};
    CLEANUP_FREE char *tame = literal_tame(commonmark);
    struct writing writing = {.out = out};
    moments_off(tame);
    md_parse(tame, (MD_SIZE)strlen(tame), &parser, &writing);
    array_free(&writing.open);
}
