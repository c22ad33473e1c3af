/* good - does what it is told and remembers it: answers "post" with an id, and finds earlier attempts by their key. */
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

static const struct tocsin_host *host;

static int32_t open_good(const struct tocsin_host *h, const char *settings, void **ret_self,
                         struct tocsin_error *error)
{
    (void)error;
    host = h;
    if (strstr(settings, "\"word\":\"refuse\"")) {
        snprintf(error->text, sizeof(error->text), "the word is not allowed");
        return TOCSIN_E_CONFIG;
    }
    *ret_self = &host;
    return 0;
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    char id[200];
    (void)self;
    int64_t n = host->get(host->ctx, action->key, id, sizeof(id) - 1);
    if (n >= 0) {
        snprintf(result->remote_id, sizeof(result->remote_id), "%.*s", (int)n, id);
        snprintf(result->detail, sizeof(result->detail), "found");
        return;
    }
    snprintf(result->remote_id, sizeof(result->remote_id), "remote-%s", action->id);
    if (host->put(host->ctx, action->key, result->remote_id, strlen(result->remote_id)))
        result->code = TOCSIN_RETRY;
    host->emit(host->ctx, action->body, action->body_length);
}

static void close_good(void *self)
{
    (void)self;
}

static const struct tocsin_setting settings[] = {
    {"word", TOCSIN_SETTING_TEXT, 0, "hello", 0, 0, "Any word"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "none-given", 0, 0, "A secret"},
    {0},
};

TOCSIN_CONNECTOR(.name = "good", .version = "1.0", .summary = "Does what it is told", .parallel = 2,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_FIND, .settings = settings, .open = open_good,
                 .perform = perform, .close = close_good);
