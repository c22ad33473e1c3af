#include <tocsin/kit/quote.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/text.h>

#include "phrases.h"

#define LINES_MOST 20000

struct line {
    const char *p;
    size_t n; /* without the white space at its end */
};

struct lines {
    struct line *v;
    size_t n;
};

/* ---- lines ---- */

static struct lines split(const char *text)
{
    size_t count = 1;
    for (const char *p = text; *p; p++)
        count += *p == '\n';
    struct lines lines = {calloc(count < LINES_MOST ? count : LINES_MOST, sizeof(struct line)), 0};
    for (const char *p = text; lines.n < LINES_MOST;) {
        size_t n = strcspn(p, "\n"), end = n;
        while (end && isspace((unsigned char)p[end - 1]))
            end--;
        lines.v[lines.n++] = (struct line){p, end};
        if (!p[n])
            break;
        p += n + 1;
    }
    return lines;
}

static bool is_blank(const struct line *line)
{
    return line->n == 0 || (line->n == 2 && memcmp(line->p, "\xc2\xa0", 2) == 0);
}

static bool is_quoted(const struct line *line)
{
    return line->n && *line->p == '>';
}

static bool is_mark(const struct line *line)
{
    size_t n = strlen(KIT_HISTORY);
    return line->n >= n && memmem(line->p, line->n, KIT_HISTORY, n);
}

/* Of a text that was sent as HTML, too: "> " before it says so, but it is not a quote. */
static struct line unquoted(const struct line *line)
{
    struct line bare = *line;
    while (bare.n && (*bare.p == '>' || *bare.p == ' ' || *bare.p == '*')) {
        bare.p++;
        bare.n--;
    }
    while (bare.n && bare.p[bare.n - 1] == '*')
        bare.n--;
    return bare;
}

static bool begins(const struct line *line, const char *with)
{
    size_t n = strlen(with);
    return line->n >= n && strncasecmp(line->p, with, n) == 0;
}

static bool contains(const struct line *line, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = 0; n && i + n <= line->n; i++) {
        if (strncasecmp(line->p + i, what, n) == 0)
            return true;
    }
    return false;
}

static bool any(const struct line *line, const char *const *phrases,
                bool (*test)(const struct line *, const char *))
{
    for (; *phrases; phrases++) {
        if (test(line, *phrases))
            return true;
    }
    return false;
}

/* ---- what begins the history ---- */

/* "-----Original Message-----", in any language, and "---- On Monday Ana <ana@example.com> wrote ----". */
static bool is_rule_of_words(const struct line *given)
{
    struct line line = unquoted(given);
    if (line.n < 12 || line.n > 200 || strncmp(line.p, "---", 3) != 0 ||
        strncmp(line.p + line.n - 3, "---", 3) != 0)
        return false;
    return any(&line, kit_phrases_original, contains) ||
           (memchr(line.p, '@', line.n) && any(&line, kit_phrases_wrote, contains));
}

/* "From: …": a field of a mail's header, in any language. */
static bool is_field(const struct line *given)
{
    struct line line = unquoted(given);
    const char *colon = memchr(line.p, ':', line.n < 40 ? line.n : 40);
    if (!colon)
        return false;
    struct line name = {line.p, (size_t)(colon - line.p)};
    while (name.n && (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '*'))
        name.n--;
    for (const char *const *field = kit_phrases_fields; *field; field++) {
        if (strlen(*field) == name.n && strncasecmp(name.p, *field, name.n) == 0)
            return true;
    }
    return false;
}

/* Three fields close together: nobody writes that by hand. */
static bool is_header(const struct lines *lines, size_t i)
{
    size_t fields = 0, looked = 0;
    if (!is_field(&lines->v[i]))
        return false;
    for (; i < lines->n && looked < 8; i++) {
        looked += !is_blank(&lines->v[i]);
        fields += is_field(&lines->v[i]);
    }
    return fields >= 3;
}

static bool is_ruler(const struct line *line)
{
    size_t n = strspn(line->p, "_");
    return n >= 10 && n >= line->n;
}

/* Does a quote, or the end, follow within a few blank lines? */
static bool quote_follows(const struct lines *lines, size_t i)
{
    for (size_t blank = 0; i < lines->n && blank < 4; i++, blank++) {
        if (!is_blank(&lines->v[i]))
            return is_quoted(&lines->v[i]);
    }
    return true;
}

static bool ends_in_colon(const struct line *line)
{
    return line->n && (line->p[line->n - 1] == ':' ||
                       (line->n >= 3 && memcmp(line->p + line->n - 3, "\xef\xbc\x9a", 3) == 0));
}

/* What the lines above a quote have besides other words. */
struct detail {
    bool verb, digit, at, bracket, clock; /* "wrote", of a day, of an address, "9:12" */
};

static void look(const struct line *line, struct detail *d)
{
    d->verb = d->verb || any(line, kit_phrases_wrote, contains);
    d->at = d->at || memchr(line->p, '@', line->n);
    d->bracket = d->bracket || memchr(line->p, '<', line->n);
    for (size_t i = 0; i < line->n; i++) {
        bool digit = isdigit((unsigned char)line->p[i]);
        d->digit = d->digit || digit;
        d->clock = d->clock || (digit && i + 3 < line->n && line->p[i + 1] == ':' &&
                                isdigit((unsigned char)line->p[i + 2]));
    }
}

/* Lines i to k, of which the last ends in a colon. An address and a day on one line above a quote say enough in any language. */
static bool attributes(const struct lines *lines, size_t i, size_t k, bool starts, const struct detail *d)
{
    bool follows = quote_follows(lines, k + 1), quoted = follows && k + 1 < lines->n;
    bool known = d->verb && (d->digit || d->at);
    if (k > i && !starts)
        return known && quoted && d->bracket && d->at && d->clock;
    return (known && (starts || follows)) ||
           (quoted && ((starts && (d->digit || d->at)) || (d->digit && d->at && k == i)));
}

/*
 * "On Mon, 3 Nov 2025 at 09:12, Ana <ana@example.com> wrote:", on up to four lines. Returns how many it takes; 0: it is none. Where
 * no quote follows, only the words that are known from mail programs count.
 */
static size_t attribution(const struct lines *lines, size_t i)
{
    struct line first = unquoted(&lines->v[i]);
    bool starts = any(&first, kit_phrases_on, begins);
    struct detail detail = {0};
    for (size_t k = i; k < lines->n && k < i + 4; k++) {
        struct line line = unquoted(&lines->v[k]);
        if (is_blank(&line) || (k > i && is_quoted(&lines->v[k]) && !is_quoted(&lines->v[i])))
            return 0;
        look(&line, &detail);
        if (ends_in_colon(&line))
            return attributes(lines, i, k, starts, &detail) ? k - i + 1 : 0;
    }
    return 0;
}

/* Yahoo and some phones quote without ">": then what follows the line above the quote is all history. */
static bool is_attribution_alone(const struct lines *lines, size_t i)
{
    struct line first = unquoted(&lines->v[i]);
    size_t n = any(&first, kit_phrases_on, begins) ? attribution(lines, i) : 0;
    return n && !quote_follows(lines, i + n);
}

static bool is_ruled_header(const struct lines *lines, size_t i)
{
    size_t next = i + 1;
    while (next < lines->n && next < i + 3 && is_blank(&lines->v[next]))
        next++;
    return is_ruler(&lines->v[i]) && next < lines->n && is_header(lines, next);
}

/* "##- Please type your reply above this line -##": of a help desk. */
static bool says_above(const struct line *line)
{
    return begins(line, "##") && contains(line, "above this line");
}

/* Everything from here on is history, whatever it looks like. */
static bool ends_here(const struct lines *lines, size_t i)
{
    const struct line *line = &lines->v[i];
    if (is_quoted(line))
        return false;
    return is_mark(line) || is_rule_of_words(line) || is_header(lines, i) || is_ruled_header(lines, i) ||
           is_attribution_alone(lines, i) || says_above(line);
}

/* ---- cutting ---- */

/* Is there anything new from here on: neither blank nor quoted? */
static bool new_words_from(const struct lines *lines, size_t i, size_t end)
{
    for (; i < end; i++) {
        if (!is_blank(&lines->v[i]) && !is_quoted(&lines->v[i]))
            return true;
    }
    return false;
}

static size_t trim(const struct lines *lines, size_t end)
{
    while (end && is_blank(&lines->v[end - 1]))
        end--;
    return end;
}

static bool is_signature(const struct line *line)
{
    struct line bare = unquoted(line);
    return !is_quoted(line) &&
           ((line->n == 2 && strncmp(line->p, "--", 2) == 0) || any(&bare, kit_phrases_sent_from, begins));
}

/* A signature goes up to the end, so it must be near the end to be one; "sent from my phone" only as the last words. */
static size_t without_signature(const struct lines *lines, size_t end)
{
    end = trim(lines, end);
    size_t from = end > 25 ? end - 25 : 0;
    for (size_t i = end; i-- > from;) {
        bool separator = lines->v[i].n == 2 && strncmp(lines->v[i].p, "--", 2) == 0;
        if (separator && i > 0)
            return trim(lines, i);
    }
    while (end > 1 && is_signature(&lines->v[end - 1]))
        end = trim(lines, end - 1);
    return end;
}

/* What a help desk sends itself begins with its own line. */
static size_t begin_of(const struct lines *lines)
{
    size_t i = 0;
    while (i < lines->n && is_blank(&lines->v[i]))
        i++;
    return i < lines->n && says_above(&lines->v[i]) ? i + 1 : 0;
}

static size_t history_from(const struct lines *lines)
{
    size_t i = begin_of(lines);
    while (i < lines->n && !ends_here(lines, i))
        i++;
    return i;
}

/* How many lines the attribution takes that ends before `end`. `known`: it must begin as mail programs begin it, on as many lines as
   that takes. */
static size_t lines_above(const struct lines *lines, size_t end, bool known)
{
    for (size_t n = 1; n <= 4 && n <= end; n++) {
        struct line first = unquoted(&lines->v[end - n]);
        if ((!known || any(&first, kit_phrases_on, begins)) && attribution(lines, end - n) == n)
            return n;
    }
    return 0;
}

/* The quote at the end goes with the line above it. */
static size_t without_last_quote(const struct lines *lines, size_t end)
{
    size_t from = trim(lines, end);
    while (from && (is_quoted(&lines->v[from - 1]) || is_blank(&lines->v[from - 1])))
        from--;
    size_t above = lines_above(lines, from, true);
    return trim(lines, from - (above ? above : lines_above(lines, from, false)));
}

static void write(const struct lines *lines, size_t from, size_t end, struct kit_text *out)
{
    for (size_t i = from; i < end; i++) {
        kit_text_addn(out, lines->v[i].p, lines->v[i].n);
        if (i + 1 < end)
            kit_text_addc(out, '\n');
    }
}

/* Where the first words are a quote, the answer is below it. */
static size_t after_first_quote(const struct lines *lines, size_t end)
{
    size_t i = begin_of(lines), skipped;
    while (i < end && is_blank(&lines->v[i]))
        i++;
    skipped = i < end ? attribution(lines, i) : 0;
    skipped = i + skipped < end ? skipped : 0;
    size_t quote = i + skipped;
    while (quote < end && (is_quoted(&lines->v[quote]) || is_blank(&lines->v[quote])))
        quote++;
    bool only_one = quote < end;
    for (size_t k = quote; k < end && only_one; k++)
        only_one = !is_quoted(&lines->v[k]);
    return only_one && quote > i ? quote : i + skipped;
}

/* Marks in a text that stays whole would be seen. */
static char *whole(const char *text)
{
    struct kit_text out = {0};
    for (const char *p = text; *p;) {
        size_t n = strlen(KIT_HISTORY);
        if (strncmp(p, KIT_HISTORY, n) == 0)
            p += n;
        else
            kit_text_addc(&out, *p++);
    }
    while (out.n && isspace((unsigned char)out.p[out.n - 1]))
        out.p[--out.n] = '\0';
    size_t from = strspn(kit_text_get(&out), " \t\n");
    char *done = strdup(kit_text_get(&out) + from);
    kit_text_finish(&out);
    return done;
}

static char *cut(const struct lines *lines)
{
    struct kit_text out = {0};
    size_t end = history_from(lines), before = end;
    end = without_signature(lines, end);
    end = without_last_quote(lines, end);
    end = without_signature(lines, end);
    size_t from = after_first_quote(lines, end);
    if (from >= end && new_words_from(lines, 0, before)) { /* the quote was above, and a signature below */
        end = without_signature(lines, before);
        from = after_first_quote(lines, end);
    }
    write(lines, from, end, &out);
    char *done = whole(kit_text_get(&out));
    kit_text_finish(&out);
    return done;
}

char *kit_new_words(const char *text, bool forwarded)
{
    struct lines lines = split(text);
    char *kept = forwarded ? NULL : cut(&lines);
    free(lines.v);
    if (kept && *kept)
        return kept;
    free(kept);
    return whole(text);
}

/* ---- comparing ---- */

static const char *next_letter(const char *p)
{
    while (*p && !isalnum((unsigned char)*p) && !(*p & 0x80))
        p++;
    return p;
}

bool kit_same_words(const char *html, const char *other)
{
    char *a = kit_html_text(html, strlen(html)), *b = kit_html_text(other, strlen(other));
    const char *p = next_letter(a), *q = next_letter(b);
    while (*p && *p == *q) {
        p = next_letter(p + 1);
        q = next_letter(q + 1);
    }
    bool same = *p == *q;
    free(a);
    free(b);
    return same;
}
