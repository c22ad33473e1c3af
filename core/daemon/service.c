/* service - what the service manager and the log are told: ready, alive, stopping. Last in the table, so that ready is true. */
#include <uv.h>

#include "base/json.h"
#include "base/log.h"
#include "base/notify.h"
#include "daemon/component.h"

#define ALIVE_EVERY 1000 /* ms; the watchdog of a unit waits for longer */

static uv_timer_t alive;

static void on_alive(uv_timer_t *timer)
{
    (void)timer;
    notify_systemd("WATCHDOG=1");
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)err;
    uv_timer_init(daemon_loop(daemon), &alive);
    uv_timer_start(&alive, on_alive, ALIVE_EVERY, ALIVE_EVERY);
    log_info("tocsind %s is ready on %s", TOCSIN_VERSION, json_text_or(configuration->core, "listen", ""));
    notify_systemd("READY=1");
    return 0;
}

static bool drain(struct daemon *daemon)
{
    (void)daemon;
    uv_timer_stop(&alive);
    notify_systemd("STOPPING=1");
    return true;
}

static void destroy(void)
{
    uv_close((uv_handle_t *)&alive, NULL);
}

const struct component service_component = {
    .name = "service", .start = start, .drain = drain, .destroy = destroy};
