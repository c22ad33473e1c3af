/* hang - its actions never return, and run() ignores stop(). */
#include "simple.h"

#include <unistd.h>

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    (void)self, (void)action, (void)result;
    for (;;)
        pause();
}

static int32_t run(void *self, struct tocsin_error *error)
{
    (void)self, (void)error;
    for (;;)
        pause();
    return 0;
}

TOCSIN_CONNECTOR(.name = "hang", .version = "1.0", .summary = "Never returns", .parallel = 2,
                 .can = TOCSIN_CAN_POST, .open = simple_open, .run = run, .perform = perform,
                 .stop = simple_stop, .close = simple_close);
