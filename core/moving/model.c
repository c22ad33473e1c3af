/* The model: its life, and rows that several readers make. */
#include <string.h>

#include "moving/fit.h"
#include "moving/reading.h"
#include "moving/sources.h"

void moving_init(struct moving *m, const struct moving_source *source, instant now)
{
    *m = (struct moving){.source = source, .now = now};
}

/* ---- the end ---- */

void turns_finish(struct moving_turns *turns)
{
    for (size_t i = 0; i < turns->groups.n; i++)
        array_free(&turns->groups.v[i]);
    array_free(&turns->groups);
    array_free(&turns->hours);
}

void schedule_clear(struct moving_schedule *schedule)
{
    for (size_t i = 0; i < schedule->turns.n; i++)
        turns_finish(&schedule->turns.v[i]);
    for (size_t i = 0; i < schedule->overrides.n; i++)
        array_free(&schedule->overrides.v[i].turns);
    for (size_t i = 0; i < schedule->n_lanes; i++)
        strand_finish(&schedule->lanes[i].strand);
    array_free(&schedule->turns);
    array_free(&schedule->overrides);
    array_free(&schedule->finals);
    array_free(&schedule->differences);
    free(schedule->lanes);
    *schedule = (struct moving_schedule){.key = schedule->key};
}

static void rule_finish(struct moving_rule *rule)
{
    for (size_t i = 0; i < rule->matches.n; i++)
        array_free(&rule->matches.v[i].patterns);
    array_free(&rule->matches);
}

static void escalation_finish(struct moving_escalation *escalation)
{
    for (size_t i = 0; i < escalation->levels.n; i++)
        array_free(&escalation->levels.v[i].targets);
    array_free(&escalation->levels);
    array_free(&escalation->calls);
}

void moving_finish(struct moving *m)
{
    for (size_t i = 0; i < m->documents.n; i++)
        cJSON_Delete(m->documents.v[i].json);
    for (size_t i = 0; i < m->people.n; i++) {
        array_free(&m->people.v[i].ways);
        array_free(&m->people.v[i].notices);
        array_free(&m->people.v[i].notes);
    }
    for (size_t i = 0; i < m->schedules.n; i++)
        schedule_clear(&m->schedules.v[i]);
    for (size_t i = 0; i < m->escalations.n; i++)
        escalation_finish(&m->escalations.v[i]);
    for (size_t i = 0; i < m->teams.n; i++)
        array_free(&m->teams.v[i].people);
    for (size_t i = 0; i < m->rules.n; i++)
        rule_finish(&m->rules.v[i]);
    for (size_t i = 0; i < m->kept.n; i++)
        free(m->kept.v[i]);
    cJSON_Delete(m->posts);
    array_free(&m->documents);
    array_free(&m->people);
    array_free(&m->schedules);
    array_free(&m->escalations);
    array_free(&m->teams);
    array_free(&m->rules);
    array_free(&m->helpers);
    array_free(&m->unsaid);
    array_free(&m->kept);
    map_finish(&m->persons);
}

/* ---- rows ---- */

void add_turn(struct moving_turns *turns, const char *person)
{
    moving_texts *group = array_add(&turns->groups);
    if (person)
        *array_add(group) = person;
}

struct moving_team *team_known(const struct moving *m, const char *key)
{
    for (size_t i = 0; i < m->teams.n; i++) {
        if (text_equal(m->teams.v[i].key, key))
            return &m->teams.v[i];
    }
    return NULL;
}

struct moving_team *team_of(struct moving *m, const char *key)
{
    struct moving_team *team = team_known(m, key);
    if (team)
        return team;
    team = array_add(&m->teams);
    team->key = key;
    return team;
}

void rule_match(struct moving_rule *rule, const char *field, bool tag, const char *pattern)
{
    struct moving_match *match = NULL;
    for (size_t i = 0; i < rule->matches.n && !match; i++) {
        if (rule->matches.v[i].tag == tag && text_equal(rule->matches.v[i].field, field))
            match = &rule->matches.v[i];
    }
    if (!match) {
        match = array_add(&rule->matches);
        *match = (struct moving_match){.field = field, .tag = tag};
    }
    *array_add(&match->patterns) = pattern;
}

struct moving_rule *rule_of_span(struct moving *m, const char *name, instant from, instant until)
{
    char begins[INSTANT_TEXT], ends[INSTANT_TEXT];
    if (until <= m->now)
        return NULL;
    struct moving_rule *rule = array_add(&m->rules);
    *rule = (struct moving_rule){.name = name, .priority = 500};
    rule->when =
        keepf(m, "now() >= %lld and now() < %lld", (long long)(from / SECOND), (long long)(until / SECOND));
    rule->comment = keepf(m, "From %s until %s.", instant_format(from, begins), instant_format(until, ends));
    return rule;
}

void rule_drop(struct moving *m)
{
    rule_finish(&m->rules.v[m->rules.n - 1]);
    m->rules.n--;
}
