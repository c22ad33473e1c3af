#include "base/markup.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* ---- values ---- */

static bool is_word(unsigned char c)
{
    return c < 0x80 && isalnum(c);
}

static bool is_lower_or_digit(unsigned char c)
{
    return c < 0x80 && (islower(c) || isdigit(c));
}

static bool is_number(const char *value, const char *end)
{
    while (value < end && (*value == ' ' || isdigit((unsigned char)*value)))
        value++;
    return value == end;
}

/* Does ":fire:" begin here, which chats show as an emoji? The colon at its end may follow in what stands behind the value. Numbers
   are times and addresses, except for the two that name an emoji. */
static bool begins_emoji(const char *value, const char *p)
{
    const char *name = p + 1, *end = name;
    while (is_lower_or_digit((unsigned char)*end) || (*end && strchr("_+'-", *end)) ||
           (unsigned char)*end >= 0x80)
        end++;
    size_t n = (size_t)(end - name);
    bool number = strspn(name, "0123456789") >= n && !(n == 3 && text_starts(name, "100")) &&
                  !(n == 4 && text_starts(name, "1234"));
    bool apart = p == value || !is_word((unsigned char)p[-1]);
    return n && !number && (*end == ':' || (*end == '\0' && apart));
}

/* Could this character mean something where it stands? `begins`: only spaces are before it, so that it could begin a block. */
static bool needs_escape(const char *value, const char *p, bool begins)
{
    unsigned char before = p > value ? (unsigned char)p[-1] : '\0', after = (unsigned char)p[1];
    switch (*p) {
    case '_':
        return !is_word(before) || !is_word(after);
    case '&':
        return after != ' ';
    case ':': /* of a scheme: addresses become links; of an emoji's name */
        return (after != ' ' && after != '\0' && !is_word(after)) || begins_emoji(value, p);
    case '#':
        return begins && !is_word(after);
    case '-':
    case '+':
    case '>':
    case '=':
        return begins;
    case '.': /* "1. " begins a list */
    case ')':
        return !is_word(after) && is_number(value, p);
    default:
        return strchr("\\`*[]<~", *p) != NULL;
    }
}

/* What the renderers drop must not hide what it stands beside: bad UTF-8 and control characters. */
static void add_clean(const char *value, struct str *out)
{
    for (const char *p = value; *p;) {
        unsigned char c = (unsigned char)*p;
        size_t n = 1;
        while (n < 4 && ((unsigned char)p[n] & 0xc0) == 0x80)
            n++;
        bool control = (c < ' ' && c != '\n' && c != '\t') || c == 0x7f ||
                       (c == 0xc2 && n == 2 && (unsigned char)p[1] < 0xa0);
        if (!control && utf8_valid(p, n))
            str_addn(out, p, n);
        p += n;
    }
}

void text_literal(const char *value, struct str *out)
{
    CLEANUP_STR struct str clean = {0};
    add_clean(value ? value : "", &clean);
    const char *text = str_text(&clean);
    bool begins = true;
    for (const char *p = text; *p; p++) {
        bool edge = p == text || p[1] == '\0';
        if (*p == '\n' || *p == '\t' || (*p == ' ' && edge)) {
            str_addf(out, "&#%d;", *p);
        } else {
            if (needs_escape(text, p, begins))
                str_addc(out, '\\');
            str_addc(out, *p);
        }
        begins = begins && (*p == ' ' || *p == '\n' || *p == '\t');
    }
}

/* A blank as text_literal writes it: "&#10;". Returns its length; 0: there is none. */
static size_t read_blank(const char *p, char *ret)
{
    int code = 0, length = 0;
    bool blank = sscanf(p, "&#%2d;%n", &code, &length) == 1 && length && strchr("\t\n ", code) && code;
    *ret = (char)code;
    return blank ? (size_t)length : 0;
}

void text_unescape(const char *commonmark, struct str *out)
{
    bool code = false;
    for (const char *p = commonmark; *p; p++) {
        char blank;
        size_t n = code ? 0 : read_blank(p, &blank);
        if (n) {
            str_addc(out, blank);
            p += n - 1;
        } else if (!code && *p == '\\' && ispunct((unsigned char)p[1])) {
            str_addc(out, *++p);
        } else {
            code ^= *p == '`';
            str_addc(out, *p);
        }
    }
}

bool text_is_address(const char *value)
{
    bool link = value && (strncasecmp(value, "https://", 8) == 0 || strncasecmp(value, "http://", 7) == 0);
    for (const char *p = value; link && *p; p++)
        link = *p > ' ' && *p < 0x7f && !strchr("<>", *p);
    return link;
}

/* What Markdown would read is written as %XX, which means the same in an address. */
static void add_address(const char *address, struct str *out)
{
    for (const char *p = address; *p; p++)
        str_addf(out, strchr("\\;`", *p) ? "%%%02X" : "%c", (unsigned char)*p);
}

void text_link(const char *label, const char *address, struct str *out)
{
    bool link = text_is_address(address);
    str_add(out, link ? "[" : "");
    text_literal(label, out);
    str_add(out, link ? "](<" : " ");
    if (link)
        add_address(address, out);
    else
        text_literal(address, out);
    str_add(out, link ? ">)" : "");
}

void text_address(const char *value, struct str *out)
{
    if (!text_is_address(value)) {
        text_literal(value, out);
        return;
    }
    str_addc(out, '<');
    add_address(value, out);
    str_addc(out, '>');
}

/* Nothing is escaped in a code span; it ends at a backtick, and at the end of a paragraph. */
static void add_code(const char *value, struct str *out)
{
    for (const char *p = value; p && *p; p++)
        str_addc(out, *p == '`' ? '\'' : *p == '\n' ? ' ' : *p);
}

/* ---- formats ---- */

/* One conversion, from after its '%'. */
struct conversion {
    bool star, size, wide; /* "%.*s", "%zu", "%ld" */
    int precision;         /* -1: none */
    char kind;
};

static const char *read_conversion(const char *p, struct conversion *ret)
{
    *ret = (struct conversion){.precision = -1};
    if (*p == '.') {
        ret->star = *++p == '*';
        ret->precision = ret->star ? 0 : (int)strtol(p, (char **)(uintptr_t)&p, 10);
        p += ret->star;
    }
    for (; *p == 'z' || *p == 'l'; p++) {
        ret->size |= *p == 'z';
        ret->wide |= *p == 'l';
    }
    ret->kind = *p;
    return p;
}

static void add_text(const char *value, int precision, bool code, struct str *out)
{
    CLEANUP_STR struct str cut = {0};
    if (precision >= 0 && value) {
        size_t n = strnlen(value, (size_t)precision + 1);
        str_addn(&cut, value, utf8_cut(value, n, (size_t)precision));
        value = str_text(&cut);
    }
    (code ? add_code : text_literal)(value, out);
}

void str_vmarkup(struct str *out, const char *format, va_list args)
{
    bool code = false;
    struct conversion c;
    for (const char *p = format; *p; p++) {
        code ^= *p == '`';
        if (*p != '%' || p[1] == '%') {
            p += *p == '%';
            str_addc(out, *p);
            continue;
        }
        p = read_conversion(p + 1, &c);
        int precision = c.star ? va_arg(args, int) : c.precision;
        if (c.kind == 's')
            add_text(va_arg(args, const char *), precision, code, out);
        else if (c.kind == 'c')
            str_addc(out, (char)va_arg(args, int));
        else if (c.size)
            str_addf(out, "%zu", va_arg(args, size_t));
        else if (c.wide)
            str_addf(out, c.kind == 'u' ? "%lu" : "%ld", va_arg(args, long));
        else
            str_addf(out, c.kind == 'u' ? "%u" : "%d", va_arg(args, int));
    }
}

void str_markup(struct str *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_vmarkup(out, format, args);
    va_end(args);
}

char *markup(const char *format, ...)
{
    struct str out = {0};
    va_list args;
    va_start(args, format);
    str_vmarkup(&out, format, args);
    va_end(args);
    return str_take(&out);
}

int error_markup(struct error *err, int code, const char *format, ...)
{
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vmarkup(&text, format, args);
    va_end(args);
    return error_set(err, code, "%s", str_text(&text));
}
