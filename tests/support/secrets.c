#include "secrets.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "engine/state.h"

#define WORD "canary-"
#define NAME "INC-"

static void free_names(struct known_incident *incident)
{
    for (size_t i = 0; i < incident->members.n; i++)
        free(incident->members.v[i]);
    for (size_t i = 0; i < incident->former.n; i++)
        free(incident->former.v[i]);
    array_free(&incident->members);
    array_free(&incident->former);
}

void secrets_finish(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->incidents.n; i++)
        free_names(&secrets->incidents.v[i]);
    for (size_t i = 0; i < secrets->canaries.n; i++)
        array_free(&secrets->canaries.v[i].incidents);
    array_free(&secrets->incidents);
    array_free(&secrets->canaries);
    event_list_finish(&secrets->fresh);
    map_finish(&secrets->alerts);
    for (size_t i = 0; i < secrets->links.n; i++) {
        free(secrets->links.v[i].id);
        free(secrets->links.v[i].into);
    }
    array_free(&secrets->links);
}

size_t secrets_canary(struct secrets *secrets)
{
    *array_add(&secrets->canaries) = (struct canary){0};
    return secrets->canaries.n - 1;
}

void secrets_event(struct secrets *secrets, const struct event *event)
{
    event_copy(array_add(&secrets->fresh), event);
}

static struct known_incident *known(const struct secrets *secrets, uint64_t id)
{
    return id && id <= secrets->incidents.n ? &secrets->incidents.v[id - 1] : NULL;
}

static bool has(char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; name && i < n; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* Adds whom a link joins to one of these ids. */
static bool add_linked(const struct secrets *secrets, bool ever, const char *ids[16], size_t *n)
{
    size_t before = *n;
    for (size_t i = 0; i < secrets->links.n && *n < 16; i++) {
        const struct known_link *link = &secrets->links.v[i];
        bool id = has((char *const *)(uintptr_t)ids, *n, link->id),
             into = has((char *const *)(uintptr_t)ids, *n, link->into);
        if (id != into && (ever || !link->past))
            ids[(*n)++] = id ? link->into : link->id;
    }
    return *n > before;
}

/* Are they one person; or, with `ever`, may they have been once? */
static bool is_same(const struct secrets *secrets, const char *a, const char *b, bool ever)
{
    const char *ids[16] = {a};
    size_t n = 1;
    while (add_linked(secrets, ever, ids, &n))
        ;
    return has((char *const *)(uintptr_t)ids, n, b);
}

static bool has_person(const struct secrets *secrets, char *const *ids, size_t n, const char *person, bool ever)
{
    for (size_t i = 0; person && i < n; i++) {
        if (is_same(secrets, ids[i], person, ever))
            return true;
    }
    return false;
}

static bool is_member(const struct secrets *secrets, const struct known_incident *incident, const char *person)
{
    return has_person(secrets, incident->members.v, incident->members.n, person, false);
}

/* Whoever was a member once, by any id, knows the number. */
static bool was_member(const struct secrets *secrets, const struct known_incident *incident, const char *person)
{
    return has_person(secrets, incident->former.v, incident->former.n, person, true);
}

bool secrets_is_private(const struct secrets *secrets, uint64_t incident)
{
    const struct known_incident *it = known(secrets, incident);
    return it && it->private;
}

uint64_t secrets_end(const struct secrets *secrets, uint64_t incident)
{
    const struct known_incident *it = known(secrets, incident);
    for (; it && it->merged_into; it = known(secrets, incident))
        incident = it->merged_into;
    return incident;
}

/* Whether everybody in the private channel of `room` sees the incident. */
static bool room_sees(const struct secrets *secrets, uint64_t room, const struct known_incident *incident)
{
    const struct known_incident *own = known(secrets, room);
    if (own == incident || !own || !own->private)
        return own == incident;
    for (size_t i = 0; i < own->members.n; i++) {
        if (!is_member(secrets, incident, own->members.v[i]))
            return false;
    }
    return true;
}

bool secrets_sees(const struct secrets *secrets, uint64_t id, const struct audience *audience)
{
    const struct known_incident *incident = known(secrets, id);
    if (!incident || !incident->private)
        return true;
    if (audience->room)
        return room_sees(secrets, audience->room, incident) ||
               room_sees(secrets, secrets_end(secrets, audience->room), incident);
    return is_member(secrets, incident, audience->person);
}

/* What an incident brought into the one that it was merged into, or came back as, belongs to that one too. */
static bool sees_chain(const struct secrets *secrets, uint64_t id, const struct audience *audience, int depth)
{
    const struct known_incident *incident = known(secrets, id);
    if (!incident || depth == 0)
        return false;
    return secrets_sees(secrets, id, audience) ||
           sees_chain(secrets, incident->merged_into, audience, depth - 1) ||
           sees_chain(secrets, incident->came_back, audience, depth - 1);
}

static bool may_read(const struct secrets *secrets, size_t canary, const struct audience *audience)
{
    const struct canary *it = &secrets->canaries.v[canary];
    for (size_t i = 0; i < it->incidents.n; i++) {
        if (sees_chain(secrets, it->incidents.v[i], audience, 8))
            return true;
    }
    return it->incidents.n == 0;
}

__attribute__((noreturn)) static void leaks(const struct secrets *secrets, const struct audience *audience,
                                            const char *what, size_t number, const char *text)
{
    CLEANUP_STR struct str out = {0};
    str_addf(&out, "%s tells %s", audience->route, audience->person ? audience->person : "anybody");
    if (audience->room)
        str_addf(&out, " in the room of INC-%" PRIu64, audience->room);
    str_addf(&out, " of %s%zu", what, number);
    if (strcmp(what, WORD) == 0) {
        for (size_t i = 0; i < secrets->canaries.v[number].incidents.n; i++)
            str_addf(&out, ", of INC-%" PRIu64, secrets->canaries.v[number].incidents.v[i]);
    }
    str_addf(&out, ":\n%s", text);
    secrets->fail(secrets->ctx, out.p);
    abort();
}

static bool follows(const char *text, const char *at, const char *words)
{
    return (size_t)(at - text) >= strlen(words) && text_starts(at - strlen(words), words);
}

/* A number that somebody typed or once knew is not news to them, nor is that there is no such incident. */
static bool is_known_already(const struct secrets *secrets, const struct audience *audience, uint64_t id,
                             const char *text, const char *at)
{
    const struct known_incident *incident = known(secrets, id);
    char number[24];
    snprintf(number, sizeof(number), "%" PRIu64, id);
    bool example =
        id == 7 && (follows(text, at, "merge ") || follows(text, at, "relate ")); /* the manual's example */
    return example || follows(text, at, "No incident ") || was_member(secrets, incident, audience->person) ||
           (audience->asked && strstr(audience->asked, number));
}

void secrets_check(const struct secrets *secrets, const struct audience *audience, const char *text)
{
    for (const char *p = text; (p = strstr(p, WORD)); p += strlen(WORD)) {
        size_t canary = strtoul(p + strlen(WORD), NULL, 10);
        if (canary < secrets->canaries.n && !may_read(secrets, canary, audience))
            leaks(secrets, audience, WORD, canary, text);
    }
    for (const char *p = text; (p = strstr(p, NAME)); p += strlen(NAME)) {
        uint64_t id = strtoull(p + strlen(NAME), NULL, 10);
        if (!secrets_sees(secrets, id, audience) && !is_known_already(secrets, audience, id, text, p))
            leaks(secrets, audience, NAME, id, text);
    }
}

static void check_number(const struct secrets *secrets, const struct audience *audience, const cJSON *number,
                         const cJSON *whole)
{
    uint64_t id = (uint64_t)number->valuedouble;
    const struct known_incident *incident = known(secrets, id);
    if (secrets_sees(secrets, id, audience) || was_member(secrets, incident, audience->person))
        return;
    CLEANUP_FREE char *text = cJSON_PrintUnformatted(whole);
    leaks(secrets, audience, NAME, id, text);
}

static void check_numbers(const struct secrets *secrets, const struct audience *audience, const cJSON *json,
                          const cJSON *whole)
{
    static const char *const names[] = {"other", "merged_into", "incident"};
    const cJSON *item;
    cJSON_ArrayForEach(item, json)
    {
        for (size_t i = 0; item->string && cJSON_IsNumber(item) && i < ARRAY_SIZE(names); i++) {
            if (strcmp(item->string, names[i]) == 0)
                check_number(secrets, audience, item, whole);
        }
        bool related = item->string && strcmp(item->string, "related") == 0;
        for (const cJSON *one = related ? item->child : NULL; one; one = one->next)
            check_number(secrets, audience, one, whole);
        check_numbers(secrets, audience, item, whole);
    }
}

void secrets_check_json(const struct secrets *secrets, const struct audience *audience, const cJSON *json)
{
    CLEANUP_FREE char *text = cJSON_PrintUnformatted(json);
    secrets_check(secrets, audience, text);
    check_numbers(secrets, audience, json, json);
}

/* ---- events ---- */

static void forget(struct known_incident *incident, const char *person)
{
    for (size_t i = 0; i < incident->members.n; i++) {
        if (strcmp(incident->members.v[i], person) != 0)
            continue;
        free(incident->members.v[i]);
        array_remove(&incident->members, i);
        return;
    }
}

static void learn_alert(struct secrets *secrets, const struct known_incident *incident, const char *fingerprint)
{
    uint64_t before = (uint64_t)(uintptr_t)map_get(&secrets->alerts, fingerprint);
    if (before && before != incident->id && incident->private)
        known(secrets, before)->came_back = incident->id;
    map_put(&secrets->alerts, fingerprint, (void *)(uintptr_t)incident->id);
}

static void learn(struct secrets *secrets, const struct event *event)
{
    while (event->incident > secrets->incidents.n) {
        struct known_incident incident = {.id = secrets->incidents.n + 1};
        *array_add(&secrets->incidents) = incident;
    }
    struct known_incident *incident = known(secrets, event->incident);
    if (event->type == EVENT_PRIVATE)
        incident->private = event->flag;
    if (event->type == EVENT_STATUS)
        incident->merged_into = event->status == STATUS_MERGED ? event->other : 0;
    if (event->type == EVENT_ALERT && event->flag)
        learn_alert(secrets, incident, event->value);
    if (event->type != EVENT_MEMBER)
        return;
    if (!event->flag) {
        forget(incident, event->value);
    } else if (!has(incident->members.v, incident->members.n, event->value)) {
        *array_add(&incident->members) = xstrdup(event->value);
        *array_add(&incident->former) = xstrdup(event->value);
    }
}

static void learn_link(struct secrets *secrets, const struct event *event)
{
    for (size_t i = 0; i < secrets->links.n; i++)
        secrets->links.v[i].past |= strcmp(secrets->links.v[i].id, event->subject) == 0;
    if (event->type == EVENT_PERSON_LINKED)
        *array_add(&secrets->links) =
            (struct known_link){xstrdup(event->subject), xstrdup(event->value), false};
}

/* Everybody who sees an incident sees what its timeline contains. */
static void check_event(struct secrets *secrets, const struct event *event)
{
    CLEANUP_STR struct str text = {0};
    uint64_t id = event->incident;
    struct audience audience = {.route = event_kind(event->type)->name,
                                .room = secrets_is_private(secrets, id) ? id : 0};
    event_encode(event, &text);
    for (const char *p = text.p; (p = strstr(p, WORD)); p += strlen(WORD)) {
        size_t canary = strtoul(p + strlen(WORD), NULL, 10);
        if (canary >= secrets->canaries.n)
            continue;
        if (!may_read(secrets, canary, &audience))
            leaks(secrets, &audience, WORD, canary, text.p);
        struct canary *it = &secrets->canaries.v[canary];
        bool told = false;
        for (size_t i = 0; i < it->incidents.n; i++)
            told |= it->incidents.v[i] == id;
        if (!told)
            *array_add(&it->incidents) = id;
    }
}

void secrets_settle(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->fresh.n; i++) {
        const struct event *event = &secrets->fresh.v[i];
        if (event->incident)
            learn(secrets, event);
        else if (event->type == EVENT_PERSON_LINKED || event->type == EVENT_PERSON_UNLINKED)
            learn_link(secrets, event);
    }
    for (size_t i = 0; i < secrets->fresh.n; i++) {
        if (secrets->fresh.v[i].incident)
            check_event(secrets, &secrets->fresh.v[i]);
    }
    event_list_finish(&secrets->fresh);
}
