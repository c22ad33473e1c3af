#include "stopwatch.h"

#include <stdlib.h>
#include <time.h>

static double micros_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double stopwatch_micros(void)
{
    return micros_of(CLOCK_MONOTONIC);
}

double stopwatch_cpu_micros(void)
{
    return micros_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double stopwatch_percentile(double *values, size_t n, int percent)
{
    qsort(values, n, sizeof(*values), ascending);
    return values[(n - 1) * (size_t)percent / 100];
}
