/* slow - each action takes `delay`, and stop() does not shorten it. */
#include "simple.h"

#include <stdlib.h>
#include <unistd.h>

static useconds_t delay;

static int32_t open_slow(const struct tocsin_host *given, const char *settings, void **ret_self,
                         struct tocsin_error *error)
{
    delay = (useconds_t)atoi(strstr(settings, "\"delay\":") + 8) * 1000;
    return simple_open(given, settings, ret_self, error);
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    usleep(delay);
    simple_perform(self, action, result);
}

static const struct tocsin_setting settings[] = {
    {"delay", TOCSIN_SETTING_INT, 0, "200", 0, 60000, "Milliseconds that an action takes"},
    {0},
};

TOCSIN_CONNECTOR(.name = "slow", .version = "1.0", .summary = "Takes its time", .parallel = 2,
                 .can = TOCSIN_CAN_POST, .settings = settings, .open = open_slow, .perform = perform,
                 .close = simple_close);
