#include <tocsin/kit/quote.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/text.h>

#include "entity.h"

#define DEPTH     256 /* deeper elements are taken as they come, without their meaning */
#define TAG_BYTES 1500

enum meaning {
    PLAIN,
    BLOCK,     /* begins a line */
    QUOTE,     /* its lines are somebody else's */
    HIDDEN,    /* its text is not text */
    SIGNATURE, /* of the writer; as good as hidden */
};

struct element {
    char name[16];
    enum meaning meaning;
};

struct reader {
    struct kit_text out;
    struct element open[DEPTH];
    size_t depth;
    size_t quotes, hidden; /* among the open ones */
    bool in_line;          /* something stands on the line at hand */
    bool space;            /* a space is owed before the next word */
    size_t blank;          /* line ends since the last word */
    size_t pre;
};

/* ---- writing ---- */

static void end_line(struct reader *r)
{
    r->space = false;
    r->in_line = false;
    if (r->out.n && r->blank < 2) {
        kit_text_addc(&r->out, '\n');
        r->blank++;
    }
}

static void begin_line(struct reader *r)
{
    if (!r->in_line && r->blank == 0 && r->out.n)
        end_line(r);
    if (!r->in_line)
        kit_text_add(&r->out, r->quotes ? "> " : "");
    r->in_line = true;
}

static void break_line(struct reader *r)
{
    if (r->in_line)
        end_line(r);
}

static void add(struct reader *r, const char *text, size_t n)
{
    if (r->hidden || !n)
        return;
    begin_line(r);
    if (r->space)
        kit_text_addc(&r->out, ' ');
    r->space = false;
    r->blank = 0;
    kit_text_addn(&r->out, text, n);
}

static void history(struct reader *r)
{
    if (r->hidden)
        return;
    break_line(r);
    add(r, KIT_HISTORY, strlen(KIT_HISTORY));
    end_line(r);
}

/* ---- tags ---- */

struct tag {
    char name[16];
    const char *attributes; /* lower case, terminated */
    bool closing, empty;
};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

static bool has(const struct tag *tag, const char *what)
{
    return strstr(tag->attributes, what) != NULL;
}

/* Outlook's line above the header of the quoted mail: a border on top, in one of its two colours. */
static bool is_outlook_border(const struct tag *tag)
{
    return has(tag, "border-top:solid #e1e1e1") || has(tag, "border-top: solid #e1e1e1") ||
           has(tag, "border-top:solid #b5c4df") || has(tag, "border-top: solid #b5c4df");
}

static bool begins_history(const struct tag *tag)
{
    static const char *const marks[] = {"divrplyfwdmsg",        "appendonsend",
                                        "olk_src_body_section", "mail-editor-reference-message-container",
                                        "__divider__",          NULL};
    for (size_t i = 0; marks[i]; i++) {
        if (has(tag, marks[i]))
            return true;
    }
    return strcmp(tag->name, "div") == 0 && is_outlook_border(tag);
}

static bool is_signature(const struct tag *tag)
{
    static const char *const marks[] = {"gmail_signature",
                                        "applemailsignature",
                                        "ms-outlook-mobile-signature",
                                        "moz-signature",
                                        "protonmail_signature_block",
                                        "front-signature",
                                        "messagesignaturesection",
                                        NULL};
    for (size_t i = 0; marks[i]; i++) {
        if (has(tag, marks[i]))
            return true;
    }
    return false;
}

static bool is_quote(const struct tag *tag)
{
    return strcmp(tag->name, "blockquote") == 0 || has(tag, "gmail_quote") || has(tag, "yahoo_quoted") ||
           has(tag, "protonmail_quote") || has(tag, "zmail_extra");
}

static enum meaning meaning_of(const struct tag *tag)
{
    static const char *const blocks[] = {"p",     "div",     "h1",     "h2",      "h3",     "h4", "h5",
                                         "h6",    "ul",      "ol",     "li",      "tr",     "hr", "dl",
                                         "table", "section", "header", "article", "center", NULL};
    static const char *const hidden[] = {"head",     "style", "script", "title",  "noscript",
                                         "template", "svg",   "select", "button", NULL};
    if (is_one_of(tag->name, hidden) || has(tag, "display:none") || has(tag, "display: none"))
        return HIDDEN;
    if (is_signature(tag))
        return SIGNATURE;
    if (is_quote(tag))
        return QUOTE;
    return is_one_of(tag->name, blocks) || strcmp(tag->name, "pre") == 0 ? BLOCK : PLAIN;
}

static void close_one(struct reader *r)
{
    const struct element *element = &r->open[--r->depth];
    if (element->meaning != PLAIN && element->meaning != HIDDEN)
        break_line(r);
    r->quotes -= element->meaning == QUOTE;
    r->hidden -= element->meaning == HIDDEN || element->meaning == SIGNATURE;
    r->pre -= strcmp(element->name, "pre") == 0;
}

/* Closes the nearest element of that name, and what was left open in it. A stray end closes nothing. */
static void close_named(struct reader *r, const char *name)
{
    size_t at = r->depth;
    while (at && strcmp(r->open[at - 1].name, name) != 0)
        at--;
    while (at && r->depth >= at)
        close_one(r);
}

static void open_one(struct reader *r, const struct tag *tag)
{
    static const char *const empty[] = {"br",   "hr",  "img", "meta",  "link",   "input", "area",
                                        "base", "wbr", "col", "embed", "source", "track", NULL};
    enum meaning meaning = meaning_of(tag);
    if (begins_history(tag))
        history(r);
    if (strcmp(tag->name, "br") == 0)
        end_line(r);
    else if (meaning != PLAIN && meaning != HIDDEN)
        break_line(r);
    if (strcmp(tag->name, "td") == 0 || strcmp(tag->name, "th") == 0)
        r->space = r->in_line; /* cells stand apart */
    if (strcmp(tag->name, "p") == 0 && !r->in_line && r->blank == 1)
        end_line(r); /* paragraphs stand apart */
    if (tag->empty || is_one_of(tag->name, empty) || r->depth >= DEPTH)
        return;
    struct element *element = &r->open[r->depth++];
    memcpy(element->name, tag->name, sizeof(element->name));
    element->meaning = meaning;
    r->quotes += meaning == QUOTE;
    r->hidden += meaning == HIDDEN || meaning == SIGNATURE;
    r->pre += strcmp(tag->name, "pre") == 0;
    if (strcmp(tag->name, "li") == 0)
        add(r, "- ", 2);
}

static void copy_lower(char *to, size_t size, const char *from, size_t n)
{
    size_t i = 0;
    for (; i < n && i + 1 < size; i++)
        to[i] = (char)tolower((unsigned char)from[i]);
    to[i] = '\0';
}

/* The tag's end. Near its begin a > in quotes does not end it; a quote that is never closed must not swallow the mail. */
static size_t tag_end(const char *p, size_t n)
{
    char quote = '\0';
    size_t most = n < 4096 ? n : 4096;
    for (size_t i = 1; i < most; i++) {
        if (quote)
            quote = p[i] == quote ? '\0' : quote;
        else if ((p[i] == '"' || p[i] == '\'') && p[i - 1] == '=')
            quote = p[i];
        else if (p[i] == '>')
            return i + 1;
    }
    const char *end = memchr(p, '>', n);
    return end ? (size_t)(end - p) + 1 : n;
}

static size_t take_tag(struct reader *r, const char *p, size_t n)
{
    char attributes[TAG_BYTES];
    size_t end = tag_end(p, n), from = 1;
    struct tag tag = {.attributes = attributes, .closing = n > 1 && p[1] == '/'};
    from += tag.closing;
    size_t name = from;
    while (name < end && isalnum((unsigned char)p[name]))
        name++;
    copy_lower(tag.name, sizeof(tag.name), p + from, name - from);
    copy_lower(attributes, sizeof(attributes), p + name, end > name ? end - name : 0);
    tag.empty = end > 1 && p[end - 2] == '/';
    if (tag.closing)
        close_named(r, tag.name);
    else
        open_one(r, &tag);
    return end;
}

/* "<!-- … -->", "<!doctype …>", "<?xml …>". */
static size_t skip_declaration(const char *p, size_t n)
{
    bool comment = n >= 4 && strncmp(p, "<!--", 4) == 0;
    const char *end = comment ? memmem(p + 4, n - 4, "-->", 3) : memchr(p, '>', n);
    return end ? (size_t)(end - p) + (comment ? 3 : 1) : n;
}

/* ---- reading ---- */

static size_t take_text(struct reader *r, const char *p, size_t n)
{
    char decoded[5];
    size_t length = *p == '&' ? kit_entity_read(p, n, decoded) : 0;
    if (length) {
        if (strcmp(decoded, " ") == 0)
            r->space = r->space || r->in_line;
        else
            add(r, decoded, strlen(decoded));
        return length;
    }
    if (r->pre && *p == '\n') {
        end_line(r);
        return 1;
    }
    if (isspace((unsigned char)*p)) {
        if (r->pre)
            add(r, " ", 1);
        else
            r->space = r->space || r->in_line;
        return 1;
    }
    length = 1;
    while (length < n && p[length] != '<' && p[length] != '&' && !isspace((unsigned char)p[length]))
        length++;
    add(r, p, length);
    return length;
}

static bool is_tag(const char *p, size_t n)
{
    return n > 1 && *p == '<' && (isalpha((unsigned char)p[1]) || p[1] == '/');
}

char *kit_html_text(const char *html, size_t n)
{
    struct reader *r = calloc(1, sizeof(*r));
    for (size_t i = 0; i < n;) {
        if (n - i > 1 && html[i] == '<' && (html[i + 1] == '!' || html[i + 1] == '?'))
            i += skip_declaration(html + i, n - i);
        else if (is_tag(html + i, n - i))
            i += take_tag(r, html + i, n - i);
        else
            i += take_text(r, html + i, n - i);
    }
    char *text = strdup(kit_text_get(&r->out));
    kit_text_finish(&r->out);
    free(r);
    return text;
}
