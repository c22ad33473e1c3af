#include "daemon/publishing.h"

#include <uv.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/markup.h"
#include "base/metrics.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "publish/bucket.h"
#include "publish/directory.h"
#include "rooms/rooms.h"
#include "web/status_files.h"

#define FIRST_WAIT  (5 * SECOND)
#define LAST_WAIT   (5 * MINUTE)
#define STOP_WITHIN (5 * SECOND) /* a store that is slow does not keep tocsind from stopping */

struct target { /* where the page is written to */
    const char *setting, *readers;
    enum metric behind;
    int (*write)(const struct publish_source *source, struct published *ret, struct error *err);
    bool configured;
    struct status_edition *next; /* to be written; NULL: nothing is */
    duration wait;               /* before the next attempt, after a failure; 0: the last one succeeded */
    uv_timer_t again;
    bool writing;
};

static int write_directory(const struct publish_source *source, struct published *ret, struct error *err);
static int write_bucket(const struct publish_source *source, struct published *ret, struct error *err);

static struct {
    struct daemon *daemon;
    char *directory;
    struct bucket *bucket;
    struct target targets[2];
    bool last, draining, drained;
} self = {.targets = {{.setting = "status_directory",
                       .readers = "its directory",
                       .behind = METRIC_STATUS_BEHIND,
                       .write = write_directory},
                      {.setting = "status_bucket",
                       .readers = "its bucket",
                       .behind = METRIC_STATUS_BUCKET_BEHIND,
                       .write = write_bucket}}};

struct write { /* on the pool */
    uv_work_t work;
    struct target *target;
    struct status_edition *edition;
    struct published published;
    struct error err;
    int rc;
};

static void write_next(struct target *target);

/* ---- on the pool ---- */

static int write_directory(const struct publish_source *source, struct published *ret, struct error *err)
{
    return publish_directory(source, self.directory, ret, err);
}

static int write_bucket(const struct publish_source *source, struct published *ret, struct error *err)
{
    return publish_bucket(self.bucket, source, ret, err);
}

static bool front(void *ctx, const char *path, struct public_file *ret)
{
    return status_edition_front(ctx, path, ret);
}

static void write_on_pool(uv_work_t *work)
{
    struct write *write = work->data;
    const struct publish_source source = {
        .page = status_edition_page(write->edition), .rendered = front, .ctx = write->edition};
    write->rc = write->target->write(&source, &write->published, &write->err);
}

/* ---- what became of it ---- */

static void on_again(uv_timer_t *timer)
{
    write_next(timer->data);
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
static void failed(struct target *target, struct write *write)
{
    if (!target->wait)
        announce(markup("The status page could not be written: %s. Readers of %s see an old one. It "
                        "is tried again until it succeeds.",
                        write->err.text, target->readers));
    target->wait = target->wait ? MIN(2 * target->wait, LAST_WAIT) : FIRST_WAIT;
    metric_set(target->behind, 1);
    log_error("the status page could not be written, and readers of '%s' see an old one: %s; it "
              "is tried again in %lld s",
              target->setting, write->err.text, (long long)(target->wait / SECOND));
    if (!target->next)
        target->next = status_edition_ref(write->edition);
    if (!self.draining)
        uv_timer_start(&target->again, on_again, (uint64_t)target->wait, 0);
}

static void succeeded(struct target *target, const struct write *write)
{
    if (target->wait) {
        log_info("the status page is written to '%s' again", target->setting);
        announce(
            markup("The status page is written again; readers of %s see the newest one.", target->readers));
    }
    target->wait = 0;
    metric_set(target->behind, 0);
    log_debug("status page: %zu files written to '%s', %zu removed, %zu were as they should be",
              write->published.written, target->setting, write->published.removed, write->published.same);
    write_next(target);
}

static bool is_done(void)
{
    bool writing = false;
    for (size_t i = 0; i < ARRAY_SIZE(self.targets); i++)
        writing |= self.targets[i].writing;
    return self.last && !writing;
}

static void settle(void)
{
    if (!self.draining || self.drained || !is_done())
        return;
    self.drained = true;
    daemon_drained(self.daemon);
}

static void written(uv_work_t *work, int status)
{
    struct write *write = work->data;
    (void)status;
    write->target->writing = false;
    if (write->rc)
        failed(write->target, write);
    else
        succeeded(write->target, write);
    status_edition_unref(write->edition);
    free(write);
    settle();
}

static void write_next(struct target *target)
{
    if (target->writing || !target->next)
        return;
    struct write *write = xcalloc(1, sizeof(*write));
    write->work.data = write;
    write->target = target;
    write->edition = steal(target->next);
    target->writing = true;
    if (!self.draining)
        uv_timer_stop(&target->again);
    uv_queue_work(daemon_loop(self.daemon), &write->work, write_on_pool, written);
}

void daemon_publish(struct status_edition *edition)
{
    for (size_t i = 0; i < ARRAY_SIZE(self.targets); i++) {
        struct target *target = &self.targets[i];
        if (!target->configured)
            continue;
        status_edition_unref(target->next);
        target->next = status_edition_ref(edition);
        write_next(target);
    }
}

void daemon_publish_last(void)
{
    self.last = true;
    settle();
}

/* ---- the component ---- */

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)err;
    self.daemon = daemon;
    self.last = self.draining = self.drained = false;
    for (size_t i = 0; i < ARRAY_SIZE(self.targets); i++) {
        struct target *target = &self.targets[i];
        target->configured = json_text_or(configuration->core, target->setting, NULL) != NULL;
        uv_timer_init(daemon_loop(daemon), &target->again);
        target->again.data = target;
        uv_unref((uv_handle_t *)&target->again);
    }
    if (self.targets[0].configured)
        self.directory =
            configuration_path(configuration, json_text_or(configuration->core, "status_directory", ""));
    if (self.targets[1].configured)
        self.bucket = bucket_create(configuration->core);
    return 0;
}

static void on_late(uv_timer_t *timer)
{
    (void)timer;
    if (self.bucket)
        bucket_stop(self.bucket);
}

/* What is new is still written; what failed is not tried again. */
static bool drain(struct daemon *daemon)
{
    (void)daemon;
    self.draining = true;
    for (size_t i = 0; i < ARRAY_SIZE(self.targets); i++)
        uv_timer_start(&self.targets[i].again, on_late, STOP_WITHIN, 0);
    self.drained = is_done();
    return self.drained;
}

static void destroy(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(self.targets); i++) {
        uv_close((uv_handle_t *)&self.targets[i].again, NULL);
        status_edition_unref(steal(self.targets[i].next));
    }
    bucket_destroy(steal(self.bucket));
    free(steal(self.directory));
}

const struct component publishing_component = {
    .name = "publishing of the status page", .start = start, .drain = drain, .destroy = destroy};
