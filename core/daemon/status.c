/* status - what the public reads: the status pages, on the server of everything else, and on a host or a port of their own. */
#include "statuspage/statuspage.h"

#include "app/reader.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "daemon/component.h"
#include "daemon/core.h"
#include "daemon/publishing.h"
#include "daemon/web.h"
#include "web/status.h"
#include "web/subscribe.h"

static struct {
    struct status_server *status;
    struct subscribe_server *subscribe;
    struct server *server; /* on the port of its own; NULL: it has none */
} self;

static struct public_page *page_of(void *ctx, const char *name)
{
    return statuspage_page(ctx, name);
}

static enum status_reader reader_of(void *ctx, struct http_request *request, const char *name,
                                    struct status_asker *ret)
{
    (void)ctx;
    return app_reader(daemon_app(), request, name, ret);
}

static void changed(void *ctx)
{
    (void)ctx;
    status_changed(self.status);
}

static void rendered(void *ctx, struct status_edition *edition)
{
    (void)ctx;
    daemon_publish(edition);
}

static int listen_alone(struct daemon *daemon, const char *address, struct error *err)
{
    struct server_settings settings = {.listen = address};
    self.server = server_create(&settings, NULL, daemon_loop(daemon));
    server_set_prefix(self.server, NULL, STATUS_PREFIX);
    status_serve(self.status, self.server);
    subscribe_serve(self.subscribe, self.server);
    return server_listen(self.server, err);
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    const char *host = json_text_or(configuration->core, "status_host", NULL),
               *address = json_text_or(configuration->core, "status_listen", NULL);
    const char *url = core_settings(daemon_core())->public_url;
    CLEANUP_FREE char *signin = xasprintf("%s/app/signin", url ? url : "");
    struct status_settings settings = {.loop = daemon_loop(daemon),
                                       .ctx = daemon_core(),
                                       .page = page_of,
                                       .reader = reader_of,
                                       .signin = signin,
                                       .rendered = rendered,
                                       .secret = json_text_or(configuration->core, "status_secret", NULL)};
    self.status = status_create(&settings);
    self.subscribe = subscribe_create(daemon_core(), self.status, settings.secret, clock_now);
    status_serve(self.status, daemon_server());
    subscribe_serve(self.subscribe, daemon_server());
    if (host)
        server_set_prefix(daemon_server(), host, STATUS_PREFIX);
    int rc = address ? listen_alone(daemon, address, err) : 0;
    if (rc)
        return error_prefix(err, "'status_listen'");
    statuspage_begin(daemon_core(), clock_now());
    statuspage_listen(daemon_core(), changed, NULL);
    changed(NULL);
    return 0;
}

static void drained(void *ctx)
{
    daemon_publish_last();
    daemon_drained(ctx);
}

static bool drain(struct daemon *daemon)
{
    statuspage_listen(daemon_core(), NULL, NULL);
    if (self.server)
        server_drain(self.server);
    bool idle = status_drain(self.status, drained, daemon);
    if (idle)
        daemon_publish_last();
    return idle;
}

static void destroy(void)
{
    server_destroy(self.server);
    status_destroy(self.status);
    subscribe_destroy(self.subscribe);
}

const struct component status_component = {
    .name = "status page", .start = start, .drain = drain, .destroy = destroy};
