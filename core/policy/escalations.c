#include "policy/escalations.h"

#include <string.h>

#include "policy/set.h"

#define QUIET_MOST (8 * DAY)

/* ---- hours ---- */

/* As a rotation of somebody who is on call then. */
struct opening {
    struct layer layer;
    struct rotation rotation;
};

static void as_rotation(const struct hours_row *hours, const char *zone, struct opening *ret)
{
    static const char *const somebody[] = {"somebody"};
    ret->layer = hours->layer;
    ret->layer.people = somebody;
    ret->layer.n = 1;
    ret->layer.zone = hours->layer.zone ? hours->layer.zone : zone;
    ret->layer.start = (struct wall){.year = 1970, .month = 1, .day = 1, .weekday = 4};
    ret->layer.turn = WEEK_MINUTES;
    ret->rotation = (struct rotation){"hours", ret->layer.zone, 1, &ret->layer, 1};
}

static bool is_open(const struct hours_row *hours, const char *zone, instant at)
{
    struct opening opening;
    struct covers none = {0};
    struct on_call on;
    as_rotation(hours, zone, &opening);
    rotation_on_call(&opening.rotation, &none, at, &on);
    return on.n != 0;
}

static bool find_end(void *ctx, const struct shift *shift)
{
    instant *until = ctx;
    if (shift->on.n)
        *until = shift->until;
    return shift->on.n != 0;
}

/* 0: they are over, or have not begun. */
static instant open_until(const struct hours_row *hours, const char *zone, instant at)
{
    struct opening opening;
    struct covers none = {0};
    instant until = 0;
    if (!is_open(hours, zone, at))
        return 0;
    as_rotation(hours, zone, &opening);
    rotation_shifts(&opening.rotation, &none, at, at + QUIET_MOST, find_end, &until);
    return until;
}

/* ---- which one ---- */

const char *policy_escalation_name(const struct policy *policy, const char *target)
{
    const struct team_row *team = policy ? find_team(policy->set, target) : NULL;
    const char *name = team && team->escalation ? team->escalation : target;
    const struct escalation_row *row = policy ? find_escalation(policy->set, name) : NULL;
    return row ? row->named.name : NULL;
}

static bool has_conditions(const struct escalation_row *row)
{
    return row->severities.n || row->services.n || row->hours.given;
}

static bool holds(const struct escalation_row *row, const struct escalation_about *about)
{
    return text_list_takes(&row->severities, about->severity, false) &&
           text_list_takes(&row->services, about->service, true) &&
           (!row->hours.given || is_open(&row->hours, about->zone, about->at));
}

static const struct escalation_row *find_holding(const struct policy *policy, const char *name,
                                                 const struct escalation_about *about)
{
    for (size_t i = 0; policy && name && i < policy->set->roster.escalations.n; i++) {
        const struct escalation_row *row = &policy->set->roster.escalations.v[i];
        if (text_equal_nocase(row->named.name, name) && holds(row, about))
            return row;
    }
    return NULL;
}

const struct escalation *policy_escalation(const struct policy *policy, const char *name,
                                           const struct escalation_about *about)
{
    const struct escalation_row *row = find_holding(policy, name, about);
    return row ? &row->escalation : NULL;
}

/* ---- ways ---- */

size_t policy_ways(const struct policy *policy, const char *person, const char *severity,
                   struct roster_way *ret, size_t most)
{
    const struct person_row *row = policy ? find_person(policy->set, person) : NULL;
    size_t n = 0;
    for (size_t i = 0; row && i < row->ways.n && n < most; i++) {
        const struct way_row *way = &row->ways.v[i];
        if (!severity || text_list_takes(&way->severities, severity, false))
            ret[n++] = (struct roster_way){way->name, way->after};
    }
    return n;
}

static instant quiet_until(const struct quiet_row *quiet, const struct escalation_about *about)
{
    bool waits = quiet->hours.given && text_list_takes(&quiet->severities, about->severity, false);
    return waits ? open_until(&quiet->hours, about->zone, about->at) : 0;
}

instant policy_quiet_until(const struct policy *policy, const char *person, const char *escalation,
                           const struct escalation_about *about)
{
    const struct person_row *row = policy && person ? find_person(policy->set, person) : NULL;
    const struct escalation_row *of = find_holding(policy, escalation, about);
    instant own = row ? quiet_until(&row->quiet, about) : 0;
    instant shared = of ? quiet_until(&of->quiet, about) : 0;
    return MAX(own, shared);
}

/* ---- checked when it is loaded ---- */

static int check_level(const struct policy_set *set, const struct escalation_row *row,
                       const struct level_of_escalation *level, struct error *err)
{
    static const char *const what[] = {[LEVEL_ROTATION] = "rotation", [LEVEL_TEAM] = "team"};
    bool known = level->kind == LEVEL_ROTATION ? find_rotation(set, level->name) != NULL
                 : level->kind == LEVEL_TEAM   ? find_team(set, level->name) != NULL
                                               : true;
    if (known)
        return 0;
    return error_set(
        err, ERR_INVALID, "%s: escalation '%s': no %s is called '%s'; declare it with %s { name = \"%s\", … }",
        row->named.where, row->named.name, what[level->kind], level->name, what[level->kind], level->name);
}

/* Of a rotation with two at a time, the second is a level of their own. */
static void add_levels(const struct policy_set *set, struct escalation_row *row,
                       const struct level_of_escalation *written)
{
    struct level level = {.kind = written->kind, .name = written->name, .after = written->after};
    *array_add(&row->levels) = level;
    level.second = true;
    if (written->kind == LEVEL_ROTATION && find_rotation(set, written->name)->rotation.at_once > 1)
        *array_add(&row->levels) = level;
}

static int make_levels(const struct policy_set *set, struct escalation_row *row, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < row->written.n; i++) {
        rc = check_level(set, row, &row->written.v[i], err);
        if (!rc)
            add_levels(set, row, &row->written.v[i]);
    }
    row->escalation.name = row->named.name;
    row->escalation.levels = row->levels.v;
    row->escalation.n = row->levels.n;
    return rc;
}

/* Otherwise nobody would be paged where none of the conditions holds; and what comes after one without any is never reached. */
static int check_conditions(const struct policy_set *set, size_t i, struct error *err)
{
    const struct escalation_row *row = &set->roster.escalations.v[i];
    size_t later = i + 1;
    while (later < set->roster.escalations.n &&
           !text_equal_nocase(set->roster.escalations.v[later].named.name, row->named.name))
        later++;
    bool last = later == set->roster.escalations.n;
    if (last && has_conditions(row))
        return error_set(
            err, ERR_INVALID,
            "%s: the last escalation '%s' has conditions, so nobody would be paged when they do not hold; "
            "declare one without severity, service, hours and days behind it",
            row->named.where, row->named.name);
    if (!last && !has_conditions(row))
        return error_set(
            err, ERR_INVALID,
            "%s: escalation '%s' has no conditions, so the one at %s never counts; move it to the end",
            row->named.where, row->named.name, set->roster.escalations.v[later].named.where);
    return 0;
}

static int check_team(const struct policy_set *set, const struct team_row *team, struct error *err)
{
    if (!team->escalation || find_escalation(set, team->escalation))
        return 0;
    return error_set(err, ERR_INVALID,
                     "%s: team '%s': no escalation is called '%s'; declare it with escalation { name = \"%s\", "
                     "levels = { … } }",
                     team->named.where, team->named.name, team->escalation, team->escalation);
}

static bool has_address(const struct person_row *row, const char *connector)
{
    for (size_t i = 0; i < row->users.n; i++) {
        if (text_equal(row->users.v[i].connector, connector))
            return true;
    }
    return row->email || (strcmp(connector, WAY_CALL) == 0 && row->users.n);
}

static int check_ways(const struct person_row *row, struct error *err)
{
    for (size_t i = 0; i < row->ways.n; i++) {
        const char *name = row->ways.v[i].name;
        if (has_address(row, name))
            continue;
        bool call = strcmp(name, WAY_CALL) == 0;
        return error_set(err, ERR_INVALID, "%s: people: %s has the way '%s', but no %s: add %s = \"…\"",
                         row->named.where, row->named.name, name, call ? "telephone number" : "address there",
                         call ? "sms" : name);
    }
    return 0;
}

int escalations_seal(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->roster.escalations.n; i++) {
        rc = make_levels(set, &set->roster.escalations.v[i], err);
        rc = rc ? rc : check_conditions(set, i, err);
    }
    for (size_t i = 0; !rc && i < set->roster.teams.n; i++)
        rc = check_team(set, &set->roster.teams.v[i], err);
    for (size_t i = 0; !rc && i < set->roster.people.n; i++)
        rc = check_ways(&set->roster.people.v[i], err);
    return rc;
}

/* ---- what is probably not meant ---- */

struct doubting { /* about a level */
    const struct policy_set *set;
    const struct escalation_row *row;
    size_t level; /* from 0 */
    void (*on)(void *ctx, const char *fault);
    void *ctx;
};

static void doubt_person(const struct doubting *d, const char *name)
{
    const struct person_row *person = find_person(d->set, name);
    duration after = d->row->levels.v[d->level].after, last = 0;
    CLEANUP_FREE char *fault = NULL;
    for (size_t i = 0; person && i < person->ways.n; i++)
        last = MAX(last, person->ways.v[i].after);
    if (last && last >= after)
        fault = xasprintf("%s: escalation %s: level %zu is over after %llds, before %s is called by the last "
                          "way, after %llds",
                          d->row->named.where, d->row->named.name, d->level + 1, (long long)(after / SECOND),
                          name, (long long)(last / SECOND));
    else if (person && !person->users.n && !person->email)
        fault =
            xasprintf("%s: people: %s has no address, so a page reaches %s only if Tocsin knows them from chat",
                      person->named.where, name, name);
    else if (!person && !strchr(name, '@'))
        fault = xasprintf(
            "%s: escalation %s: people{} does not declare %s, so a page reaches %s only if Tocsin knows "
            "them from chat",
            d->row->named.where, d->row->named.name, name, name);
    if (fault)
        d->on(d->ctx, fault);
}

static void doubt_people(const struct doubting *d, const text_list *people)
{
    for (size_t i = 0; i < people->n; i++)
        doubt_person(d, people->v[i]);
}

static void doubt_level(const struct doubting *d)
{
    const struct level *level = &d->row->levels.v[d->level];
    const struct rotation_row *rotation =
        level->kind == LEVEL_ROTATION ? find_rotation(d->set, level->name) : NULL;
    if (level->kind == LEVEL_PERSON)
        doubt_person(d, level->name);
    else if (level->kind == LEVEL_TEAM)
        doubt_people(d, &find_team(d->set, level->name)->people);
    for (size_t i = 0; rotation && !level->second && i < rotation->rows.n; i++)
        doubt_people(d, &rotation->rows.v[i].people);
}

void escalations_doubts(const struct policy_set *set, void (*on)(void *ctx, const char *fault), void *ctx)
{
    for (size_t i = 0; i < set->roster.escalations.n; i++) {
        const struct escalation_row *row = &set->roster.escalations.v[i];
        for (size_t level = 0; level < row->levels.n; level++)
            doubt_level(&(struct doubting){set, row, level, on, ctx});
    }
}
