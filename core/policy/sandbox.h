/*
 * sandbox - a Lua state that can compute and nothing else.
 *
 * Globals come from an allow-list: there is no io, os, load, require, debug, coroutine, metatable, finalizer or bytecode.
 * Nothing returns the time, a random number or an address, or depends on the layout of a table, so what a script does
 * depends only on its arguments. Libraries and globals are read-only; a file keeps its own things in locals.
 *
 * Each call has a budget of instructions; work that runs long without an instruction (a pattern, a sort, a copy of much
 * text) is charged to the same budget. The state has a memory limit, and a single string has its own limit. A script that
 * exceeds one is stopped with an error that no pcall catches. As a last resort a call also ends after some seconds of real
 * time, which nothing within the budget should reach. Loop thread only.
 *
 * A C function that Lua calls may be left by longjmp wherever it uses the Lua API. So it must own nothing itself: its
 * memory belongs to Lua, or to a structure that somebody else frees.
 */
#ifndef TOCSIN_POLICY_SANDBOX_H
#define TOCSIN_POLICY_SANDBOX_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/time.h"

#define SANDBOX_MEMORY ((size_t)8 << 20)
#define SANDBOX_TEXT   ((size_t)256 << 10) /* bytes of one string */
#define SANDBOX_CALL   500000              /* instructions of one call */
#define SANDBOX_LOAD   20000000            /* instructions of running a file */
#define SANDBOX_WAIT   (10 * SECOND)

struct sandbox {
    lua_State *L;
    void *owner; /* for the bindings */
    size_t used, most;
    int64_t budget, until_ns;
    unsigned hooks;
    const char *spent; /* the error when the budget is used up */
    const char *dead;  /* why the call was stopped for good; NULL: it runs */
};

/* `open` fills the state, in a protected call: builtins_open, or part of it. */
struct sandbox *sandbox_create(void *owner, lua_CFunction open);
void sandbox_destroy(struct sandbox *sandbox);
struct sandbox *sandbox_of(lua_State *L);

/* Runs a chunk, as text only; `name` appears in errors and positions. Leaves `results` values on the stack. */
int sandbox_run(struct sandbox *sandbox, const char *name, const char *text, size_t n, int results,
                struct error *err);
/* Runs a C function with `ctx` as its light userdata argument, protected and within the budget of a call; everything that may
   raise an error (pushing, calling) must happen inside it. Drops its results. The text of the error has file and line. */
int sandbox_protect(struct sandbox *sandbox, lua_CFunction function, void *ctx, struct error *err);

/* ---- for bindings, inside a protected call ---- */

/* Calls the function on top of the stack with the budget of a file. If it is stopped, the caller continues. False: the error is
   on top. The real-time limit of the outer call covers all such calls together. */
bool sandbox_try(lua_State *L);

/* Charges the budget of the current call; raises an error when nothing is left. */
void sandbox_charge(lua_State *L, int64_t units);
#define SANDBOX_BUILTINS "tocsin.builtins" /* in the registry: the table that becomes the globals */
/* Adds functions to the globals, or to `library` unless that is NULL. */
void sandbox_bind(lua_State *L, const char *library, const luaL_Reg *functions, size_t n);
/* Pushes the position of the running C function's caller: "policy.lua:12". Borrowed from the stack. */
const char *sandbox_where(lua_State *L);
/* Pushes what tostring() returns, without addresses. */
const char *sandbox_tostring(lua_State *L, int index);

#endif
