/* How a visit ends: with a page, an error in its place, or another address. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "app/inside.h"
#include "base/markup.h"
#include "base/metrics.h"

#define HTML_TYPE "text/html; charset=utf-8"
#define READ_MS   2 /* of the loop for each follower who reads a page again, half of it for others */

/* ---- the page ---- */

/* Security headers, and none of it kept. */
static void add_headers(struct http_request *request)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
         "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
        http_answer_header(request, headers[i][0], headers[i][1]);
}

static void add_navigation(const struct visit *visit, struct view *view)
{
    for (int place = 0; place < 100; place++) {
        for (const struct app_page *const *page = app_pages; *page; page++) {
            if (!(*page)->word || (*page)->place != place || (*page)->needs > visit->has)
                continue;
            struct view *item = view_item(view, "navigation");
            view_text(item, "path", (*page)->path);
            view_text(item, "word", (*page)->word);
            view_flag(item, "here", *page == visit->page);
        }
    }
}

static void add_frame(const struct visit *visit, struct view *view)
{
    const struct session *session = visit->session;
    view_text(view, "installation", visit->app->parts.name);
    view_text(view, "csrf", visit->csrf);
    view_textf(view, "spread", "%" PRId64, metric_value(METRIC_STREAM_CLIENTS) * READ_MS);
    view_flag(view, "signed_in", session != NULL);
    view_flag(view, "may_act", visit->has >= ACCESS_ACT);
    view_flag(view, "refused", visit->refused);
    view_markup(view, "said", visit->said.len ? visit->said.p : NULL);
    if (visit->person)
        view_person(view, "me", visit->person, visit);
    else if (session)
        view_text(view, "me", session->name);
    add_navigation(visit, view);
}

/* The frame with a file of the app within it, which is read once. It may have others in it, by their names. NULL: it is wrong. */
static struct view_template *framed(struct app *app, const char *file, struct error *err)
{
    struct view_template *made = map_get(&app->templates, file);
    if (made)
        return made;
    ARRAY(struct view_part) parts = {0};
    *array_add(&parts) = (struct view_part){"content", app_file(file)};
    for (const struct app_file *other = app_files; other->name; other++)
        *array_add(&parts) = (struct view_part){other->name, other->text};
    if (!view_template_create(app_file("layout.mustache"), parts.v, parts.n, &made, err))
        map_put(&app->templates, file, made);
    array_free(&parts);
    return made;
}

/* File: the template of the page's folder, or "fault.mustache". */
static int render(const struct visit *visit, struct view *view, const char *file, struct str *out,
                  struct error *err)
{
    struct view_template *template = framed(visit->app, file, err);
    if (!template)
        return err->code;
    add_frame(visit, view);
    view_template_render(template, view, out);
    return 0;
}

struct answering {
    struct http_request *request;
    int status;
    const char *type;
    struct str text;
};

static void answer_now(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct answering *it = ctx;
    (void)last_seq;
    if (rc) {
        http_answer_header(it->request, "Retry-After", "5");
        http_problem(it->request, 503, "The journal is not available right now: %s", err->text);
    } else {
        add_headers(it->request);
        http_answer(it->request, it->status, it->type, str_text(&it->text), it->text.len);
    }
    str_finish(&it->text);
    free(it);
}

/* Nobody reads what a crash could undo. */
static void answer_text(struct visit *visit, int status, const char *type, struct str *text)
{
    struct answering *it = xmalloc(sizeof(*it));
    *it = (struct answering){visit->request, status, type, *text};
    struct core *core = visit->core;
    visit_end(visit);
    core_when_durable(core, answer_now, it);
}

void visit_fault(struct visit *visit, int status, const char *text)
{
    CLEANUP_VIEW struct view *view = view_create();
    struct str html = {0};
    struct error err;
    view_text(view, "heading", http_status_text(status));
    view_text(view, "title", http_status_text(status));
    view_markup(view, "text", text);
    view_text(view, "words", visit_words(visit));
    view_query(view, "back", http_path(visit->request));
    require(render(visit, view, "fault.mustache", &html, &err) == 0);
    answer_text(visit, status, HTML_TYPE, &html);
}

static int status_of(int code)
{
    return code == ERR_NOT_FOUND ? 404 : code == ERR_REFUSED ? 403 : code == ERR_INVALID ? 400 : 503;
}

void visit_show(struct visit *visit, int status)
{
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_FREE char *file = xasprintf("%s/page.mustache", visit->page->name);
    struct str html = {0};
    struct error err;
    view_text(view, "title", visit->page->title);
    int rc = visit->page->show(visit, view, &err);
    if (!rc && (rc = render(visit, view, file, &html, &err)))
        error_prefix(&err, "%s", file);
    if (rc)
        visit_fault(visit, status_of(rc), err.text);
    else
        answer_text(visit, status, HTML_TYPE, &html);
}

/* ---- answers ---- */

void visit_say(struct visit *visit, bool refused, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_vmarkup(&visit->said, format, args);
    va_end(args);
    visit->refused = refused;
    visit_show(visit, refused ? 409 : 200);
}

void visit_refuse(struct visit *visit, const struct error *err)
{
    str_add(&visit->said, err->text);
    visit->refused = true;
    visit_show(visit, 409);
}

void visit_to(struct visit *visit, const char *path)
{
    struct http_request *request = visit->request;
    add_headers(request);
    http_answer_header(request, "Location", path);
    visit_end(visit);
    http_answer(request, 303, NULL, NULL, 0);
}

void visit_give(struct visit *visit, const char *type, const char *name, struct str *text)
{
    CLEANUP_FREE char *disposition = xasprintf("attachment; filename=\"%s\"", name);
    http_answer_header(visit->request, "Content-Disposition", disposition);
    answer_text(visit, 200, type, text);
}

struct leading {
    struct visit *visit;
    char *path;
    struct answer answer; /* of a command; else empty */
};

static void lead_end(struct leading *it)
{
    free(it->path);
    answer_finish(&it->answer);
    free(it);
}

static void led(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct leading *it = ctx;
    (void)last_seq;
    visit_come_back(it->visit);
    if (rc)
        visit_fault(it->visit, 503, err->text);
    else
        visit_to(it->visit, it->path);
    lead_end(it);
}

void visit_commit_to(struct visit *visit, struct turn *turn, const char *path)
{
    struct leading *it = xcalloc(1, sizeof(*it));
    *it = (struct leading){.visit = visit, .path = xstrdup(path)};
    turn_commit(turn, led, it);
}

static void ran(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct leading *it = ctx;
    struct visit *visit = it->visit;
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *path =
        it->path && !it->answer.code
            ? xasprintf("%s%s", it->path, it->answer.incident ? incident_name(it->answer.incident, name) : "")
            : NULL;
    (void)last_seq;
    visit_come_back(visit);
    if (rc) {
        visit_fault(visit, 503, err->text);
    } else if (path) {
        visit_to(visit, path);
    } else {
        str_add(&visit->said, str_text(&it->answer.text));
        visit->refused = it->answer.code != 0;
        visit_show(visit, visit->refused ? 409 : 200);
    }
    lead_end(it);
}

static const char *value_of(const void *values, const char *name)
{
    const char *value = visit_field((struct visit *)(uintptr_t)values, name);
    return text_empty(value) ? NULL : value;
}

static void run(struct visit *visit, const char *line, uint64_t here, bool form, const char *to)
{
    CLEANUP_FREE char *by = visit_by(visit);
    struct asker asker = {.person = visit->person,
                          .by = visit->person ? NULL : by,
                          .here = here,
                          .most = visit->session->most,
                          .automatic = !visit->person,
                          .value = form ? value_of : NULL,
                          .values = form ? visit : NULL};
    struct leading *it = xcalloc(1, sizeof(*it));
    struct turn *turn = turn_begin(visit->core, visit->now);
    *it = (struct leading){.visit = visit, .path = xstrdup(to)};
    command_run(turn, &asker, line, &it->answer);
    turn_commit(turn, ran, it);
}

void visit_command(struct visit *visit, const char *line, uint64_t here, const char *to)
{
    run(visit, line, here, false, to);
}

void visit_form(struct visit *visit, const char *command, const char *to)
{
    run(visit, command, 0, true, to);
}
