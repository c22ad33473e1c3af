/*
 * builtins - what every script finds: Lua's globals and libraries from an allow-list, read-only.
 *
 * Some functions replace Lua's own ones, which are not bounded or depend on memory layout. Everything here runs in a protected
 * call and may leave by longjmp.
 */
#ifndef TOCSIN_POLICY_BUILTINS_H
#define TOCSIN_POLICY_BUILTINS_H

#include "policy/sandbox.h"

/* For sandbox_create. Scripts see a read-only view of these functions, and of those that sandbox_bind adds later. */
int builtins_open(lua_State *L);

/* Its parts: the global functions, `string`, `table`, one file each. */
void sandbox_open_base(lua_State *L);
void sandbox_open_text(lua_State *L);
void sandbox_open_table(lua_State *L);

#endif
