#include <tocsin/kit/clock.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t read_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t kit_now_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t kit_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

void kit_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool kit_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until)
{
    struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    return pthread_cond_timedwait(cond, lock, &at) == 0;
}

/* "+01:00" or "+0100" as minutes; anything else is UTC. */
static int64_t zone_of(const char *text)
{
    if ((*text != '+' && *text != '-') || strspn(text + 1, "0123456789") < 2)
        return 0;
    const char *minutes = text + 3 + (text[3] == ':');
    bool whole = isdigit((unsigned char)minutes[0]) && isdigit((unsigned char)minutes[1]);
    int64_t zone = ((text[1] - '0') * 10 + text[2] - '0') * 60;
    zone += whole ? (minutes[0] - '0') * 10 + minutes[1] - '0' : 0;
    return *text == '-' ? -zone : zone;
}

int64_t kit_time_ms(const char *text)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    int64_t ms = 0;
    if (!rest)
        return 0;
    if (*rest == '.') {
        for (int64_t digit = 100; isdigit((unsigned char)*++rest); digit /= 10)
            ms += (*rest - '0') * digit;
    }
    return ((int64_t)timegm(&tm) - zone_of(rest) * 60) * 1000 + ms;
}

void kit_time_text(int64_t ms, char text[KIT_TIME_BYTES])
{
    time_t at = (time_t)(ms / 1000);
    struct tm utc;
    gmtime_r(&at, &utc);
    strftime(text, KIT_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
