/* crash - works until it dies in its nth action (setting `at`, counted in each process). */
#include "simple.h"

#include <stdlib.h>

static int left;

static int32_t open_crash(const struct tocsin_host *given, const char *settings, void **ret_self,
                          struct tocsin_error *error)
{
    left = atoi(strstr(settings, "\"at\":") + 5);
    return simple_open(given, settings, ret_self, error);
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    if (--left <= 0)
        abort();
    simple_perform(self, action, result);
}

static const struct tocsin_setting settings[] = {
    {"at", TOCSIN_SETTING_INT, 0, "1", 1, 1000, "The action that it dies in"},
    {0},
};

TOCSIN_CONNECTOR(.name = "crash", .version = "1.0", .summary = "Dies", .parallel = 1, .can = TOCSIN_CAN_POST,
                 .settings = settings, .open = open_crash, .perform = perform, .close = simple_close);
