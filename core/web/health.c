#include "web/health.h"

#include "base/mem.h"
#include "base/metrics.h"

static void healthz(void *ctx, struct http_request *request)
{
    (void)ctx;
    http_answer(request, 200, "text/plain", "ok\n", 3);
}

static void readyz(void *ctx, struct http_request *request)
{
    const struct health_ops *ops = ctx;
    const char *why = NULL;
    CLEANUP_STR struct str text = {0};
    str_add(&text, "ready\n");
    if (ops->damage)
        ops->damage(ops->ctx, &text);
    if (ops->ready(ops->ctx, &why))
        http_answer(request, 200, "text/plain", text.p, text.len);
    else
        http_problem(request, 503, "%s", why ? why : "The journal cannot be written right now.");
}

static void metrics(void *ctx, struct http_request *request)
{
    const struct health_ops *ops = ctx;
    CLEANUP_STR struct str page = {0};
    if (ops->gauges)
        ops->gauges(ops->ctx);
    metrics_write(&page);
    http_answer(request, 200, METRICS_CONTENT_TYPE, page.p, page.len);
}

static const struct route table[] = {
    {HTTP_GET, "/healthz", healthz, 0, 0, 0},
    {HTTP_GET, "/readyz", readyz, 0, 0, 0},
    {HTTP_GET, "/metrics", metrics, 0, 0, 0},
};

void server_health(struct server *server, const struct health_ops *ops)
{
    server_add(server, table, sizeof(table) / sizeof(table[0]), (void *)(uintptr_t)ops);
}
