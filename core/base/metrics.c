#include "base/metrics.h"

#include <stdatomic.h>
#include <string.h>

enum kind { COUNTER, GAUGE, HISTOGRAM, LONG_HISTOGRAM };

static const struct {
    enum kind kind;
    const char *name, *labels, *help;
} table[METRIC_COUNT] = {
#define METRIC_ROW(id, kind, name, labels, help) {kind, name, labels, help},
    METRICS(METRIC_ROW)
#undef METRIC_ROW
};

#define BOUNDS  11
#define MINUTES (60 * INT64_C(1000000000))

/* Upper bounds of the histograms' buckets, in nanoseconds: 0.1 ms to 10 s; of a long one, a minute to a day. */
static const int64_t short_bounds[BOUNDS] = {100000,    300000,    1000000,    3000000,    10000000,   30000000,
                                             100000000, 300000000, 1000000000, 3000000000, 10000000000};
static const int64_t long_bounds[BOUNDS] = {MINUTES,       3 * MINUTES,   5 * MINUTES,   10 * MINUTES,
                                            15 * MINUTES,  30 * MINUTES,  60 * MINUTES,  120 * MINUTES,
                                            240 * MINUTES, 480 * MINUTES, 1440 * MINUTES};

static struct {
    atomic_int_fast64_t value; /* of a histogram: the number of observations */
    atomic_int_fast64_t sum;   /* ns */
    atomic_int_fast64_t buckets[BOUNDS];
} cells[METRIC_COUNT];

static void bump(atomic_int_fast64_t *cell, int64_t n)
{
    atomic_fetch_add_explicit(cell, n, memory_order_relaxed);
}

static int64_t read_cell(atomic_int_fast64_t *cell)
{
    return atomic_load_explicit(cell, memory_order_relaxed);
}

void metric_add(enum metric metric, int64_t n)
{
    bump(&cells[metric].value, n);
}

void metric_set(enum metric metric, int64_t value)
{
    atomic_store_explicit(&cells[metric].value, value, memory_order_relaxed);
}

static const int64_t *bounds_of(size_t metric)
{
    return table[metric].kind == LONG_HISTOGRAM ? long_bounds : short_bounds;
}

void metric_observe_ns(enum metric metric, int64_t nanoseconds)
{
    const int64_t *bounds = bounds_of(metric);
    bump(&cells[metric].value, 1);
    bump(&cells[metric].sum, nanoseconds);
    for (size_t i = 0; i < BOUNDS; i++) {
        if (nanoseconds > bounds[i])
            continue;
        bump(&cells[metric].buckets[i], 1);
        break;
    }
}

int64_t metric_value(enum metric metric)
{
    return read_cell(&cells[metric].value);
}

static void write_histogram(size_t i, struct str *out)
{
    int64_t below = 0;
    const int64_t *bounds = bounds_of(i);
    for (size_t b = 0; b < BOUNDS; b++) {
        below += read_cell(&cells[i].buckets[b]);
        str_addf(out, "%s_bucket{le=\"%g\"} %lld\n", table[i].name, (double)bounds[b] / 1e9, (long long)below);
    }
    long long n = (long long)metric_value((enum metric)i);
    str_addf(out, "%s_bucket{le=\"+Inf\"} %lld\n%s_sum %.9g\n%s_count %lld\n", table[i].name, n, table[i].name,
             (double)read_cell(&cells[i].sum) / 1e9, table[i].name, n);
}

void metrics_write(struct str *out)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram", "histogram"};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (i == 0 || strcmp(table[i].name, table[i - 1].name) != 0)
            str_addf(out, "# HELP %s %s\n# TYPE %s %s\n", table[i].name, table[i].help, table[i].name,
                     kinds[table[i].kind]);
        if (table[i].kind == HISTOGRAM || table[i].kind == LONG_HISTOGRAM)
            write_histogram(i, out);
        else
            str_addf(out, "%s%s%s%s %lld\n", table[i].name, *table[i].labels ? "{" : "", table[i].labels,
                     *table[i].labels ? "}" : "", (long long)metric_value((enum metric)i));
    }
}
