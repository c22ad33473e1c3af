/*
 * value - what a script returns, as JSON: bounded in depth and number, text made valid, anything else refused by its path.
 */
#ifndef TOCSIN_POLICY_VALUE_H
#define TOCSIN_POLICY_VALUE_H

#include <cjson/cJSON.h>
#include <lua.h>

#include "base/error.h"

#define VALUE_DEPTH 16
#define VALUE_NODES 20000

/* Tables with keys 1 to n are arrays, those with texts as keys objects; mixed ones, other keys, functions, and numbers
   that JSON cannot hold are refused: "connectors.slack.wait: a function is no value". An empty table is an object. Does
   not raise. The caller frees *ret. */
int value_to_json(lua_State *L, int index, cJSON **ret, struct error *err);

#endif
