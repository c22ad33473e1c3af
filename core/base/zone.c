#include "base/zone.h"

#include <libical/ical.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/mem.h"

/* Guards libical's zones and found_zones. */
static pthread_mutex_t zones = PTHREAD_MUTEX_INITIALIZER;

static void unlock(pthread_mutex_t **mutex)
{
    pthread_mutex_unlock(*mutex);
}
#define LOCKED                                                                                                 \
    CLEANUP(unlock) __attribute__((unused)) pthread_mutex_t *locked = &zones;                                  \
    pthread_mutex_lock(locked)

/* libical looks through all zones for a name: those that were found are kept. */
static struct map found_zones; /* name -> icaltimezone, which is libical's */

/* The name becomes part of a path in the system's tzdata, so its characters are checked. */
static icaltimezone *look_up(const char *zone)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    if (text_empty(zone) || strlen(zone) > 64 || zone[0] == '/' || zone[strspn(zone, letters)] != '\0')
        return NULL;
    return icaltimezone_get_builtin_timezone(zone);
}

/* NULL when it does not exist. */
static icaltimezone *find(const char *zone)
{
    if (!zone)
        return NULL;
    icaltimezone *found = map_get(&found_zones, zone);
    if (!found && (found = look_up(zone)))
        map_put(&found_zones, zone, found);
    return found;
}

bool zone_exists(const char *zone)
{
    LOCKED;
    return find(zone) != NULL;
}

static icaltimetype utc_time(instant t)
{
    return icaltime_from_timet_with_zone((time_t)(t / SECOND), 0, icaltimezone_get_utc_timezone());
}

static duration offset_at(instant t, icaltimezone *zone)
{
    icaltimetype utc = utc_time(t);
    return zone ? icaltimezone_get_utc_offset_of_utc_time(zone, &utc, NULL) * SECOND : 0;
}

struct wall zone_to_wall(instant t, const char *zone)
{
    LOCKED;
    duration offset = offset_at(t, find(zone));
    icaltimetype local = utc_time(t + offset);
    return (struct wall){
        .year = local.year,
        .month = local.month,
        .day = local.day,
        .hour = local.hour,
        .minute = local.minute,
        .second = local.second,
        .weekday = icaltime_day_of_week(local) - 1,
        .offset_seconds = (int)(offset / SECOND),
    };
}

/* The wall time as if it were UTC. A day or month past the end runs on into the next. */
static instant as_utc(const struct wall *w)
{
    struct tm tm = {.tm_year = w->year - 1900, .tm_mon = w->month - 1, .tm_mday = w->day};
    tm.tm_hour = w->hour;
    tm.tm_min = w->minute;
    tm.tm_sec = w->second;
    return timegm(&tm) * SECOND;
}

instant zone_from_wall(const struct wall *w, const char *zone)
{
    LOCKED;
    icaltimezone *found = find(zone);
    instant local = as_utc(w);
    duration before = offset_at(local - DAY, found), after = offset_at(local + DAY, found);
    instant early = local - MAX(before, after), late = local - MIN(before, after);
    if (offset_at(early, found) == local - early)
        return early;
    if (offset_at(late, found) == local - late)
        return late;
    return local - before; /* skipped: moves on by the length of the gap */
}
