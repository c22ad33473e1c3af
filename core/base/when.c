#include "base/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define UNSET     (-1)
#define MORNING   (9 * 60)
#define EVENING   (20 * 60)
#define WORD_MOST 24
#define EXAMPLES  "write 2h, tomorrow 9:00, or monday 10:30"

/* What the words said so far; each UNSET until then. */
struct draft {
    int year, month, day;
    int ahead;   /* days from today */
    int weekday; /* 0 is Sunday */
    int next;    /* "next" was said */
    int minute;  /* of the day */
    int usual;   /* the minute of the day when none is said */
    int nothing;
};

#define FIELD(name) offsetof(struct draft, name)

static const struct {
    const char *text;
    size_t field;
    int value;
} words[] = {
    {"today", FIELD(ahead), 0},       {"tonight", FIELD(ahead), 0},   {"tonight", FIELD(usual), EVENING},
    {"tomorrow", FIELD(ahead), 1},    {"next", FIELD(next), 1},       {"week", FIELD(weekday), 1},
    {"noon", FIELD(minute), 12 * 60}, {"midnight", FIELD(minute), 0}, {"sunday", FIELD(weekday), 0},
    {"monday", FIELD(weekday), 1},    {"tuesday", FIELD(weekday), 2}, {"wednesday", FIELD(weekday), 3},
    {"thursday", FIELD(weekday), 4},  {"friday", FIELD(weekday), 5},  {"saturday", FIELD(weekday), 6},
    {"january", FIELD(month), 1},     {"february", FIELD(month), 2},  {"march", FIELD(month), 3},
    {"april", FIELD(month), 4},       {"may", FIELD(month), 5},       {"june", FIELD(month), 6},
    {"july", FIELD(month), 7},        {"august", FIELD(month), 8},    {"september", FIELD(month), 9},
    {"october", FIELD(month), 10},    {"november", FIELD(month), 11}, {"december", FIELD(month), 12},
    {"for", FIELD(nothing), 0},       {"until", FIELD(nothing), 0},   {"till", FIELD(nothing), 0},
    {"at", FIELD(nothing), 0},        {"on", FIELD(nothing), 0},      {"by", FIELD(nothing), 0},
    {"in", FIELD(nothing), 0},
};

static const char *const day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Nothing may be said twice, but for the words that mean nothing. */
static bool set(struct draft *d, size_t field, int value)
{
    int *at = (int *)((char *)d + field);
    bool is_new = *at == UNSET || field == FIELD(nothing);
    *at = value;
    return is_new;
}

/* Days and months may be cut to three letters. */
static bool is_word(const char *word, size_t i)
{
    bool may_be_cut =
        words[i].field == FIELD(month) || (words[i].field == FIELD(weekday) && words[i].text[3] != 'k');
    return strcmp(word, words[i].text) == 0 ||
           (may_be_cut && strlen(word) == 3 && strncmp(word, words[i].text, 3) == 0);
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

/* "9:00", "17:00", "9am", "9:30pm"; `half` is what follows the digits. */
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

static bool take_date(struct draft *d, const char *word)
{
    int year, month, day, end = 0;
    if (sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || word[end] != '\0')
        return false;
    return set(d, FIELD(year), year) && set(d, FIELD(month), month) && set(d, FIELD(day), day);
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
    if (*p == '\0')
        return set(d, FIELD(day), number);
    if (*p != ':')
        return take_clock(d, number, 0, p);
    const char *colon = p++;
    int minute = take_digits(&p);
    return minute >= 0 && p == colon + 3 && take_clock(d, number, minute, p);
}

/* The next word in lower case, "9 am" as one word; false at the end or when a word is absurdly long. */
static bool next_word(const char **p, char word[WORD_MOST + 1])
{
    static const char space[] = " \t,";
    *p += strspn(*p, space);
    size_t n = strcspn(*p, space);
    if (n == 0 || n > WORD_MOST - 2)
        return false;
    for (size_t i = 0; i < n; i++)
        word[i] = (char)tolower((unsigned char)(*p)[i]);
    word[n] = '\0';
    *p += n;
    const char *half = *p + strspn(*p, space);
    bool is_half =
        *half && strchr("aApP", *half) && (half[1] == 'm' || half[1] == 'M') && strcspn(half, space) == 2;
    if (isdigit((unsigned char)word[0]) && is_half) {
        word[n] = (char)tolower((unsigned char)half[0]);
        memcpy(word + n + 1, "m", 2);
        *p = half + 2;
    }
    return true;
}

static bool read_words(struct draft *d, const char *text)
{
    char word[WORD_MOST + 1] = "";
    const char *p = text;
    while (next_word(&p, word))
        if (!(isdigit((unsigned char)word[0]) ? take_number(d, word) : take_name(d, word)))
            return false;
    bool date = d->day != UNSET, whole = (d->month != UNSET) == date && (d->year == UNSET || date);
    bool day_twice = d->ahead != UNSET && (date || d->weekday != UNSET);
    bool next_what = d->next != UNSET && (date || d->weekday == UNSET);
    bool anything = date || d->ahead != UNSET || d->weekday != UNSET || d->minute != UNSET;
    return *p == '\0' && whole && !day_twice && !next_what && anything;
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

/* 0 when there is no such date, or the day of the week that was said is another one. */
static instant on_date(const struct draft *d, int year, const char *zone)
{
    struct wall day = {.year = year, .month = d->month, .day = d->day};
    instant t = on_day(d, day, 0, zone);
    struct wall same = zone_to_wall(t, zone);
    bool exists = same.month == d->month && same.day == d->day;
    return exists && (d->weekday == UNSET || d->weekday == same.weekday) ? t : 0;
}

static instant resolve(const struct draft *d, instant now, const char *zone)
{
    struct wall today = zone_to_wall(now, zone);
    if (d->day != UNSET) {
        instant t = on_date(d, d->year != UNSET ? d->year : today.year, zone);
        return d->year == UNSET && t <= now ? on_date(d, today.year + 1, zone) : t;
    }
    if (d->ahead != UNSET)
        return on_day(d, today, d->ahead, zone);
    int days = d->weekday != UNSET ? (d->weekday - today.weekday + 7) % 7 : 0;
    int again = d->weekday != UNSET ? 7 : 1;
    instant t = on_day(d, today, days, zone);
    bool over = t <= now || (d->next != UNSET && days == 0);
    return over ? on_day(d, today, days + again, zone) : t;
}

/* An instant, a duration from now, or words; 0 when it is none of them. */
static instant read_when(const char *text, instant now, const char *zone)
{
    struct draft d = {UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET};
    instant t;
    duration span;
    const char *p = text + strspn(text, " \t");
    if (instant_parse(p, &t, NULL) == 0)
        return MAX(t, 1);
    if (strncasecmp(p, "for ", 4) == 0)
        p += 4;
    else if (strncasecmp(p, "in ", 3) == 0)
        p += 3;
    if (duration_parse(p, &span, NULL) == 0)
        return now + span;
    return read_words(&d, p) ? resolve(&d, now, zone) : 0;
}

int when_parse(const char *text, instant now, const char *zone, instant *ret, struct error *err)
{
    instant t = read_when(text, now, zone);
    if (t == 0)
        return error_set(err, ERR_INVALID, "'%.40s' is no time: " EXAMPLES, text);
    if (t <= now)
        return error_set(err, ERR_INVALID, "'%.40s' has passed: " EXAMPLES, text);
    if (t > now + 366 * DAY)
        return error_set(err, ERR_INVALID, "'%.40s' is more than 366 days away: " EXAMPLES, text);
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
