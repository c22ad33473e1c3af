/* drill{}. */
#include <string.h>

#include "policy/bind.h"

#define STEPS_MOST 50
#define ENDS_MOST  (8 * HOUR)
#define ENDS_LATER (15 * MINUTE) /* than the last step, where the script does not say when */
#define TEXT_MOST  1000
#define NAME_MOST  100

/* A step does one of these. The first member of its table is a name, the second a text; without members it is a string. */
static const struct {
    const char *key;
    enum drill_act act;
    const char *name, *text;
    bool needs_text;
} acts[] = {
    {"alert", DRILL_ALERT, "title", "message", false},
    {"recovers", DRILL_RECOVERS, NULL, NULL, false},
    {"customer", DRILL_CUSTOMER, "name", "says", true},
    {"fails", DRILL_FAILS, NULL, NULL, false},
    {"page", DRILL_PAGE, NULL, NULL, false},
    {"note", DRILL_NOTE, NULL, NULL, false},
};

static void refuse_step(lua_State *L, lua_Integer i)
{
    luaL_error(
        L,
        "step %I must do one of alert, recovers, customer, fails, page and note, such as { after = \"2m\", "
        "customer = { name = \"Acme\", says = \"We cannot pay.\" } }",
        (LUAI_UACINT)i);
}

static void check_length(lua_State *L, lua_Integer i, const char *what, const char *text, size_t most)
{
    if (text_empty(text))
        luaL_error(L, "step %I: %s is empty", (LUAI_UACINT)i, what);
    if (strlen(text) > most)
        luaL_error(L, "step %I: %s is longer than %d bytes", (LUAI_UACINT)i, what, (int)most);
}

/* { name = "Acme", says = "…" } */
static void take_pair(lua_State *L, lua_Integer i, size_t act, struct drill_step *step)
{
    const char *known[] = {acts[act].name, acts[act].text, NULL};
    int table = lua_gettop(L);
    if (!lua_istable(L, table))
        luaL_error(L, "step %I: %s must be a table: %s = { %s = \"…\", %s = \"…\" }", (LUAI_UACINT)i,
                   acts[act].key, acts[act].key, acts[act].name, acts[act].text);
    check_fields(L, table, acts[act].key, known);
    field_text(L, table, acts[act].name, true, &step->name);
    field_text(L, table, acts[act].text, acts[act].needs_text, &step->text);
    if (step->text)
        check_length(L, i, acts[act].text, step->text, TEXT_MOST);
}

/* Of a step that has it; false: it has not. */
static bool take_act(lua_State *L, lua_Integer i, int table, size_t act, struct drill_step *step)
{
    bool given = lua_getfield(L, table, acts[act].key) != LUA_TNIL, says = acts[act].act == DRILL_NOTE;
    if (given) {
        step->act = acts[act].act;
        if (acts[act].name)
            take_pair(L, i, act, step);
        else
            take_text(L, -1, acts[act].key, says ? &step->text : &step->name);
        check_length(L, i, acts[act].key, says ? step->text : step->name, says ? TEXT_MOST : NAME_MOST);
    }
    lua_pop(L, 1);
    return given;
}

/* What fails is back after a while. */
static void take_lasts(lua_State *L, lua_Integer i, int table, struct drill_row *row,
                       const struct drill_step *fails)
{
    duration lasts = field_duration(L, table, "lasts", 0);
    if (fails->act != DRILL_FAILS && lasts)
        luaL_error(L, "step %I: lasts belongs to fails: { fails = \"chat\", lasts = \"3m\" }", (LUAI_UACINT)i);
    if (fails->act != DRILL_FAILS)
        return;
    if (!lasts)
        luaL_error(L, "step %I: lasts is missing: { fails = \"%s\", lasts = \"3m\" }", (LUAI_UACINT)i,
                   fails->name);
    const struct drill_step mends = {fails->after + lasts, DRILL_MENDS, xstrdup(fails->name), NULL};
    *array_add(&row->steps) = mends;
}

static void take_step(lua_State *L, lua_Integer i, struct drill_row *row)
{
    static const char *const known[] = {"after", "alert", "recovers", "customer", "fails",
                                        "lasts", "page",  "note",     NULL};
    int table = lua_gettop(L), n = 0;
    if (!lua_istable(L, table))
        refuse_step(L, i);
    check_fields(L, table, "a step", known);
    duration after = field_duration(L, table, "after", 0);
    size_t at = row->steps.n;
    array_add(&row->steps)->after = after;
    for (size_t act = 0; act < ARRAY_SIZE(acts); act++)
        n += take_act(L, i, table, act, &row->steps.v[at]);
    if (n != 1)
        refuse_step(L, i);
    const struct drill_step step = row->steps.v[at];
    take_lasts(L, i, table, row, &step);
}

/* Those of one moment stay in the order in which they are written. */
static void sort_steps(struct drill_row *row)
{
    for (size_t i = 1; i < row->steps.n; i++) {
        const struct drill_step step = row->steps.v[i];
        size_t k = i;
        for (; k && row->steps.v[k - 1].after > step.after; k--)
            row->steps.v[k] = row->steps.v[k - 1];
        row->steps.v[k] = step;
    }
}

static bool fires_before(const struct drill_row *row, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (row->steps.v[k].act == DRILL_ALERT && text_equal(row->steps.v[k].name, row->steps.v[i].name))
            return true;
    }
    return false;
}

static void check_recoveries(lua_State *L, const struct drill_row *row)
{
    for (size_t i = 0; i < row->steps.n; i++) {
        if (row->steps.v[i].act == DRILL_RECOVERS && !fires_before(row, i))
            luaL_error(L,
                       "no alert '%s' fires before it recovers; recovers = \"…\" takes the title of an alert "
                       "of this script",
                       row->steps.v[i].name);
    }
}

static void take_steps(lua_State *L, struct drill_row *row)
{
    int type = lua_getfield(L, 1, "steps"), list = lua_gettop(L);
    lua_Integer n = type == LUA_TTABLE ? (lua_Integer)lua_rawlen(L, list) : 0;
    if (!n)
        luaL_error(L,
                   "steps is missing: steps = { { alert = { title = \"Payments fail\" } }, { after = \"2m\", "
                   "note = \"…\" } }");
    if (n > STEPS_MOST)
        luaL_error(L, "steps has more than %d members", STEPS_MOST);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, list, i);
        take_step(L, i, row);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    sort_steps(row);
    check_recoveries(L, row);
}

static void take_end(lua_State *L, struct drill_row *row)
{
    duration last = row->steps.v[row->steps.n - 1].after;
    row->ends = field_duration(L, 1, "ends", last + ENDS_LATER);
    if (row->ends < last)
        luaL_error(L, "ends comes before the last step, or before what fails is back");
    if (row->ends > ENDS_MOST)
        luaL_error(L, "a drill ends within 8h: ends = \"30m\"");
}

/*
 * @function drill{ name = string, title = string, about = string, steps = { { after = "2m", alert = { title = string, message = string } }, … },
 * ends = "30m", severity = string, service = string, team = string, off = true }: Declares a script of an exercise, which `drills run NAME` plays.
 * `name`, one word, `title` and `steps` are required. A step comes so long after the beginning (without `after`: at once) and does one of: `alert = { title, message }`,
 * `recovers = TITLE` of such an alert, `customer = { name, says }`, `fails = CONNECTOR` (or "chat": all of them) with `lasts = "3m"`, `page = WHOM`, `note = TEXT`.
 * It ends by itself `ends` after the beginning. See docs/drills.md.
 */
static int lua_drill(lua_State *L)
{
    static const char *const known[] = {"name",     "title",   "about", "steps", "ends",
                                        "severity", "service", "team",  "off",   NULL};
    struct policy_set *set = open_set(L, "drill");
    check_fields(L, 1, "drill", known);
    struct drill_row *row = array_add(&set->alerts.drills);
    if (!declare_named(L, &row->named))
        return 0;
    if (strpbrk(row->named.name, " \t\n\"") || strlen(row->named.name) > NAME_MOST)
        luaL_error(L, "the name of a drill must be one word, such as gateway-fails");
    field_text(L, 1, "title", true, &row->title);
    field_text(L, 1, "about", false, &row->about);
    field_text(L, 1, "severity", false, &row->severity);
    field_text(L, 1, "service", false, &row->service);
    field_text(L, 1, "team", false, &row->team);
    take_steps(L, row);
    take_end(L, row);
    row->named.complete = true;
    return 0;
}

void bind_drill(lua_State *L)
{
    static const luaL_Reg functions[] = {{"drill", lua_drill}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
