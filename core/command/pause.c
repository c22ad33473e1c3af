/* Finds a time in a text: "waiting for the bank until tomorrow 9:00", "for 2h waiting for a customer". Pure. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/zone.h"
#include "base/markup.h"
#include "command/line.h"

#define LOOK_MOST 9   /* words in a time, at most */
#define SPAN_MOST 400 /* a text with as many words or more is not searched */

struct span {
    size_t from, to; /* a word's bytes */
};

static size_t split_words(const char *text, struct span spans[SPAN_MOST])
{
    size_t n = 0;
    for (const char *p = skip_space(text); *p && n < SPAN_MOST; p = skip_space(p), n++) {
        spans[n].from = (size_t)(p - text);
        while (*p && !isspace((unsigned char)*p))
            p++;
        spans[n].to = (size_t)(p - text);
    }
    return n;
}

static bool is_word(const char *text, struct span span, const char *const *words)
{
    for (; *words; words++) {
        if (span.to - span.from == strlen(*words) && strncasecmp(text + span.from, *words, strlen(*words)) == 0)
            return true;
    }
    return false;
}

/* Words between parts of a time. */
static const char *const joining[] = {"at", "on", "the", "a", "an",   "of",   "and", "or",
                                      "to", "-",  "–",   "—", "next", "this", NULL};

/* Can the word begin a time within a text? */
static bool introduces(const char *text, struct span word)
{
    static const char *const words[] = {"until", "till", "for", "in"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (word.to - word.from == strlen(words[i]) &&
            strncasecmp(text + word.from, words[i], strlen(words[i])) == 0)
            return true;
    }
    return false;
}

struct finding {
    const char *text;
    struct span words[SPAN_MOST];
    size_t n, first, last; /* the words of the time are [first, last) */
    instant now, at;
    const char *zone;
    size_t refused_first, refused_last; /* words that are a time which cannot be used */
    struct error refusal;               /* why; code 0: there are no such words */
    bool spans;                         /* a time has an end, too */
    instant until;
};

/* ret_until: NULL, where a time has no end. */
static int read_time(const struct finding *f, size_t from, size_t to, instant *ret, instant *ret_until,
                     struct error *err)
{
    const char *text = f->text;
    char when[96];
    size_t n = to - from;
    while (n && strchr(",;.:!-", text[from + n - 1]))
        n--;
    while (n && strchr(",;:-", text[from]) &&
           !(n > 1 && text[from] == '-' && isdigit((unsigned char)text[from + 1])))
        from++, n--;
    if (n == 0 || n >= sizeof(when))
        return ERR_INVALID;
    memcpy(when, text + from, n);
    when[n] = '\0';
    return ret_until ? when_parse_span(when, f->now, f->zone, ret, ret_until, err)
                     : when_parse(when, f->now, f->zone, ret, err);
}

static bool is_within_refused(const struct finding *f, size_t first, size_t last)
{
    return f->refusal.code && f->refused_first <= first && last <= f->refused_last;
}

static bool try_words(struct finding *f, size_t first, size_t last)
{
    struct error err;
    f->first = first;
    f->last = last;
    if (last - first > 1 &&
        (introduces(f->text, f->words[last - 1]) || is_word(f->text, f->words[last - 1], joining)))
        return false;
    int rc =
        read_time(f, f->words[first].from, f->words[last - 1].to, &f->at, f->spans ? &f->until : NULL, &err);
    if (rc == ERR_REFUSED && !is_within_refused(f, first, last)) {
        f->refused_first = first;
        f->refused_last = last;
        f->refusal = err;
    }
    return rc == 0;
}

/* Finds the longest time at the end, else at the beginning, else one in the middle after an introducing word. */
static bool find(struct finding *f)
{
    for (size_t k = MIN(f->n, LOOK_MOST); k > 0; k--) {
        if (try_words(f, f->n - k, f->n))
            return true;
    }
    for (size_t k = MIN(f->n, LOOK_MOST); k > 0; k--) {
        if (try_words(f, 0, k))
            return true;
    }
    for (size_t i = 1; i + 2 < f->n; i++) {
        for (size_t k = MIN(f->n - i, LOOK_MOST); k > 1 && introduces(f->text, f->words[i]); k--) {
            if (try_words(f, i, i + k))
                return true;
        }
    }
    return false;
}

static bool is_joint(char c)
{
    return isspace((unsigned char)c) || strchr(",;-", c);
}

static char *text_without_time(const struct finding *f)
{
    struct str rest = {0};
    size_t before = f->first ? f->words[f->first - 1].to : 0;
    while (before && is_joint(f->text[before - 1]))
        before--;
    const char *after = f->text + f->words[f->last - 1].to;
    while (*after && is_joint(*after))
        after++;
    str_addn(&rest, f->text, before);
    if (before && *after)
        str_addc(&rest, ' ');
    str_add(&rest, after);
    CLEANUP_FREE char *text = str_take(&rest);
    return whole_text(text, strlen(text));
}

/* "dec", "sept", "december": three letters and more of a month or a day. */
static bool is_name_of_day(const char *text, struct span span)
{
    static const char *const names[] = {"january", "february",  "march",    "april",    "june",     "july",
                                        "august",  "september", "october",  "november", "december", "monday",
                                        "tuesday", "wednesday", "thursday", "friday",   "saturday", "sunday"};
    size_t n = span.to - span.from;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (n >= 3 && n <= strlen(names[i]) && strncasecmp(text + span.from, names[i], n) == 0)
            return true;
    }
    return false;
}

/* Does the word belong to a time: "24", "1st", "12/24", "dec", "tomorrow", "hours"? */
static bool is_of_time(const char *text, struct span span)
{
    static const char *const words[] = {
        "today",     "tomorrow", "tonight", "yesterday", "noon", "midnight", "am",      "pm",      "a.m",
        "p.m",       "o'clock",  "eod",     "eow",       "week", "weeks",    "weekend", "month",   "months",
        "year",      "hour",     "hours",   "h",         "hrs",  "min",      "mins",    "minute",  "minutes",
        "day",       "days",     "morning", "evening",   "time", "local",    "sharp",   "pacific", "eastern",
        "afternoon", "quarter",  "half",    "past",      "utc",  "gmt",      NULL};
    while (span.to > span.from && strchr(",;:.!?", text[span.to - 1]))
        span.to--;
    return isdigit((unsigned char)text[span.from]) || is_word(text, span, words) || is_name_of_day(text, span);
}

/* The first word from i on, in steps, that joins nothing; an empty one if there is none. */
static struct span next_to(const struct finding *f, size_t i, int step)
{
    while (i < f->n && is_word(f->text, f->words[i], joining))
        i += (size_t)step; /* below 0 it wraps, and ends the loop */
    return i < f->n ? f->words[i] : (struct span){0, 0};
}

/* "until 9" in what is left of "until 9 tomorrow": a word that begins a time, before a word of one. */
static bool begins_time(const struct finding *f, size_t i)
{
    static const char *const words[] = {"until", "till", "by", "before", "between", NULL};
    struct span next = next_to(f, i + 1, 1);
    bool found = f->first <= i && i < f->last;
    return !found && is_word(f->text, f->words[i], words) &&
           (i + 1 == f->first || (next.to && is_of_time(f->text, next)));
}

/* "London time" after "9:00" */
static bool names_zone(const struct finding *f)
{
    static const char *const time[] = {"time", NULL};
    return f->last + 1 < f->n && isupper((unsigned char)f->text[f->words[f->last].from]) &&
           is_word(f->text, f->words[f->last + 1], time);
}

/* "until easter" before "monday": what nobody can read goes on until the time that was found. */
static bool is_led_astray(const struct finding *f)
{
    static const char *const words[] = {"until", "till", NULL};
    bool open = false;
    for (size_t i = 0; i < f->first; i++) {
        open |= is_word(f->text, f->words[i], words);
        open &= !strchr(",;:.!-", f->text[f->words[i].to - 1]);
    }
    return open && !introduces(f->text, f->words[f->first]);
}

/* Do other words belong to a time, too? Then the one found is not, or not all of, what was meant. */
static bool is_torn(const struct finding *f)
{
    struct span last = next_to(f, f->first - 1, -1), next = next_to(f, f->last, 1);
    bool introduced = introduces(f->text, f->words[f->first]);
    for (size_t i = 0; i < f->n; i++) {
        if (begins_time(f, i))
            return true;
    }
    return (last.to && !introduced && is_of_time(f->text, last)) || (next.to && is_of_time(f->text, next)) ||
           names_zone(f) || is_led_astray(f);
}

/* "for 2h" besides "until 9:00" */
static bool is_second_time(const struct finding *f, size_t i, struct span *ret)
{
    struct error err;
    instant at;
    bool found = f->first <= i && i < f->last;
    for (size_t k = 3; k > 1 && !found && introduces(f->text, f->words[i]); k--) {
        size_t last = i + k - 1;
        bool apart = last < f->first || i >= f->last;
        if (last >= f->n || !apart || !isdigit((unsigned char)f->text[f->words[i + 1].from]))
            continue;
        *ret = (struct span){f->words[i].from, f->words[last].to};
        if (!read_time(f, ret->from, ret->to, &at, NULL, &err))
            return true;
    }
    return false;
}

static int refuse_second_time(const struct finding *f, struct error *err)
{
    struct span other, found = {f->words[f->first].from, f->words[f->last - 1].to};
    for (size_t i = 0; i < f->n; i++) {
        if (is_second_time(f, i, &other))
            return error_markup(err, ERR_REFUSED, "'%.*s' and '%.*s' are two times. Say one of them.",
                                (int)(other.to - other.from), f->text + other.from,
                                (int)(found.to - found.from), f->text + found.from);
    }
    return 0;
}

/* The zone of a city by its name alone: "Paris", "New York". In small letters it is a word, unless it is the last. */
static bool find_city(const struct finding *f, size_t n, char *ret_zone, size_t size)
{
    static const char *const areas[] = {"Europe",    "America", "Asia",     "Africa",
                                        "Australia", "Pacific", "Atlantic", "Indian"};
    size_t from = f->words[f->last].from, to = f->words[f->last + n - 1].to;
    bool capital = isupper((unsigned char)f->text[from]), found = false;
    while (to > from && strchr(",;:.!", f->text[to - 1]))
        to--;
    for (size_t i = 0; !found && to > from && (capital || f->last + n == f->n) && i < ARRAY_SIZE(areas); i++) {
        int length = snprintf(ret_zone, size, "%s/%.*s", areas[i], (int)(to - from), f->text + from);
        char *city = ret_zone + strlen(areas[i]) + 1;
        *city = (char)toupper((unsigned char)*city);
        for (char *space = strchr(city, ' '); space; space = strchr(space, ' '))
            *space = '_';
        found = length > 0 && (size_t)length < size && zone_exists(ret_zone);
    }
    return found;
}

static bool ends_with_clock(const char *text, struct span word)
{
    bool digit = false;
    for (size_t i = word.from; i < word.to; i++)
        digit |= isdigit((unsigned char)text[i]) != 0;
    return (digit || strncasecmp(text + word.to - 1, "m", 1) == 0) && !strchr(",;:-", text[word.to - 1]);
}

/* "9:00 Paris" is not 9:00 here, and names no zone either. */
static int refuse_city(const struct finding *f, struct error *err)
{
    struct span last = f->words[f->last - 1];
    char zone[64];
    for (size_t n = 2; n > 0 && ends_with_clock(f->text, last); n--) {
        if (f->last + n > f->n || !find_city(f, n, zone, sizeof(zone)))
            continue;
        size_t to = f->words[f->last + n - 1].to;
        return error_markup(
            err, ERR_REFUSED,
            "'%.*s' can mean the zone %s. Write that name after the time, or a comma before the reason.",
            (int)(to - last.from), f->text + last.from, zone);
    }
    return 0;
}

/* Can the time that was found, if there is one, be used, and is it all of what was meant? */
static int check_found(const struct finding *f, bool found, struct error *err)
{
    if (f->refusal.code && (!found || is_within_refused(f, f->first, f->last)))
        return error_set(err, f->refusal.code, "%s", f->refusal.text);
    return found && !is_torn(f) ? 0
                                : error_markup(err, ERR_NOT_FOUND, "'%.60s' names no time%s.", f->text,
                                               f->spans ? " with an end" : "");
}

int split_when(const char *text, instant now, const char *zone, struct when_split *ret, struct error *err)
{
    struct finding f = {.text = text, .now = now, .zone = zone};
    f.n = split_words(text, f.words);
    bool found = f.n && f.n < SPAN_MOST && find(&f);
    int rc = check_found(&f, found, err);
    if (!found)
        return rc;
    rc = rc ? rc : refuse_second_time(&f, err);
    rc = rc ? rc : refuse_city(&f, err);
    if (rc)
        return rc;
    size_t from = f.words[f.first].from, to = f.words[f.last - 1].to;
    *ret = (struct when_split){f.at, xstrndup(text + from, to - from), text_without_time(&f)};
    return 0;
}

/* ---- a time with an end ---- */

/* The first one from the word on, and the longest there. */
static bool find_span(struct finding *f, size_t from)
{
    for (size_t i = from; i < f->n; i++) {
        for (size_t k = MIN(f->n - i, LOOK_MOST); k > 0; k--) {
            if (try_words(f, i, i + k))
                return true;
        }
    }
    return false;
}

static char *between(const struct finding *f, size_t from, size_t to)
{
    while (from < to && is_joint(f->text[from]))
        from++;
    return whole_text(f->text + from, to - from);
}

static int refuse_second_span(const struct finding *f, struct error *err)
{
    struct finding other = *f;
    if (!find_span(&other, f->last))
        return 0;
    size_t one = f->words[f->first].from, two = other.words[other.first].from;
    return error_markup(err, ERR_REFUSED, "'%.*s' and '%.*s' are two times. Put what is none in quotes.",
                        (int)(f->words[f->last - 1].to - one), f->text + one,
                        (int)(other.words[other.last - 1].to - two), f->text + two);
}

int split_span(const char *text, instant now, const char *zone, struct span_split *ret, struct error *err)
{
    struct finding f = {.text = text, .now = now, .zone = zone, .spans = true};
    f.n = split_words(text, f.words);
    bool found = f.n && f.n < SPAN_MOST && find_span(&f, 0);
    int rc = check_found(&f, found, err);
    if (!found)
        return rc;
    rc = rc ? rc : refuse_second_span(&f, err);
    rc = rc ? rc : refuse_city(&f, err);
    if (rc)
        return rc;
    size_t from = f.words[f.first].from, to = f.words[f.last - 1].to;
    *ret = (struct span_split){f.at, f.until, between(&f, from, to), between(&f, 0, from),
                               between(&f, to, strlen(text))};
    return 0;
}

void span_split_finish(struct span_split *split)
{
    free(split->when);
    free(split->before);
    free(split->after);
}
