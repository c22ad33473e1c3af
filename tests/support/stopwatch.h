/*
 * stopwatch - how long something took, for benches.
 */
#ifndef TOCSIN_TESTS_STOPWATCH_H
#define TOCSIN_TESTS_STOPWATCH_H

#include <stddef.h>

/* Now, in microseconds since some moment. */
double stopwatch_micros(void);
/* Processor time of this process, all its threads included, in microseconds. */
double stopwatch_cpu_micros(void);
/* Of n values, which it sorts; n is at least 1. */
double stopwatch_percentile(double *values, size_t n, int percent);

#endif
