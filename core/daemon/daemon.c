#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "base/mem.h"

struct daemon {
    uv_loop_t loop;
    struct configuration configuration; /* in force */
    const struct component *const *components;
    size_t n;
    size_t started, begun; /* begun: those started, and one whose start failed */
    size_t draining;       /* those that have not drained yet */
    bool stopping;
};

#define FIRST_NEEDS 4 /* descriptors: of the loop itself, of its wake-up, and of a pipe for signals */

/* libuv ends the process where it gets no pipe for signals, so this looks first. */
static int try_descriptors(void)
{
    int fds[FIRST_NEEDS], n = 0, rc = 0;
    while (n < FIRST_NEEDS && (fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        n++;
    if (n < FIRST_NEEDS)
        rc = -errno;
    while (n)
        close(fds[--n]);
    return rc;
}

struct daemon *daemon_create(const struct component *const *components, size_t n, struct error *err)
{
    struct daemon *daemon = xcalloc(1, sizeof(*daemon));
    daemon->components = components;
    daemon->n = n;
    int rc = try_descriptors();
    rc = rc ? rc : uv_loop_init(&daemon->loop);
    if (!rc)
        return daemon;
    error_set(err, ERR_IO, "the system gives no event loop: %s", uv_strerror(rc));
    free(daemon);
    return NULL;
}

struct uv_loop_s *daemon_loop(struct daemon *daemon)
{
    return &daemon->loop;
}

/* ---- stopping ---- */

void daemon_drained(struct daemon *daemon)
{
    require(daemon->draining > 0);
    if (--daemon->draining == 0)
        uv_stop(&daemon->loop);
}

static void drain(struct daemon *daemon)
{
    daemon->stopping = true;
    daemon->draining = daemon->started + 1; /* one more until all were asked */
    for (size_t i = daemon->started; i-- > 0;) {
        const struct component *component = daemon->components[i];
        if (!component->drain || component->drain(daemon))
            daemon_drained(daemon);
    }
    daemon_drained(daemon);
}

void daemon_stop(struct daemon *daemon, const char *why)
{
    if (daemon->stopping)
        return;
    log_info("stopping: %s", why);
    drain(daemon);
}

void daemon_run(struct daemon *daemon)
{
    uv_run(&daemon->loop, UV_RUN_DEFAULT);
}

void daemon_destroy(struct daemon *daemon)
{
    for (size_t i = daemon->started; i-- > 0;) {
        if (daemon->components[i]->stop)
            daemon->components[i]->stop();
    }
    for (size_t i = daemon->begun; i-- > 0;) {
        if (daemon->components[i]->destroy)
            daemon->components[i]->destroy();
    }
    uv_run(&daemon->loop, UV_RUN_DEFAULT); /* the close callbacks */
    uv_loop_close(&daemon->loop);
    configuration_finish(&daemon->configuration);
    free(daemon);
}

/* ---- starting ---- */

static int start_next(struct daemon *daemon, struct error *err)
{
    const struct component *component = daemon->components[daemon->begun++];
    int rc = component->start(daemon, &daemon->configuration, err);
    if (rc)
        return error_prefix(err, "could not start the %s", component->name);
    daemon->started++;
    return 0;
}

int daemon_start(struct daemon *daemon, const char *path, struct error *err)
{
    int rc = configuration_load(path, &daemon->configuration, err);
    while (!rc && daemon->started < daemon->n)
        rc = start_next(daemon, err);
    if (rc)
        drain(daemon);
    return rc;
}

/* ---- reloading ---- */

/* What would be in force after a reload, if every component can take it up; *held names the settings that wait for a restart. */
static int read_fresh(struct daemon *daemon, struct configuration *fresh, struct str *held, struct error *err)
{
    if (daemon->stopping)
        return error_set(err, ERR_REFUSED, "tocsind is stopping; the next start reads the configuration");
    int rc = configuration_load(daemon->configuration.path, fresh, err);
    if (!rc)
        configuration_hold(fresh, &daemon->configuration, held);
    for (size_t i = 0; !rc && i < daemon->n; i++) {
        const struct component *component = daemon->components[i];
        rc = component->check ? component->check(&daemon->configuration, fresh, err) : 0;
    }
    return rc;
}

static void take_up(struct daemon *daemon, struct configuration *fresh, struct str *said)
{
    for (size_t i = 0; i < daemon->n; i++) {
        if (daemon->components[i]->reload)
            daemon->components[i]->reload(&daemon->configuration, fresh, said);
    }
    configuration_finish(&daemon->configuration);
    daemon->configuration = *fresh;
}

int daemon_reload(struct daemon *daemon, struct str *said, struct error *err)
{
    struct configuration fresh = {0};
    CLEANUP_STR struct str changes = {0}, held = {0};
    int rc = read_fresh(daemon, &fresh, &held, err);
    if (rc) {
        log_error("configuration not reloaded: %s", err->text);
        configuration_finish(&fresh);
        return rc;
    }
    take_up(daemon, &fresh, &changes);
    if (held.len)
        str_addf(&changes, "; restart tocsind to apply %s", held.p);
    str_addf(said, "configuration reloaded%s", changes.len ? changes.p : "; nothing changed");
    log_info("%s", said->p);
    return 0;
}
