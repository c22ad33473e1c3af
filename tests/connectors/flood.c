/* flood - emits events from run() as fast as it can, and logs each. */
#include "simple.h"

static int32_t run(void *self, struct tocsin_error *error)
{
    char event[200];
    (void)self, (void)error;
    for (unsigned long i = 0; !host->stopping(host->ctx); i++) {
        int n =
            snprintf(event, sizeof(event),
                     "{\"type\":\"message\",\"id\":\"f%lu\",\"user\":{\"id\":\"u\"},\"channel\":\"c\",\"text\":"
                     "\"%lu\"}",
                     i, i);
        host->emit(host->ctx, event, (size_t)n);
        host->log(host->ctx, 1, "another one");
    }
    return 0;
}

TOCSIN_CONNECTOR(.name = "flood", .version = "1.0", .summary = "Never stops talking", .parallel = 1,
                 .can = TOCSIN_CAN_POST, .open = simple_open, .run = run, .perform = simple_perform,
                 .stop = simple_stop, .close = simple_close);
