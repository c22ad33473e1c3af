/* crash - dies in its first action; works as long as nothing is asked. */
#include <stdlib.h>

#include <tocsin/connector.h>

static int32_t open_crash(const struct tocsin_host *host, const char *settings, void **ret_self,
                          struct tocsin_error *error)
{
    (void)host, (void)settings, (void)error;
    *ret_self = (void *)open_crash;
    return 0;
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    (void)self, (void)action, (void)result;
    abort();
}

static void close_crash(void *self)
{
    (void)self;
}

TOCSIN_CONNECTOR(.name = "crash", .version = "1.0", .summary = "Dies", .parallel = 1, .can = TOCSIN_CAN_POST,
                 .open = open_crash, .perform = perform, .close = close_crash);
