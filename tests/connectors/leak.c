/* leak - allocates a megabyte with each action and never frees it; dies when there is no memory left. */
#include "simple.h"

#include <stdlib.h>

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    char *megabyte = malloc(1 << 20);
    if (!megabyte)
        abort();
    memset(megabyte, 1, 1 << 20);
    __asm__ volatile("" : : "r"(megabyte) : "memory"); /* keeps the compiler from removing the allocation */
    simple_perform(self, action, result);
}

TOCSIN_CONNECTOR(.name = "leak", .version = "1.0", .summary = "Grows", .parallel = 1, .can = TOCSIN_CAN_POST,
                 .open = simple_open, .perform = perform, .close = simple_close);
