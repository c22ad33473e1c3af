/* service{}, important{}. */
#include <string.h>

#include "base/markup.h"
#include "policy/bind.h"

#define MINUTES_MOST 30
#define COUNT_MOST   1000000

/* ---- service ---- */

/* Compared with what alerts say, whole and in any case. */
static void check_name(lua_State *L, const char *name)
{
    if (!service_name_is_valid(name))
        luaL_error(
            L,
            "service '%s': the name of a service is the text by which alerts call it, at most %d bytes on "
            "one line, without *, ? or `; patterns go into services{ important = { \"pay*\" } }",
            name, ALERT_NAME);
}

static void check_link(lua_State *L, const char *service, const char *field, const char *link)
{
    if (!text_is_address(link))
        luaL_error(L, "service '%s': %s must be a link, such as https://wiki.example/checkout; '%s' is not",
                   service, field, link);
}

static void check_owner(lua_State *L, const char *service, const char *owner)
{
    if (text_empty(owner) || strpbrk(owner, " \t\n"))
        luaL_error(
            L, "service '%s': owner must be an id of people{} or an e-mail address, such as ana; '%s' is not",
            service, owner);
}

static void read_service(lua_State *L, struct service_row *row)
{
    const char *name = row->named.name;
    check_name(L, name);
    field_text(L, 1, "team", false, &row->team);
    if (field_text(L, 1, "owner", false, &row->owner))
        check_owner(L, name, row->owner);
    if (field_text(L, 1, "runbook", false, &row->runbook))
        check_link(L, name, "runbook", row->runbook);
    field_text(L, 1, "component", false, &row->component);
    field_texts(L, 1, "aliases", &row->aliases);
    field_texts(L, 1, "dashboards", &row->dashboards);
    field_texts(L, 1, "depends_on", &row->depends_on);
    for (size_t i = 0; i < row->aliases.n; i++)
        check_name(L, row->aliases.v[i]);
    for (size_t i = 0; i < row->dashboards.n; i++)
        check_link(L, name, "a dashboard", row->dashboards.v[i]);
    row->service.tier = (int)field_int(L, 1, "tier", 0, 1, SERVICE_TIERS);
    row->service.critical_flow = field_bool(L, 1, "critical_flow", false);
}

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text); /* NULL pushes nil */
    lua_setfield(L, -2, key);
}

static void set_words(lua_State *L, const char *key, const struct service_words *words)
{
    lua_createtable(L, (int)words->n, 0);
    for (size_t i = 0; i < words->n; i++) {
        lua_pushstring(L, words->v[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, key);
}

static void set_services(lua_State *L, const char *key, const struct service *const *services, size_t n)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, services[i]->name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, key);
}

/* @function service(name): Returns what the catalogue says of a service, by its name or an alias in any case: { name, team, owner, tier,
   critical_flow, runbook, component, aliases, dashboards, depends_on, needed_by }; nil if it does not have it. Only for functions that
   run later, not while the file is loaded. */
static int read_catalogue(lua_State *L)
{
    const struct policy_set *set = script_of(L)->set;
    const struct service *service = find_service(set, lua_tostring(L, 1));
    if (!set->sealed)
        luaL_error(
            L, "service(name) may only be called by a function that runs later: while files are loaded, the "
               "catalogue is not complete");
    if (!service)
        return 0;
    lua_createtable(L, 0, 11);
    set_text(L, "name", service->name);
    set_text(L, "team", service->team);
    set_text(L, "owner", service->owner);
    set_text(L, "runbook", service->runbook);
    set_text(L, "component", service->component);
    set_words(L, "aliases", &service->aliases);
    set_words(L, "dashboards", &service->dashboards);
    set_services(L, "depends_on", service->needs.v, service->needs.n);
    set_services(L, "needed_by", service->needed_by.v, service->needed_by.n);
    lua_pushboolean(L, service->critical_flow);
    lua_setfield(L, -2, "critical_flow");
    if (service->tier) {
        lua_pushinteger(L, service->tier);
        lua_setfield(L, -2, "tier");
    }
    return 1;
}

/*
 * @function service{ name = string, team = string, tier = 1, critical_flow = true, owner = string, runbook = link, dashboards = {…},
 * depends_on = {…}, component = string, aliases = {…} }: Declares a service. `name` and `aliases` are what alerts call it, whole and in any
 * case. `team` is one of team{}, `tier` from 1, the most important, to 5; `owner` names a person as team{} does; `depends_on` names other
 * services, and `component` what the status page calls it. See "Services, and what is important".
 */
static int lua_service(lua_State *L)
{
    static const char *const known[] = {"name",      "team",    "tier",       "critical_flow",
                                        "owner",     "runbook", "dashboards", "depends_on",
                                        "component", "aliases", NULL};
    if (lua_type(L, 1) == LUA_TSTRING)
        return read_catalogue(L);
    struct policy_set *set = open_set(L, "service");
    check_fields(L, 1, "service", known);
    struct service_row *row = array_add(&set->catalogue.services);
    declare_named(L, &row->named);
    read_service(L, row);
    row->named.complete = true;
    return 0;
}

/* ---- important ---- */

/*
 * @function important{ customers = 10, tiers = {…}, growth = 2, alerts = 20, within = "5m" }: Sets from when on an incident or a group is
 * important, besides that of an important service: so many customers are affected; or one whom we watch over, or of one of these tiers;
 * or there were `growth` times as many alerts in this time (1m to 30m) as in the same time before, and at least `alerts`. What it does
 * not say stays as it ships. At most one file may set it. See "Services, and what is important".
 */
static int lua_important(lua_State *L)
{
    static const char *const known[] = {"customers", "tiers", "growth", "alerts", "within", NULL};
    struct policy_set *set = open_set(L, "important");
    struct set_catalogue *catalogue = &set->catalogue;
    const struct importance_limits before = catalogue->important;
    check_fields(L, 1, "important", known);
    if (catalogue->important_at)
        luaL_error(L, "important is already set at %s; there is one for all files", catalogue->important_at);
    struct importance_limits limits = {.customers =
                                           field_int(L, 1, "customers", before.customers, 1, COUNT_MOST),
                                       .growth = field_int(L, 1, "growth", before.growth, 1, COUNT_MOST),
                                       .alerts = field_int(L, 1, "alerts", before.alerts, 1, COUNT_MOST),
                                       .within = field_duration(L, 1, "within", before.within)};
    if (limits.within < MINUTE || limits.within > MINUTES_MOST * MINUTE || limits.within % MINUTE)
        luaL_error(L, "within must be a number of minutes from 1m to %dm", MINUTES_MOST);
    text_list_finish(&catalogue->tiers);
    field_texts(L, 1, "tiers", &catalogue->tiers);
    catalogue->important = limits;
    if (!script_of(L)->builtin)
        catalogue->important_at = xstrdup(sandbox_where(L));
    return 0;
}

/* ---- asked by functions ---- */

#define IMPORTANCE "tocsin.importance"

static int free_importance(lua_State *L)
{
    importance_finish(lua_touserdata(L, 1));
    return 0;
}

static void push_criterion(lua_State *L, const struct criterion *criterion)
{
    lua_createtable(L, 0, 5);
    set_text(L, "name", criterion->name);
    set_text(L, "words", criterion->words);
    lua_pushboolean(L, criterion->holds);
    lua_setfield(L, -2, "holds");
    lua_pushinteger(L, criterion->value);
    lua_setfield(L, -2, "value");
    lua_pushinteger(L, criterion->threshold);
    lua_setfield(L, -2, "threshold");
}

int push_importance(lua_State *L, const struct incident *incident, const struct group *group)
{
    const struct policy *policy = policy_of(L);
    struct importance *importance =
        lua_newuserdatauv(L, sizeof(*importance), 0); /* freed even after an error */
    *importance = (struct importance){0};
    luaL_setmetatable(L, IMPORTANCE);
    if (incident)
        policy_importance(policy, incident, policy->now, importance);
    else
        policy_group_importance(policy, group, policy->now, importance);
    lua_pushboolean(L, importance->important);
    lua_createtable(L, IMPORTANT_CRITERIA, 0);
    for (int i = 0; i < IMPORTANT_CRITERIA; i++) {
        push_criterion(L, &importance->criteria[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 2;
}

void bind_services(lua_State *L)
{
    static const luaL_Reg functions[] = {{"service", lua_service}, {"important", lua_important}};
    luaL_newmetatable(L, IMPORTANCE);
    lua_pushcfunction(L, free_importance);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
