#include "insights/facts.h"

#include <string.h>

#include "base/json.h"
#include "engine/fold.h"

#define CALLS_MOST 2000 /* of an incident */

void facts_begin(struct facts *facts, uint64_t incident)
{
    *facts = (struct facts){.incident = incident_create(incident)};
}

void facts_finish(struct facts *facts)
{
    incident_destroy(facts->incident);
    for (size_t i = 0; i < facts->stays.n; i++)
        free(facts->stays.v[i].person);
    for (size_t i = 0; i < facts->calls.n; i++)
        free(facts->calls.v[i].person);
    for (size_t i = 0; i < facts->components.n; i++)
        free(facts->components.v[i]);
    array_free(&facts->stays);
    array_free(&facts->calls);
    array_free(&facts->waiting);
    array_free(&facts->waited);
    array_free(&facts->components);
    *facts = (struct facts){0};
}

/* ---- what each event adds ---- */

static void stay(struct facts *facts, const char *person, instant at)
{
    for (size_t i = 0; i < facts->stays.n; i++) {
        if (!facts->stays.v[i].until && strcmp(facts->stays.v[i].person, person) == 0)
            return;
    }
    *array_add(&facts->stays) = (struct facts_stay){xstrdup(person), at, 0};
}

static void leave(struct facts *facts, const char *person, instant at)
{
    for (size_t i = 0; i < facts->stays.n; i++) {
        if (!facts->stays.v[i].until && strcmp(facts->stays.v[i].person, person) == 0)
            facts->stays.v[i].until = at;
    }
}

static void take_member(struct facts *facts, const struct event *event)
{
    (event->flag ? stay : leave)(facts, event->value, event->at);
}

static void take_role(struct facts *facts, const struct event *event)
{
    if (event->value)
        stay(facts, event->value, event->at);
}

static void take_call(struct facts *facts, const struct event *event)
{
    for (size_t i = 0; i < facts->calls.n; i++) {
        if (facts->calls.v[i].page == event->count && strcmp(facts->calls.v[i].person, event->value) == 0)
            return;
    }
    if (facts->calls.n < CALLS_MOST)
        *array_add(&facts->calls) = (struct facts_call){xstrdup(event->value), event->count, event->at};
}

static void take_draft(struct facts *facts, const struct event *event)
{
    *array_add(&facts->waiting) = (struct facts_draft){event->count, event->at};
}

static void add_component(struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->components.n; i++) {
        if (text_equal_nocase(facts->components.v[i], name))
            return;
    }
    *array_add(&facts->components) = xstrdup(name);
}

/* A post names components, as "components" of what it says besides its text. */
static void take_components(struct facts *facts, const struct event *event)
{
    CLEANUP_JSON cJSON *post = NULL;
    const cJSON *row;
    if (!event->value ||
        json_parse(event->value, strlen(event->value), SIZE_MAX, JSON_DEPTH, "post", &post, NULL))
        return;
    cJSON_ArrayForEach(row, json_member(post, "components"))
    {
        const char *name = row->string ? row->string : json_text_or(row, "name", NULL);
        if (name)
            add_component(facts, name);
    }
}

static void take_settled(struct facts *facts, const struct event *event)
{
    for (size_t i = facts->waiting.n; i-- > 0;) {
        if (facts->waiting.v[i].number != event->count)
            continue;
        *array_add(&facts->waited) = event->at - facts->waiting.v[i].at;
        array_remove(&facts->waiting, i);
    }
    if (event->type == EVENT_APPROVED)
        take_components(facts, event);
}

static void (*const takers[EVENT_TYPE_COUNT])(struct facts *facts, const struct event *event) = {
    [EVENT_MEMBER] = take_member,     [EVENT_ROLE] = take_role,     [EVENT_PAGE_CALLED] = take_call,
    [EVENT_PAGE_SENT] = take_call,    [EVENT_DRAFTED] = take_draft, [EVENT_APPROVED] = take_settled,
    [EVENT_DISCARDED] = take_settled,
};

bool facts_want(enum event_type type)
{
    static event_folder *const words[] = {fold_nothing, fold_words, fold_updated, fold_said, fold_linked};
    if (type == EVENT_NONE || takers[type])
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (event_kind(type)->fold == words[i])
            return false;
    }
    return true;
}

void facts_take(struct facts *facts, struct event *event)
{
    if (takers[event->type])
        takers[event->type](facts, event);
    fold(facts->incident, event);
}

instant facts_ended(const struct facts *facts)
{
    const struct incident *incident = facts->incident;
    instant end = 0;
    for (size_t i = incident->entries.n; i-- > 0 && !status_is_open(incident->entries.v[i].status);)
        end = incident->entries.v[i].at;
    return end;
}
