#include "kit_html.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MOST 70000 /* a text of 64 KiB cannot nest deeper */

static const char *const pairs[] = {"p",    "h1",     "h2", "h3",  "h4", "h5", "h6",         "ul", "li",
                                    "code", "strong", "em", "del", "ol", "a",  "blockquote", "pre"};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))
#define LINK  14 /* the index of "a" */

struct reader {
    const char *p, *fault;
    unsigned char open[DEPTH_MOST]; /* indices of pairs */
    size_t n;
    bool in_link;
};

static bool take(struct reader *r, const char *text)
{
    size_t n = strlen(text);
    if (strncmp(r->p, text, n) != 0)
        return false;
    r->p += n;
    return true;
}

/* Text up to any of `ends`. */
static void read_text(struct reader *r, const char *ends)
{
    while (*r->p && !strchr(ends, *r->p) && !r->fault) {
        bool entity =
            take(r, "&amp;") || take(r, "&lt;") || take(r, "&gt;") || take(r, "&quot;") || take(r, "&#39;");
        if (!entity && strchr("&<>\"'", *r->p))
            r->fault = "a character is not escaped";
        r->p += !entity;
    }
}

static void read_href(struct reader *r)
{
    bool link = strncasecmp(r->p, "http://", 7) == 0 || strncasecmp(r->p, "https://", 8) == 0 ||
                strncasecmp(r->p, "mailto:", 7) == 0;
    if (!link)
        r->fault = "a link is not http, https or mailto";
    else if (r->in_link)
        r->fault = "a link is inside a link";
    r->in_link = true;
    const char *from = r->p;
    read_text(r, "\"");
    for (const char *p = from; p < r->p; p++) {
        if ((unsigned char)*p <= ' ' || *p == '\\' || *p == '`')
            r->fault = "a URL contains a character that would end it";
    }
    if (!r->fault && !take(r, "\">"))
        r->fault = "a link's tag is not closed";
}

static void read_start(struct reader *r)
{
    const char *digits = r->p;
    while (isdigit((unsigned char)*r->p))
        r->p++;
    if (r->p == digits || !take(r, "\">"))
        r->fault = "the start of a list is not a number";
}

static void open_pair(struct reader *r, size_t pair)
{
    if (r->n == DEPTH_MOST)
        r->fault = "tags are nested too deep";
    else
        r->open[r->n++] = (unsigned char)pair;
}

static void close_pair(struct reader *r, size_t pair)
{
    if (!r->n || r->open[--r->n] != pair)
        r->fault = "tags are not closed in order";
    r->in_link = r->in_link && pair != LINK;
}

static bool take_name(struct reader *r, const char *name, const char *end)
{
    size_t n = strlen(name), length = strlen(end);
    if (strncmp(r->p, name, n) != 0 || strncmp(r->p + n, end, length) != 0)
        return false;
    r->p += n + length;
    return true;
}

/* After "<". */
static void read_tag(struct reader *r)
{
    if (take(r, "br>") || take(r, "hr>"))
        return;
    bool closes = take(r, "/");
    for (size_t i = 0; i < PAIRS; i++) {
        bool attribute = !closes && (i == LINK || strcmp(pairs[i], "ol") == 0);
        if (!take_name(r, pairs[i], !attribute ? ">" : i == LINK ? " href=\"" : " start=\""))
            continue;
        if (closes) {
            close_pair(r, i);
            return;
        }
        open_pair(r, i);
        if (attribute && i == LINK)
            read_href(r);
        else if (attribute)
            read_start(r);
        return;
    }
    r->fault = "a tag is not one of ours";
}

const char *kit_html_fault(const char *html)
{
    static struct reader r; /* too large for a stack */
    r.p = html;
    r.fault = NULL;
    r.n = 0;
    r.in_link = false;
    while (*r.p && !r.fault) {
        if (take(&r, "<"))
            read_tag(&r);
        else
            read_text(&r, "<");
    }
    return r.fault ? r.fault : r.n ? "a tag is not closed" : NULL;
}
