#include "rotation/holidays.h"

#include <libical/ical.h>
#include <string.h>

#include "base/markup.h"
#include "base/time.h"

#define EVENT_DAYS  366 /* the longest event */
#define EVENTS_MOST 4000
#define RULES_MOST  500
#define TAKEN_MOST  500 /* exceptions: days on which a repeated event does not come */
#define YEAR_FIRST  1600
#define YEAR_LAST   2099

void holidays_finish(struct holidays *holidays)
{
    array_free(&holidays->days);
}

size_t holidays_from(const struct holidays *holidays, int64_t day)
{
    size_t low = 0, high = holidays->days.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (holidays->days.v[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool holidays_has(const struct holidays *holidays, int64_t day)
{
    size_t i = holidays_from(holidays, day);
    return i < holidays->days.n && holidays->days.v[i] == day;
}

void holidays_add(struct holidays *holidays, int64_t day)
{
    if (!holidays->days.n || holidays->days.v[holidays->days.n - 1] != day)
        *array_add(&holidays->days) = day;
}

bool holidays_same(const struct holidays *a, const struct holidays *b)
{
    size_t bytes = a->days.n * sizeof(*a->days.v);
    return a->days.n == b->days.n && (!bytes || memcmp(a->days.v, b->days.v, bytes) == 0);
}

/* ---- one event ---- */

struct exception { /* that event does not come on that day */
    const char *uid;
    icalcomponent *event; /* NULL: the one with that UID */
    int64_t day;
};

struct reading {
    ARRAY(icalcomponent *) events;
    ARRAY(struct exception) exceptions;
    ARRAY(int64_t) days; /* in any order */
    size_t rules;
    struct error *err;
};

static int refuse(const struct reading *reading, icalcomponent *event, const char *why)
{
    const char *name = icalcomponent_get_summary(event);
    return error_set(reading->err, ERR_INVALID, "the event '%.60s' %s", name ? name : "without a name", why);
}

static bool is_day(icaltimetype t)
{
    icaltimetype real = icaltime_normalize(t);
    return t.year >= YEAR_FIRST && t.year <= YEAR_LAST && real.year == t.year && real.month == t.month &&
           real.day == t.day;
}

static int64_t day_of(icaltimetype t)
{
    icaltimetype date = {.year = t.year, .month = t.month, .day = t.day, .is_date = 1};
    return (int64_t)icaltime_as_timet(date) / (DAY / SECOND) -
           ((int64_t)icaltime_as_timet(date) % (DAY / SECOND) < 0);
}

/* Midnight on some clock, which Outlook writes in place of a date. In UTC nobody knows which day it means. */
static bool is_whole(icaltimetype t)
{
    bool midnight = t.hour == 0 && t.minute == 0 && t.second == 0;
    return t.is_date || (midnight && !icaltime_is_utc(t));
}

/* How many days it lasts. */
static int read_length(const struct reading *reading, icalcomponent *event, icaltimetype start, int64_t *ret)
{
    icalproperty *end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
    icalproperty *lasts = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    *ret = 1;
    if (lasts) {
        struct icaldurationtype d = icalproperty_get_duration(lasts);
        int seconds = icaldurationtype_as_int(d);
        *ret = seconds % 86400 ? 0 : seconds / 86400;
    } else if (end) {
        icaltimetype until = icalproperty_get_dtend(end);
        *ret = is_day(until) && is_whole(until) ? day_of(until) - day_of(start) : 0;
    }
    return *ret > 0 && *ret <= EVENT_DAYS ? 0 : refuse(reading, event, "is not of whole days, at most 366");
}

static int add_days(struct reading *reading, icalcomponent *event, int64_t first, int64_t n)
{
    for (int64_t day = MAX(first, 0); day < first + n; day++) {
        if (reading->days.n >= 4 * HOLIDAYS_MOST)
            return refuse(reading, event, "is one too many");
        *array_add(&reading->days) = day;
    }
    return 0;
}

/* ---- repeated ---- */

static void except(struct reading *reading, icalcomponent *event, const char *uid, icaltimetype t)
{
    if (reading->exceptions.n <= TAKEN_MOST)
        *array_add(&reading->exceptions) = (struct exception){uid, event, day_of(t)};
}

/* Days that an event leaves out, and those for which another event with its UID stands. */
static int find_exceptions(struct reading *reading)
{
    for (size_t i = 0; i < reading->events.n; i++) {
        icalcomponent *event = reading->events.v[i];
        icalproperty *p = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
        for (; p; p = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
            except(reading, event, NULL, icalproperty_get_exdate(p));
        p = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
        if (p)
            except(reading, NULL, icalcomponent_get_uid(event), icalproperty_get_recurrenceid(p));
    }
    return reading->exceptions.n > TAKEN_MOST
               ? error_set(reading->err, ERR_TOO_BIG, "it has more than %d exceptions", TAKEN_MOST)
               : 0;
}

static bool is_excepted(const struct reading *reading, icalcomponent *event, int64_t day)
{
    const char *uid = icalcomponent_get_uid(event);
    for (size_t i = 0; i < reading->exceptions.n; i++) {
        const struct exception *e = &reading->exceptions.v[i];
        if (e->day == day && (e->event == event || (uid && text_equal(e->uid, uid))))
            return true;
    }
    return false;
}

/* A rule that never comes is searched for through centuries: it ends the reading. */
static int walk(struct reading *reading, icalcomponent *event, icalrecur_iterator *iterator, int64_t lasts)
{
    size_t n = 0;
    int rc = 0;
    for (icaltimetype t = icalrecur_iterator_next(iterator);
         !rc && !icaltime_is_null_time(t) && t.year <= YEAR_LAST; t = icalrecur_iterator_next(iterator), n++) {
        if (n > HOLIDAYS_MOST)
            return refuse(reading, event, "comes too often");
        if (!is_excepted(reading, event, day_of(t)))
            rc = add_days(reading, event, day_of(t), lasts);
    }
    return rc || n ? rc : refuse(reading, event, "has a rule that never comes");
}

/* The last day. In the evening of UTC, a clock in the east already shows the next one, and one in the west has not begun it. */
static icaltimetype until_day(icaltimetype until)
{
    if (!until.is_date && until.hour >= 12)
        icaltime_adjust(&until, 1, 0, 0, 0);
    until.hour = until.minute = until.second = 0;
    until.is_date = 1;
    return until;
}

static int add_repeated(struct reading *reading, icalcomponent *event, icaltimetype start, int64_t lasts)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    struct icalrecurrencetype rule = icalproperty_get_rrule(p);
    icaltimetype date = {.year = start.year, .month = start.month, .day = start.day, .is_date = 1};
    if (rule.freq != ICAL_YEARLY_RECURRENCE || icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) != 1)
        return refuse(reading, event, "is repeated otherwise than every year");
    if (++reading->rules > RULES_MOST)
        return refuse(reading, event, "is one too many that is repeated");
    rule.until = until_day(rule.until);
    icalrecur_iterator *iterator = icalrecur_iterator_new(rule, date);
    if (!iterator)
        return refuse(reading, event, "has a rule that never comes");
    int rc = walk(reading, event, iterator, lasts);
    icalrecur_iterator_free(iterator);
    return rc;
}

static int read_event(struct reading *reading, icalcomponent *event)
{
    static const icalproperty_kind unread[] = {ICAL_RDATE_PROPERTY, ICAL_EXRULE_PROPERTY};
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icaltimetype start = p ? icalproperty_get_dtstart(p) : icaltime_null_time();
    int64_t lasts = 0;
    for (size_t i = 0; i < ARRAY_SIZE(unread); i++) {
        if (icalcomponent_get_first_property(event, unread[i]))
            return refuse(reading, event, "has RDATE or EXRULE, which are not read");
    }
    if (!is_day(start) || !is_whole(start))
        return refuse(reading, event, "does not begin with a whole day");
    int rc = read_length(reading, event, start, &lasts);
    if (rc)
        return rc;
    return icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY)
               ? add_repeated(reading, event, start, lasts)
               : add_days(reading, event, day_of(start), lasts);
}

/* ---- the calendar ---- */

static void take_events(struct reading *reading, icalcomponent *calendar)
{
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         c && reading->events.n <= EVENTS_MOST;
         c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        *array_add(&reading->events) = c;
}

/* Several calendars may follow each other. */
static int find_events(struct reading *reading, icalcomponent *root)
{
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
        take_events(reading, root);
    for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); c;
         c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
        take_events(reading, c);
    if (!reading->events.n)
        return error_set(reading->err, ERR_INVALID, "it is no iCalendar with events");
    return reading->events.n > EVENTS_MOST
               ? error_set(reading->err, ERR_TOO_BIG, "it has more than %d events", EVENTS_MOST)
               : 0;
}

static int by_day(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int take_days(struct reading *reading, struct holidays *ret)
{
    struct holidays holidays = {0};
    if (reading->days.n)
        qsort(reading->days.v, reading->days.n, sizeof(*reading->days.v), by_day);
    for (size_t i = 0; i < reading->days.n; i++)
        holidays_add(&holidays, reading->days.v[i]);
    if (holidays.days.n > HOLIDAYS_MOST) {
        holidays_finish(&holidays);
        return error_set(reading->err, ERR_TOO_BIG, "it has more than %d days", HOLIDAYS_MOST);
    }
    *ret = holidays;
    return 0;
}

static int read_root(icalcomponent *root, struct holidays *ret, struct error *err)
{
    struct reading reading = {.err = err};
    int rc = icalcomponent_count_errors(root)
                 ? error_set(err, ERR_INVALID, "it has lines that cannot be read as iCalendar")
                 : find_events(&reading, root);
    rc = rc ? rc : find_exceptions(&reading);
    for (size_t i = 0; !rc && i < reading.events.n; i++) {
        if (icalcomponent_get_status(reading.events.v[i]) != ICAL_STATUS_CANCELLED)
            rc = read_event(&reading, reading.events.v[i]);
    }
    rc = rc ? rc : take_days(&reading, ret);
    array_free(&reading.events);
    array_free(&reading.exceptions);
    array_free(&reading.days);
    return rc;
}

int holidays_read(const char *calendar, size_t n, struct holidays *ret, struct error *err)
{
    if (n > HOLIDAYS_BYTES || memchr(calendar, '\0', n))
        return error_set(err, ERR_TOO_BIG, "it is larger than %zu KiB, or no text", HOLIDAYS_BYTES >> 10);
    CLEANUP_FREE char *text = xstrndup(calendar, n);
    icalerror_set_errors_are_fatal(0);
    icalcomponent *root = icalparser_parse_string(text);
    if (!root)
        return error_set(err, ERR_INVALID, "it is no iCalendar");
    int rc = read_root(root, ret, err);
    icalcomponent_free(root);
    return rc;
}
