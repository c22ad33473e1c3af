#include "policy/messages.h"

#include <string.h>

#include "policy/bind.h"

#define LANGUAGE_FIRST "en" /* of a text without a language */
#define MESSAGE_TITLE  200  /* bytes of a title at most */

static void take_message_text(lua_State *L, struct message_row *row, const char *language)
{
    struct message_text *text = array_add(&row->texts);
    text->language = xstrdup(language);
    take_text(L, -1, "text", &text->text);
}

/* English comes first, so that it is for whoever has no other language; the rest by their codes. */
static int by_language(const void *a, const void *b)
{
    const struct message_text *x = a, *y = b;
    bool first = strcmp(x->language, LANGUAGE_FIRST) == 0, second = strcmp(y->language, LANGUAGE_FIRST) == 0;
    return first != second ? second - first : strcmp(x->language, y->language);
}

static void take_title(lua_State *L, struct message_row *row, const char *language)
{
    size_t i = 0;
    while (i < row->texts.n && strcmp(row->texts.v[i].language, language) != 0)
        i++;
    if (i == row->texts.n)
        luaL_error(L, "message '%s' has a title in '%s', but no text", row->named.name, language);
    take_text(L, -1, "title", &row->texts.v[i].title);
    const char *title = row->texts.v[i].title;
    if (!*title || strlen(title) > MESSAGE_TITLE)
        luaL_error(L, "a title has 1 to %d bytes", MESSAGE_TITLE);
    if (strstr(title, "{{") || strchr(title, '\n'))
        luaL_error(L, "a title is one line without {{…}}, since it is for everybody");
}

/* text = "…", or text = { en = "…", de = "…" }; the same of a title. */
static void read_languages(lua_State *L, struct message_row *row, const char *field,
                           void (*take)(lua_State *L, struct message_row *row, const char *language))
{
    int type = lua_getfield(L, 1, field), table = lua_gettop(L);
    if (type == LUA_TSTRING)
        take(L, row, LANGUAGE_FIRST);
    else if (type != LUA_TTABLE && type != LUA_TNIL)
        luaL_error(L, "%s must be a string, or name languages: %s = { en = \"…\", de = \"…\" }", field, field);
    lua_pushnil(L);
    while (type == LUA_TTABLE && lua_next(L, table)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "%s must name languages: %s = { en = \"…\", de = \"…\" }", field, field);
        take(L, row, lua_tostring(L, -2));
        lua_pop(L, 1);
    }
    lua_settop(L, table - 1);
}

static void read_texts(lua_State *L, struct message_row *row)
{
    read_languages(L, row, "text", take_message_text);
    if (!row->texts.n)
        luaL_error(L, "message '%s' has no text: text = \"…\", or text = { en = \"…\", de = \"…\" }",
                   row->named.name);
    qsort(row->texts.v, row->texts.n, sizeof(*row->texts.v), by_language);
}

/* It may be left out. */
static void read_titles(lua_State *L, struct message_row *row)
{
    bool any = false;
    read_languages(L, row, "title", take_title);
    for (size_t i = 0; i < row->texts.n; i++)
        any |= row->texts.v[i].title != NULL;
    if (any && !row->texts.v[0].title)
        luaL_error(L, "message '%s' has no title in '%s'", row->named.name, row->texts.v[0].language);
}

/*
 * @function message{ name = string, when = string, text = { en = string, de = string, … }, title = { en = string, … }, off = true }: Declares
 * a message to customers that `draft` can begin with, in one or more languages; each customer gets theirs, and English, or else the first, if
 * there is no such. {{customer}} is the name of each recipient, and the other placeholders are those of templates. `when` says when to use it.
 * `title` is that of a post on the status page that begins with it: plain text, without placeholders.
 */
static int lua_message(lua_State *L)
{
    static const char *const known[] = {"name", "when", "text", "title", "off", NULL};
    struct policy_set *set = open_set(L, "message");
    check_fields(L, 1, "message", known);
    struct message_row *row = array_add(&set->comms.messages);
    if (!declare_named(L, &row->named))
        return 0;
    field_text(L, 1, "when", false, &row->when);
    read_texts(L, row);
    read_titles(L, row);
    row->named.complete = true;
    return 0;
}

void bind_messages(lua_State *L)
{
    static const luaL_Reg functions[] = {{"message", lua_message}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
}

/* ---- reading ---- */

static const struct message_row *find(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->set->comms.messages.n; i++) {
        if (text_equal_nocase(policy->set->comms.messages.v[i].named.name, name))
            return &policy->set->comms.messages.v[i];
    }
    return NULL;
}

bool policy_has_message(const struct policy *policy, const char *word)
{
    return find(policy, word) != NULL;
}

bool policy_message(const struct policy *policy, size_t i, struct policy_message *ret)
{
    if (i >= policy->set->comms.messages.n)
        return false;
    const struct message_row *row = &policy->set->comms.messages.v[i];
    *ret = (struct policy_message){row->named.name, row->when};
    return true;
}

const char *policy_message_language(const struct policy *policy, const char *name, size_t i)
{
    const struct message_row *row = find(policy, name);
    return row && i < row->texts.n ? row->texts.v[i].language : NULL;
}

const char *policy_message_title(const struct policy *policy, const char *name, const char *language)
{
    const struct message_row *row = find(policy, name);
    for (size_t i = 0; row && i < row->texts.n; i++) {
        if (!language || strcmp(row->texts.v[i].language, language) == 0)
            return row->texts.v[i].title;
    }
    return NULL;
}

int policy_message_text(const struct policy *policy, const char *name, const char *language,
                        const struct incident *incident, instant now, struct str *out, struct error *err)
{
    const struct message_row *row = find(policy, name);
    const struct template_values values = {incident, now, policy_zone(policy), MESSAGE_CUSTOMER, NULL};
    for (size_t i = 0; row && i < row->texts.n; i++) {
        if (strcmp(row->texts.v[i].language, language) == 0)
            return template_expand(row->texts.v[i].text, row->named.where, &values, out, err);
    }
    return error_set(err, ERR_NOT_FOUND, "no message '%.60s' in %.20s", name, language);
}
