/* The fields of the incident object. */
#include <string.h>

#include "policy/bind.h"

static void set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text); /* NULL pushes nil */
    lua_setfield(L, -2, key);
}

static void set_count(lua_State *L, const char *key, int64_t count)
{
    lua_pushinteger(L, count);
    lua_setfield(L, -2, key);
}

static void push_name(lua_State *L, const struct incident *i)
{
    char name[INCIDENT_NAME];
    lua_pushstring(L, incident_name(i->id, name));
}

static void push_status(lua_State *L, const struct incident *i)
{
    lua_pushstring(L, status_name(i->status));
}

static void push_before(lua_State *L, const struct incident *i)
{
    lua_pushstring(L, i->pause.before ? status_name(i->pause.before) : NULL);
}

static void push_open(lua_State *L, const struct incident *i)
{
    lua_pushboolean(L, status_is_open(i->status));
}

static void push_active(lua_State *L, const struct incident *i)
{
    lua_pushboolean(L, status_is_active(i->status));
}

static void push_declared_at(lua_State *L, const struct incident *i)
{
    push_instant(L, i->entries.n ? i->entries.v[0].at : 0);
}

static void push_roles(lua_State *L, const struct incident *i)
{
    lua_createtable(L, 0, (int)i->people.roles.n);
    for (size_t k = 0; k < i->people.roles.n; k++)
        set_text(L, i->people.roles.v[k].role, i->people.roles.v[k].person);
}

static void push_lead(lua_State *L, const struct incident *i)
{
    lua_pushstring(L, incident_role(i, "lead"));
}

static void push_comms(lua_State *L, const struct incident *i)
{
    lua_pushstring(L, incident_role(i, "comms"));
}

static void push_members(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->people.members.n, 0);
    for (size_t k = 0; k < i->people.members.n; k++) {
        lua_pushstring(L, i->people.members.v[k]);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_customer_count(lua_State *L, const struct incident *i)
{
    lua_pushinteger(L, incident_customers(i));
}

static void push_customers(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->affected.customers.n, 0);
    for (size_t k = 0; k < i->affected.customers.n; k++) {
        lua_createtable(L, 0, 3);
        set_text(L, "key", i->affected.customers.v[k].key);
        set_text(L, "name", i->affected.customers.v[k].name);
        set_count(L, "count", i->affected.customers.v[k].count);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_alerts(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->affected.alerts.n, 0);
    for (size_t k = 0; k < i->affected.alerts.n; k++) {
        lua_createtable(L, 0, 4);
        set_text(L, "fingerprint", i->affected.alerts.v[k].fingerprint);
        set_text(L, "title", i->affected.alerts.v[k].title);
        set_count(L, "count", i->affected.alerts.v[k].count);
        lua_pushboolean(L, i->affected.alerts.v[k].resolved);
        lua_setfield(L, -2, "resolved");
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_links(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->places.links.n, 0);
    for (size_t k = 0; k < i->places.links.n; k++) {
        lua_createtable(L, 0, 2);
        set_text(L, "url", i->places.links.v[k].url);
        set_text(L, "label", i->places.links.v[k].label);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_channels(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->places.channels.n, 0);
    for (size_t k = 0; k < i->places.channels.n; k++) {
        lua_createtable(L, 0, 3);
        set_text(L, "connector", i->places.channels.v[k].connector);
        set_text(L, "channel", i->places.channels.v[k].channel);
        set_text(L, "name", i->places.channels.v[k].name);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

static void push_related(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->places.related.n, 0);
    for (size_t k = 0; k < i->places.related.n; k++) {
        if (!find_incident(L, i->places.related.v[k]))
            continue;
        lua_pushinteger(L, (lua_Integer)i->places.related.v[k]);
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
}

static void push_merged_into(lua_State *L, const struct incident *i)
{
    lua_pushinteger(L, find_incident(L, i->end.merged_into) ? (lua_Integer)i->end.merged_into : 0);
}

static void push_owed(lua_State *L, const struct incident *i)
{
    lua_createtable(L, (int)i->owed.n, 0);
    for (size_t k = 0; k < i->owed.n; k++) {
        lua_createtable(L, 0, 4);
        set_text(L, "name", i->owed.v[k].name);
        set_text(L, "text", i->owed.v[k].text);
        push_instant(L, i->owed.v[k].due);
        lua_setfield(L, -2, "due");
        set_count(L, "missed", i->owed.v[k].missed);
        lua_rawseti(L, -2, (lua_Integer)k + 1);
    }
}

enum member_kind { MEMBER_TEXT, MEMBER_COUNT, MEMBER_TIME, MEMBER_FLAG, MEMBER_SPAN };

static const struct member {
    const char *name;
    enum member_kind kind;
    size_t offset; /* in struct incident; for a span, in struct durations */
    void (*push)(lua_State *L, const struct incident *incident);
} members[] = {
#define PART(name, field, kind)                                                                                \
    {                                                                                                          \
#name, kind, offsetof(struct incident, field), NULL                                                    \
    }
#define MEMBER(name, kind) PART(name, name, kind)
#define SPAN(name, member)                                                                                     \
    {                                                                                                          \
        name, MEMBER_SPAN, offsetof(struct durations, member), NULL                                            \
    }
#define MADE(name, push)                                                                                       \
    {                                                                                                          \
        name, MEMBER_TEXT, 0, push                                                                             \
    }
    /* @field incident.id, .name: its number and its name: 42, "INC-42" */
    MEMBER(id, MEMBER_COUNT),
    MADE("name", push_name),
    /* @field incident.title, .summary, .severity, .service, .team, .kind: strings; nil when not set */
    MEMBER(title, MEMBER_TEXT),
    MEMBER(summary, MEMBER_TEXT),
    MEMBER(severity, MEMBER_TEXT),
    MEMBER(service, MEMBER_TEXT),
    MEMBER(team, MEMBER_TEXT),
    PART(kind, sort.kind, MEMBER_TEXT),
    /* @field incident.status, .before: its status; while it is paused, the status that a resume returns to */
    MADE("status", push_status),
    MADE("before", push_before),
    /* @field incident.is_open, .is_active: whether it is in triage, active or paused; whether it is investigating, fixing or monitoring */
    MADE("is_open", push_open),
    MADE("is_active", push_active),
    /* @field incident.private, .drill, .script: true or false; the script of the drill, nil of any other */
    MEMBER(private, MEMBER_FLAG),
    PART(drill, sort.drill, MEMBER_FLAG),
    PART(script, sort.script, MEMBER_TEXT),
    /* @field incident.declared_by, .rule: the id of a person, or "rule"; the file and line of the rule */
    PART(declared_by, declared.by, MEMBER_TEXT),
    PART(rule, declared.rule, MEMBER_TEXT),
    /* @field incident.lead, .comms, .roles: ids of people; roles is { lead = "ana", … } */
    MADE("lead", push_lead),
    MADE("comms", push_comms),
    MADE("roles", push_roles),
    /* @field incident.members: a list of the ids of people */
    MADE("members", push_members),
    /* @field incident.customer_count: how many customers it affects, as its timeline last said */
    MADE("customer_count", push_customer_count),
    /* @field incident.customers: a list of { key, name, count }: the first 32, and those whom people named */
    MADE("customers", push_customers),
    /* @field incident.alerts: a list of { fingerprint, title, count, resolved } */
    MADE("alerts", push_alerts),
    /* @field incident.links, .channels, .related: lists of { url, label }, of { connector, channel, name }, of incident numbers */
    MADE("links", push_links),
    MADE("channels", push_channels),
    MADE("related", push_related),
    /* @field incident.owed: a list of { name, text, due, missed }; due is a time, missed a count */
    MADE("owed", push_owed),
    /* @field incident.notes, .pins, .said, .updates: how many notes, pins, messages and updates there are */
    PART(notes, activity.notes, MEMBER_COUNT),
    PART(pins, activity.pins, MEMBER_COUNT),
    PART(said, activity.said, MEMBER_COUNT),
    PART(updates, activity.updates, MEMBER_COUNT),
    /* @field incident.writeup, .written_at: the latest version of its write-up, 0 while there is none; when that was finished, a time */
    PART(writeup, activity.writeup, MEMBER_COUNT),
    PART(written_at, activity.written_at, MEMBER_TIME),
    /* @field incident.declared_at, .changed_at, .spoke_at, .updated_at: times; spoke_at is that of the last message, note or update */
    MADE("declared_at", push_declared_at),
    PART(changed_at, activity.changed_at, MEMBER_TIME),
    PART(spoke_at, activity.spoke_at, MEMBER_TIME),
    PART(updated_at, activity.updated_at, MEMBER_TIME),
    /* @field incident.age, .active, .paused, .to_accept, .to_fix, .to_resolve, .to_first_contact, .silence: spans in seconds; nil while not known yet.
       The silence is the longest time that a customer heard nothing */
    SPAN("age", open),
    SPAN("active", active),
    SPAN("paused", paused),
    SPAN("to_accept", to_accept),
    SPAN("to_fix", to_fix),
    SPAN("to_first_contact", to_first_contact),
    SPAN("silence", silence),
    SPAN("to_resolve", to_resolve),
    /* @field incident.pause_reason, .pause_until, .paused_by: while it is paused: the reason, a time, the id of a person */
    PART(pause_reason, pause.reason, MEMBER_TEXT),
    PART(pause_until, pause.until, MEMBER_TIME),
    PART(paused_by, pause.by, MEMBER_TEXT),
    /* @field incident.ticket, .merged_into, .ended_reason: the link to its ticket; the number of the incident that it was merged into; why it ended */
    PART(ticket, end.ticket, MEMBER_TEXT),
    MADE("merged_into", push_merged_into),
    PART(ended_reason, end.reason, MEMBER_TEXT),
#undef MEMBER
#undef SPAN
#undef MADE
};

static const void *at(const void *base, size_t offset)
{
    return (const char *)base + offset;
}

static void push_member(lua_State *L, const struct member *member, const struct incident *incident)
{
    if (member->push) {
        member->push(L, incident);
        return;
    }
    struct durations spans;
    switch (member->kind) {
    case MEMBER_TEXT:
        lua_pushstring(L, *(char *const *)at(incident, member->offset));
        break;
    case MEMBER_COUNT:
        lua_pushinteger(L, *(const int64_t *)at(incident, member->offset));
        break;
    case MEMBER_TIME:
        push_instant(L, *(const instant *)at(incident, member->offset));
        break;
    case MEMBER_FLAG:
        lua_pushboolean(L, *(const bool *)at(incident, member->offset));
        break;
    case MEMBER_SPAN:
        spans = incident_durations(incident, policy_of(L)->now);
        push_seconds(L, *(const duration *)at(&spans, member->offset));
        break;
    }
}

/* Upvalue: the methods. */
static int incident_index(lua_State *L)
{
    uint64_t id = check_incident(L, 1);
    const char *key = luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    const struct incident *incident = find_incident(L, id);
    if (!incident)
        return luaL_error(L, "this incident can no longer be read ('%s')", key);
    for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
        if (strcmp(members[i].name, key) == 0) {
            push_member(L, &members[i], incident);
            return 1;
        }
    }
    return luaL_error(L, "an incident has no field '%s'", key);
}

static int incident_tostring(lua_State *L)
{
    char name[INCIDENT_NAME];
    lua_pushstring(L, incident_name(check_incident(L, 1), name));
    return 1;
}

static int incident_equal(lua_State *L)
{
    lua_pushboolean(L, check_incident(L, 1) == check_incident(L, 2));
    return 1;
}

void bind_incident(lua_State *L)
{
    luaL_newmetatable(L, "incident");
    push_incident_methods(L);
    lua_pushcclosure(L, incident_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, incident_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, incident_equal);
    lua_setfield(L, -2, "__eq");
    lua_pop(L, 1);
}
