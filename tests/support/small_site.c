#include "small_site.h"

#include <string.h>

#include "public/site.h"

static const struct {
    const char *path, *type;
    bool is_page, front;
} rows[] = {
    {"", "text/html; charset=utf-8", true, true},
    {"404.html", "text/html; charset=utf-8", true, true},
    {"widget", "text/html; charset=utf-8", true, true},
    {"de/", "text/html; charset=utf-8", true, false},
    {"history", "text/html; charset=utf-8", true, false},
    {"history/2026-11", "text/html; charset=utf-8", true, false},
    {"api/v2/summary.json", "application/json; charset=utf-8", false, true},
    {"history.atom", "application/atom+xml", false, true},
    {"badge.svg", "image/svg+xml", false, false},
};

struct public_page *small_site(const char *name, const char *title)
{
    struct public_page *page = public_create();
    public_id("page", name, page->id);
    page->name = xstrdup(name);
    page->title = xstrdup(title);
    page->url = xstrdup("https://status.acme.example");
    page->zone = xstrdup("Etc/UTC");
    page->language = xstrdup("en");
    page->updated = page->built = 1764500000000;
    return page;
}

int public_render(const struct public_page *page, const char *path, const char *query, struct public_file *ret,
                  struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (!text_equal(rows[i].path, path))
            continue;
        if (text_equal(page->title, "broken") && !*path)
            return error_set(err, ERR_INVALID, "line 3: this template is wrong");
        *ret = (struct public_file){.type = rows[i].type, .is_page = rows[i].is_page};
        for (int n = 0; n < 50; n++)
            str_addf(&ret->body, "%s /%s %s\n", page->title, path, query);
        return 0;
    }
    return error_set(err, ERR_NOT_FOUND, "there is no file %s", path);
}

void public_each(const struct public_page *page, void (*on)(void *ctx, const char *path, bool front), void *ctx)
{
    (void)page;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        on(ctx, rows[i].path, rows[i].front);
}

int public_check_template(const char *text, struct error *err)
{
    return text_empty(text) ? error_set(err, ERR_INVALID, "The template is empty.") : 0;
}
