#include "policy/tests.h"

struct tests *tests_of(lua_State *L)
{
    return (struct tests *)(void *)container_of(script_of(L), struct tests, script);
}

const char *tests_text(lua_State *L, const char *key, const char *fallback)
{
    char **slot = array_add(&tests_of(L)->texts);
    return field_text(L, 1, key, false, slot) ? *slot : fallback;
}
