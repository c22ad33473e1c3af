/* What pages put into their templates: escaped, as the visitor reads it. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "app/inside.h"
#include "base/moment.h"
#include "people/people.h"
#include "template/literal.h"
#include "template/words.h"

const char *app_file(const char *name)
{
    for (const struct app_file *file = app_files; file->name; file++) {
        if (strcmp(file->name, name) == 0)
            return file->text;
    }
    return NULL;
}

void view_textf(struct view *view, const char *name, const char *format, ...)
{
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    view_text(view, name, str_text(&text));
}

void view_place(struct view *view, const char *name, const struct visit *visit, const char *format, ...)
{
    CLEANUP_STR struct str place = {0};
    char sealed[PLACE_TEXT];
    va_list args;
    va_start(args, format);
    str_vaddf(&place, format, args);
    va_end(args);
    place_seal(visit->app->place_key, http_path(visit->request), http_query(visit->request), str_text(&place),
               sealed);
    view_text(view, name, sealed);
}

bool visit_place(const struct visit *visit, const char *parameter, char ret[PLACE_PLAIN])
{
    const char *text = http_query_value(visit->request, parameter);
    return text && place_open(visit->app->place_key, http_path(visit->request), text, ret);
}

void view_markup(struct view *view, const char *name, const char *commonmark)
{
    CLEANUP_STR struct str html = {0};
    if (commonmark)
        words_html(commonmark, &html);
    view_html(view, name, str_text(&html));
}

void query_add(struct str *out, const char *value)
{
    for (const char *p = value; p && *p; p++) {
        bool plain = isalnum((unsigned char)*p) || strchr("-._~", *p);
        str_addf(out, plain ? "%c" : "%%%02X", (unsigned char)*p);
    }
}

void view_query(struct view *view, const char *name, const char *value)
{
    CLEANUP_STR struct str out = {0};
    query_add(&out, value);
    view_html(view, name, str_text(&out));
}

static void put_time(struct view *view, const char *name, const char *attribute, instant at, const char *words)
{
    char text[INSTANT_TEXT];
    CLEANUP_STR struct str html = {0};
    str_addf(&html, "<time datetime=\"%s\"%s>", instant_format(at, text), attribute);
    literal_add(&html, words);
    str_add(&html, "</time>");
    view_html(view, name, html.p);
}

void view_time(struct view *view, const char *name, instant at, const struct visit *visit)
{
    CLEANUP_STR struct str words = {0};
    if (!at) {
        view_html(view, name, NULL);
        return;
    }
    when_format_plain(at, visit->now, visit_zone(visit), &words);
    put_time(view, name, "", at, str_text(&words));
}

void view_clock(struct view *view, const char *name, instant at, const struct visit *visit)
{
    CLEANUP_STR struct str words = {0};
    if (!at) {
        view_html(view, name, NULL);
        return;
    }
    duration_format(at > visit->now ? at - visit->now : visit->now - at, &words);
    put_time(view, name, " data-clock", at, str_text(&words));
}

void view_incident(struct view *view, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    view_text(view, "name", incident_name(incident->id, name));
    view_text(view, "title", incident->title);
    view_flag(view, "private", incident->private);
    view_flag(view, "drill", incident->sort.drill);
    view_text(view, "status", status_name(incident->status));
    view_text(view, "severity", incident->severity);
    view_text(view, "service", incident->service);
    view_text(view, "team", incident->team);
}

void view_person(struct view *view, const char *name, const char *person, const struct visit *visit)
{
    const char *known = person ? people_name(visit->core, person) : NULL;
    view_text(view, name, known ? known : person);
}
