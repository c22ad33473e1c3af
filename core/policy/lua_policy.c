/* obligation{}, template{}, command{}, on(). */
#include <string.h>

#include "base/config.h"
#include "policy/bind.h"

/* ---- statuses ---- */

#define ACTIVE (1u << STATUS_INVESTIGATING | 1u << STATUS_FIXING | 1u << STATUS_MONITORING)

static unsigned status_bits(lua_State *L, const char *word)
{
    if (strcmp(word, "active") == 0)
        return ACTIVE;
    if (strcmp(word, "open") == 0)
        return ACTIVE | 1u << STATUS_TRIAGE | 1u << STATUS_PAUSED;
    enum status status = status_parse(word);
    if (!status)
        luaL_error(
            L,
            "unknown status '%s'; use triage, active (investigating, fixing, monitoring), paused, ticketed, "
            "resolved, closed, declined, merged, or open (triage, active and paused)",
            word);
    return 1u << status;
}

static void read_statuses(lua_State *L, unsigned *ret)
{
    int type = lua_getfield(L, 1, "status");
    if (type == LUA_TSTRING) {
        *ret = status_bits(L, lua_tostring(L, -1));
    } else if (type == LUA_TTABLE) {
        for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++, lua_pop(L, 1)) {
            if (lua_type(L, -1) != LUA_TSTRING)
                luaL_error(L, "status must be a string or a list of strings");
            *ret |= status_bits(L, lua_tostring(L, -1));
        }
        lua_pop(L, 1);
    }
    if (!*ret)
        luaL_error(L, "status is missing: status = \"triage\", or \"active\"");
    lua_pop(L, 1);
}

/* ---- values by severity ---- */

typedef int64_t value_reader(lua_State *L, int index, const char *key);

static int64_t read_span(lua_State *L, int index, const char *key)
{
    return check_duration(L, index, key);
}

static int64_t read_moment(lua_State *L, int index, const char *key)
{
    static const char *const words[] = {[AFTER_ENTERED] = "entered",
                                        [AFTER_DECLARED] = "declared",
                                        [AFTER_UPDATE] = "update",
                                        [AFTER_SPOKEN] = "spoken",
                                        [AFTER_TOLD] = "told"};
    const char *word = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "";
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i], word) == 0)
            return (int64_t)i;
    }
    return luaL_error(L, "%s must be \"entered\", \"declared\", \"update\", \"spoken\" or \"told\"", key);
}

static int64_t read_times(lua_State *L, int index, const char *key)
{
    int exact = 0;
    lua_Integer times = lua_tointegerx(L, index, &exact);
    if (!exact || times < 1 || times > REMINDERS_MOST)
        luaL_error(L, "%s must be a whole number from 1 to %d", key, REMINDERS_MOST);
    return times;
}

/* "4h", or { "4h", major = "30m", critical = "15m" }, where the first value is for all other severities. */
static void read_by_severity(lua_State *L, const char *key, value_reader *read, struct by_severity *ret)
{
    int type = lua_getfield(L, 1, key), table = lua_gettop(L);
    if (type == LUA_TTABLE) {
        lua_rawgeti(L, table, 1);
        ret->others = read(L, -1, key);
        lua_pop(L, 1);
        lua_pushnil(L);
        while (lua_next(L, table)) {
            if (lua_type(L, -2) == LUA_TSTRING) {
                char **severity = &array_add(&ret->rows)->severity;
                take_text(L, -2, key, severity);
                ret->rows.v[ret->rows.n - 1].value = read(L, -1, key);
            } else if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) != 1) {
                luaL_error(
                    L, "%s must be one value, or one value and some by severity: { \"4h\", major = \"30m\" }",
                    key);
            }
            lua_pop(L, 1);
        }
    } else if (type != LUA_TNIL) {
        ret->others = read(L, table, key);
    }
    lua_pop(L, 1);
}

/* ---- obligations ---- */

static void read_without(lua_State *L, struct duty *duty)
{
    static const char *const known[] = {"role", "link", "writeup", NULL};
    int type = lua_getfield(L, 1, "without");
    if (type == LUA_TSTRING) {
        take_text(L, -1, "without", &duty->without.role);
    } else if (type != LUA_TNIL) {
        check_fields(L, lua_gettop(L), "without", known);
        field_text(L, lua_gettop(L), "role", false, &duty->without.role);
        field_text(L, lua_gettop(L), "link", false, &duty->without.link);
        duty->without.writeup = field_bool(L, lua_gettop(L), "writeup", false);
    }
    lua_pop(L, 1);
    CLEANUP_FREE char *link = steal(duty->without.link);
    duty->without.link = text_lower(link);
}

static void read_with(lua_State *L, struct duty *duty)
{
    const char *with = lua_getfield(L, 1, "with") == LUA_TSTRING ? lua_tostring(L, -1) : "";
    duty->with_draft = strcmp(with, "draft") == 0;
    duty->with_conversation = strcmp(with, "conversation") == 0;
    if (!lua_isnil(L, -1) && !duty->with_draft && !duty->with_conversation)
        luaL_error(L, "with must be \"draft\" or \"conversation\"");
    lua_pop(L, 1);
}

static void copy_by_severity(const struct by_severity *from, struct by_severity *to)
{
    to->others = from->others;
    for (size_t i = 0; i < from->rows.n; i++) {
        char *severity = xstrdup(from->rows.v[i].severity);
        *array_add(&to->rows) = (__typeof__(*to->rows.v)){severity, from->rows.v[i].value};
    }
}

/* 1, 0, or -1 where it is not given. */
static int read_perhaps(lua_State *L, const char *key)
{
    int value = lua_getfield(L, 1, key) == LUA_TNIL ? -1 : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

/* Which customers it is about. */
static void read_whose(lua_State *L, struct duty *duty)
{
    duty->told = read_perhaps(L, "told");
    duty->cares = read_perhaps(L, "cares");
    field_text(L, 1, "tier", false, &duty->tier);
    duty->customers = field_bool(L, 1, "customers", false) || duty->tier || duty->cares >= 0;
}

static void read_clock(lua_State *L, struct duty *duty)
{
    read_by_severity(L, "after", read_moment, &duty->after);
    read_by_severity(L, "within", read_span, &duty->within);
    if (!duty->within.others)
        luaL_error(L, "within is missing: within = \"15m\"");
    read_by_severity(L, "every", read_span, &duty->every);
    int64_t least = duty->every.others;
    for (size_t i = 0; i < duty->every.rows.n; i++)
        least = MIN(least, duty->every.rows.v[i].value);
    if (least && least < MINUTE)
        luaL_error(L, "every must be at least 1m; people can't be reminded more often");
    if (!duty->every.others)
        copy_by_severity(&duty->within, &duty->every);
    read_by_severity(L, "times", read_times, &duty->times);
}

/*
 * @function obligation{ name = string, text = string, status = …, severity = …, service = …, team = …, kind = …, without = …, with = "draft",
 * customers = true, tier = string, cares = true, told = false, after = "entered", within = "15m", every = "15m", times = 3,
 * on_missed = function(incident, times), off = true }: Declares what is owed
 * while an incident is in a status, by when, and what happens if it is not done. `name`, `text`, `status` and `within` are
 * required. `within` and `every` are spans; `every` is how often people are reminded, at least "1m", by default `within`.
 * `times` is how often they are reminded at most, by default until it is done. `within`, `every`, `times` and `after` may differ by
 * severity: { "4h", major = "30m" }. `on_missed` is called each time that it was missed, with the number of times so far. See
 * "Obligations".
 */
static int lua_obligation(lua_State *L)
{
    static const char *const known[] = {"name", "text",  "status", "severity", "service",   "team", "without",
                                        "with", "after", "within", "every",    "on_missed", "off",  "customers",
                                        "told", "times", "tier",   "cares",    "kind",      NULL};
    struct policy_set *set = open_set(L, "obligation");
    check_fields(L, 1, "obligation", known);
    struct duty *duty = array_add(&set->duties);
    if (!declare_named(L, &duty->named))
        return 0;
    if (duty->named.name[0] == '@')
        luaL_error(L, "the name of an obligation must not begin with @");
    field_text(L, 1, "text", true, &duty->text);
    read_statuses(L, &duty->statuses);
    field_texts(L, 1, "severity", &duty->severities);
    field_texts(L, 1, "kind", &duty->kinds);
    field_texts(L, 1, "service", &duty->services);
    field_texts(L, 1, "team", &duty->teams);
    read_without(L, duty);
    read_with(L, duty);
    read_whose(L, duty);
    read_clock(L, duty);
    field_function(L, 1, "on_missed", &duty->on_missed);
    duty->named.complete = true;
    return 0;
}

void name_by_place(lua_State *L)
{
    if (lua_getfield(L, 1, "name") == LUA_TNIL) {
        lua_pushstring(L, sandbox_where(L));
        lua_setfield(L, 1, "name");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_audiences(lua_State *L, text_list *audiences)
{
    field_texts(L, 1, "audience", audiences);
    for (size_t i = 0; i < audiences->n; i++) {
        if (!text_equal(audiences->v[i], AUDIENCE_CUSTOMERS) && !is_status_page(audiences->v[i]))
            luaL_error(L, "unknown audience '%s'; use \"" AUDIENCE_CUSTOMERS "\" or \"" STATUS_PAGE "\"",
                       audiences->v[i]);
    }
}

/*
 * @function approval{ name = string, severity = …, service = …, team = …, tier = …, kind = …, audience = …, needs = 1,
 * not_author = false, roles = {…}, off = true }: Declares who approves messages to customers and posts on the status page about such
 * incidents: how many people (1 to 5), whether whoever wrote the message may be one of them, and the roles of which one of them must have
 * one. `tier` is that of a recipient in the directory. `audience` is "customers" or "status page"; without it, both.
 * Where several fit, all of them hold. See "Approvals".
 */
static int lua_approval(lua_State *L)
{
    static const char *const known[] = {"name",     "severity", "service",    "team",  "tier", "kind",
                                        "audience", "needs",    "not_author", "roles", "off",  NULL};
    struct policy_set *set = open_set(L, "approval");
    check_fields(L, 1, "approval", known);
    name_by_place(L);
    struct approval_row *row = array_add(&set->comms.approvals);
    if (!declare_named(L, &row->named))
        return 0;
    field_texts(L, 1, "severity", &row->severities);
    field_texts(L, 1, "service", &row->services);
    field_texts(L, 1, "team", &row->teams);
    field_texts(L, 1, "tier", &row->tiers);
    field_texts(L, 1, "kind", &row->kinds);
    read_audiences(L, &row->audiences);
    row->needs = field_int(L, 1, "needs", 1, 1, APPROVALS_MOST);
    row->not_author = field_bool(L, 1, "not_author", false);
    field_texts(L, 1, "roles", &row->roles);
    row->named.complete = true;
    return 0;
}

/*
 * @function unmirrored{ name = string, severity = …, service = …, team = …, kind = …, connector = …, off = true }: Declares that what people
 * write about such incidents is not copied between their rooms or, with `connector`, neither into nor out of rooms there. `mirror on` in
 * an incident overrides it. See docs/rooms.md.
 */
static int lua_unmirrored(lua_State *L)
{
    static const char *const known[] = {"name", "severity",  "service", "team",
                                        "kind", "connector", "off",     NULL};
    struct policy_set *set = open_set(L, "unmirrored");
    check_fields(L, 1, "unmirrored", known);
    name_by_place(L);
    struct unmirrored_row *row = array_add(&set->rooms.unmirrored);
    if (!declare_named(L, &row->named))
        return 0;
    field_texts(L, 1, "severity", &row->severities);
    field_texts(L, 1, "service", &row->services);
    field_texts(L, 1, "team", &row->teams);
    field_texts(L, 1, "kind", &row->kinds);
    field_texts(L, 1, "connector", &row->connectors);
    row->named.complete = true;
    return 0;
}

/* Yes or no, or where. */
static void read_solve(lua_State *L, struct tickets_row *row)
{
    int type = lua_getfield(L, 1, "solve");
    row->says_solve = type != LUA_TNIL;
    row->solve = type == LUA_TBOOLEAN && lua_toboolean(L, -1);
    if (type == LUA_TTABLE)
        take_texts(L, -1, "solve", &row->solves);
    else if (row->says_solve && type != LUA_TBOOLEAN)
        luaL_error(L, "solve must be true, false or a list of connectors, such as { \"zendesk\" }");
    lua_pop(L, 1);
}

static bool is_given(lua_State *L, const char *key)
{
    bool given = lua_getfield(L, 1, key) != LUA_TNIL;
    lua_pop(L, 1);
    return given;
}

/*
 * @function tickets{ name = string, severity = …, service = …, team = …, kind = …, tracker = string, parents = {…}, solve = true,
 * off = true }: Declares what is done with tickets about such incidents. `tracker` is the connector in which `ticket TITLE` makes one;
 * `parents` are the desks where the tickets of customers join one of the desk's own, which follows the incident; `solve` closes the
 * tickets of customers when the incident is over and they were told: those of every desk, or those of the connectors that it lists. Of
 * several that fit, the first that says something decides it. See docs/tickets.md.
 */
static int lua_tickets(lua_State *L)
{
    static const char *const known[] = {"name",    "severity", "service", "team", "kind",
                                        "tracker", "parents",  "solve",   "off",  NULL};
    struct policy_set *set = open_set(L, "tickets");
    check_fields(L, 1, "tickets", known);
    name_by_place(L);
    struct tickets_row *row = array_add(&set->rooms.tickets);
    if (!declare_named(L, &row->named))
        return 0;
    field_texts(L, 1, "severity", &row->severities);
    field_texts(L, 1, "service", &row->services);
    field_texts(L, 1, "team", &row->teams);
    field_texts(L, 1, "kind", &row->kinds);
    field_text(L, 1, "tracker", false, &row->tracker);
    field_texts(L, 1, "parents", &row->parents);
    row->says_parents = is_given(L, "parents");
    read_solve(L, row);
    if (!row->tracker && !row->says_parents && !row->says_solve)
        luaL_error(
            L, "tickets must say something: tracker = \"github\", parents = { \"zendesk\" } or solve = true");
    row->named.complete = true;
    return 0;
}

/*
 * @function template{ name = string, text = string, off = true }: Declares a text with {{placeholders}} for render(). An unknown
 * placeholder is an error when the file is loaded. See "Templates".
 */
static int lua_template(lua_State *L)
{
    static const char *const known[] = {"name", "text", "off", NULL};
    struct policy_set *set = open_set(L, "template");
    check_fields(L, 1, "template", known);
    struct template_row *row = array_add(&set->templates);
    if (!declare_named(L, &row->named))
        return 0;
    field_text(L, 1, "text", true, &row->text);
    row->named.complete = true;
    return 0;
}

/*
 * @function command{ name = string, help = string, run = function(incident, arguments, person), off = true }: Declares a chat
 * command of your own. The name is one word, and neither a built-in command nor a role. `incident` is nil outside an incident's
 * channel, `arguments` is the text after the name, and `person` an id. `run` returns the reply, or nothing. See "Commands".
 */
static int lua_command(lua_State *L)
{
    static const char *const known[] = {"name", "help", "run", "off", NULL};
    struct policy_set *set = open_set(L, "command");
    check_fields(L, 1, "command", known);
    struct custom *custom = array_add(&set->customs);
    if (!declare_named(L, &custom->named))
        return 0;
    if (strpbrk(custom->named.name, " \t\n"))
        luaL_error(L, "the name of a command must be one word");
    const struct policy_host *host = &policy_of(L)->host;
    if (host->is_command && host->is_command(host->ctx, custom->named.name))
        luaL_error(L, "`%s` is a built-in command, so this one would never be called; choose another name",
                   custom->named.name);
    field_text(L, 1, "help", true, &custom->help);
    field_function(L, 1, "run", &custom->run);
    if (custom->run.function == LUA_NOREF)
        luaL_error(L, "run is missing: run = function(incident, arguments, person) … end");
    custom->named.complete = true;
    return 0;
}

/* ---- on ---- */

static void unknown_event(lua_State *L, const char *name)
{
    const char *names[EVENT_TYPE_COUNT + STATUS_COUNT];
    size_t n = 0;
    for (int i = 1; i < EVENT_TYPE_COUNT; i++) {
        if (event_kind((enum event_type)i)->subject == OF_INCIDENT)
            names[n++] = event_kind((enum event_type)i)->name;
    }
    for (int i = 1; i < STATUS_COUNT; i++)
        names[n++] = status_name((enum status)i);
    const char *near = nearest_word(name, names, n);
    if (near)
        luaL_error(L, "unknown event '%s'; did you mean '%s'?", name, near);
    luaL_error(L, "unknown event '%s'; docs/events.md lists them: declared, status, severity, role, missed, …",
               name);
}

static void read_event(lua_State *L, struct handler *handler)
{
    const char *name = luaL_checkstring(L, 1);
    handler->event = event_type_parse(name);
    if (!handler->event && (handler->status = status_parse(name)))
        handler->event = EVENT_STATUS;
    if (!handler->event || event_kind(handler->event)->subject != OF_INCIDENT)
        unknown_event(L, name);
}

/*
 * @function on(event [, name], function(incident, event)): Calls the function after each event of a kind: "declared", "status",
 * "severity", "role", "customer", "missed", … (docs/events.md), or after an incident entered a status: "paused", "resolved". The
 * actions that it requests become part of the same step. With the name of a default, it replaces that one; false instead of the
 * function switches the default off. See "Reactions".
 */
static int lua_on(lua_State *L)
{
    struct policy_set *set = open_set(L, "on");
    struct handler *handler = array_add(&set->handlers);
    bool named = lua_type(L, 2) == LUA_TSTRING;
    int function = named ? 3 : 2;
    handler->named.script = script_of(L);
    read_event(L, handler);
    if (named)
        take_text(L, 2, "the name", &handler->named.name);
    handler->named.off = named && lua_type(L, 3) == LUA_TBOOLEAN && !lua_toboolean(L, 3);
    handler->run = (struct callback){.script = script_of(L), .function = LUA_NOREF};
    if (!handler->named.off) {
        luaL_checktype(L, function, LUA_TFUNCTION);
        lua_pushvalue(L, function);
        handler->run.function = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    handler->named.where = xstrdup(sandbox_where(L));
    handler->named.complete = true;
    return 0;
}

void bind_policy(lua_State *L)
{
    static const luaL_Reg functions[] = {{"obligation", lua_obligation},
                                         {"approval", lua_approval},
                                         {"unmirrored", lua_unmirrored},
                                         {"tickets", lua_tickets},
                                         {"template", lua_template},
                                         {"command", lua_command},
                                         {"on", lua_on}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
