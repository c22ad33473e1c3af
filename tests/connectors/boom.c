/* boom - dies while it is being loaded, after writing to standard output. */
#include "simple.h"

#include <stdlib.h>

__attribute__((constructor)) static void on_load(void)
{
    puts("{\"name\":\"not this\"}");
    fflush(stdout);
    abort();
}

TOCSIN_CONNECTOR(.name = "boom", .version = "1.0", .summary = "Dies at once", .parallel = 1,
                 .open = simple_open, .perform = simple_perform, .close = simple_close);
