#include "policy/set.h"

#include <string.h>

struct policy_set *set_create(struct policy *policy)
{
    struct policy_set *set = xcalloc(1, sizeof(*set));
    set->policy = policy;
    return set;
}

void text_list_finish(text_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i]);
    array_free(list);
}

bool text_list_has(const text_list *words, const char *word)
{
    for (size_t i = 0; i < words->n; i++) {
        if (words->v[i] && strcmp(words->v[i], word) == 0)
            return true;
    }
    return false;
}

/* Commands and the default policy need these two; role{ "scribe" } adds to them. */
static const char *const own_roles[] = {"lead", "comms"};

bool is_own_role(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_roles); i++) {
        if (strcmp(own_roles[i], word) == 0)
            return true;
    }
    return false;
}

static void add_own(text_list *words, const char *word)
{
    if (!text_list_has(words, word))
        *array_add(words) = xstrdup(word);
}

void add_own_words(struct policy_set *set)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_roles); i++)
        add_own(&set->roles.list, own_roles[i]);
    add_own(&set->kinds.list, KIND_SECURITY);
}

/* ---- freeing declarations ---- */

static void match_finish(struct match *match)
{
    for (size_t i = 0; i < match->patterns.n; i++) {
        free(match->patterns.v[i].tag);
        free(match->patterns.v[i].set);
        text_list_finish(&match->patterns.v[i].globs);
    }
    array_free(&match->patterns);
}

static void finish_rule(void *row)
{
    struct rule *rule = row;
    match_finish(&rule->match);
    match_finish(&rule->except);
    char *texts[] = {rule->summary,        rule->effect.title, rule->effect.severity, rule->effect.team,
                     rule->effect.service, rule->effect.page,  rule->effect.kind};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}

static void by_severity_finish(struct by_severity *values)
{
    for (size_t i = 0; i < values->rows.n; i++)
        free(values->rows.v[i].severity);
    array_free(&values->rows);
}

static void finish_duty(void *row)
{
    struct duty *duty = row;
    free(duty->text);
    free(duty->without.role);
    free(duty->without.link);
    text_list_finish(&duty->severities);
    text_list_finish(&duty->services);
    text_list_finish(&duty->teams);
    text_list_finish(&duty->kinds);
    free(duty->tier);
    by_severity_finish(&duty->after);
    by_severity_finish(&duty->within);
    by_severity_finish(&duty->every);
    by_severity_finish(&duty->times);
}

static void finish_handler(void *row)
{
    (void)row;
}

static void finish_template(void *row)
{
    free(((struct template_row *)row)->text);
}

static void finish_message(void *row)
{
    struct message_row *message = row;
    free(message->when);
    for (size_t i = 0; i < message->texts.n; i++) {
        free(message->texts.v[i].language);
        free(message->texts.v[i].text);
        free(message->texts.v[i].title);
    }
    array_free(&message->texts);
}

static void finish_custom(void *row)
{
    free(((struct custom *)row)->help);
}

static void finish_storm(void *row)
{
    (void)row;
}

static void finish_approval(void *row)
{
    struct approval_row *approval = row;
    text_list_finish(&approval->severities);
    text_list_finish(&approval->services);
    text_list_finish(&approval->teams);
    text_list_finish(&approval->tiers);
    text_list_finish(&approval->kinds);
    text_list_finish(&approval->audiences);
    text_list_finish(&approval->roles);
}

static void finish_post(void *row)
{
    struct post_row *post = row;
    text_list *const lists[] = {&post->severities,       &post->kinds,       &post->components,
                                &post->never.severities, &post->never.kinds, &post->never.components};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        text_list_finish(lists[i]);
    free(post->title);
}

static void finish_services(void *row)
{
    text_list_finish(&((struct service_set *)row)->globs);
}

static void finish_level(void *row)
{
    free(((struct level_row *)row)->severity);
}

static void finish_unmirrored(void *row)
{
    struct unmirrored_row *unmirrored = row;
    text_list_finish(&unmirrored->severities);
    text_list_finish(&unmirrored->services);
    text_list_finish(&unmirrored->teams);
    text_list_finish(&unmirrored->kinds);
    text_list_finish(&unmirrored->connectors);
}

static void finish_tickets(void *row)
{
    struct tickets_row *tickets = row;
    text_list *lists[] = {&tickets->severities, &tickets->services, &tickets->teams,
                          &tickets->kinds,      &tickets->parents,  &tickets->solves};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        text_list_finish(lists[i]);
    free(tickets->tracker);
}

static void finish_heartbeat(void *row)
{
    struct heartbeat_row *heartbeat = row;
    free(heartbeat->service);
    free(heartbeat->environment);
}

static void finish_drill(void *row)
{
    struct drill_row *drill = row;
    char *texts[] = {drill->title, drill->about, drill->severity, drill->service, drill->team};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < drill->steps.n; i++) {
        free(drill->steps.v[i].name);
        free(drill->steps.v[i].text);
    }
    array_free(&drill->steps);
}

static void finish_component(void *row)
{
    struct component_row *component = row;
    free(component->group);
    free(component->description);
}

static void finish_status_page(void *row)
{
    struct status_page_row *page = row;
    char *texts[] = {page->title, page->url,    page->zone,      page->language, page->contact,
                     page->logo,  page->accent, page->template_, page->words};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    text_list_finish(&page->languages);
    text_list_finish(&page->readers);
    text_list_finish(&page->components);
}

static void layer_finish(struct layer_row *layer)
{
    char *texts[] = {layer->zone, layer->start, layer->ends, layer->handover, layer->hours, layer->holidays};
    for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
        free(texts[k]);
    text_list_finish(&layer->people);
    text_list_finish(&layer->days);
}

static void quiet_finish(struct quiet_row *quiet)
{
    layer_finish(&quiet->hours.row);
    text_list_finish(&quiet->severities);
}

static void finish_escalation(void *row)
{
    struct escalation_row *escalation = row;
    for (size_t i = 0; i < escalation->written.n; i++)
        free(escalation->written.v[i].name);
    array_free(&escalation->written);
    array_free(&escalation->levels);
    text_list_finish(&escalation->severities);
    text_list_finish(&escalation->services);
    layer_finish(&escalation->hours.row);
    quiet_finish(&escalation->quiet);
}

static void finish_person(void *row)
{
    struct person_row *person = row;
    for (size_t i = 0; i < person->ways.n; i++) {
        free(person->ways.v[i].name);
        text_list_finish(&person->ways.v[i].severities);
    }
    array_free(&person->ways);
    quiet_finish(&person->quiet);
    for (size_t i = 0; i < person->users.n; i++) {
        free(person->users.v[i].connector);
        free(person->users.v[i].user);
    }
    array_free(&person->users);
    free(person->name);
    free(person->email);
}

static void finish_service(void *row)
{
    struct service_row *service = row;
    char *texts[] = {service->team, service->owner, service->runbook, service->component};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    text_list_finish(&service->aliases);
    text_list_finish(&service->dashboards);
    text_list_finish(&service->depends_on);
    array_free(&service->service.needs);
    array_free(&service->service.needed_by);
}

static void finish_team(void *row)
{
    struct team_row *team = row;
    text_list_finish(&team->people);
    free(team->rotation);
    free(team->channel);
    free(team->desk);
    free(team->escalation);
}

static void finish_rotation(void *row)
{
    struct rotation_row *rotation = row;
    for (size_t i = 0; i < rotation->rows.n; i++)
        layer_finish(&rotation->rows.v[i]);
    for (size_t i = 0; i < rotation->groups.n; i++) {
        free(rotation->groups.v[i].connector);
        free(rotation->groups.v[i].user);
    }
    array_free(&rotation->groups);
    array_free(&rotation->rows);
    array_free(&rotation->layers);
}

static void finish_holidays(void *row)
{
    struct holidays_row *holidays = row;
    holidays_finish(&holidays->days);
    free(holidays->file);
    free(holidays->url);
}

/* ---- the kinds of declarations as one table, so that names work the same way for all ---- */

enum { UNIQUE = 1, REPLACES = 2 };

struct kind {
    const char *what;
    size_t offset, size; /* of the array in the set; of a row */
    unsigned how;
    void (*finish)(void *row);
};

typedef ARRAY(char) any_array;

#define KIND(what, member, how, finish)                                                                        \
    {                                                                                                          \
        what, offsetof(struct policy_set, member), sizeof(*((struct policy_set *)0)->member.v), how, finish    \
    }
static const struct kind kinds[] = {
    KIND("rule", rules, REPLACES, finish_rule),
    KIND("on", handlers, REPLACES, finish_handler),
    KIND("obligation", duties, REPLACES | UNIQUE, finish_duty),
    KIND("template", templates, REPLACES | UNIQUE, finish_template),
    KIND("message", comms.messages, REPLACES | UNIQUE, finish_message),
    KIND("command", customs, REPLACES | UNIQUE, finish_custom),
    KIND("storm", storms, REPLACES | UNIQUE, finish_storm),
    KIND("approval", comms.approvals, REPLACES | UNIQUE, finish_approval),
    KIND("post", comms.posts, REPLACES | UNIQUE, finish_post),
    KIND("unmirrored", rooms.unmirrored, REPLACES | UNIQUE, finish_unmirrored),
    KIND("tickets", rooms.tickets, REPLACES | UNIQUE, finish_tickets),
    KIND("services", catalogue.sets, 0, finish_services),
    KIND("level", alerts.levels, REPLACES | UNIQUE, finish_level),
    KIND("service", catalogue.services, REPLACES | UNIQUE, finish_service),
    KIND("person", roster.people, REPLACES | UNIQUE, finish_person),
    KIND("team", roster.teams, REPLACES | UNIQUE, finish_team),
    KIND("rotation", roster.rotations, REPLACES | UNIQUE, finish_rotation),
    KIND("escalation", roster.escalations, 0, finish_escalation),
    KIND("holidays", roster.holidays, REPLACES | UNIQUE, finish_holidays),
    KIND("component", comms.status.components, REPLACES | UNIQUE, finish_component),
    KIND("status_page", comms.status.pages, REPLACES | UNIQUE, finish_status_page),
    KIND("heartbeat", alerts.heartbeats, REPLACES | UNIQUE, finish_heartbeat),
    KIND("insight", alerts.insights, REPLACES | UNIQUE, NULL),
    KIND("drill", alerts.drills, REPLACES | UNIQUE, finish_drill),
};

static any_array *array_of(const struct policy_set *set, const struct kind *kind)
{
    return (any_array *)((char *)(uintptr_t)set + kind->offset);
}

/* Every row begins with struct named. */
static struct named *row_at(const any_array *rows, const struct kind *kind, size_t i)
{
    return (struct named *)(void *)(rows->v + i * kind->size);
}

static void row_finish(const struct kind *kind, struct named *row)
{
    if (kind->finish)
        kind->finish(row);
    free(row->name);
    free(row->where);
}

static void row_remove(any_array *rows, const struct kind *kind, size_t i)
{
    row_finish(kind, row_at(rows, kind, i));
    array_shrink(rows->v, &rows->n, kind->size, i);
}

static void access_finish(struct access_rules *rules)
{
    for (size_t i = 0; i < ACCESS_ROLES; i++)
        text_list_finish(&rules->roles[i]);
    free(rules->ask);
    free(rules->where);
}

void set_destroy(struct policy_set *set)
{
    if (!set)
        return;
    for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
        any_array *rows = array_of(set, &kinds[k]);
        for (size_t i = 0; i < rows->n; i++)
            row_finish(&kinds[k], row_at(rows, &kinds[k], i));
        free(rows->v);
    }
    array_free(&set->comms.status.all);
    map_finish(&set->catalogue.by_name);
    text_list_finish(&set->catalogue.tiers);
    access_finish(&set->roster.access);
    free(set->catalogue.important_at);
    text_list_finish(&set->severities.list);
    text_list_finish(&set->roles.list);
    text_list_finish(&set->kinds.list);
    for (size_t i = 0; i < set->scripts.n; i++) {
        sandbox_destroy(set->scripts.v[i]->sandbox);
        free(set->scripts.v[i]->name);
        free(set->scripts.v[i]);
    }
    array_free(&set->scripts);
    free(set);
}

/* ---- names ---- */

static bool same_name(const struct named *a, const struct named *b)
{
    return a->name && b->name && strcmp(a->name, b->name) == 0;
}

/* Refuses a name that appears twice in a file, or in two files if it must be unique. */
static int check_duplicate(const any_array *rows, const struct kind *kind, size_t i, struct error *err)
{
    const struct named *row = row_at(rows, kind, i);
    for (size_t k = 0; k < i; k++) {
        const struct named *other = row_at(rows, kind, k);
        bool rivals = row->script == other->script ||
                      (kind->how & UNIQUE && !row->script->builtin && !other->script->builtin);
        if (rivals && same_name(row, other))
            return error_set(err, ERR_INVALID, "%s: %s '%s' is already declared at %s", row->where, kind->what,
                             row->name, other->where);
    }
    return 0;
}

/* Removes the defaults that a team's row replaces; *ret_found: whether there was one. */
static void replace_default(any_array *rows, const struct kind *kind, const char *name, bool *ret_found)
{
    *ret_found = false;
    for (size_t i = rows->n; i-- > 0;) {
        const struct named *row = row_at(rows, kind, i);
        if (row->script->builtin && text_equal(row->name, name)) {
            *ret_found = true;
            row_remove(rows, kind, i);
        }
    }
}

static int off_without_default(const struct named *row, const struct kind *kind, struct error *err)
{
    return error_set(err, ERR_INVALID, "%s: no default %s '%s' to switch off", row->where, kind->what,
                     row->name);
}

/* Whether a default with this name was already replaced or switched off. */
static bool replaced_before(const text_list *replaced, const char *name)
{
    for (size_t i = 0; i < replaced->n; i++) {
        if (strcmp(replaced->v[i], name) == 0)
            return true;
    }
    return false;
}

static int replace_defaults(any_array *rows, const struct kind *kind, struct error *err)
{
    text_list replaced = {0}, teams = {0};
    int rc = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const struct named *row = row_at(rows, kind, i);
        if (!row->script->builtin && row->name && !replaced_before(&teams, row->name))
            *array_add(&teams) = xstrdup(row->name);
    }
    for (size_t i = 0; i < teams.n; i++) {
        bool found;
        replace_default(rows, kind, teams.v[i], &found);
        if (found)
            *array_add(&replaced) = xstrdup(teams.v[i]);
    }
    for (size_t i = rows->n; i-- > 0;) {
        struct named *row = row_at(rows, kind, i);
        if (!row->off)
            continue;
        if (!rc && !replaced_before(&replaced, row->name))
            rc = off_without_default(row, kind, err);
        row_remove(rows, kind, i);
    }
    text_list_finish(&replaced);
    text_list_finish(&teams);
    return rc;
}

/* A declaration that failed halfway (in a pcall) does not count. */
static void drop_incomplete(any_array *rows, const struct kind *kind)
{
    for (size_t i = rows->n; i-- > 0;) {
        if (!row_at(rows, kind, i)->complete)
            row_remove(rows, kind, i);
    }
}

static int resolve_kind(struct policy_set *set, const struct kind *kind, struct error *err)
{
    any_array *rows = array_of(set, kind);
    int rc = 0;
    drop_incomplete(rows, kind);
    if (!(kind->how & REPLACES))
        return 0;
    for (size_t i = 0; !rc && i < rows->n; i++)
        rc = check_duplicate(rows, kind, i, err);
    return rc ? rc : replace_defaults(rows, kind, err);
}

int set_resolve_names(struct policy_set *set, struct error *err)
{
    int rc = 0;
    for (size_t k = 0; !rc && k < ARRAY_SIZE(kinds); k++)
        rc = resolve_kind(set, &kinds[k], err);
    return rc;
}
