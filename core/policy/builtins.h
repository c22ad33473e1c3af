/*
 * builtins - what every script finds: Lua's globals and libraries from an allow-list, read-only.
 *
 * Some functions replace Lua's own, which would not be bounded or would depend on how memory is laid out. All of this runs in a
 * protected call, and may leave by longjmp.
 */
#ifndef TOCSIN_POLICY_BUILTINS_H
#define TOCSIN_POLICY_BUILTINS_H

#include "policy/sandbox.h"

/* For sandbox_create. Scripts see a read-only view of what is there afterwards, and of what sandbox_bind adds later. */
int builtins_open(lua_State *L);

/* Its parts: the global functions, `string`, `table`, one file each. */
void sandbox_open_base(lua_State *L);
void sandbox_open_text(lua_State *L);
void sandbox_open_table(lua_State *L);

#endif
