#include "template/literal.h"

#include <string.h>

#include "base/mem.h"

#define DEEPEST 32

enum { NO_BIDI, OPENS_EMBEDDING, CLOSES_EMBEDDING, OPENS_ISOLATE, CLOSES_ISOLATE };

/* U+202A to U+202E and U+2066 to U+2069, three bytes each. */
static int bidi_kind(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;
    if (c[0] != 0xe2 || (c[1] != 0x80 && c[1] != 0x81))
        return NO_BIDI;
    if (c[1] == 0x80)
        return c[2] < 0xaa || c[2] > 0xae ? NO_BIDI : c[2] == 0xac ? CLOSES_EMBEDDING : OPENS_EMBEDDING;
    return c[2] < 0xa6 || c[2] > 0xa9 ? NO_BIDI : c[2] == 0xa9 ? CLOSES_ISOLATE : OPENS_ISOLATE;
}

/* Two characters that XML does not know: U+FFFE and U+FFFF. */
static bool is_no_character(const char *at)
{
    return at[0] == '\xef' && at[1] == '\xbf' && (at[2] == '\xbe' || at[2] == '\xbf');
}

/* Is the control to be kept? `open` holds what is open, innermost last. */
static bool follow(int kind, int open[DEEPEST], size_t *n)
{
    if (kind == OPENS_EMBEDDING || kind == OPENS_ISOLATE) {
        if (*n == DEEPEST)
            return false;
        open[(*n)++] = kind;
        return true;
    }
    if (!*n || open[*n - 1] != kind - 1)
        return false;
    (*n)--;
    return true;
}

char *literal_tame(const char *text)
{
    CLEANUP_FREE char *clean = text ? utf8_sanitize(text, strlen(text), SIZE_MAX) : xstrdup("");
    if (!strpbrk(clean, "\xe2\xef")) /* none of what is looked for begins otherwise */
        return steal(clean);
    struct str out = {0};
    int open[DEEPEST];
    size_t n = 0;
    for (const char *at = clean; *at;) {
        int kind = bidi_kind(at);
        size_t length = (unsigned char)*at < 0x80 ? 1 : utf8_length(at, strlen(at) < 4 ? strlen(at) : 4);
        if (!is_no_character(at) && (kind == NO_BIDI || follow(kind, open, &n)))
            str_addn(&out, at, length);
        at += length;
    }
    while (n)
        str_add(&out, open[--n] == OPENS_ISOLATE ? "\u2069" : "\u202c");
    return str_take(&out);
}

void literal_add(struct str *out, const char *text)
{
    CLEANUP_FREE char *tame = literal_tame(text);
    for (const char *at = tame; *at;) {
        size_t n = strcspn(at, "&<>\"'");
        str_addn(out, at, n);
        at += n;
        str_add(out, *at == '&'   ? "&amp;"
                     : *at == '<' ? "&lt;"
                     : *at == '>' ? "&gt;"
                     : *at == '"' ? "&quot;"
                     : *at        ? "&#39;"
                                  : "");
        at += *at != '\0';
    }
}
