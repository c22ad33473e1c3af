/* Made-up incidents in tests of a policy: real incidents of the engine. The policy's reactions go to the test. */
#include <string.h>

#include "engine/fold.h"
#include "policy/tests.h"

static const char *kind_name(enum reaction_kind kind)
{
    static const char *const names[] = {
        [REACTION_COMMAND] = "command",   [REACTION_SAY] = "say",
        [REACTION_ANNOUNCE] = "announce", [REACTION_OPEN_CHANNEL] = "open_channel",
        [REACTION_PAGE] = "page",         [REACTION_CLOSE_CHANNEL] = "close_channel",
        [REACTION_NUDGE] = "nudge",       [REACTION_REPLY] = "reply",
    };
    return names[kind];
}

static void push_reaction(lua_State *L, const struct reaction *r)
{
    const struct {
        const char *key, *text;
    } texts[] = {{"kind", kind_name(r->kind)}, {"verb", r->verb},       {"name", r->name}, {"text", r->text},
                 {"value", r->value},          {"channel", r->channel}, {"rule", r->rule}};
    lua_createtable(L, 0, 9);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].key);
    }
    lua_pushinteger(L, (lua_Integer)r->incident);
    lua_setfield(L, -2, "incident");
    push_instant(L, r->until);
    lua_setfield(L, -2, "until_at");
}

/* Pushes the collected reactions. A failure of a policy function fails the test. */
static int push_collected(lua_State *L)
{
    struct tests *tests = tests_of(L);
    tests->trial.now = tests->now;
    if (tests->failure[0])
        return luaL_error(L, "%s", tests->failure);
    lua_createtable(L, (int)tests->reactions.n, 0);
    for (size_t i = 0; i < tests->reactions.n; i++) {
        push_reaction(L, &tests->reactions.v[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    reaction_list_finish(&tests->reactions);
    return 1;
}

/* Decides a command on a made-up incident; its events are shown to the policy later. */
static void decide_next(lua_State *L, struct incident **incident, const struct command *command)
{
    struct tests *tests = tests_of(L);
    struct error err;
    uint64_t id = *incident ? (*incident)->id : tests->incidents.n;
    size_t first = tests->events.n;
    if (decide(*incident, id, command, &tests->trial.set->book, tests->now, &tests->events, &err))
        luaL_error(L, "%s", err.text);
    if (!*incident)
        *incident = incident_create(id);
    for (size_t i = first; i < tests->events.n; i++) {
        struct event *event = &tests->events.v[i];
        fold(*incident, event);
        if (event->type == EVENT_TOLD)
            *array_add(&tests->told) = (struct trial_told){id, xstrdup(event->name), event->at};
    }
}

static void show_policy(struct tests *tests, const struct incident *incident)
{
    for (size_t i = 0; i < tests->events.n; i++)
        policy_react(&tests->trial, &tests->events.v[i], incident, tests->now, &tests->reactions);
}

static void perform(lua_State *L, struct incident **incident, const struct command *command)
{
    event_list_finish(&tests_of(L)->events);
    decide_next(L, incident, command);
    show_policy(tests_of(L), *incident);
}

static void decide_name(lua_State *L, struct incident **incident, const char *verb, const char *name)
{
    if (name)
        decide_next(
            L, incident,
            &(struct command){.verb = verb, .by = "rule", .automatic = true, .name = name, .flag = true});
}

/*
 * @test declare{ title, severity, service, team, kind, by = "rule", private = false, customers = {…} }: Returns a made-up incident, and a list
 * of the policy's reactions: { kind = "say", text = …, … }. One declared by "rule" begins in triage, one by a person (an id) in
 * investigating. Without a team, it has that of its service.
 */
static int lua_declare(lua_State *L)
{
    static const char *const known[] = {"title", "severity", "service",   "team", "kind",
                                        "by",    "private",  "customers", NULL};
    struct tests *tests = tests_of(L);
    check_fields(L, 1, "declare", known);
    const char *by = tests_text(L, "by", "rule");
    bool automatic = strcmp(by, "rule") == 0;
    struct command command = {.verb = "declare",
                              .by = by,
                              .automatic = automatic,
                              .text = tests_text(L, "title", "something broke"),
                              .name = tests_text(L, "severity", NULL),
                              .flag = field_bool(L, 1, "private", false)};
    const char *service = tests_text(L, "service", NULL), *team = tests_text(L, "team", NULL),
               *kind = tests_text(L, "kind", NULL);
    const struct service *owned = find_service(tests->trial.set, service);
    struct incident **incident = array_add(&tests->incidents);
    event_list_finish(&tests->events);
    decide_next(L, incident, &command);
    decide_name(L, incident, "service", service);
    decide_name(L, incident, "team", team ? team : owned ? owned->team : NULL);
    decide_name(L, incident, "kind", kind);
    size_t first = tests->texts.n;
    field_texts(L, 1, "customers", &tests->texts);
    for (size_t i = first; i < tests->texts.n; i++)
        decide_name(L, incident, "customer", tests->texts.v[i]);
    show_policy(tests, *incident);
    push_incident(L, *incident);
    return 1 + push_collected(L);
}

static struct incident **made_up(lua_State *L, int index)
{
    struct tests *tests = tests_of(L);
    uint64_t id = check_incident(L, index);
    luaL_argcheck(L, id >= 1 && id <= tests->incidents.n, index, "this incident belongs to another test");
    return &tests->incidents.v[id - 1];
}

/*
 * @test act(incident, verb [, { by = "ana", text, name, value, status, until_at }]): Runs a command of the engine ("accept", "sev",
 * "role", "pause", …) and returns a list of the policy's reactions. A command that the engine refuses is an error.
 */
static int lua_act(lua_State *L)
{
    static const char *const known[] = {"by", "text", "name", "value", "status", "until_at", NULL};
    struct incident **incident = made_up(L, 1);
    struct command command = {.verb = luaL_checkstring(L, 2), .by = "ana", .flag = true};
    if (!lua_isnoneornil(L, 3)) {
        check_fields(L, 3, "act", known);
        lua_replace(L, 1); /* where the helpers expect the table */
        command.by = tests_text(L, "by", "ana");
        command.text = tests_text(L, "text", NULL);
        command.name = tests_text(L, "name", NULL);
        command.value = tests_text(L, "value", NULL);
        command.status = status_parse(tests_text(L, "status", NULL));
        if (lua_getfield(L, 1, "until_at") != LUA_TNIL)
            command.until = check_instant(L, -1);
    }
    perform(L, incident, &command);
    return push_collected(L);
}

static void find_owed(lua_State *L, const struct incident *incident)
{
    struct tests *tests = tests_of(L);
    obligation_list_finish(&tests->obligations);
    policy_obligations(&tests->trial, incident, tests->now, &tests->obligations);
}

/* @test owed(incident): Returns a list of { name, text, due, every } of what is owed now; due is the number of seconds from now, every a
   span in seconds. */
static int lua_owed(lua_State *L)
{
    struct tests *tests = tests_of(L);
    find_owed(L, *made_up(L, 1));
    lua_createtable(L, (int)tests->obligations.n, 0);
    for (size_t i = 0; i < tests->obligations.n; i++) {
        const struct obligation *o = &tests->obligations.v[i];
        lua_createtable(L, 0, 4);
        lua_pushstring(L, o->name);
        lua_setfield(L, -2, "name");
        lua_pushstring(L, o->text);
        lua_setfield(L, -2, "text");
        lua_pushnumber(L, (double)(o->due - tests->now) / 1000);
        lua_setfield(L, -2, "due");
        push_seconds(L, o->every);
        lua_setfield(L, -2, "every");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* @test missed(incident, obligation): Lets an obligation be missed once more, and returns a list of the policy's reactions. It is an
   error if it is not owed. */
static int lua_missed(lua_State *L)
{
    struct tests *tests = tests_of(L);
    struct incident **incident = made_up(L, 1);
    const char *name = luaL_checkstring(L, 2);
    find_owed(L, *incident);
    const struct obligation *owed = NULL;
    for (size_t i = 0; i < tests->obligations.n; i++) {
        if (strcmp(tests->obligations.v[i].name, name) == 0)
            owed = &tests->obligations.v[i];
    }
    if (!owed)
        return luaL_error(L, "no obligation '%s' is owed", name);
    struct command command = {
        .verb = "owe", .by = "clock", .automatic = true, .name = name, .text = owed->text, .until = owed->due};
    if (!incident_owes(*incident, name))
        perform(L, incident, &command);
    command.verb = "miss";
    reaction_list_finish(&tests->reactions);
    perform(L, incident, &command);
    policy_missed(&tests->trial, name, *incident, tests->now, &tests->reactions);
    return push_collected(L);
}

/* @test run(command, incident [, arguments [, person]]): Runs a command of the policy as if a person had typed it, and returns a list of
   its reactions, the reply among them. `incident` may be nil; `person` is an id, by default "ana". A command that fails is an error. */
static int lua_run(lua_State *L)
{
    struct tests *tests = tests_of(L);
    const char *name = luaL_checkstring(L, 1);
    struct incident **incident = lua_isnoneornil(L, 2) ? NULL : made_up(L, 2);
    if (!command_custom(tests->trial.set, name))
        return luaL_error(L, "this policy has no command '%s'", name);
    struct error err;
    if (policy_run_command(&tests->trial, name, luaL_optstring(L, 3, ""), luaL_optstring(L, 4, "ana"),
                           incident ? *incident : NULL, tests->now, &tests->reactions, &err))
        return luaL_error(L, "%s", err.text);
    return push_collected(L);
}

void bind_test_incidents(lua_State *L)
{
    static const luaL_Reg functions[] = {{"declare", lua_declare},
                                         {"act", lua_act},
                                         {"owed", lua_owed},
                                         {"missed", lua_missed},
                                         {"run", lua_run}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
