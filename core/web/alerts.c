#include "base/metrics.h"
#include "web/alerts.h"

#include <string.h>

#include "intake/arena.h"
#include "triage/incoming.h"
#include "triage/triage.h"

#define RETRY_SECONDS 5 /* how long senders are told to wait while the journal cannot be written */
#define BODY_MOST     ((size_t)20 << 20)
#define ROUTES_MOST   64

struct alerts_intake {
    struct core *core;
    const struct intake_config *config;
    instant (*clock)(void);
    struct arena arena; /* of the current request; its alerts are in the core before the next request uses it */
    struct route routes[ROUTES_MOST];
    size_t n;
};

static size_t body_limit(const struct alerts_intake *intake)
{
    return intake->config->limits.body ? intake->config->limits.body : BODY_MOST;
}

/* An answer that waits for its commit. */
struct waiting {
    struct http_request *request;
    const struct intake_route *route;
    struct intake_answer answer;
};

static void send_answer(struct http_request *request, const struct intake_answer *answer)
{
    const char *type = "application/json"; /* unless a header of the answer says otherwise */
    for (int i = 0; i < answer->n_headers; i++) {
        if (strcmp(answer->headers[i].name, "content-type") == 0)
            type = answer->headers[i].value;
        else
            http_answer_header(request, answer->headers[i].name, answer->headers[i].value);
    }
    http_answer(request, answer->status, *answer->body ? type : NULL, answer->body, strlen(answer->body));
}

static void durable(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct waiting *waiting = ctx;
    (void)err;
    (void)last_seq;
    if (rc) {
        memset(&waiting->answer, 0, sizeof(waiting->answer));
        intake_busy(waiting->route, RETRY_SECONDS, &waiting->answer);
    }
    send_answer(waiting->request, &waiting->answer);
    free(waiting);
}

static void tell_refused(struct alerts_intake *intake, struct http_request *http, const struct waiting *waiting,
                         instant now)
{
    const char *why = waiting->answer.why;
    incoming_refused(intake->core, http_peer(http), waiting->route ? waiting->route->pattern : http_path(http),
                     *why ? why : "malformed body", now);
}

static void refuse_too_large(struct alerts_intake *intake, struct http_request *http)
{
    const struct intake_route *route = intake_route_find(http_path(http));
    CLEANUP_FREE char *why = xasprintf("The body is too large. The limit is %zu bytes", body_limit(intake));
    metric_add(METRIC_ALERTS_REFUSED, 1);
    incoming_refused(intake->core, http_peer(http), route ? route->pattern : http_path(http), why,
                     intake->clock());
    http_problem(http, 413, "%s.", why);
}

static void receive(void *ctx, struct http_request *http)
{
    struct alerts_intake *intake = ctx;
    if (http_too_large(http)) {
        refuse_too_large(intake, http);
        return;
    }
    struct waiting *waiting = xcalloc(1, sizeof(*waiting));
    struct alert_list alerts = {0};
    struct intake_request request = {
        .config = intake->config,
        .method = http_method_name(http_method(http)),
        .path = http_path(http),
        .query = http_query(http),
        .authorization = http_header(http, "authorization"),
        .sentry_auth = http_header(http, "x-sentry-auth"),
        .content_encoding = http_header(http, "content-encoding"),
        .content_type = http_header(http, "content-type"),
        .now = intake->clock(),
        .arena = &intake->arena,
    };
    request.body = http_body(http, &request.n);
    waiting->request = http;
    waiting->route = intake_route_find(request.path);
    arena_reset(&intake->arena);
    if (intake_receive(&request, &alerts, &waiting->answer)) {
        if (waiting->answer.status >= 400)
            tell_refused(intake, http, waiting, request.now);
        metric_add(METRIC_ALERTS_REFUSED, waiting->answer.status >= 400);
        send_answer(http, &waiting->answer);
        free(waiting);
        return;
    }
    triage_alerts(intake->core, alerts.v, alerts.n, request.now, durable, waiting);
}

/* The intake writes "{}" for a path segment; the server wants a name in it. */
static char *server_pattern(const char *pattern, bool slash)
{
    struct str out = {0};
    for (const char *p = pattern; *p; p++) {
        bool hole = p[0] == '{' && p[1] == '}';
        str_add(&out, hole ? "{stream}" : (char[]){*p, '\0'});
        p += hole;
    }
    if (out.len && out.p[out.len - 1] == '/')
        out.p[--out.len] = '\0';
    if (slash)
        str_addc(&out, '/');
    return str_take(&out);
}

static void add_route(struct alerts_intake *intake, const struct intake_route *from, enum http_method method,
                      bool slash)
{
    require(intake->n < ROUTES_MOST);
    intake->routes[intake->n++] = (struct route){
        .method = method,
        .pattern = server_pattern(from->pattern, slash),
        .handler = receive,
        .body_limit = body_limit(intake),
        .flags = ROUTE_TOO_LARGE | (from->cors == INTAKE_CORS ? ROUTE_CORS : 0),
    };
}

struct alerts_intake *alerts_intake_create(struct server *server, struct core *core,
                                           const struct intake_config *config, instant (*clock)(void))
{
    struct alerts_intake *intake = xcalloc(1, sizeof(*intake));
    size_t n;
    const struct intake_route *table = intake_route_table(&n);
    *intake = (struct alerts_intake){.core = core, .config = config, .clock = clock};
    for (size_t i = 0; i < n; i++) {
        for (int slash = 0; slash < 2; slash++) {
            add_route(intake, &table[i], HTTP_POST, slash);
            if (strstr(table[i].methods, "PUT"))
                add_route(intake, &table[i], HTTP_PUT, slash);
        }
    }
    server_add(server, intake->routes, intake->n, intake);
    return intake;
}

void alerts_intake_destroy(struct alerts_intake *intake)
{
    if (!intake)
        return;
    for (size_t i = 0; i < intake->n; i++)
        free((char *)(uintptr_t)intake->routes[i].pattern);
    arena_finish(&intake->arena);
    free(intake);
}
