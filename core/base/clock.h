/*
 * clock - the one place of the core that reads a clock. Everything else takes `now` as an argument, so that a
 * simulation can set it. Any thread.
 */
#ifndef TOCSIN_BASE_CLOCK_H
#define TOCSIN_BASE_CLOCK_H

#include "base/time.h"

instant clock_now(void);     /* the wall clock; may jump either way */
int64_t clock_mono_ns(void); /* nanoseconds since some moment; never goes back, for measuring spans */

#endif
