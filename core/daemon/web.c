#include "daemon/web.h"

#include <uv.h>

#include "access/sessions.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "daemon/component.h"
#include "daemon/connectors.h"
#include "daemon/core.h"
#include "daemon/intake.h"
#include "daemon/journal.h"
#include "daemon/policy.h"
#include "turn/turn.h"
#include "mcp/mcp.h"
#include "signin/provider.h"
#include "web/alerts.h"
#include "web/api.h"
#include "web/token.h"

#define KEEP_EVERY (10 * 60 * 1000) /* ms */

static struct {
    struct daemon *daemon;
    uv_timer_t keeping; /* when tokens were last used */
    struct tokens *tokens;
    struct server *server;
    struct alerts_intake *alerts;
    struct api *api;
    struct mcp *mcp;
    struct app *app;
    char *name;                /* of this installation */
    struct provider *provider; /* of identities; NULL: there is none */
    char *provider_name;
    int draining; /* what has yet to end */
    bool home_is_status;
} self;

struct server *daemon_server(void)
{
    return self.server;
}

struct app *daemon_app(void)
{
    return self.app;
}

static int reload(struct str *said, struct error *err)
{
    return daemon_reload(self.daemon, said, err);
}

static void published(const struct event *event)
{
    api_published(self.api, event);
}

static void add_routes(const struct configuration *configuration)
{
    struct api_parts parts = {.server = self.server,
                              .tokens = self.tokens,
                              .core = daemon_core(),
                              .supervisor = daemon_connectors(),
                              .reload_policy = daemon_policy_load,
                              .reload = reload,
                              .clock = clock_now,
                              .public_url = core_settings(daemon_core())->public_url,
                              .requests_per_minute =
                                  json_int_or(configuration->core, "api_requests_per_minute", 0)};
    self.alerts = alerts_intake_create(self.server, daemon_core(), daemon_intake, clock_now);
    self.api = api_create(&parts);
    self.mcp = mcp_create(&(struct mcp_parts){.server = self.server,
                                              .core = daemon_core(),
                                              .clock = clock_now,
                                              .public_url = parts.public_url,
                                              .name = self.name});
    self.app = app_create(&(struct app_parts){.server = self.server,
                                              .tokens = self.tokens,
                                              .core = daemon_core(),
                                              .supervisor = daemon_connectors(),
                                              .alerts = self.alerts,
                                              .sources = daemon_sources,
                                              .journal = daemon_journal_path(),
                                              .clock = clock_now,
                                              .provider = self.provider,
                                              .provider_name = self.provider_name,
                                              .name = self.name,
                                              .home_is_status = self.home_is_status});
    daemon_core_publishes(published);
}

static void keep_used(uv_timer_t *timer)
{
    (void)timer;
    if (!core_ready(daemon_core(), NULL))
        return;
    struct turn *turn = turn_begin(daemon_core(), clock_now());
    tokens_keep_used(self.tokens, turn_batch(turn));
    sessions_keep_used(turn);
    turn_commit(turn, NULL, NULL);
}

static void find_provider(struct daemon *daemon, const struct configuration *configuration)
{
    const cJSON *signin = json_member(configuration->core, "signin");
    const char *url = json_text_or(configuration->core, "public_url", NULL);
    if (!json_text_or(signin, "issuer", NULL))
        return;
    CLEANUP_FREE char *back = xasprintf("%s/app/signin/callback", url);
    self.provider_name = xstrdup(json_text_or(signin, "name", NULL));
    self.provider = provider_create(
        &(struct provider_settings){.issuer = json_text_or(signin, "issuer", NULL),
                                    .client_id = json_text_or(signin, "client_id", NULL),
                                    .client_secret = json_text_or(signin, "client_secret", NULL),
                                    .scopes = json_text_or(signin, "scopes", NULL),
                                    .groups = json_text_or(signin, "groups", NULL),
                                    .redirect_uri = back,
                                    .loop = daemon_loop(daemon),
                                    .clock = clock_now});
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    struct server_settings settings = {.listen = json_text_or(configuration->core, "listen", NULL)};
    self.daemon = daemon;
    self.name = xstrdup(json_text_or(configuration->core, "name", "Tocsin"));
    find_provider(daemon, configuration);
    self.home_is_status = text_equal(json_text_or(configuration->core, "home", NULL), "status");
    self.tokens = tokens_create(clock_now);
    int rc = tokens_load(self.tokens, daemon_journal(), err);
    if (rc)
        return rc;
    self.server = server_create(&settings, self.tokens, daemon_loop(daemon));
    add_routes(configuration);
    uv_timer_init(daemon_loop(daemon), &self.keeping);
    uv_timer_start(&self.keeping, keep_used, KEEP_EVERY, KEEP_EVERY);
    uv_unref((uv_handle_t *)&self.keeping);
    return server_listen(self.server, err);
}

static void drained(void *ctx)
{
    if (--self.draining == 0)
        daemon_drained(ctx);
}

static bool drain(struct daemon *daemon)
{
    server_drain(self.server);
    uv_timer_stop(&self.keeping);
    keep_used(NULL);
    self.draining = !alerts_intake_drain(self.alerts, drained, daemon);
    if (self.provider)
        self.draining += !provider_drain(self.provider, drained, daemon);
    return self.draining == 0;
}

/* The server first: it tells the others of requests that end. */
static void destroy(void)
{
    daemon_core_publishes(NULL);
    if (self.server)
        uv_close((uv_handle_t *)&self.keeping, NULL);
    server_destroy(self.server);
    alerts_intake_destroy(self.alerts);
    api_destroy(self.api);
    mcp_destroy(self.mcp);
    app_destroy(self.app);
    provider_destroy(self.provider);
    free(self.provider_name);
    free(self.name);
    tokens_destroy(self.tokens);
}

const struct component web_component = {
    .name = "web server", .start = start, .drain = drain, .destroy = destroy};
