/* Checks and resolves a set once all files of a policy have run. */
#include <string.h>

#include "policy/set.h"

/* ---- order and severities ---- */

/* Higher priority first, then teams before the defaults, then in the order of files and lines. */
static int by_precedence(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    if (x->named.script->builtin != y->named.script->builtin)
        return x->named.script->builtin ? 1 : -1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* A team's severity for minor, major or critical of the default policy: the lowest, one in the middle, or the highest. */
static const char *own_severity(const struct policy_set *set, const char *severity)
{
    size_t n = set->severities.list.n - 1; /* the last one is NULL */
    size_t at = strcmp(severity, "minor") == 0 ? 0 : strcmp(severity, "major") == 0 && n > 2 ? n / 2 : n - 1;
    return set->severities.list.v[at];
}

/* A severity that the team's list does not have is translated in a default, and an error in a team's file. */
static int check_severity(const struct policy_set *set, const struct named *named, char **slot,
                          struct error *err)
{
    if (!*slot || text_list_has(&set->severities.list, *slot))
        return 0;
    if (!named->script->builtin)
        return error_set(err, ERR_INVALID, "%s: unknown severity '%s'", named->where, *slot);
    replace_text(slot, own_severity(set, *slot));
    return 0;
}

/* If two severities become the same one, the shorter time counts, since Lua tables have no order. */
static void translate(const struct policy_set *set, const struct named *named, struct by_severity *values)
{
    for (size_t i = values->rows.n; named->script->builtin && i-- > 0;) {
        check_severity(set, named, &values->rows.v[i].severity, NULL);
        for (size_t k = i + 1; k < values->rows.n; k++) {
            if (!text_equal(values->rows.v[k].severity, values->rows.v[i].severity))
                continue;
            values->rows.v[i].value = MIN(values->rows.v[i].value, values->rows.v[k].value);
            free(values->rows.v[k].severity);
            array_remove(&values->rows, k);
            break;
        }
    }
}

static int check_kind(const struct policy_set *set, const struct named *named, const char *kind,
                      struct error *err)
{
    if (!kind || text_list_has(&set->kinds.list, kind))
        return 0;
    return error_set(err, ERR_INVALID, "%s: unknown kind '%s'; declare it with kind{ … }", named->where, kind);
}

static int check_rules(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->rules.n; i++) {
        struct rule *rule = &set->rules.v[i];
        rc = check_severity(set, &rule->named, &rule->effect.severity, err);
        rc = rc ? rc : check_kind(set, &rule->named, rule->effect.kind, err);
    }
    return rc;
}

static int check_severities(struct policy_set *set, struct error *err)
{
    int rc = check_rules(set, err);
    for (size_t i = 0; !rc && i < set->alerts.levels.n; i++)
        rc = check_severity(set, &set->alerts.levels.v[i].named, &set->alerts.levels.v[i].severity, err);
    for (size_t i = 0; !rc && i < set->alerts.drills.n; i++)
        rc = check_severity(set, &set->alerts.drills.v[i].named, &set->alerts.drills.v[i].severity, err);
    for (size_t i = 0; !rc && i < set->duties.n; i++) {
        struct duty *duty = &set->duties.v[i];
        for (size_t k = 0; !rc && k < duty->severities.n; k++)
            rc = check_severity(set, &duty->named, &duty->severities.v[k], err);
        for (size_t k = 0; !rc && k < duty->kinds.n; k++)
            rc = check_kind(set, &duty->named, duty->kinds.v[k], err);
        translate(set, &duty->named, &duty->after);
        translate(set, &duty->named, &duty->within);
        translate(set, &duty->named, &duty->every);
    }
    for (size_t i = 0; !rc && i < set->comms.approvals.n; i++) {
        struct approval_row *row = &set->comms.approvals.v[i];
        for (size_t k = 0; !rc && k < row->severities.n; k++)
            rc = check_severity(set, &row->named, &row->severities.v[k], err);
        for (size_t k = 0; !rc && k < row->kinds.n; k++)
            rc = check_kind(set, &row->named, row->kinds.v[k], err);
        for (size_t k = 0; !rc && k < row->roles.n; k++) {
            if (!text_list_has(&set->roles.list, row->roles.v[k]))
                rc = error_set(err, ERR_INVALID, "%s: unknown role '%s'; declare it with role{ … }",
                               row->named.where, row->roles.v[k]);
        }
    }
    return rc;
}

/* Which incidents a row is about. */
static int check_words(const struct policy_set *set, const struct named *named, const text_list *severities,
                       const text_list *kinds, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < severities->n; i++)
        rc = check_severity(set, named, &severities->v[i], err);
    for (size_t i = 0; !rc && i < kinds->n; i++)
        rc = check_kind(set, named, kinds->v[i], err);
    return rc;
}

static int check_severity_list(const struct policy_set *set, const struct named *named,
                               const text_list *severities, struct error *err)
{
    return check_words(set, named, severities, &(text_list){0}, err);
}

static int check_paging(const struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->roster.escalations.n; i++) {
        const struct escalation_row *row = &set->roster.escalations.v[i];
        rc = check_severity_list(set, &row->named, &row->severities, err);
        rc = rc ? rc : check_severity_list(set, &row->named, &row->quiet.severities, err);
    }
    for (size_t i = 0; !rc && i < set->roster.people.n; i++) {
        const struct person_row *row = &set->roster.people.v[i];
        rc = check_severity_list(set, &row->named, &row->quiet.severities, err);
        for (size_t k = 0; !rc && k < row->ways.n; k++)
            rc = check_severity_list(set, &row->named, &row->ways.v[k].severities, err);
    }
    return rc;
}

static int check_rooms(const struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->rooms.unmirrored.n; i++) {
        const struct unmirrored_row *row = &set->rooms.unmirrored.v[i];
        rc = check_words(set, &row->named, &row->severities, &row->kinds, err);
    }
    for (size_t i = 0; !rc && i < set->comms.posts.n; i++) {
        const struct post_row *row = &set->comms.posts.v[i];
        rc = check_words(set, &row->named, &row->severities, &row->kinds, err);
        rc = rc ? rc : check_words(set, &row->named, &row->never.severities, &row->never.kinds, err);
    }
    for (size_t i = 0; !rc && i < set->rooms.tickets.n; i++) {
        const struct tickets_row *row = &set->rooms.tickets.v[i];
        rc = check_words(set, &row->named, &row->severities, &row->kinds, err);
    }
    return rc;
}

static const char *const *end_words(struct set_words *words)
{
    *array_add(&words->list) = NULL;
    return (const char *const *)words->list.v;
}

/* No list was given, or a script gave an invalid one and caught the error. */
static int seal_words(struct set_words *words, const char *what, const char *const **ret, struct error *err)
{
    if (!words->by)
        return error_set(err, ERR_INVALID, "the policy has no valid %s list: write %s{ \"…\", \"…\" }", what,
                         what);
    *ret = end_words(words);
    return 0;
}

/* A command must not have the name of a role. */
static int check_commands(const struct policy_set *set, struct error *err)
{
    for (size_t i = 0; i < set->customs.n; i++) {
        const struct named *named = &set->customs.v[i].named;
        if (text_list_has(&set->roles.list, named->name))
            return error_set(err, ERR_INVALID,
                             "%s: `%s` is a role, so this command would never be called; rename one of them",
                             named->where, named->name);
    }
    return 0;
}

/* A page names a person, or else a team or a rotation, so a name must not be both. */
static int check_no_person(const struct policy_set *set, const char *what, const struct named *named,
                           struct error *err)
{
    for (size_t i = 0; i < set->roster.people.n; i++) {
        const struct named *person = &set->roster.people.v[i].named;
        if (text_equal_nocase(named->name, person->name))
            return error_set(err, ERR_INVALID, "%s: %s '%s' has the name of a person at %s; rename one of them",
                             named->where, what, named->name, person->where);
    }
    return 0;
}

static int resolve_teams(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->roster.teams.n; i++) {
        struct team_row *team = &set->roster.teams.v[i];
        rc = check_no_person(set, "team", &team->named, err);
        if (!team->rotation && find_rotation(set, team->named.name))
            team->rotation = xstrdup(team->named.name);
        if (!rc && team->rotation && !find_rotation(set, team->rotation))
            rc = error_set(
                err, ERR_INVALID,
                "%s: team '%s': no rotation is called '%s'; declare it with rotation { name = \"%s\", … }",
                team->named.where, team->named.name, team->rotation, team->rotation);
    }
    for (size_t i = 0; !rc && i < set->roster.rotations.n; i++)
        rc = check_no_person(set, "rotation", &set->roster.rotations.v[i].named, err);
    return rc;
}

/* ---- holidays ---- */

static const struct holidays *find_holidays(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->roster.holidays.n; i++) {
        if (text_equal(set->roster.holidays.v[i].named.name, name))
            return &set->roster.holidays.v[i].days;
    }
    return NULL;
}

/* Layers come before the rotation's own people, whose row is the first. */
static int resolve_layers(const struct policy_set *set, struct rotation_row *rotation, struct error *err)
{
    for (size_t i = 0; i < rotation->layers.n; i++) {
        const char *name = rotation->rows.v[(i + 1) % rotation->rows.n].holidays;
        struct layer *layer = &rotation->layers.v[i];
        layer->holidays = name ? find_holidays(set, name) : NULL;
        if (name && !layer->holidays)
            return error_set(
                err, ERR_INVALID,
                "%s: rotation '%s': no holidays are called '%s'; declare them with holidays { name = "
                "\"%s\", file = \"%s.ics\" }",
                rotation->named.where, rotation->named.name, name, name, name);
    }
    return 0;
}

/* Of hours that something other than a rotation has. */
static int resolve_hours(const struct policy_set *set, const struct named *named, struct hours_row *hours,
                         struct error *err)
{
    const char *name = hours->row.holidays;
    hours->layer.holidays = name ? find_holidays(set, name) : NULL;
    if (!name || hours->layer.holidays)
        return 0;
    return error_set(
        err, ERR_INVALID,
        "%s: no holidays are called '%s'; declare them with holidays { name = \"%s\", file = \"%s.ics\" }",
        named->where, name, name, name);
}

static int resolve_holidays(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < set->roster.rotations.n; i++)
        rc = resolve_layers(set, &set->roster.rotations.v[i], err);
    for (size_t i = 0; !rc && i < set->roster.escalations.n; i++) {
        struct escalation_row *row = &set->roster.escalations.v[i];
        rc = resolve_hours(set, &row->named, &row->hours, err);
        rc = rc ? rc : resolve_hours(set, &row->named, &row->quiet.hours, err);
    }
    for (size_t i = 0; !rc && i < set->roster.people.n; i++)
        rc = resolve_hours(set, &set->roster.people.v[i].named, &set->roster.people.v[i].quiet.hours, err);
    return rc;
}

/* ---- service sets ---- */

static bool add_set(const struct policy_set *set, const char *name, text_list *globs)
{
    bool found = strcmp(name, "important") == 0; /* which may be empty */
    for (size_t i = 0; i < set->catalogue.sets.n; i++) {
        if (!text_equal(set->catalogue.sets.v[i].named.name, name))
            continue;
        found = true;
        for (size_t k = 0; k < set->catalogue.sets.v[i].globs.n; k++)
            *array_add(globs) = xstrdup(set->catalogue.sets.v[i].globs.v[k]);
    }
    return found;
}

static int resolve_pattern(const struct policy_set *set, const struct rule *rule, struct pattern *pattern,
                           struct error *err)
{
    for (size_t i = 0; pattern->field == PATTERN_SERVICE && i < pattern->globs.n; i++) {
        CLEANUP_FREE char *name = pattern->globs.v[i][0] == '@' ? xstrdup(pattern->globs.v[i] + 1) : NULL;
        if (!name)
            continue;
        free(pattern->globs.v[i]);
        array_remove(&pattern->globs, i--);
        if (!add_set(set, name, &pattern->globs))
            return error_set(err, ERR_INVALID,
                             "%s: unknown set of services '%s'; declare it with services{ %s = { … } }",
                             rule->named.where, name, name);
        replace_text(&pattern->set, name);
        pattern->important |= strcmp(name, "important") == 0;
    }
    return 0;
}

static int resolve_services(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; i < set->rules.n; i++) {
        struct rule *rule = &set->rules.v[i];
        for (size_t k = 0; !rc && k < rule->match.patterns.n; k++)
            rc = resolve_pattern(set, rule, &rule->match.patterns.v[k], err);
        for (size_t k = 0; !rc && k < rule->except.patterns.n; k++)
            rc = resolve_pattern(set, rule, &rule->except.patterns.v[k], err);
    }
    return rc;
}

/* ---- sealing ---- */

int set_seal(struct policy_set *set, struct error *err)
{
    add_own_words(set);
    set->book.kinds = end_words(&set->kinds); /* policies from before there were kinds name none */
    int rc = set_resolve_names(set, err);
    rc = rc ? rc : seal_words(&set->severities, "severity", &set->book.severities, err);
    rc = rc ? rc : seal_words(&set->roles, "role", &set->book.roles, err);
    rc = rc ? rc : check_commands(set, err);
    rc = rc ? rc : resolve_teams(set, err);
    rc = rc ? rc : services_seal(set, err);
    rc = rc ? rc : statuspages_seal(set, err);
    rc = rc ? rc : check_severities(set, err);
    rc = rc ? rc : check_rooms(set, err);
    rc = rc ? rc : check_paging(set, err);
    rc = rc ? rc : resolve_services(set, err);
    rc = rc ? rc : resolve_holidays(set, err);
    rc = rc ? rc : escalations_seal(set, err);
    rc = rc ? rc : templates_check(set, err);
    if (set->rules.n)
        qsort(set->rules.v, set->rules.n, sizeof(*set->rules.v), by_precedence);
    set->sealed = true;
    return rc;
}
