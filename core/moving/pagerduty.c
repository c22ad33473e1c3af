/*
 * PagerDuty, REST API v2. A schedule comes from GET /schedules/{id}?since=&until=, without time_zone: its hours are then in its own zone, and
 * it has its overrides and its final schedule. Its top layer comes first and hides those below.
 */
#include <string.h>

#include "moving/reading.h"
#include "moving/sources.h"

#define LAYERS_READ 100

static const char *name_of(struct reading *r, const cJSON *object)
{
    const char *name = get_text(r, object, "name");
    name = name ? name : get_text(r, object, "summary");
    return name ? name : need_text(r, object, "id");
}

/* ---- people ---- */

static const char *phone_of(struct reading *r, const cJSON *method)
{
    int64_t country = get_int(r, method, "country_code", 0, 999, 1);
    return keepf(r->m, "+%lld%s", (long long)country, need_text(r, method, "address"));
}

static void take_way(struct reading *r, struct moving_person *person, const cJSON *method)
{
    const char *type = get_text(r, method, "type"), *address = get_text(r, method, "address");
    if (!type || !address)
        return;
    bool phone = text_equal(type, "phone_contact_method");
    if (text_equal(type, "email_contact_method")) {
        if (!text_equal_nocase(person->mail, address))
            *array_add(&person->notes) = keepf(r->m, "also e-mail %s", address);
    } else if (phone || text_equal(type, "sms_contact_method")) {
        add_way(r->m, person, "sms", phone_of(r, method));
    } else {
        *array_add(&person->notes) = keepf(r->m, "%s: set it up anew", type);
    }
}

/* The whole of what a rule refers to. */
static const cJSON *method_of(struct reading *r, const cJSON *methods, const cJSON *reference)
{
    const cJSON *method;
    const char *id = get_id(reference);
    cJSON_ArrayForEach(method, methods)
    {
        if (id && text_equal(get_text(r, method, "id"), id))
            return method;
    }
    return reference;
}

static void take_notice(struct reading *r, struct moving_person *person, const cJSON *known, const cJSON *rule)
{
    static const struct moving_method methods[] = {{"email_contact_method", "email"},
                                                   {"email_contact_method_reference", "email"},
                                                   {"sms_contact_method", "sms"},
                                                   {"sms_contact_method_reference", "sms"},
                                                   {"phone_contact_method", "call"},
                                                   {"phone_contact_method_reference", "call"},
                                                   {0}};
    const cJSON *method = method_of(r, known, json_member(rule, "contact_method"));
    const char *urgency = get_text(r, rule, "urgency"), *type = get_text(r, method, "type");
    const char *summary = get_text(r, method, "summary"), *address = get_text(r, method, "address");
    struct moving_notice notice = {.method = summary ? summary : type ? type : "?"};
    notice.after = get_int(r, rule, "start_delay_in_minutes", 0, 100000, 0) * MINUTE;
    notice.only = text_equal(urgency, "low") ? "low urgency" : NULL;
    notice.connector = connector_of(methods, type);
    if (address && notice.connector)
        notice.address = text_equal(notice.connector, "email") ? address : phone_of(r, method);
    *array_add(&person->notices) = notice;
}

static void take_user(struct reading *r, const cJSON *user)
{
    const cJSON *row, *methods = get_list(r, user, "contact_methods"),
                      *rules = get_list(r, user, "notification_rules"), *teams = get_list(r, user, "teams");
    struct moving_person *person = person_of(r->m, need_text(r, user, "id"));
    person->missing = false;
    person->name = name_of(r, user);
    person->mail = get_text(r, user, "email");
    cJSON_ArrayForEach(row, methods) take_way(r, person, row);
    cJSON_ArrayForEach(row, rules) take_notice(r, person, methods, row);
    cJSON_ArrayForEach(row, teams)
    {
        const char *key = get_id(row);
        struct moving_team *team = key ? team_of(r->m, key) : NULL;
        if (team && !team->name)
            team->name = name_of(r, row);
        if (team)
            *array_add(&team->people) = person->key;
    }
}

/* ---- schedules ---- */

static void take_restriction(struct reading *r, struct moving_turns *turns, const cJSON *restriction)
{
    static const char *const types[] = {"daily_restriction", "weekly_restriction"};
    bool weekly = get_word(r, restriction, "type", types, ARRAY_SIZE(types)) == 1;
    int minute = get_clock(r, restriction, "start_time_of_day");
    int64_t seconds = get_int(r, restriction, "duration_seconds", 60, 7 * 86400, 0);
    int64_t day = weekly ? get_int(r, restriction, "start_day_of_week", 1, 7, 1) : 0;
    if (!seconds && !r->rc)
        fault(r, restriction, "'duration_seconds' is missing");
    if (r->rc)
        return;
    bool some = weekly ? add_hours(turns, (int)day % 7, minute, seconds / 60)
                       : seconds >= 86400 || add_hours_on(turns, EVERY_DAY, minute, seconds / 60);
    if (!some || (!weekly && seconds >= 86400))
        turns->hours.n = 0;
}

static void take_layer(struct reading *r, struct moving_schedule *schedule, const cJSON *layer, int rank)
{
    struct moving_turns *turns = array_add(&schedule->turns);
    const cJSON *row, *users = get_list(r, layer, "users"), *restrictions = get_list(r, layer, "restrictions");
    *turns = (struct moving_turns){.name = name_of(r, layer), .zone = schedule->zone, .rank = rank};
    instant start = get_instant(r, layer, "rotation_virtual_start", schedule->zone);
    turns->from = get_instant(r, layer, "start", schedule->zone);
    turns->until = get_instant(r, layer, "end", schedule->zone);
    turns->start = wall_of(start ? start : turns->from, schedule->zone);
    if (!start && !turns->from)
        fault(r, layer, "'rotation_virtual_start' is missing");
    turns->length = (int)(get_int(r, layer, "rotation_turn_length_seconds", 60, 31536000, 604800) / 60);
    cJSON_ArrayForEach(row, users)
    {
        add_turn(turns, get_id(json_member(row, "user")));
    }
    cJSON_ArrayForEach(row, restrictions) take_restriction(r, turns, row);
}

static void take_entries(struct reading *r, struct moving_schedule *schedule, const cJSON *schedule_json)
{
    const cJSON *row, *final = json_member(schedule_json, "final_schedule"),
                      *overrides = json_member(schedule_json, "overrides_subschedule");
    final = get_list(r, final, "rendered_schedule_entries");
    overrides = get_list(r, overrides, "rendered_schedule_entries");
    cJSON_ArrayForEach(row, final)
    {
        const char *key = get_id(json_member(row, "user"));
        if (key)
            *array_add(&schedule->finals) = (struct moving_final){
                key, get_instant(r, row, "start", schedule->zone), get_instant(r, row, "end", schedule->zone)};
    }
    cJSON_ArrayForEach(row, overrides)
    {
        const char *key = get_id(json_member(row, "user"));
        if (key)
            *array_add(&schedule->overrides) =
                (struct moving_override){.person = key,
                                         .from = get_instant(r, row, "start", schedule->zone),
                                         .until = get_instant(r, row, "end", schedule->zone)};
    }
}

static bool has_hours(const cJSON *layers)
{
    const cJSON *layer;
    cJSON_ArrayForEach(layer, layers)
    {
        if (cJSON_GetArraySize(json_member(layer, "restrictions")))
            return true;
    }
    return false;
}

/* The list of schedules has no final schedule, and tells hours in the zone of whoever asks: one fetched by its id says more. */
static void take_schedule(struct reading *r, const cJSON *json)
{
    const cJSON *layer, *layers = get_list(r, json, "schedule_layers");
    struct moving_schedule *schedule = schedule_of(r->m, need_text(r, json, "id"));
    bool whole = json_member(json, "final_schedule") != NULL;
    int n = cJSON_GetArraySize(layers), i = 0;
    if (n > LAYERS_READ)
        fault(r, layers, "more than %d layers; remove those that ended", LAYERS_READ);
    if (schedule->name && !whole)
        return;
    schedule_clear(schedule);
    schedule->name = name_of(r, json);
    schedule->place = r->document->file;
    schedule->zone = get_zone(r, json, "time_zone", NULL);
    cJSON_ArrayForEach(layer, layers) take_layer(r, schedule, layer, n - i++);
    take_entries(r, schedule, json);
    if (!layers)
        unsaid(r->m, "the list does not have its layers: fetch /schedules/{id}", "schedule '%s'",
               schedule->name);
    else if (!whole && has_hours(layers))
        unsaid(r->m,
               "its hours may be in another zone, as they come from the list: fetch /schedules/{id} without "
               "time_zone",
               "schedule '%s'", schedule->name);
}

/* ---- escalations, routes, silences ---- */

static void take_target(struct reading *r, struct moving_level *level, const cJSON *target, const char *policy)
{
    const char *type = need_text(r, target, "type"), *key = get_id(target);
    bool schedule = text_starts(type, "schedule");
    if (!key || text_starts(type, "schedule_v3") || (!schedule && !text_starts(type, "user")))
        unsaid(r->m, "such a target cannot be read", "escalation policy '%s': %s", policy, type);
    else
        *array_add(&level->targets) = (struct moving_target){schedule ? MOVING_SCHEDULE : MOVING_PERSON, key};
}

static void take_rule(struct reading *r, struct moving_escalation *escalation, const cJSON *rule)
{
    const cJSON *target, *targets = get_list(r, rule, "targets");
    struct moving_level *level = array_add(&escalation->levels);
    const char *strategy = get_text(r, json_member(rule, "escalation_rule_assignment_strategy"), "type");
    level->after = get_int(r, rule, "escalation_delay_in_minutes", 1, 100000, 30) * MINUTE;
    if (text_equal(strategy, "round_robin"))
        unsaid(r->m, "everybody of the level is called, as the policy has no round robin",
               "escalation policy '%s': round robin", escalation->name);
    cJSON_ArrayForEach(target, targets) take_target(r, level, target, escalation->name);
}

static void take_policy(struct reading *r, const cJSON *json)
{
    const cJSON *rule, *rules = get_list(r, json, "escalation_rules");
    struct moving_escalation *escalation = array_add(&r->m->escalations);
    *escalation = (struct moving_escalation){
        .key = need_text(r, json, "id"), .name = name_of(r, json), .place = r->document->file};
    escalation->rounds = (int)get_int(r, json, "num_loops", 0, 100, 0) + 1;
    cJSON_ArrayForEach(rule, rules) take_rule(r, escalation, rule);
}

static void take_service(struct reading *r, const cJSON *json)
{
    struct moving_rule *rule = array_add(&r->m->rules);
    const char *status = get_text(r, json, "status");
    *rule = (struct moving_rule){.name = name_of(r, json), .place = r->document->file};
    rule->page = get_id(json_member(json, "escalation_policy"));
    rule_match(rule, "service", false, rule->name);
    if (text_equal(status, "disabled")) {
        rule->page = NULL;
        rule->comment = "The service is disabled.";
    } else if (!rule->page) {
        unsaid(r->m, "it has no escalation policy", "service '%s'", rule->name);
        rule_drop(r->m);
    }
}

static void take_window(struct reading *r, const cJSON *json)
{
    const cJSON *service, *services = get_list(r, json, "services");
    instant from = get_instant(r, json, "start_time", "UTC"), until = get_instant(r, json, "end_time", "UTC");
    const char *name = get_text(r, json, "description");
    struct moving_rule *rule = rule_of_span(r->m, name ? name : "maintenance window", from, until);
    if (!rule)
        return;
    rule->place = r->document->file;
    cJSON_ArrayForEach(service, services)
    {
        const char *summary = get_text(r, service, "summary");
        if (summary)
            rule_match(rule, "service", false, summary);
    }
}

static void take_team(struct reading *r, const cJSON *json)
{
    team_of(r->m, need_text(r, json, "id"))->name = name_of(r, json);
}

static void take_v3(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "a schedule of /v3: give its shifts to a rotation{} by hand", "schedule '%s'",
           name_of(r, json));
}

static void take_override(struct reading *r, const cJSON *json)
{
    (void)json;
    unsaid(r->m,
           "overrides come with GET /schedules/{id}?since=&until=: the list does not say of which schedule "
           "they are",
           "%s: an override", r->document->file);
}

static void take_other(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "the policy has rules instead: write them by hand", "%s '%s'", need_text(r, json, "type"),
           name_of(r, json));
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"type=user", "email"}}, take_user},        {{{"type=schedule", "rotations"}}, take_v3},
        {{{"type=schedule"}}, take_schedule},         {{{"schedule_layers"}}, take_schedule},
        {{{"type=escalation_policy"}}, take_policy},  {{{"type=service"}}, take_service},
        {{{"type=maintenance_window"}}, take_window}, {{{"type=team"}}, take_team},
        {{{"start", "end", "user"}}, take_override},  {{{"type=business_service"}}, take_other},
        {{{"type=event_orchestration"}}, take_other}, {{{"type=ruleset"}}, take_other},
        {{{"type=response_play"}}, take_other},       {{{"rotations", "id"}}, take_v3},
    };
    struct reading r = {.m = m, .err = err};
    reading_objects(&r, kinds, ARRAY_SIZE(kinds));
    return r.rc;
}

static const struct moving_marks marks[] = {
    {{"schedule_layers"}},
    {{"escalation_rules"}},
    {{"type=user", "email"}},
    {{"type=schedule", "time_zone"}},
    {{"type=service", "escalation_policy"}},
    {{"type=maintenance_window"}},
    {{"type=business_service"}},
    {{"type=event_orchestration"}},
    {{NULL}},
};
const struct moving_source moving_pagerduty = {"pagerduty", "PagerDuty", false, read, marks, false};
