/* signals - SIGTERM and SIGINT stop the daemon, SIGHUP reloads its configuration. */
#include <signal.h>
#include <uv.h>

#include "base/mem.h"
#include "daemon/component.h"

static void stop(uv_signal_t *handle, int number)
{
    daemon_stop(handle->data, number == SIGINT ? "SIGINT" : "SIGTERM");
}

/* What became of it is in the log. */
static void reload(uv_signal_t *handle, int number)
{
    CLEANUP_STR struct str said = {0};
    struct error err;
    (void)number;
    daemon_reload(handle->data, &said, &err);
}

static const struct {
    int number;
    uv_signal_cb then;
} signals[] = {{SIGINT, stop}, {SIGTERM, stop}, {SIGHUP, reload}};

static uv_signal_t handles[ARRAY_SIZE(signals)];

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)configuration, (void)err;
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        uv_signal_init(daemon_loop(daemon), &handles[i]);
        handles[i].data = daemon;
        uv_signal_start(&handles[i], signals[i].then, signals[i].number);
    }
    return 0;
}

static void destroy(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        uv_close((uv_handle_t *)&handles[i], NULL);
}

const struct component signals_component = {.name = "signals", .start = start, .destroy = destroy};
