#include "kit/commonmark_target.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct kit_form kit_forms[KIT_TARGETS] = {
    [KIT_PLAIN] = {.strong = {"", ""},
                   .em = {"", ""},
                   .del = {"", ""},
                   .code = {"", ""},
                   .heading = {"", ""},
                   .bullet = "- ",
                   .quote = "> ",
                   .rule = "----"},
    [KIT_TERMINAL] = {.strong = {"\033[1m", "\033[22m"},
                      .em = {"\033[3m", "\033[23m"},
                      .del = {"\033[9m", "\033[29m"},
                      .code = {"\033[36m", "\033[39m"},
                      .heading = {"\033[1m", "\033[22m"},
                      .link = {"\033[4m", "\033[24m"},
                      .bullet = "• ",
                      .quote = "│ ",
                      .rule = "────"},
    [KIT_SLACK] = {.strong = {"*", "*"},
                   .em = {"_", "_"},
                   .del = {"~", "~"},
                   .code = {"`", "`"},
                   .heading = {"*", "*"},
                   .block = {"```", "```"},
                   .bullet = "• ",
                   .quote = ">",
                   .rule = "———"},
    [KIT_HTML] = {.html = true,
                  .strong = {"<strong>", "</strong>"},
                  .em = {"<em>", "</em>"},
                  .del = {"<del>", "</del>"},
                  .code = {"<code>", "</code>"}},
    [KIT_IRC] = {.strong = {"\x02", "\x02"},
                 .em = {"\x1d", "\x1d"},
                 .del = {"\x1e", "\x1e"},
                 .code = {"\x11", "\x11"},
                 .heading = {"\x02", "\x02"},
                 .bullet = "• ",
                 .quote = "> ",
                 .rule = "————"},
    [KIT_TEAMS] = {.loose = true,
                   .strong = {"**", "**"},
                   .em = {"_", "_"},
                   .del = {"", ""},
                   .code = {"\\`", "\\`"},
                   .heading = {"**", "**"},
                   .block = {"", ""},
                   .link = {"[", "]("},
                   .bullet = "- ",
                   .quote = "> ",
                   .rule = "———"},
    [KIT_GITHUB] = {.strong = {"**", "**"},
                    .em = {"<em>", "</em>"},
                    .del = {"~~", "~~"},
                    .code = {"<code>", "</code>"},
                    .heading = {"**", "**"},
                    .block = {"<pre>", "</pre>"},
                    .link = {"[", "]("},
                    .bullet = "- ",
                    .quote = "> ",
                    .rule = "***"},
    [KIT_JIRA] = {.wiki = true,
                  .strong = {"{*}", "{*}"},
                  .em = {"{_}", "{_}"},
                  .del = {"", ""},
                  .code = {"{{", "}}"},
                  .heading = {"{*}", "{*}"},
                  .block = {"{noformat}", "{noformat}"},
                  .bullet = "* ",
                  .quote = "> ",
                  .rule = "----"},
};

static const struct {
    char c;
    const char *html, *slack;
} escapes[] = {
    {'&', "&amp;", "&amp;"}, {'<', "&lt;", "&lt;"}, {'>', "&gt;", "&gt;"},
    {'"', "&quot;", NULL},   {'\'', "&#39;", NULL},
};

/* mrkdwn has no way to write a mark within its own: one backtick would end a span, three a block. */
static bool ends_code(enum kit_code code, const struct kit_text *out)
{
    return code == KIT_CODE_SPAN ||
           (code == KIT_CODE_BLOCK && out->n >= 2 && memcmp(out->p + out->n - 2, "``", 2) == 0);
}

long kit_emoji_begin(const struct kit_text *out)
{
    size_t begin = out->n;
    while (begin && out->p[begin - 1] != ':') {
        unsigned char c = (unsigned char)out->p[--begin];
        if (c < 0x80 && !islower(c) && !isdigit(c) && !strchr("_+'-", c))
            return -1;
    }
    return begin && kit_is_emoji_name(out->p + begin, out->n - begin) ? (long)begin - 1 : -1;
}

/*
 * Text could become bold, code or a quote. mrkdwn has no escape for that, but a mark counts only behind a space or a punctuation mark,
 * and a quote only at the beginning of a line: an invisible U+2060 before it takes that place. Within ":fire:" it makes the name
 * one that no emoji has.
 */
static bool needs_joiner(char c, enum kit_code code, const struct kit_text *out)
{
    unsigned char before = out->n ? (unsigned char)out->p[out->n - 1] : '\n';
    if (code != KIT_NO_CODE && code != KIT_LITERAL)
        return false;
    if (c == ':' && code == KIT_LITERAL)
        return kit_emoji_begin(out) >= 0;
    return c == '>' ? before == '\n' : c != '\0' && strchr("*_~`", c) && !isalnum(before);
}

/* Markdown has a backslash for its marks. */
static void put_for_teams(const char *p, size_t n, struct kit_text *out)
{
    bool space = n == 1 && (*p == ' ' || *p == '\t') && kit_is_indent(out);
    if (space || (n == 1 && *p == '\t')) {
        kit_text_add(out, "&nbsp;");
    } else if (n == 1 && *p == '\n') {
        kit_text_add(out, "\n\n");
    } else if (n == 1 && (*p == '<' || *p == '>' || *p == '&')) {
        kit_text_add(out, *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : "&amp;");
    } else {
        bool mark = n == 1 && (strchr("\\*_[]`~#{", *p) || (strchr("-+.)", *p) && kit_begins_line(out)));
        kit_text_add(out, mark ? "\\" : "");
        kit_text_addn(out, p, n);
    }
}

static void put_for_markup(enum kit_target target, const char *p, size_t n, enum kit_code code,
                           struct kit_text *out)
{
    if (target == KIT_TEAMS)
        put_for_teams(p, n, out);
    else if (target == KIT_GITHUB)
        kit_put_for_github(p, n, code, out);
    else
        kit_put_for_jira(p, n, code, out);
}

void kit_put_character(enum kit_target target, const char *p, size_t n, enum kit_code code,
                       struct kit_text *out)
{
    const char *escaped = NULL;
    if (target == KIT_TEAMS || target == KIT_GITHUB || target == KIT_JIRA) {
        put_for_markup(target, p, n, code, out);
        return;
    }
    if (target == KIT_SLACK && n == 1 && needs_joiner(*p, code, out))
        kit_text_add(out, KIT_JOINER);
    for (size_t i = 0; n == 1 && i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        if (escapes[i].c == *p)
            escaped = target == KIT_HTML ? escapes[i].html : target == KIT_SLACK ? escapes[i].slack : NULL;
    }
    if (target == KIT_SLACK && n == 1 && *p == '`' && ends_code(code, out))
        escaped = "'";
    if (escaped)
        kit_text_add(out, escaped);
    else
        kit_text_addn(out, p, n);
}

bool kit_is_link(const char *url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = strlen(schemes[i]);
        if (strncasecmp(url, schemes[i], n) == 0 && url[n])
            return true;
    }
    return false;
}

/* What could end the address early is percent-encoded; the rest is escaped as text. */
void kit_put_url(enum kit_target target, const char *url, struct kit_text *out)
{
    bool markup = target == KIT_TEAMS || target == KIT_GITHUB || target == KIT_JIRA;
    for (const char *p = url; *p; p++) {
        if (strchr(" <>|\"'`\\^{}\n\t", *p) || (markup && strchr("()[]*", *p)))
            kit_text_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
        else if (markup)
            kit_text_addc(out, *p);
        else
            kit_put_character(target, p, 1, KIT_ADDRESS, out);
    }
}

void kit_put_clean(const char *text, size_t n, struct kit_text *out)
{
    while (n) {
        size_t good = 1;
        while (good < n && good < 4 && ((unsigned char)text[good] & 0xc0) == 0x80)
            good++;
        unsigned char first = (unsigned char)text[0];
        bool control = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f ||
                       (first == 0xc2 && good == 2 && (unsigned char)text[1] < 0xa0);
        if (kit_utf8_valid(text, good) && !control)
            kit_text_addn(out, text, good);
        text += good;
        n -= good;
    }
}
