/* The incident, event and group objects that scripts see, and what scripts may ask for. */
#include <lauxlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/set.h"

#define REACTIONS_A_CALL 50

/* An incident object holds the number; its fields are read from the state when they are asked for. */
static uint64_t incident_at(lua_State *L, int index)
{
    lua_getiuservalue(L, index, 1);
    uint64_t id = (uint64_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return id;
}

static uint64_t check_incident(lua_State *L)
{
    luaL_argcheck(L, lua_isuserdata(L, 1), 1, "an incident is wanted: incident:say(…), with a colon");
    return incident_at(L, 1);
}

static struct reaction *react(lua_State *L, enum reaction_kind kind, uint64_t incident)
{
    struct script *script = script_of(L);
    reaction_list *list = script->set->policy->reactions;
    if (!list)
        luaL_error(L, "nothing can be asked for here: only in on(), on_missed and command functions");
    if (list->n >= REACTIONS_A_CALL)
        luaL_error(L, "more than %d things were asked for in one call", REACTIONS_A_CALL);
    char *where = sandbox_where(L);
    struct reaction *reaction = array_add(list);
    *reaction = (struct reaction){.kind = kind, .incident = incident, .rule = where};
    return reaction;
}

static char *clean_at(lua_State *L, int index)
{
    size_t n;
    const char *text = luaL_optlstring(L, index, NULL, &n);
    return text ? utf8_sanitize(text, n, 16384) : NULL;
}

/* @method incident:say(text [, channel]): CommonMark in the incident's channels, or in the channel named. */
static int incident_say(lua_State *L)
{
    luaL_checkstring(L, 2);
    struct reaction *r = react(L, REACTION_SAY, check_incident(L));
    r->text = clean_at(L, 2);
    r->channel = clean_at(L, 3);
    return 0;
}

/* @method incident:announce([channel]): its card where incidents are announced, kept up to date. */
static int incident_announce(lua_State *L)
{
    struct reaction *r = react(L, REACTION_ANNOUNCE, check_incident(L));
    r->channel = clean_at(L, 2);
    return 0;
}

/* @method incident:open_channel(): a channel of its own on every platform that can. */
static int incident_open(lua_State *L)
{
    react(L, REACTION_OPEN_CHANNEL, check_incident(L));
    return 0;
}

/* @method incident:close_channel(): archives its channels. */
static int incident_close_channel(lua_State *L)
{
    react(L, REACTION_CLOSE_CHANNEL, check_incident(L));
    return 0;
}

/* @method incident:page(person [, text]): gets somebody's attention. */
static int incident_page(lua_State *L)
{
    luaL_checkstring(L, 2);
    struct reaction *r = react(L, REACTION_PAGE, check_incident(L));
    r->value = clean_at(L, 2);
    r->text = clean_at(L, 3);
    return 0;
}

/* @method incident:command(verb, {text=, name=, value=}): any command of the engine, such as "note", "sev", "role", "accept". */
static int incident_command(lua_State *L)
{
    static const char *const known[] = {"text", "name", "value", "for", NULL};
    luaL_checkstring(L, 2);
    bool more = !lua_isnoneornil(L, 3);
    if (more)
        check_fields(L, 3, "command", known);
    duration span = more ? field_duration(L, 3, "for", 0) : 0;
    struct reaction *r = react(L, REACTION_COMMAND, check_incident(L));
    size_t place = script_of(L)->set->policy->reactions->n - 1;
    r->verb = clean_at(L, 2);
    for (int i = 0; more && i < 3; i++) {
        char *text = field_text(L, 3, known[i], false);
        r = &script_of(L)->set->policy->reactions->v[place];
        *(i == 0 ? &r->text : i == 1 ? &r->name : &r->value) = text;
    }
    r->until = span ? script_of(L)->set->policy->now + span : 0;
    return 0;
}

static const luaL_Reg methods[] = {
    {"say", incident_say},           {"announce", incident_announce},
    {"open_channel", incident_open}, {"close_channel", incident_close_channel},
    {"page", incident_page},         {"command", incident_command},
};

static void push_text(lua_State *L, const char *text)
{
    lua_pushstring(L, text); /* NULL pushes nil */
}

static void push_seconds(lua_State *L, duration d)
{
    if (d < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, (double)d / 1000);
}

static void push_customers(lua_State *L, const struct incident *incident)
{
    lua_createtable(L, (int)incident->customers.n, 0);
    for (size_t i = 0; i < incident->customers.n; i++) {
        lua_createtable(L, 0, 3);
        push_text(L, incident->customers.v[i].key);
        lua_setfield(L, -2, "key");
        push_text(L, incident->customers.v[i].name);
        lua_setfield(L, -2, "name");
        lua_pushinteger(L, incident->customers.v[i].count);
        lua_setfield(L, -2, "count");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_roles(lua_State *L, const struct incident *incident)
{
    lua_createtable(L, 0, (int)incident->roles.n);
    for (size_t i = 0; i < incident->roles.n; i++) {
        push_text(L, incident->roles.v[i].person);
        lua_setfield(L, -2, incident->roles.v[i].role);
    }
}

/* Fields: id, name, title, summary, status, severity, service, team, private, drill, declared_by, rule, roles, customers, members
   (how many), alerts (how many), age, active, paused (seconds), paused_by, pause_reason, ended_reason, merged_into, ticket. */
static bool push_field(lua_State *L, const struct incident *i, const char *key)
{
    char name[INCIDENT_NAME];
    struct durations d = incident_durations(i, script_of(L)->set->policy->now);
    const struct {
        const char *key, *text;
    } texts[] = {{"title", i->title},
                 {"summary", i->summary},
                 {"severity", i->severity},
                 {"service", i->service},
                 {"team", i->team},
                 {"declared_by", i->declared_by},
                 {"rule", i->rule},
                 {"status", status_name(i->status)},
                 {"ticket", i->ticket},
                 {"paused_by", i->paused_by},
                 {"pause_reason", i->pause_reason},
                 {"ended_reason", i->ended_reason},
                 {"name", incident_name(i->id, name)}};
    const struct {
        const char *key;
        int64_t number;
    } numbers[] = {{"id", (int64_t)i->id},           {"members", (int64_t)i->members.n},
                   {"alerts", (int64_t)i->alerts.n}, {"notes", i->notes},
                   {"updates", i->updates},          {"merged_into", (int64_t)i->merged_into}};
    const struct {
        const char *key;
        duration span;
    } spans[] = {{"age", d.open},
                 {"active", d.active},
                 {"paused", d.paused},
                 {"to_fix", d.to_fix},
                 {"to_accept", d.to_accept}};
    for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
        if (strcmp(texts[k].key, key) == 0)
            return push_text(L, texts[k].text), true;
    }
    for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
        if (strcmp(numbers[k].key, key) == 0)
            return lua_pushinteger(L, numbers[k].number), true;
    }
    for (size_t k = 0; k < ARRAY_SIZE(spans); k++) {
        if (strcmp(spans[k].key, key) == 0)
            return push_seconds(L, spans[k].span), true;
    }
    if (strcmp(key, "private") == 0 || strcmp(key, "drill") == 0)
        return lua_pushboolean(L, *key == 'p' ? i->private : i->drill), true;
    if (strcmp(key, "customers") == 0)
        return push_customers(L, i), true;
    if (strcmp(key, "roles") == 0)
        return push_roles(L, i), true;
    return false;
}

static int incident_index(lua_State *L)
{
    const struct policy_host *host = &script_of(L)->set->policy->host;
    const char *key = luaL_checkstring(L, 2);
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (strcmp(methods[i].name, key) == 0) {
            lua_pushcfunction(L, methods[i].func);
            return 1;
        }
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "incident_at_hand");
    const struct incident *at_hand = lua_touserdata(L, -1);
    uint64_t id = incident_at(L, 1);
    const struct incident *incident = at_hand && at_hand->id == id ? at_hand
                                      : host->incident             ? host->incident(host->ctx, id)
                                                                   : NULL;
    if (!incident || !push_field(L, incident, key))
        return luaL_error(L, incident ? "an incident has no field '%s'" : "this incident is gone ('%s')", key);
    return 1;
}

void push_incident(lua_State *L, const struct incident *incident)
{
    if (!incident) {
        lua_pushnil(L);
        return;
    }
    lua_pushlightuserdata(L, (void *)(uintptr_t)incident);
    lua_setfield(L, LUA_REGISTRYINDEX, "incident_at_hand");
    lua_newuserdatauv(L, 1, 1);
    lua_pushinteger(L, (lua_Integer)incident->id);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, "incident");
}

/* @function incident(number): one of the incidents, or nil. */
static int lua_incident(lua_State *L)
{
    const struct policy_host *host = &script_of(L)->set->policy->host;
    uint64_t id = (uint64_t)luaL_checkinteger(L, 1);
    const struct incident *incident = host->incident ? host->incident(host->ctx, id) : NULL;
    push_incident(L, incident);
    return 1;
}

/* @function person(id): { id, name, email, zone }, or nil. */
static int lua_person(lua_State *L)
{
    const struct policy_host *host = &script_of(L)->set->policy->host;
    const char *text = host->person ? host->person(host->ctx, luaL_checkstring(L, 1)) : NULL;
    CLEANUP_JSON cJSON *person = text ? cJSON_Parse(text) : NULL;
    sandbox_push_json(L, person);
    return 1;
}

void push_event(lua_State *L, const struct event *event)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"type", event_kind(event->type)->name},
                 {"by", event->by},
                 {"text", event->text},
                 {"name", event->name},
                 {"value", event->value},
                 {"rule", event->rule},
                 {"status", event->status ? status_name(event->status) : NULL}};
    lua_createtable(L, 0, 10);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        push_text(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    lua_pushinteger(L, event->count);
    lua_setfield(L, -2, "count");
    lua_pushboolean(L, event->flag);
    lua_setfield(L, -2, "flag");
    bool person = event->by && !strchr(event->by, '/') && strcmp(event->by, "rule") != 0 &&
                  strcmp(event->by, "clock") != 0 && strcmp(event->by, "system") != 0;
    lua_pushboolean(L, person);
    lua_setfield(L, -2, "by_person");
}

void group_facts(const struct group *group, enum group_change change, instant now, struct json_out *j)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"change", group_change_name(change)},
                 {"title", group->title},
                 {"service", group->service},
                 {"environment", group->environment},
                 {"release", group->release},
                 {"source", group->source},
                 {"origin", group->origin},
                 {"stream", group->stream},
                 {"type", group->type},
                 {"culprit", group->culprit},
                 {"level", alert_level_name((enum alert_level)group->level)},
                 {"url", group->url}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (!text_empty(texts[i].text))
            json_put_text(j, texts[i].key, texts[i].text);
    }
    json_put_int(j, "count", group->count);
    json_put_int(j, "count_1m", group_count_within(group, 1, now));
    json_put_int(j, "count_5m", group_count_within(group, 5, now));
    json_put_int(j, "count_60m", group_count_within(group, 60, now));
    json_put_int(j, "customers", group->n_customers);
    json_put_int(j, "regressions", group->regressions);
    json_put_int(j, "first_seen", group->first_seen);
    json_put_int(j, "last_seen", group->last_seen);
}

void push_group(lua_State *L, const struct group *group, enum group_change change, instant now)
{
    CLEANUP_STR struct str text = {0};
    struct json_out j = {&text, false};
    json_begin_object(&j);
    group_facts(group, change, now, &j);
    json_end_object(&j);
    CLEANUP_JSON cJSON *facts = cJSON_Parse(text.p);
    sandbox_push_json(L, facts);
    lua_newtable(L);
    for (size_t i = 0; group->alert && i < group->alert->n_tags; i++) {
        push_text(L, group->alert->tags[i].value);
        lua_setfield(L, -2, group->alert->tags[i].key);
    }
    lua_setfield(L, -2, "tags");
}

void bind_incident(lua_State *L)
{
    luaL_newmetatable(L, "incident");
    lua_pushcfunction(L, incident_index);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_register(L, "incident", lua_incident);
    lua_register(L, "person", lua_person);
}
