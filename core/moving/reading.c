#include "moving/reading.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- errors that name a place ---- */

/* Adds the way from `node` to `wanted`: "schedules[2].start". */
static bool add_path(const cJSON *node, const cJSON *wanted, struct str *out)
{
    size_t before = out->len, i = 0;
    for (const cJSON *child = node->child; child; child = child->next, i++) {
        if (cJSON_IsArray(node))
            str_addf(out, "[%zu]", i);
        else
            str_addf(out, "%s%.60s", out->len ? "." : "", child->string);
        if (child == wanted || add_path(child, wanted, out))
            return true;
        out->p[out->len = before] = '\0';
    }
    return false;
}

void fault(struct reading *r, const cJSON *at, const char *format, ...)
{
    CLEANUP_STR struct str path = {0}, text = {0}, line = {0};
    va_list args;
    if (r->rc)
        return;
    str_add(&path, "");
    str_reserve(&path, 1);
    add_path(r->document->json, at, &path);
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    if (r->document->line > 1)
        str_addf(&line, ", in what begins in line %zu", r->document->line);
    r->rc = error_set(r->err, ERR_INVALID, "%s%s: %s%s%s", r->document->file, str_text(&line), str_text(&path),
                      path.len ? ": " : "", text.p);
}

/* ---- texts of the model ---- */

const char *keep(struct moving *m, char *text)
{
    *array_add(&m->kept) = text;
    return text;
}

const char *keepf(struct moving *m, const char *format, ...)
{
    struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    return keep(m, str_take(&text));
}

void unsaid(struct moving *m, const char *why, const char *format, ...)
{
    struct str name = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&name, format, args);
    va_end(args);
    *array_add(&m->unsaid) = (struct moving_unsaid){keep(m, str_take(&name)), why};
}

/* ---- objects ---- */

static bool has(const cJSON *object, const char *what)
{
    const char *equals = strchr(what, '=');
    CLEANUP_FREE char *name = xstrndup(what, equals ? (size_t)(equals - what) : strlen(what));
    const cJSON *member = json_member(object, name);
    return equals ? cJSON_IsString(member) && strcmp(member->valuestring, equals + 1) == 0 : member != NULL;
}

bool is_marked(const cJSON *node, const struct moving_marks *marks)
{
    bool all = cJSON_IsObject(node);
    for (size_t i = 0; i < ARRAY_SIZE(marks->has) && marks->has[i] && all; i++)
        all = has(node, marks->has[i]);
    return all;
}

struct walk {
    struct reading *r;
    const struct moving_object *kinds;
    size_t n;
    size_t first; /* the kind of the first object of the document; n: it has none */
};

static void walk_in(struct walk *walk, const cJSON *node)
{
    size_t kind = 0;
    while (kind < walk->n && !is_marked(node, &walk->kinds[kind].marks))
        kind++;
    if (kind < walk->n) {
        walk->first = MIN(walk->first, kind);
        walk->kinds[kind].take(walk->r, node);
        return;
    }
    for (const cJSON *child = node->child; child && !walk->r->rc; child = child->next)
        walk_in(walk, child);
}

static bool has_next_page(const cJSON *json)
{
    return get_bool(json, "more") || json_text_or(json, "next", NULL) ||
           json_text_or(json_member(json, "paging"), "next", NULL);
}

static void note_unknown(struct reading *r)
{
    CLEANUP_STR struct str names = {0};
    const cJSON *child = r->document->json->child;
    for (int i = 0; child && child->string && i < 5; child = child->next, i++)
        str_addf(&names, "%s%.40s", i ? ", " : "", child->string);
    bool empty = cJSON_IsArray(r->document->json) && !child;
    for (const cJSON *member = r->document->json->child; member && !empty; member = member->next)
        empty = cJSON_IsArray(member) && !member->child;
    if (!empty)
        unsaid(r->m, "nothing in it is known", "%s, from line %zu (%s)", r->document->file, r->document->line,
               str_text(&names));
}

void reading_objects(struct reading *r, const struct moving_object *kinds, size_t n)
{
    CLEANUP_FREE bool *cut = xcalloc(n + 1, sizeof(bool)), *ended = xcalloc(n + 1, sizeof(bool));
    for (size_t i = 0; i < r->m->documents.n && !r->rc; i++) {
        r->document = &r->m->documents.v[i];
        struct walk walk = {r, kinds, n, n};
        walk_in(&walk, r->document->json);
        bool more = has_next_page(r->document->json);
        cut[walk.first] |= more;
        ended[walk.first] |= !more;
        if (walk.first == n && !r->rc)
            note_unknown(r);
    }
    for (size_t i = 0; i < n && !r->rc; i++) {
        if (cut[i] && !ended[i])
            unsaid(r->m, "the last page of this list is missing: fetch all of its pages", "the list of %s",
                   kinds[i].marks.has[0]);
    }
}

static const cJSON *find_in(const cJSON *node, const char *has, const char *id)
{
    const cJSON *found = NULL;
    if (cJSON_IsObject(node) && json_member(node, has) && text_equal(get_id(node), id))
        return node;
    for (const cJSON *child = node->child; child && !found; child = child->next)
        found = find_in(child, has, id);
    return found;
}

const struct moving_document *find_object(const struct moving *m, const char *has, const char *id,
                                          const cJSON **ret)
{
    for (size_t i = 0; i < m->documents.n; i++) {
        *ret = find_in(m->documents.v[i].json, has, id);
        if (*ret)
            return &m->documents.v[i];
    }
    return NULL;
}

/* ---- getters ---- */

const char *get_text(struct reading *r, const cJSON *object, const char *name)
{
    const cJSON *member = json_member(object, name);
    if (!member || r->rc)
        return NULL;
    if (cJSON_IsNumber(member))
        return keepf(r->m, "%.15g", member->valuedouble);
    if (!cJSON_IsString(member)) {
        fault(r, member, "this must be a text");
        return NULL;
    }
    if (strlen(member->valuestring) > MOVING_TEXT) {
        fault(r, member, "this text has more than %d bytes; shorten it in the file", MOVING_TEXT);
        return NULL;
    }
    return text_empty(member->valuestring) ? NULL : member->valuestring;
}

const char *need_text(struct reading *r, const cJSON *object, const char *name)
{
    const char *text = get_text(r, object, name);
    if (!text)
        fault(r, object, "'%s' is missing", name);
    return text ? text : "";
}

int64_t get_int(struct reading *r, const cJSON *object, const char *name, int64_t least, int64_t most,
                int64_t fallback)
{
    const cJSON *member = json_member(object, name);
    if (!member || r->rc)
        return fallback;
    char *end = NULL;
    double value = cJSON_IsNumber(member)                           ? member->valuedouble
                   : cJSON_IsString(member) && *member->valuestring ? strtod(member->valuestring, &end)
                                                                    : (double)least - 1;
    bool whole =
        (!end || !*end) && value >= (double)least && value <= (double)most && value == (double)(int64_t)value;
    if (!whole)
        fault(r, member, "this must be a whole number from %lld to %lld", (long long)least, (long long)most);
    return whole ? (int64_t)value : fallback;
}

bool get_bool(const cJSON *object, const char *name)
{
    const cJSON *member = json_member(object, name);
    return cJSON_IsTrue(member) || (cJSON_IsString(member) && text_equal_nocase(member->valuestring, "true"));
}

const cJSON *get_list(struct reading *r, const cJSON *object, const char *name)
{
    const cJSON *member = json_member(object, name);
    if (member && !cJSON_IsArray(member))
        fault(r, member, "this must be a list");
    return r->rc ? NULL : member;
}

const char *get_id(const cJSON *reference)
{
    return json_text_or(reference, "id", NULL);
}

static bool parse_wall(const char *text, struct wall *ret)
{
    int end = 0, second = 0;
    char t;
    *ret = (struct wall){0};
    int n = sscanf(text, "%4d-%2d-%2d%c%2d:%2d%n:%2d%n", &ret->year, &ret->month, &ret->day, &t, &ret->hour,
                   &ret->minute, &end, &second, &end);
    return n >= 6 && !text[end] && (t == 'T' || t == ' ') && ret->year >= 1970 && ret->year <= 9999 &&
           ret->month >= 1 && ret->month <= 12 && ret->day >= 1 && ret->day <= 31 && ret->hour < 24 &&
           ret->hour >= 0 && ret->minute < 60 && ret->minute >= 0 &&
           strspn(text, "0123456789-T: ") == strlen(text);
}

/* Tools that know no "never" write a year far away. */
static instant bounded(instant t)
{
    return MIN(MAX(t, 1), MOVING_NEVER);
}

instant get_instant(struct reading *r, const cJSON *object, const char *name, const char *zone)
{
    const char *text = get_text(r, object, name);
    struct wall wall;
    instant t = 0;
    if (!text || instant_parse(text, &t, NULL) == 0)
        return text ? bounded(t) : 0;
    if (zone && parse_wall(text, &wall))
        return wall.year >= 2100 ? MOVING_NEVER : bounded(zone_from_wall(&wall, zone));
    fault(r, json_member(object, name), "'%.40s' is not a time; write it as 2026-11-30T09:00:00Z", text);
    return 0;
}

const char *get_zone(struct reading *r, const cJSON *object, const char *name, const char *fallback)
{
    const char *text = get_text(r, object, name), *zone = text ? zone_of_name(text) : fallback;
    if (!zone && text)
        fault(r, json_member(object, name), "'%.60s' is not a time zone; write one such as Europe/London",
              text);
    else if (!zone)
        fault(r, object, "'%s' is missing: a time zone such as Europe/London", name);
    return zone ? zone : "UTC";
}

int get_clock(struct reading *r, const cJSON *object, const char *name)
{
    const char *text = need_text(r, object, name);
    int hour = 0, minute = 0, second = 0, end = 0;
    int n = sscanf(text, "%2d:%2d%n:%2d%n", &hour, &minute, &end, &second, &end);
    bool shaped = n >= 2 && !text[end] && strspn(text, "0123456789:") == strlen(text);
    if (!shaped || minute > 59 || second > 59 || hour > 24 || (hour == 24 && minute))
        fault(r, json_member(object, name), "'%.40s' is not a time of day; write it as 09:00", text);
    return r->rc ? 0 : hour * 60 + minute;
}

int get_word(struct reading *r, const cJSON *object, const char *name, const char *const *words, size_t n)
{
    const char *text = need_text(r, object, name);
    for (size_t i = 0; i < n && !r->rc; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return (int)i;
    }
    fault(r, json_member(object, name), "'%.40s' is not known here", text);
    return -1;
}

/* ---- rows ---- */

struct moving_person *person_of(struct moving *m, const char *key)
{
    size_t place = (size_t)(uintptr_t)map_get(&m->persons, key);
    if (place)
        return &m->people.v[place - 1];
    struct moving_person *person = array_add(&m->people);
    *person = (struct moving_person){.key = key, .missing = true};
    map_put(&m->persons, key, (void *)(uintptr_t)m->people.n);
    return person;
}

void person_also(struct moving *m, const struct moving_person *person, const char *key)
{
    if (!map_get(&m->persons, key))
        map_put(&m->persons, key, (void *)(uintptr_t)(person - m->people.v + 1));
}

struct moving_schedule *schedule_known(const struct moving *m, const char *key)
{
    for (size_t i = 0; i < m->schedules.n; i++) {
        if (text_equal(m->schedules.v[i].key, key))
            return &m->schedules.v[i];
    }
    return NULL;
}

struct moving_schedule *schedule_of(struct moving *m, const char *key)
{
    struct moving_schedule *schedule = schedule_known(m, key);
    if (schedule)
        return schedule;
    schedule = array_add(&m->schedules);
    schedule->key = key;
    return schedule;
}

struct moving_schedule *schedule_of_file(struct reading *r, const char *what)
{
    const char *slash = strrchr(r->document->file, '/'), *name = slash ? slash + 1 : r->document->file;
    for (size_t i = 0; i < r->m->schedules.n; i++) {
        if (strstr(name, r->m->schedules.v[i].key))
            return &r->m->schedules.v[i];
    }
    unsaid(r->m, "it does not say of which schedule; put the schedule's id into the name of the file",
           "%s of %s", what, r->document->file);
    return NULL;
}

void add_way(struct moving *m, struct moving_person *person, const char *connector, const char *address)
{
    for (size_t i = 0; i < person->ways.n; i++) {
        if (text_equal(person->ways.v[i].connector, connector) &&
            !text_equal(person->ways.v[i].address, address)) {
            *array_add(&person->notes) = keepf(m, "also %s %s", connector, address);
            return;
        }
        if (text_equal(person->ways.v[i].connector, connector))
            return;
    }
    *array_add(&person->ways) = (struct moving_way){connector, address};
}

/* ---- hours ---- */

/* Days with the same hours are one row. */
static void add_slice(struct moving_turns *turns, unsigned days, int opens, int closes)
{
    for (size_t i = 0; i < turns->hours.n; i++) {
        if (turns->hours.v[i].opens == opens && turns->hours.v[i].closes == closes) {
            turns->hours.v[i].days |= days;
            return;
        }
    }
    *array_add(&turns->hours) = (struct moving_hours){days, opens, closes};
}

bool add_hours(struct moving_turns *turns, int weekday, int minute, int64_t minutes)
{
    if (minutes >= WEEK_MINUTES)
        return false;
    if (minutes < DAY_MINUTES) {
        int64_t closes = minute + minutes;
        add_slice(turns, 1u << weekday, minute, (int)(closes > DAY_MINUTES ? closes - DAY_MINUTES : closes));
        return true;
    }
    for (int64_t left = minutes + minute; left > 0;
         left -= DAY_MINUTES, weekday = (weekday + 1) % 7, minute = 0)
        add_slice(turns, 1u << weekday, minute, (int)MIN(left, DAY_MINUTES));
    return true;
}

bool add_hours_on(struct moving_turns *turns, unsigned days, int minute, int64_t minutes)
{
    bool all = true;
    for (int day = 0; day < 7; day++) {
        if (days & 1u << day)
            all = add_hours(turns, day, minute, minutes) && all;
    }
    return all;
}

struct wall wall_of(instant t, const char *zone)
{
    struct wall wall = zone_to_wall(t, zone);
    wall.minute += wall.hour * 60;
    wall.hour = wall.second = 0;
    return wall;
}
