/*
 * sandbox - a Lua state that can compute and nothing else.
 *
 * By construction: globals come from an allow-list; no io, os, load, require, debug, coroutines, metatables, finalizers or
 * bytecode; nothing tells the time, draws a random number, shows an address or depends on how a table is laid out, so
 * what a script does follows from what it is given. Libraries are read-only, and so are the globals: what a file
 * needs is local to it.
 *
 * Each call has a budget of instructions; what runs long without an instruction (a pattern, a sort, a copy of much
 * text) pays out of the same budget. The state has a memory limit, and one text a limit of its own. Whoever exceeds one is
 * stopped with an error that no pcall catches. As a last resort a call also ends after some seconds of real time, which
 * nothing reaches that the budget allows. Loop's thread only.
 *
 * A C function that Lua calls may be left by longjmp wherever it uses the Lua API: it owns nothing but what Lua owns,
 * or what hangs on a structure that somebody else frees.
 */
#ifndef TOCSIN_POLICY_SANDBOX_H
#define TOCSIN_POLICY_SANDBOX_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/time.h"

#define SANDBOX_MEMORY ((size_t)8 << 20)
#define SANDBOX_TEXT   ((size_t)256 << 10) /* bytes of one text */
#define SANDBOX_CALL   500000              /* instructions of one call */
#define SANDBOX_LOAD   20000000            /* … of running a file */
#define SANDBOX_WAIT   (10 * SECOND)

struct sandbox {
    lua_State *L;
    void *owner; /* the bindings' */
    size_t used, most;
    int64_t budget, until_ns;
    unsigned hooks;
    const char *dead; /* why the call was stopped for good; NULL: it goes on */
};

/* `open` fills the state, in a protected call: builtins_open, or a part of it. */
struct sandbox *sandbox_create(void *owner, lua_CFunction open);
void sandbox_destroy(struct sandbox *sandbox);
struct sandbox *sandbox_of(lua_State *L);

/* Text chunks only; `name` is what errors and positions show. Leaves `results` values on the stack. */
int sandbox_run(struct sandbox *sandbox, const char *name, const char *text, size_t n, int results,
                struct error *err);
/* Runs a C function with `ctx` as its light userdata argument, protected and within the call budget: everything that may raise
   an error (pushing, calling) happens inside it. Its results are dropped. The error's text has file and line. */
int sandbox_protect(struct sandbox *sandbox, lua_CFunction function, void *ctx, struct error *err);

/* ---- for bindings, inside a protected call ---- */

/* Calls the function on the top of the stack, which may run as long as a file and is stopped alone; false: what it raised is on the
   top. All such calls together end with the outer call's real time. */
bool sandbox_try(lua_State *L);

/* Takes from the budget of the call at hand; raises when nothing is left. */
void sandbox_charge(lua_State *L, int64_t units);
#define SANDBOX_BUILTINS "tocsin.builtins" /* in the registry: the table that becomes the globals */
/* Adds functions to the globals; or a library of its own when `library` is not NULL. */
void sandbox_bind(lua_State *L, const char *library, const luaL_Reg *functions, size_t n);
/* Where the caller of the running C function stands: "policy.lua:12". A text on the stack's top, borrowed. */
const char *sandbox_where(lua_State *L);
/* What tostring() gives, without addresses; pushed. */
const char *sandbox_tostring(lua_State *L, int index);

#endif
