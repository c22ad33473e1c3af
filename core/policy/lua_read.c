/* Functions that look up incidents, people and templates; and the event object. */
#include <string.h>

#include "policy/bind.h"

#define INCIDENTS_MOST 1000

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text); /* NULL pushes nil */
    lua_setfield(L, -2, key);
}

/* @function incident(number): Returns an incident by its number or name ("INC-42"); nil if it does not exist or is private. */
static int lua_incident(lua_State *L)
{
    uint64_t id = lua_type(L, 1) == LUA_TSTRING ? incident_name_parse(lua_tostring(L, 1))
                                                : (uint64_t)luaL_checkinteger(L, 1);
    push_incident(L, find_incident(L, id));
    return 1;
}

struct listing {
    uint64_t *ids;
    size_t n;
};

static bool list_one(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    if (!incident->private)
        listing->ids[listing->n++] = incident->id;
    return listing->n < INCIDENTS_MOST;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* @function incidents(): Returns a list of the open incidents, oldest first, without private ones; at most 1,000. */
static int lua_incidents(lua_State *L)
{
    const struct policy_host *host = &policy_of(L)->host;
    struct listing listing = {lua_newuserdatauv(L, INCIDENTS_MOST * sizeof(uint64_t), 0), 0};
    if (host->each_incident)
        host->each_incident(host->ctx, list_one, &listing);
    qsort(listing.ids, listing.n, sizeof(uint64_t), by_number);
    lua_createtable(L, (int)listing.n, 0);
    for (size_t i = 0; i < listing.n; i++) {
        push_incident_number(L, listing.ids[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int delete_json(lua_State *L)
{
    cJSON_Delete(*(cJSON **)lua_touserdata(L, 1));
    return 0;
}

/* @function person(id): Returns { id, name, email, zone } of the person as whom that id acts now (see people.md); nil if nobody has it. */
static int lua_person(lua_State *L)
{
    static const char *const fields[] = {"id", "name", "email", "zone"};
    const struct policy_host *host = &policy_of(L)->host;
    const char *id = luaL_checkstring(L, 1);
    cJSON **person = lua_newuserdatauv(L, sizeof(cJSON *), 0); /* freed even if an error is raised below */
    *person = NULL;
    luaL_setmetatable(L, "tocsin.json");
    const char *text = host->person ? host->person(host->ctx, id) : NULL;
    *person = text ? cJSON_Parse(text) : NULL;
    if (!*person)
        return 0;
    lua_createtable(L, 0, ARRAY_SIZE(fields));
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        set_text(L, fields[i], json_text_or(*person, fields[i], NULL));
    return 1;
}

/* The members of a customer's record, into the table on top. */
void push_customer_record(lua_State *L, const struct policy_customer *record)
{
    set_text(L, "name", record->name);
    set_text(L, "tier", record->tier);
    set_text(L, "owner", record->owner);
    set_text(L, "language", record->language);
    set_text(L, "wish", record->wish);
    lua_pushboolean(L, record->cares);
    lua_setfield(L, -2, "cares");
}

/* @function customer(key): Returns what the directory says of a customer, by key or alias: { key, name, tier, owner, language, wish,
   cares }; nil if it does not have them. `owner` is a person's id, `wish` "no-contact" or "security-only". */
static int lua_customer(lua_State *L)
{
    struct policy_customer record = {0};
    const struct policy_host *host = &policy_of(L)->host;
    const char *key = luaL_checkstring(L, 1);
    if (!host->customer || !host->customer(host->ctx, key, &record))
        return 0;
    lua_createtable(L, 0, 7);
    set_text(L, "key", record.key);
    push_customer_record(L, &record);
    return 1;
}

/* @function render(template, incident [, zone]): Returns the text of a template{} for an incident, with its times in a time zone (by
   default that of `zone` in tocsin.lua). It is an error if the template does not exist, or if a placeholder without a fallback has no
   value. */
static int lua_render(lua_State *L)
{
    struct policy_set *set = script_of(L)->set;
    const struct template_row *row = template_find(set, luaL_checkstring(L, 1));
    const struct incident *incident = find_incident(L, check_incident(L, 2));
    struct error err;
    if (!row)
        return luaL_error(L, "unknown template '%s'", lua_tostring(L, 1));
    const struct policy *policy = policy_of(L);
    const char *zone = opt_zone(L, 3);
    const struct template_values values = {incident, policy->now, zone ? zone : policy_zone(policy), NULL,
                                           NULL};
    struct str text = {0};
    int rc = template_expand(row->text, row->named.where, &values, &text, &err);
    char *result = rc || text.len > SANDBOX_TEXT / 4 ? NULL : lua_newuserdatauv(L, text.len + 1, 0);
    size_t n = text.len;
    if (result)
        memcpy(result, str_text(&text), n + 1);
    str_finish(&text);
    if (!result)
        return luaL_error(L, "%s", rc ? err.text : "the text of the template is too long");
    lua_pushlstring(L, result, n);
    return 1;
}

/* The type, the author and the fields of an event. Fields that the event does not have are nil. */
void push_event(lua_State *L, const struct event *event)
{
    bool person = event->by && !event->agent && !strchr(event->by, '/') && strcmp(event->by, "rule") != 0 &&
                  strcmp(event->by, "clock") != 0 && strcmp(event->by, "system") != 0;
    /* @field event.type, .at: "declared", "status", …; a time */
    /* @field event.by, .by_person: the id of a person, or "rule", "clock", …; whether it is a person who did it themselves */
    /* @field event.agent: the agent that did it for the person; nil: none did */
    /* @field event.text, .name, .value, .status, .count, .flag, .until_at, .other: depend on the type; see docs/events.md */
    lua_createtable(L, 0, 15);
    set_text(L, "type", event_kind(event->type)->name);
    set_text(L, "by", event->by);
    set_text(L, "agent", event->agent);
    set_text(L, "text", event->text);
    set_text(L, "name", event->name);
    set_text(L, "value", event->value);
    set_text(L, "rule", event->rule);
    set_text(L, "status", event->status ? status_name(event->status) : NULL);
    lua_pushinteger(L, event->count);
    lua_setfield(L, -2, "count");
    lua_pushinteger(L, find_incident(L, event->other) ? (lua_Integer)event->other : 0);
    lua_setfield(L, -2, "other");
    push_instant(L, event->at);
    lua_setfield(L, -2, "at");
    push_instant(L, event->until);
    lua_setfield(L, -2, "until_at"); /* `until` is a keyword in Lua */
    lua_pushboolean(L, event->flag);
    lua_setfield(L, -2, "flag");
    lua_pushboolean(L, person);
    lua_setfield(L, -2, "by_person");
}

void bind_read(lua_State *L)
{
    static const luaL_Reg functions[] = {{"incident", lua_incident},
                                         {"incidents", lua_incidents},
                                         {"person", lua_person},
                                         {"customer", lua_customer},
                                         {"render", lua_render}};
    luaL_newmetatable(L, "tocsin.json");
    lua_pushcfunction(L, delete_json);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
