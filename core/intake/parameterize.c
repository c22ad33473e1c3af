#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "intake/fingerprint.h"

#define READ_AT_MOST ((size_t)ALERT_TITLE * 4)
#define LONGEST      ((size_t)200) /* quoted text; limiting the look-ahead keeps everything linear */

/* Each looks at the text at p (`n` bytes are left) and returns the length of the match, or 0. */
typedef size_t match(const char *p, size_t n);

static size_t run_of(const char *p, size_t n, int (*is)(int))
{
    size_t i = 0;
    while (i < n && is((unsigned char)p[i]))
        i++;
    return i;
}

/* A shape: 'd' a digit, 'x' a hexadecimal digit, anything else itself. */
static bool has_shape(const char *p, size_t n, const char *shape)
{
    for (size_t i = 0; shape[i]; i++) {
        if (i >= n)
            return false;
        unsigned char c = (unsigned char)p[i];
        bool good = shape[i] == 'd' ? isdigit(c) : shape[i] == 'x' ? isxdigit(c) : c == (unsigned char)shape[i];
        if (!good)
            return false;
    }
    return true;
}

static size_t match_uuid(const char *p, size_t n)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return has_shape(p, n, shape) ? sizeof(shape) - 1 : 0;
}

static int is_time_rest(int c)
{
    return isdigit(c) || c == '.' || c == ',' || c == ':' || c == '+' || c == '-';
}

/* "2026-11-23", "2026-11-23T15:06:22.123Z", "2026/11/23 15:06:22", "15:06:22.123". */
static size_t match_time(const char *p, size_t n)
{
    size_t at = 0;
    if (has_shape(p, n, "dddd-dd-dd") || has_shape(p, n, "dddd/dd/dd")) {
        at = 10;
        if (at + 1 < n && strchr("T t", p[at]) && has_shape(p + at + 1, n - at - 1, "dd:dd"))
            at++;
        else
            return at;
    }
    if (!has_shape(p + at, n - at, "dd:dd:dd") && !(at > 0 && has_shape(p + at, n - at, "dd:dd")))
        return 0;
    at += run_of(p + at, n - at, is_time_rest);
    if (at < n && p[at] == 'Z')
        return at + 1;
    while (at > 0 && ispunct((unsigned char)p[at - 1]))
        at--;
    return at;
}

static int is_url_part(int c)
{
    return isgraph(c) && !strchr("\"'<>()[]{},", c);
}

static size_t match_url(const char *p, size_t n)
{
    size_t scheme = run_of(p, MIN(n, 16), isalpha);
    if (scheme == 0 || !has_shape(p + scheme, n - scheme, "://"))
        return 0;
    return run_of(p, n, is_url_part);
}

static int is_mail_part(int c)
{
    return isalnum(c) || (c && strchr(".!#$%&*+/=?^_`{|}~-", c));
}

static int is_domain_part(int c)
{
    return isalnum(c) || c == '.' || c == '-';
}

static size_t match_email(const char *p, size_t n)
{
    size_t at = run_of(p, MIN(n, 64), is_mail_part);
    if (at == 0 || at >= n || p[at] != '@')
        return 0;
    size_t domain = run_of(p + at + 1, n - at - 1, is_domain_part);
    while (domain > 0 && !isalnum((unsigned char)p[at + domain]))
        domain--;
    return domain > 0 ? at + 1 + domain : 0;
}

static size_t match_ip4(const char *p, size_t n)
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        size_t digits = run_of(p + at, n - at, isdigit);
        if (digits == 0 || digits > 3 || (part < 3 && (at + digits >= n || p[at + digits] != '.')))
            return 0;
        at += digits + (part < 3);
    }
    return at;
}

static int is_ip6_part(int c)
{
    return isxdigit(c) || c == ':' || c == '.';
}

static size_t match_ip6(const char *p, size_t n)
{
    size_t at = run_of(p, MIN(n, 46), is_ip6_part), colons = 0;
    for (size_t i = 0; i < at; i++)
        colons += p[i] == ':';
    return colons >= 3 || (colons == 2 && at > 2 && memmem(p, at, "::", 2)) ? at : 0;
}

static size_t match_hex(const char *p, size_t n)
{
    if (n > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        size_t digits = run_of(p + 2, n - 2, isxdigit);
        return digits > 0 ? digits + 2 : 0;
    }
    size_t digits = run_of(p, n, isxdigit), decimal = 0;
    for (size_t i = 0; i < digits; i++)
        decimal += isdigit((unsigned char)p[i]) != 0;
    return digits >= 8 && decimal > 0 && decimal < digits ? digits : 0;
}

static size_t match_number(const char *p, size_t n)
{
    size_t at = n > 1 && (p[0] == '-' || p[0] == '+') ? 1 : 0;
    size_t digits = run_of(p + at, n - at, isdigit);
    if (digits == 0)
        return 0;
    at += digits;
    while (at + 1 < n && (p[at] == '.' || p[at] == ',') && isdigit((unsigned char)p[at + 1]))
        at += 1 + run_of(p + at + 1, n - at - 1, isdigit);
    return at;
}

/* 'text' or "text" on one line. The caller tries only at the start of a word, so an apostrophe within a word does not
   match. */
static size_t match_quoted(const char *p, size_t n)
{
    if (p[0] != '\'' && p[0] != '"' && p[0] != '`')
        return 0;
    for (size_t i = 1; i < MIN(n, LONGEST) && p[i] != '\n'; i++)
        if (p[i] == p[0] && (i + 1 == n || !isalnum((unsigned char)p[i + 1])))
            return i + 1;
    return 0;
}

/* In the order in which they are tried: kinds that may contain others come first. */
static const struct {
    match *match;
    const char *word;
    bool may_run_on; /* a letter may follow: "20ms", "17th" */
} kinds[] = {
    {match_quoted, "<text>", true}, {match_url, "<url>", true},    {match_uuid, "<uuid>", false},
    {match_email, "<email>", true}, {match_time, "<time>", false}, {match_ip4, "<ip>", false},
    {match_ip6, "<ip>", false},     {match_hex, "<hex>", false},   {match_number, "<n>", true},
};

/* The kind and length of the variable text at p; 0: none. */
static size_t match_any(const char *p, size_t n, const char **ret_word)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        size_t length = kinds[i].match(p, n);
        if (length == 0 || (!kinds[i].may_run_on && length < n && isalnum((unsigned char)p[length])))
            continue;
        *ret_word = kinds[i].word;
        return length;
    }
    return 0;
}

/* Whether variable text may begin after this character. Digits within a word ("v2", "sha256") stay. */
static bool is_boundary(unsigned char before)
{
    return !isalnum(before) && before < 0x80;
}

void parameterize(const char *text, struct str *out)
{
    size_t n = strnlen(text, READ_AT_MOST);
    for (size_t i = 0; i < n;) {
        const char *word;
        bool may_start = i == 0 || is_boundary((unsigned char)text[i - 1]);
        size_t length = may_start ? match_any(text + i, n - i, &word) : 0;
        if (length > 0)
            str_add(out, word);
        else
            str_addc(out, text[i]);
        i += MAX(length, 1);
    }
}
