/* holidays{}. */
#include <string.h>

#include "policy/bind.h"
#include "policy/files.h"

static void read_calendar(lua_State *L, const char *name, struct holidays *ret)
{
    const struct policy_file *file = files_calendar(script_of(L)->set->files, name);
    struct error err;
    if (!file) {
        luaL_error(
            L,
            "file = \"%s\" is not in the policy's folder; a calendar there has a name that ends in .ics, "
            "such as england.ics",
            name);
        return; /* never: the error leaves */
    }
    if (holidays_read(file->text, file->n, ret, &err))
        luaL_error(L, "%s cannot be read as holidays: %s", name, err.text);
}

/*
 * @function holidays{ name = string, file = "england.ics", off = true }: Declares holidays, which rotation{} can name: the whole days of an
 * iCalendar in the policy's folder. See "Who is on call".
 */
static int lua_holidays(lua_State *L)
{
    static const char *const known[] = {"name", "file", "off", NULL};
    struct policy_set *set = open_set(L, "holidays");
    check_fields(L, 1, "holidays", known);
    struct holidays_row *row = array_add(&set->roster.holidays);
    if (!declare_named(L, &row->named))
        return 0;
    field_text(L, 1, "file", true, &row->file);
    read_calendar(L, row->file, &row->days);
    row->named.complete = true;
    return 0;
}

void bind_holidays(lua_State *L)
{
    static const luaL_Reg functions[] = {{"holidays", lua_holidays}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
