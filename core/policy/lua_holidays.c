/* holidays{}. */
#include <string.h>

#include "feeds/feeds.h"
#include "policy/bind.h"
#include "policy/feeds.h"
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

static void check_url(lua_State *L, const char *url)
{
    struct error err;
    if (feed_check(url, &err))
        luaL_error(L, "%s", err.text);
}

/*
 * @function holidays{ name = string, file = "england.ics", url = "https://calendars.example/england.ics", off = true }: Declares holidays, which
 * rotation{} can name: the whole days of an iCalendar in the policy's folder (`file`), or at an address that is read every six hours (`url`). See
 * "Who is on call".
 */
static int lua_holidays(lua_State *L)
{
    static const char *const known[] = {"name", "file", "url", "off", NULL};
    struct policy_set *set = open_set(L, "holidays");
    check_fields(L, 1, "holidays", known);
    struct holidays_row *row = array_add(&set->roster.holidays);
    if (!declare_named(L, &row->named))
        return 0;
    field_text(L, 1, "file", false, &row->file);
    field_text(L, 1, "url", false, &row->url);
    if (!row->file == !row->url)
        luaL_error(L, "holidays are read from a file or from an address: file = \"england.ics\", or "
                      "url = \"https://calendars.example/england.ics\"");
    if (row->url)
        check_url(L, row->url);
    else
        read_calendar(L, row->file, &row->days);
    row->read = row->file || feed_days(policy_of(L), row->url, &row->days);
    row->named.complete = true;
    return 0;
}

void bind_holidays(lua_State *L)
{
    static const luaL_Reg functions[] = {{"holidays", lua_holidays}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
