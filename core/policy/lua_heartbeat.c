/* heartbeat{}. */
#include <string.h>

#include "policy/bind.h"

static duration read_every(lua_State *L)
{
    duration every = field_duration(L, 1, "every", 0);
    if (every < MINUTE)
        luaL_error(L, "every must be at least \"1m\": every = \"1d\"");
    return every;
}

static enum alert_level read_level(lua_State *L)
{
    static const enum alert_level levels[] = {LEVEL_ERROR, LEVEL_FATAL, LEVEL_WARNING};
    int type = lua_getfield(L, 1, "level");
    const char *word = type == LUA_TSTRING ? lua_tostring(L, -1) : type == LUA_TNIL ? "error" : "";
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        if (strcmp(alert_level_name(levels[i]), word) != 0)
            continue;
        lua_pop(L, 1);
        return levels[i];
    }
    luaL_error(L, "level must be \"fatal\", \"error\" or \"warning\"");
    return LEVEL_ERROR; /* never: the error leaves */
}

/*
 * @function heartbeat{ name = string, every = "1d", grace = "1h", service = string, environment = string, level = "error", off = true }: Declares
 * what must report from time to time: a job, or the monitoring itself. `name` and `every` are required. When nothing was heard for `every` and `grace`
 * (by default a tenth of `every`, at least "1m") more, that is an alert whose source is "heartbeat". See "Heartbeats".
 */
static int lua_heartbeat(lua_State *L)
{
    static const char *const known[] = {"name",        "every", "grace", "service",
                                        "environment", "level", "off",   NULL};
    struct policy_set *set = open_set(L, "heartbeat");
    check_fields(L, 1, "heartbeat", known);
    struct heartbeat_row *row = array_add(&set->alerts.heartbeats);
    if (!declare_named(L, &row->named))
        return 0;
    if (strpbrk(row->named.name, " \t\n"))
        luaL_error(L, "the name of a heartbeat must be one word, such as nightly-backup");
    duration every = read_every(L);
    field_text(L, 1, "service", false, &row->service);
    field_text(L, 1, "environment", false, &row->environment);
    row->heartbeat = (struct heartbeat){.name = row->named.name,
                                        .service = row->service ? row->service : "",
                                        .environment = row->environment ? row->environment : "",
                                        .every = every,
                                        .grace = field_duration(L, 1, "grace", MAX(every / 10, MINUTE)),
                                        .level = read_level(L)};
    row->named.complete = true;
    return 0;
}

void bind_heartbeat(lua_State *L)
{
    static const luaL_Reg functions[] = {{"heartbeat", lua_heartbeat}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
