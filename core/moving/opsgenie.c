/*
 * Opsgenie, REST API v2, and the files of its own backup tool. Rotations of a schedule add up. The delay of an escalation's rule counts
 * from the creation of the alert.
 */
#include <string.h>

#include "moving/reading.h"
#include "moving/sources.h"

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};

static duration span_of(struct reading *r, const cJSON *span)
{
    static const char *const units[] = {"minutes", "hours", "days", "seconds"};
    static const duration lengths[] = {MINUTE, HOUR, DAY, SECOND};
    int unit = json_member(span, "timeUnit") ? get_word(r, span, "timeUnit", units, ARRAY_SIZE(units)) : 0;
    return get_int(r, span, "timeAmount", 0, 1000000, 0) * lengths[MAX(unit, 0)];
}

/* ---- people ---- */

/* "44-7700900123" is +447700900123. */
static const char *phone_of(struct reading *r, const char *to)
{
    size_t country = strcspn(to, "-");
    return to[country] ? keepf(r->m, "+%.*s%s", (int)country, to, to + country + 1) : to;
}

static void take_contact(struct reading *r, struct moving_person *person, const cJSON *contact)
{
    const char *method = get_text(r, contact, "contactMethod"), *to = get_text(r, contact, "to");
    method = method ? method : get_text(r, contact, "method");
    if (!method || !to)
        return;
    if (text_equal(method, "sms") || text_equal(method, "voice"))
        add_way(r->m, person, "sms", phone_of(r, to));
    else if (!text_equal(method, "email") || !text_equal_nocase(to, person->mail))
        *array_add(&person->notes) = keepf(r->m, "%s %s: set it up anew", method, to);
}

/* Others name them by id, or by the mail address that is their user name. */
static struct moving_person *add_user(struct reading *r, const cJSON *json)
{
    const cJSON *row, *contacts = get_list(r, json, "userContacts");
    const char *mail = need_text(r, json, "username"), *key = get_text(r, json, "id");
    struct moving_person *person = person_of(r->m, key ? key : mail);
    person->missing = false;
    person->mail = mail;
    person->name = get_text(r, json, "fullName");
    person_also(r->m, person, mail);
    cJSON_ArrayForEach(row, contacts) take_contact(r, person, row);
    if (get_bool(json, "blocked"))
        *array_add(&person->notes) = "blocked there";
    return person;
}

static void take_user(struct reading *r, const cJSON *json)
{
    add_user(r, json);
}

static void take_step(struct reading *r, struct moving_person *person, const cJSON *step, const char *only)
{
    static const struct moving_method methods[] = {{"email", "email"}, {"sms", "sms"}, {"voice", "call"}, {0}};
    const cJSON *contact = json_member(step, "contact");
    const char *method = get_text(r, contact, "method"), *to = get_text(r, contact, "to");
    struct moving_notice notice = {.method = method ? method : "?", .address = to, .only = only};
    notice.after = span_of(r, json_member(step, "sendAfter"));
    notice.connector = connector_of(methods, method);
    if (to && notice.connector && !text_equal(method, "email"))
        notice.address = phone_of(r, to);
    *array_add(&person->notices) = notice;
}

/* Only new alerts call anybody; the other rules tell of what happens to them. */
static void take_notices(struct reading *r, struct moving_person *person, const cJSON *rule)
{
    const cJSON *step, *steps = get_list(r, rule, "steps");
    const char *name = need_text(r, rule, "name"), *action = get_text(r, rule, "actionType");
    const char *criteria = get_text(r, json_member(rule, "criteria"), "type");
    bool some = (criteria && !text_equal(criteria, "match-all")) || json_member(rule, "timeRestriction");
    if (!json_bool_or(rule, "enabled", true))
        return;
    bool calls = text_equal(action, "create-alert");
    if (!calls || !steps || !steps->child)
        *array_add(&person->notes) = keepf(r->m, "notification rule '%s'", name);
    cJSON_ArrayForEach(step, steps)
    {
        if (calls && json_bool_or(step, "enabled", true))
            take_step(r, person, step, some ? keepf(r->m, "some alerts (rule '%s')", name) : NULL);
    }
}

static void take_user_backup(struct reading *r, const cJSON *json)
{
    const cJSON *rule, *rules = get_list(r, json, "notificationRuleList");
    struct moving_person *person = add_user(r, json_member(json, "user"));
    cJSON_ArrayForEach(rule, rules) take_notices(r, person, rule);
}

/* "": nobody. */
static const char *key_of(struct reading *r, const cJSON *participant)
{
    const char *id = get_text(r, participant, "id"), *mail = get_text(r, participant, "username");
    return id ? id : mail ? mail : "";
}

/* ---- schedules ---- */

static int64_t restricted(struct reading *r, const cJSON *json, bool weekly, int *ret_day, int *ret_minute)
{
    int64_t opens = get_int(r, json, "startHour", 0, 23, 0) * 60 + get_int(r, json, "startMin", 0, 59, 0);
    int64_t closes = get_int(r, json, "endHour", 0, 24, 0) * 60 + get_int(r, json, "endMin", 0, 59, 0);
    int first = weekly ? get_word(r, json, "startDay", weekdays, ARRAY_SIZE(weekdays)) : 0;
    int last = weekly ? get_word(r, json, "endDay", weekdays, ARRAY_SIZE(weekdays)) : 0;
    int64_t span = weekly ? WEEK_MINUTES : DAY_MINUTES;
    int64_t minutes = ((int64_t)(last - first) * DAY_MINUTES + closes - opens + span) % span;
    *ret_day = first;
    *ret_minute = (int)opens;
    return minutes ? minutes : span;
}

static void take_restrictions(struct reading *r, struct moving_turns *turns, const cJSON *json)
{
    static const char *const types[] = {"time-of-day", "weekday-and-time-of-day"};
    const cJSON *row, *one = json_member(json, "restriction"), *list = get_list(r, json, "restrictions");
    bool weekly = get_word(r, json, "type", types, ARRAY_SIZE(types)) == 1, some = true;
    int day = 0, minute = 0;
    if (cJSON_IsObject(one)) {
        int64_t minutes = restricted(r, one, false, &day, &minute);
        some = minutes < DAY_MINUTES && add_hours_on(turns, EVERY_DAY, minute, minutes);
    }
    cJSON_ArrayForEach(row, list)
    {
        int64_t minutes = restricted(r, row, weekly, &day, &minute);
        if (r->rc)
            return;
        some = (weekly ? add_hours(turns, day, minute, minutes)
                       : minutes < DAY_MINUTES && add_hours_on(turns, EVERY_DAY, minute, minutes)) &&
               some;
    }
    if (!some)
        turns->hours.n = 0;
}

static void take_participant(struct reading *r, struct moving_turns *turns, const cJSON *json,
                             const char *schedule)
{
    const char *type = need_text(r, json, "type");
    moving_texts *group = array_add(&turns->groups);
    if (text_equal(type, "user"))
        *array_add(group) = key_of(r, json);
    else if (!text_equal(type, "none"))
        unsaid(r->m, "a turn of a rotation{} is a person's: put one in the place of nobody",
               "schedule '%s', '%s': the turn of %s '%s'", schedule, turns->name, type,
               json_text_or(json, "name", json_text_or(json, "id", "")));
}

static void take_rotation(struct reading *r, struct moving_schedule *schedule, const cJSON *json)
{
    static const char *const types[] = {"hourly", "daily", "weekly"};
    static const int minutes[] = {60, DAY_MINUTES, WEEK_MINUTES};
    struct moving_turns *turns = array_add(&schedule->turns);
    const cJSON *row, *participants = get_list(r, json, "participants"),
                      *hours = json_member(json, "timeRestriction");
    const char *name = get_text(r, json, "name"), *id = get_text(r, json, "id");
    *turns = (struct moving_turns){.name = name ? name
                                           : id ? id
                                                : "rotation",
                                   .id = id,
                                   .zone = schedule->zone};
    int type = get_word(r, json, "type", types, ARRAY_SIZE(types));
    turns->length = (int)get_int(r, json, "length", 1, 10000, 1) * minutes[MAX(type, 0)];
    turns->from = get_instant(r, json, "startDate", schedule->zone);
    turns->until = get_instant(r, json, "endDate", schedule->zone);
    if (!turns->from)
        fault(r, json, "'startDate' is missing");
    turns->start = wall_of(turns->from, schedule->zone);
    cJSON_ArrayForEach(row, participants) take_participant(r, turns, row, schedule->name);
    if (hours && json_member(hours, "type"))
        take_restrictions(r, turns, hours);
}

static void take_schedule(struct reading *r, const cJSON *json)
{
    const cJSON *row, *rotations = get_list(r, json, "rotations");
    struct moving_schedule *schedule = schedule_of(r->m, need_text(r, json, "id"));
    if (schedule->turns.n)
        return;
    schedule->name = need_text(r, json, "name");
    schedule->place = r->document->file;
    schedule->zone = get_zone(r, json, "timezone", NULL);
    cJSON_ArrayForEach(row, rotations) take_rotation(r, schedule, row);
    const cJSON *enabled = json_member(json, "enabled");
    if (cJSON_IsFalse(enabled))
        unsaid(r->m, "it is switched off there, and written as if it were on", "schedule '%s'", schedule->name);
}

/* What belongs to a schedule says so in `_parent`, or by the name of its file. */
static struct moving_schedule *parent_of(struct reading *r, const cJSON *json, const char *what)
{
    const char *id = get_id(json_member(json, "_parent"));
    return id ? schedule_of(r->m, id) : schedule_of_file(r, what);
}

static void take_override(struct reading *r, const cJSON *json)
{
    struct moving_schedule *schedule = parent_of(r, json, "an override");
    const cJSON *row, *rotations = get_list(r, json, "rotations");
    const char *zone = schedule && schedule->zone ? schedule->zone : "UTC";
    if (!schedule)
        return;
    struct moving_override *override = array_add(&schedule->overrides);
    *override = (struct moving_override){.person = key_of(r, json_member(json, "user")),
                                         .from = get_instant(r, json, "startDate", zone),
                                         .until = get_instant(r, json, "endDate", zone)};
    cJSON_ArrayForEach(row, rotations)
    {
        const char *id = get_id(row);
        if (id)
            *array_add(&override->turns) = id;
    }
}

static void take_period(struct reading *r, struct moving_schedule *schedule, const cJSON *period)
{
    const cJSON *recipient = json_member(period, "recipient");
    if (recipient && text_equal(json_text_or(recipient, "type", "user"), "user"))
        *array_add(&schedule->finals) =
            (struct moving_final){key_of(r, recipient), get_instant(r, period, "startDate", "UTC"),
                                  get_instant(r, period, "endDate", "UTC")};
}

static void take_timeline(struct reading *r, const cJSON *json)
{
    struct moving_schedule *schedule = parent_of(r, json, "a timeline");
    const cJSON *rotation, *period, *rotations = json_member(json_member(json, "finalTimeline"), "rotations");
    cJSON_ArrayForEach(rotation, rotations)
    {
        cJSON_ArrayForEach(period, get_list(r, rotation, "periods"))
        {
            if (schedule)
                take_period(r, schedule, period);
        }
    }
}

/* ---- escalations, teams, silences ---- */

static void take_recipient(struct reading *r, const struct moving_escalation *escalation,
                           struct moving_level *level, const cJSON *rule)
{
    static const char *const kinds[] = {"user", "schedule", "team"};
    const cJSON *recipient = json_member(rule, "recipient");
    const char *type = need_text(r, recipient, "type"), *notify = get_text(r, rule, "notifyType");
    const char *condition = get_text(r, rule, "condition");
    size_t kind = 0;
    while (kind < ARRAY_SIZE(kinds) && !text_equal(type, kinds[kind]))
        kind++;
    if (kind == ARRAY_SIZE(kinds) || (!get_text(r, recipient, "id") && kind))
        unsaid(r->m, "such a recipient cannot be called", "escalation '%s': %s '%s'", escalation->name, type,
               json_text_or(recipient, "name", ""));
    else
        *array_add(&level->targets) = (struct moving_target){
            (enum moving_kind[]){MOVING_PERSON, MOVING_SCHEDULE, MOVING_TEAM}[kind], key_of(r, recipient)};
    if (notify && !text_equal(notify, "default") && !text_equal(notify, "all") && !text_equal(notify, "users"))
        unsaid(r->m, "whoever is on call is called", "escalation '%s': notify %s", escalation->name, notify);
    if (condition && !text_equal(condition, "if-not-acked"))
        unsaid(r->m, "a page ends when it is acknowledged", "escalation '%s': %s", escalation->name, condition);
}

/* Delays count from the alert: rules with the same one are a level, and a level waits until the next. */
static void take_rule(struct reading *r, struct moving_escalation *escalation, const cJSON *rule,
                      duration *ret_delay)
{
    duration after = span_of(r, json_member(rule, "delay"));
    size_t n = escalation->levels.n;
    if (!n && after)
        unsaid(r->m,
               keepf(r->m, "the first level is called at once, not after %lld minutes",
                     (long long)(after / MINUTE)),
               "escalation '%s'", escalation->name);
    if (n && after < *ret_delay)
        unsaid(r->m, "its rules are not in the order of their delays: check the levels", "escalation '%s'",
               escalation->name);
    if (n && after > *ret_delay)
        escalation->levels.v[n - 1].after = after - *ret_delay;
    if (!n || after > *ret_delay)
        *array_add(&escalation->levels) = (struct moving_level){.after = 10 * MINUTE};
    *ret_delay = n ? MAX(after, *ret_delay) : after;
    take_recipient(r, escalation, &escalation->levels.v[escalation->levels.n - 1], rule);
}

static void take_escalation(struct reading *r, const cJSON *json)
{
    const cJSON *rule, *rules = get_list(r, json, "rules"), *repeat = json_member(json, "repeat");
    struct moving_escalation *escalation = array_add(&r->m->escalations);
    duration delay = 0;
    *escalation = (struct moving_escalation){
        .key = need_text(r, json, "id"), .name = need_text(r, json, "name"), .place = r->document->file};
    cJSON_ArrayForEach(rule, rules) take_rule(r, escalation, rule, &delay);
    int64_t wait = get_int(r, repeat, "waitInterval", 0, 100000, 0);
    escalation->rounds = (int)get_int(r, repeat, "count", 0, 100, 0) + 1;
    if (wait && escalation->levels.n)
        escalation->levels.v[escalation->levels.n - 1].after = wait * MINUTE;
}

static void take_team(struct reading *r, const cJSON *json)
{
    const cJSON *member, *members = get_list(r, json, "members");
    struct moving_team *team = team_of(r->m, need_text(r, json, "id"));
    team->name = need_text(r, json, "name");
    team->place = r->document->file;
    team->people.n = 0;
    cJSON_ArrayForEach(member, members) * array_add(&team->people) = key_of(r, json_member(member, "user"));
}

static void take_forwarding(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "type `cover` for that time", "forwarding from %s to %s",
           json_text_or(json_member(json, "fromUser"), "username", "?"),
           json_text_or(json_member(json, "toUser"), "username", "?"));
}

static void take_maintenance(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "it is about integrations, which the policy does not know: mute by hand", "maintenance '%s'",
           json_text_or(json, "description", need_text(r, json, "id")));
}

static void take_other(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "write rules by hand", "%s '%s'", json_text_or(json, "type", "policy"),
           need_text(r, json, "name"));
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"username", "role"}}, take_user},
        {{{"user", "notificationRuleList"}}, take_user_backup},
        {{{"username", "fullName"}}, take_user},
        {{{"finalTimeline"}}, take_timeline},
        {{{"user", "startDate", "endDate"}}, take_override},
        {{{"rotations", "name"}}, take_schedule},
        {{{"rules", "name", "id"}}, take_escalation},
        {{{"members", "name"}}, take_team},
        {{{"fromUser", "toUser"}}, take_forwarding},
        {{{"rules", "time"}}, take_maintenance},
        {{{"type", "name", "enabled"}}, take_other},
    };
    struct reading r = {.m = m, .err = err};
    reading_objects(&r, kinds, ARRAY_SIZE(kinds));
    return r.rc;
}

static const struct moving_marks marks[] = {
    {{"username", "fullName"}},
    {{"user", "notificationRuleList"}},
    {{"finalTimeline"}},
    {{"participants", "startDate"}},
    {{"user", "startDate", "endDate"}},
    {{"notifyType", "recipient"}},
    {{"fromUser", "toUser"}},
    {{NULL}},
};
const struct moving_source moving_opsgenie = {"opsgenie", "Opsgenie", false, read, marks, false};
