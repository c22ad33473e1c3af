#include "public/api.h"

#include "base/json.h"
#include "base/moment.h"
#include "public/names.h"
#include "public/rollup.h"
#include "public/stamp.h"

#define NEWEST 50

void public_api_put_time(struct json_out *j, const struct public_page *page, const char *key, instant t)
{
    char stamp[STAMP_BYTES];
    json_put_text(j, key, t > 0 ? stamp_iso(t, page->zone, stamp) : NULL);
}

static void put_null(struct json_out *j, const char *key)
{
    json_put_text(j, key, NULL);
}

static void put_page(struct json_out *j, const struct public_page *page)
{
    json_key(j, "page");
    json_begin_object(j);
    json_put_text(j, "id", page->id);
    json_put_text(j, "name", page->title);
    json_put_text(j, "url", page->url);
    json_put_text(j, "time_zone", page->zone);
    public_api_put_time(j, page, "updated_at", page->updated);
    json_end_object(j);
}

static void put_status(struct json_out *j, const struct public_page *page)
{
    struct public_rollup rollup = public_rollup(page);
    json_key(j, "status");
    json_begin_object(j);
    json_put_text(j, "indicator", public_impact_name(rollup.indicator));
    json_put_text(j, "description", rollup.description);
    json_end_object(j);
}

/* ---- components ---- */

static const struct public_group *group_of(const struct public_page *page,
                                           const struct public_component *component)
{
    return component->group < page->groups.n ? &page->groups.v[component->group] : NULL;
}

/* Its place among those of its group, or among groups and those that stand alone; from 1. */
static int position_of(const struct public_page *page, size_t index)
{
    const struct public_component *all = page->components.v;
    int position = 1;
    for (size_t i = 0; i < index; i++)
        position += all[i].group == all[index].group;
    return group_of(page, &all[index]) ? position : position + (int)page->groups.n;
}

static void put_component(struct json_out *j, const struct public_page *page, size_t index)
{
    const struct public_component *component = &page->components.v[index];
    const struct public_group *group = group_of(page, component);
    char day[STAMP_BYTES];
    json_begin_object(j);
    json_put_text(j, "id", component->id);
    json_put_text(j, "name", component->name);
    json_put_text(j, "status", public_state_name(component->state));
    public_api_put_time(j, page, "created_at", component->created);
    public_api_put_time(j, page, "updated_at", component->updated);
    json_put_int(j, "position", position_of(page, index));
    json_put_text(j, "description", component->description);
    json_put_bool(j, "showcase", true);
    json_put_text(j, "start_date",
                  component->created > 0 ? stamp_day(component->created, page->zone, day) : NULL);
    json_put_text(j, "group_id", group ? group->id : NULL);
    json_put_text(j, "page_id", page->id);
    json_put_bool(j, "group", false);
    json_put_bool(j, "only_show_if_degraded", component->only_if_degraded);
    json_end_object(j);
}

static void put_group(struct json_out *j, const struct public_page *page, size_t index)
{
    const struct public_group *group = &page->groups.v[index];
    json_begin_object(j);
    json_put_text(j, "id", group->id);
    json_put_text(j, "name", group->name);
    json_put_text(j, "status", public_state_name(public_group_state(page, index)));
    public_api_put_time(j, page, "created_at", group->created);
    public_api_put_time(j, page, "updated_at", group->updated);
    json_put_int(j, "position", (int64_t)index + 1);
    put_null(j, "description");
    json_put_bool(j, "showcase", false);
    put_null(j, "start_date");
    put_null(j, "group_id");
    json_put_text(j, "page_id", page->id);
    json_put_bool(j, "group", true);
    json_put_bool(j, "only_show_if_degraded", false);
    json_key(j, "components");
    json_begin_array(j);
    for (size_t i = 0; i < page->components.n; i++) {
        if (page->components.v[i].group == index)
            json_text(j, page->components.v[i].id);
    }
    json_end_array(j);
    json_end_object(j);
}

static void put_components(struct json_out *j, const struct public_page *page)
{
    json_key(j, "components");
    json_begin_array(j);
    for (size_t i = 0; i < page->groups.n; i++)
        put_group(j, page, i);
    for (size_t i = 0; i < page->components.n; i++)
        put_component(j, page, i);
    json_end_array(j);
}

/* ---- posts ---- */

static void put_affected(struct json_out *j, const struct public_page *page,
                         const struct public_affected *affected)
{
    const struct public_component *component = &page->components.v[affected->component];
    const struct public_group *group = group_of(page, component);
    CLEANUP_FREE char *name =
        group ? xasprintf("%s - %s", group->name, component->name) : xstrdup(component->name);
    json_begin_object(j);
    json_put_text(j, "code", component->id);
    json_put_text(j, "name", name);
    json_put_text(j, "old_status", public_state_name(affected->before));
    json_put_text(j, "new_status", public_state_name(affected->after));
    json_end_object(j);
}

static void put_all_affected(struct json_out *j, const struct public_page *page, const struct public_word *word)
{
    json_key(j, "affected_components");
    if (!word->affected.n) {
        json_null(j);
        return;
    }
    json_begin_array(j);
    for (size_t i = 0; i < word->affected.n; i++)
        put_affected(j, page, &word->affected.v[i]);
    json_end_array(j);
}

static void put_word(struct json_out *j, const struct public_page *page, const struct public_post *post,
                     const struct public_word *word)
{
    CLEANUP_FREE char *text = xstrdup(word->text ? word->text : "");
    moments_off(text);
    json_begin_object(j);
    json_put_text(j, "id", word->id);
    json_put_text(j, "status", public_status_name(word->status));
    json_put_text(j, "body", text);
    json_put_text(j, "incident_id", post->id);
    public_api_put_time(j, page, "created_at", word->created);
    public_api_put_time(j, page, "updated_at", word->updated);
    public_api_put_time(j, page, "display_at", word->shown);
    put_all_affected(j, page, word);
    json_put_bool(j, "deliver_notifications", word->notifies);
    put_null(j, "custom_tweet");
    put_null(j, "tweet_id");
    json_end_object(j);
}

static void put_words(struct json_out *j, const struct public_page *page, const struct public_post *post)
{
    json_key(j, "incident_updates");
    json_begin_array(j);
    for (size_t i = 0; i < post->words.n; i++)
        put_word(j, page, post, &post->words.v[i]);
    json_end_array(j);
    json_key(j, "components");
    json_begin_array(j);
    for (size_t i = 0; i < post->components.n; i++)
        put_component(j, page, post->components.v[i]);
    json_end_array(j);
    put_null(j, "reminder_intervals");
}

void public_api_put_post(struct json_out *j, const struct public_page *page, const struct public_post *post)
{
    CLEANUP_FREE char *link = xasprintf("%s/incidents/%s", page->url, post->id);
    json_put_text(j, "id", post->id);
    json_put_text(j, "name", post->title);
    json_put_text(j, "status", public_status_name(post->status));
    public_api_put_time(j, page, "created_at", post->created);
    public_api_put_time(j, page, "updated_at", post->updated);
    public_api_put_time(j, page, "monitoring_at", post->monitoring);
    public_api_put_time(j, page, "resolved_at", post->resolved);
    json_put_text(j, "impact", public_impact_name(post->impact));
    json_put_text(j, "shortlink", link);
    public_api_put_time(j, page, "started_at", post->started);
    json_put_text(j, "page_id", page->id);
    put_words(j, page, post);
    if (public_status_is_maintenance(post->status)) {
        public_api_put_time(j, page, "scheduled_for", post->from);
        public_api_put_time(j, page, "scheduled_until", post->until);
    }
}

/* ---- files ---- */

typedef bool chooses(const struct public_post *post);

static bool is_incident(const struct public_post *post)
{
    return !public_status_is_maintenance(post->status);
}

static bool is_maintenance(const struct public_post *post)
{
    return public_status_is_maintenance(post->status);
}

static bool is_planned(const struct public_post *post)
{
    return public_is_upcoming(post) || public_is_active(post);
}

static void put_posts(struct json_out *j, const struct public_page *page, const char *key, chooses *is_chosen)
{
    size_t n = 0;
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < page->posts.n && n < NEWEST; i++) {
        if (!is_chosen(&page->posts.v[i]) || !++n)
            continue;
        json_begin_object(j);
        public_api_put_post(j, page, &page->posts.v[i]);
        json_end_object(j);
    }
    json_end_array(j);
}

static int put_list(const struct public_asked *asked, const char *key, chooses *is_chosen, struct str *out)
{
    struct json_out j = {.out = out};
    json_begin_object(&j);
    put_page(&j, asked->page);
    put_posts(&j, asked->page, key, is_chosen);
    json_end_object(&j);
    return 0;
}

int public_api_summary(const struct public_asked *asked, struct str *out, struct error *err)
{
    struct json_out j = {.out = out};
    (void)err;
    json_begin_object(&j);
    put_page(&j, asked->page);
    put_status(&j, asked->page);
    put_components(&j, asked->page);
    put_posts(&j, asked->page, "incidents", public_is_unresolved);
    put_posts(&j, asked->page, "scheduled_maintenances", is_planned);
    json_end_object(&j);
    return 0;
}

int public_api_status(const struct public_asked *asked, struct str *out, struct error *err)
{
    struct json_out j = {.out = out};
    (void)err;
    json_begin_object(&j);
    put_page(&j, asked->page);
    put_status(&j, asked->page);
    json_end_object(&j);
    return 0;
}

int public_api_components(const struct public_asked *asked, struct str *out, struct error *err)
{
    struct json_out j = {.out = out};
    (void)err;
    json_begin_object(&j);
    put_page(&j, asked->page);
    put_components(&j, asked->page);
    json_end_object(&j);
    return 0;
}

int public_api_incidents(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    return put_list(asked, "incidents", is_incident, out);
}

int public_api_unresolved(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    return put_list(asked, "incidents", public_is_unresolved, out);
}

int public_api_maintenances(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    return put_list(asked, "scheduled_maintenances", is_maintenance, out);
}

int public_api_upcoming(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    return put_list(asked, "scheduled_maintenances", public_is_upcoming, out);
}

int public_api_active(const struct public_asked *asked, struct str *out, struct error *err)
{
    (void)err;
    return put_list(asked, "scheduled_maintenances", public_is_active, out);
}
