#include "web/pages.h"

#include "base/mem.h"

static void answer(struct http_request *request, const char *type, const struct page_file *file)
{
    http_answer_header(
        request, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'");
    http_answer_header(request, "Referrer-Policy", "no-referrer");
    http_answer_header(request, "Cache-Control", "no-cache");
    http_answer(request, 200, type, file->bytes, file->n);
}

static void incident(void *ctx, struct http_request *request)
{
    (void)ctx;
    answer(request, "text/html; charset=utf-8", &page_incident_html);
}

static void style(void *ctx, struct http_request *request)
{
    (void)ctx;
    answer(request, "text/css; charset=utf-8", &page_incident_css);
}

static void script(void *ctx, struct http_request *request)
{
    (void)ctx;
    answer(request, "text/javascript; charset=utf-8", &page_incident_js);
}

static const struct route table[] = {
    {HTTP_GET, "/incidents/{name}", incident, 0, 0, 0},
    {HTTP_GET, "/web/incident.css", style, 0, 0, 0},
    {HTTP_GET, "/web/incident.js", script, 0, 0, 0},
};

void server_pages(struct server *server)
{
    server_add(server, table, ARRAY_SIZE(table), NULL);
}
