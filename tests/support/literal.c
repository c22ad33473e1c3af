#include "literal.h"

#include <ctype.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

#include "base/markup.h"
#include "base/mem.h"

static void drop_all(struct str *s, const char *what)
{
    size_t n = strlen(what);
    for (char *p = s->p; p && (p = strstr(p, what));) {
        memmove(p, p + n, strlen(p + n) + 1);
        s->len -= n;
    }
}

/* Drops what Markdown needs for itself: backslashes, and every second newline. False: something stands there as a mark. */
static bool drop_marks(struct str *s)
{
    CLEANUP_STR struct str out = {0};
    for (const char *p = str_text(s); *p; p++) {
        if (*p != '\\' && strchr("*_[]`~#<>{", *p))
            return false;
        bool pair = *p == '\\' || (p[0] == '\n' && p[1] == '\n');
        p += pair && p[1];
        str_addc(&out, *p);
    }
    str_clear(s);
    str_add(s, str_text(&out));
    return true;
}

static void replace_all(struct str *s, const char *what, const char *by)
{
    CLEANUP_STR struct str out = {0};
    for (const char *p = str_text(s); *p;) {
        bool here = text_starts(p, what);
        str_addn(&out, here ? by : p, here ? strlen(by) : 1);
        p += here ? strlen(what) : 1;
    }
    str_clear(s);
    str_add(s, str_text(&out));
}

/* What a tracker shows: a backslash takes the meaning from what follows it. False: something stands there as a mark, or refers. */
static bool drop_escapes(struct str *s, const char *marks, const char *more)
{
    CLEANUP_STR struct str out = {0};
    for (const char *p = str_text(s); *p; p++) {
        bool escape = *p == '\\' && p[1] && (strchr(marks, p[1]) || strchr(more, p[1]));
        if (!escape && strchr(marks, *p))
            return false;
        p += escape;
        str_addc(&out, *p);
    }
    str_clear(s);
    str_add(s, str_text(&out));
    return true;
}

/* Would GitHub make a mention or a reference of it? */
static bool github_refers(const char *text)
{
    for (const char *p = text; *p; p++) {
        bool word = p > text && (isalnum((unsigned char)p[-1]) || strchr("_", p[-1]) || (p[-1] & 0x80));
        if ((*p == '@' && isalnum((unsigned char)p[1]) && !word) ||
            (*p == '#' && isdigit((unsigned char)p[1]) && !(p > text && p[-1] == '&')))
            return true;
    }
    return false;
}

static bool github_shows(struct str *s)
{
    if (github_refers(str_text(s)))
        return false;
    drop_all(s, "&#8203;");
    replace_all(s, "<span>$</span>", "$");
    return drop_escapes(s, "*_[]`~|#<>", "\\-+.)=");
}

static bool jira_shows(struct str *s)
{
    bool shown = drop_escapes(s, "*_{}[]|!#^~+", "-?");
    drop_all(s, KIT_JOINER);
    return shown;
}

/* As a browser or a chat shows it: no tags, entities as what they mean. */
static void show(const char *text, struct str *out)
{
    static const char *const entities[][2] = {{"&amp;", "&"},   {"&lt;", "<"},  {"&gt;", ">"},
                                              {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}};
    while (*text) {
        size_t i = 0;
        while (i < ARRAY_SIZE(entities) && !text_starts(text, entities[i][0]))
            i++;
        str_addc(out, i < ARRAY_SIZE(entities) ? *entities[i][1] : *text);
        text += i < ARRAY_SIZE(entities) ? strlen(entities[i][0]) : 1;
    }
}

/* Does Slack show an emoji in place of a name here? A number names one in two cases. */
static bool is_emoji(const char *p)
{
    size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_+'-");
    bool number = strspn(p + 1, "0123456789") == n && !text_starts(p, ":100:") && !text_starts(p, ":1234:");
    return n && p[n + 1] == ':' && !number;
}

/* Does Slack take one of these characters for formatting? */
static bool slack_formats(const char *text)
{
    for (const char *p = text; *p; p++) {
        char before = p > text ? p[-1] : '\n';
        bool joined = p >= text + 3 && memcmp(p - 3, KIT_JOINER, 3) == 0;
        if (strchr("*_~`", *p) && !isalnum((unsigned char)before) && !joined)
            return true;
        if (text_starts(p, "&gt;") && before == '\n')
            return true;
        if (*p == ':' && is_emoji(p))
            return true;
    }
    return false;
}

static bool shows(const char *markdown, enum kit_target target, const struct str *expected)
{
    struct kit_text out = {0};
    CLEANUP_STR struct str shown = {0}, wanted = {0};
    kit_commonmark(markdown, strlen(markdown), target, &out);
    bool formats = target == KIT_SLACK && slack_formats(kit_text_get(&out));
    str_add(&shown, kit_text_get(&out));
    formats = formats || (target == KIT_TEAMS && !drop_marks(&shown));
    formats = formats || (target == KIT_GITHUB && !github_shows(&shown));
    formats = formats || (target == KIT_JIRA && !jira_shows(&shown));
    if (target == KIT_HTML) {
        drop_all(&shown, "<p>");
        drop_all(&shown, "</p>");
        drop_all(&shown, "<br>");
    }
    CLEANUP_STR struct str plain = {0};
    if (target == KIT_HTML || target == KIT_SLACK || target == KIT_TEAMS || target == KIT_GITHUB)
        show(str_text(&shown), &plain);
    else
        str_add(&plain, str_text(&shown));
    str_add(&wanted, str_text(expected));
    for (size_t i = 0; (target == KIT_TEAMS || target == KIT_GITHUB) && i < wanted.len; i++)
        wanted.p[i] =
            wanted.p[i] == '\t' ? ' ' : wanted.p[i]; /* those that begin a line are no tabs any more */
    for (size_t i = 0; target == KIT_GITHUB && i < plain.len; i++)
        plain.p[i] = plain.p[i] == '\t' ? ' ' : plain.p[i];
    if (target == KIT_SLACK || target == KIT_JIRA) {
        drop_all(&plain, KIT_JOINER);
        drop_all(&wanted, KIT_JOINER);
    }
    while (wanted.len && wanted.p[wanted.len - 1] == '\n')
        wanted.p[--wanted.len] = '\0'; /* a text ends without */
    while (plain.len && plain.p[plain.len - 1] == '\n')
        plain.p[--plain.len] = '\0';
    kit_text_finish(&out);
    return !formats && text_equal(str_text(&plain), str_text(&wanted));
}

const char *literal_fault(const char *bytes, size_t n)
{
    static const char *const names[KIT_TARGETS] = {"plain", "terminal", "slack",  "html",
                                                   "irc",   "teams",    "github", "jira"};
    static const char *const around[][2] = {{"", ""}, {"a ", " b"}, {"a", "b"}};
    CLEANUP_STR struct str value = {0};
    struct kit_text clean = {.most = 1 << 20};
    str_addn(&value, bytes, n < 4000 ? n : 4000);
    kit_escape(str_text(&value), strlen(str_text(&value)), KIT_PLAIN, &clean);
    const char *fault = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(around) && !fault; i++) {
        CLEANUP_STR struct str markdown = {0}, expected = {0};
        str_add(&markdown, around[i][0]);
        text_literal(str_text(&value), &markdown);
        str_add(&markdown, around[i][1]);
        str_addf(&expected, "%s%s%s", around[i][0], kit_text_get(&clean), around[i][1]);
        for (int target = 0; target < KIT_TARGETS && !fault; target++)
            fault = shows(str_text(&markdown), (enum kit_target)target, &expected) ? NULL : names[target];
    }
    kit_text_finish(&clean);
    return fault;
}
