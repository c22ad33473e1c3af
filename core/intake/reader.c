#include "intake/reader.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/id.h"
#include "intake/text.h"

#define DEEPEST 64

void reader_init(struct reader *r, struct arena *arena, const char *bytes, size_t n)
{
    char *copy = arena_copy(arena, bytes, n);
    *r = (struct reader){.start = copy, .at = copy, .end = copy + n, .first = true};
}

static bool fail(struct reader *r)
{
    r->failed = true;
    return false;
}

/* Usually there is none, and the first comparison tells so. The NUL at the end stops it. */
static inline void skip_space(struct reader *r)
{
    for (char c; (unsigned char)(c = *r->at) <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');)
        r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_space(r);
    if (r->failed || *r->at != c)
        return fail(r);
    r->at++;
    return true;
}

char reader_peek(struct reader *r)
{
    static const char kinds[256] = {
        ['{'] = '{', ['['] = '[', ['"'] = '"', ['t'] = 't', ['f'] = 'f', ['n'] = 'n',
        ['-'] = '0', ['0'] = '0', ['1'] = '0', ['2'] = '0', ['3'] = '0', ['4'] = '0',
        ['5'] = '0', ['6'] = '0', ['7'] = '0', ['8'] = '0', ['9'] = '0',
    };
    skip_space(r);
    return r->failed ? 0 : kinds[(unsigned char)*r->at];
}

bool reader_enter(struct reader *r, char bracket)
{
    if (!take(r, bracket) || ++r->depth > DEEPEST)
        return fail(r);
    r->first = true;
    return true;
}

/* Reads the comma before all elements but the first; false at the closing bracket. */
static bool next(struct reader *r, char closing)
{
    skip_space(r);
    if (r->failed || r->at == r->end)
        return fail(r);
    if (*r->at == closing) {
        r->at++;
        r->depth--;
        r->first = false;
        return false;
    }
    if (!r->first && !take(r, ','))
        return false;
    r->first = false;
    return true;
}

bool reader_member(struct reader *r, struct reader_text *key)
{
    return next(r, '}') && reader_text(r, key) && take(r, ':');
}

bool reader_element(struct reader *r)
{
    return next(r, ']');
}

/* ---- strings ---- */

#define EACH(value) (UINT64_C(0x0101010101010101) * (value))

/* Sets the top bit of each byte that is zero; bits above the lowest one may be wrong. */
static uint64_t zeros(uint64_t word)
{
    return (word - EACH(1)) & ~word & EACH(0x80);
}

/* Sets the top bit of each byte that is not printable ASCII. */
static uint64_t odd_bytes(uint64_t word)
{
    uint64_t low = word & EACH(0x7f);
    return (word | (low + EACH(1)) | ~(low + EACH(0x60))) & EACH(0x80);
}

/* Moves to the first quote or backslash; *plain becomes false if it passes anything that is not printable. */
static inline char *scan(char *p, const char *end, bool *plain)
{
    uint64_t odd = 0;
    while (end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        word = le64toh(word);
        uint64_t stop = zeros(word ^ EACH('"')) | zeros(word ^ EACH('\\'));
        if (stop) {
            odd |= odd_bytes(word) & ~stop & (stop - 1); /* of the bytes before it */
            *plain &= !odd;
            return p + __builtin_ctzll(stop) / 8;
        }
        odd |= odd_bytes(word);
        p += 8;
    }
    for (; p < end && *p != '"' && *p != '\\'; p++)
        odd |= (unsigned char)(*p - 0x20) >= 0x5f;
    *plain &= !odd;
    return p;
}

/* Four hexadecimal digits; -1: invalid. */
static int32_t hex4(const char *p, const char *end)
{
    uint8_t bytes[2];
    char digits[5];
    if (end - p < 4)
        return -1;
    memcpy(digits, p, 4);
    digits[4] = '\0';
    return hex_decode(digits, bytes, 2) == 0 ? bytes[0] << 8 | bytes[1] : -1;
}

/* After "\u": writes the character and returns the position after it; NULL: malformed. NUL and the half of a surrogate pair become
   U+FFFD. */
static const char *unescape_unicode(const char *p, const char *end, char **out)
{
    int32_t c = hex4(p, end);
    if (c < 0)
        return NULL;
    p += 4;
    bool high = c >= 0xd800 && c < 0xdc00;
    int32_t low = high && end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2, end) : -1;
    if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        p += 6;
    } else if (c == 0 || (c >= 0xd800 && c < 0xe000)) {
        c = 0xfffd;
    }
    *out = text_put(*out, (uint32_t)c);
    return p;
}

/* p is at a backslash: writes the escaped character at *out and returns the position after it; NULL: malformed. */
static const char *unescape(const char *p, const char *end, char **out)
{
    static const char letters[] = "\"\\/bfnrt", stand_for[] = "\"\\/\b\f\n\r\t";
    if (end - p < 2)
        return NULL;
    if (p[1] == 'u')
        return unescape_unicode(p + 2, end, out);
    const char *letter = p[1] ? strchr(letters, p[1]) : NULL;
    if (!letter)
        return NULL;
    *(*out)++ = stand_for[letter - letters];
    return p + 2;
}

/* From the first backslash on, the text moves forward over the escapes. */
static char *take_escaped(struct reader *r, char *p, struct reader_text *text)
{
    char *out = p;
    while (p < r->end && *p == '\\') {
        const char *rest = unescape(p, r->end, &out);
        if (!rest)
            return NULL;
        bool plain = true;
        char *from = r->start + (rest - r->start);
        p = scan(from, r->end, &plain);
        memmove(out, from, (size_t)(p - from));
        out += p - from;
    }
    text->n = (size_t)(out - text->p);
    text->plain = false;
    return p;
}

bool reader_text(struct reader *r, struct reader_text *text)
{
    if (!take(r, '"'))
        return false;
    text->p = r->at;
    text->plain = true;
    char *p = scan(r->at, r->end, &text->plain);
    text->n = (size_t)(p - text->p);
    if (p < r->end && *p == '\\')
        p = take_escaped(r, p, text);
    if (!p || p == r->end)
        return fail(r);
    r->at = p + 1;
    text->p[text->n] = '\0'; /* at the quote or before it */
    return true;
}

/* ---- other values ---- */

static size_t literal_length(const struct reader *r)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t left = (size_t)(r->end - r->at);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);
        if (left >= n && memcmp(r->at, words[i], n) == 0)
            return n;
    }
    size_t n = 0;
    while (n < left && r->at[n] && strchr("+-.0123456789eE", r->at[n]))
        n++;
    return n;
}

bool reader_scalar(struct reader *r, struct reader_text *text)
{
    char kind = reader_peek(r);
    if (kind == '"')
        return reader_text(r, text);
    if (kind != '0' && kind != 't' && kind != 'f') {
        reader_skip(r);
        return false;
    }
    text->n = literal_length(r);
    text->plain = true;
    text->p = NULL;
    if (text->n == 0 || r->at == r->start)
        return fail(r);
    /* The byte after a literal must stay, so there is no room for the NUL. The literal moves over the byte before it, which
       was a colon, comma, bracket or space. */
    text->p = memmove(r->at - 1, r->at, text->n);
    r->at += text->n;
    text->p[text->n] = '\0';
    return true;
}

/* The recursion is bounded by reader_enter. */
void reader_skip(struct reader *r)
{
    struct reader_text text;
    char kind = reader_peek(r);
    if (kind == '{' && reader_enter(r, kind)) {
        while (reader_member(r, &text))
            reader_skip(r);
    } else if (kind == '[' && reader_enter(r, kind)) {
        while (reader_element(r))
            reader_skip(r);
    } else if (kind == '"') {
        reader_text(r, &text);
    } else if (kind && literal_length(r) > 0) {
        r->at += literal_length(r);
    } else {
        fail(r);
    }
}

bool reader_end(struct reader *r, size_t *ret_at)
{
    skip_space(r);
    *ret_at = (size_t)(r->at - r->start);
    return !r->failed && r->depth == 0 && r->at == r->end;
}

bool reader_is(const struct reader_text *text, const char *word, size_t n)
{
    return text->n == n && memcmp(text->p, word, n) == 0;
}

const char *reader_line(const struct reader_text *text, struct arena *arena, size_t max)
{
    return text->plain && text->n <= max ? text->p : text_line(arena, text->p, max);
}

const char *reader_lines(const struct reader_text *text, struct arena *arena, size_t max)
{
    return text->plain && text->n <= max ? text->p : text_lines(arena, text->p, max);
}
