#include "policy/configuration.h"

#include <libgen.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "policy/load.h"

static const struct setting settings[] = {
    {"name", SETTING_TEXT, 0, "tocsin", 0, 0, "What this installation is called"},
    {"listen", SETTING_TEXT, 0, "127.0.0.1:7077", 0, 0,
     "Address for HTTP: intake, API, metrics. Only loopback, unless a proxy is before it"},
    {"public_url", SETTING_TEXT, 0, NULL, 0, 0,
     "How people reach that address, for links: https://tocsin.example.com"},
    {"data", SETTING_TEXT, 0, "data", 0, 0, "Directory of the journal"},
    {"policy", SETTING_TEXT, 0, "policy", 0, 0,
     "Directory of the team's Lua files; they are reloaded when they change"},
    {"runner", SETTING_TEXT, 0, NULL, 0, 0, "Path of tocsin-runner; beside tocsind unless set"},
    {"plugins", SETTING_TEXT, 0, NULL, 0, 0,
     "Directory of the connectors' .so files; beside tocsind unless set"},
    {"log", SETTING_TEXT, 0, "info", 0, 0, "Least level that is logged: debug, info, warn, error"},
    {"zone", SETTING_TEXT, 0, "UTC", 0, 0, "Time zone of people whose own is not known, as in tzdata"},
    {"announce", SETTING_TEXT, 0, "incidents", 0, 0, "Channel that incidents are announced in"},
    {"sources", SETTING_TABLE, 0, "{}", 0, 0,
     "Who may send alerts: name = { key = secret, service = …, environment = … }"},
    {"customers", SETTING_LIST, 0, NULL, 0, 0,
     "Where in an alert the affected customer stands, in this order: tags.customer, user.id, …"},
    {"new_groups_burst", SETTING_INT, 0, "10000", 1, 10000000,
     "Distinct problems that a source may open at once"},
    {"new_groups_per_hour", SETTING_INT, 0, "1000", 1, 10000000,
     "… and further ones an hour; what goes beyond counts as one flood"},
    {"groups_in_memory", SETTING_INT, 0, "100000", 100, 10000000,
     "Alert groups kept in memory; colder ones are read from the journal"},
    {"keep_counts", SETTING_DURATION, 0, "30d", HOUR, 366 * DAY, "How long alert counts by minute are kept"},
    {"keep_samples", SETTING_DURATION, 0, "30d", HOUR, 366 * DAY, "How long samples of alerts are kept"},
};

const struct setting *configuration_settings(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(settings);
    return settings;
}

/* env("NAME") and file("path") stand for secrets that the check reads later, so that none passes through Lua. */
static int reference(lua_State *L, const char *kind)
{
    luaL_checkstring(L, 1);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, kind);
    return 1;
}

static int lua_env(lua_State *L)
{
    return reference(L, "env");
}

static int lua_file(lua_State *L)
{
    return reference(L, "file");
}

static int bind_secrets(lua_State *L)
{
    lua_register(L, "env", lua_env);
    lua_register(L, "file", lua_file);
    return 0;
}

static int evaluate(const char *path, cJSON **ret, struct error *err)
{
    CLEANUP_FREE char *text = NULL, *copy = xstrdup(path);
    size_t n;
    int rc = read_file(path, POLICY_FILE_BYTES, &text, &n, err);
    if (rc)
        return rc;
    struct sandbox *sandbox = sandbox_create(NULL);
    rc = sandbox_protect(sandbox, bind_secrets, NULL, err);
    rc = rc ? rc : sandbox_run(sandbox, basename(copy), text, n, 1, err);
    if (!rc && lua_type(sandbox->L, -1) != LUA_TTABLE)
        rc = error_set(err, ERR_INVALID, "%s must end with: return { … }", path);
    rc = rc ? rc : sandbox_json(sandbox->L, -1, ret, err);
    sandbox_destroy(sandbox);
    return rc;
}

static int check_connectors(const char *path, const cJSON *connectors, struct error *err)
{
    const cJSON *connector;
    if (connectors && !cJSON_IsObject(connectors))
        return error_set(err, ERR_INVALID, "%s: connectors must be a table: connectors = { console = { … } }",
                         path);
    cJSON_ArrayForEach(connector, connectors)
    {
        if (!cJSON_IsObject(connector) && !(cJSON_IsArray(connector) && cJSON_GetArraySize(connector) == 0))
            return error_set(err, ERR_INVALID, "%s: connectors.%s must be a table of settings", path,
                             connector->string);
    }
    return 0;
}

int configuration_load(const char *path, struct configuration *ret, struct error *err)
{
    CLEANUP_JSON cJSON *given = NULL;
    struct configuration c = {0};
    CLEANUP_FREE char *absolute = realpath(path, NULL);
    if (!absolute)
        return error_set(err, ERR_NOT_FOUND, "there is no configuration %s; `tocsin init DIR` makes one", path);
    int rc = evaluate(absolute, &given, err);
    if (rc)
        return rc;
    cJSON *connectors = cJSON_DetachItemFromObjectCaseSensitive(given, "connectors");
    c.connectors = connectors ? connectors : cJSON_CreateObject();
    rc = check_connectors(path, c.connectors, err);
    rc = rc ? rc : config_check(settings, ARRAY_SIZE(settings), given, path, &c.core, err);
    if (rc) {
        configuration_finish(&c);
        return rc;
    }
    c.path = xstrdup(absolute);
    c.directory = xstrdup(dirname(absolute));
    *ret = c;
    return 0;
}

void configuration_finish(struct configuration *configuration)
{
    free(configuration->path);
    free(configuration->directory);
    cJSON_Delete(configuration->core);
    cJSON_Delete(configuration->connectors);
    *configuration = (struct configuration){0};
}

char *configuration_path(const struct configuration *configuration, const char *path)
{
    return *path == '/' ? xstrdup(path) : xasprintf("%s/%s", configuration->directory, path);
}
