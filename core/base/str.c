#include "base/str.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

void str_finish(struct str *s)
{
    if (!s)
        return;
    free(s->p);
    *s = (struct str){0};
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->p)
        s->p[0] = '\0';
}

void str_reserve(struct str *s, size_t more)
{
    if (more < s->cap - s->len)
        return;
    size_t need;
    require(!__builtin_add_overflow(s->len, more, &need) && need < SIZE_MAX / 2);
    size_t cap = MAX(s->cap * 2, need + 1);
    s->cap = MAX(cap, 32);
    s->p = xrealloc(s->p, s->cap, 1);
    s->p[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    if (text)
        str_addn(s, text, strlen(text));
}

void str_addn(struct str *s, const char *bytes, size_t n)
{
    str_reserve(s, n);
    if (n > 0)
        memcpy(s->p + s->len, bytes, n);
    s->len += n;
    s->p[s->len] = '\0';
}

void str_addc(struct str *s, char c)
{
    str_reserve(s, 1);
    s->p[s->len++] = c;
    s->p[s->len] = '\0';
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_vaddf(s, format, args);
    va_end(args);
}

void str_vaddf(struct str *s, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    str_reserve(s, 64);
    int n = vsnprintf(s->p + s->len, s->cap - s->len, format, args);
    require(n >= 0);
    if ((size_t)n >= s->cap - s->len) {
        str_reserve(s, (size_t)n);
        vsnprintf(s->p + s->len, s->cap - s->len, format, again);
    }
    va_end(again);
    s->len += (size_t)n;
}

void str_add_list(struct str *s, const char *const *words, const char *conjunction)
{
    for (size_t i = 0; words && words[i]; i++) {
        if (i)
            str_addf(s, words[i + 1] ? "%s " : " %s ", words[i + 1] ? "," : conjunction);
        str_add(s, words[i]);
    }
}

const char *str_text(const struct str *s)
{
    return s->p ? s->p : "";
}

char *str_take(struct str *s)
{
    char *text = s->p ? s->p : xstrdup("");
    *s = (struct str){0};
    return text;
}

/* The length of the well-formed character at p, or 0 if there is none; n > 0. */
static size_t utf8_step(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    size_t length = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > n)
        return 0;
    /* Second bytes that make an overlong encoding, a surrogate, or a code point above U+10FFFF. */
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* How many bytes at the start are ASCII, in whole groups of eight. */
static size_t ascii_run(const char *bytes, size_t n)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (uint64_t words[4]; i + sizeof(words) <= n; i += sizeof(words)) {
        memcpy(words, bytes + i, sizeof(words));
        if ((words[0] | words[1] | words[2] | words[3]) & high)
            break;
    }
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, bytes + i, 8);
        if (word & high)
            break;
    }
    return i;
}

size_t utf8_length(const char *bytes, size_t n)
{
    return utf8_step((const unsigned char *)bytes, n);
}

bool utf8_valid(const char *bytes, size_t n)
{
    size_t i = ascii_run(bytes, n);
    while (i < n) {
        size_t step = utf8_step((const unsigned char *)bytes + i, n - i);
        if (step == 0)
            return false;
        i += step;
        if (step == 1)
            i += ascii_run(bytes + i, n - i);
    }
    return true;
}

static bool is_control(const unsigned char *p, size_t length)
{
    if (length == 1)
        return (p[0] < 0x20 && p[0] != '\n' && p[0] != '\t') || p[0] == 0x7f;
    return p[0] == 0xc2 && p[1] < 0xa0; /* the C1 controls, U+0080 to U+009F */
}

/* How many bytes at the start are printable ASCII. */
static size_t plain_run(const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n && bytes[i] >= ' ' && bytes[i] < 0x7f)
        i++;
    return i;
}

char *utf8_sanitize(const char *bytes, size_t n, size_t max)
{
    struct str out = {0};
    str_reserve(&out, MIN(n, max));
    for (size_t i = 0; i < n;) {
        size_t plain = MIN(plain_run(bytes + i, n - i), max - out.len);
        str_addn(&out, bytes + i, plain);
        i += plain;
        if (i == n || out.len == max)
            break;
        const unsigned char *p = (const unsigned char *)bytes + i;
        size_t length = utf8_step(p, n - i);
        i += MAX(length, 1);
        if (length > 0 && is_control(p, length))
            continue;
        size_t add = length > 0 ? length : 3;
        if (out.len + add > max)
            break;
        str_addn(&out, length > 0 ? (const char *)p : "\xef\xbf\xbd", add);
    }
    return str_take(&out);
}

size_t utf8_cut(const char *bytes, size_t n, size_t max)
{
    if (n <= max)
        return n;
    size_t cut = max;
    while (cut > 0 && max - cut < 3 && ((unsigned char)bytes[cut] & 0xc0) == 0x80)
        cut--;
    return ((unsigned char)bytes[cut] & 0xc0) == 0x80 ? max : cut;
}

unsigned utf8_decode(const char *text, size_t *ret_n)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned c = *p;
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    unsigned value = n == 1 ? c : c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        value = value << 6 | (p[i] & 0x3fu);
    *ret_n = n;
    return value;
}

bool utf8_is_invisible(unsigned c)
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

bool text_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_equal_nocase(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

char *text_typed(const char *text)
{
    static const char *const quotes[][2] = {{"\"", "\""}, {"'", "'"}, {"“", "”"}, {"«", "»"}};
    size_t i = 0;
    if (*text && !text[strcspn(text, " \"'`“”„‘’«»")])
        return xstrdup(text);
    while (i + 1 < ARRAY_SIZE(quotes) && (strstr(text, quotes[i][0]) || strstr(text, quotes[i][1])))
        i++;
    return xasprintf("%s%s%s", quotes[i][0], text, quotes[i][1]);
}

char *text_lower(const char *text)
{
    char *lower = xstrdup(text);
    for (char *p = lower; p && *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return lower;
}

char *text_trim(char *text)
{
    text += strspn(text, " ");
    for (size_t n = strlen(text); n && text[n - 1] == ' ';)
        text[--n] = '\0';
    return text;
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

size_t text_word(const char **p)
{
    size_t n = 0;
    while (**p && !is_of_word(**p))
        ++*p;
    while (is_of_word((*p)[n]))
        n++;
    return n;
}

bool text_starts(const char *text, const char *prefix)
{
    return text && prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_empty(const char *text)
{
    return !text || text[strspn(text, " \t\r\n\v\f")] == '\0';
}

static const char *next_character(const char *p)
{
    do
        p++;
    while (((unsigned char)*p & 0xc0) == 0x80);
    return p;
}

/* On a mismatch the last * takes one more character; earlier ones never need to. */
static bool matches(const char *pattern, const char *text, bool nocase)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next_character(text);
        } else if (*pattern == *text ||
                   (nocase && tolower((unsigned char)*pattern) == tolower((unsigned char)*text))) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = resume = next_character(resume);
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

bool text_matches(const char *pattern, const char *text)
{
    return matches(pattern, text, false);
}

bool text_matches_nocase(const char *pattern, const char *text)
{
    return matches(pattern, text, true);
}
