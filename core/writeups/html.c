#include "writeups/html.h"

#include <string.h>

#include "base/mem.h"
#include "template/literal.h"
#include "template/words.h"

#define LEVELS 4

static const char head[] =
    "<style>\n"
    "body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem; "
    "overflow-wrap: anywhere; color-scheme: light dark }\n"
    "pre { white-space: pre-wrap }\n"
    "@media print { body { margin: 0; max-width: none; font-size: 10pt } h1, h2, h3, h4 { break-after: avoid } "
    "li { break-inside: avoid } }\n"
    "</style>\n";

/* 1 to LEVELS for "## What happened", and where its words begin; 0: it is no heading. */
static int level_of(const char *line, const char **ret_words)
{
    size_t n = strspn(line, "#");
    if (!n || n > LEVELS || line[n] != ' ')
        return 0;
    *ret_words = line + n + strspn(line + n, " ");
    return (int)n;
}

static void add_heading(int level, const char *words, struct str *out)
{
    CLEANUP_STR struct str html = {0};
    words_html(words, &html);
    const char *p = str_text(&html), *end = strstr(p, "</p>");
    p += text_starts(p, "<p>") ? strlen("<p>") : 0;
    str_addf(out, "<h%d>", level);
    str_addn(out, p, end ? (size_t)(end - p) : strlen(p));
    str_addf(out, "</h%d>\n", level);
}

static void add_body(struct str *body, struct str *out)
{
    if (body->len)
        words_html(body->p, out);
    str_clear(body);
}

/* What is between headings is CommonMark; a heading within a block of code is none. */
void writeup_body(const char *text, int down, struct str *out)
{
    CLEANUP_STR struct str body = {0};
    bool code = false;
    for (const char *end; *text; text = *end ? end + 1 : end) {
        const char *words = NULL;
        end = text + strcspn(text, "\n");
        CLEANUP_FREE char *line = xstrndup(text, (size_t)(end - text));
        code ^= text_starts(line, "```") || text_starts(line, "~~~");
        int level = code ? 0 : level_of(line, &words);
        if (!level) {
            str_addf(&body, "%s\n", line);
            continue;
        }
        add_body(&body, out);
        add_heading(level + down, words, out);
    }
    add_body(&body, out);
}

void writeup_html(const char *title, const char *markdown, struct str *out)
{
    str_add(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    literal_add(out, title);
    str_addf(out, "</title>\n%s<main>\n", head);
    writeup_body(markdown, 0, out);
    str_add(out, "</main>\n</html>\n");
}
