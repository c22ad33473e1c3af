#include "app/app.h"

#include <sodium.h>
#include <string.h>

#include "app/enter.h"
#include "app/inside.h"
#include "base/secret.h"

#define FORM_MOST ((size_t)64 << 10)

/* ---- pages ---- */

/* Whoever sent words that were written for long gets them back. */
static void ask_to_sign_in(struct visit *visit)
{
    CLEANUP_FREE char *path = xasprintf("/app/signin?back=%s", enter_back(http_path(visit->request)));
    if (visit_words(visit))
        visit_fault(visit, 401,
                    "Nothing was kept, because you are no longer signed in. Copy your words, sign in, and put "
                    "them into the form again.");
    else
        visit_to(visit, path);
}

/* False: it has been answered. */
static bool is_allowed(struct visit *visit, enum access needed)
{
    struct error err;
    if (needed == ACCESS_NONE)
        return true;
    if (!visit->session) {
        ask_to_sign_in(visit);
        return false;
    }
    const struct access_request asks = {.person = visit->person,
                                        .most = visit->session->most,
                                        .needed = needed,
                                        .what = visit->page->name,
                                        .now = visit->now};
    if (access_check(visit->core, &asks, &err) == 0)
        return true;
    visit_fault(visit, 403, err.text);
    return false;
}

static void get_page(void *ctx, struct http_request *request)
{
    const struct app_route *route = ctx;
    struct visit *visit = visit_begin(route->app, request, route->page);
    if (!visit_is_readable(visit) || !is_allowed(visit, route->page->needs))
        return;
    visit_meet(visit);
    if (route->page->give)
        route->page->give(visit);
    else
        visit_show(visit, 200);
}

/* A form that is not the page's own changes nothing. */
static void post_page(void *ctx, struct http_request *request)
{
    const struct app_route *route = ctx;
    const char *why;
    struct visit *visit = visit_begin(route->app, request, route->page);
    if (!visit_is_readable(visit) || !is_allowed(visit, MAX(route->page->needs, route->page->to_act)))
        return;
    if (!visit_is_ours(visit))
        visit_fault(visit, 403,
                    "This form is not the page's own, or is from before you signed in. Go back, load the page "
                    "again, and repeat it.");
    else if (!core_ready(visit->core, &why))
        visit_fault(visit, 503, why);
    else
        route->page->act(visit);
}

/* A long form of somebody who is not signed in is not read. */
static bool admit_form(void *ctx, struct http_request *request)
{
    const struct app_route *route = ctx;
    if (http_length(request) <= FORM_MOST || visit_session(route->app, http_header(request, "cookie")))
        return true;
    http_problem(request, 401, "You are no longer signed in, so nothing was kept. Sign in, and send it again.");
    return false;
}

/* ---- what stands beside them ---- */

static void get_root(void *ctx, struct http_request *request)
{
    const struct app *app = ctx;
    http_answer_header(request, "Location", app->parts.home_is_status ? "/status/" : "/app/");
    http_answer(request, 302, NULL, NULL, 0);
}

/* The links that chats show. */
static void get_incident(void *ctx, struct http_request *request)
{
    (void)ctx;
    uint64_t id = incident_name_parse(http_parameter(request, "name"));
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *path = id ? xasprintf("/app/incidents/%s", incident_name(id, name)) : xstrdup("/app/");
    http_answer_header(request, "Location", path);
    http_answer(request, 302, NULL, NULL, 0);
}

static const struct {
    const char *name, *type;
} loaded[APP_FILES] = {{"style.css", "text/css; charset=utf-8"}, {"app.js", "text/javascript; charset=utf-8"}};

static void get_file(void *ctx, struct http_request *request)
{
    struct app *app = ctx;
    size_t i = 0;
    while (i < APP_FILES && strcmp(loaded[i].name, http_parameter(request, "file")) != 0)
        i++;
    if (i == APP_FILES) {
        http_problem(request, 404, "No such file.");
        return;
    }
    http_answer_header(request, "Vary", "Accept-Encoding");
    http_answer_header(request, "Cache-Control", "no-cache");
    http_answer_kept(request, 200, &app->files[i]);
}

static const struct route own_routes[] = {
    {HTTP_GET, "/", get_root, 0, 0, 0},
    {HTTP_GET, "/incidents/{name}", get_incident, 0, 0, 0},
    {HTTP_GET, "/app/file/{file}", get_file, 0, 0, 0},
};

/* ---- the live stream, for whoever is signed in ---- */

static void destroy_token(struct token *token)
{
    free((char *)(uintptr_t)token->id);
    free((char *)(uintptr_t)token->name);
    free((char *)(uintptr_t)token->person);
    free(token);
}

/* A session as a token that may read. It stays until the app ends: the stream looks at it again and again. */
static const struct token *token_of(struct app *app, const struct session *session)
{
    struct token *token = map_get(&app->followers, session->id);
    if (token)
        return token;
    token = xcalloc(1, sizeof(*token));
    *token = (struct token){.id = xasprintf("session/%s", session->id),
                            .name = xstrdup(session->name ? session->name : "browser"),
                            .person = xstrdup(session->person),
                            .scopes = SCOPE_READ,
                            .made_at = session->made_at,
                            .expires_at = session->ends_at};
    map_put(&app->followers, session->id, token);
    return token;
}

static const struct token *by_cookie(void *ctx, const char *header)
{
    struct app *app = ctx;
    const struct session *session = visit_session(app, header);
    return session ? token_of(app, session) : NULL;
}

static const struct token *by_id(void *ctx, const char *id)
{
    struct app *app = ctx;
    const struct session *session =
        text_starts(id, "session/") ? session_by_id(app->parts.core, id + 8, app->parts.clock()) : NULL;
    session = visit_living(app, session);
    return session ? token_of(app, session) : NULL;
}

/* ---- life ---- */

static void add_page(struct app *app, const struct app_page *page)
{
    struct app_route *context = xmalloc(sizeof(*context));
    struct route *table = xcalloc(2, sizeof(*table));
    *context = (struct app_route){app, page};
    table[0] = (struct route){HTTP_GET, page->path, get_page, 0, 0, ROUTE_LONG};
    table[1] = (struct route){HTTP_POST, page->path, post_page, 0, MAX(page->form_most, FORM_MOST), ROUTE_LONG};
    *array_add(&app->tables) = table;
    *array_add(&app->contexts) = context;
    server_add_admitted(app->parts.server, table, page->act ? 2 : 1, context, admit_form);
}

struct app *app_create(const struct app_parts *parts)
{
    struct app *app = xcalloc(1, sizeof(*app));
    const char *url = core_settings(parts->core)->public_url;
    app->parts = *parts;
    randombytes_buf(app->place_key, sizeof(app->place_key));
    app->https = url && text_starts(url, "https://");
    for (size_t i = 0; i < APP_FILES; i++) {
        struct str text = {0};
        str_add(&text, app_file(loaded[i].name));
        kept_make(loaded[i].type, false, text, &app->files[i]);
    }
    for (const struct app_page *const *page = app_pages; *page; page++)
        add_page(app, *page);
    server_add(parts->server, own_routes, ARRAY_SIZE(own_routes), app);
    server_add(parts->server, &complete_route, 1, app);
    server_add(parts->server, &insights_file_route, 1, app);
    if (parts->provider)
        server_add(parts->server, provider_routes, ARRAY_SIZE(provider_routes), app);
    tokens_also(parts->tokens, &(struct token_source){app, by_cookie, by_id});
    return app;
}

void app_destroy(struct app *app)
{
    struct map_slot *slot;
    if (!app)
        return;
    for (size_t i = 0; (slot = map_next(&app->followers, &i));)
        destroy_token(slot->value);
    map_finish(&app->followers);
    for (size_t i = 0; (slot = map_next(&app->templates, &i));)
        view_template_destroy(slot->value);
    map_finish(&app->templates);
    sign_ins_finish(app);
    for (size_t i = 0; i < app->tables.n; i++) {
        free(app->tables.v[i]);
        free(app->contexts.v[i]);
    }
    array_free(&app->tables);
    array_free(&app->contexts);
    for (size_t i = 0; i < APP_FILES; i++)
        kept_finish(&app->files[i]);
    free(app);
}
