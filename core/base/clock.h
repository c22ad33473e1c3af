/*
 * clock - the only place in the core that reads a clock. Everything else takes `now` as an argument, so that a
 * simulation can set it. Any thread.
 */
#ifndef TOCSIN_BASE_CLOCK_H
#define TOCSIN_BASE_CLOCK_H

#include "base/time.h"

instant clock_now(void);     /* the wall clock; may jump forwards or back */
int64_t clock_mono_ns(void); /* nanoseconds since an unspecified moment; never goes back; for measuring */

#endif
