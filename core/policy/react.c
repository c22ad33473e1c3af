/* Calls scripts for events, missed obligations and their commands. */
#include <string.h>
#include <strings.h>

#include "policy/bind.h"

/* The arguments of a function; each kind uses some of them. */
struct call {
    const struct incident *incident;
    const struct event *event;
    int64_t times;
    const char *arguments, *person, *where;
    reaction_list *reactions;
};

/* ---- events ---- */

static int push_incident_and_event(lua_State *L, void *ctx)
{
    const struct call *t = ctx;
    push_incident(L, t->incident);
    push_event(L, t->event);
    return 2;
}

static bool handles(const struct handler *handler, const struct event *event)
{
    return handler->event == event->type && (!handler->status || handler->status == event->status);
}

void policy_react(struct policy *policy, const struct event *event, const struct incident *incident,
                  instant now, reaction_list *ret)
{
    struct call call = {.incident = incident, .event = event};
    for (size_t i = 0; i < policy->set->handlers.n; i++) {
        struct handler *handler = &policy->set->handlers.v[i];
        if (!handles(handler, event))
            continue;
        struct asking_script asking = {.callback = &handler->run,
                                       .push = push_incident_and_event,
                                       .ctx = &call,
                                       .incident = incident,
                                       .reactions = ret,
                                       .about = incident->id};
        ask_script(policy, &asking, handler->named.where, now, NULL);
    }
}

/* ---- missed obligations ---- */

static int push_incident_and_times(lua_State *L, void *ctx)
{
    const struct call *t = ctx;
    push_incident(L, t->incident);
    lua_pushinteger(L, t->times);
    return 2;
}

void policy_missed(struct policy *policy, const char *obligation, const struct incident *incident, instant now,
                   reaction_list *ret)
{
    const struct state_owed *owed = incident_owes(incident, obligation);
    struct call call = {.incident = incident, .times = owed ? MAX(owed->missed, 1) : 1};
    for (size_t i = 0; i < policy->set->duties.n; i++) {
        struct duty *duty = &policy->set->duties.v[i];
        if (duty->on_missed.function == LUA_NOREF || !text_equal(duty->named.name, obligation))
            continue;
        struct asking_script asking = {.callback = &duty->on_missed,
                                       .push = push_incident_and_times,
                                       .ctx = &call,
                                       .incident = incident,
                                       .reactions = ret,
                                       .about = incident->id};
        ask_script(policy, &asking, duty->named.where, now, NULL);
    }
}

/* ---- commands ---- */

struct custom *command_custom(const struct policy_set *set, const char *name)
{
    for (size_t i = 0; name && i < set->customs.n; i++) {
        if (strcasecmp(set->customs.v[i].named.name, name) == 0)
            return &set->customs.v[i];
    }
    return NULL;
}

bool policy_has_command(const struct policy *policy, const char *name, const char **ret_help)
{
    const struct custom *custom = command_custom(policy->set, name);
    if (custom && ret_help)
        *ret_help = custom->help;
    return custom != NULL;
}

void policy_each_command(const struct policy *policy, void (*on)(void *ctx, const char *name, const char *help),
                         void *ctx)
{
    for (size_t i = 0; i < policy->set->customs.n; i++)
        on(ctx, policy->set->customs.v[i].named.name, policy->set->customs.v[i].help);
}

static int push_command(lua_State *L, void *ctx)
{
    const struct call *t = ctx;
    push_incident(L, t->incident);
    lua_pushstring(L, t->arguments ? t->arguments : "");
    lua_pushstring(L, t->person);
    return 3;
}

static void add_reply(const struct call *t, char *text)
{
    *array_add(t->reactions) = (struct reaction){.kind = REACTION_REPLY,
                                                 .text = text,
                                                 .rule = xstrdup(t->where),
                                                 .incident = t->incident ? t->incident->id : 0};
}

static void take_reply(lua_State *L, void *ctx)
{
    size_t n;
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L,
                   "the function of a command must return a string, which is the reply, or nothing; not a %s",
                   luaL_typename(L, -1));
    const char *text = lua_tolstring(L, -1, &n);
    add_reply(ctx, utf8_sanitize(text, n, FIELD_BYTES));
}

int policy_run_command(struct policy *policy, const char *name, const char *arguments, const char *person,
                       const struct incident *incident, instant now, reaction_list *ret, struct error *err)
{
    struct custom *custom = command_custom(policy->set, name);
    if (!custom)
        return error_set(err, ERR_NOT_FOUND, "the policy no longer has a command '%.40s'", name);
    struct call call = {.incident = incident,
                        .arguments = arguments,
                        .person = person,
                        .where = custom->named.where,
                        .reactions = ret};
    struct asking_script asking = {.callback = &custom->run,
                                   .push = push_command,
                                   .take = take_reply,
                                   .ctx = &call,
                                   .incident = incident,
                                   .reactions = ret,
                                   .about = incident ? incident->id : 0};
    int rc = ask_script(policy, &asking, custom->named.where, now, err);
    if (rc)
        error_prefix(err, "`%s` failed", custom->named.name);
    return rc;
}
