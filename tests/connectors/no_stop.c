/* no_stop - has run() but no stop(). */
#include "simple.h"

static int32_t run(void *self, struct tocsin_error *error)
{
    (void)self, (void)error;
    return 0;
}

TOCSIN_CONNECTOR(.name = "no-stop", .version = "1.0", .summary = "Cannot be ended", .parallel = 1,
                 .open = simple_open, .run = run, .perform = simple_perform, .close = simple_close);
