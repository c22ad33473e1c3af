/* Components and their states over time: in memory, and as documents. */
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "public/names.h"
#include "statuspage/inside.h"

#define SHOWN (91 * DAY) /* the ninety days of the page, in any zone */

struct kept_component *component_find(const struct core *core, const char *name)
{
    CLEANUP_FREE char *key = text_lower(name);
    return map_get(&statuspage_of(core)->components, key);
}

static struct kept_component *add(struct statuspage *statuspage, const char *name)
{
    struct kept_component *component = xcalloc(1, sizeof(*component));
    component->name = text_lower(name);
    map_put(&statuspage->components, component->name, component);
    return component;
}

static enum public_state present(const struct kept_component *component)
{
    return component->past.v[component->past.n - 1].state;
}

int component_refuse(const char *name, struct error *err)
{
    return error_markup(err, ERR_NOT_FOUND, "No component is called '%.60s'. `component` lists them.", name);
}

enum public_state component_state(const struct core *core, const char *name)
{
    const struct kept_component *component = component_find(core, name);
    return component ? present(component) : STATE_OPERATIONAL;
}

static void write_component(struct turn *turn, const struct kept_component *component)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_int(&j, "created", component->created);
    if (component->begun != component->created)
        json_put_int(&j, "begun", component->begun);
    json_key(&j, "past");
    json_begin_array(&j);
    for (size_t i = 0; i < component->past.n; i++) {
        json_begin_object(&j);
        json_put_int(&j, "at", component->past.v[i].at);
        json_put_text(&j, "state", public_state_name(component->past.v[i].state));
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_COMPONENT, component->name, str_text(&body));
}

struct kept_component *component_need(struct turn *turn, const char *name)
{
    struct kept_component *component = component_find(turn_core(turn), name);
    if (component)
        return component;
    component = add(statuspage_of(turn_core(turn)), name);
    component->created = component->begun = turn_now(turn);
    *array_add(&component->past) = (struct public_change){turn_now(turn), STATE_OPERATIONAL};
    write_component(turn, component);
    return component;
}

/* What was before the ninety days is told by the last change before them. */
static void forget_old(struct kept_component *component, instant now)
{
    while (component->past.n > 1 && component->past.v[1].at < now - SHOWN)
        array_remove(&component->past, 0);
}

void component_set(struct turn *turn, const char *name, enum public_state state, int64_t post, const char *by)
{
    struct kept_component *component = component_need(turn, name);
    if (present(component) == state)
        return;
    *array_add(&component->past) = (struct public_change){turn_now(turn), state};
    forget_old(component, turn_now(turn));
    write_component(turn, component);
    struct event event = {.type = EVENT_COMPONENT,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .name = xstrdup(name),
                          .value = xstrdup(public_state_name(state)),
                          .count = post};
    turn_tell(turn, &event);
    statuspage_changed(turn);
}

void component_bring(struct turn *turn, const char *name, instant at, enum public_state state)
{
    struct kept_component *component = component_need(turn, name);
    size_t i = 0;
    if (at >= component->begun)
        return;
    while (component->past.v[i].at <= at)
        i++;
    *array_add(&component->past) = (struct public_change){0};
    memmove(component->past.v + i + 1, component->past.v + i,
            (component->past.n - 1 - i) * sizeof(*component->past.v));
    component->past.v[i] = (struct public_change){at, state};
    component->created = MIN(component->created, at);
    forget_old(component, turn_now(turn));
    write_component(turn, component);
}

/* ---- loading ---- */

static void load_past(const cJSON *json, struct kept_component *component)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(json, "past"))
    {
        enum public_state state;
        if (public_state_parse(json_text_or(row, "state", ""), &state))
            *array_add(&component->past) = (struct public_change){json_int_or(row, "at", 0), state};
    }
    if (!component->past.n)
        *array_add(&component->past) = (struct public_change){component->created, STATE_OPERATIONAL};
}

static bool load_component(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "component", &json, NULL))
        return true;
    struct kept_component *component = add(ctx, doc->key);
    component->created = json_int_or(json, "created", 0);
    component->begun = json_int_or(json, "begun", component->created);
    load_past(json, component);
    return true;
}

int components_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_COMPONENT}, load_component,
                        statuspage_of(core), err);
}

void components_finish(struct statuspage *statuspage)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&statuspage->components, &i));) {
        struct kept_component *component = slot->value;
        array_free(&component->past);
        free(component->name);
        free(component);
    }
    map_finish(&statuspage->components);
}
