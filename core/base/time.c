#include "base/time.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define LAST_INSTANT INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

struct civil {
    int64_t year;
    unsigned month, day;
};

/*
 * The proleptic Gregorian calendar, counted from 0000-03-01, so that a leap day is the last day of its year
 * and one linear formula turns the day of the year into the month.
 */
static int64_t days_from_civil(struct civil c)
{
    int64_t year = c.month > 2 ? c.year : c.year - 1;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * ((c.month + 9) % 12) + 2) / 5 + c.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct civil civil_from_days(int64_t days)
{
    days += 719468;
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (unsigned)((5 * of_year + 2) / 153);
    struct civil c = {.month = month < 10 ? month + 3 : month - 9};
    c.day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
    c.year = era * 400 + year + (c.month <= 2);
    return c;
}

static char *put_digits(char *at, int64_t value, int width, char after)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    at[width] = after;
    return at + width + 1;
}

const char *instant_format(instant t, char buffer[INSTANT_TEXT])
{
    buffer[0] = '\0';
    if (t <= 0)
        return buffer;
    t = MIN(t, LAST_INSTANT);
    struct civil c = civil_from_days(t / DAY);
    char *at = put_digits(buffer, c.year, 4, '-');
    at = put_digits(at, c.month, 2, '-');
    at = put_digits(at, c.day, 2, 'T');
    at = put_digits(at, t / HOUR % 24, 2, ':');
    at = put_digits(at, t / MINUTE % 60, 2, ':');
    at = put_digits(at, t / SECOND % 60, 2, '.');
    at = put_digits(at, t % 1000, 3, 'Z');
    *at = '\0';
    return buffer;
}

/* Exactly `width` digits, then the character `after` (unless it is 0). */
static bool take_number(const char **p, int width, char after, int *ret)
{
    int value = 0;
    for (int i = 0; i < width; i++, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return false;
        value = value * 10 + (**p - '0');
    }
    *ret = value;
    return !after || *(*p)++ == after;
}

static bool take_date(const char **p, struct civil *ret)
{
    int year, month, day;
    if (!take_number(p, 4, '-', &year) || !take_number(p, 2, '-', &month) || !take_number(p, 2, 0, &day))
        return false;
    if (year < 1969 || month < 1 || month > 12 || day < 1)
        return false;
    *ret = (struct civil){.year = year, .month = (unsigned)month, .day = (unsigned)day};
    struct civil same = civil_from_days(days_from_civil(*ret));
    return same.month == ret->month && same.day == ret->day;
}

static bool take_clock(const char **p, duration *ret)
{
    int hour, minute, second;
    if (!take_number(p, 2, ':', &hour) || !take_number(p, 2, ':', &minute) || !take_number(p, 2, 0, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) /* 60 is a leap second */
        return false;
    duration since = hour * HOUR + minute * MINUTE + second * SECOND;
    if (**p == '.') {
        duration unit = 100;
        if (!isdigit((unsigned char)*++*p))
            return false;
        for (; isdigit((unsigned char)**p); (*p)++, unit /= 10)
            since += (**p - '0') * unit;
    }
    *ret = since;
    return true;
}

static bool take_offset(const char **p, duration *ret)
{
    if (**p == 'Z' || **p == 'z') {
        (*p)++;
        *ret = 0;
        return true;
    }
    if (**p != '+' && **p != '-')
        return false;
    int sign = *(*p)++ == '-' ? -1 : 1, hours, minutes;
    if (!take_number(p, 2, ':', &hours) || !take_number(p, 2, 0, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret = sign * (hours * HOUR + minutes * MINUTE);
    return true;
}

int instant_parse(const char *text, instant *ret, struct error *err)
{
    struct civil date;
    duration since, offset;
    const char *p = text;
    if (take_date(&p, &date) && *p && strchr("Tt ", *p) && (p++, take_clock(&p, &since)) &&
        take_offset(&p, &offset) && *p == '\0') {
        instant t = days_from_civil(date) * DAY + since - offset;
        if (t >= 0 && t <= LAST_INSTANT) {
            *ret = t;
            return 0;
        }
    }
    return error_set(err, ERR_INVALID, "'%.40s' is not a time such as 2026-11-23T15:06:22Z", text);
}

struct unit {
    const char *name;
    duration length;
};

static const struct unit units[] = {
    {"s", SECOND},      {"sec", SECOND}, {"secs", SECOND}, {"second", SECOND}, {"seconds", SECOND},
    {"m", MINUTE},      {"min", MINUTE}, {"mins", MINUTE}, {"minute", MINUTE}, {"minutes", MINUTE},
    {"h", HOUR},        {"hr", HOUR},    {"hrs", HOUR},    {"hour", HOUR},     {"hours", HOUR},
    {"d", DAY},         {"day", DAY},    {"days", DAY},    {"w", 7 * DAY},     {"week", 7 * DAY},
    {"weeks", 7 * DAY},
};

static duration take_unit(const char **p)
{
    size_t n = 0;
    while (isalpha((unsigned char)(*p)[n]))
        n++;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (strlen(units[i].name) == n && strncasecmp(units[i].name, *p, n) == 0) {
            *p += n;
            return units[i].length;
        }
    }
    return 0;
}

/* A number with at most three decimal places, in thousandths; -1 when there is none or it is absurdly large. */
static int64_t take_thousandths(const char **p)
{
    int64_t value = 0, place = 100;
    if (!isdigit((unsigned char)**p))
        return -1;
    for (; isdigit((unsigned char)**p); (*p)++)
        if ((value = value * 10 + (**p - '0')) > 366 * DAY / SECOND)
            return -1;
    value *= 1000;
    if (**p == '.' && isdigit((unsigned char)(*p)[1]))
        for (++*p; isdigit((unsigned char)**p); (*p)++, place /= 10)
            value += (**p - '0') * place;
    return value;
}

static const char *skip_spaces(const char *p)
{
    return p + strspn(p, " \t");
}

int duration_parse(const char *text, duration *ret, struct error *err)
{
    duration sum = 0;
    const char *p = skip_spaces(text);
    do {
        int64_t thousandths = take_thousandths(&p);
        p = skip_spaces(p);
        duration unit = thousandths < 0 ? 0 : take_unit(&p);
        if (unit == 0)
            return error_set(err, ERR_INVALID, "'%.40s' is not a duration such as 90m, 2h or 1h30m", text);
        if (thousandths > 366 * DAY / unit * 1000)
            return error_set(err, ERR_REFUSED, "'%.40s' is too long; at most 366 days are possible", text);
        sum += thousandths * unit / 1000;
        p = skip_spaces(p);
    } while (*p && sum <= 366 * DAY);
    if (sum < SECOND || sum > 366 * DAY)
        return error_set(err, ERR_REFUSED, "'%.40s' must be from 1 second to 366 days", text);
    *ret = sum;
    return 0;
}

void duration_format(duration d, struct str *out)
{
    static const struct unit shown[] = {{"d", DAY}, {"h", HOUR}, {"m", MINUTE}, {"s", SECOND}};
    int written = 0;
    for (size_t i = 0; i < ARRAY_SIZE(shown) && written < 2; i++) {
        if (d < shown[i].length)
            continue;
        str_addf(out, "%s%lld%s", written++ ? " " : "", (long long)(d / shown[i].length), shown[i].name);
        d %= shown[i].length;
    }
    if (!written)
        str_add(out, "0s");
}

instant instant_earlier(instant a, instant b)
{
    return !a ? b : !b ? a : MIN(a, b);
}
