/* insight{}. */
#include "policy/insights.h"

#include <string.h>

#include "base/markup.h"
#include "policy/bind.h"

#define FEW           5 /* fewer values have no median worth naming */
#define SENTENCE_MOST 400

/*
 * @function insight{ name = string, by = "team", say = function(now, past, all), off = true }: Says in words what a month of insights means. `by`
 * is "team", "service", "person", "rule", "severity", "customer" or "component"; `say` is called for each, and returns a sentence or nil. `now` has name,
 * incidents, declined, merged, drills, repeats, hours (of people's time), calls, nights, weekends, calls_declined, nights_declined, the medians accept,
 * contact, silence, fix, resolve and draft in minutes (nil of fewer than five), and over (true once the month is). `past` is an ordinary month of the three
 * before (months says of how many; 0: nothing is known), `all` is the month of everybody. See "Insights in words".
 */
static int lua_insight(lua_State *L)
{
    static const char *const known[] = {"name", "by", "say", "off", NULL};
    struct policy_set *set = open_set(L, "insight");
    check_fields(L, 1, "insight", known);
    struct insight_row *row = array_add(&set->alerts.insights);
    if (!declare_named(L, &row->named))
        return 0;
    lua_getfield(L, 1, "by");
    row->by = insight_kind_parse(lua_tostring(L, -1));
    lua_pop(L, 1);
    if (row->by == INSIGHT_KINDS || row->by == INSIGHT_ALL)
        luaL_error(L, "by must be \"team\", \"service\", \"person\", \"rule\", \"severity\", \"customer\" or "
                      "\"component\"");
    field_function(L, 1, "say", &row->say);
    if (row->say.function == LUA_NOREF)
        luaL_error(L, "say is missing: say = function(now, past, all) … end");
    row->named.complete = true;
    return 0;
}

void bind_insight(lua_State *L)
{
    static const luaL_Reg functions[] = {{"insight", lua_insight}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}

/* ---- asked ---- */

static void put(lua_State *L, const char *name, int64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

static int64_t hours_of(duration d, int64_t months)
{
    return (d / months + HOUR / 2) / HOUR;
}

static void put_median(lua_State *L, const char *name, const insight_times *times)
{
    if (times->n >= FEW)
        put(L, name, (insight_quantile(times, 50) + MINUTE / 2) / MINUTE);
}

/* A table of the sum, as one of so many months. */
static void push_sum(lua_State *L, const char *name, const struct insight *sum, int64_t months)
{
    static const struct insight none;
    sum = sum ? sum : &none;
    lua_newtable(L);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"incidents", sum->incidents},
        {"declined", sum->declined},
        {"merged", sum->merged},
        {"drills", sum->drills},
        {"repeats", sum->repeats},
        {"calls", sum->calls.all},
        {"nights", sum->calls.nights},
        {"weekends", sum->calls.weekends},
        {"calls_declined", sum->in_vain.all},
        {"nights_declined", sum->in_vain.nights},
    };
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        put(L, numbers[i].name, (numbers[i].value + months / 2) / months);
    put(L, "hours", hours_of(sum->work, months));
    for (size_t i = 0; i < PIECE_TIMES; i++)
        put_median(L, piece_time_name((enum piece_time)i), &sum->times[i]);
    put_median(L, "draft", &sum->waited);
}

struct saying {
    const struct policy_insight *about;
    const char *name; /* of the sum, as CommonMark */
    char *said;       /* NULL: nothing */
};

static int push(lua_State *L, void *ctx)
{
    const struct saying *saying = ctx;
    const struct policy_insight *about = saying->about;
    push_sum(L, saying->name, about->now, 1);
    lua_pushboolean(L, about->over);
    lua_setfield(L, -2, "over");
    push_sum(L, saying->name, about->past, MAX(about->months, 1));
    put(L, "months", about->months);
    push_sum(L, "", about->all, 1);
    return 3;
}

static void take(lua_State *L, void *ctx)
{
    struct saying *saying = ctx;
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "say must return a sentence, or nil");
    size_t n;
    const char *text = lua_tolstring(L, -1, &n);
    saying->said = utf8_sanitize(text, n, SENTENCE_MOST);
}

void policy_say_insight(struct policy *policy, const struct policy_insight *about, instant now,
                        void (*on)(void *ctx, const char *text, const char *where), void *ctx)
{
    CLEANUP_STR struct str name = {0};
    text_literal(about->now->name, &name);
    for (size_t i = 0; i < policy->set->alerts.insights.n; i++) {
        struct insight_row *row = &policy->set->alerts.insights.v[i];
        struct saying saying = {.about = about, .name = str_text(&name)};
        struct asking_script asking = {.callback = &row->say, .push = push, .take = take, .ctx = &saying};
        if (row->by != about->by)
            continue;
        if (ask_script(policy, &asking, row->named.where, now, NULL) == 0 && !text_empty(saying.said))
            on(ctx, saying.said, row->named.where);
        free(saying.said);
    }
}

bool policy_has_insights(const struct policy *policy, enum insight_kind by)
{
    for (size_t i = 0; i < policy->set->alerts.insights.n; i++) {
        if (policy->set->alerts.insights.v[i].by == by)
            return true;
    }
    return false;
}
