/* Spans of time as people write them: "tomorrow 9-17", "friday 9:00 until monday 9:00", "for 2h", "21 dec - 2 jan". */
#include "base/zone.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/mem.h"

#define HALF_BYTES 80

struct halves {
    char from[HALF_BYTES], until[HALF_BYTES]; /* from "": now */
};

static bool copy(char out[HALF_BYTES], const char *text, size_t n)
{
    while (n && isspace((unsigned char)text[n - 1]))
        n--;
    if (n >= HALF_BYTES)
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

/* The word in the text, as a word of its own. */
static const char *find_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = text; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        if (strncasecmp(p, word, n) == 0 && p[n] == ' ')
            return p;
    }
    return NULL;
}

/* "A until B", "until B", "A for 2h", "for 2h" */
static bool split_at_word(const char *text, struct halves *ret)
{
    static const struct {
        const char *word;
        size_t skips; /* bytes that are not part of the second half */
    } words[] = {{"until", 6}, {"till", 5}, {"to", 3}, {"for", 0}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        const char *at = find_word(text, words[i].word);
        if (at)
            return copy(ret->from, text, (size_t)(at - text)) &&
                   copy(ret->until, at + words[i].skips, strlen(at + words[i].skips));
    }
    return false;
}

/* One end of "9-17": "9" is 9:00. */
static bool add_clock(char out[HALF_BYTES], const char *text, size_t n)
{
    size_t digits = strspn(text, "0123456789"), used = strlen(out);
    bool bare = digits == n;
    if (digits < 1 || digits > 2 || used + n + 5 >= HALF_BYTES)
        return false;
    if (used)
        out[used++] = ' ';
    memcpy(out + used, text, n);
    memcpy(out + used + n, bare ? ":00" : "", bare ? 4 : 1);
    return true;
}

/* "tomorrow 9-17", "9:00–17:30" */
static bool split_at_dash(const char *text, struct halves *ret)
{
    static const char *const dashes[] = {"-", "–", "—"};
    const char *last = strrchr(text, ' '), *range = last ? last + 1 : text;
    if (!isdigit((unsigned char)*range) || !copy(ret->from, text, (size_t)(range - text)))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(dashes); i++) {
        const char *dash = strstr(range, dashes[i]), *after = dash ? dash + strlen(dashes[i]) : NULL;
        if (dash)
            return add_clock(ret->from, range, (size_t)(dash - range)) &&
                   add_clock(ret->until, after, strlen(after));
    }
    return false;
}

int when_parse_span(const char *text, instant now, const char *zone, instant *ret_from, instant *ret_until,
                    struct error *err)
{
    struct halves halves = {"", ""};
    instant from = now, until;
    text += strspn(text, " ");
    text += strncasecmp(text, "from ", 5) == 0 ? 5 : 0;
    if (!split_at_word(text, &halves) && !split_at_dash(text, &halves))
        return error_markup(err, ERR_INVALID,
                            "I can't read '%.60s' as a time with an end. Try `tomorrow 9-17`, `friday 18:00 "
                            "until monday 9:00` or "
                            "`for 2h`.",
                            text);
    int rc = *halves.from ? when_parse(halves.from, now, zone, &from, err) : 0;
    rc = rc ? rc : when_parse(halves.until, from, zone, &until, err);
    if (rc)
        return rc;
    *ret_from = from;
    *ret_until = until;
    return 0;
}

/* ---- whole days ---- */

/* "21 dec - 2 jan", "21 dec – 2 jan" */
static bool split_at_hyphen(const char *text, struct halves *ret)
{
    static const char *const hyphens[] = {" - ", "–", "—"};
    for (size_t i = 0; i < ARRAY_SIZE(hyphens); i++) {
        const char *at = strstr(text, hyphens[i]), *after = at ? at + strlen(hyphens[i]) : NULL;
        if (at)
            return copy(ret->from, text, (size_t)(at - text)) && copy(ret->until, after, strlen(after));
    }
    return false;
}

/* The last minute of the day; false: the text names no day, or a time of it. */
static bool read_day(const char *text, instant now, const char *zone, instant *ret)
{
    CLEANUP_FREE char *last = xasprintf("%s 23:59", text);
    return *text && when_parse(last, now, zone, ret, NULL) == 0;
}

static instant day_begins(instant t, int later, const char *zone)
{
    struct wall wall = zone_to_wall(t, zone);
    wall.day += later;
    wall.hour = wall.minute = wall.second = 0;
    return zone_from_wall(&wall, zone);
}

int when_parse_days(const char *text, instant now, const char *zone, instant *ret_from, instant *ret_until,
                    struct error *err)
{
    struct halves halves = {"", ""};
    instant first = now, last;
    text += strspn(text, " ");
    text += strncasecmp(text, "from ", 5) == 0 ? 5 : 0;
    bool two = split_at_hyphen(text, &halves) || split_at_word(text, &halves);
    bool days = (two && !*halves.from) || read_day(two ? halves.from : text, now, zone, &first);
    last = first;
    if (!days || (two && !read_day(halves.until, MAX(first - MINUTE, now), zone, &last)))
        return when_parse_span(text, now, zone, ret_from, ret_until, err);
    *ret_from = MAX(day_begins(first, 0, zone), now);
    *ret_until = day_begins(last, 1, zone);
    return 0;
}
