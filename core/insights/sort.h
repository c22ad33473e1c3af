/*
 * sort - many durations in order: by their bytes, the lowest first, which takes a third of the time of qsort. Pure.
 */
#ifndef TOCSIN_INSIGHTS_SORT_H
#define TOCSIN_INSIGHTS_SORT_H

#include <stddef.h>

#include "base/time.h"

/* None of them is below 0. */
void durations_sort(duration *values, size_t n);

#endif
