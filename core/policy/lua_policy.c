/* obligation{}, template{}, command{}, on(): what else a team's file declares. */
#include <lauxlib.h>
#include <string.h>

#include "base/json.h"
#include "policy/set.h"

static void add_status(void *ctx, const char *text)
{
    unsigned *set = ctx;
    enum status status = status_parse(text);
    if (text_equal(text, "active"))
        *set |= 1u << STATUS_INVESTIGATING | 1u << STATUS_FIXING | 1u << STATUS_MONITORING;
    else if (status)
        *set |= 1u << status;
    else
        *set |= 1u << STATUS_NONE;
}

static void add_text(void *ctx, const char *text)
{
    ARRAY(char *) *list = ctx;
    *array_add(list) = xstrdup(text);
}

static void duty_finish(struct duty *duty)
{
    free(duty->name);
    free(duty->text);
    free(duty->where);
    free(duty->without);
    for (size_t i = 0; i < duty->severities.n; i++)
        free(duty->severities.v[i]);
    array_free(&duty->severities);
}

static void remove_duty(struct policy_set *set, const char *name)
{
    for (size_t i = set->duties.n; i-- > 0;) {
        if (text_equal(set->duties.v[i].name, name)) {
            duty_finish(&set->duties.v[i]);
            array_remove(&set->duties, i);
        }
    }
}

static void read_after(lua_State *L, struct duty *duty)
{
    static const char *const words[] = {"entered", "declared", "update", "spoken"};
    CLEANUP_FREE char *after = field_text(L, 1, "after", false);
    for (size_t i = 0; after && i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i], after) == 0) {
            duty->after = i;
            return;
        }
    }
    if (after)
        luaL_error(L, "after must be \"entered\", \"declared\", \"update\" or \"spoken\"");
}

/* @function obligation{ name=, text=, status=, severity=, without=, after="entered", within="15m", every="15m",
   on_missed=function(incident, times), off=true }: what is owed by when, and what happens when it is not done. */
static int lua_obligation(lua_State *L)
{
    static const char *const known[] = {"name",   "text",  "status",    "severity", "without", "after",
                                        "within", "every", "on_missed", "off",      NULL};
    struct policy_set *set = script_of(L)->set;
    check_fields(L, 1, "obligation", known);
    CLEANUP_FREE char *name = field_text(L, 1, "name", true);
    remove_duty(set, name);
    if (field_bool(L, 1, "off"))
        return 0;
    struct duty *duty = array_add(&set->duties);
    duty->name = steal(name);
    duty->where = sandbox_where(L);
    duty->script = script_of(L);
    duty->text = field_text(L, 1, "text", true);
    duty->without = field_text(L, 1, "without", false);
    each_text(L, 1, "status", add_status, &duty->statuses);
    if (!duty->statuses || duty->statuses & (1u << STATUS_NONE))
        luaL_error(L, "obligation '%s': status must name statuses, such as \"triage\" or \"active\"",
                   duty->name);
    each_text(L, 1, "severity", add_text, &duty->severities);
    read_after(L, duty);
    duty->within = field_duration(L, 1, "within", 0);
    duty->every = field_duration(L, 1, "every", duty->within);
    duty->on_missed = field_function(L, 1, "on_missed");
    if (!duty->within)
        luaL_error(L, "obligation '%s': within is missing: within = \"15m\"", duty->name);
    return 0;
}

/* @function template{ name=, text= }: a text with {{placeholders}}: title, severity, status, … A missing value is an error. */
static int lua_template(lua_State *L)
{
    static const char *const known[] = {"name", "text", NULL};
    struct policy_set *set = script_of(L)->set;
    check_fields(L, 1, "template", known);
    CLEANUP_FREE char *name = field_text(L, 1, "name", true);
    struct template_row *row = NULL;
    for (size_t i = 0; i < set->templates.n; i++) {
        if (text_equal(set->templates.v[i].name, name))
            row = &set->templates.v[i];
    }
    row = row ? row : array_add(&set->templates);
    free(row->name);
    free(row->where);
    free(row->text);
    *row = (struct template_row){.name = steal(name), .where = sandbox_where(L)};
    row->text = field_text(L, 1, "text", true);
    return 0;
}

/* @function command{ name=, help=, run=function(incident, arguments, person) }: a team's own chat command. A text that
   `run` returns is the reply; incident is nil outside an incident's channel. */
static int lua_command(lua_State *L)
{
    static const char *const known[] = {"name", "help", "run", NULL};
    struct policy_set *set = script_of(L)->set;
    check_fields(L, 1, "command", known);
    struct custom *custom = array_add(&set->customs);
    custom->name = field_text(L, 1, "name", true);
    custom->help = field_text(L, 1, "help", true);
    custom->where = sandbox_where(L);
    custom->script = script_of(L);
    custom->run = field_function(L, 1, "run");
    if (custom->run == LUA_NOREF)
        luaL_error(L, "command '%s': run is missing: run = function(incident, arguments, person) … end",
                   custom->name);
    return 0;
}

/* @function on(event, function(incident, event)): called after an event of an incident ("declared", "status", "severity",
   "role", "customer", …; see docs/events) was decided. What it asks for becomes part of the same step. */
static int lua_on(lua_State *L)
{
    struct policy_set *set = script_of(L)->set;
    const char *name = luaL_checkstring(L, 1);
    enum event_type event = event_type_parse(name);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (!event || event_kind(event)->subject != OF_INCIDENT)
        luaL_error(L, "there is no incident's event '%s'", name);
    lua_pushvalue(L, 2);
    int function = luaL_ref(L, LUA_REGISTRYINDEX);
    *array_add(&set->handlers) = (struct handler){event, script_of(L), function, sandbox_where(L)};
    return 0;
}

/* @function replace_defaults(): forgets every default rule, reaction and obligation; what follows is all there is. */
static int lua_replace_defaults(lua_State *L)
{
    struct policy_set *set = script_of(L)->set;
    for (size_t i = set->handlers.n; i-- > 0;) {
        if (set->handlers.v[i].script == script_of(L))
            continue;
        free(set->handlers.v[i].where);
        array_remove(&set->handlers, i);
    }
    while (set->duties.n)
        remove_duty(set, set->duties.v[0].name);
    set_finish_rules(set);
    return 0;
}

void set_finish_declared(struct policy_set *set)
{
    while (set->duties.n)
        remove_duty(set, set->duties.v[0].name);
    for (size_t i = 0; i < set->handlers.n; i++)
        free(set->handlers.v[i].where);
    for (size_t i = 0; i < set->templates.n; i++) {
        free(set->templates.v[i].name);
        free(set->templates.v[i].text);
        free(set->templates.v[i].where);
    }
    for (size_t i = 0; i < set->customs.n; i++) {
        free(set->customs.v[i].name);
        free(set->customs.v[i].help);
        free(set->customs.v[i].where);
    }
    array_free(&set->duties);
    array_free(&set->handlers);
    array_free(&set->templates);
    array_free(&set->customs);
}

void bind_obligations(lua_State *L)
{
    lua_register(L, "obligation", lua_obligation);
    lua_register(L, "template", lua_template);
    lua_register(L, "command", lua_command);
    lua_register(L, "on", lua_on);
    lua_register(L, "replace_defaults", lua_replace_defaults);
}
