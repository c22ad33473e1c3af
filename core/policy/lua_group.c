/* The group object, for the functions of a rule. There is one per script; it is the group being judged, or nothing. */
#include <string.h>

#include "intake/group_affected.h"
#include "policy/bind.h"

struct group_ref {
    char none;
};

static const struct group *current_group(lua_State *L)
{
    const struct group *group = policy_of(L)->group;
    luaL_checkudata(L, 1, "group");
    if (!group)
        luaL_error(L, "a group can only be read while a function of the rule runs");
    return group;
}

/* @method group:count_within(span): Returns the number of alerts within the last minutes; the span is from "1m" to "60m". */
static int group_within(lua_State *L)
{
    const struct group *group = current_group(L);
    duration within = check_duration(L, 2, "the span");
    luaL_argcheck(L, within >= MINUTE && within <= GROUP_MINUTES * MINUTE, 2,
                  "the span must be from 1m to 60m");
    lua_pushinteger(L, group_count_within(group, (int)(within / MINUTE), policy_of(L)->now));
    return 1;
}

/* @method group:tag(name): Returns a tag of the current alert; nil if it has no such tag, or if there is no current alert. */
static int group_tag(lua_State *L)
{
    const struct group *group = current_group(L);
    const char *name = luaL_checkstring(L, 2);
    lua_pushstring(L, group->alert ? alert_tag(group->alert, name) : NULL);
    return 1;
}

/* @method group:important(): Returns whether it is important, and a list of the criteria, as incident:important() does. */
static int group_important(lua_State *L)
{
    return push_importance(L, NULL, current_group(L));
}

static void push_level(lua_State *L, const struct group *group)
{
    lua_pushstring(L, alert_level_name((enum alert_level)group->level));
}

static void push_change(lua_State *L, const struct group *group)
{
    (void)group;
    lua_pushstring(L, group_change_name(policy_of(L)->change));
}

static void push_fingerprint(lua_State *L, const struct group *group)
{
    char text[FINGERPRINT_TEXT];
    lua_pushstring(L, fingerprint_format(group->fingerprint, text));
}

static void push_incident_of(lua_State *L, const struct group *group)
{
    if (group->care.incident)
        lua_pushinteger(L, (lua_Integer)group->care.incident);
    else
        lua_pushnil(L);
}

static void push_customer_count(lua_State *L, const struct group *group)
{
    lua_pushinteger(L, group_affected_count(group));
}

/* There is one list, as there is one group: each access reads the one customer that is asked for, since there may be thousands. */
static void push_group_customers(lua_State *L, const struct group *group)
{
    (void)group;
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.group.customers");
}

static void push_tags(lua_State *L, const struct group *group)
{
    size_t n = group->alert ? group->alert->n_tags : 0;
    lua_createtable(L, 0, (int)n);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, group->alert->tags[i].value);
        lua_setfield(L, -2, group->alert->tags[i].key);
    }
}

enum member_kind { MEMBER_TEXT, MEMBER_COUNT, MEMBER_TIME, ALERT_TEXT };

static const struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
    void (*push)(lua_State *L, const struct group *group);
} members[] = {
#define TEXT(name, field)                                                                                      \
    {                                                                                                          \
        name, MEMBER_TEXT, offsetof(struct group, field), NULL                                                 \
    }
#define COUNT(name, field)                                                                                     \
    {                                                                                                          \
        name, MEMBER_COUNT, offsetof(struct group, field), NULL                                                \
    }
#define TIME(name, field)                                                                                      \
    {                                                                                                          \
        name, MEMBER_TIME, offsetof(struct group, field), NULL                                                 \
    }
#define ALERT(name, field)                                                                                     \
    {                                                                                                          \
        name, ALERT_TEXT, offsetof(struct alert, field), NULL                                                  \
    }
#define MADE(name, push)                                                                                       \
    {                                                                                                          \
        name, MEMBER_TEXT, 0, push                                                                             \
    }
    /* @field group.title, .service, .environment, .release, .culprit, .type, .url: strings; "" when unknown */
    TEXT("title", about.title),
    TEXT("service", about.service),
    TEXT("environment", about.environment),
    TEXT("release", about.release),
    TEXT("culprit", about.culprit),
    TEXT("type", about.type),
    TEXT("url", about.url),
    /* @field group.source, .origin, .stream: the wire format; the name of the source in tocsin.lua; the sender's project */
    TEXT("source", about.source),
    TEXT("origin", about.origin),
    TEXT("stream", about.stream),
    /* @field group.level: "debug", "info", "warning", "error" or "fatal": the worst level since it opened */
    MADE("level", push_level),
    /* @field group.change: why the rule is evaluated: "new", "regressed", "worse", "spread" or "moved" */
    MADE("change", push_change),
    /* @field group.fingerprint: the same for all alerts of the same problem */
    MADE("fingerprint", push_fingerprint),
    /* @field group.count, .regressions: how many alerts since first seen; how often it came back */
    COUNT("count", tally.count),
    COUNT("regressions", regressions),
    /* @field group.first_seen, .last_seen, .opened_at: times */
    TIME("first_seen", times.first_seen),
    TIME("last_seen", times.last_seen),
    TIME("opened_at", times.opened_at),
    /* @field group.customer_count: how many customers it affects; beyond 10,000 an estimate */
    MADE("customer_count", push_customer_count),
    /* @field group.customers: a list of { key, name, count }; and tier, cares, owner, language and wish as in customer(); at most the
       first 10,000 */
    MADE("customers", push_group_customers),
    /* @field group.incident: the number of the incident that it last belonged to; nil: none */
    MADE("incident", push_incident_of),
    /* @field group.message, .host, .user, .details: strings of the current alert; "" when there is none */
    ALERT("message", message),
    ALERT("host", host),
    ALERT("user", who.user),
    ALERT("details", details),
    /* @field group.tags: the tags of the current alert, { name = value } */
    MADE("tags", push_tags),
#undef TEXT
#undef COUNT
#undef TIME
#undef ALERT
#undef MADE
};

static void push_member(lua_State *L, const struct member *member, const struct group *group)
{
    const char *base = member->kind == ALERT_TEXT ? (const char *)group->alert : (const char *)group;
    const void *at = base ? base + member->offset : NULL;
    if (member->push)
        member->push(L, group);
    else if (!at)
        lua_pushliteral(L, "");
    else if (member->kind == MEMBER_COUNT)
        lua_pushinteger(L, *(const int64_t *)at);
    else if (member->kind == MEMBER_TIME)
        push_instant(L, *(const instant *)at);
    else
        lua_pushstring(L, *(const char *const *)at);
}

static int group_index(lua_State *L)
{
    const struct group *group = current_group(L);
    const char *key = luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        if (strcmp(members[i].name, key) == 0) {
            push_member(L, &members[i], group);
            return 1;
        }
    }
    return luaL_error(L, "a group has no field '%s'", key);
}

static const struct group *group_of_list(lua_State *L)
{
    if (!policy_of(L)->group)
        luaL_error(L, "the customers of a group can only be read while a function of the rule runs");
    return policy_of(L)->group;
}

static void push_group_customer(lua_State *L, const struct affected *customer)
{
    const struct policy_host *host = &policy_of(L)->host;
    struct policy_customer record = {0};
    if (!host->customer || !host->customer(host->ctx, customer->key, &record))
        record = (struct policy_customer){.name = customer->name};
    lua_createtable(L, 0, 8);
    lua_pushstring(L, customer->key);
    lua_setfield(L, -2, "key");
    push_customer_record(L, &record);
    lua_pushinteger(L, customer->count);
    lua_setfield(L, -2, "count");
}

static int customers_index(lua_State *L)
{
    const struct group *group = group_of_list(L);
    int is_number;
    lua_Integer i = lua_tointegerx(L, 2, &is_number);
    if (!is_number || i < 1 || i > (lua_Integer)group->affected.n)
        return 0;
    struct affected customer = group_affected_at(group, (size_t)i - 1);
    push_group_customer(L, &customer);
    return 1;
}

static int customers_length(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)group_of_list(L)->affected.n);
    return 1;
}

static int customers_write(lua_State *L)
{
    return luaL_error(L, "the customers of a group can only be read");
}

static int customers_next(lua_State *L)
{
    lua_Integer i = luaL_checkinteger(L, 2) + 1;
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int customers_pairs(lua_State *L)
{
    lua_pushcfunction(L, customers_next);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static void bind_group_customers(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__index", customers_index},
                                       {"__len", customers_length},
                                       {"__newindex", customers_write},
                                       {"__pairs", customers_pairs},
                                       {NULL, NULL}};
    lua_newtable(L);
    luaL_newlib(L, methods);
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.group.customers");
}

void push_group(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "tocsin.group");
}

void bind_group(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"count_within", group_within}, {"tag", group_tag}, {"important", group_important}, {NULL, NULL}};
    lua_newuserdatauv(L, sizeof(struct group_ref), 0);
    luaL_newmetatable(L, "group");
    luaL_newlib(L, methods);
    lua_pushcclosure(L, group_index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, "tocsin.group");
    bind_group_customers(L);
}
