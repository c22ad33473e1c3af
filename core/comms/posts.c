#include "comms/posts.h"

#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "public/names.h"
#include "rooms/card.h"

/* ---- as JSON ---- */

static int read_components(const cJSON *json, struct post *ret, struct error *err)
{
    const cJSON *row, *before = json_member(json, "before");
    cJSON_ArrayForEach(row, json_member(json, "components"))
    {
        struct post_component component = {.name = row->string};
        public_state_parse(json_text_or(before, row->string, ""), &component.before);
        if (!cJSON_IsString(row) || !public_state_parse(row->valuestring, &component.after))
            return error_markup(err, ERR_INVALID, "The post has no state of %.60s.", row->string);
        component.name = xstrdup(component.name);
        *array_add(&ret->components) = component;
    }
    return 0;
}

char *post_member(const cJSON *json, const char *key)
{
    const cJSON *member = json_member(json, key);
    struct str out = {0};
    if (!member)
        return NULL;
    json_tree(&(struct json_out){&out, false}, member);
    return str_take(&out);
}

int post_read(const char *json, struct post *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    *ret = (struct post){0};
    int rc = json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "post", &doc, err);
    if (rc)
        return rc;
    ret->title = xstrdup(json_text_or(doc, "title", NULL));
    ret->titles = post_member(doc, "titles");
    ret->number = json_int_or(doc, "post", 0);
    ret->next = json_int_or(doc, "next", 0) * SECOND;
    ret->quiet = json_bool_or(doc, "quiet", false);
    ret->from = json_int_or(doc, "from", 0);
    ret->until = json_int_or(doc, "until", 0);
    ret->zone = xstrdup(json_text_or(doc, "zone", NULL));
    if (!public_status_parse(json_text_or(doc, "status", ""), &ret->status))
        return error_set(err, ERR_INVALID, "The post has no status.");
    return read_components(doc, ret, err);
}

static void put_states(const struct post *post, const char *key, bool after, struct json_out *j)
{
    json_key(j, key);
    json_begin_object(j);
    for (size_t i = 0; i < post->components.n; i++) {
        const struct post_component *c = &post->components.v[i];
        json_put_text(j, c->name, public_state_name(after ? c->after : c->before));
    }
    json_end_object(j);
}

char *post_encode(const struct post *post)
{
    struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_text_if(&j, "title", post->title);
    json_put_raw_if(&j, "titles", post->titles);
    json_put_text(&j, "status", public_status_name(post->status));
    if (post->components.n) {
        put_states(post, "components", true, &j);
        put_states(post, "before", false, &j);
    }
    if (post->number)
        json_put_int(&j, "post", post->number);
    if (post->next)
        json_put_int(&j, "next", post->next / SECOND);
    if (post->quiet)
        json_put_bool(&j, "quiet", true);
    if (post->from)
        json_put_int(&j, "from", post->from);
    if (post->until)
        json_put_int(&j, "until", post->until);
    json_put_text_if(&j, "zone", post->zone);
    json_end_object(&j);
    return str_take(&out);
}

void post_finish(struct post *post)
{
    for (size_t i = 0; i < post->components.n; i++)
        free(post->components.v[i].name);
    array_free(&post->components);
    free(post->title);
    free(post->titles);
    free(post->zone);
    *post = (struct post){0};
}

/* ---- for people ---- */

/* NULL: it has no title in another language. */
static cJSON *titles_of(const struct post *post)
{
    cJSON *json = NULL;
    if (post->titles)
        json_parse(post->titles, strlen(post->titles), SIZE_MAX, JSON_DEPTH, "titles", &json, NULL);
    return json;
}

static void title_fields(const struct post *post, struct json_out *fields)
{
    CLEANUP_JSON cJSON *titles = titles_of(post);
    const cJSON *title;
    card_field(fields, "title", post->title ? post->title : "");
    cJSON_ArrayForEach(title, titles)
    {
        CLEANUP_FREE char *name = xasprintf("title (%s)", title->string);
        card_field(fields, name, cJSON_IsString(title) ? title->valuestring : "");
    }
}

/* Each as "de: “Langsam”", between these two. */
static void add_titles(const struct post *post, const char *before, const char *after, struct str *out)
{
    CLEANUP_JSON cJSON *titles = titles_of(post);
    const cJSON *title;
    cJSON_ArrayForEach(title, titles) str_markup(out, "%s%s: “%s”%s", before, title->string,
                                                 cJSON_IsString(title) ? title->valuestring : "", after);
}

static char *change_of(const struct post_component *c)
{
    return c->before == c->after
               ? xasprintf("stays %s", public_state_title(c->after))
               : xasprintf("%s -> %s", public_state_title(c->before), public_state_title(c->after));
}

/* "Tue 24 Nov 22:00 UTC+1 until Tue 24 Nov 23:30 UTC+1"; less than a year ahead, so no year is needed. */
static void add_times(const struct post *post, struct str *out)
{
    if (post->from)
        when_format_plain(post->from, post->from, post->zone, out);
    if (post->until) {
        str_add(out, out->len ? " until " : "until ");
        when_format_plain(post->until, post->until, post->zone, out);
    }
}

/* "maintenance 3", "post 5": what it goes on; "": it is new. The caller frees it. */
static char *goes_on(const struct post *post)
{
    const char *what = public_status_is_maintenance(post->status) ? "maintenance" : "post";
    return post->number ? xasprintf("%s %" PRId64, what, post->number) : xstrdup("");
}

void post_fields(const struct post *post, struct json_out *fields)
{
    CLEANUP_FREE char *of = goes_on(post);
    CLEANUP_STR struct str next = {0}, times = {0};
    add_times(post, &times);
    if (post->next)
        duration_format(post->next, &next);
    card_field(fields, "goes on", of);
    title_fields(post, fields);
    card_field(fields, "status", public_status_title(post->status));
    card_field(fields, "when", str_text(&times));
    for (size_t i = 0; i < post->components.n; i++) {
        CLEANUP_FREE char *change = change_of(&post->components.v[i]);
        card_field(fields, post->components.v[i].name, change);
    }
    card_field(fields, "next word within", str_text(&next));
    card_field(fields, "subscribers", post->quiet ? "are not told" : "");
}

void post_describe(const struct post *post, struct str *out)
{
    if (post->title)
        str_markup(out, "“%s”, ", post->title);
    add_titles(post, "", ", ", out);
    CLEANUP_STR struct str times = {0};
    add_times(post, &times);
    str_markup(out, times.len ? "%s, %s" : "%s", public_status_title(post->status), str_text(&times));
    for (size_t i = 0; i < post->components.n; i++) {
        CLEANUP_FREE char *change = change_of(&post->components.v[i]);
        str_markup(out, "; %s: %s", post->components.v[i].name, change);
    }
    if (post->next) {
        str_add(out, "; next word within ");
        duration_format(post->next, out);
    }
    str_add(out, post->quiet ? "; subscribers are not told" : "");
}

void post_describe_json(const char *json, struct str *out)
{
    struct post post = {0};
    if (json && post_read(json, &post, NULL) == 0) {
        str_add(out, " (");
        post_describe(&post, out);
        str_addc(out, ')');
    }
    post_finish(&post);
}

void post_preview(const struct post *post, const char *text, struct str *out)
{
    if (post->title)
        str_markup(out, "**%s**\n\n", post->title);
    add_titles(post, "", "\n\n", out);
    CLEANUP_STR struct str times = {0};
    add_times(post, &times);
    if (times.len)
        str_markup(out, "%s\n\n", times.p);
    str_markup(out, "**%s** - ", public_status_title(post->status));
    str_add(out, text);
    for (size_t i = 0; i < post->components.n; i++)
        str_markup(out, "\n- %s: %s", post->components.v[i].name,
                   public_state_title(post->components.v[i].after));
}
