/*
 * Statuspage: the answers of a page's public API, version 2 (summary, components, incidents, scheduled-maintenances), and the lists of its
 * management API, whose incidents are alike.
 */
#include <string.h>

#include "moving/pages.h"
#include "moving/sources.h"

struct page_reading {
    struct reading r;
    bool declared; /* status_page{} is there */
    ARRAY(const cJSON *) components, incidents;
    struct map groups, words, names, seen; /* words: id of a component -> its name here */
};

static struct page_reading *reading_of(struct reading *r)
{
    return container_of(r, struct page_reading, r);
}

static void take_page(struct reading *r, const cJSON *json)
{
    struct page_reading *reading = reading_of(r);
    if (!reading->declared)
        page_declare(r->m, json_text_or(json, "name", "Status"), json_text_or(json, "url", NULL),
                     json_text_or(json, "time_zone", NULL));
    reading->declared = true;
}

/* The same object is in several answers. */
static bool is_new(struct page_reading *reading, const cJSON *json)
{
    const char *id = json_text_or(json, "id", "");
    return *id && !map_put(&reading->seen, id, reading);
}

static void take_component(struct reading *r, const cJSON *json)
{
    struct page_reading *reading = reading_of(r);
    if (!is_new(reading, json))
        return;
    if (json_bool_or(json, "group", false))
        map_put(&reading->groups, json_text_or(json, "id", ""), (void *)json_text_or(json, "name", ""));
    else
        *array_add(&reading->components) = json;
}

static void take_incident(struct reading *r, const cJSON *json)
{
    struct page_reading *reading = reading_of(r);
    if (is_new(reading, json))
        *array_add(&reading->incidents) = json;
}

/* ---- components ---- */

static void make_component(struct page_reading *reading, const cJSON *json)
{
    const char *group = json_text_or(json, "group_id", NULL), *id = json_text_or(json, "id", "");
    const struct page_component component = {.name = json_text_or(json, "name", ""),
                                             .group = group ? map_get(&reading->groups, group) : NULL,
                                             .description = json_text_or(json, "description", NULL),
                                             .only_if_degraded =
                                                 json_bool_or(json, "only_show_if_degraded", false)};
    if (text_empty(component.name))
        unsaid(reading->r.m, "it has no name", "component %s", id);
    else
        map_put(&reading->words, id, (void *)page_component(reading->r.m, &reading->names, &component));
}

/* ---- incidents ---- */

static instant time_of(struct page_reading *reading, const cJSON *json, const char *origin)
{
    const char *member = json_member(json, "display_at") ? "display_at" : "created_at";
    return page_time(reading->r.m, json, member, origin);
}

static void add_changes(struct page_reading *reading, const cJSON *update, cJSON *word, const char *origin)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(update, "affected_components"))
    {
        const char *name = map_get(&reading->words, json_text_or(row, "code", ""));
        if (!name) {
            unsaid(reading->r.m, "its component is no longer on the page: what it changed is left out",
                   "post %s, component '%s'", origin, json_text_or(row, "name", ""));
            continue;
        }
        page_change(word, name, json_text_or(row, "old_status", "operational"),
                    json_text_or(row, "new_status", "operational"));
    }
}

struct update {
    instant at;
    const cJSON *json;
};
typedef ARRAY(struct update) update_list;

/* By time; the API has the newest one first. */
static void sort_updates(struct page_reading *reading, const cJSON *incident, const char *origin,
                         update_list *ret)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(incident, "incident_updates"))
    {
        struct update update = {time_of(reading, row, origin), row};
        size_t at = 0;
        if (text_empty(json_text_or(row, "body", NULL)))
            unsaid(reading->r.m, "an update has no words", "post %s", origin);
        if (!update.at || text_empty(json_text_or(row, "body", NULL)))
            continue;
        while (at < ret->n && ret->v[at].at < update.at)
            at++;
        *array_add(ret) = (struct update){0};
        memmove(ret->v + at + 1, ret->v + at, (ret->n - 1 - at) * sizeof(*ret->v));
        ret->v[at] = update;
    }
}

static void make_post(struct page_reading *reading, const cJSON *json)
{
    struct moving *m = reading->r.m;
    const char *origin = keepf(m, "statuspage/%s", json_text_or(json, "id", ""));
    const cJSON *row;
    update_list updates = {0};
    cJSON *post = page_post(m, origin, json_text_or(json, "name", NULL), json_text_or(json, "impact", "none"));
    if (!post)
        return;
    sort_updates(reading, json, origin, &updates);
    for (size_t i = 0; i < updates.n; i++) {
        const cJSON *update = updates.v[i].json;
        cJSON *word = page_word(post, updates.v[i].at, json_text_or(update, "status", ""),
                                json_text_or(update, "body", ""));
        add_changes(reading, update, word, origin);
    }
    array_free(&updates);
    cJSON_ArrayForEach(row, json_member(json, "components"))
    {
        const char *name = map_get(&reading->words, json_text_or(row, "id", ""));
        if (name)
            page_touch(post, name);
    }
    if (json_member(json, "scheduled_for")) {
        cJSON_AddNumberToObject(post, "from", (double)page_time(m, json, "scheduled_for", origin));
        cJSON_AddNumberToObject(post, "until", (double)page_time(m, json, "scheduled_until", origin));
    }
    page_post_end(m, post);
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"id", "incident_updates"}}, take_incident},
        {{{"id", "name", "status", "position"}}, take_component},
        {{{"id", "name", "time_zone"}}, take_page},
    };
    struct page_reading reading = {.r = {.m = m, .err = err}};
    reading_objects(&reading.r, kinds, ARRAY_SIZE(kinds));
    for (size_t i = 0; i < reading.components.n; i++)
        make_component(&reading, reading.components.v[i]);
    for (size_t i = 0; i < reading.incidents.n; i++)
        make_post(&reading, reading.incidents.v[i]);
    array_free(&reading.components);
    array_free(&reading.incidents);
    map_finish(&reading.groups);
    map_finish(&reading.words);
    map_finish(&reading.names);
    map_finish(&reading.seen);
    return reading.r.rc;
}

static const struct moving_marks marks[] = {{{"incident_updates"}}, {{0}}};

const struct moving_source moving_statuspage = {"statuspage", "Statuspage", false, read, marks, false};
