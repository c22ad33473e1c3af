/* The HTML that comes with a message -> CommonMark. Pure. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/commonmark.h>

#include "formatted.h"
#include "text.h"

#define DEPTH     8   /* spans and lists; deeper ones are read without their meaning */
#define TAG_BYTES 600 /* of a tag; what follows in a longer one is ignored */
#define FENCE     "```"

enum kind { SPAN, BLOCK, QUOTE, LIST, ITEM, PRE, LINK, MENTION, BREAK, EMOJI };

static const struct tag {
    const char *name;
    enum kind kind;
    const char *mark; /* of a span */
} tags[] = {
    {"strong", SPAN, "**"}, {"b", SPAN, "**"},       {"em", SPAN, "*"},           {"i", SPAN, "*"},
    {"s", SPAN, "~~"},      {"strike", SPAN, "~~"},  {"del", SPAN, "~~"},         {"code", SPAN, "`"},
    {"p", BLOCK, NULL},     {"div", BLOCK, NULL},    {"h1", BLOCK, NULL},         {"h2", BLOCK, NULL},
    {"h3", BLOCK, NULL},    {"tr", BLOCK, NULL},     {"blockquote", QUOTE, NULL}, {"ul", LIST, NULL},
    {"ol", LIST, NULL},     {"li", ITEM, NULL},      {"pre", PRE, NULL},          {"codeblock", PRE, NULL},
    {"a", LINK, NULL},      {"span", MENTION, NULL}, {"br", BREAK, NULL},         {"img", EMOJI, NULL},
};

struct span {
    const char *mark;
    bool written; /* its mark stands before its first word */
};

struct reader {
    struct kit_text *out;
    const cJSON *activity;
    struct span spans[DEPTH];
    int numbers[DEPTH]; /* of lists: the next item; 0: bullets */
    int n_spans, lists, quotes, pre, mentions;
    bool any;   /* something was formatted */
    bool line;  /* something stands on this line */
    bool space; /* before the next word */
    bool item;  /* the line begins an item */
    bool blank; /* a blank line comes before the next word */
    bool muted; /* inside of a mention, whose text is a name */
    struct kit_text url;
};

/* ---- lines ---- */

static bool in_code(const struct reader *r)
{
    for (int i = 0; i < r->n_spans; i++) {
        if (*r->spans[i].mark == '`')
            return true;
    }
    return r->pre > 0;
}

static void put_indent(struct reader *r)
{
    for (int i = 0; i < r->quotes && i < DEPTH; i++)
        kit_text_add(r->out, "> ");
    for (int i = 1; i < r->lists && i < DEPTH; i++)
        kit_text_add(r->out, "   ");
    if (!r->lists || r->lists > DEPTH)
        return;
    int *number = &r->numbers[r->lists - 1];
    if (r->item && *number)
        kit_text_addf(r->out, "%d. ", (*number)++);
    else
        kit_text_add(r->out, r->item ? "- " : "   ");
    r->item = false;
}

static void begin_line(struct reader *r)
{
    if (r->line)
        return;
    if (r->blank && r->out->n && !r->pre)
        kit_text_add(r->out, "\n");
    put_indent(r);
    r->line = true;
    r->blank = r->space = false;
}

/* Marks end with their line, and begin anew on the next one. */
static void close_spans(struct reader *r)
{
    for (int i = r->n_spans; i-- > 0;) {
        if (r->spans[i].written)
            kit_text_add(r->out, r->spans[i].mark);
        r->spans[i].written = false;
    }
}

static void end_line(struct reader *r, bool blank)
{
    if (r->line) {
        close_spans(r);
        kit_text_add(r->out, "\n");
    }
    r->line = false;
    r->blank = r->blank || blank;
}

/* ---- words ---- */

static void begin_word(struct reader *r)
{
    begin_line(r);
    if (r->space)
        kit_text_add(r->out, " ");
    r->space = false;
    for (int i = 0; i < r->n_spans; i++) {
        if (!r->spans[i].written)
            kit_text_add(r->out, r->spans[i].mark);
        r->spans[i].written = true;
    }
}

static void put_character(struct reader *r, char c)
{
    bool space = isspace((unsigned char)c);
    if (r->muted)
        return;
    if (r->pre && c == '\n') {
        begin_line(r);
        end_line(r, false);
    } else if (space && !r->pre) {
        r->space = r->line;
    } else if (in_code(r)) {
        begin_word(r);
        kit_text_addc(r->out, c == '`' ? '\'' : c); /* it would end the code */
    } else {
        begin_word(r);
        kit_text_add(r->out, c > 0 && ispunct((unsigned char)c) ? "\\" : "");
        kit_text_addc(r->out, c);
    }
}

static void put_text(struct reader *r, const char *text, size_t n)
{
    struct kit_text plain = {0};
    teams_decode(text, n, &plain);
    for (size_t i = 0; i < plain.n; i++)
        put_character(r, plain.p[i]);
    kit_text_finish(&plain);
}

/* ---- tags ---- */

/* An attribute of a tag, decoded; "" if there is none. */
static void read_attribute(const char *tag, const char *name, struct kit_text *out)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), " %s=\"", name);
    const char *at = strcasestr(tag, wanted), *end = at ? strchr(at + strlen(wanted), '"') : NULL;
    if (end)
        teams_decode(at + strlen(wanted), (size_t)(end - at) - strlen(wanted), out);
}

static void enter_span(struct reader *r, const char *mark)
{
    if (r->n_spans < DEPTH && !in_code(r))
        r->spans[r->n_spans++] = (struct span){mark, false};
    r->any = true;
}

static void leave_span(struct reader *r, const char *mark)
{
    int i = r->n_spans;
    while (i-- > 0 && strcmp(r->spans[i].mark, mark) != 0)
        continue;
    if (i < 0)
        return;
    while (r->n_spans > i) {
        const struct span *last = &r->spans[--r->n_spans];
        kit_text_add(r->out, last->written ? last->mark : "");
    }
}

static void enter_link(struct reader *r, const char *tag)
{
    kit_text_finish(&r->url);
    read_attribute(tag, "href", &r->url);
    if (!kit_is_link(kit_text_get(&r->url)) || strpbrk(r->url.p, "<>() \n\\") || in_code(r))
        kit_text_finish(&r->url);
    if (!r->url.n)
        return;
    begin_word(r);
    kit_text_add(r->out, "[");
    r->any = true;
}

static void leave_link(struct reader *r)
{
    if (r->url.n && r->line)
        kit_text_addf(r->out, "](%s)", kit_text_get(&r->url));
    kit_text_finish(&r->url);
}

/* The n-th one in the HTML is the n-th entity. */
static void put_mention(struct reader *r)
{
    const cJSON *entity;
    int n = r->mentions++;
    const char *us = kit_json_text(kit_json_member(r->activity, "recipient"), "id");
    cJSON_ArrayForEach(entity, kit_json_member(r->activity, "entities"))
    {
        const char *id = kit_json_text(kit_json_member(entity, "mentioned"), "id");
        if (strcmp(kit_json_text(entity, "type"), "mention") != 0 || n-- > 0)
            continue;
        if (*id && !strpbrk(id, "<>|\n") && strcmp(id, us) != 0) {
            begin_word(r);
            kit_text_addf(r->out, "<@%s>", id);
        }
        break;
    }
}

static void put_emoji(struct reader *r, const char *tag)
{
    struct kit_text alt = {0};
    read_attribute(tag, "alt", &alt);
    for (size_t i = 0; i < alt.n && !r->muted; i++)
        put_character(r, alt.p[i]);
    kit_text_finish(&alt);
}

static void take_list(struct reader *r, const char *name, bool enter)
{
    end_line(r, !r->lists);
    if (enter && r->lists < DEPTH)
        r->numbers[r->lists] = *name == 'o';
    r->lists += enter ? 1 : r->lists > 0 ? -1 : 0;
    r->blank = r->blank || !r->lists;
    r->any = true;
}

static void take_pre(struct reader *r, bool enter)
{
    end_line(r, true);
    if (enter == (r->pre > 0)) /* within another one */
        return;
    r->pre += enter ? 1 : -1;
    if (r->blank && r->out->n && enter)
        kit_text_add(r->out, "\n");
    put_indent(r);
    kit_text_add(r->out, FENCE "\n");
    r->any = true;
}

static void take_block(struct reader *r, const struct tag *tag, bool enter)
{
    end_line(r, tag->kind == QUOTE || (tag->kind == BLOCK && !r->lists));
    if (tag->kind == QUOTE) {
        r->quotes += enter ? 1 : r->quotes > 0 ? -1 : 0;
        r->any = true;
    }
    r->item = r->item || (tag->kind == ITEM && enter);
}

static void take_tag(struct reader *r, const struct tag *tag, const char *text, bool enter)
{
    bool mention = tag->kind == MENTION && strstr(text, "schema.skype.com/Mention");
    switch (tag->kind) {
    case SPAN:
        (enter ? enter_span : leave_span)(r, tag->mark);
        break;
    case LIST:
        take_list(r, tag->name, enter);
        break;
    case PRE:
        take_pre(r, enter);
        break;
    case LINK:
        enter ? enter_link(r, text) : leave_link(r);
        break;
    case MENTION:
        if (mention && enter)
            put_mention(r);
        r->muted = mention && enter;
        break;
    case EMOJI:
        put_emoji(r, text);
        break;
    case BREAK:
        end_line(r, false);
        break;
    default:
        take_block(r, tag, enter);
    }
}

static void read_tag(struct reader *r, const char *p, size_t n)
{
    char text[TAG_BYTES];
    bool enter = *p != '/';
    snprintf(text, sizeof(text), "%.*s", (int)(n < TAG_BYTES ? n : TAG_BYTES - 1), p + !enter);
    size_t name = strcspn(text, " \t\n/>");
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        if (strlen(tags[i].name) == name && strncasecmp(tags[i].name, text, name) == 0)
            take_tag(r, &tags[i], text, enter);
    }
}

/* ---- the whole ---- */

static const char *html_of(const cJSON *activity)
{
    const cJSON *attachment;
    cJSON_ArrayForEach(attachment, kit_json_member(activity, "attachments"))
    {
        if (strcmp(kit_json_text(attachment, "contentType"), "text/html") == 0)
            return kit_json_text(attachment, "content");
    }
    return "";
}

bool teams_formatted(const cJSON *activity, struct kit_text *out)
{
    struct reader r = {.out = out, .activity = activity};
    for (const char *p = html_of(activity); *p;) {
        bool tag = *p == '<' && (p[1] == '/' || isalpha((unsigned char)p[1]));
        const char *end = tag ? strchr(p, '>') : NULL;
        size_t n = end ? (size_t)(end - p) + 1 : *p == '<' ? 1 : strcspn(p, "<");
        if (end)
            read_tag(&r, p + 1, n - 2);
        else
            put_text(&r, p, n);
        p += n;
    }
    if (r.pre)
        take_pre(&r, false);
    close_spans(&r);
    while (out->n && out->p[out->n - 1] == '\n')
        out->p[--out->n] = '\0';
    kit_text_finish(&r.url);
    return r.any && out->n;
}
