/*
 * value - converts a script's result to JSON, limited in depth and size. Errors name the path of a value that cannot be converted.
 */
#ifndef TOCSIN_POLICY_VALUE_H
#define TOCSIN_POLICY_VALUE_H

#include <cjson/cJSON.h>
#include <lua.h>

#include "base/error.h"

#define VALUE_DEPTH 16
#define VALUE_NODES 20000

/* Tables with keys 1 to n become arrays, those with string keys objects. Mixed tables, other keys, functions, and numbers that
   JSON cannot hold are refused: "connectors.slack.wait: function values are not allowed here". An empty table becomes an object.
   Raises no Lua error. The caller frees *ret. */
int value_to_json(lua_State *L, int index, cJSON **ret, struct error *err);

#endif
