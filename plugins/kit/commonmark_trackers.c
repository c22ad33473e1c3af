/* Escaping for Markdown and for issue trackers: GitHub, and the wiki markup of Jira. */
#include <ctype.h>
#include <string.h>

#include "kit/commonmark_target.h"

#define ZERO_WIDTH "&#8203;" /* as GitHub shows it: nothing, and no part of a name */

static bool ends_with(const struct kit_text *out, const char *text)
{
    size_t n = strlen(text);
    return out->n >= n && strncasecmp(out->p + out->n - n, text, n) == 0;
}

/* The character before the last `back` ones; a newline before the first. */
static char before(const struct kit_text *out, size_t back)
{
    return out->n > back ? out->p[out->n - 1 - back] : '\n';
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* ---- what a line begins with, and emoji: for every kind of Markdown ---- */

bool kit_begins_line(const struct kit_text *out)
{
    size_t i = out->n;
    while (i && strchr(" >-0123456789", out->p[i - 1]))
        i--;
    return !i || out->p[i - 1] == '\n';
}

bool kit_is_indent(const struct kit_text *out)
{
    return !out->n || strchr("\n ", out->p[out->n - 1]) ||
           (out->n > 6 && strcmp(out->p + out->n - 6, "&nbsp;") == 0);
}

bool kit_is_emoji_name(const char *name, size_t n)
{
    static const char *const numbers[] = {"100", "1234"}; /* any other number is a time or an address */
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)name[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strlen(numbers[i]) == n && memcmp(numbers[i], name, n) == 0)
            return true;
    }
    return false;
}

/* ---- GitHub ---- */

/* Is ":name" there, which a ':' would complete? */
static bool is_emoji(const struct kit_text *out)
{
    size_t i = out->n;
    while (i && (isalnum((unsigned char)out->p[i - 1]) || strchr("_+-\\", out->p[i - 1])))
        i--;
    return i && i < out->n && out->p[i - 1] == ':' && kit_is_emoji_name(out->p + i, out->n - i);
}

/* Would this character begin somebody's name, an issue's number, or end an emoji's? GitHub looks for them in what it shows, so that
   a backslash does not help. */
static bool refers(char c, const struct kit_text *out)
{
    if (isdigit((unsigned char)c) && (before(out, 0) == '#' || ends_with(out, "gh-")))
        return true;
    return (isalnum((unsigned char)c) && before(out, 0) == '@' && !is_word(before(out, 1))) ||
           (c == ':' && is_emoji(out));
}

static const char *github_entity(char c, enum kit_code code)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    default: /* between two of them is mathematics */
        return c == '$' && code != KIT_CODE_BLOCK ? "<span>$</span>" : NULL;
    }
}

void kit_put_for_github(const char *p, size_t n, enum kit_code code, struct kit_text *out)
{
    char c = n == 1 ? *p : '\0';
    const char *entity = c ? github_entity(c, code) : NULL;
    bool block = code == KIT_CODE_BLOCK;
    if (entity) {
        kit_text_add(out, entity);
    } else if (!block && (c == ' ' || c == '\t') && kit_is_indent(out)) {
        kit_text_add(out, "&nbsp;");
    } else {
        if (c && !block && code != KIT_CODE_SPAN && refers(c, out))
            kit_text_add(out, ZERO_WIDTH);
        bool mark = c && !block && (strchr("\\*_[]`~|#", c) || (strchr("-+.)=", c) && kit_begins_line(out)));
        kit_text_add(out, mark ? "\\" : "");
        kit_text_addn(out, p, n);
    }
}

/* ---- Jira ---- */

/* Emoticons that the character would complete. */
static bool ends_emoticon(char c, const struct kit_text *out)
{
    static const char *const names[] = {"(/",   "(x",  "(y",    "(n",       "(i", "(?", "(on",
                                        "(off", "(*r", "(flag", "(flagoff", "(-", "(+"};
    if (strchr(")(PpD", c) && (before(out, 0) == ':' || before(out, 0) == ';') && !is_word(before(out, 1)))
        return true;
    for (size_t i = 0; c == ')' && i < sizeof(names) / sizeof(names[0]); i++) {
        if (ends_with(out, names[i]))
            return true;
    }
    return false;
}

/* "h1" or "bq" alone on its line, which '.' makes a heading or a quote. */
static bool ends_line_mark(char c, const struct kit_text *out)
{
    char last = before(out, 0), first = before(out, 1);
    bool mark = (first == 'h' && last >= '1' && last <= '6') || (first == 'b' && last == 'q');
    return c == '.' && mark && strchr("\n ", before(out, 2));
}

/* "&lt", which ';' makes a character of its own. */
static bool ends_entity(char c, const struct kit_text *out)
{
    size_t i = out->n;
    while (c == ';' && i && (isalnum((unsigned char)out->p[i - 1]) || strchr("#\\", out->p[i - 1])))
        i--;
    return c == ';' && i && i < out->n && out->p[i - 1] == '&';
}

void kit_guard_jira(struct kit_text *out)
{
    if (before(out, 0) == '\\')
        kit_text_add(out, KIT_JOINER); /* it stands for itself: nothing escapes it */
}

void kit_put_for_jira(const char *p, size_t n, enum kit_code code, struct kit_text *out)
{
    char c = n == 1 ? *p : '\0';
    if (code == KIT_CODE_BLOCK) {
        kit_text_add(out, (c == 'n' || c == 'N') && before(out, 0) == '{' ? KIT_JOINER : "");
        kit_text_addn(out, p, n);
        return;
    }
    if (!isalnum((unsigned char)c) && c != ' ')
        kit_guard_jira(out);
    if (c && (ends_emoticon(c, out) || ends_line_mark(c, out) || ends_entity(c, out)))
        kit_text_add(out, KIT_JOINER);
    bool mark = c && (strchr("*_{}[]|!#^~+", c) || (c == '-' && !is_word(before(out, 0))) ||
                      (c == '?' && before(out, 0) == '?'));
    kit_text_add(out, mark ? "\\" : "");
    kit_text_addn(out, p, n);
}
