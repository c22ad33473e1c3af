/* From text as phones and platforms send it to text that can be compared. Pure. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "command/line.h"

/* Decodes one character of valid UTF-8. */
static unsigned decode(const unsigned char *p, size_t *ret_n)
{
    unsigned c = *p;
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    unsigned value = n == 1 ? c : c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        value = value << 6 | (p[i] & 0x3fu);
    *ret_n = n;
    return value;
}

static bool is_space(unsigned c)
{
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

/* Characters that nobody sees, and that can hide or reorder others. Joiners stay, since scripts and emoji need them. */
static bool is_invisible(unsigned c)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {
        {0xad, 0xad},     {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},
        {0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfeff, 0xfeff},   {0xfff9, 0xfffb},
        {0x80, 0x9f},     {0xffa0, 0xffa0}, {0x1bca0, 0x1bca3}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

char *command_clean(const char *text)
{
    CLEANUP_FREE char *valid = utf8_sanitize(text, strlen(text), COMMAND_BYTES + 1);
    struct str out = {0};
    size_t n;
    for (const char *p = valid; *p; p += n) {
        unsigned c = decode((const unsigned char *)p, &n);
        if (is_space(c))
            str_addc(&out, ' ');
        else if (c == 0x2028 || c == 0x2029)
            str_addc(&out, '\n');
        else if (!is_invisible(c))
            str_addn(&out, p, n);
    }
    while (out.len && isspace((unsigned char)out.p[out.len - 1]))
        out.p[--out.len] = '\0';
    return str_take(&out);
}

void command_mend(char *text)
{
    char *out = text;
    size_t left = strlen(text);
    for (const char *p = text; left;) {
        unsigned char c = (unsigned char)*p;
        size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        bool whole = n <= left && utf8_valid(p, n);
        n = whole ? n : 1;
        if (whole) {
            memmove(out, p, n);
            out += n;
        }
        p += n;
        left -= n;
    }
    *out = '\0';
}

const char *command_prefixed(const char *text)
{
    static const char *const prefixes[] = {"/inc", "!inc", "inc", "/incident", "!incident"};
    const char *p = skip_space(text);
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (strncasecmp(p, prefixes[i], n) == 0 && (p[n] == '\0' || isspace((unsigned char)p[n])))
            return skip_space(p + n);
    }
    return NULL;
}

const char *skip_space(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static const char *word_end(const char *p)
{
    while (*p && !isspace((unsigned char)*p))
        p++;
    return p;
}

static const char *const quotes[][2] = {
    {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"”", "”"}, {"‘", "’"}, {"«", "»"},
};

/* The closing quote for an opening quote of row i at p. NULL: there is no such pair. */
static const char *closing(const char *p, size_t i)
{
    return text_starts(p, quotes[i][0]) ? strstr(p + strlen(quotes[i][0]), quotes[i][1]) : NULL;
}

static bool starts_quote(const char *p, size_t *ret_n)
{
    for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
        *ret_n = strlen(quotes[i][0]);
        if (text_starts(p, quotes[i][0]))
            return true;
    }
    return false;
}

size_t starts_smart_quote(const char *p)
{
    size_t n;
    return starts_quote(p, &n) && n > 1 ? n : 0;
}

size_t dash_at(const char *p)
{
    static const char *const dashes[] = {"-", "‐", "‑", "‒", "–",  "—",  "―", "−",
                                         "⁃", "˗", "⸺", "⸻", "﹘", "﹣", "－"};
    for (size_t i = 0; i < ARRAY_SIZE(dashes); i++) {
        if (text_starts(p, dashes[i]))
            return strlen(dashes[i]);
    }
    return 0;
}

bool is_quoted(const char *p)
{
    size_t n;
    return starts_quote(skip_space(p), &n) && *skip_space(p) != '`';
}

/* The length of a punctuation mark or quote at the end of these n bytes; 0: none. */
static size_t ends_word(const char *p, size_t n)
{
    static const char *const ends[] = {".", ",", ";", ":", "!", "?", "\"", "'", "`", "”", "“", "’", "»", "…"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t length = strlen(ends[i]);
        if (n > length && memcmp(p + n - length, ends[i], length) == 0)
            return length;
    }
    return 0;
}

void read_word(const char *p, char word[WORD_MOST + 1], const char **ret_end)
{
    size_t n, cut;
    p = skip_space(p);
    *ret_end = word_end(p);
    word[0] = '\0';
    if (starts_quote(p, &n) && p + n < *ret_end)
        p += n;
    for (n = (size_t)(*ret_end - p); (cut = ends_word(p, n));)
        n -= cut;
    if (n > WORD_MOST)
        return;
    for (size_t i = 0; i < n; i++)
        word[i] = (char)tolower((unsigned char)p[i]);
    word[n] = '\0';
}

char *whole_text(const char *p, size_t n)
{
    while (n && isspace((unsigned char)*p))
        p++, n--;
    while (n && isspace((unsigned char)p[n - 1]))
        n--;
    CLEANUP_FREE char *text = xstrndup(p, n);
    for (size_t i = 0; n && i < ARRAY_SIZE(quotes); i++) {
        size_t open = strlen(quotes[i][0]), close = strlen(quotes[i][1]);
        if (closing(text, i) == text + n - close && n > open + close)
            return whole_text(text + open, n - open - close);
    }
    return n ? steal(text) : NULL;
}

char *read_token(const char *p, const char **ret_end)
{
    p = skip_space(p);
    for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
        const char *close = closing(p, i);
        if (!close)
            continue;
        *ret_end = close + strlen(quotes[i][1]);
        return whole_text(p, (size_t)(*ret_end - p));
    }
    *ret_end = word_end(p);
    return whole_text(p, (size_t)(*ret_end - p));
}
