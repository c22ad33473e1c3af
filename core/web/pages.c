#include "web/pages.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
};

static const struct page_file *find(const char *name)
{
    for (const struct page_file *file = page_files; file->name; file++) {
        if (text_equal(file->name, name))
            return file;
    }
    return NULL;
}

static const char *type_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (text_equal(strrchr(name, '.'), types[i].ending))
            return types[i].type;
    }
    return "application/octet-stream";
}

static void answer_file(struct http_request *request, const char *name)
{
    const struct page_file *file = find(name);
    if (!file) {
        http_problem(request, 404, "No such file.");
        return;
    }
    http_answer_header(
        request, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'");
    http_answer_header(request, "Referrer-Policy", "no-referrer");
    http_answer_header(request, "Cache-Control", "no-cache");
    http_answer(request, 200, type_of(name), file->bytes, file->n);
}

static void answer_page(void *ctx, struct http_request *request)
{
    answer_file(request, ctx);
}

static void answer_asset(void *ctx, struct http_request *request)
{
    (void)ctx;
    answer_file(request, http_parameter(request, "file"));
}

/* A page is a row: where it is found, and its file of web/. What it loads is under /web/. */
static const struct {
    struct route route;
    const char *file;
} pages[] = {
    {{HTTP_GET, "/incidents/{name}", answer_page, 0, 0, 0}, "incident.html"},
};
static const struct route assets = {HTTP_GET, "/web/{file}", answer_asset, 0, 0, 0};

void server_pages(struct server *server)
{
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
        server_add(server, &pages[i].route, 1, (void *)(uintptr_t)pages[i].file);
    server_add(server, &assets, 1, NULL);
}
