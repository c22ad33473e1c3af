/*
 * Grafana OnCall, public API v1. The highest level of a schedule wins, equal ones add up. A shift's start is local time, without a zone.
 * A week begins on week_start, and so does the next turn; with days chosen, a daily turn counts these days only.
 */
#include <string.h>

#include "moving/reading.h"
#include "moving/sources.h"

#define OVERRIDES 99 /* above all levels */

/* ---- people and teams ---- */

static void take_user(struct reading *r, const cJSON *json)
{
    const cJSON *row, *slack = json_member(json, "slack"), *teams = get_list(r, json, "teams");
    struct moving_person *person = person_of(r->m, need_text(r, json, "id"));
    person->missing = false;
    person->mail = get_text(r, json, "email");
    person->name = get_text(r, json, "name");
    person->name = person->name ? person->name : get_text(r, json, "username");
    slack = cJSON_IsArray(slack) ? slack->child : slack;
    const char *id = get_text(r, slack, "user_id"), *phone = get_text(r, json, "phone_number");
    if (id)
        add_way(r->m, person, "slack", id);
    if (phone)
        add_way(r->m, person, "sms", phone);
    cJSON_ArrayForEach(row, teams)
    {
        if (cJSON_IsString(row))
            *array_add(&team_of(r->m, row->valuestring)->people) = person->key;
    }
}

/* The steps of somebody follow each other; those marked important are a list of their own. */
static duration waited(const struct moving_person *person, const char *only)
{
    duration after = 0;
    for (size_t i = 0; i < person->notices.n; i++) {
        if (text_equal(person->notices.v[i].only, only))
            after = person->notices.v[i].after;
    }
    return after;
}

static void take_notice(struct reading *r, const cJSON *json)
{
    static const struct moving_method methods[] = {{"notify_by_slack", "slack"},
                                                   {"notify_by_sms", "sms"},
                                                   {"notify_by_phone_call", "call"},
                                                   {"notify_by_email", "email"},
                                                   {"wait", ""},
                                                   {0}};
    struct moving_person *person = person_of(r->m, need_text(r, json, "user_id"));
    struct moving_notice notice = {.method = need_text(r, json, "type")};
    notice.only = get_bool(json, "important") ? "important" : NULL;
    notice.after = waited(person, notice.only);
    notice.connector = connector_of(methods, notice.method);
    if (text_equal(notice.connector, ""))
        notice.after += get_int(r, json, "duration", 0, 1000000, 0) * SECOND;
    *array_add(&person->notices) = notice;
}

static void take_team(struct reading *r, const cJSON *json)
{
    struct moving_team *team = team_of(r->m, need_text(r, json, "id"));
    team->name = need_text(r, json, "name");
    team->place = r->document->file;
}

/* ---- shifts ---- */

enum frequency { HOURLY, DAILY, WEEKLY, MONTHLY };

struct shift_read {
    const char *name, *zone;
    instant from;      /* its start, as written */
    struct wall start; /* of its turns: a date, and the minute of the day */
    int64_t minutes;   /* how long it lasts */
    int frequency;
    int64_t interval;
    unsigned days;  /* bit 0 is Sunday; 0: none chosen */
    int week_start; /* 0 is Sunday */
};

static int read_day(struct reading *r, const cJSON *at, const char *text)
{
    static const char *const days[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
        if (text_equal_nocase(text, days[i]))
            return (int)i;
    }
    fault(r, at, "'%.20s' is not a day; write MO, TU, WE, TH, FR, SA or SU", text ? text : "");
    return 0;
}

/* The first of the chosen days in a week. */
static int first_day(const struct shift_read *s)
{
    int first = s->week_start;
    while (!(s->days & 1u << first))
        first = (first + 1) % 7;
    return first;
}

static void move_start(struct shift_read *s, int days)
{
    s->start.day += days;
    s->start = wall_of(zone_from_wall(&s->start, NULL), NULL);
}

/* How long a turn is, and in which hours of it there is somebody. NULL, or why that cannot be said. */
static const char *set_turns(struct shift_read *s, struct moving_turns *turns)
{
    static const int units[] = {60, DAY_MINUTES, WEEK_MINUTES};
    if (s->frequency == MONTHLY)
        return "monthly turns";
    int64_t period = units[s->frequency] * s->interval;
    unsigned days = s->days ? s->days : s->frequency == WEEKLY ? 1u << s->start.weekday : EVERY_DAY;
    turns->length = (int)MIN(period, INT32_MAX);
    if (s->minutes >= period && !s->days)
        return NULL;
    if (s->frequency == WEEKLY && s->interval == 1) {
        if (s->days) /* a turn is what is chosen of a week */
            move_start(s, -((s->start.weekday - first_day(s) + 7) % 7));
        add_hours_on(turns, days, s->start.minute, s->minutes);
    } else if (s->frequency == DAILY && (s->interval == 1 || s->days)) {
        turns->skips = s->days && s->days != EVERY_DAY;
        if (!(days & 1u << s->start.weekday)) /* it begins with the first one chosen */
            move_start(s, (first_day(s) - s->start.weekday + 7) % 7);
        add_hours_on(turns, days, s->start.minute, MIN(s->minutes, DAY_MINUTES));
    } else if (s->frequency == HOURLY && !s->days && period < DAY_MINUTES && DAY_MINUTES % period == 0) {
        for (int64_t at = 0; at < DAY_MINUTES; at += period)
            add_hours_on(turns, EVERY_DAY, (int)((s->start.minute + at) % DAY_MINUTES), s->minutes);
    } else {
        return "it recurs less often than every week, or with hours that differ from day to day";
    }
    return NULL;
}

static void take_users(struct reading *r, struct moving_turns *turns, const cJSON *users)
{
    const cJSON *user;
    moving_texts *group = array_add(&turns->groups);
    cJSON_ArrayForEach(user, users)
    {
        if (cJSON_IsString(user))
            *array_add(group) = user->valuestring;
        else
            fault(r, user, "this must be the id of a user");
    }
}

/* From the group with that index on. Empty ones take no turns. */
static void take_groups(struct reading *r, struct moving_turns *turns, const cJSON *groups, int64_t first)
{
    int n = cJSON_GetArraySize(groups);
    const cJSON *group = cJSON_GetArrayItem(groups, (int)(first % n));
    for (int i = 0; i < n; i++, group = group->next ? group->next : groups->child) {
        if (cJSON_GetArraySize(group))
            take_users(r, turns, group);
    }
}

static void add_overrides(struct reading *r, struct moving_schedule *schedule, const cJSON *users, instant from,
                          int64_t minutes)
{
    const cJSON *user;
    if (cJSON_GetArraySize(users) > 1)
        unsaid(r->m, "an override is for one person: only the first is written", "schedule '%s', an override",
               schedule->name);
    user = users ? users->child : NULL;
    if (user && user->valuestring)
        *array_add(&schedule->overrides) = (struct moving_override){
            .person = user->valuestring, .from = from, .until = from + minutes * MINUTE};
}

static void read_shift(struct reading *r, const cJSON *json, const char *zone, struct shift_read *s)
{
    static const char *const frequencies[] = {"hourly", "daily", "weekly", "monthly"};
    const cJSON *day, *days = get_list(r, json, "by_day");
    *s = (struct shift_read){.name = get_text(r, json, "name"), .zone = get_zone(r, json, "time_zone", zone)};
    s->name = s->name ? s->name : need_text(r, json, "id");
    s->from = get_instant(r, json, "start", s->zone);
    if (!s->from)
        fault(r, json, "'start' is missing");
    s->start = wall_of(s->from, s->zone);
    s->minutes = get_int(r, json, "duration", 60, 366 * 86400, 86400) / 60;
    if (get_text(r, json, "frequency"))
        s->frequency = MAX(get_word(r, json, "frequency", frequencies, ARRAY_SIZE(frequencies)), 0);
    s->interval = get_int(r, json, "interval", 1, 1000, 1);
    const char *week = get_text(r, json, "week_start");
    s->week_start = week ? read_day(r, json_member(json, "week_start"), week) : 1;
    cJSON_ArrayForEach(day, days) s->days |= 1u << read_day(r, day, cJSON_GetStringValue(day));
}

static void add_shift(struct reading *r, struct moving_schedule *schedule, const cJSON *json)
{
    static const char *const types[] = {"rolling_users", "recurrent_event", "single_event", "override"};
    struct shift_read s;
    int type = get_word(r, json, "type", types, ARRAY_SIZE(types));
    const cJSON *users = get_list(r, json, "users"), *groups = get_list(r, json, "rolling_users");
    read_shift(r, json, schedule->zone, &s);
    if (r->rc)
        return;
    if (type == 3) {
        add_overrides(r, schedule, users ? users : groups ? groups->child : NULL, s.from, s.minutes);
        return;
    }
    struct moving_turns turns = {.name = s.name, .zone = s.zone, .from = s.from, .length = WEEK_MINUTES};
    turns.rank = (int)get_int(r, json, "level", 0, OVERRIDES - 1, 0);
    turns.until = type == 2 ? s.from + s.minutes * MINUTE : get_instant(r, json, "until", "UTC");
    bool limited = json_member(json, "by_month") || json_member(json, "by_monthday");
    const char *why = type == 2 ? NULL
                      : limited ? "it is limited to months or days of the month"
                                : set_turns(&s, &turns);
    turns.start = s.start;
    if (why) {
        unsaid(r->m, why, "schedule '%s', shift '%s'", schedule->name, s.name);
        array_free(&turns.hours);
        return;
    }
    if (type == 0 && groups && groups->child)
        take_groups(r, &turns, groups, get_int(r, json, "start_rotation_from_user_index", 0, 100000, 0));
    else
        take_users(r, &turns, users);
    *array_add(&schedule->turns) = turns;
}

/* ---- schedules: they name their shifts ---- */

static void take_shift_of(struct reading *r, struct moving_schedule *schedule, const char *id)
{
    const cJSON *json;
    const struct moving_document *mine = r->document, *document = find_object(r->m, "duration", id, &json);
    if (!document) {
        unsaid(r->m, "not among the on_call_shifts of the export", "schedule '%s', shift %s", schedule->name,
               id);
        return;
    }
    r->document = document;
    add_shift(r, schedule, json);
    r->document = mine;
}

static void take_schedule(struct reading *r, const cJSON *json)
{
    const cJSON *shift, *shifts = get_list(r, json, "shifts");
    struct moving_schedule *schedule = schedule_of(r->m, need_text(r, json, "id"));
    schedule->name = need_text(r, json, "name");
    schedule->place = r->document->file;
    schedule->zone = get_zone(r, json, "time_zone", "UTC");
    if (get_text(r, json, "ical_url_primary") || get_text(r, json, "ical_url_overrides"))
        unsaid(r->m, "shifts of an iCalendar address: write a rotation{} by hand", "schedule '%s'",
               schedule->name);
    cJSON_ArrayForEach(shift, shifts)
    {
        if (cJSON_IsString(shift))
            take_shift_of(r, schedule, shift->valuestring);
    }
}

static void take_shift(struct reading *r, const cJSON *json)
{
    (void)r;
    (void)json; /* its schedule takes it */
}

static void take_final(struct reading *r, const cJSON *json)
{
    const char *id = get_text(r, json, "schedule");
    struct moving_schedule *schedule = id ? schedule_of(r->m, id) : schedule_of_file(r, "a final shift");
    if (schedule)
        *array_add(&schedule->finals) =
            (struct moving_final){need_text(r, json, "user_pk"), get_instant(r, json, "shift_start", "UTC"),
                                  get_instant(r, json, "shift_end", "UTC")};
}

/* ---- escalations ---- */

static struct moving_escalation *escalation_of(struct moving *m, const char *key)
{
    for (size_t i = 0; i < m->escalations.n; i++) {
        if (text_equal(m->escalations.v[i].key, key))
            return &m->escalations.v[i];
    }
    struct moving_escalation *escalation = array_add(&m->escalations);
    *escalation = (struct moving_escalation){.key = key, .rounds = 1};
    return escalation;
}

static void take_chain(struct reading *r, const cJSON *json)
{
    struct moving_escalation *escalation = escalation_of(r->m, need_text(r, json, "id"));
    escalation->name = need_text(r, json, "name");
    escalation->place = r->document->file;
}

/* Steps until the next wait are one level. */
static struct moving_level *level_of(struct moving_escalation *escalation)
{
    size_t n = escalation->levels.n;
    if (!n || escalation->levels.v[n - 1].after)
        return array_add(&escalation->levels);
    return &escalation->levels.v[n - 1];
}

static void take_persons(struct moving_escalation *escalation, const cJSON *persons)
{
    const cJSON *person;
    cJSON_ArrayForEach(person, persons)
    {
        if (cJSON_IsString(person))
            *array_add(&level_of(escalation)->targets) =
                (struct moving_target){MOVING_PERSON, person->valuestring};
    }
}

static void take_step(struct reading *r, const cJSON *json)
{
    struct moving_escalation *escalation = escalation_of(r->m, need_text(r, json, "escalation_chain_id"));
    const char *type = need_text(r, json, "type");
    const char *schedule = get_text(r, json, "notify_on_call_from_schedule"),
               *team = get_text(r, json, "notify_team_members");
    const cJSON *persons = get_list(r, json, "persons_to_notify");
    persons = persons ? persons : get_list(r, json, "persons_to_notify_next_each_time");
    size_t n = escalation->levels.n;
    if (text_equal(type, "wait") && n) {
        escalation->levels.v[n - 1].after += get_int(r, json, "duration", 0, 86400, 0) * SECOND;
    } else if (text_equal(type, "repeat_escalation")) {
        escalation->rounds = 6; /* it repeats five times */
    } else if (schedule) {
        *array_add(&level_of(escalation)->targets) = (struct moving_target){MOVING_SCHEDULE, schedule};
    } else if (team) {
        *array_add(&level_of(escalation)->targets) = (struct moving_target){MOVING_TEAM, team};
    } else if (persons) {
        take_persons(escalation, persons);
        if (text_equal(type, "notify_person_next_each_time"))
            unsaid(r->m, "all of them are called, as the policy has no round robin", "escalation chain %s: %s",
                   escalation->key, type);
    } else {
        unsaid(r->m, "such a step cannot be written", "escalation chain %s: %s", escalation->key, type);
    }
}

static void take_route(struct reading *r, const cJSON *json)
{
    const char *pattern = get_text(r, json, "routing_regex"), *chain = get_text(r, json, "escalation_chain_id");
    unsaid(r->m,
           keepf(r->m, "its pattern is about the payload, which rules do not see; write one with page = '%s'",
                 chain ? chain : "nobody"),
           "route %s (%s)", need_text(r, json, "id"), pattern ? pattern : "the last one");
}

static void take_integration(struct reading *r, const cJSON *json)
{
    unsaid(r->m, "make a source in tocsin.lua for it, and rules for its routes", "integration '%s'",
           need_text(r, json, "name"));
}

static int read(struct moving *m, struct error *err)
{
    static const struct moving_object kinds[] = {
        {{{"id", "username", "email"}}, take_user},
        {{{"user_pk", "shift_start"}}, take_final},
        {{{"id", "escalation_chain_id", "type"}}, take_step},
        {{{"id", "routing_type"}}, take_route},
        {{{"id", "routing_regex"}}, take_route},
        {{{"id", "user_id", "type"}}, take_notice},
        {{{"id", "duration", "start"}}, take_shift},
        {{{"id", "shifts"}}, take_schedule},
        {{{"id", "ical_url_primary"}}, take_schedule},
        {{{"id", "default_route"}}, take_integration},
        {{{"id", "name", "avatar_url"}}, take_team},
        {{{"id", "name"}}, take_chain},
    };
    struct reading r = {.m = m, .err = err};
    reading_objects(&r, kinds, ARRAY_SIZE(kinds));
    return r.rc;
}

static const struct moving_marks marks[] = {
    {{"id", "username", "email"}},
    {{"user_pk", "shift_start"}},
    {{"escalation_chain_id"}},
    {{"routing_type"}},
    {{"routing_regex"}},
    {{"user_id", "important"}},
    {{"duration", "start", "type"}},
    {{"ical_url_primary"}},
    {{"default_route"}},
    {{NULL}},
};
const struct moving_source moving_oncall = {"oncall", "Grafana OnCall", false, read, marks, false};
