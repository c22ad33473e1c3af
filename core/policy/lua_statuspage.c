/* status_page{}, component{}. */
#include <ctype.h>
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "policy/bind.h"
#include "policy/value.h"
#include "public/site.h"

#define NAME_BYTES  100 /* of a component or a group at most */
#define WORDS_BYTES ((size_t)64 << 10)

static void check_line(lua_State *L, const char *what, const char *text)
{
    if (text && (text_empty(text) || strlen(text) > NAME_BYTES || strpbrk(text, "\t\n")))
        luaL_error(L, "%s must be one line of at most %d bytes, such as \"Checkout\"", what, NAME_BYTES);
}

/*
 * @function component{ name = string, group = string, description = string, only_if_degraded = true, off = true }: Declares what has a state
 * on status pages: what customers know by that name. Components of one group are shown together; one that is `only_if_degraded` is shown only
 * while it is not operational. What service{ component } names is a component, too. See "The status page".
 */
static int lua_component(lua_State *L)
{
    static const char *const known[] = {"name", "group", "description", "only_if_degraded", "off", NULL};
    struct policy_set *set = open_set(L, "component");
    check_fields(L, 1, "component", known);
    struct component_row *row = array_add(&set->comms.status.components);
    if (!declare_named(L, &row->named))
        return 0;
    field_text(L, 1, "group", false, &row->group);
    field_text(L, 1, "description", false, &row->description);
    check_line(L, "the name of a component", row->named.name);
    check_line(L, "the group of a component", row->group);
    row->only_if_degraded = field_bool(L, 1, "only_if_degraded", false);
    row->named.complete = true;
    return 0;
}

/* It stands in the address of the page. */
static void check_name(lua_State *L, const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (!*name || strlen(name) > NAME_BYTES || name[strspn(name, allowed)])
        luaL_error(L, "the name of a status page must be lower-case letters, digits and hyphens: name = "
                      "\"acme\"; its title can be anything");
}

static void check_links(lua_State *L, const struct status_page_row *row)
{
    if (row->url && !text_is_address(row->url))
        luaL_error(L, "url must be where the page is found, such as \"https://status.acme.example\"");
    if (row->contact && !text_is_address(row->contact) && !text_starts(row->contact, "mailto:"))
        luaL_error(L, "contact must be a link, such as \"https://acme.example/help\" or "
                      "\"mailto:help@acme.example\"");
}

static void check_look(lua_State *L, const struct status_page_row *row)
{
    const char *accent = row->accent;
    size_t n = accent ? strlen(accent) : 0;
    if (accent &&
        ((n != 4 && n != 7) || *accent != '#' || accent[1 + strspn(accent + 1, "0123456789abcdefABCDEF")]))
        luaL_error(L, "accent must be a colour such as \"#00aa77\"");
    if (row->logo && !strstr(row->logo, "<svg"))
        luaL_error(L, "logo must be the text of an SVG: logo = [[<svg xmlns=…>…</svg>]]");
    if (row->zone && !zone_exists(row->zone))
        luaL_error(L, "zone = \"%s\" is not a time zone, such as \"Europe/Berlin\"", row->zone);
}

static void check_template(lua_State *L, const char *text)
{
    struct error err;
    if (text && public_check_template(text, &err))
        luaL_error(L, "template: %s", err.text);
}

static void check_language(lua_State *L, const char *language)
{
    size_t letters = 0;
    while (isalpha((unsigned char)language[letters]))
        letters++;
    if (letters < 2 || letters > 3 || (language[letters] && language[letters] != '-') || strlen(language) > 12)
        luaL_error(L, "language '%s' must be a code such as \"en\" or \"pt-BR\"", language);
}

/* A table, or the same as JSON. */
static void read_words(lua_State *L, char **slot)
{
    cJSON *json = NULL;
    struct error err;
    struct str out = {0};
    struct json_out j = {&out, false};
    int type = lua_getfield(L, 1, "words"), rc = 0;
    if (type == LUA_TSTRING)
        rc = json_parse(lua_tostring(L, -1), lua_rawlen(L, -1), WORDS_BYTES, 4, "words", &json, &err);
    else if (type == LUA_TTABLE)
        rc = value_to_json(L, -1, &json, &err);
    else if (type != LUA_TNIL)
        rc = error_set(&err, ERR_INVALID, "a table or JSON is needed");
    rc = rc || !json ? rc : public_check_words(json, &err);
    if (!rc && json) {
        json_tree(&j, json);
        replace_text(slot, out.p);
    }
    str_finish(&out);
    cJSON_Delete(json);
    lua_pop(L, 1);
    if (rc)
        luaL_error(L, "words: %s", err.text);
}

static void read_page(lua_State *L, struct status_page_row *row)
{
    const struct {
        const char *key;
        char **slot;
    } texts[] = {{"title", &row->title},       {"url", &row->url},           {"zone", &row->zone},
                 {"language", &row->language}, {"contact", &row->contact},   {"logo", &row->logo},
                 {"accent", &row->accent},     {"template", &row->template_}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        field_text(L, 1, texts[i].key, false, texts[i].slot);
    field_texts(L, 1, "languages", &row->languages);
    field_texts(L, 1, "components", &row->components);
    field_askers(L, "readers", &row->readers);
    row->private_ = field_bool(L, 1, "private", false);
    row->key = field_int(L, 1, "key", 1, 1, 1000000);
    read_words(L, &row->words);
    check_name(L, row->named.name);
    check_line(L, "title", row->title);
    check_links(L, row);
    check_look(L, row);
    check_template(L, row->template_);
    if (row->language)
        check_language(L, row->language);
    for (size_t i = 0; i < row->languages.n; i++)
        check_language(L, row->languages.v[i]);
    for (size_t n = row->url ? strlen(row->url) : 0; n && row->url[n - 1] == '/'; n--)
        row->url[n - 1] = '\0';
}

/*
 * @function status_page{ name = "acme", title = string, url = link, zone = string, language = "en", languages = {…}, contact = link, logo =
 * string, accent = "#00aa77", template = string, words = {…}, components = {…}, private = true, readers = {…}, key = 1, off = true }: Declares a status page. One is public;
 * the others are `private`: whoever has the address reads them, or with `readers` whoever is signed in and named there, as access{} names people. It shows `components`, and the posts that touch one of them, or those that touch none; without that, everything. `logo` is the
 * text of an SVG, `template` takes the place of the page that ships, and `languages` are those in which words are translated besides
 * `language`. `words` are the page's own, another `key` makes the addresses of a private page void. See "The status page".
 */
static int lua_status_page(lua_State *L)
{
    static const char *const known[] = {"name",    "title", "url",    "zone",     "language",   "languages",
                                        "contact", "logo",  "accent", "template", "components", "private",
                                        "off",     "words", "key",    "readers",  NULL};
    struct policy_set *set = open_set(L, "status_page");
    check_fields(L, 1, "status_page", known);
    struct status_page_row *row = array_add(&set->comms.status.pages);
    if (!declare_named(L, &row->named))
        return 0;
    read_page(L, row);
    row->named.complete = true;
    return 0;
}

void bind_statuspage(lua_State *L)
{
    static const luaL_Reg functions[] = {{"component", lua_component}, {"status_page", lua_status_page}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}
