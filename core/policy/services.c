#include "policy/services.h"

#include <ctype.h>
#include <string.h>

#include "base/config.h"
#include "intake/alert.h"
#include "policy/set.h"

/* ---- reading ---- */

static struct service *look_up(const struct policy_set *set, const char *name)
{
    CLEANUP_FREE char *lower = text_lower(name);
    return lower ? map_get(&set->catalogue.by_name, lower) : NULL;
}

const struct service *find_service(const struct policy_set *set, const char *name)
{
    return look_up(set, name);
}

const struct service *policy_service(const struct policy *policy, const char *name)
{
    return policy ? find_service(policy->set, name) : NULL;
}

const struct service *policy_service_at(const struct policy *policy, size_t i)
{
    return policy && i < policy->set->catalogue.services.n ? &policy->set->catalogue.services.v[i].service
                                                           : NULL;
}

static bool is_named_important(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; i < set->catalogue.sets.n; i++) {
        const struct service_set *services = &set->catalogue.sets.v[i];
        if (text_equal(services->named.name, "important") && services->globs.n &&
            text_list_takes(&services->globs, name, true))
            return true;
    }
    return false;
}

enum service_weight weigh_declared(const struct service *service)
{
    if (!service)
        return SERVICE_UNKNOWN;
    return service->critical_flow ? SERVICE_IN_CRITICAL_FLOW
           : service->tier == 1   ? SERVICE_OF_TIER_1
                                  : SERVICE_ORDINARY;
}

enum service_weight weigh_service(const struct policy_set *set, const char *name)
{
    enum service_weight weight = weigh_declared(find_service(set, name));
    return weight <= SERVICE_ORDINARY && is_named_important(set, name) ? SERVICE_LISTED : weight;
}

bool service_name_is_valid(const char *name)
{
    size_t n = strlen(name);
    bool valid = n && n <= ALERT_NAME && name[0] != ' ' && name[n - 1] != ' ';
    for (size_t i = 0; i < n; i++)
        valid = valid && !iscntrl((unsigned char)name[i]) && !strchr("`*?", name[i]);
    return valid;
}

/* ---- dependencies ---- */

struct walk {
    const struct set_catalogue *catalogue;
    enum reach reach;
    bool *met; /* by the row's index */
    service_list *list;
};

static bool *met(const struct walk *walk, const struct service *service)
{
    const struct service_row *row = container_of(service, struct service_row, service);
    return &walk->met[row - walk->catalogue->services.v];
}

static void add_next(const struct walk *walk, const struct service *service)
{
    size_t n = walk->reach == REACH_NEEDS ? service->needs.n : service->needed_by.n;
    const struct service *const *next = walk->reach == REACH_NEEDS ? service->needs.v : service->needed_by.v;
    for (size_t i = 0; i < n; i++) {
        if (*met(walk, next[i]))
            continue;
        *met(walk, next[i]) = true;
        *array_add(walk->list) = next[i];
    }
}

void policy_service_reach(const struct policy *policy, const struct service *service, enum reach reach,
                          service_list *ret, size_t *ret_direct)
{
    const struct set_catalogue *catalogue = &policy->set->catalogue;
    CLEANUP_FREE bool *marks = xcalloc(catalogue->services.n, sizeof(*marks));
    const struct walk walk = {catalogue, reach, marks, ret};
    *met(&walk, service) = true;
    add_next(&walk, service);
    *ret_direct = ret->n;
    for (size_t i = 0; i < ret->n; i++)
        add_next(&walk, ret->v[i]);
}

/* ---- sealing ---- */

static struct service_words words_of(const text_list *list)
{
    return (struct service_words){(const char *const *)list->v, list->n};
}

static int take_name(struct policy_set *set, struct service_row *row, const char *name, struct error *err)
{
    const struct service *other = find_service(set, name);
    CLEANUP_FREE char *lower = text_lower(name);
    if (other)
        return error_set(err, ERR_INVALID,
                         "%s: service '%s': the name '%s' is already that of service '%s' at %s; names and "
                         "aliases are the same in any case, and each is of one service",
                         row->named.where, row->named.name, name, other->name, other->where);
    map_put(&set->catalogue.by_name, lower, &row->service);
    return 0;
}

static int begin(struct policy_set *set, struct service_row *row, struct error *err)
{
    struct service *service = &row->service; /* its tier and flow are read already */
    service->name = row->named.name;
    service->where = row->named.where;
    service->owner = row->owner;
    service->runbook = row->runbook;
    service->component = row->component;
    service->aliases = words_of(&row->aliases);
    service->dashboards = words_of(&row->dashboards);
    int rc = take_name(set, row, row->named.name, err);
    for (size_t i = 0; !rc && i < row->aliases.n; i++)
        rc = take_name(set, row, row->aliases.v[i], err);
    return rc;
}

/* What to write instead: a name that is near, or else a declaration. */
static char *advice(const char *word, const char *const *names, size_t n, const char *declaration)
{
    const char *near = nearest_word(word, names, n);
    return near ? xasprintf("did you mean '%s'?", near) : xasprintf("declare it with %s", declaration);
}

static int find_its_team(const struct policy_set *set, struct service_row *row, struct error *err)
{
    size_t n = set->roster.teams.n;
    const struct team_row *team = row->team ? find_team(set, row->team) : NULL;
    row->service.team = team ? team->named.name : NULL;
    if (!row->team || team)
        return 0;
    CLEANUP_FREE const char **names = xcalloc(n + 1, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = set->roster.teams.v[i].named.name;
    CLEANUP_FREE char *declaration = xasprintf("team { name = \"%s\", people = { \"ana\" } }", row->team);
    CLEANUP_FREE char *instead = advice(row->team, names, n, declaration);
    return error_set(err, ERR_INVALID, "%s: service '%s': no team is called '%s'; %s", row->named.where,
                     row->named.name, row->team, instead);
}

static int unknown_need(const struct policy_set *set, const struct service_row *row, const char *need,
                        struct error *err)
{
    size_t n = set->catalogue.services.n;
    CLEANUP_FREE const char **names = xcalloc(n, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = set->catalogue.services.v[i].named.name;
    CLEANUP_FREE char *declaration = xasprintf("service { name = \"%s\" }", need);
    CLEANUP_FREE char *instead = advice(need, names, n, declaration);
    return error_set(err, ERR_INVALID, "%s: service '%s' depends on '%s', which no service{} declares; %s",
                     row->named.where, row->named.name, need, instead);
}

static int link_need(struct policy_set *set, struct service_row *row, const char *need, struct error *err)
{
    struct service *other = look_up(set, need);
    if (!other)
        return unknown_need(set, row, need, err);
    if (other == &row->service)
        return error_set(err, ERR_INVALID, "%s: service '%s' depends on itself; take '%s' out of depends_on",
                         row->named.where, row->named.name, need);
    for (size_t i = 0; i < row->service.needs.n; i++) {
        if (row->service.needs.v[i] == other)
            return error_set(err, ERR_INVALID, "%s: service '%s' depends on '%s' twice; name it once",
                             row->named.where, row->named.name, other->name);
    }
    *array_add(&row->service.needs) = other;
    *array_add(&other->needed_by) = &row->service;
    return 0;
}

int services_seal(struct policy_set *set, struct error *err)
{
    struct set_catalogue *catalogue = &set->catalogue;
    int rc = 0;
    for (size_t i = 0; !rc && i < catalogue->services.n; i++)
        rc = begin(set, &catalogue->services.v[i], err);
    for (size_t i = 0; !rc && i < catalogue->services.n; i++) {
        struct service_row *row = &catalogue->services.v[i];
        rc = find_its_team(set, row, err);
        for (size_t k = 0; !rc && k < row->depends_on.n; k++)
            rc = link_need(set, row, row->depends_on.v[k], err);
    }
    return rc;
}
