#include "public/stamp.h"

#include <stdio.h>
#include <stdlib.h>

/* Years have four digits, and others two: said to the compiler, too. */
#define FOUR(n) ((unsigned)(n) % 10000U)
#define TWO(n)  ((unsigned)(n) % 100U)

const char *stamp_iso(instant t, const char *zone, char buffer[STAMP_BYTES])
{
    buffer[0] = '\0';
    if (t <= 0)
        return buffer;
    struct wall w = zone_to_wall(t, zone);
    unsigned minutes = (unsigned)abs(w.offset_seconds) / 60;
    int n = snprintf(buffer, STAMP_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u.%03u", FOUR(w.year), TWO(w.month),
                     TWO(w.day), TWO(w.hour), TWO(w.minute), TWO(w.second), (unsigned)(t % SECOND) % 1000U);
    if (!minutes)
        snprintf(buffer + n, STAMP_BYTES - (size_t)n, "Z");
    else
        snprintf(buffer + n, STAMP_BYTES - (size_t)n, "%c%02u:%02u", w.offset_seconds < 0 ? '-' : '+',
                 TWO(minutes / 60), minutes % 60);
    return buffer;
}

const char *stamp_day(instant t, const char *zone, char buffer[STAMP_BYTES])
{
    struct wall w = zone_to_wall(t, zone);
    snprintf(buffer, STAMP_BYTES, "%04u-%02u-%02u", FOUR(w.year), TWO(w.month), TWO(w.day));
    buffer[t > 0 ? 10 : 0] = '\0';
    return buffer;
}

const char *stamp_month(instant t, const char *zone, char buffer[STAMP_BYTES])
{
    stamp_day(t, zone, buffer);
    buffer[t > 0 ? 7 : 0] = '\0';
    return buffer;
}

const char *stamp_rfc822(instant t, const char *zone, char buffer[STAMP_BYTES])
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct wall w = zone_to_wall(t, zone);
    unsigned minutes = (unsigned)abs(w.offset_seconds) / 60;
    snprintf(buffer, STAMP_BYTES, "%.3s, %02u %.3s %04u %02u:%02u:%02u %c%02u%02u", days + w.weekday * 3,
             TWO(w.day), months + (w.month - 1) * 3, FOUR(w.year), TWO(w.hour), TWO(w.minute), TWO(w.second),
             w.offset_seconds < 0 ? '-' : '+', TWO(minutes / 60), minutes % 60);
    buffer[t > 0 ? 31 : 0] = '\0';
    return buffer;
}

const char *stamp_compact(instant t, char buffer[STAMP_BYTES])
{
    struct wall w = zone_to_wall(t, NULL);
    snprintf(buffer, STAMP_BYTES, "%04u%02u%02uT%02u%02u%02uZ", FOUR(w.year), TWO(w.month), TWO(w.day),
             TWO(w.hour), TWO(w.minute), TWO(w.second));
    buffer[t > 0 ? 16 : 0] = '\0';
    return buffer;
}

instant stamp_midnight(instant t, int later, const char *zone)
{
    struct wall w = zone_to_wall(t, zone);
    w.day += later;
    w.hour = w.minute = w.second = 0;
    return zone_from_wall(&w, zone);
}
