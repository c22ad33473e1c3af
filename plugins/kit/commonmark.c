#include <tocsin/kit/commonmark.h>

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/commonmark_target.h"

#define DEPTH 24

/* What begins each line of a block: `first` on its first line, `rest` on the others. */
struct prefix {
    char first[24];
    const char *rest;
    bool used;
};

struct render {
    enum kit_target target;
    const struct kit_form *form;
    struct kit_text *out;
    size_t begin; /* of this text in out */
    struct prefix prefixes[DEPTH];
    int depth;            /* may be greater than DEPTH: then the rest is not indented */
    unsigned next[DEPTH]; /* number of the next item; 0: bullets */
    int lists;
    enum kit_code code;
    int in_link, in_strong;
    struct kit_text spans; /* those that are open, outermost first: an MD_SPANTYPE a byte */
    bool open;             /* something stands on this line */
    bool apart;            /* a blank line comes before the next block */
    bool is_url;           /* the link's text is followed by its address */
    bool is_time;          /* or it is shown as the reader's own time */
    size_t link_begin;
    struct kit_text url;
    const char *document; /* what is parsed */
    long literal;         /* where the latest ':' with a backslash before it stands in out; -1: nowhere */
};

static const char spaces[] = "                        ";

/* ---- lines ---- */

static void open_line(struct render *r)
{
    if (r->open)
        return;
    r->open = true;
    for (int i = 0; i < r->depth && i < DEPTH; i++) {
        struct prefix *prefix = &r->prefixes[i];
        kit_text_add(r->out, prefix->used ? prefix->rest : prefix->first);
        prefix->used = true;
    }
}

static void end_line(struct render *r)
{
    if (r->open)
        kit_text_addc(r->out, '\n');
    r->open = false;
}

static void begin_block(struct render *r)
{
    end_line(r);
    if (r->apart && r->out->n > r->begin) {
        for (int i = 0; i < r->depth && i < DEPTH && r->prefixes[i].used; i++) {
            if (*r->prefixes[i].rest != ' ')
                kit_text_add(r->out, r->prefixes[i].rest); /* a quote goes on */
        }
        kit_text_addc(r->out, '\n');
    }
    r->apart = false;
}

static void push(struct render *r, const char *first, const char *rest)
{
    if (r->depth < DEPTH) {
        struct prefix *prefix = &r->prefixes[r->depth];
        *prefix = (struct prefix){.rest = rest};
        snprintf(prefix->first, sizeof(prefix->first), "%s", first);
    }
    r->depth++;
}

static void pop(struct render *r)
{
    r->depth -= r->depth > 0;
}

/* ---- text ---- */

/* How a character is put. An emoji's name needs both of its colons as markup: one with a backslash is literal. */
static enum kit_code code_at(const struct render *r, const char *text, bool escaped)
{
    if (r->code != KIT_NO_CODE)
        return r->code;
    if (r->in_link)
        return KIT_ADDRESS;
    long begin = *text == ':' ? kit_emoji_begin(r->out) : -1;
    return escaped || (begin >= 0 && begin == r->literal) ? KIT_LITERAL : KIT_NO_CODE;
}

/* The parser begins a new text at a character with a backslash before it. */
static bool is_escaped(const struct render *r, const char *text)
{
    return text > r->document && text[-1] == '\\';
}

static void put(struct render *r, const char *text, size_t n, bool escaped)
{
    for (size_t at = 0; at < n;) {
        size_t length = 1;
        while (at + length < n && ((unsigned char)text[at + length] & 0xc0) == 0x80)
            length++;
        if (text[at] == '\n' && !r->form->html && !r->in_link) {
            open_line(r);
            end_line(r);
            kit_text_add(r->out, r->form->loose ? "\n" : "");
        } else if (text[at] == '\n' && r->in_link) {
            kit_text_addc(r->out, ' ');
        } else {
            if (!r->form->html)
                open_line(r);
            kit_put_character(r->target, text + at, length, code_at(r, text + at, escaped && at == 0), r->out);
            if (escaped && at == 0)
                r->literal = (long)r->out->n - 1;
        }
        at += length;
    }
}

static void mark(struct render *r, const char *text)
{
    if (!text || !*text)
        return;
    if (!r->form->html)
        open_line(r);
    if (r->form->wiki)
        kit_guard_jira(r->out);
    kit_text_add(r->out, text);
}

static void put_code_point(unsigned long c, struct kit_text *out)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(leads[n] | c);
    kit_put_clean(bytes, n, out); /* a control character or a surrogate is none */
}

/* "&amp;" as what it means; one that is not known stays as it is written. */
static void decode_entity(const char *text, size_t n, struct kit_text *out)
{
    static const struct {
        const char *name, *means;
    } known[] = {{"&amp;", "&"},   {"&lt;", "<"},        {"&gt;", ">"},          {"&quot;", "\""},
                 {"&apos;", "'"},  {"&nbsp;", "\u00a0"}, {"&hellip;", "\u2026"}, {"&mdash;", "\u2014"},
                 {"&ndash;", "–"}, {"&copy;", "©"},      {"&euro;", "€"},        {"&pound;", "£"}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) == n && memcmp(known[i].name, text, n) == 0) {
            kit_text_add(out, known[i].means);
            return;
        }
    }
    if (n < 4 || n > 12 || text[1] != '#') {
        kit_text_addn(out, text, n);
        return;
    }
    bool hex = text[2] == 'x' || text[2] == 'X';
    unsigned long c = strtoul(text + (hex ? 3 : 2), NULL, hex ? 16 : 10);
    if (c && c <= 0x10ffff)
        put_code_point(c, out);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *ctx)
{
    struct render *r = ctx;
    struct kit_text decoded = {0};
    switch (type) {
    case MD_TEXT_NULLCHAR:
        break;
    case MD_TEXT_BR:
        if (r->form->html)
            kit_text_add(r->out, "<br>");
        put(r, "\n", 1, false);
        break;
    case MD_TEXT_SOFTBR:
        put(r, "\n", 1, false);
        break;
    case MD_TEXT_ENTITY:
        decode_entity(text, n, &decoded);
        if (r->form->html && !r->in_link && decoded.n == 1 && *decoded.p == '\n')
            kit_text_add(r->out, "<br>"); /* "&#10;" is a newline that shows */
        put(r, kit_text_get(&decoded), decoded.n, false);
        kit_text_finish(&decoded);
        break;
    default:
        put(r, text, n, type == MD_TEXT_NORMAL && is_escaped(r, text));
        break;
    }
    return r->out->failed;
}

/* ---- links ---- */

static void read_attribute(const MD_ATTRIBUTE *attribute, struct kit_text *out)
{
    for (int i = 0; attribute->text && attribute->substr_offsets[i] < attribute->size; i++) {
        MD_OFFSET from = attribute->substr_offsets[i], to = attribute->substr_offsets[i + 1];
        if (attribute->substr_types[i] == MD_TEXT_ENTITY)
            decode_entity(attribute->text + from, to - from, out);
        else if (attribute->substr_types[i] == MD_TEXT_NORMAL)
            kit_text_addn(out, attribute->text + from, to - from);
    }
}

/* "time:1732438800", with no more digits than a clock needs. */
static bool is_time(const char *url)
{
    const char *digits = url + strlen("time:");
    size_t n = strncmp(url, "time:", strlen("time:")) == 0 ? strspn(digits, "0123456789") : 0;
    return n && n <= 12 && !digits[n];
}

static void enter_link(struct render *r, const MD_ATTRIBUTE *address)
{
    if (r->in_link++)
        return;
    kit_text_finish(&r->url);
    read_attribute(address, &r->url);
    r->is_url = kit_is_link(kit_text_get(&r->url)) && !r->url.failed;
    r->is_time = r->target == KIT_SLACK && is_time(kit_text_get(&r->url)) && !r->url.failed;
    mark(r, r->is_url ? r->form->link.open : NULL);
    if (!r->form->html)
        open_line(r);
    if (r->is_time)
        kit_text_addf(r->out, "<!date^%s^{date_short_pretty} {time}|", kit_text_get(&r->url) + strlen("time:"));
    if (r->is_url && (r->target == KIT_HTML || r->target == KIT_SLACK)) {
        kit_text_add(r->out, r->form->html ? "<a href=\"" : "<");
        kit_put_url(r->target, kit_text_get(&r->url), r->out);
        kit_text_add(r->out, r->form->html ? "\">" : "|");
    }
    r->link_begin = r->out->n;
}

/* A link's text cannot have a mark of its own: then the address follows it. */
static void put_wiki_link(struct render *r, const char *url)
{
    struct kit_text *out = r->out;
    struct kit_text same = {0}, text = {0};
    kit_escape(url, strlen(url), r->target, &same);
    kit_text_addn(&text, kit_text_get(out) + r->link_begin, out->n - r->link_begin);
    bool bare = !text.n || strcmp(kit_text_get(&text), kit_text_get(&same)) == 0;
    bool plain = !bare && !strpbrk(kit_text_get(&text), "\\[]|{}!\n");
    if (out->p && (bare || plain))
        out->p[out->n = r->link_begin] = '\0';
    kit_text_addf(out, bare ? "[" : plain ? "[%s|" : " ([", kit_text_get(&text));
    kit_put_url(r->target, url, out);
    kit_text_add(out, bare || plain ? "]" : "])");
    kit_text_finish(&same);
    kit_text_finish(&text);
}

static void leave_link(struct render *r)
{
    if (--r->in_link || !(r->is_url || r->is_time))
        return;
    if (r->is_time) {
        kit_text_add(r->out, r->out->n == r->link_begin ? "?>" : ">");
        return;
    }
    const char *url = kit_text_get(&r->url);
    bool empty = r->out->n == r->link_begin;
    if (r->form->wiki) {
        put_wiki_link(r, url);
        return;
    }
    if (r->target == KIT_TEAMS || r->target == KIT_GITHUB) {
        if (empty)
            kit_escape(url, r->url.n, r->target, r->out);
        mark(r, r->form->link.close);
        kit_put_url(r->target, url, r->out);
        kit_text_add(r->out, ")");
        return;
    }
    if (r->form->html || r->target == KIT_SLACK) {
        if (empty)
            kit_put_url(r->target, url, r->out);
        kit_text_add(r->out, r->form->html ? "</a>" : ">");
        return;
    }
    bool same = !empty && !r->out->failed && strcmp(r->out->p + r->link_begin, url) == 0;
    mark(r, r->form->link.close);
    if (same)
        return;
    kit_text_add(r->out, empty ? "" : " (");
    kit_put_url(r->target, url, r->out);
    kit_text_add(r->out, empty ? "" : ")");
}

/* ---- spans ---- */

static const struct kit_pair *pair_of(const struct render *r, MD_SPANTYPE type)
{
    static const struct kit_pair none = {"", ""};
    switch (type) {
    case MD_SPAN_EM:
        return &r->form->em;
    case MD_SPAN_STRONG:
        return &r->form->strong;
    case MD_SPAN_DEL:
        return &r->form->del;
    case MD_SPAN_CODE:
        return &r->form->code;
    default:
        return &none;
    }
}

/* Slack and Markdown show marks inside of a link's text, and marks for bold within bold, as they are. On IRC, in Markdown and in Jira
   a mark within its own kind would end it. */
static bool is_shown(const struct render *r, MD_SPANTYPE type)
{
    bool once =
        type == MD_SPAN_STRONG ? r->in_strong <= 1 : !r->spans.n || !memchr(r->spans.p, (char)type, r->spans.n);
    if (r->target == KIT_SLACK)
        return !r->in_link && (type != MD_SPAN_STRONG || once);
    if (r->target == KIT_TEAMS || r->target == KIT_GITHUB)
        return !r->in_link && once;
    return (r->target != KIT_IRC && !r->form->wiki) || once;
}

static void enter_span(struct render *r, MD_SPANTYPE type, const void *detail)
{
    if (type == MD_SPAN_CODE)
        r->code = KIT_CODE_SPAN;
    r->in_strong += type == MD_SPAN_STRONG;
    if (type == MD_SPAN_A)
        enter_link(r, &((const MD_SPAN_A_DETAIL *)detail)->href);
    else if (type == MD_SPAN_IMG)
        enter_link(r, &((const MD_SPAN_IMG_DETAIL *)detail)->src);
    else if (is_shown(r, type))
        mark(r, pair_of(r, type)->open);
}

static void leave_span(struct render *r, MD_SPANTYPE type)
{
    if (type == MD_SPAN_A || type == MD_SPAN_IMG)
        leave_link(r);
    else if (is_shown(r, type))
        mark(r, pair_of(r, type)->close);
    if (type == MD_SPAN_CODE)
        r->code = KIT_NO_CODE;
    r->in_strong -= type == MD_SPAN_STRONG;
}

/*
 * md4c leaves spans that it never entered, and enters some that it never leaves, where an address runs into emphasis:
 * "https://x.org*e*". So what is open is kept here, and closed in its order, whatever the parser says.
 */
static MD_SPANTYPE leave_last(struct render *r)
{
    MD_SPANTYPE type = (MD_SPANTYPE)r->spans.p[--r->spans.n];
    leave_span(r, type);
    return type;
}

static void leave_spans(struct render *r)
{
    while (r->spans.n)
        leave_last(r);
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct render *r = ctx;
    enter_span(r, type, detail);
    kit_text_addc(&r->spans, (char)type);
    return r->out->failed || r->spans.failed;
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct render *r = ctx;
    (void)detail;
    if (r->spans.n && memchr(r->spans.p, (char)type, r->spans.n)) {
        while (leave_last(r) != type)
            continue;
    }
    return r->out->failed;
}

/* ---- blocks as tags ---- */

static void put_tag(struct render *r, MD_BLOCKTYPE type, const void *detail, bool enter)
{
    static const struct kit_pair tags[] = {
        [MD_BLOCK_QUOTE] = {"<blockquote>\n", "</blockquote>\n"},
        [MD_BLOCK_UL] = {"<ul>\n", "</ul>\n"},
        [MD_BLOCK_LI] = {"<li>", "</li>\n"},
        [MD_BLOCK_HR] = {"<hr>\n", ""},
        [MD_BLOCK_CODE] = {"<pre><code>", "</code></pre>\n"},
        [MD_BLOCK_P] = {"<p>", "</p>\n"},
    };
    if (type == MD_BLOCK_H)
        kit_text_addf(r->out, enter ? "<h%u>" : "</h%u>\n", ((const MD_BLOCK_H_DETAIL *)detail)->level);
    else if (type == MD_BLOCK_OL && enter)
        kit_text_addf(r->out, "<ol start=\"%u\">\n", ((const MD_BLOCK_OL_DETAIL *)detail)->start);
    else if (type == MD_BLOCK_OL)
        kit_text_add(r->out, "</ol>\n");
    else if (type < sizeof(tags) / sizeof(tags[0]))
        kit_text_add(r->out, enter ? tags[type].open : tags[type].close);
}

/* ---- blocks as lines ---- */

/* "*# ": a numbered item in a list with bullets. */
static void enter_wiki_item(struct render *r)
{
    char first[24] = "";
    int n = r->lists < DEPTH - 2 ? r->lists : DEPTH - 2;
    for (int i = 0; i < n; i++)
        first[i] = r->next[i] ? '#' : '*';
    first[n] = ' ';
    push(r, first, "");
}

static void enter_item(struct render *r)
{
    char first[24];
    unsigned *next = r->lists > 0 && r->lists <= DEPTH ? &r->next[r->lists - 1] : NULL;
    end_line(r);
    r->apart = false;
    if (r->form->wiki) {
        enter_wiki_item(r);
        return;
    }
    if (next && *next)
        snprintf(first, sizeof(first), "%u. ", (*next)++);
    else
        snprintf(first, sizeof(first), "%s", r->form->bullet);
    size_t width = next && *next ? strlen(first) : 2;
    push(r, first, spaces + sizeof(spaces) - 1 - width);
}

static void enter_list(struct render *r, unsigned start)
{
    if (!r->lists)
        begin_block(r);
    if (r->lists < DEPTH)
        r->next[r->lists] = start;
    r->lists++;
}

static void enter_code(struct render *r)
{
    begin_block(r);
    r->code = KIT_CODE_BLOCK;
    if (r->form->block.open) {
        mark(r, r->form->block.open);
        end_line(r);
    } else {
        push(r, "    ", "    ");
        kit_text_add(r->out, r->form->code.open);
    }
}

static void leave_code(struct render *r)
{
    end_line(r);
    r->code = KIT_NO_CODE;
    if (r->form->block.open) {
        mark(r, r->form->block.close);
        end_line(r);
    } else {
        pop(r);
        kit_text_add(r->out, r->form->code.close);
    }
    r->apart = true;
}

static void enter_lines(struct render *r, MD_BLOCKTYPE type, const void *detail)
{
    switch (type) {
    case MD_BLOCK_QUOTE:
        begin_block(r);
        push(r, r->form->quote, r->form->quote);
        break;
    case MD_BLOCK_UL:
        enter_list(r, 0);
        break;
    case MD_BLOCK_OL:
        enter_list(r, ((const MD_BLOCK_OL_DETAIL *)detail)->start);
        break;
    case MD_BLOCK_LI:
        enter_item(r);
        break;
    case MD_BLOCK_HR:
        begin_block(r);
        mark(r, r->form->rule);
        break;
    case MD_BLOCK_H:
        begin_block(r);
        mark(r, r->form->heading.open);
        r->in_strong++;
        break;
    case MD_BLOCK_CODE:
        enter_code(r);
        break;
    case MD_BLOCK_P:
        begin_block(r);
        break;
    default:
        break;
    }
}

static void leave_lines(struct render *r, MD_BLOCKTYPE type)
{
    if (type == MD_BLOCK_H) {
        r->in_strong--;
        mark(r, r->form->heading.close);
    } else if (type == MD_BLOCK_CODE) {
        leave_code(r);
    } else if (type == MD_BLOCK_LI) {
        if (r->depth > 0 && r->depth <= DEPTH && !r->prefixes[r->depth - 1].used)
            open_line(r); /* an empty item has its bullet too */
        end_line(r);
        pop(r);
    } else if (type == MD_BLOCK_QUOTE) {
        end_line(r);
        pop(r);
    } else if (type == MD_BLOCK_UL || type == MD_BLOCK_OL) {
        r->lists--;
    }
    end_line(r);
    r->apart = r->apart || type == MD_BLOCK_P || type == MD_BLOCK_H || type == MD_BLOCK_HR ||
               type == MD_BLOCK_QUOTE || ((type == MD_BLOCK_UL || type == MD_BLOCK_OL) && !r->lists);
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct render *r = ctx;
    leave_spans(r);
    if (r->form->html)
        put_tag(r, type, detail, true);
    else
        enter_lines(r, type, detail);
    return r->out->failed;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct render *r = ctx;
    leave_spans(r);
    if (r->form->html)
        put_tag(r, type, detail, false);
    else
        leave_lines(r, type);
    return r->out->failed;
}

/* ---- whole texts ---- */

bool kit_commonmark(const char *text, size_t n, enum kit_target target, struct kit_text *out)
{
    static const MD_PARSER parser = {.flags = MD_FLAG_NOHTML | MD_FLAG_STRIKETHROUGH |
                                              MD_FLAG_PERMISSIVEURLAUTOLINKS,
                                     .enter_block = on_enter_block,
                                     .leave_block = on_leave_block,
                                     .enter_span = on_enter_span,
                                     .leave_span = on_leave_span,
                                     .text = on_text};
    struct render r = {.target = target, .form = &kit_forms[target], .out = out, .begin = out->n};
    struct kit_text clean = {0};
    kit_put_clean(text, kit_utf8_cut(text, n, KIT_COMMONMARK_MOST), &clean);
    r.literal = -1;
    if (n > KIT_COMMONMARK_MOST)
        kit_text_add(&clean, "…");
    r.document = kit_text_get(&clean);
    if (md_parse(r.document, (MD_SIZE)clean.n, &parser, &r) || clean.failed)
        out->failed = true;
    while (!out->failed && out->n > r.begin && out->p[out->n - 1] == '\n')
        out->p[--out->n] = '\0';
    kit_text_finish(&r.url);
    kit_text_finish(&r.spans);
    kit_text_finish(&clean);
    return !out->failed;
}

bool kit_escape(const char *text, size_t n, enum kit_target target, struct kit_text *out)
{
    struct kit_text clean = {0};
    kit_put_clean(text, n, &clean);
    for (size_t i = 0; i < clean.n; i++)
        kit_put_character(target, clean.p + i, 1, KIT_LITERAL, out);
    out->failed = out->failed || clean.failed;
    kit_text_finish(&clean);
    return !out->failed;
}

bool kit_irc_plain(const char *text, struct kit_text *out)
{
    for (const char *end; *text; text = end) {
        int colour = 0; /* bytes of its digits, and of those for what is behind the text */
        end = strchrnul(text, '\x03');
        kit_escape(text, (size_t)(end - text), KIT_PLAIN, out);
        if (*end && sscanf(++end, "%*2[0-9]%n,%*2[0-9]%n", &colour, &colour) != EOF)
            end += colour;
    }
    return !out->failed;
}
