/*
 * sandbox - a Lua state that can compute and nothing else.
 *
 * By construction: globals come from an allow-list; no io, os, load, require, debug, coroutines, metatables or bytecode.
 * Lua's patterns are left out as well (string.find is plain, `glob` matches): a pattern can run for years inside one call,
 * where no instruction is counted. Each call has an instruction budget, and the state a memory limit; what exceeds one
 * is stopped with an error that pcall cannot catch. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_SANDBOX_H
#define TOCSIN_POLICY_SANDBOX_H

#include <lua.h>

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/str.h"

#define SANDBOX_MEMORY ((size_t)8 << 20)
#define SANDBOX_CALL   1000000  /* instructions of one call */
#define SANDBOX_LOAD   20000000 /* … of loading a file */

struct sandbox {
    lua_State *L;
    size_t used, most;
    int64_t budget;
    bool spent;
};

/* The state's extra space holds the sandbox, so its address must not change. `owner` is for bindings: sandbox_owner. */
struct sandbox *sandbox_create(void *owner);
void sandbox_destroy(struct sandbox *sandbox);
void *sandbox_owner(lua_State *L);
/* Text chunks only; `name` is what errors and positions show. Leaves `results` values on the stack. */
int sandbox_run(struct sandbox *sandbox, const char *name, const char *text, size_t n, int results,
                struct error *err);
/* Runs a C function with `ctx` as its light userdata argument, protected and within the call budget: everything that may raise
   an error (pushing, calling) happens inside it. Its results are dropped. */
int sandbox_protect(struct sandbox *sandbox, lua_CFunction function, void *ctx, struct error *err);
/* Where the caller of the running C function stands: "policy.lua:12". The caller frees. */
char *sandbox_where(lua_State *L);
/* A value as JSON: tables with keys 1..n are arrays. Depth 16, strings made valid; functions and the like are refused. */
int sandbox_json(lua_State *L, int index, cJSON **ret, struct error *err);
void sandbox_push_json(lua_State *L, const cJSON *value);

#endif
