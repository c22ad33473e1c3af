#include "base/slug.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* Latin letters without their marks, one word per letter from the first of a block; "-" is not a letter. */
static const struct {
    uint32_t first, last;
    const char *plain;
} latin[] = {
    /* clang-format off */
    {0xc0, 0x24f,
    "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th ss "
    "a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th y "
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
    "g g g g h h h h i i i i i i i i i i ij ij j j k k k l l l l l l l "
    "l l l n n n n n n n n n o o o o o o oe oe r r r r r r s s s s s s "
    "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s "
    "b b b b - - o c c d d d d - e e e f f g g hv i i k k l l m n n o "
    "o o gh gh p p r - - s - t t t t u u u v y y z z z z z z - - - - - "
    "- - - - dz dz dz lj lj lj nj nj nj a a i i o o u u u u u u u u u u e a a "
    "a a ae ae g g g g k k o o o o z z j dz dz dz g g hv - n n a a ae ae o o "
    "a a a a e e e e i i i i o o o o r r r r u u u u s s t t y y h h "
    "n d ou ou z z a a e e o o o o o o o o y y l n t j db qp a c c l t s "
    "z - - b u v e e j j q q r r y y "},
    {0x1e00, 0x1eff,
    "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f "
    "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m "
    "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r "
    "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v "
    "w w w w w w w w w w x x x x y y z z z z z z h t w y a s s s ss d "
    "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e "
    "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o "
    "o o o o u u u u u u u u u u u u u u y y y y y y y y ll ll v v y y "},
    /* clang-format on */
};

/* Capitals of other scripts: what to add for the small letter. With `pairs`, capitals (even) and small letters alternate. */
static const struct {
    uint32_t first, last, add;
    bool pairs;
} capitals[] = {
    {0x386, 0x386, 38, false}, {0x388, 0x38a, 37, false}, {0x38c, 0x38c, 64, false}, {0x38e, 0x38f, 63, false},
    {0x391, 0x3ab, 32, false}, {0x400, 0x40f, 80, false}, {0x410, 0x42f, 32, false}, {0x460, 0x480, 1, true},
    {0x48a, 0x4be, 1, true},   {0x4d0, 0x52e, 1, true},   {0x531, 0x556, 48, false},
};

/* Beyond Latin: symbols, spaces, emoji and private-use characters. */
static const struct {
    uint32_t first, last;
} separators[] = {
    {0x80, 0xbf},     {0x2b0, 0x2ff},   {0x37e, 0x37e},   {0x387, 0x387},     {0x589, 0x58a},
    {0x2000, 0x2bff}, {0x2e00, 0x2e7f}, {0x3000, 0x3004}, {0x3007, 0x3030},   {0xd800, 0xf8ff},
    {0xfe00, 0xfe6f}, {0xff00, 0xff20}, {0xffe0, 0xffff}, {0x1f000, 0x1ffff}, {0xe0000, UINT32_MAX},
};

/* The character at text, which must not be at its end. Invalid bytes are read one by one as U+FFFD. */
static uint32_t read_character(const char *text, size_t *ret_bytes)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 0;
    uint32_t c = n == 1 ? *p : *p & (0xffu >> (n + 1));
    *ret_bytes = MAX(n, 1);
    if (!n || strnlen(text, n) < n || !utf8_valid(text, n)) {
        *ret_bytes = 1;
        return 0xfffd;
    }
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    return c;
}

static void write_character(uint32_t c, struct str *out)
{
    if (c >= 0x10000)
        str_addc(out, (char)(0xf0 | c >> 18));
    if (c >= 0x800)
        str_addc(out, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12));
    str_addc(out, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
    str_addc(out, (char)(0x80 | (c & 0x3f)));
}

/* Adds the plain letters for a character; false: it is not a letter. */
static bool add_latin(uint32_t c, struct str *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(latin); i++) {
        if (c < latin[i].first || c > latin[i].last)
            continue;
        const char *word = latin[i].plain;
        for (uint32_t skip = c - latin[i].first; skip; skip--)
            word = strchr(word, ' ') + 1;
        if (*word == '-')
            return false;
        str_addn(out, word, strcspn(word, " "));
        return true;
    }
    return false;
}

static uint32_t small(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(capitals); i++) {
        if (c >= capitals[i].first && c <= capitals[i].last && !(capitals[i].pairs && c % 2))
            return c + capitals[i].add;
    }
    return c;
}

static bool is_separator(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_SIZE(separators); i++) {
        if (c >= separators[i].first && c <= separators[i].last)
            return true;
    }
    return false;
}

static bool is_mark(uint32_t c)
{
    return c >= 0x300 && c <= 0x36f;
}

static bool add_letter(uint32_t c, struct str *out)
{
    bool ascii = c < 0x80, is_latin = c >= latin[0].first && c <= latin[0].last;
    is_latin = is_latin || (c >= latin[1].first && c <= latin[1].last);
    if (is_latin)
        return add_latin(c, out);
    if (ascii ? !isalnum((int)c) : is_separator(c))
        return false;
    if (ascii)
        str_addc(out, (char)tolower((int)c));
    else
        write_character(small(c), out);
    return true;
}

char *text_slug(const char *name, size_t most)
{
    struct str out = {0};
    size_t n;
    for (const char *p = name ? name : ""; *p; p += n) {
        uint32_t c = read_character(p, &n);
        size_t before = out.len;
        if (is_mark(c))
            continue;
        if (!add_letter(c, &out) && out.len && out.p[out.len - 1] != '-')
            str_addc(&out, '-');
        if (out.len > most) {
            out.p[out.len = before] = '\0';
            break;
        }
    }
    while (out.len && out.p[out.len - 1] == '-')
        out.p[--out.len] = '\0';
    return str_take(&out);
}
