#include "well_formed.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define DEEPEST 256
#define NAME    32

static const char *const html_tags =
    " html head meta title link script body a header p img span nav main h1 h2 h3 h4 strong small time section "
    "article form label input "
    "button footer ol ul li div bdi details summary em code pre blockquote br hr svg path ";
static const char *const void_tags = " meta link img input br hr ";
static const char *const xml_tags =
    " feed id link title updated author name entry published content rss channel item description pubDate "
    "guid svg rect g text path circle defs pattern ";

static bool is_in(const char *list, const char *word)
{
    char spaced[NAME + 3];
    snprintf(spaced, sizeof(spaced), " %s ", word);
    return strstr(list, spaced);
}

static bool is_ours(const char *url)
{
    static const char *const begins[] = {"http://", "https://", "mailto:", "./",
                                         "../",     "#",        "data:,",  "data:image/"};
    for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
        if (strncasecmp(url, begins[i], strlen(begins[i])) == 0)
            return true;
    }
    return false;
}

static const char *take_name(const char *at, char name[NAME])
{
    size_t n = 0;
    while (n < NAME - 1 && (isalnum((unsigned char)at[n]) || (n && strchr(":-", at[n]) && at[n])))
        n++;
    memcpy(name, at, n);
    name[n] = '\0';
    return at + n;
}

/* name="value" … up to the end of the tag. */
static const char *take_attributes(const char **at, bool *file)
{
    char seen[1024] = " ", name[NAME];
    while (isspace((unsigned char)**at)) {
        *at += strspn(*at, " \n");
        if (**at == '>' || **at == '/')
            break;
        *at = take_name(*at, name);
        if (!*name || is_in(seen, name) || strncasecmp(name, "on", 2) == 0 || strcasecmp(name, "style") == 0)
            return "a name of an attribute is wrong";
        snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s ", name);
        if (**at != '=')
            continue; /* "defer" */
        const char *value = *at + 2, *end = (*at)[1] == '"' ? strchr(value, '"') : NULL;
        if (!end || memchr(value, '<', (size_t)(end - value)))
            return "a value of an attribute is wrong";
        bool is_url = is_in(" href src ", name);
        if (is_url && !is_ours(value))
            return "an address leads elsewhere";
        *file = *file || strcmp(name, "src") == 0;
        *at = end + 1;
    }
    return NULL;
}

struct reading {
    const char *at;
    bool html;
    char open[DEEPEST][NAME];
    size_t n;
};

static const char *take_end(struct reading *r)
{
    char name[NAME];
    r->at = take_name(r->at + 2, name);
    if (*r->at++ != '>' || !r->n || strcmp(r->open[--r->n], name) != 0)
        return "an end tag is wrong";
    return NULL;
}

static const char *take_tag(struct reading *r)
{
    char name[NAME];
    bool file = false;
    r->at = take_name(r->at + 1, name);
    if (!is_in(r->html ? html_tags : xml_tags, name) || (r->n == DEEPEST))
        return "a tag is unknown";
    const char *fault = take_attributes(&r->at, &file);
    bool closed = *r->at == '/', empty = closed || (r->html && is_in(void_tags, name));
    r->at += closed;
    if (fault || *r->at++ != '>')
        return fault ? fault : "a tag does not end";
    if (strcmp(name, "script") == 0 && !file)
        return "a script is inline";
    if (!empty)
        memcpy(r->open[r->n++], name, sizeof(name));
    return NULL;
}

static const char *take_text(struct reading *r, int *direction)
{
    if (*r->at == '&') {
        size_t n = 1 + strspn(r->at + 1, "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (n == 1 || r->at[n] != ';')
            return "a raw '&'";
    }
    if (strncmp(r->at, "\u202e", 3) == 0)
        ++*direction;
    if (strncmp(r->at, "\u202c", 3) == 0 && --*direction < 0)
        return "a direction ends that did not begin";
    if ((unsigned char)*r->at < 0x20 && !strchr("\n\t", *r->at))
        return "a control character";
    r->at++;
    return NULL;
}

const char *well_formed_fault(const char *text, bool html)
{
    static const char declaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                      doctype[] = "<!doctype html>";
    struct reading r = {.at = text, .html = html};
    const char *fault = NULL;
    int direction = 0;
    if (strncmp(text, html ? doctype : declaration, strlen(html ? doctype : declaration)) == 0)
        r.at += strlen(html ? doctype : declaration);
    while (*r.at && !fault)
        fault = strncmp(r.at, "</", 2) == 0 ? take_end(&r)
                : *r.at == '<'              ? take_tag(&r)
                                            : take_text(&r, &direction);
    if (!fault && (r.n || direction))
        fault = "something is left open";
    return fault;
}
