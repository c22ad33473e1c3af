#include "base/zone.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/mem.h"

#define UNSET     INT_MIN
#define MORNING   (9 * 60)
#define AFTERNOON (14 * 60)
#define DAY_ENDS  (18 * 60)
#define EVENING   (20 * 60)
#define WORD_MOST 40
#define EXAMPLES  "Try `tomorrow 9:00` or `in 2h`."

/* What the words have said so far; UNSET: nothing yet. */
struct draft {
    int year, month, day;
    int ahead;   /* days from today */
    int weekday; /* 0 is Sunday */
    int next;    /* "next" was said */
    int minute;  /* of the day */
    int usual;   /* the minute of the day if no other is said */
    int offset;  /* minutes east of UTC, instead of the person's zone */
    int nothing;
    char zone[WORD_MOST + 1];      /* a tzdata name, instead of the person's zone; "": none */
    char ambiguous[WORD_MOST + 1]; /* an abbreviation that may mean several zones; "": none */
};

#define FIELD(name) offsetof(struct draft, name)

static const struct {
    const char *text;
    size_t field;
    int value;
} words[] = {
    {"today", FIELD(ahead), 0},
    {"tonight", FIELD(ahead), 0},
    {"tonight", FIELD(usual), EVENING},
    {"tomorrow", FIELD(ahead), 1},
    {"next", FIELD(next), 1},
    {"week", FIELD(weekday), 1},
    {"noon", FIELD(minute), 12 * 60},
    {"midnight", FIELD(minute), 0},
    {"eod", FIELD(minute), DAY_ENDS},
    {"morning", FIELD(usual), MORNING},
    {"afternoon", FIELD(usual), AFTERNOON},
    {"evening", FIELD(usual), EVENING},
    {"utc", FIELD(offset), 0},
    {"gmt", FIELD(offset), 0},
    {"z", FIELD(offset), 0},
    {"sunday", FIELD(weekday), 0},
    {"monday", FIELD(weekday), 1},
    {"tuesday", FIELD(weekday), 2},
    {"wednesday", FIELD(weekday), 3},
    {"thursday", FIELD(weekday), 4},
    {"friday", FIELD(weekday), 5},
    {"saturday", FIELD(weekday), 6},
    {"january", FIELD(month), 1},
    {"february", FIELD(month), 2},
    {"march", FIELD(month), 3},
    {"april", FIELD(month), 4},
    {"may", FIELD(month), 5},
    {"june", FIELD(month), 6},
    {"july", FIELD(month), 7},
    {"august", FIELD(month), 8},
    {"september", FIELD(month), 9},
    {"october", FIELD(month), 10},
    {"november", FIELD(month), 11},
    {"december", FIELD(month), 12},
    {"for", FIELD(nothing), 0},
    {"until", FIELD(nothing), 0},
    {"till", FIELD(nothing), 0},
    {"at", FIELD(nothing), 0},
    {"on", FIELD(nothing), 0},
    {"by", FIELD(nothing), 0},
    {"in", FIELD(nothing), 0},
    {"the", FIELD(nothing), 0},
    {"of", FIELD(nothing), 0},
};

static const char *const day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Nothing may be said twice, except for the words that mean nothing. */
static bool set(struct draft *d, size_t field, int value)
{
    int *at = (int *)((char *)d + field);
    bool is_new = *at == UNSET || field == FIELD(nothing);
    *at = value;
    return is_new;
}

/* Days and months can be shortened to three or more letters: "dec", "dec.", "sept", "thurs". */
static bool is_word(const char *word, size_t i)
{
    bool may_be_cut =
        words[i].field == FIELD(month) || (words[i].field == FIELD(weekday) && words[i].text[3] != 'k');
    size_t n = strlen(word), dot = n > 3 && word[n - 1] == '.';
    return strcmp(word, words[i].text) == 0 ||
           (may_be_cut && n - dot >= 3 && strncmp(word, words[i].text, n - dot) == 0);
}

static bool take_name(struct draft *d, const char *word)
{
    bool known = false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (!is_word(word, i))
            continue;
        if (!set(d, words[i].field, words[i].value))
            return false;
        known = true;
    }
    return known;
}

/* "9am", "9:30pm"; `half` is the text after the digits. */
static bool take_clock(struct draft *d, int hour, int minute, const char *half)
{
    bool afternoon = strcmp(half, "pm") == 0;
    if (afternoon || strcmp(half, "am") == 0) {
        if (hour < 1 || hour > 12)
            return false;
        hour = hour % 12 + (afternoon ? 12 : 0);
    } else if (*half) {
        return false;
    }
    return hour < 24 && minute < 60 && set(d, FIELD(minute), hour * 60 + minute);
}

/* One or two digits; -1 for anything else. */
static int take_digits(const char **p)
{
    size_t n = strspn(*p, "0123456789");
    if (n < 1 || n > 2)
        return -1;
    int value = n == 2 ? ((*p)[0] - '0') * 10 + ((*p)[1] - '0') : (*p)[0] - '0';
    *p += n;
    return value;
}

/* "+05:30", "-0800", "+1" */
static bool take_offset(struct draft *d, const char *p)
{
    int sign = *p == '+' ? 1 : *p == '-' ? -1 : 0, hours, minutes = 0;
    size_t digits = sign ? strspn(++p, "0123456789") : 0;
    if (digits == 4 && sscanf(p, "%2d%2d", &hours, &minutes) == 2) {
        p += digits;
    } else {
        hours = sign ? take_digits(&p) : -1;
        if (*p == ':')
            minutes = (p++, take_digits(&p));
    }
    bool whole = hours >= 0 && hours <= 14 && minutes >= 0 && minutes < 60 && *p == '\0';
    return whole && set(d, FIELD(offset), sign * (hours * 60 + minutes));
}

/* "utc", "z", "utc+1", "+05:30" */
static bool take_offset_name(struct draft *d, const char *word)
{
    static const char *const names[] = {"utc", "gmt"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strncmp(word, names[i], 3) == 0 && word[3])
            return take_offset(d, word + 3);
    }
    return strcmp(word, "z") == 0 || strcmp(word, "utc") == 0 || strcmp(word, "gmt") == 0
               ? take_name(d, word)
               : take_offset(d, word);
}

/* ":30", ":30:00.5", then "pm" or an offset. Without a date before it, "-10:00" is a range of times, not an offset. */
static bool take_minutes(struct draft *d, int hour, const char *p, bool dated)
{
    const char *colon = p++;
    int minute = take_digits(&p);
    if (minute < 0 || p != colon + 3)
        return false;
    if (*p == ':') {
        const char *seconds = ++p;
        if (take_digits(&p) < 0 || p != seconds + 2)
            return false;
        p += *p == '.' ? 1 + strspn(p + 1, "0123456789") : 0;
    }
    bool half = *p == 'a' || *p == 'p', range = *p == '-' && !dated;
    if (!take_clock(d, hour, minute, half ? p : "") || range)
        return false;
    return half || !*p || take_offset_name(d, p);
}

static bool set_date(struct draft *d, int year, int month, int day)
{
    return set(d, FIELD(year), year) && set(d, FIELD(month), month) && set(d, FIELD(day), day);
}

/* "2026-12-24", "2026-12-24t09:00z", "2026/12/24" */
static bool take_date(struct draft *d, const char *word)
{
    int year, month, day, end = 0;
    if (sscanf(word, "%4d/%2d/%2d%n", &year, &month, &day, &end) == 3 && word[end] == '\0')
        return set_date(d, year, month, day);
    if (sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3)
        return false;
    const char *p = word + end + 1;
    int hour = word[end] == 't' ? take_digits(&p) : 0;
    bool clock =
        word[end] == '\0' || (word[end] == 't' && hour >= 0 && *p == ':' && take_minutes(d, hour, p, true));
    return clock && set_date(d, year, month, day);
}

/* "24.12.2026" */
static bool take_dotted(struct draft *d, const char *word)
{
    int year, month, day, end = 0;
    return sscanf(word, "%2d.%2d.%4d%n", &day, &month, &year, &end) == 3 && word[end] == '\0' && year > 999 &&
           set_date(d, year, month, day);
}

/* "1st", "22nd"; `p` is the text after the digits. */
static bool is_ordinal(const char *p)
{
    return strcmp(p, "st") == 0 || strcmp(p, "nd") == 0 || strcmp(p, "rd") == 0 || strcmp(p, "th") == 0;
}

static bool take_number(struct draft *d, const char *word)
{
    int year;
    if (strspn(word, "0123456789") == 4)
        return word[4] ? take_date(d, word) : sscanf(word, "%d", &year) == 1 && set(d, FIELD(year), year);
    const char *p = word;
    int number = take_digits(&p);
    if (number < 0)
        return false;
    if (*p == '\0' || is_ordinal(p))
        return set(d, FIELD(day), number);
    if (*p == '.')
        return take_dotted(d, word);
    return *p == ':' ? take_minutes(d, number, p, false) : take_clock(d, number, 0, p);
}

/* Abbreviations of zones, which may mean several of them. Those that are also words count only in capitals. */
static bool is_abbreviation(const char *typed, size_t n)
{
    static const char names[] = " acdt acst adt aedt aest akdt akst awst bst cdt cest cet clt cot cst ct cdt "
                                "edt eest eet est et gst hdt hkt "
                                "hst ict irst ist jst kst mdt msk mst mt myt ndt npt nst nzdt nzst pdt pht pkt "
                                "pst pt sast sgt uzt wast wet wib "
                                "ART AST BRT CAT EAT MET PET WAT WEST ";
    char name[8] = " ";
    if (n < 2 || n > 4)
        return false;
    memcpy(name + 1, typed, n);
    name[n + 1] = ' ';
    bool capital = strstr(names, name) != NULL;
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return capital || strstr(names, name) != NULL;
}

/* A tzdata name of a zone, or an abbreviation. */
static bool take_zone(struct draft *d, const char *typed, size_t n)
{
    bool named = memchr(typed, '/', n) != NULL;
    char *field = named ? d->zone : d->ambiguous;
    if (*field || (!named && !is_abbreviation(typed, n)))
        return false;
    memcpy(field, typed, n);
    field[n] = '\0';
    return !named || zone_exists(field);
}

static const char space[] = " \t,";

static bool follows(const char *p, const char *phrase, const char **ret_end)
{
    size_t n = strlen(phrase);
    p += strspn(p, space);
    if (strncasecmp(p, phrase, n) != 0 || (p[n] && !strchr(space, p[n])))
        return false;
    *ret_end = p + n;
    return true;
}

/* The next word in lower case; "9 am" and "end of day" are one. False at the end, or when a word is absurdly long. */
static bool next_word(const char **p, char word[WORD_MOST + 1], const char **ret_typed)
{
    *p += strspn(*p, space);
    size_t n = strcspn(*p, space);
    if (n == 0 || n > WORD_MOST - 2)
        return false;
    *ret_typed = *p;
    for (size_t i = 0; i < n; i++)
        word[i] = (char)tolower((unsigned char)(*p)[i]);
    word[n] = '\0';
    *p += n;
    if (strcmp(word, "end") == 0 && (follows(*p, "of day", p) || follows(*p, "of the day", p)))
        memcpy(word, "eod", sizeof("eod"));
    else if (isdigit((unsigned char)word[0]) && follows(*p, "am", p))
        memcpy(word + n, "am", sizeof("am"));
    else if (isdigit((unsigned char)word[0]) && follows(*p, "pm", p))
        memcpy(word + n, "pm", sizeof("pm"));
    return true;
}

static bool take_one(struct draft *d, const char *word, const char *typed)
{
    if (isdigit((unsigned char)*word))
        return take_number(d, word);
    return take_name(d, word) || take_offset_name(d, word) || take_zone(d, typed, strlen(word));
}

static bool read_words(struct draft *d, const char *text)
{
    char word[WORD_MOST + 1] = "";
    const char *p = text, *typed;
    while (next_word(&p, word, &typed))
        if (!take_one(d, word, typed))
            return false;
    bool date = d->day != UNSET, whole = (d->month != UNSET) == date && (d->year == UNSET || date);
    bool day_twice = d->ahead != UNSET && (date || d->weekday != UNSET);
    bool next_what = d->next != UNSET && (date || d->weekday == UNSET);
    bool zones = (d->offset != UNSET) + (*d->zone != 0) + (*d->ambiguous != 0) > 1;
    bool anything = date || d->ahead != UNSET || d->weekday != UNSET || d->minute != UNSET;
    return *p == '\0' && whole && !day_twice && !next_what && !zones && anything;
}

/* That time of day, `days` after the given day. */
static instant on_day(const struct draft *d, struct wall day, int days, const char *zone)
{
    int usual = d->usual != UNSET ? d->usual : MORNING, minute = d->minute != UNSET ? d->minute : usual;
    day.day += days;
    day.hour = minute / 60;
    day.minute = minute % 60;
    day.second = 0;
    return zone_from_wall(&day, zone);
}

/* 0 when the date does not exist. */
static instant on_date(const struct draft *d, int year, const char *zone)
{
    struct wall day = {.year = year, .month = d->month, .day = d->day};
    instant t = on_day(d, day, 0, zone);
    struct wall same = zone_to_wall(t, zone);
    return same.month == d->month && same.day == d->day ? t : 0;
}

/* The next time that this date comes; 0 if it does not exist, or is not on the given day of the week. */
static instant next_date(const struct draft *d, instant now, const char *zone)
{
    int year = zone_to_wall(now, zone).year;
    instant t = on_date(d, d->year != UNSET ? d->year : year, zone);
    if (d->year == UNSET && t <= now)
        t = on_date(d, year + 1, zone);
    return d->weekday == UNSET || d->weekday == zone_to_wall(t, zone).weekday ? t : 0;
}

static instant resolve(const struct draft *d, instant now, const char *zone)
{
    struct wall today = zone_to_wall(now, zone);
    if (d->day != UNSET)
        return next_date(d, now, zone);
    if (d->ahead != UNSET)
        return on_day(d, today, d->ahead, zone);
    int days = d->weekday != UNSET ? (d->weekday - today.weekday + 7) % 7 : 0;
    int again = d->weekday != UNSET ? 7 : 1;
    instant t = on_day(d, today, days, zone);
    bool past = t <= now || (d->next != UNSET && days == 0);
    return past ? on_day(d, today, days + again, zone) : t;
}

/* In the zone that was said, or else in the person's. */
static instant resolve_there(const struct draft *d, instant now, const char *zone)
{
    duration east = d->offset * MINUTE;
    if (d->offset == UNSET)
        return resolve(d, now, *d->zone ? d->zone : zone);
    instant there = resolve(d, now + east, "UTC");
    return there ? there - east : 0;
}

/* "an hour" and "half an hour" after "for", with a number that duration_parse can read. The caller frees it. */
static char *with_number(const char *text)
{
    static const char *const numbers[][2] = {
        {"half an ", "0.5 "}, {"half a ", "0.5 "}, {"an ", "1 "}, {"a ", "1 "}};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        size_t n = strlen(numbers[i][0]);
        if (strncasecmp(text, numbers[i][0], n) == 0)
            return xasprintf("%s%s", numbers[i][1], text + n);
    }
    return xstrdup(text);
}

/* An instant, a duration from now, or words. *ret is 0 when the text is none of them. */
static int read_when(const char *text, instant now, const char *zone, instant *ret, struct error *err)
{
    struct draft d = {UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, "", ""};
    duration span;
    const char *p = text + strspn(text, " \t");
    size_t introduces = strncasecmp(p, "for ", 4) == 0 ? 4 : strncasecmp(p, "in ", 3) == 0 ? 3 : 0;
    CLEANUP_FREE char *length = introduces ? with_number(p + introduces) : xstrdup(p);
    if (instant_parse(p, ret, NULL) == 0)
        return *ret = MAX(*ret, 1), 0;
    *ret = 0;
    struct error why = {0};
    int rc = duration_parse(length, &span, &why);
    if (rc == ERR_REFUSED)
        return error_set(err, rc, "%s.", why.text);
    if (rc == 0)
        *ret = now + span;
    else if (read_words(&d, p) && !(*ret = resolve_there(&d, now, zone)))
        return error_markup(err, ERR_REFUSED,
                            "'%.40s' does not exist, or is not on that day of the week. " EXAMPLES, text);
    if (*ret && *d.ambiguous)
        rc = error_markup(
            err, ERR_REFUSED,
            "'%s' in '%.60s' can mean several time zones. Leave it out to use your own, or write UTC, "
            "an offset such as 9:00 +01:00, or a name such as Europe/Paris.",
            d.ambiguous, text);
    else
        rc = *ret ? 0 : error_markup(err, ERR_INVALID, "I can't read '%.40s' as a time. " EXAMPLES, text);
    return rc;
}

int when_parse(const char *text, instant now, const char *zone, instant *ret, struct error *err)
{
    instant t;
    int rc = read_when(text, now, zone, &t, err);
    if (rc)
        return rc;
    if (t <= now)
        return error_markup(err, ERR_REFUSED, "'%.40s' is in the past. " EXAMPLES, text);
    if (t > now + 366 * DAY)
        return error_markup(err, ERR_REFUSED, "'%.40s' is more than 366 days away. " EXAMPLES, text);
    *ret = t;
    return 0;
}

static bool same_day(struct wall a, struct wall b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

static void add_day(struct wall at, struct wall today, struct str *out)
{
    str_addf(out, at.year == today.year ? "%s %d %s" : "%s %d %s %d", day_names[at.weekday], at.day,
             month_names[at.month - 1], at.year);
}

void when_format_plain(instant t, instant now, const char *zone, struct str *out)
{
    struct wall at = zone_to_wall(t, zone);
    int minutes = at.offset_seconds / 60, apart = minutes < 0 ? -minutes : minutes;
    add_day(at, zone_to_wall(now, zone), out);
    str_addf(out, " %02d:%02d UTC", at.hour, at.minute);
    if (minutes)
        str_addf(out, "%c%d", minutes < 0 ? '-' : '+', apart / 60);
    if (apart % 60)
        str_addf(out, ":%02d", apart % 60);
}

void when_format(instant t, instant now, const char *zone, struct str *out)
{
    struct wall at = zone_to_wall(t, zone), today = zone_to_wall(now, zone);
    struct wall noon = {.year = today.year, .month = today.month, .day = today.day + 1, .hour = 12};
    if (same_day(at, today))
        str_add(out, "today");
    else if (same_day(at, zone_to_wall(zone_from_wall(&noon, zone), zone)))
        str_add(out, "tomorrow");
    else
        add_day(at, today, out);
    str_addf(out, " %02d:%02d", at.hour, at.minute);
}
