/*
 * Alertmanager: its configuration (YAML), and its silences as `amtool silence query -o json` prints them. It knows no people: each receiver
 * becomes a team that somebody fills in. Routes become rules, children before their parents, as the first rule that matches decides.
 */
#include <string.h>

#include "base/slug.h"
#include "moving/lua_text.h"
#include "moving/matchers.h"
#include "moving/reading.h"
#include "moving/sources.h"

#define ROUTES_MOST 5000

/* What a route has of its own and of those above it. */
struct route {
    const struct route *parent;
    const cJSON *json;
    const char *receiver, *name;
};

/* ---- receivers ---- */

static const char *word_of(struct moving *m, const char *receiver)
{
    const char *word = keep(m, text_slug(receiver, 40));
    return *word ? word : "receiver";
}

static void take_receiver(struct reading *r, const cJSON *json)
{
    CLEANUP_STR struct str line = {0}, kinds = {0};
    const char *name = need_text(r, json, "name");
    const cJSON *member;
    cJSON_ArrayForEach(member, json)
    {
        if (cJSON_IsArray(member))
            str_addf(&kinds, "%s%.60s", kinds.len ? ", " : "", member->string);
    }
    str_add(&line, "-- team { name = ");
    lua_quote(word_of(r->m, name), &line);
    str_add(&line, ", people = { } } -- receiver ");
    lua_quote(name, &line);
    str_add(&line, kinds.len ? ": " : "");
    lua_comment(str_text(&kinds), &line);
    *array_add(&r->m->helpers) = keep(r->m, str_take(&line));
    unsaid(r->m, "it has no people: fill in its team{}", "receiver '%s'", name);
}

/* ---- routes ---- */

static void add_matchers(struct reading *r, const struct route *route, struct conditions *conditions)
{
    if (route->parent)
        add_matchers(r, route->parent, conditions);
    conditions_of_route(r, route->json, conditions);
}

static struct moving_rule *add_rule(struct reading *r, const struct route *route, const char *name,
                                    const char *also)
{
    struct conditions conditions = {0};
    struct moving_rule rule = {.name = name, .place = r->document->file};
    rule_match(&rule, "source", false, "alertmanager");
    conditions.rule = &rule;
    add_matchers(r, route, &conditions);
    if (also)
        str_addf(&conditions.when, "%s%s", conditions.when.len ? " and " : "", also);
    if (conditions.wrong && !also)
        unsaid(r->m,
               "such a regular expression is no pattern of the policy: the rule goes by the receiver, as "
               "Alertmanager "
               "tells it",
               "route '%s': %s", route->name, conditions.wrong);
    rule.when = conditions.when.len ? keep(r->m, str_take(&conditions.when)) : NULL;
    str_finish(&conditions.when);
    if (conditions.wrong)
        rule_match(&rule, "stream", false, route->receiver);
    *array_add(&r->m->rules) = rule;
    return &r->m->rules.v[r->m->rules.n - 1];
}

static bool has_interval(const cJSON *config, const char *name)
{
    static const char *const lists[] = {"time_intervals", "mute_time_intervals"};
    const cJSON *row;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        cJSON_ArrayForEach(row, json_member(config, lists[i]))
        {
            if (text_equal(json_text_or(row, "name", NULL), name))
                return true;
        }
    }
    return false;
}

/* interval("offhours") or interval("holidays") */
static const char *intervals_of(struct reading *r, const cJSON *names, const char *before)
{
    CLEANUP_STR struct str all = {0};
    const cJSON *name;
    cJSON_ArrayForEach(name, names)
    {
        const char *text = cJSON_GetStringValue(name);
        if (!has_interval(r->document->json, text))
            fault(r, name, "this must be the name of one of the time_intervals");
        str_add(&all, all.len ? " or interval(" : "interval(");
        lua_quote(text, &all);
        str_add(&all, ")");
    }
    return keepf(r->m, "%s(%s)", before, str_text(&all));
}

static void note_rest(struct reading *r, const struct route *route)
{
    static const char *const names[] = {"group_by", "group_wait", "group_interval", "repeat_interval"};
    for (size_t i = 0; i < ARRAY_SIZE(names) && route->parent; i++) {
        if (json_member(route->json, names[i]))
            unsaid(r->m, "alerts are grouped by their problem, and reminders are obligation{}s",
                   "route '%s': %s", route->name, names[i]);
    }
    if (get_bool(route->json, "continue"))
        unsaid(r->m, "the first rule that matches decides: whoever else is to know joins its team",
               "route '%s': continue", route->name);
}

/* "1.2", as people count them; the one at the top is the default. */
static const char *name_of(struct moving *m, const struct route *parent, int place, const char *receiver)
{
    if (!parent)
        return keepf(m, "by default to %s", receiver);
    if (!parent->parent)
        return keepf(m, "%d, to %s", place, receiver);
    return keepf(m, "%.*s.%d, to %s", (int)strcspn(parent->name, ","), parent->name, place, receiver);
}

static void take_route(struct reading *r, const struct route *parent, int place, const cJSON *json)
{
    struct route route = {.parent = parent, .json = json, .receiver = get_text(r, json, "receiver")};
    const cJSON *child, *muted = get_list(r, json, "mute_time_intervals"),
                        *active = get_list(r, json, "active_time_intervals");
    route.receiver = route.receiver ? route.receiver
                     : parent       ? parent->receiver
                                    : need_text(r, json, "receiver");
    route.name = name_of(r->m, parent, place, route.receiver);
    int children = 0;
    if (r->m->rules.n > ROUTES_MOST)
        fault(r, json, "more than %d routes", ROUTES_MOST);
    cJSON_ArrayForEach(child, get_list(r, json, "routes"))
    {
        if (r->rc)
            return;
        take_route(r, &route, ++children, child);
    }
    if (cJSON_GetArraySize(muted))
        add_rule(r, &route, keepf(r->m, "muted: %s", route.name), intervals_of(r, muted, ""));
    if (cJSON_GetArraySize(active))
        add_rule(r, &route, keepf(r->m, "not active: %s", route.name), intervals_of(r, active, "not "));
    add_rule(r, &route, keepf(r->m, "route %s", route.name), NULL)->page = word_of(r->m, route.receiver);
    note_rest(r, &route);
}

/* ---- the rest of the configuration ---- */

static void take_inhibition(struct reading *r, const cJSON *json)
{
    CLEANUP_STR struct str text = {0};
    json_tree(&(struct json_out){&text, false}, json);
    unsaid(r->m, "the policy has no inhibition: mute by a rule, or merge", "inhibit rule %.200s",
           str_text(&text));
}

static void take_config(struct reading *r, const cJSON *json)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, get_list(r, json, "receivers")) take_receiver(r, row);
    cJSON_ArrayForEach(row, get_list(r, json, "time_intervals")) interval_helper(r, row);
    cJSON_ArrayForEach(row, get_list(r, json, "mute_time_intervals")) interval_helper(r, row);
    cJSON_ArrayForEach(row, get_list(r, json, "inhibit_rules")) take_inhibition(r, row);
    if (cJSON_IsObject(json_member(json, "route")))
        take_route(r, NULL, 0, json_member(json, "route"));
    else
        fault(r, json, "'route' is missing");
    if (json_member(json, "templates"))
        unsaid(r->m, "texts of chat come from the connectors", "templates");
}

static void take_silence(struct reading *r, const cJSON *json)
{
    instant from = get_instant(r, json, "startsAt", "UTC"), until = get_instant(r, json, "endsAt", "UTC");
    const char *comment = get_text(r, json, "comment"), *by = get_text(r, json, "createdBy");
    const char *state = get_text(r, json_member(json, "status"), "state");
    const char *name = keepf(r->m, "silence %.8s", need_text(r, json, "id"));
    struct moving_rule *rule = text_equal(state, "expired") ? NULL : rule_of_span(r->m, name, from, until);
    struct conditions conditions = {.rule = rule};
    if (!rule)
        return;
    rule->place = r->document->file;
    rule->comment = keepf(r->m, "%s %s (%s)", rule->comment, comment ? comment : "", by ? by : "nobody");
    rule_match(rule, "source", false, "alertmanager");
    conditions_of_silence(r, json, &conditions);
    if (conditions.when.len)
        rule->when = keepf(r->m, "%s and %s", rule->when, str_text(&conditions.when));
    str_finish(&conditions.when);
    if (conditions.wrong) {
        unsaid(r->m, "such a regular expression is no pattern of the policy: type `mute` for it", "%s: %s",
               name, conditions.wrong);
        rule_drop(r->m);
    }
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"route"}}, take_config},
        {{{"receivers"}}, take_config},
        {{{"matchers", "startsAt"}}, take_silence},
    };
    struct reading r = {.m = m, .err = err};
    reading_objects(&r, kinds, ARRAY_SIZE(kinds));
    return r.rc;
}

static const struct moving_marks marks[] = {
    {{"receivers", "route"}},
    {{"matchers", "startsAt"}},
    {{NULL}},
};
const struct moving_source moving_alertmanager = {"alertmanager", "Alertmanager", true, read, marks, false};
