/* A connector for whichever header is first on the include path: each released one, and a future one. */
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

static int32_t open_it(const struct tocsin_host *host, const char *settings, void **ret_self,
                       struct tocsin_error *error)
{
    (void)settings;
    if (host->size < sizeof(uint32_t) * 2 || host->abi != TOCSIN_ABI) {
        snprintf(error->text, sizeof(error->text), "the host has another layout");
        return TOCSIN_E_FAILED;
    }
    *ret_self = (void *)open_it;
    return 0;
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    (void)self;
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", action->key);
}

static void close_it(void *self)
{
    (void)self;
}

static const struct tocsin_setting settings[] = {
    {.name = "first", .type = TOCSIN_SETTING_TEXT, .flags = TOCSIN_SECRET, .help = "One"},
    {.name = "second", .type = TOCSIN_SETTING_INT, .fallback = "7", .least = 1, .most = 9, .help = "Two"},
    {0},
};

TOCSIN_CONNECTOR(.name = "abi", .version = "1.0", .summary = "Of some age", .parallel = 3,
                 .can = TOCSIN_CAN_POST, .settings = settings, .open = open_it, .perform = perform,
                 .close = close_it);
