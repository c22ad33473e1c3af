/* The actions of the incident object. Each call adds one reaction; the core carries them out after the function has returned. */
#include <string.h>

#include "policy/bind.h"

#define REACTIONS_MOST 100 /* of all functions called for one event */

/* Adds a reaction. Everything that could raise an error is checked first, so that a pcall never leaves one half filled. */
static struct reaction *react(lua_State *L, enum reaction_kind kind, uint64_t incident)
{
    reaction_list *list = policy_of(L)->reactions;
    if (!list)
        luaL_error(L, "an incident can only be changed in functions of on(), on_missed and command");
    require(list != NULL); /* luaL_error does not return */
    const struct incident *current = policy_of(L)->incident;
    if (current && current->private && current->id != incident)
        luaL_error(L, "this function was called for a private incident, so it cannot change another one");
    if (list->n >= REACTIONS_MOST)
        luaL_error(L, "more than %d actions for one event", REACTIONS_MOST);
    const char *where = sandbox_where(L);
    struct reaction *reaction = array_add(list);
    *reaction = (struct reaction){.kind = kind, .incident = incident, .rule = xstrdup(where)};
    lua_pop(L, 1);
    return reaction;
}

static void opt_text(lua_State *L, int index, const char *what, char **slot)
{
    if (!lua_isnoneornil(L, index))
        take_text(L, index, what, slot);
}

static void check_text(lua_State *L, int index, const char *what, bool optional)
{
    if (optional && lua_isnoneornil(L, index))
        return;
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "%s must be a string, not a %s", what, luaL_typename(L, index));
    if (lua_rawlen(L, index) > FIELD_BYTES)
        luaL_error(L, "%s is longer than %d KiB", what, FIELD_BYTES / 1024);
}

/* @method incident:say(text [, channel]): Posts a text (CommonMark) in the incident's channels, or in the given channel. */
static int incident_say(lua_State *L)
{
    check_text(L, 2, "the text", false);
    check_text(L, 3, "the channel", true);
    struct reaction *r = react(L, REACTION_SAY, check_incident(L, 1));
    take_text(L, 2, "the text", &r->text);
    opt_text(L, 3, "the channel", &r->channel);
    return 0;
}

/* @method incident:announce([channel [, otherwise]]): Posts the incident's card in the announcement channel, or in the given channel,
   and keeps it up to date. If no connector can post it now, the person or team `otherwise` is paged, unless somebody was already. */
static int incident_announce(lua_State *L)
{
    check_text(L, 2, "the channel", true);
    check_text(L, 3, "whom to page otherwise", true);
    struct reaction *r = react(L, REACTION_ANNOUNCE, check_incident(L, 1));
    opt_text(L, 2, "the channel", &r->channel);
    opt_text(L, 3, "whom to page otherwise", &r->value);
    return 0;
}

/* @method incident:open_channel([connector]): Opens a channel for the incident, with its card, on that platform ("slack"), or on every one
   that supports it. What people write in one is copied to the others, see docs/rooms.md. */
static int incident_open_channel(lua_State *L)
{
    check_text(L, 2, "the connector", true);
    struct reaction *r = react(L, REACTION_OPEN_CHANNEL, check_incident(L, 1));
    opt_text(L, 2, "the connector", &r->name);
    return 0;
}

/* @method incident:close_channel(): Archives the incident's channels. */
static int incident_close_channel(lua_State *L)
{
    react(L, REACTION_CLOSE_CHANNEL, check_incident(L, 1));
    return 0;
}

/* @method incident:page(whom [, text]): Pages a person (by id) or a team. Whoever is paged is told what happened; the text adds
   what you want them to know. */
static int incident_page_somebody(lua_State *L)
{
    check_text(L, 2, "whom to page", false);
    check_text(L, 3, "the text", true);
    struct reaction *r = react(L, REACTION_PAGE, check_incident(L, 1));
    take_text(L, 2, "whom to page", &r->value);
    opt_text(L, 3, "the text", &r->text);
    return 0;
}

/* @method incident:nudge(person, text): Says a text (CommonMark) to one person directly, by id, on each platform where they are known; in the
   incident's channels if they are known on none. */
static int incident_nudge(lua_State *L)
{
    check_text(L, 2, "whom to nudge", false);
    check_text(L, 3, "the text", false);
    struct reaction *r = react(L, REACTION_NUDGE, check_incident(L, 1));
    take_text(L, 2, "whom to nudge", &r->value);
    take_text(L, 3, "the text", &r->text);
    return 0;
}

/*
 * @method incident:command(verb [, { text, name, value, until_at }]): Runs any command of the engine on this incident by its verb, for
 * what has no method here. `until_at` is a time. It cannot declare another one: that is for rules and people.
 */
static int incident_command(lua_State *L)
{
    static const char *const known[] = {"text", "name", "value", "until_at", NULL};
    bool more = !lua_isnoneornil(L, 3);
    instant until = 0;
    check_text(L, 2, "the verb", false);
    if (strcmp(lua_tostring(L, 2), "declare") == 0)
        luaL_error(L, "a function cannot declare an incident; let a rule or a person do that");
    lua_settop(L, 3);
    if (more)
        check_fields(L, 3, "command", known);
    for (int i = 0; i < 3; i++) { /* to indices 4, 5, 6 */
        if (more)
            lua_getfield(L, 3, known[i]);
        else
            lua_pushnil(L);
        check_text(L, 4 + i, known[i], true);
    }
    if (more && lua_getfield(L, 3, "until_at") != LUA_TNIL)
        until = check_instant(L, -1);
    struct reaction *r = react(L, REACTION_COMMAND, check_incident(L, 1));
    take_text(L, 2, "the verb", &r->verb);
    opt_text(L, 4, "text", &r->text);
    opt_text(L, 5, "name", &r->name);
    opt_text(L, 6, "value", &r->value);
    r->until = until;
    return 0;
}

/* ---- commands as methods ---- */

enum argument { NONE, TEXT, OPTIONAL_TEXT, NAME, VALUE, UNTIL };

static const struct verb {
    const char *method, *verb;
    enum argument first, second;
} verbs[] = {
    /* @method incident:accept(), :investigate(), :fix(), :monitor(), :resume(), :close(): Moves it to another status. */
    {"accept", "accept", NONE, NONE},
    {"investigate", "investigate", NONE, NONE},
    {"fix", "fix", NONE, NONE},
    {"monitor", "monitor", NONE, NONE},
    {"resume", "resume", NONE, NONE},
    {"close", "close", NONE, NONE},
    /* @method incident:resolve([text]), :decline([text]), :reopen([text]): Ends it or reopens it; the text is the reason. */
    {"resolve", "resolve", OPTIONAL_TEXT, NONE},
    {"decline", "decline", OPTIONAL_TEXT, NONE},
    {"reopen", "reopen", OPTIONAL_TEXT, NONE},
    /* @method incident:pause(reason, until): Pauses it for a reason until a time, such as within("2h") or at("tomorrow 9:00", zone). */
    {"pause", "pause", TEXT, UNTIL},
    /* @method incident:ticket(link): Ends it here, since it continues as a ticket in a tracker. */
    {"ticket", "ticket", VALUE, NONE},
    /* @method incident:sev(severity): Sets its severity. */
    {"sev", "sev", NAME, NONE},
    /* @method incident:give(role, person): Gives a role ("lead", "comms", …) to a person, by id. */
    {"give", "role", NAME, VALUE},
    /* @method incident:invite(person): Makes a person, by id, a member. */
    {"invite", "member", VALUE, NONE},
    /* @method incident:assign(team): Assigns it to a team. */
    {"assign", "team", NAME, NONE},
    /* @method incident:set_kind(kind): Says of which kind it is ("security"), or "none". */
    {"set_kind", "kind", NAME, NONE},
    /* @method incident:retitle(text), :summarize(text): Sets its title; its summary. */
    {"retitle", "title", TEXT, NONE},
    {"summarize", "summary", TEXT, NONE},
    /* @method incident:note(text), :pin(text), :update(text): Adds a note, a pinned text or a status update to the timeline. */
    {"note", "note", TEXT, NONE},
    {"pin", "pin", TEXT, NONE},
    {"update", "update", TEXT, NONE},
    /* @method incident:link(url [, label]): Adds a link. */
    {"link", "link", VALUE, OPTIONAL_TEXT},
};

static void check_argument(lua_State *L, int index, enum argument argument)
{
    if (argument == UNTIL)
        check_instant(L, index);
    else if (argument != NONE)
        check_text(L, index,
                   argument == NAME    ? "the name"
                   : argument == VALUE ? "the value"
                                       : "the text",
                   argument == OPTIONAL_TEXT);
}

static void take_argument(lua_State *L, int index, enum argument argument, struct reaction *r)
{
    if (argument == UNTIL)
        r->until = check_instant(L, index);
    else if (argument == NAME)
        take_text(L, index, "the name", &r->name);
    else if (argument == VALUE)
        take_text(L, index, "the value", &r->value);
    else if (argument != NONE)
        opt_text(L, index, "the text", &r->text);
}

/* Upvalue: the index of the verb. */
static int incident_verb(lua_State *L)
{
    const struct verb *verb = &verbs[lua_tointeger(L, lua_upvalueindex(1))];
    check_argument(L, 2, verb->first);
    check_argument(L, 3, verb->second);
    struct reaction *r = react(L, REACTION_COMMAND, check_incident(L, 1));
    r->verb = xstrdup(verb->verb);
    take_argument(L, 2, verb->first, r);
    take_argument(L, 3, verb->second, r);
    return 0;
}

/* @method incident:important(): Returns whether it is important, and a list of the criteria: { name, holds, words, value, threshold }.
   Which, and from when on: see "Services, and what is important". */
static int incident_important(lua_State *L)
{
    const struct incident *incident = find_incident(L, check_incident(L, 1));
    if (!incident)
        return luaL_error(L, "this incident can no longer be read ('important')");
    return push_importance(L, incident, NULL);
}

void push_incident_methods(lua_State *L)
{
    static const luaL_Reg methods[] = {{"say", incident_say},
                                       {"announce", incident_announce},
                                       {"open_channel", incident_open_channel},
                                       {"close_channel", incident_close_channel},
                                       {"page", incident_page_somebody},
                                       {"nudge", incident_nudge},
                                       {"command", incident_command},
                                       {"important", incident_important}};
    lua_createtable(L, 0, ARRAY_SIZE(methods) + ARRAY_SIZE(verbs));
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        lua_pushcfunction(L, methods[i].func);
        lua_setfield(L, -2, methods[i].name);
    }
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, incident_verb, 1);
        lua_setfield(L, -2, verbs[i].method);
    }
}
