#include "policy/sandbox.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"

#define HOOK_EVERY   200
#define CLOCK_EVERY  16 /* hooks */
#define BYTES_A_UNIT 64
#define FRAMES       4 /* of a call chain that are shown */

#define SPENT(n, limit) "stopped after " n " instructions (the limit of " limit ")"
static const char call_spent[] = SPENT("500,000", "one call");          /* SANDBOX_CALL */
static const char file_spent[] = SPENT("20,000,000", "running a file"); /* SANDBOX_LOAD */
static const char test_spent[] = SPENT("20,000,000", "one test");       /* SANDBOX_LOAD */
_Static_assert(SANDBOX_CALL == 500000 && SANDBOX_LOAD == 20000000 && SANDBOX_WAIT / SECOND == 10,
               "as the texts say");

/* ---- limits ---- */

/* For a new object Lua passes its type in `old`, so a single string can have its own limit. */
static void *allocate(void *ctx, void *p, size_t old, size_t size)
{
    struct sandbox *sandbox = ctx;
    size_t before = p ? old : 0;
    if (size == 0) {
        sandbox->used -= before;
        free(p);
        return NULL;
    }
    if (size > before) {
        bool text = !p && old == LUA_TSTRING;
        if ((text && size > SANDBOX_TEXT + 64) || sandbox->used - before + size > sandbox->most)
            return NULL;
        sandbox->budget -= (int64_t)((size - before) / BYTES_A_UNIT);
    }
    void *moved = realloc(p, size);
    if (moved)
        sandbox->used = sandbox->used - before + size;
    return moved;
}

struct sandbox *sandbox_of(lua_State *L)
{
    return *(struct sandbox **)lua_getextraspace(L);
}

static void stop(lua_State *L, struct sandbox *sandbox, const char *why)
{
    sandbox->dead = why;
    luaL_where(L, 0);
    if (!*lua_tostring(L, -1))
        luaL_where(L, 1);
    lua_pushfstring(L, "%s%s", lua_tostring(L, -1), why);
    lua_error(L);
}

static void check_budget(lua_State *L, struct sandbox *sandbox)
{
    if (sandbox->dead || sandbox->budget < 0)
        stop(L, sandbox, sandbox->spent);
}

static void on_count(lua_State *L, lua_Debug *debug)
{
    (void)debug;
    struct sandbox *sandbox = sandbox_of(L);
    sandbox->budget -= HOOK_EVERY;
    check_budget(L, sandbox);
    if (++sandbox->hooks % CLOCK_EVERY == 0 && clock_mono_ns() > sandbox->until_ns)
        stop(L, sandbox, "stopped after 10 seconds (the limit of one call)");
}

void sandbox_charge(lua_State *L, int64_t units)
{
    struct sandbox *sandbox = sandbox_of(L);
    sandbox->budget -= units;
    check_budget(L, sandbox);
}

/* ---- calls ---- */

/* Adds a frame of the call chain to the message at 1: the first says where the error is, the others who called. */
static void add_frame(lua_State *L, const lua_Debug *frame, int shown)
{
    lua_pushfstring(L, "%s:%d", frame->short_src, frame->currentline);
    const char *message = lua_tostring(L, 1), *where = lua_tostring(L, -1);
    bool has_place = strncmp(message, where, strlen(where)) == 0 && message[strlen(where)] == ':';
    if (shown == 0 && !has_place)
        lua_pushfstring(L, "%s: %s", where, message);
    else if (shown > 0)
        lua_pushfstring(L, "%s%s%s", message, shown == 1 ? ", called from " : ", ", where);
    else
        lua_pushvalue(L, 1);
    lua_replace(L, 1);
    lua_settop(L, 1);
}

/* The only error handler: any error value becomes one line of text with the place and the callers. */
static int traceback(lua_State *L)
{
    lua_Debug frame;
    int shown = 0;
    if (lua_type(L, 1) != LUA_TSTRING) {
        sandbox_tostring(L, 1);
        lua_replace(L, 1);
    }
    lua_settop(L, 1);
    for (int level = 1; !sandbox_of(L)->dead && shown <= FRAMES && lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.currentline > 0)
            add_frame(L, &frame, shown++);
    }
    return 1;
}

static int fail(struct sandbox *sandbox, int status, struct error *err)
{
    const char *text = lua_type(sandbox->L, -1) == LUA_TSTRING ? lua_tostring(sandbox->L, -1) : NULL;
    int rc;
    if (status == LUA_ERRMEM)
        rc = error_set(err, ERR_TOO_BIG,
                       "it needs more memory than a script may use (%zu MiB in all, %zu KiB for one string)",
                       SANDBOX_MEMORY >> 20, SANDBOX_TEXT >> 10);
    else
        rc = error_set(err, sandbox->dead ? ERR_TIMEOUT : ERR_INVALID, "%s",
                       text ? text : "it failed, and so did the error message");
    lua_pop(sandbox->L, 1);
    return rc;
}

/* Calls the function on the stack. Within another call of the same state (a test that calls its own file), the outer budget is
   set aside. */
static int call_within(struct sandbox *sandbox, int arguments, int results, int64_t budget, struct error *err)
{
    lua_State *L = sandbox->L;
    int64_t outer_budget = sandbox->budget, outer_until = sandbox->until_ns, start = clock_mono_ns();
    const char *outer_spent = sandbox->spent;
    int handler = lua_gettop(L) - arguments;
    lua_pushcfunction(L, traceback);
    lua_insert(L, handler);
    sandbox->budget = budget;
    sandbox->spent = budget == SANDBOX_CALL ? call_spent : file_spent;
    sandbox->until_ns = start + SANDBOX_WAIT * 1000000;
    sandbox->dead = NULL;
    lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
    int status = lua_pcall(L, arguments, results, handler);
    lua_remove(L, handler);
    int rc = status == LUA_OK ? 0 : fail(sandbox, status, err);
    sandbox->budget = outer_budget;
    sandbox->spent = outer_spent;
    sandbox->until_ns = outer_until;
    sandbox->dead = NULL;
    metric_observe_ns(METRIC_POLICY_SECONDS, clock_mono_ns() - start);
    return rc;
}

bool sandbox_try(lua_State *L)
{
    struct sandbox *sandbox = sandbox_of(L);
    int64_t outer_budget = sandbox->budget;
    const char *outer_spent = sandbox->spent;
    sandbox->budget = SANDBOX_LOAD;
    sandbox->spent = test_spent;
    bool passed = lua_pcall(L, 0, 0, 0) == LUA_OK;
    sandbox->budget = outer_budget;
    sandbox->spent = outer_spent;
    sandbox->dead = NULL;
    return passed;
}

int sandbox_protect(struct sandbox *sandbox, lua_CFunction function, void *ctx, struct error *err)
{
    lua_pushcfunction(sandbox->L, function); /* neither push allocates */
    lua_pushlightuserdata(sandbox->L, ctx);
    return call_within(sandbox, 1, 0, SANDBOX_CALL, err);
}

int sandbox_run(struct sandbox *sandbox, const char *name, const char *text, size_t n, int results,
                struct error *err)
{
    CLEANUP_FREE char *chunk = xasprintf("@%s", name);
    size_t mark =
        n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* some editors begin UTF-8 files with it */
    sandbox->budget = SANDBOX_LOAD;
    int status = luaL_loadbufferx(sandbox->L, text + mark, n - mark, chunk, "t");
    int rc =
        status == LUA_OK ? call_within(sandbox, 0, results, SANDBOX_LOAD, err) : fail(sandbox, status, err);
    if (rc && err && !strstr(err->text, name))
        error_prefix(err, "%s", name);
    return rc;
}

/* ---- for bindings ---- */

void sandbox_bind(lua_State *L, const char *library, const luaL_Reg *functions, size_t n)
{
    lua_getfield(L, LUA_REGISTRYINDEX, SANDBOX_BUILTINS);
    int builtins = lua_gettop(L);
    if (library && lua_getfield(L, LUA_REGISTRYINDEX, library) == LUA_TNIL)
        luaL_error(L, "unknown library %s", library);
    int target = lua_gettop(L);
    for (size_t i = 0; i < n; i++) {
        lua_pushcfunction(L, functions[i].func);
        lua_setfield(L, target, functions[i].name);
    }
    lua_settop(L, builtins - 1);
}

const char *sandbox_tostring(lua_State *L, int index)
{
    int type = lua_type(L, index);
    bool plain =
        type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TLIGHTUSERDATA || type == LUA_TTHREAD;
    if (plain)
        return lua_pushstring(L, lua_typename(L, type));
    if (type == LUA_TUSERDATA && luaL_getmetafield(L, index, "__tostring") == LUA_TNIL)
        return lua_pushstring(L, "an object");
    if (type == LUA_TUSERDATA)
        lua_pop(L, 1);
    return luaL_tolstring(L, index, NULL);
}

const char *sandbox_where(lua_State *L)
{
    lua_Debug frame;
    for (int level = 1; lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.currentline > 0)
            return lua_pushfstring(L, "%s:%d", frame.short_src, frame.currentline);
    }
    return lua_pushstring(L, "policy");
}

/* ---- life ---- */

struct sandbox *sandbox_create(void *owner, lua_CFunction open)
{
    struct sandbox *sandbox = xcalloc(1, sizeof(*sandbox));
    struct error err;
    sandbox->owner = owner;
    sandbox->most = SANDBOX_MEMORY;
    sandbox->budget = SANDBOX_LOAD;
    sandbox->spent = file_spent;
    sandbox->L = lua_newstate(allocate, sandbox);
    require(sandbox->L != NULL);
    *(struct sandbox **)lua_getextraspace(sandbox->L) = sandbox;
    if (sandbox_protect(sandbox, open, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        require(!"the sandbox opens");
    }
    return sandbox;
}

void sandbox_destroy(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    lua_close(sandbox->L);
    free(sandbox);
}
