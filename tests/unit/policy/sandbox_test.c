#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/builtins.h"

static int run(const char *text, struct error *err)
{
    struct sandbox *sandbox = sandbox_create(NULL, builtins_open);
    int rc = sandbox_run(sandbox, "t.lua", text, strlen(text), 0, err);
    sandbox_destroy(sandbox);
    return rc;
}

static void assert_runs(const char *text)
{
    struct error err = {0};
    if (run(text, &err))
        fail_msg("%s\n-> %s", text, err.text);
}

static void assert_fails(const char *text, const char *with)
{
    struct error err = {0};
    assert_int_not_equal(run(text, &err), 0);
    if (!strstr(err.text, with))
        fail_msg("%s\n-> %s", text, err.text);
}

/* Calls a function as the core does, with the budget of one call. */
static int call(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "f");
    lua_call(L, 0, 0);
    return 0;
}

static int keep(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "f");
    return 0;
}

static int bind_keep(lua_State *L)
{
    static const luaL_Reg functions[] = {{"keep", keep}};
    sandbox_bind(L, NULL, functions, 1);
    return 0;
}

static int call_body(const char *body, struct error *err)
{
    struct sandbox *sandbox = sandbox_create(NULL, builtins_open);
    CLEANUP_FREE char *text = xasprintf("keep(function() %s end)", body);
    sandbox_protect(sandbox, bind_keep, NULL, err);
    int rc = sandbox_run(sandbox, "t.lua", text, strlen(text), 0, err);
    rc = rc ? rc : sandbox_protect(sandbox, call, NULL, err);
    sandbox_destroy(sandbox);
    return rc;
}

static void there_is_no_way_out(void **state)
{
    (void)state;
    const char *const names[] = {"io",
                                 "os",
                                 "debug",
                                 "package",
                                 "require",
                                 "dofile",
                                 "loadfile",
                                 "load",
                                 "loadstring",
                                 "coroutine",
                                 "setmetatable",
                                 "getmetatable",
                                 "rawset",
                                 "rawget",
                                 "rawequal",
                                 "rawlen",
                                 "collectgarbage",
                                 "print",
                                 "xpcall",
                                 "warn",
                                 "_G",
                                 "_VERSION",
                                 "env",
                                 "file",
                                 "string.dump",
                                 "string.pack",
                                 "string.unpack",
                                 "table.move",
                                 "math.random",
                                 "math.randomseed",
                                 "math.sin",
                                 "('').dump",
                                 "utf8.charpattern",
                                 "utf8.codes",
                                 "tostring.x",
                                 "bit32",
                                 "string.packsize",
                                 "test",
                                 "judge"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CLEANUP_FREE char *text = xasprintf("local ok, it = pcall(function() return %s end)\n"
                                            "assert(not ok or it == nil, 'it is there')",
                                            names[i]);
        struct error err = {0};
        if (run(text, &err))
            fail_msg("%s: %s", names[i], err.text);
    }
}

static void bytecode_is_refused(void **state)
{
    (void)state;
    assert_fails("\x1bLua\x54", "attempt to load a binary chunk");
    assert_fails("return load('return 1')", "unknown name 'load'");
    assert_fails("return ('x').dump(function() end)", "nil value");
}

static void shared_things_are_read_only(void **state)
{
    (void)state;
    assert_fails("string.rep = nil", "are read-only");
    assert_fails("table.sort = function() end", "are read-only");
    assert_fails("math = nil", "are read-only");
    assert_fails("x = 1", "local x");
    assert_fails("function helper() end", "local helper");
    assert_fails("_ENV.pairs = 1", "are read-only");
    assert_fails("return misspelt", "unknown name 'misspelt'");
    assert_runs("local _ENV = {}; x = 1; assert = x"); /* changes only its own environment */
    assert_runs("for k in pairs(string) do error(k) end");
    assert_fails("local s = ''; s.rep = 1", "index a string");
    assert_runs("assert(('').__index == nil)");
}

static void runaways_are_stopped(void **state)
{
    (void)state;
    const char *const bodies[] = {
        "while true do end",
        "repeat until false",
        "::again:: goto again",
        "for i = 1, math.huge do end",
        "local function f() return f() end f()",
        "pcall(function() while true do end end)",
        "while true do pcall(error, 'x') end",
        "while true do pcall(function() while true do end end) end",
        "pcall(pcall, pcall, pcall, function() while true do end end)",
        "local t = {} while true do t[#t + 1] = 1 end",
        "while true do local x = ('x'):rep(200000) end",
        "while true do local x = ('x'):rep(200000) == ('x'):rep(200000) .. '' end",
        "local s = ('a'):rep(100000) while true do s:upper() end",
        "local s = ('a'):rep(100000) while true do local x = s:byte(-1) end",
        "local s = ('a'):rep(30) .. 'b'; return s:find(('a*'):rep(30) .. 'c')",
        "return (('a'):rep(20000)):match('.-.-.-.-b')",
        "return (('a'):rep(200000)):gsub('a*b', '')",
        "for x in (('a'):rep(200000)):gmatch('a*b') do end",
        "(('a'):rep(1000)):gsub('a', function() while true do end end)",
        "(('a'):rep(200000)):gsub('', function() return 'bbbbbbbbbb' end)",
        "return glob(('*a'):rep(1000), ('a'):rep(200000))",
        "while true do glob(('*a'):rep(100), ('a'):rep(20000)) end",
        "local t = {} for i = 1, 50000 do t[i] = i % 7 end while true do table.sort(t) end",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "local t = {} for i = 1, 50000 do t[i] = 1 end while true do table.insert(t, 1, 1) end",
        "local t = {} for i = 1, 50000 do t[i] = 1 end while true do table.remove(t, 1) end",
        "local t = {} for i = 1, 20000 do t[i] = 'x' end while true do table.concat(t) end",
        "local t = {} for i = 1, 50000 do t[i] = 1 end while true do next(t) end",
        "local t = {} for i = 1, 50000 do t[i] = 1 end while true do pairs(t) end",
        "local t = setmetatable", /* does not exist, so it is an error too */
        "local function grow(...) return grow(1, 2, 3, 4, 5, 6, 7, 8, 9, ...) end grow()",
        "local s = 'x' while true do s = s .. s end",
        "while true do string.format('%s', ('x'):rep(100000)) end",
        "while true do utf8.len(('x'):rep(100000)) end",
        "while true do tostring({}) end",
        "local t <close> = nil while true do end",
        "error(error)",
        "while true do pcall(string.rep, 'x', 1e9) end",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        struct error err = {0};
        int64_t start = clock_mono_ns();
        if (call_body(bodies[i], &err) == 0)
            fail_msg("%s: went well", bodies[i]);
        int64_t spent = (clock_mono_ns() - start) / 1000000;
        if (spent >
            20000) /* twice the sandbox's limit of real time: the instructions must stop it, however slow the machine */
            fail_msg("%s: took %lld ms: %s", bodies[i], (long long)spent, err.text);
    }
}

static void memory_is_limited(void **state)
{
    (void)state;
    const char *const bodies[] = {
        "local t = {} for i = 1, 1e7 do t[i] = {} end",
        "return ('x'):rep(1e9)",
        "return ('x'):rep(300000)",
        "return ('x'):rep(100000, ('y'):rep(100000))",
        "local s = ('x'):rep(200000) return s .. s",
        "return string.format('%s%s', ('x'):rep(200000), ('x'):rep(200000))",
        "return (('x'):rep(200000)):gsub('x', 'yyyy')",
        "local t = {} for i = 1, 20 do t[i] = ('x'):rep(100000) end return table.concat(t)",
        "local t = {} while true do t = {t, t} end",
        "local f f = function(n) local a, b, c, d = n, n, n, n return 1 + f(n + 1) end return f(1)",
        "return table.unpack({}, 1, 1e6)",
        "return table.unpack({}, 1, 1e18)",
        "return (('x'):rep(100000)):byte(1, -1)",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        struct error err = {0};
        if (call_body(bodies[i], &err) == 0 && i + 1 < ARRAY_SIZE(bodies))
            fail_msg("%s: went well", bodies[i]);
    }
}

static void a_call_after_a_stopped_one_works(void **state)
{
    (void)state;
    struct error err = {0};
    struct sandbox *sandbox = sandbox_create(NULL, builtins_open);
    const char *text =
        "local n = 0 keep(function() n = n + 1 if n == 1 then while true do end end\n"
        "if n == 2 then local t = {} while true do t[#t + 1] = {} end end assert(n < 4, 'four') end)";
    sandbox_protect(sandbox, bind_keep, NULL, &err);
    assert_int_equal(sandbox_run(sandbox, "t.lua", text, strlen(text), 0, &err), 0);
    assert_int_equal(sandbox_protect(sandbox, call, NULL, &err), ERR_TIMEOUT);
    assert_string_equal(err.text, "t.lua:1: stopped after 500,000 instructions (the limit of one call)");
    assert_int_not_equal(sandbox_protect(sandbox, call, NULL, &err), 0);
    assert_int_equal(sandbox_protect(sandbox, call, NULL, &err), 0);
    assert_int_equal(sandbox_protect(sandbox, call, NULL, &err), ERR_INVALID);
    assert_string_equal(err.text, "t.lua:2: four");
    sandbox_destroy(sandbox);
}

static void errors_say_where(void **state)
{
    (void)state;
    assert_fails("local function f(x)\n return x.y.z\nend\nlocal function g() f({}) return 1 end\ng()",
                 "t.lua:2: attempt to index a nil value (field 'y'), called from t.lua:4, t.lua:5");
    assert_fails("error({})", "t.lua:1: table");
    assert_fails("error()", "nil");
    assert_fails("error('plain', 0)", "t.lua:1: plain");
    assert_fails("local x = ", "t.lua:1: unexpected symbol");
    assert_fails("string.rep()", "bad argument #1");
}

static void nothing_differs_between_runs(void **state)
{
    (void)state;
    assert_runs("local t = {z = 1, a = 2, [3] = 3, [1] = 4, [2.5] = 5, [true] = 6, b = 7}\n"
                "local s = '' for k, v in pairs(t) do s = s .. tostring(k) .. v end\n"
                "assert(s == '142.5533a2b7z1true6' or s == '142.5533a2b7z1true6', s)");
    assert_runs("assert(tostring({}) == 'table' and tostring(pairs) == 'function')");
    assert_runs("assert(string.format('%s %s', {}, tostring) == 'table function')");
    assert_fails("string.format('%p', {})", "'%p' is not available");
    assert_fails("string.format('%5.3p', {})", "'%p' is not available");
    assert_fails("for k in pairs({[{}] = 1}) do end", "no fixed order");
    assert_runs("assert(next({}) == nil); local k, v = next({b = 1, a = 2}); assert(k == 'a' and v == 2)");
    assert_fails("next({1, 2}, 1)", "pairs");
    assert_runs("local t = {{1, 'a'}, {0, 'b'}, {1, 'c'}, {0, 'd'}}\n"
                "table.sort(t, function(x, y) return x[1] < y[1] end)\n"
                "assert(t[1][2] .. t[2][2] .. t[3][2] .. t[4][2] == 'bdac')");
    assert_runs("local t = {} for i = 1, 1000 do t[i] = (i * 7919) % 1009 end table.sort(t)\n"
                "for i = 2, 1000 do assert(t[i - 1] <= t[i]) end");
    assert_fails("table.sort({1, 'x'})", "attempt to compare");
    assert_runs("local t = {a = 1, b = 2, c = 3} local s = ''\n"
                "for k in pairs(t) do t.b = nil s = s .. k end assert(s == 'ac', s)");
}

static void the_libraries_work(void **state)
{
    (void)state;
    assert_runs(
        "local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) assert(table.concat(t, ',') == '0,1,2,3')\n"
        "assert(table.remove(t) == 3 and table.remove(t, 1) == 0 and #t == 2)\n"
        "assert(select('#', table.unpack(t)) == 2 and table.pack(1, nil, 3).n == 3)");
    assert_runs("assert(('abc'):upper() == 'ABC' and #('x'):rep(3) == 3 and ('abc'):sub(2) == 'bc')");
    assert_runs("assert(math.floor(2.5) == 2 and math.max(1, 3) == 3 and math.type(1) == 'integer')");
    assert_runs("local ok, why = pcall(error, 'x') assert(not ok and why == 'x')");
    assert_runs("assert(select(2, pcall(function() return 5 end)) == 5)");
    assert_runs("assert(glob('check*', 'checkout') and not glob('check?', 'checkout'))");
    assert_runs("assert(utf8.len('äö') == 2 and utf8.char(228) == 'ä')");
    assert_runs("assert(tonumber('12') == 12 and tostring(1.5) == '1.5' and type(nil) == 'nil')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_no_way_out),
        cmocka_unit_test(bytecode_is_refused),
        cmocka_unit_test(shared_things_are_read_only),
        cmocka_unit_test(runaways_are_stopped),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(a_call_after_a_stopped_one_works),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(nothing_differs_between_runs),
        cmocka_unit_test(the_libraries_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
