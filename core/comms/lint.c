#include "comms/lint.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define LONG 1500 /* bytes that nobody reads */

static bool has_gap(const char *text)
{
    return strstr(text, "…") || strstr(text, "TODO") || strstr(text, "XXX");
}

static bool is_at_word(const char *text, const char *p)
{
    return p == text || !isalnum((unsigned char)p[-1]);
}

static bool has_any(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (const char *p = text; (p = strcasestr(p, words[i])); p++) {
            if (is_at_word(text, p))
                return true;
        }
    }
    return false;
}

/* "by 9:00", "within 2 hours", "in 30 minutes". */
static bool promises_time(const char *text)
{
    static const char *const before[] = {"by ", "within ", "in ", "um ", "bis ", "binnen ", "innerhalb von "};
    for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
        for (const char *p = text; (p = strcasestr(p, before[i])); p++) {
            const char *after = p + strlen(before[i]);
            size_t digits = strspn(after, "0123456789");
            const char *unit = after + digits + strspn(after + digits, " ");
            if (is_at_word(text, p) && digits && digits < 3 && (*unit == ':' || strchr("hmsHMS", *unit)) &&
                *unit)
                return true;
        }
    }
    return false;
}

/* INC-42, SHOP-1234, #1234: numbers of ours. */
static bool has_ticket(const char *text)
{
    for (const char *p = text; *p; p++) {
        size_t letters = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (*p == '#' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]))
            return true;
        if (letters >= 2 && p[letters] == '-' && isdigit((unsigned char)p[letters + 1]) && is_at_word(text, p))
            return true;
        p += letters ? letters - 1 : 0;
    }
    return false;
}

/* An address in a private network, or a name that only resolves inside. */
static bool has_host(const char *text)
{
    static const char *const ours[] = {"10.", "192.168.", "172.16.", "127.0.0.1", "localhost"};
    static const char *const names[] = {".internal", ".local", ".svc", ".lan", ".corp"};
    for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
        for (const char *p = text; (p = strstr(p, ours[i])); p++) {
            if (is_at_word(text, p) && (isdigit((unsigned char)p[strlen(ours[i])]) || i > 2))
                return true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *p = strstr(text, names[i]);
        if (p && p > text && isalnum((unsigned char)p[-1]) && !isalnum((unsigned char)p[strlen(names[i])]))
            return true;
    }
    return false;
}

static bool blames(const char *text)
{
    static const char *const words[] = {"your fault",          "your mistake", "you should have", "you failed",
                                        "human error",         "Ihr Fehler",   "Ihre Schuld",     "Sie hätten",
                                        "an engineer of ours", "a colleague"};
    return has_any(text, words, ARRAY_SIZE(words));
}

static bool is_long(const char *text)
{
    return strlen(text) > LONG;
}

static const struct {
    bool (*finds)(const char *text);
    const char *hint;
} lints[] = {
    {has_gap, "There is a gap to fill in."},
    {promises_time, "It promises a time: is there a clock behind it?"},
    {has_ticket, "It has a number of ours, which says nothing to them."},
    {has_host, "It names a host of ours."},
    {blames, "It sounds like blame."},
    {is_long, "It is long."},
};

void lint(const char *text, struct str *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(lints); i++) {
        if (lints[i].finds(text))
            str_addf(out, "%s%s", out->len ? " " : "", lints[i].hint);
    }
}
