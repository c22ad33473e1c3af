/* Our patterns against Lua's own: equal on a great many short strings, and bounded on long ones. */
#include "../../support/check.h"

#include <lualib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/str.h"
#include "policy/builtins.h"

/* The results of find, match, gmatch and gsub as one string; of an error, only that it was raised. */
static const char chunk[] =
    "local out = ''\n"
    "local function add(...) for i = 1, select('#', ...) do out = out .. tostring((select(i, ...))) .. ';' end "
    "end\n"
    "local function try(f) local ok = pcall(f) if not ok then add('raised') end end\n"
    "try(function() add(string.find(text, pattern)) end)\n"
    "try(function() add(string.find(text, pattern, 2)) end)\n"
    "try(function() add(string.match(text, pattern, -3)) end)\n"
    "try(function() for a, b in string.gmatch(text, pattern) do add(a, b) end end)\n"
    "try(function() add(string.gsub(text, pattern, '<%0>')) end)\n"
    "try(function() add(string.gsub(text, pattern, '%1%%', 2)) end)\n"
    "try(function() add(string.gsub(text, pattern, {a = 'x', ab = true})) end)\n"
    "try(function() add(string.gsub(text, pattern, function(a) return a ~= 'b' and 1 end)) end)\n";

static int64_t raises; /* how often that happened, so that the test does test it */

static void in_plain_lua(const char *text, const char *pattern, struct str *out)
{
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_pushstring(L, text);
    lua_setglobal(L, "text");
    lua_pushstring(L, pattern);
    lua_setglobal(L, "pattern");
    CLEANUP_FREE char *all = xasprintf("%s return out", chunk);
    assert_int_equal(luaL_dostring(L, all), LUA_OK);
    str_add(out, lua_tostring(L, -1));
    lua_close(L);
}

static void quote(const char *name, const char *text, struct str *out)
{
    str_addf(out, "local %s = '", name);
    for (; *text; text++)
        str_addf(out, "\\%03d", (unsigned char)*text);
    str_add(out, "'\n");
}

static void in_sandbox(const char *text, const char *pattern, struct str *out)
{
    struct error err;
    CLEANUP_STR struct str all = {0};
    struct sandbox *sandbox = sandbox_create(NULL, builtins_open);
    quote("text", text, &all);
    quote("pattern", pattern, &all);
    str_addf(&all, "%s return out", chunk);
    if (sandbox_run(sandbox, "t.lua", all.p, all.len, 1, &err))
        fail_msg("%s on %s: %s", pattern, text, err.text);
    str_add(out, lua_tostring(sandbox->L, -1));
    sandbox_destroy(sandbox);
}

static void compare(const char *text, const char *pattern)
{
    CLEANUP_STR struct str theirs = {0}, ours = {0};
    in_plain_lua(text, pattern, &theirs);
    in_sandbox(text, pattern, &ours);
    raises += strstr(str_text(&theirs), "raised") != NULL;
    if (strcmp(str_text(&theirs), str_text(&ours)) != 0)
        fail_msg("'%s' on '%s':\n%s\n%s", pattern, text, str_text(&theirs), str_text(&ours));
}

static void known_patterns_agree(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "",       "a",     "^a",    "a$",    "^",       "$",           ".",      "%a+",
        "%d*",    "[ab]+", "[^ab]", "[a-c]", "[%a-]",   "[]]",         "[^]]",   "(a)(b)",
        "(a(b))", "()",    "a()b",  "(.-)b", "(.*)b",   "%bab",        "%b()",   "%f[%w]%w+",
        "(.)%1",  "a?b",   "a-b",   "%%",    "%.",      "[%]]",        "(a",     "a)",
        "[a",     "%",     "%f",    "%b",    "%bx",     "%1",          "(()a)",  "^^",
        "a**",    "[a-",   "[%",    "[-a]",  "[a-a-c]", "(%w+)=(%w*)", "%S+%s*", "%u%l%p%c",
        "[%w_]+", "%x%X",
    };
    static const char *const texts[] = {
        "", "a", "b", "abab", "aab(b)", "key=value x=", "The (quick) fox", "a.b%c]d-e", "aa bb", "\n\tA1z"};
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
            compare(texts[k], patterns[i]);
    }
}

static void random_patterns_agree(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "b", ".",  "%a",    "%A",   "*",    "+",
                                         "-", "?", "(",  ")",     "()",   "[ab]", "[^a]",
                                         "$", "^", "%1", "%f[a]", "%bab", "[a",   "%"};
    struct rng rng;
    rng_init(&rng, 4);
    for (int i = 0; i < 1500; i++) {
        CLEANUP_STR struct str pattern = {0}, text = {0};
        for (uint64_t n = rng_below(&rng, 7); n > 0; n--)
            str_add(&pattern, pieces[rng_below(&rng, ARRAY_SIZE(pieces))]);
        for (uint64_t n = rng_below(&rng, 10); n > 0; n--)
            str_addc(&text, "abc"[rng_below(&rng, 3)]);
        compare(str_text(&text), str_text(&pattern));
    }
    assert_true(raises > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_patterns_agree),
        cmocka_unit_test(random_patterns_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
