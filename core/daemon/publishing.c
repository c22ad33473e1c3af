#include "daemon/publishing.h"

#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/markup.h"
#include "base/metrics.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "publish/directory.h"
#include "rooms/rooms.h"
#include "statuspage/statuspage.h"

#define FIRST_WAIT (5 * SECOND)
#define LAST_WAIT  (5 * MINUTE)

static struct {
    struct daemon *daemon;
    char *directory;          /* NULL: none was configured */
    struct public_page *next; /* to be written; NULL: nothing is */
    duration wait;            /* before the next attempt, after a failure; 0: the last one succeeded */
    uv_timer_t again;
    bool writing, draining;
} self;

struct write { /* on the pool */
    uv_work_t work;
    struct public_page *page;
    struct published published;
    struct error err;
    int rc;
};

static void write_next(void);

static void write_on_pool(uv_work_t *work)
{
    struct write *write = work->data;
    write->rc = publish_directory(write->page, self.directory, &write->published, &write->err);
}

static void on_again(uv_timer_t *timer)
{
    (void)timer;
    write_next();
}

/* Where incidents are announced. */
static void announce(char *text)
{
    CLEANUP_FREE char *said = text;
    if (self.draining || !core_ready(daemon_core(), NULL))
        return;
    struct turn *turn = turn_begin(daemon_core(), clock_now());
    CLEANUP_FREE char *key = turn_key_as(turn, "statuspage");
    rooms_say_incident(turn, 0, key, NULL, said);
    turn_commit(turn, NULL, NULL);
}

/* What failed is tried again, unless there is something newer by then. */
static void failed(struct write *write)
{
    if (!self.wait)
        announce(markup("The status page could not be written: %s. Readers of its directory see an old one. It "
                        "is tried again until it succeeds.",
                        write->err.text));
    self.wait = self.wait ? MIN(2 * self.wait, LAST_WAIT) : FIRST_WAIT;
    metric_set(METRIC_STATUS_BEHIND, 1);
    log_error("the status page could not be written, and readers of 'status_directory' see an old one: %s; it "
              "is tried again in %lld s",
              write->err.text, (long long)(self.wait / SECOND));
    if (!self.next)
        self.next = public_ref(write->page);
    if (!self.draining)
        uv_timer_start(&self.again, on_again, (uint64_t)self.wait, 0);
}

static void succeeded(const struct write *write)
{
    if (self.wait) {
        log_info("the status page is written again");
        announce(markup("The status page is written again; readers of its directory see the newest one."));
    }
    self.wait = 0;
    metric_set(METRIC_STATUS_BEHIND, 0);
    log_debug("status page: %zu files written, %zu removed, %zu were as they should be",
              write->published.written, write->published.removed, write->published.same);
    write_next();
}

static void written(uv_work_t *work, int status)
{
    struct write *write = work->data;
    (void)status;
    self.writing = false;
    if (write->rc)
        failed(write);
    else
        succeeded(write);
    public_unref(write->page);
    free(write);
    if (self.draining && !self.writing)
        daemon_drained(self.daemon);
}

static void write_next(void)
{
    if (self.writing || !self.next)
        return;
    struct write *write = xcalloc(1, sizeof(*write));
    write->work.data = write;
    write->page = steal(self.next);
    self.writing = true;
    uv_timer_stop(&self.again);
    uv_queue_work(daemon_loop(self.daemon), &write->work, write_on_pool, written);
}

void daemon_publish(struct core *core)
{
    struct public_page *page = self.directory ? statuspage_page(core, NULL) : NULL;
    if (!page)
        return;
    public_unref(self.next);
    self.next = page;
    write_next();
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    const char *directory = json_text_or(configuration->core, "status_directory", NULL);
    (void)err;
    self.daemon = daemon;
    self.directory = directory ? configuration_path(configuration, directory) : NULL;
    uv_timer_init(daemon_loop(daemon), &self.again);
    uv_unref((uv_handle_t *)&self.again);
    return 0;
}

/* What is new is still written; what failed is not tried again. */
static bool drain(struct daemon *daemon)
{
    (void)daemon;
    self.draining = true;
    uv_timer_stop(&self.again);
    return !self.writing;
}

static void destroy(void)
{
    uv_close((uv_handle_t *)&self.again, NULL);
    public_unref(self.next);
    free(self.directory);
}

const struct component publishing_component = {
    .name = "publishing of the status page", .start = start, .drain = drain, .destroy = destroy};
