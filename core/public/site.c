#include "public/site.h"

#include <string.h>

#include "public/api.h"

struct row {
    const char *path; /* one that ends in "*" stands for all that begin so */
    const char *type;
    public_writer *write;
    bool is_page, front;
};

static const char json[] = "application/json; charset=utf-8";

static const struct row rows[] = {
    {"api/v2/summary.json", json, public_api_summary, false, true},
    {"api/v2/status.json", json, public_api_status, false, true},
    {"api/v2/components.json", json, public_api_components, false, true},
    {"api/v2/incidents.json", json, public_api_incidents, false, true},
    {"api/v2/incidents/unresolved.json", json, public_api_unresolved, false, true},
    {"api/v2/scheduled-maintenances.json", json, public_api_maintenances, false, true},
    {"api/v2/scheduled-maintenances/upcoming.json", json, public_api_upcoming, false, true},
    {"api/v2/scheduled-maintenances/active.json", json, public_api_active, false, true},
};

/* What follows the row's name in the path; NULL: the row is for another path. */
static const char *rest_of(const struct row *row, const char *path)
{
    size_t n = strlen(row->path);
    if (n && row->path[n - 1] == '*')
        return strncmp(row->path, path, n - 1) == 0 && path[n - 1] ? path + n - 1 : NULL;
    return text_equal(row->path, path) ? "" : NULL;
}

int public_render(const struct public_page *page, const char *path, const char *query, struct public_file *ret,
                  struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *rest = rest_of(&rows[i], path);
        if (!rest)
            continue;
        struct public_asked asked = {
            .page = page, .rest = rest, .query = query, .language = page->language, .root = "./"};
        struct public_file file = {.type = rows[i].type, .is_page = rows[i].is_page};
        int rc = rows[i].write(&asked, &file.body, err);
        if (rc)
            str_finish(&file.body);
        else
            *ret = file;
        return rc;
    }
    return error_set(err, ERR_NOT_FOUND, "The status page has no such file.");
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
