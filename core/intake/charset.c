#include "intake/charset.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "intake/text.h"

#define UNKNOWN 0xfffd

/* ---- which one ---- */

/* How the first characters of JSON in each of them begin. */
static const struct {
    const char *bytes;
    size_t n, mark;
    enum charset charset;
} beginnings[] = {
    {"\xef\xbb\xbf", 3, 3, CHARSET_UTF8},  {"\xff\xfe\0\0", 4, 4, CHARSET_UTF32},
    {"\0\0\xfe\xff", 4, 4, CHARSET_UTF32}, {"\xff\xfe", 2, 2, CHARSET_UTF16LE},
    {"\xfe\xff", 2, 2, CHARSET_UTF16BE},   {"{\0\0\0", 4, 0, CHARSET_UTF32},
    {"[\0\0\0", 4, 0, CHARSET_UTF32},      {"\0\0\0{", 4, 0, CHARSET_UTF32},
    {"\0\0\0[", 4, 0, CHARSET_UTF32},      {"{\0", 2, 0, CHARSET_UTF16LE},
    {"[\0", 2, 0, CHARSET_UTF16LE},        {"\0{", 2, 0, CHARSET_UTF16BE},
    {"\0[", 2, 0, CHARSET_UTF16BE},
};

static const struct {
    const char *name;
    enum charset charset;
} names[] = {
    {"iso-8859-1", CHARSET_LATIN1},   {"iso8859-1", CHARSET_LATIN1}, {"iso_8859-1", CHARSET_LATIN1},
    {"latin1", CHARSET_LATIN1},       {"latin-1", CHARSET_LATIN1},   {"l1", CHARSET_LATIN1},
    {"windows-1252", CHARSET_LATIN1}, {"cp1252", CHARSET_LATIN1},    {"utf-16", CHARSET_UTF16BE},
    {"utf-16be", CHARSET_UTF16BE},    {"utf-16le", CHARSET_UTF16LE}, {"utf-32", CHARSET_UTF32},
    {"utf-32be", CHARSET_UTF32},      {"utf-32le", CHARSET_UTF32},
};

static bool is_named(const char *value, size_t n, const char *name)
{
    return strlen(name) == n && strncasecmp(value, name, n) == 0;
}

/* "application/json; charset=\"iso-8859-1\"" */
static enum charset declared(const char *content_type)
{
    const char *at = content_type ? strcasestr(content_type, "charset") : NULL;
    if (!at)
        return CHARSET_UTF8;
    at += strlen("charset");
    at += strspn(at, " \t");
    if (*at++ != '=')
        return CHARSET_UTF8;
    at += strspn(at, " \t\"'");
    size_t n = strcspn(at, " \t\"';,");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (is_named(at, n, names[i].name))
            return names[i].charset;
    }
    return CHARSET_UTF8;
}

enum charset charset_of(const char *content_type, const char *bytes, size_t n, size_t *ret_mark)
{
    for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
        *ret_mark = beginnings[i].mark;
        if (n >= beginnings[i].n && memcmp(bytes, beginnings[i].bytes, beginnings[i].n) == 0)
            return beginnings[i].charset;
    }
    *ret_mark = 0;
    enum charset charset = declared(content_type);
    bool wide = charset == CHARSET_UTF16LE || charset == CHARSET_UTF16BE || charset == CHARSET_UTF32;
    return wide && !memchr(bytes, '\0', n) ? CHARSET_UTF8 : charset; /* JSON in 16 bits has NULs */
}

/* ---- to UTF-8 ---- */

static char *put(char *out, uint32_t c)
{
    return text_put(out, c ? c : UNKNOWN);
}

/* What Windows means by the bytes that Latin-1 leaves to controls, since so do its senders; 0: nothing. */
static uint32_t windows_character(unsigned char c)
{
    static const uint16_t characters[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                            0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                            0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                            0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    return c >= 0x80 && c < 0xa0 ? characters[c - 0x80] : c;
}

static char *from_latin(const char *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        out = put(out, windows_character((unsigned char)bytes[i]));
    return out;
}

static char *from_broken(const char *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n;) {
        size_t step = utf8_length(bytes + i, n - i);
        if (step == 0 || bytes[i] == '\0') {
            out = put(out, UNKNOWN);
            i++;
            continue;
        }
        memcpy(out, bytes + i, step);
        out += step;
        i += step;
    }
    return out;
}

static uint32_t unit_at(const char *bytes, size_t n, size_t i, bool little)
{
    const unsigned char *p = (const unsigned char *)bytes + i;
    if (i + 2 > n)
        return UNKNOWN;
    return little ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
}

static char *from_wide(const char *bytes, size_t n, bool little, char *out)
{
    for (size_t i = 0; i < n; i += 2) {
        uint32_t c = unit_at(bytes, n, i, little), low = unit_at(bytes, n, i + 2, little);
        if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        }
        out = put(out, c >= 0xd800 && c < 0xe000 ? UNKNOWN : c);
    }
    return out;
}

const char *charset_mend(struct arena *arena, enum charset charset, const char *bytes, size_t n, size_t *ret_n)
{
    bool wide = charset == CHARSET_UTF16LE || charset == CHARSET_UTF16BE;
    while (!wide && n && bytes[n - 1] == '\0')
        n--;
    bool valid = !wide && utf8_valid(bytes, n);
    *ret_n = n;
    if (valid && !memchr(bytes, '\0', n))
        return bytes;
    char *copy = arena_take(arena, 3 * n + 4), *end;
    if (wide)
        end = from_wide(bytes, n, charset == CHARSET_UTF16LE, copy);
    else if (charset == CHARSET_LATIN1 && !valid)
        end = from_latin(bytes, n, copy);
    else
        end = from_broken(bytes, n, copy);
    *end = '\0';
    *ret_n = (size_t)(end - copy);
    return copy;
}
