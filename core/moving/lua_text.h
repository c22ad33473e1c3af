/* lua_text - texts from outside as Lua: never code, never the end of a comment. Pure. */
#ifndef TOCSIN_MOVING_LUA_TEXT_H
#define TOCSIN_MOVING_LUA_TEXT_H

#include "base/str.h"

/* As a string with its quotes. */
void lua_quote(const char *text, struct str *out);
/* For a comment: on one line, without control characters. */
void lua_comment(const char *text, struct str *out);
/* As the key of a table: a name, or ["…"]. */
void lua_key(const char *text, struct str *out);
/* { "a", "b" } */
void lua_list(const char *const *texts, size_t n, struct str *out);

#endif
