#include "comms/lint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

#define LONG     1500 /* characters; few read more */
#define SENTENCE 200  /* bytes of a sentence before a time, and after */
#define LETTERS  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS   "0123456789"

/* ---- words ---- */

static bool is_part(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_at_word(const char *text, const char *p)
{
    return p == text || !is_part(p[-1]);
}

/* Does one of the words begin there, and end with a word of the text? */
static bool is_word(const char *p, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(words[i]);
        if (strncasecmp(p, words[i], length) == 0 && !is_part(p[length]))
            return true;
    }
    return false;
}

/* Does one of them stand there, from the beginning of a word on? */
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

/* ---- times ---- */

/* "9:00", "15.30 Uhr", "2 hours", "2-3 days", "9 am" */
static bool is_time(const char *p)
{
    static const char *const units[] = {
        "h",       "hr",      "hrs", "hour", "hours", "m",      "min",     "mins",    "minute",
        "minutes", "Minuten", "s",   "sec",  "secs",  "second", "seconds", "Sekunde", "Sekunden",
        "Stunde",  "Stunden", "day", "days", "Tag",   "Tage",   "Tagen",   "week",    "weeks",
        "Woche",   "Wochen",  "Uhr", "am",   "pm",    "a.m.",   "p.m.",    "o'clock", "UTC"};
    size_t digits = strspn(p, DIGITS);
    if (!digits || digits > 2)
        return false;
    p += digits;
    if (*p == ':' && isdigit((unsigned char)p[1]))
        return true;
    p += strspn(p, ".-–" DIGITS);
    return is_word(p + strspn(p, " "), units, ARRAY_SIZE(units));
}

/* A time in words. */
static bool is_moment(const char *p)
{
    static const char *const moments[] = {
        "the hour", "an hour",  "half an hour", "noon",         "tonight",         "tomorrow",
        "today",    "midday",   "midnight",     "the end of",   "end of",          "the day",
        "a day",    "minutes",  "Monday",       "Tuesday",      "Wednesday",       "Thursday",
        "Friday",   "Saturday", "Sunday",       "einer Stunde", "einer halben",    "heute",
        "morgen",   "Mittag",   "Ende",         "zum Abend",    "wenigen Minuten", "Montag",
        "Dienstag", "Mittwoch", "Donnerstag",   "Freitag",      "Samstag",         "Sonntag"};
    return is_word(p, moments, ARRAY_SIZE(moments));
}

/* "by 9:00", "within the hour", "bis morgen". "at 9:00" is no promise by itself: it may have been. NULL: there is no time from there
   on. */
static const char *find_time(const char *text, const char *from)
{
    static const char *const before[] = {"by ", "within ", "in ",     "until ",        "at ",
                                         "um ", "bis ",    "binnen ", "innerhalb von "};
    for (const char *p = from; *p; p++) {
        for (size_t i = 0; is_at_word(text, p) && i < ARRAY_SIZE(before); i++) {
            const char *after = p + strlen(before[i]);
            if (strncasecmp(p, before[i], strlen(before[i])) == 0 && (is_time(after) || is_moment(after)))
                return p;
        }
    }
    return NULL;
}

/* Is it when they hear from us next that is said there? */
static bool is_about_update(const char *text, const char *at)
{
    static const char *const words[] = {"again",    "update",       "hear from",    "next",  "write",
                                        "tell you", "let you know", "melden",       "hören", "schreiben",
                                        "nächste",  "informieren",  "Zwischenstand"};
    const char *begin = at, *end = at;
    while (begin > text && at - begin < SENTENCE && !strchr("!?\n", begin[-1]) &&
           !(begin[-1] == '.' && *begin == ' '))
        begin--;
    while (*end && end - at < SENTENCE && !strchr("!?\n", *end) && strncmp(end, ". ", 2) != 0)
        end++;
    CLEANUP_FREE char *sentence = xstrndup(begin, (size_t)(end - begin));
    return has_any(sentence, words, ARRAY_SIZE(words));
}

/* A promise to write again has a clock behind it where the policy has one. */
static bool promises_time(const struct lint_message *m, const char *text)
{
    for (const char *p = text; (p = find_time(text, p)); p++) {
        bool update = m->update_within && is_about_update(text, p);
        if (!update && strncasecmp(p, "at ", 3) != 0)
            return true;
    }
    return false;
}

static bool lacks_next(const struct lint_message *m, const char *text)
{
    bool said = false;
    for (const char *p = text; !said && (p = find_time(text, p)); p++)
        said = is_about_update(text, p);
    return m->update_within && !said;
}

/* ---- what is ours ---- */

/* UTF-8, SHA-256: the name of a standard and no ticket. */
static bool is_standard(const char *p)
{
    static const char *const known[] = {"UTF", "SHA",  "ISO", "RFC",   "AES", "TLS",
                                        "SSL", "HTTP", "MD",  "COVID", "CVE"};
    return is_word(p, known, ARRAY_SIZE(known));
}

/* INC-42, inc-42, SHOP-1234, #1234: numbers of ours. */
static bool has_ticket(const struct lint_message *m, const char *text)
{
    (void)m;
    for (const char *p = text; *p; p++) {
        size_t letters = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (*p == '#' && isdigit((unsigned char)p[1]) && isdigit((unsigned char)p[2]))
            return true;
        if (!is_at_word(text, p))
            continue;
        letters = strncasecmp(p, "inc-", 4) == 0 ? 3 : letters;
        if (letters >= 2 && p[letters] == '-' && isdigit((unsigned char)p[letters + 1]) && !is_standard(p))
            return true;
    }
    return false;
}

/* 10.1.2.3: in a private network. */
static bool is_private_address(const char *p)
{
    unsigned v[4];
    for (int i = 0; i < 4; i++) {
        size_t digits = strspn(p, DIGITS);
        if (!digits || digits > 3 || (i < 3 && p[digits] != '.'))
            return false;
        v[i] = (unsigned)strtoul(p, NULL, 10);
        p += digits + (i < 3);
    }
    return v[0] == 10 || v[0] == 127 || (v[0] == 192 && v[1] == 168) ||
           (v[0] == 172 && v[1] >= 16 && v[1] < 32) || (v[0] == 169 && v[1] == 254);
}

/* The length of a word with what joins its parts: "payments_db", "pg-prod-2", "db1.internal". */
static size_t name_length(const char *p)
{
    size_t n = strspn(p, LETTERS DIGITS "_-.");
    while (n && strchr("-.", p[n - 1]))
        n--;
    return n;
}

static bool is_inner_host(const char *name, size_t n)
{
    static const char *const ends[] = {".internal", ".local", ".svc",        ".lan",
                                       ".corp",     ".intra", ".localdomain"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t length = strlen(ends[i]);
        if (n > length && strncasecmp(name + n - length, ends[i], length) == 0)
            return true;
    }
    return n == strlen("localhost") && strncasecmp(name, "localhost", n) == 0;
}

/* pg-prod-2: small letters, and a number at the end. */
static bool is_numbered(const char *name, size_t n)
{
    size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz"), last = n;
    while (last && isdigit((unsigned char)name[last - 1]))
        last--;
    bool known =
        strncmp(name, "top-", 4) == 0 || strncmp(name, "covid-", 6) == 0 || strncmp(name, "inc-", 4) == 0;
    return letters >= 2 && last < n && last > 1 && name[last - 1] == '-' && !known;
}

static bool has_host(const struct lint_message *m, const char *text)
{
    (void)m;
    for (const char *p = text; *p; p++) {
        size_t n = is_at_word(text, p) ? name_length(p) : 0;
        if (n && (is_private_address(p) || is_inner_host(p, n) || is_numbered(p, n)))
            return true;
        p += n ? n - 1 : 0;
    }
    return false;
}

/* NullPointerException, TypeError; not "Error". */
static bool is_exception(const char *name, size_t n)
{
    static const char *const ends[] = {"Exception", "Error"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t length = strlen(ends[i]);
        if (n > length && strncmp(name + n - length, ends[i], length) == 0)
            return true;
    }
    return false;
}

/* A service or a team whose name is no word that customers know. */
static bool is_ours(const struct lint_message *m, const char *name, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(m->names); i++) {
        const char *own = m->names[i];
        if (own && own[strspn(own, LETTERS)] && strlen(own) == n && strncasecmp(own, name, n) == 0)
            return true;
    }
    return false;
}

static bool has_name(const struct lint_message *m, const char *text)
{
    for (const char *p = text; *p; p++) {
        size_t n = is_at_word(text, p) ? name_length(p) : 0;
        const char *joint = n > 2 ? memchr(p + 1, '_', n - 2) : NULL;
        if (n && (joint || is_exception(p, n) || is_ours(m, p, n)))
            return true;
        p += n ? n - 1 : 0;
    }
    return false;
}

/* ---- the rest ---- */

/* What a prepared message leaves open stands apart: "there is a way around it: …". */
static bool has_gap(const struct lint_message *m, const char *text)
{
    static const char *const words[] = {"TODO", "TBD", "XXX", "FIXME"};
    (void)m;
    for (const char *p = text; (p = strstr(p, "…")); p++) {
        if (p == text || strchr(" \n[(", p[-1]))
            return true;
    }
    for (const char *p = text; *p; p++) {
        if (is_at_word(text, p) && isupper((unsigned char)*p) && is_word(p, words, ARRAY_SIZE(words)))
            return true;
    }
    return false;
}

static bool blames(const struct lint_message *m, const char *text)
{
    static const char *const words[] = {"your fault",          "your mistake",         "your error",
                                        "you should have",     "you failed",           "you forgot",
                                        "user error",          "human error",          "fault of",
                                        "an engineer of ours", "one of our engineers", "a colleague",
                                        "Ihr Fehler",          "Ihre Schuld",          "Sie hätten",
                                        "Sie haben vergessen", "Bedienfehler",         "menschliches Versagen",
                                        "Schuld von",          "ein Kollege",          "eine Kollegin"};
    (void)m;
    return has_any(text, words, ARRAY_SIZE(words));
}

static bool is_long(const struct lint_message *m, const char *text)
{
    size_t characters = 0;
    (void)m;
    for (const char *p = text; *p; p++)
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    return characters > LONG;
}

static const struct {
    bool (*finds)(const struct lint_message *m, const char *text);
    const char *hint;
} lints[] = {
    {has_gap, "There is a gap to fill in"},
    {promises_time, "It promises a time: is there a clock behind it?"},
    {has_ticket, "It has a number of ours, which says nothing to them"},
    {has_host, "It names a host of ours"},
    {has_name, "It has a name that only we know"},
    {blames, "It sounds like blame"},
    {is_long, "It is long: few read so much"},
};

/* The languages in which it is so, as " (de, fr)"; nothing where it is so in the first. */
static bool find(bool (*finds)(const struct lint_message *m, const char *text), const struct lint_message *m,
                 const cJSON *languages, struct str *where)
{
    const cJSON *language;
    if (finds(m, m->text))
        return true;
    cJSON_ArrayForEach(language, languages)
    {
        if (cJSON_IsString(language) && finds(m, language->valuestring))
            str_addf(where, "%s%s", where->len ? ", " : " (", language->string);
    }
    if (where->len)
        str_addc(where, ')');
    return where->len;
}

static void add_next(const struct lint_message *m, const cJSON *languages, struct str *out)
{
    CLEANUP_STR struct str where = {0};
    if (!find(lacks_next, m, languages, &where))
        return;
    str_addf(out, "%sIt does not say when they hear from you next%s: they should within ", out->len ? " " : "",
             str_text(&where));
    duration_format(m->update_within, out);
    str_addc(out, '.');
}

void lint(const struct lint_message *message, struct str *out)
{
    CLEANUP_JSON cJSON *languages = NULL;
    if (message->languages)
        json_parse(message->languages, strlen(message->languages), SIZE_MAX, JSON_DEPTH, "languages",
                   &languages, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(lints); i++) {
        CLEANUP_STR struct str where = {0};
        const char *hint = lints[i].hint;
        if (find(lints[i].finds, message, languages, &where))
            str_addf(out, "%s%s%s%s", out->len ? " " : "", hint, str_text(&where),
                     strchr(hint, '?') ? "" : ".");
    }
    add_next(message, languages, out);
}
