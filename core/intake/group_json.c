#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/group_affected.h"
#include "intake/group_edit.h"
#include "intake/group_place.h"

static const struct {
    const char *key;
    size_t max;
} texts[PROBLEM_TEXTS] = {
    /* in the order of struct problem */
    {"source", ALERT_NAME},  {"origin", ALERT_NAME},      {"stream", ALERT_NAME},  {"title", ALERT_TITLE},
    {"service", ALERT_NAME}, {"environment", ALERT_NAME}, {"release", ALERT_NAME}, {"culprit", ALERT_CULPRIT},
    {"url", ALERT_URL},      {"type", ALERT_NAME},
};

static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
#define NUMBER(key, field)                                                                                     \
    {                                                                                                          \
        key, offsetof(struct group, field)                                                                     \
    }
    NUMBER("count", tally.count),
    NUMBER("first_seen", times.first_seen),
    NUMBER("last_seen", times.last_seen),
    NUMBER("opened_at", times.opened_at),
    NUMBER("settled_at", times.settled_at),
    NUMBER("judged_at", care.judged_at),
    NUMBER("muted_until", care.muted_until),
    NUMBER("wanted", care.wanted),
    NUMBER("regressions", regressions),
    NUMBER("customers_more", affected.more),
    NUMBER("sampled_at", upkeep.sampled_at),
#undef NUMBER
};

/* What is empty is left out, since each new problem is such a document. */
static void put_facts(struct json_out *j, const struct group *group)
{
    char hex[FINGERPRINT_TEXT];
    json_put_text(j, "fingerprint", fingerprint_format(group->fingerprint, hex));
    json_put_text(j, "state", group->state == GROUP_OPEN ? "open" : "settled");
    json_put_text(j, "level", alert_level_name((enum alert_level)group->level));
    json_put_text(j, "grouping", grouping_name((enum grouping)group->grouping));
    for (size_t i = 0; i < PROBLEM_TEXTS; i++) {
        const char *text = ((const char *const *)&group->about)[i];
        if (*text)
            json_put_text(j, texts[i].key, text);
    }
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        int64_t number = *(const int64_t *)((const char *)group + numbers[i].offset);
        if (number)
            json_put_int(j, numbers[i].key, number);
    }
    if (group->care.incident)
        json_put_int(j, "incident", (int64_t)group->care.incident);
    if (group->firing.crowded)
        json_put_bool(j, "crowded", true);
    if (group->affected.over)
        json_put_bool(j, "customers_over", true);
}

/* A crowd is stored in pages of its own. */
static void put_customers(struct json_out *j, const struct group *group)
{
    json_key(j, "customers");
    if (group_affected_is_crowd(group)) {
        json_begin_array(j);
        json_end_array(j);
        json_put_int(j, "customer_pages", (int64_t)group_affected_pages(group));
    } else {
        group_affected_encode(group, 0, j);
    }
}

static void put_places(struct json_out *j, const struct group *group)
{
    json_key(j, "places");
    json_begin_array(j);
    for (size_t i = 0; i < group->places.n; i++) {
        const struct group_place *place = &group->places.v[i];
        json_begin_object(j);
        json_put_text(j, "environment", place->environment);
        json_put_text(j, "service", place->service);
        json_put_text(j, "level", alert_level_name((enum alert_level)place->level));
        if (group_change_is_news((enum group_change)place->due))
            json_put_text(j, "due", group_change_name((enum group_change)place->due));
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_members(struct json_out *j, const struct group *group)
{
    char hex[FINGERPRINT_TEXT];
    json_key(j, "members");
    json_begin_array(j);
    for (size_t i = 0; i < group->firing.n; i++)
        json_text(j, fingerprint_format(group->firing.v[i], hex));
    json_end_array(j);
}

static void put_member(struct json_out *j, const struct group_member *about)
{
    json_begin_object(j);
    json_put_text_if(j, "name", about->name);
    if (about->ends)
        json_put_int(j, "ends", about->ends);
    json_put_bool(j, "told", about->told);
    json_end_object(j);
}

/* What is known of each of the members, in their order. */
static void put_instances(struct json_out *j, const struct group *group)
{
    if (group->firing.n == 0)
        return;
    json_key(j, "instances");
    json_begin_array(j);
    for (size_t i = 0; i < group->firing.n; i++)
        put_member(j, &group->firing.about[i]);
    json_end_array(j);
}

/* Those that people must still be told of. */
static void put_gone(struct json_out *j, const struct group *group)
{
    char hex[FINGERPRINT_TEXT];
    json_key(j, "gone");
    json_begin_array(j);
    for (size_t i = 0; i < group->firing.n_gone; i++) {
        if (!group->gone[i].name)
            continue;
        json_begin_object(j);
        json_put_text(j, "member", fingerprint_format(group->gone[i].member, hex));
        json_put_text(j, "name", group->gone[i].name);
        json_put_int(j, "at", group->gone[i].at);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_flap(struct json_out *j, const struct group *group)
{
    json_key(j, "flap");
    json_begin_object(j);
    json_put_int(j, "n", group->flap.n);
    json_put_int(j, "since", group->flap.since);
    json_put_int(j, "at", group->flap.at);
    json_put_int(j, "resolved_at", group->flap.resolved_at);
    json_put_int(j, "until", group->flap.until);
    json_end_object(j);
}

/* [minute, count] for each minute of the last hour with alerts. */
static void put_minutes(struct json_out *j, const struct group *group)
{
    json_key(j, "minutes");
    json_begin_array(j);
    for (int64_t m = MAX(group->tally.minute - GROUP_MINUTES + 1, 0); m <= group->tally.minute; m++) {
        if (group->tally.counts[m % GROUP_MINUTES] == 0)
            continue;
        json_begin_array(j);
        json_int(j, m);
        json_int(j, group->tally.counts[m % GROUP_MINUTES]);
        json_end_array(j);
    }
    json_end_array(j);
}

void group_encode(const struct group *group, struct str *out)
{
    struct json_out j = {.out = out};
    json_begin_object(&j);
    put_facts(&j, group);
    put_customers(&j, group);
    put_members(&j, group);
    put_instances(&j, group);
    if (group->times.ends)
        json_put_int(&j, "ends", group->times.ends);
    if (group->firing.n_gone)
        put_gone(&j, group);
    if (group->flap.n || group->flap.until || group->flap.resolved_at)
        put_flap(&j, group);
    put_places(&j, group);
    put_minutes(&j, group);
    json_end_object(&j);
}

static int take_facts(const cJSON *doc, struct group *group, struct error *err)
{
    int r = fingerprint_parse(json_text_or(doc, "fingerprint", ""), &group->fingerprint, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        *(int64_t *)((char *)group + numbers[i].offset) = MAX(json_int_or(doc, numbers[i].key, 0), 0);
    group->care.incident = (uint64_t)MAX(json_int_or(doc, "incident", 0), 0);
    group->state = text_equal(json_text_or(doc, "state", ""), "open") ? GROUP_OPEN : GROUP_SETTLED;
    group->level = (uint8_t)alert_level_parse(json_text_or(doc, "level", ""), LEVEL_ERROR);
    group->grouping = (uint8_t)grouping_parse(json_text_or(doc, "grouping", ""), GROUPING_SENDER);
    group->firing.crowded = json_bool_or(doc, "crowded", false);
    group->affected.over = json_bool_or(doc, "customers_over", false);
    return 0;
}

static void take_texts(const cJSON *doc, struct group *group)
{
    char *sane[PROBLEM_TEXTS];
    struct problem about;
    for (size_t i = 0; i < PROBLEM_TEXTS; i++) {
        const char *text = json_text_or(doc, texts[i].key, "");
        sane[i] = utf8_sanitize(text, strlen(text), texts[i].max);
    }
    memcpy(&about, sane, sizeof(about));
    group_set_texts(group, &about);
    for (size_t i = 0; i < PROBLEM_TEXTS; i++)
        free(sane[i]);
}

/* A document from an older version knows only the hashes, and people were told of what was known. */
static struct group_member instance_of(const cJSON *item)
{
    return (struct group_member){.name = (char *)(uintptr_t)json_text_or(item, "name", NULL),
                                 .ends = MAX(json_int_or(item, "ends", 0), 0),
                                 .told = json_bool_or(item, "told", true)};
}

static void take_members(const cJSON *doc, struct group *group)
{
    const cJSON *item, *instance = json_member(doc, "instances");
    instance = instance ? instance->child : NULL;
    cJSON_ArrayForEach(item, json_member(doc, "members"))
    {
        uint64_t member;
        struct group_member about = instance_of(instance);
        if (fingerprint_parse(item->valuestring, &member, NULL) == 0)
            group_load_member(group, member, &about);
        instance = instance ? instance->next : NULL;
    }
    cJSON_ArrayForEach(item, json_member(doc, "gone"))
    {
        struct group_gone gone = {.at = MAX(json_int_or(item, "at", 0), 0),
                                  .name = (char *)(uintptr_t)json_text_or(item, "name", "")};
        if (fingerprint_parse(json_text_or(item, "member", ""), &gone.member, NULL) == 0)
            group_load_gone(group, &gone);
    }
}

static void take_flap(const cJSON *doc, struct group *group)
{
    const cJSON *flap = json_member(doc, "flap");
    group->times.ends = MAX(json_int_or(doc, "ends", 0), 0);
    group->flap = (struct group_flap){.n = MAX(json_int_or(flap, "n", 0), 0),
                                      .since = MAX(json_int_or(flap, "since", 0), 0),
                                      .at = MAX(json_int_or(flap, "at", 0), 0),
                                      .resolved_at = MAX(json_int_or(flap, "resolved_at", 0), 0),
                                      .until = MAX(json_int_or(flap, "until", 0), 0)};
}

static void take_place(const cJSON *item, struct group *group)
{
    const char *environment = json_text_or(item, "environment", ""),
               *service = json_text_or(item, "service", "");
    if (group->places.n == GROUP_PLACES || strlen(environment) > ALERT_NAME || strlen(service) > ALERT_NAME)
        return;
    group_place_load(group, environment, service,
                     (uint8_t)alert_level_parse(json_text_or(item, "level", ""), LEVEL_DEBUG),
                     group_change_parse(json_text_or(item, "due", "")));
}

/* A document from an older version has no places: the group gets one, with its own environment and service. */
static void take_places(const cJSON *doc, struct group *group)
{
    const cJSON *places = json_member(doc, "places"), *item;
    int64_t unjudged = json_int_or(doc, "unjudged", GROUP_NOTHING);
    cJSON_ArrayForEach(item, places) take_place(item, group);
    if (!places)
        group_place_load(group, group->about.environment, group->about.service, group->level,
                         unjudged == GROUP_NEW || unjudged == GROUP_REGRESSED ? (enum group_change)unjudged
                                                                              : GROUP_NOTHING);
}

static void take_minutes(const cJSON *doc, struct group *group)
{
    const cJSON *item;
    group->tally.minute = group->times.last_seen / MINUTE;
    cJSON_ArrayForEach(item, json_member(doc, "minutes"))
    {
        const cJSON *minute = cJSON_GetArrayItem(item, 0), *count = cJSON_GetArrayItem(item, 1);
        if (!cJSON_IsNumber(minute) || !cJSON_IsNumber(count))
            continue;
        int64_t m = (int64_t)minute->valuedouble;
        if (m >= 0 && m <= group->tally.minute && m > group->tally.minute - GROUP_MINUTES &&
            count->valuedouble >= 0)
            group->tally.counts[m % GROUP_MINUTES] = (uint32_t)MIN(count->valuedouble, (double)UINT32_MAX);
    }
}

int group_decode(const char *json, size_t n, struct group *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    struct group group = {0};
    int r = json_parse(json, n, 1 << 16, 4, "group", &doc, err);
    if (r < 0 || (r = take_facts(doc, &group, err)) < 0)
        return r;
    take_texts(doc, &group);
    group_affected_decode(&group, json_member(doc, "customers"));
    group.affected.pages = (uint16_t)MIN(MAX(json_int_or(doc, "customer_pages", 0), 0), AFFECTED_PAGES);
    take_members(doc, &group);
    take_flap(doc, &group);
    take_places(doc, &group);
    take_minutes(doc, &group);
    group.upkeep.changed = false;
    *ret = group;
    return 0;
}
