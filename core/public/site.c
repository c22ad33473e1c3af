#include "public/site.h"

#include <string.h>

#include "public/api.h"
#include "public/assets.h"
#include "public/embed.h"
#include "public/feed.h"
#include "public/html.h"
#include "public/labels.h"
#include "template/mustache.h"

struct row {
    const char *path; /* one that ends in "*" stands for all that begin so */
    const char *type;
    public_writer *write;
    bool is_page, front;
    bool translated; /* is there once in each language */
};

static const char json[] = "application/json; charset=utf-8", html[] = "text/html; charset=utf-8";

static int put_style(const struct public_asked *asked, struct str *out, struct error *err)
{
    const char *accent = asked->page->look.accent;
    bool good = accent && *accent == '#' && strspn(accent + 1, "0123456789abcdefABCDEF") == strlen(accent + 1);
    (void)err;
    str_add(out, public_asset("style.css"));
    if (good)
        str_addf(out, ":root { --accent: %s; }\n", accent);
    return 0;
}

static int put_script(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)asked;
    (void)err;
    str_add(out, public_asset("page.js"));
    return 0;
}

static int put_robots(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    str_addf(out, "User-agent: *\nDisallow:%s\n", asked->page->private_ ? " /" : "");
    return 0;
}

static const struct row rows[] = {
    {"", html, public_html_now, true, true, true},
    {"history", html, public_html_history, true, true, true},
    {"history/*", html, public_html_month, true, false, true},
    {"incidents/*", html, public_html_post, true, false, true},
    {"404.html", html, public_html_missing, true, true, false},
    {"history.atom", "application/atom+xml; charset=utf-8", public_atom, false, true, true},
    {"history.rss", "application/rss+xml; charset=utf-8", public_rss, false, true, true},
    {"feed.json", "application/feed+json; charset=utf-8", public_json_feed, false, true, true},
    {"maintenance.ics", "text/calendar; charset=utf-8", public_calendar, false, true, true},
    {"badge.svg", "image/svg+xml; charset=utf-8", public_badge, false, true, false},
    {"widget.html", html, public_widget_page, true, true, false},
    {"widget.js", "text/javascript; charset=utf-8", public_widget_script, false, true, false},
    {"style.css", "text/css; charset=utf-8", put_style, false, true, false},
    {"page.js", "text/javascript; charset=utf-8", put_script, false, true, false},
    {"robots.txt", "text/plain; charset=utf-8", put_robots, false, true, false},
    {"api/v2/summary.json", json, public_api_summary, false, true, false},
    {"api/v2/status.json", json, public_api_status, false, true, false},
    {"api/v2/components.json", json, public_api_components, false, true, false},
    {"api/v2/incidents.json", json, public_api_incidents, false, true, false},
    {"api/v2/incidents/unresolved.json", json, public_api_unresolved, false, true, false},
    {"api/v2/scheduled-maintenances.json", json, public_api_maintenances, false, true, false},
    {"api/v2/scheduled-maintenances/upcoming.json", json, public_api_upcoming, false, true, false},
    {"api/v2/scheduled-maintenances/active.json", json, public_api_active, false, true, false},
};

/* ---- from a path to a row ---- */

/* "../" for each slash. */
static char *way_up(const char *path)
{
    struct str way = {0};
    while ((path = strchr(path, '/'))) {
        str_add(&way, "../");
        path++;
    }
    str_add(&way, way.len ? NULL : "./");
    return str_take(&way);
}

/* The language that the path begins with, one of the page's others; NULL: none. */
static const char *language_of(const struct public_page *page, const char *path)
{
    for (size_t i = 0; i < page->languages.n; i++) {
        size_t n = strlen(page->languages.v[i]);
        if (strncmp(path, page->languages.v[i], n) == 0 && path[n] == '/')
            return page->languages.v[i];
    }
    return NULL;
}

/* What follows the row's name in the path; NULL: the row is for another path. */
static const char *rest_of(const struct row *row, const char *path)
{
    size_t n = strlen(row->path);
    if (n && row->path[n - 1] == '*')
        return strncmp(row->path, path, n - 1) == 0 && path[n - 1] ? path + n - 1 : NULL;
    return text_equal(row->path, path) ? "" : NULL;
}

static int write_file(const struct row *row, const struct public_asked *asked, struct public_file *ret,
                      struct error *err)
{
    struct public_file file = {.type = row->type, .is_page = row->is_page};
    int rc = row->write(asked, &file.body, err);
    if (rc)
        str_finish(&file.body);
    else
        *ret = file;
    return rc;
}

int public_render(const struct public_page *page, const char *path, const char *query, struct public_file *ret,
                  struct error *err)
{
    const char *language = language_of(page, path), *local = language ? path + strlen(language) + 1 : path;
    CLEANUP_FREE char *root = way_up(path), *home = way_up(local);
    size_t n = strlen(local);
    /* A page that is kept as DIRECTORY/index.html is asked for as "DIRECTORY/". */
    CLEANUP_FREE char *name = xstrndup(local, n && local[n - 1] == '/' ? n - 1 : n);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *rest = rest_of(&rows[i], rows[i].is_page && n > 1 ? name : local);
        struct public_asked asked = {.page = page, .rest = rest, .query = query, .root = root, .home = home};
        asked.language = language ? language : page->language;
        if (rest && (rows[i].translated || !language))
            return write_file(&rows[i], &asked, ret, err);
    }
    return error_set(err, ERR_NOT_FOUND, "The status page has no such file.");
}

/* ---- all paths ---- */

struct listing {
    void (*on)(void *ctx, const char *path, bool front);
    void *ctx;
    const char *prefix; /* "de/" */
};

static void list_one(const struct listing *listing, const char *folder, const char *name, bool front)
{
    CLEANUP_FREE char *path = xasprintf("%s%s%s", listing->prefix, folder, name);
    listing->on(listing->ctx, path, front);
}

static void list_month(void *ctx, const char *month, instant at)
{
    (void)at;
    list_one(ctx, "history/", month, false);
}

static void list_all(const struct public_page *page, struct listing *listing, bool translation)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (!strchr(rows[i].path, '*') && (rows[i].translated || !translation))
            list_one(listing, "", rows[i].path, rows[i].front);
    }
    public_months(page, list_month, listing);
    for (size_t i = 0; i < page->posts.n; i++)
        list_one(listing, "incidents/", page->posts.v[i].id, false);
}

void public_each(const struct public_page *page, void (*on)(void *ctx, const char *path, bool front), void *ctx)
{
    struct listing listing = {.on = on, .ctx = ctx, .prefix = ""};
    list_all(page, &listing, false);
    for (size_t i = 0; i < page->languages.n; i++) {
        CLEANUP_FREE char *prefix = xasprintf("%s/", page->languages.v[i]);
        listing.prefix = prefix;
        list_all(page, &listing, true);
    }
}

int public_check_words(const cJSON *words, struct error *err)
{
    return labels_check(words, err);
}

int public_check_template(const char *text, struct error *err)
{
    return text_empty(text) ? error_set(err, ERR_INVALID, "The template is empty.") : view_check(text, err);
}
