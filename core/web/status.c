#include "web/status.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "public/site.h"
#include "web/status_files.h"

#define SEARCH_MOST 200 /* bytes */

struct private_files {
    char *name;
    struct status_files *files;
};

struct status_server {
    struct status_settings settings;
    char *secret, *signin;
    struct status_jobs jobs;
    struct status_files *public_;
    ARRAY(struct private_files) private_; /* those that somebody who may read them has asked for */
};

/* ---- answers ---- */

#define PRIVATE_CACHE "private, no-store"

/* For a picture that is opened by itself: it can do nothing. */
#define FILE_POLICY "default-src 'none'; style-src 'unsafe-inline'; sandbox"

static bool is_private(const struct http_request *request)
{
    return text_starts(http_path(request), STATUS_PREFIX "/p/") ||
           text_starts(http_path(request), STATUS_FOR "/");
}

static const char *last_part(const struct http_request *request)
{
    return strrchr(http_path(request), '/') + 1;
}

/* Other sites may show the widget in a frame, and nothing else. */
static const char *policy_of(const struct http_request *request, const struct kept *file)
{
    if (!file->is_page)
        return FILE_POLICY;
    return text_starts(last_part(request), "widget") ? STATUS_POLICY "; frame-ancestors *"
                                                     : STATUS_POLICY "; frame-ancestors 'none'";
}

/* What all answers have, so that no cache mixes them up. */
static void add_common_headers(struct http_request *request, const char *cache)
{
    http_answer_header(request, "Cache-Control", is_private(request) ? PRIVATE_CACHE : cache);
    http_answer_header(request, "Vary", "Accept-Encoding");
    http_answer_header(request, "Referrer-Policy", "no-referrer");
    if (is_private(request))
        http_answer_header(request, "X-Robots-Tag", "noindex, nofollow");
}

static void answer_file(struct http_request *request, int status, const struct kept *file)
{
    add_common_headers(request, status == 200 ? PUBLIC_CACHE : "no-cache");
    http_answer_header(request, "Content-Security-Policy", policy_of(request, file));
    if (!file->is_page && !is_private(request))
        http_answer_header(request, "Access-Control-Allow-Origin", "*");
    http_answer_kept(request, status, file);
}

/* The address is relative, so it is right on any host and under any prefix. */
static void answer_directory(struct http_request *request)
{
    CLEANUP_FREE char *location = xasprintf("./%s/", last_part(request));
    add_common_headers(request, PUBLIC_CACHE);
    http_answer_header(request, "Location", location);
    http_answer(request, 301, NULL, NULL, 0);
}

static void answer_problem(struct http_request *request, enum status_found found)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        [STATUS_NO_FILE] = {404, "This status page has no such file."},
        [STATUS_NO_PAGE] = {404,
                            "There is no status page here. A `status_page { … }` in the policy makes one."},
        [STATUS_FAULT] = {500, "The status page cannot be rendered. The log of tocsind says why."},
        [STATUS_BUSY] = {503, "Many are asking for this at once. Try again in a second."},
    };
    add_common_headers(request, "no-cache");
    if (found == STATUS_BUSY)
        http_answer_header(request, "Retry-After", "1");
    http_problem(request, rows[found].status, "%s", rows[found].text);
}

static void answer(struct http_request *request, enum status_found found, const struct kept *file)
{
    if (found == STATUS_DIRECTORY)
        answer_directory(request);
    else if (file)
        answer_file(request, found == STATUS_FILE ? 200 : 404, file);
    else
        answer_problem(request, found);
}

/* ---- private pages ---- */

/* The first one is that of the name alone. */
static char *key_name(const char *name, int64_t number)
{
    return number > 1 ? xasprintf("%s %" PRId64, name, number) : xstrdup(name);
}

void status_key(const char *secret, const char *name, int64_t number, char ret[STATUS_KEY_TEXT])
{
    CLEANUP_FREE char *whose = key_name(name, number);
    secret_sign(secret, whose, ret);
}

bool status_is_key(const char *secret, const char *name, int64_t number, const char *given)
{
    CLEANUP_FREE char *whose = key_name(name, number);
    return secret && number && secret_is_signature(secret, whose, given);
}

static bool is_key(const struct status_server *status, const char *name, const char *given)
{
    struct public_page *page = status->settings.page(status->settings.ctx, name);
    int64_t number = page ? page->key : 1;
    public_unref(page);
    return status_is_key(status->secret, name, number, given);
}

static void show_private(struct status_server *status, const struct private_files *private_)
{
    struct public_page *page = status->settings.page(status->settings.ctx, private_->name);
    if (page && !page->private_) {
        public_unref(page);
        page = NULL;
    }
    status_files_show(private_->files, page);
}

/* Somebody may read it, so the name is not made up. */
static struct status_files *private_files(struct status_server *status, const char *name)
{
    for (size_t i = 0; i < status->private_.n; i++) {
        if (text_equal(status->private_.v[i].name, name))
            return status->private_.v[i].files;
    }
    struct private_files *private_ = array_add(&status->private_);
    private_->name = xstrdup(name);
    private_->files = status_files_create(&status->jobs, name, answer);
    show_private(status, private_);
    return private_->files;
}

/* ---- requests ---- */

static bool is_search(const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_equal(slash ? slash + 1 : path, "history");
}

static void find(struct status_files *files, struct http_request *request)
{
    const char *path = http_parameter(request, "path");
    const char *query = is_search(path) ? http_query_value(request, "q") : NULL;
    query = query ? query : "";
    if (strlen(query) > SEARCH_MOST)
        http_problem(request, 400, "Search for something shorter: at most %d bytes.", SEARCH_MOST);
    else
        status_files_find(files, path, query, request);
}

static void on_public(void *ctx, struct http_request *request)
{
    struct status_server *status = ctx;
    find(status->public_, request);
}

static void on_private(void *ctx, struct http_request *request)
{
    struct status_server *status = ctx;
    const char *name = http_parameter(request, "name");
    if (is_key(status, name, http_parameter(request, "key")))
        find(private_files(status, name), request);
    else
        answer(request, STATUS_NO_PAGE, NULL);
}

/* ---- pages that have readers ---- */

static bool is_plain(const char *path)
{
    return !path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")];
}

/* A browser is led to the sign-in, and comes back; a program reads what to send. It says nothing of whether there is such a page. */
static void ask_to_sign_in(const struct status_server *status, struct http_request *request)
{
    const char *accept = http_header(request, "accept"), *path = http_path(request);
    bool browser = accept && strstr(accept, "text/html");
    CLEANUP_FREE char *location =
        xasprintf("%s?back=%s", status->signin, is_plain(path) ? path : STATUS_FOR "/");
    add_common_headers(request, "no-cache");
    http_answer_header(request, browser ? "Location" : "WWW-Authenticate", browser ? location : "Bearer");
    if (browser)
        http_answer(request, 303, NULL, NULL, 0);
    else
        http_problem(
            request, 401,
            "This status page is for people who are signed in. A program sends the token of one of its "
            "readers: Authorization: Bearer tocsin_...");
}

bool status_is_read(const struct status_server *status, struct http_request *request, struct status_asker *ret)
{
    switch (status->settings.reader(status->settings.ctx, request, http_parameter(request, "name"), ret)) {
    case STATUS_READER:
        return true;
    case STATUS_NOBODY:
        ask_to_sign_in(status, request);
        return false;
    case STATUS_LATER:
        add_common_headers(request, "no-cache");
        http_answer_header(request, "Retry-After", "5");
        http_problem(request, 503, "The journal is not available right now.");
        return false;
    default:
        answer(request, STATUS_NO_PAGE, NULL);
        return false;
    }
}

static void on_read(void *ctx, struct http_request *request)
{
    struct status_server *status = ctx;
    struct status_asker unused;
    if (status_is_read(status, request, &unused))
        find(private_files(status, http_parameter(request, "name")), request);
}

static void on_directory(void *ctx, struct http_request *request)
{
    (void)ctx;
    answer_directory(request);
}

static const struct route routes[] = {
    {HTTP_GET, STATUS_PREFIX, on_directory, 0, 0, 0},
    {HTTP_GET, STATUS_PREFIX "/{path...}", on_public, 0, 0, 0},
    {HTTP_GET, STATUS_PREFIX "/p/{name}/{key}", on_directory, 0, 0, 0},
    {HTTP_GET, STATUS_PREFIX "/p/{name}/{key}/{path...}", on_private, 0, 0, 0},
    {HTTP_GET, STATUS_FOR "/{name}", on_directory, 0, 0, 0},
    {HTTP_GET, STATUS_FOR "/{name}/{path...}", on_read, 0, 0, 0},
};

void status_serve(struct status_server *status, struct server *server)
{
    server_add(server, routes, ARRAY_SIZE(routes), status);
}

/* ---- life ---- */

struct status_server *status_create(const struct status_settings *settings)
{
    struct status_server *status = xcalloc(1, sizeof(*status));
    status->settings = *settings;
    status->secret = xstrdup(settings->secret);
    status->signin = xstrdup(settings->signin);
    status->jobs.loop = settings->loop;
    status->public_ = status_files_create(&status->jobs, "of the public", answer);
    status_files_listen(status->public_, settings->rendered, settings->ctx);
    return status;
}

void status_changed(struct status_server *status)
{
    status_files_show(status->public_, status->settings.page(status->settings.ctx, NULL));
    for (size_t i = 0; i < status->private_.n; i++)
        show_private(status, &status->private_.v[i]);
}

bool status_drain(struct status_server *status, void (*drained)(void *ctx), void *ctx)
{
    status->jobs.idle = drained;
    status->jobs.ctx = ctx;
    return status->jobs.n == 0;
}

void status_destroy(struct status_server *status)
{
    if (!status)
        return;
    for (size_t i = 0; i < status->private_.n; i++) {
        status_files_destroy(status->private_.v[i].files);
        free(status->private_.v[i].name);
    }
    array_free(&status->private_);
    status_files_destroy(status->public_);
    free(status->secret);
    free(status->signin);
    free(status);
}
