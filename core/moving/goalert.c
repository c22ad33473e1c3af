/*
 * GoAlert, what its GraphQL API answers (docs/moving.md has the query). Assignments of a schedule add up. Who is active in a rotation is
 * a state, so its turns are counted from the next handoff.
 */
#include <string.h>

#include "moving/reading.h"
#include "moving/sources.h"

static void take_notice(struct reading *r, struct moving_person *person, const cJSON *rule)
{
    static const struct moving_method methods[] = {{"EMAIL", "email"}, {"SMS", "sms"}, {"VOICE", "call"}, {0}};
    const cJSON *method = json_member(rule, "contactMethod");
    const char *type = get_text(r, method, "type");
    struct moving_notice notice = {.method = type ? type : "?", .address = get_text(r, method, "value")};
    notice.after = get_int(r, rule, "delayMinutes", 0, 10000, 0) * MINUTE;
    notice.connector = connector_of(methods, type);
    *array_add(&person->notices) = notice;
}

static void take_user(struct reading *r, const cJSON *json)
{
    const cJSON *row, *methods = get_list(r, json, "contactMethods");
    struct moving_person *person = person_of(r->m, need_text(r, json, "id"));
    person->missing = false;
    person->name = get_text(r, json, "name");
    person->mail = get_text(r, json, "email");
    cJSON_ArrayForEach(row, methods)
    {
        const char *type = need_text(r, row, "type"), *value = get_text(r, row, "value");
        if (value && (text_equal(type, "SMS") || text_equal(type, "VOICE")))
            add_way(r->m, person, "sms", value);
        else if (!text_equal(type, "EMAIL") || !text_equal_nocase(value, person->mail))
            *array_add(&person->notes) = keepf(r->m, "%s %s: set it up anew", type, value ? value : "");
    }
    cJSON_ArrayForEach(row, get_list(r, json, "notificationRules")) take_notice(r, person, row);
}

/* ---- rotations: kept as documents until a schedule names them ---- */

static void take_length(struct reading *r, const cJSON *json, struct moving_turns *turns)
{
    static const char *const types[] = {"hourly", "daily", "weekly", "monthly"};
    static const int minutes[] = {60, DAY_MINUTES, WEEK_MINUTES, 1};
    int type = get_word(r, json, "type", types, ARRAY_SIZE(types));
    turns->length = (int)get_int(r, json, "shiftLength", 1, 10000, 1) * minutes[MAX(type, 0)];
}

static void take_rotation(struct reading *r, struct moving_turns *turns, const cJSON *json)
{
    const cJSON *users = get_list(r, json, "userIDs"), *next = get_list(r, json, "nextHandoffTimes");
    int n = cJSON_GetArraySize(users);
    int64_t active = get_int(r, json, "activeUserIndex", -1, n, 0);
    turns->zone = get_zone(r, json, "timeZone", turns->zone);
    take_length(r, json, turns);
    instant start = get_instant(r, json, "start", turns->zone), handoff = 0;
    if (next && next->child &&
        instant_parse(cJSON_GetStringValue(next->child) ? next->child->valuestring : "", &handoff, r->err))
        fault(r, next->child, "this is not a time; write it as 2026-11-30T09:00:00Z");
    if (!handoff)
        unsaid(
            r->m,
            "without nextHandoffTimes(num: 1), its turns are counted from its start: check who is on call now",
            "rotation '%s'", turns->name);
    turns->start = wall_of(handoff ? handoff : start, turns->zone);
    const cJSON *user = n ? cJSON_GetArrayItem(users, handoff ? (int)((active + 1) % n) : 0) : NULL;
    for (int i = 0; i < n; i++, user = user->next ? user->next : users->child) {
        add_turn(turns, cJSON_GetStringValue(user));
    }
}

static void take_named(struct reading *r, struct moving_turns *turns, const char *id, const char *schedule)
{
    const cJSON *json;
    const struct moving_document *mine = r->document, *document = find_object(r->m, "shiftLength", id, &json);
    if (!document) {
        unsaid(r->m, "not among the rotations of the export", "schedule '%s', rotation %s", schedule, id);
        return;
    }
    r->document = document;
    take_rotation(r, turns, json);
    r->document = mine;
}

/* ---- schedules ---- */

static unsigned read_days(struct reading *r, const cJSON *rule)
{
    const cJSON *day, *filter = get_list(r, rule, "weekdayFilter");
    unsigned days = 0;
    int i = 0;
    cJSON_ArrayForEach(day, filter)
    {
        days |= cJSON_IsTrue(day) && i < 7 ? 1u << i : 0;
        i++;
    }
    if (filter && i != 7)
        fault(r, filter, "this must be seven times true or false, Sunday first");
    return filter ? days : EVERY_DAY;
}

static void take_rules(struct reading *r, struct moving_turns *turns, const cJSON *rules)
{
    const cJSON *rule;
    bool always = false;
    cJSON_ArrayForEach(rule, rules)
    {
        int opens = get_clock(r, rule, "start"), closes = get_clock(r, rule, "end");
        unsigned days = read_days(r, rule);
        int minutes = (closes - opens + DAY_MINUTES) % DAY_MINUTES;
        if (r->rc)
            return;
        if (days == EVERY_DAY && !minutes)
            always = true;
        else
            add_hours_on(turns, days, opens, minutes ? minutes : DAY_MINUTES);
    }
    if (always)
        turns->hours.n = 0;
}

/* A layer of a rotation{} has one zone, for turns and hours. */
static void use_one_zone(struct reading *r, const struct moving_schedule *schedule, struct moving_turns *turns)
{
    if (!turns->hours.n || text_equal(turns->zone, schedule->zone))
        return;
    unsaid(r->m,
           keepf(r->m, "its hours go by %s and its handovers by %s: both go by %s here", schedule->zone,
                 turns->zone, schedule->zone),
           "schedule '%s', rotation '%s'", schedule->name, turns->name);
    struct wall wall = turns->start;
    turns->start = wall_of(zone_from_wall(&wall, turns->zone), schedule->zone);
    turns->zone = schedule->zone;
}

static void take_assignment(struct reading *r, struct moving_schedule *schedule, const cJSON *json)
{
    const cJSON *target = json_member(json, "target"), *rules = get_list(r, json, "rules");
    const char *type = need_text(r, target, "type"), *id = need_text(r, target, "id"),
               *name = get_text(r, target, "name");
    struct moving_turns turns = {
        .name = name ? name : id, .id = id, .zone = schedule->zone, .length = WEEK_MINUTES};
    turns.start = wall_of(r->m->now, schedule->zone);
    turns.start.minute = 0;
    if (text_equal(type, "rotation"))
        take_named(r, &turns, id, schedule->name);
    else if (text_equal(type, "user"))
        add_turn(&turns, id);
    else
        unsaid(r->m, "such a target cannot be written", "schedule '%s': %s", schedule->name, type);
    take_rules(r, &turns, rules);
    use_one_zone(r, schedule, &turns);
    bool never = rules && rules->child && !turns.hours.n;
    const cJSON *rule;
    cJSON_ArrayForEach(rule, rules) never = never && !read_days(r, rule);
    if (turns.groups.n && !never && rules && rules->child) {
        *array_add(&schedule->turns) = turns;
        return;
    }
    unsaid(r->m, turns.groups.n ? "it has no hours" : "it has nobody", "schedule '%s', '%s'", schedule->name,
           turns.name);
    turns_finish(&turns);
}

static void take_override_of(struct reading *r, const cJSON *json)
{
    const char *key = get_text(r, json_member(json, "target"), "id"), *add = get_text(r, json, "addUserID"),
               *remove = get_text(r, json, "removeUserID");
    struct moving_schedule *schedule = key ? schedule_of(r->m, key) : schedule_of_file(r, "an override");
    struct moving_override override = {.person = add, .instead = remove};
    override.from = get_instant(r, json, "start", NULL);
    override.until = get_instant(r, json, "end", NULL);
    if (!schedule || override.until <= r->m->now)
        return;
    if (add && remove)
        *array_add(&schedule->overrides) = override;
    else
        unsaid(r->m,
               add ? "somebody more is on call: a rotation{} cannot say that for a while"
                   : "somebody is taken out, and nobody comes in: let somebody type `cover`",
               "schedule %s, an override of %s", schedule->key,
               add      ? add
               : remove ? remove
                        : "nobody");
}

static void take_temporary(struct reading *r, struct moving_schedule *schedule, const cJSON *json)
{
    const cJSON *shift, *shifts = get_list(r, json, "shifts");
    unsaid(r->m, "where it has nobody, whoever is on call otherwise stays",
           "schedule '%s', a temporary schedule", schedule->name);
    cJSON_ArrayForEach(shift, shifts) * array_add(&schedule->overrides) =
        (struct moving_override){.person = need_text(r, shift, "userID"),
                                 .from = get_instant(r, shift, "start", NULL),
                                 .until = get_instant(r, shift, "end", NULL)};
}

static void take_schedule(struct reading *r, const cJSON *json)
{
    const cJSON *row, *targets = get_list(r, json, "targets"), *shifts = get_list(r, json, "shifts"),
                      *temporary = get_list(r, json, "temporarySchedules");
    struct moving_schedule *schedule = schedule_of(r->m, need_text(r, json, "id"));
    schedule->name = need_text(r, json, "name");
    schedule->place = r->document->file;
    schedule->zone = get_zone(r, json, "timeZone", NULL);
    cJSON_ArrayForEach(row, targets) take_assignment(r, schedule, row);
    cJSON_ArrayForEach(row, temporary) take_temporary(r, schedule, row);
    cJSON_ArrayForEach(row, shifts) * array_add(&schedule->finals) = (struct moving_final){
        need_text(r, row, "userID"), get_instant(r, row, "start", NULL), get_instant(r, row, "end", NULL)};
}

/* A rotation can be a target of an escalation, too: then it is a schedule of its own. */
static void take_rotation_row(struct reading *r, const cJSON *json)
{
    need_text(r, json, "id");
}

/* ---- escalations and services ---- */

static const char *rotation_as_schedule(struct reading *r, const char *id, const char *name)
{
    const char *key = keepf(r->m, "rotation %s", id);
    struct moving_schedule *schedule = schedule_of(r->m, key);
    if (schedule->name)
        return key;
    schedule->name = name ? name : id;
    schedule->place = r->document->file;
    schedule->zone = "UTC";
    struct moving_turns turns = {.name = schedule->name, .zone = "UTC"};
    take_named(r, &turns, id, schedule->name);
    schedule->zone = turns.zone;
    *array_add(&schedule->turns) = turns;
    return key;
}

static void take_step(struct reading *r, struct moving_escalation *escalation, const cJSON *json)
{
    const cJSON *target, *targets = get_list(r, json, "targets");
    struct moving_level *level = array_add(&escalation->levels);
    level->after = get_int(r, json, "delayMinutes", 1, 9000, 15) * MINUTE;
    cJSON_ArrayForEach(target, targets)
    {
        const char *type = need_text(r, target, "type"), *id = need_text(r, target, "id");
        if (text_equal(type, "user"))
            *array_add(&level->targets) = (struct moving_target){MOVING_PERSON, id};
        else if (text_equal(type, "schedule"))
            *array_add(&level->targets) = (struct moving_target){MOVING_SCHEDULE, id};
        else if (text_equal(type, "rotation"))
            *array_add(&level->targets) = (struct moving_target){
                MOVING_SCHEDULE, rotation_as_schedule(r, id, get_text(r, target, "name"))};
        else
            unsaid(r->m, "such a target cannot be called", "escalation policy '%s': %s", escalation->name,
                   type);
    }
}

static void take_policy(struct reading *r, const cJSON *json)
{
    const cJSON *step, *steps = get_list(r, json, "steps");
    struct moving_escalation escalation = {
        .key = need_text(r, json, "id"), .name = need_text(r, json, "name"), .place = r->document->file};
    escalation.rounds = (int)get_int(r, json, "repeat", 0, 100, 0) + 1;
    cJSON_ArrayForEach(step, steps) take_step(r, &escalation, step);
    *array_add(&r->m->escalations) = escalation;
}

static void take_service(struct reading *r, const cJSON *json)
{
    struct moving_rule rule = {.name = need_text(r, json, "name"), .place = r->document->file};
    rule.page = get_text(r, json, "escalationPolicyID");
    rule.page = rule.page ? rule.page : get_id(json_member(json, "escalationPolicy"));
    if (!rule.page) {
        unsaid(r->m, "it has no escalation policy", "service '%s'", rule.name);
        return;
    }
    rule_match(&rule, "service", false, rule.name);
    *array_add(&r->m->rules) = rule;
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"id", "userIDs", "shiftLength"}}, take_rotation_row},
        {{{"id", "steps"}}, take_policy},
        {{{"id", "targets", "timeZone"}}, take_schedule},
        {{{"id", "escalationPolicyID"}}, take_service},
        {{{"id", "escalationPolicy"}}, take_service},
        {{{"start", "end", "addUserID"}}, take_override_of},
        {{{"start", "end", "removeUserID"}}, take_override_of},
        {{{"id", "email", "name"}}, take_user},
        {{{"id", "contactMethods"}}, take_user},
    };
    struct reading r = {.m = m, .err = err};
    reading_objects(&r, kinds, ARRAY_SIZE(kinds));
    return r.rc;
}

static const struct moving_marks marks[] = {
    {{"userIDs", "shiftLength"}},
    {{"steps", "repeat"}},
    {{"targets", "timeZone"}},
    {{"escalationPolicyID"}},
    {{"addUserID"}},
    {{"removeUserID"}},
    {{"contactMethods"}},
    {{NULL}},
};
const struct moving_source moving_goalert = {"goalert", "GoAlert", false, read, marks, false};
