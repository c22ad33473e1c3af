#include "policy/configuration.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <string.h>

#include "base/address.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/zone.h"
#include "engine/event.h"
#include "feeds/feeds.h"
#include "outbox/limit_read.h"
#include "policy/assist.h"
#include "policy/builtins.h"
#include "policy/files.h"
#include "policy/value.h"

#define SECRET_BYTES        ((size_t)64 << 10)
#define STATUS_SECRET_LEAST 20 /* characters */

static const struct setting settings[] = {
    {"name", SETTING_TEXT, 0, "tocsin", 0, 0, "The name of this installation"},
    {"listen", SETTING_TEXT, 0, "127.0.0.1:7077", 0, 0,
     "Address for HTTP: intake, API, metrics. Use a loopback address, and a proxy to let others in"},
    {"public_url", SETTING_TEXT, 0, NULL, 0, 0,
     "The URL at which people reach it, for links: https://tocsin.example.com"},
    {"data", SETTING_TEXT, 0, "data", 0, 0, "Directory for the journal"},
    {"policy", SETTING_TEXT, 0, "policy", 0, 0,
     "Directory of the team's Lua files; they are reloaded when they change"},
    {"runner", SETTING_TEXT, 0, NULL, 0, 0, "Path of tocsin-runner; by default the one next to tocsind"},
    {"runner_user", SETTING_TEXT, 0, NULL, 0, 0,
     "User as whom connectors run, if root starts tocsind: \"tocsin-runner\"; by default as tocsind does"},
    {"plugins", SETTING_TEXT, 0, NULL, 0, 0,
     "Directory of the connectors' .so files; by default the one next to tocsind"},
    {"log", SETTING_TEXT, 0, "info", 0, 0, "Lowest level that is logged: debug, info, warn or error"},
    {"zone", SETTING_TEXT, 0, "UTC", 0, 0, "Time zone of people whose own is unknown, as in tzdata"},
    {"announce", SETTING_TEXT, 0, "incidents", 0, 0, "Channel in which incidents are announced"},
    {"announce_fallback", SETTING_TEXT, 0, NULL, 0, 0,
     "Connector that announces them while no chat can be reached, and only then: \"irc\", or one for mail"},
    {"reactions", SETTING_TABLE, 0, "{}", 0, 0,
     "Emoji reactions that run commands, besides pushpin (pin) and +1 (approve): { eyes = \"accept\" }; \"\" "
     "removes one"},
    {"sources", SETTING_TABLE, SETTING_LIVE, "{}", 0, 0,
     "Who may send alerts: shop = { key = env(\"SHOP_KEY\"), service = \"shop\", environment = \"production\" "
     "}"},
    {"customers", SETTING_LIST, SETTING_LIVE, NULL, 0, 0,
     "Where to find the affected customer in an alert, tried in this order: tags.customer, user.id, …"},
    {"customer_names", SETTING_LIST, SETTING_LIVE, NULL, 0, 0,
     "Where to find a name to show for the customer: tags.customer_name, …"},
    {"api_requests_per_minute", SETTING_INT, 0, "6000", 0, 1000000,
     "How many requests to the API a token may make in a minute, and at once after it made none; 0: no limit"},
    {"conversations_most", SETTING_INT, 0, "5", 1, 10000,
     "More open conversations with customers of one incident than this suggest the status page"},
    {"home", SETTING_TEXT, 0, "app", 0, 0,
     "Where / leads: \"app\", the open incidents, or \"status\", the status page"},
    {"signin", SETTING_TABLE, 0, "{}", 0, 0,
     "OpenID Connect: { issuer = \"https://id.example.com\", client_id = \"tocsin\", client_secret = "
     "env(\"OIDC_SECRET\") }"},
    {"session_idle", SETTING_DURATION, 0, "12h", 5 * MINUTE, 366 * DAY,
     "A browser is signed out when nobody used it for so long"},
    {"session_most", SETTING_DURATION, 0, "7d", 5 * MINUTE, 366 * DAY,
     "… and so long after the sign-in however much it is used; groups of the identity provider count as long"},
    {"webhooks", SETTING_TABLE, 0, "{}", 0, 0,
     "Programs that are told of events, by the connector webhook: crm = { url = "
     "\"https://crm.example.com/tocsin\", secret = "
     "file(\"crm.secret\"), events = { \"declared\", \"status\" } }"},
    {"assist", SETTING_TABLE, SETTING_LIVE, "{}", 0, 0,
     "A language model that proposes titles and summaries to whoever asks, by an OpenAI-compatible API: "
     "{ url = \"https://llm.example.com/v1\", model = \"gemma-3-27b\", key = file(\"llm.key\") }"},
    {"status_host", SETTING_TEXT, 0, NULL, 0, 0,
     "Host name that shows the public status page at /, and nothing else: \"status.example.com\""},
    {"status_listen", SETTING_TEXT, 0, NULL, 0, 0,
     "Another address for HTTP, which shows the status page at /, and nothing else: \"127.0.0.1:7078\""},
    {"status_directory", SETTING_TEXT, 0, NULL, 0, 0,
     "Directory that has the public status page as files, new on each change, for another web server"},
    {"status_bucket", SETTING_TEXT, 0, NULL, 0, 0,
     "Address of an S3-compatible bucket that has the public status page, new on each change: "
     "\"https://s3.eu-central-1.amazonaws.com/acme-status\""},
    {"status_bucket_region", SETTING_TEXT, 0, "us-east-1", 0, 0, "Region of the bucket"},
    {"status_bucket_key", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0,
     "Access key that may get, put, delete and list the objects of the bucket"},
    {"status_bucket_secret", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0, "Secret of the access key"},
    {"status_secret", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0,
     "From which the keys of private status pages and the links of subscribers follow, at least 20 characters; "
     "another one makes all of them void"},
    {"status_secret_before", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0,
     "The status_secret before that one: links of subscribers in messages that were sent, also to unsubscribe, "
     "go on working"},
    {"new_groups_burst", SETTING_INT, 0, "10000", 1, 10000000,
     "How many new problems a source may open at once"},
    {"new_groups_per_hour", SETTING_INT, 0, "1000", 1, 10000000,
     "… and how many more per hour; any beyond that count as one flood"},
    {"groups_in_memory", SETTING_INT, 0, "100000", 100, 10000000,
     "Alert groups kept in memory; others are read from the journal"},
    {"keep_counts", SETTING_DURATION, 0, "30d", HOUR, 366 * DAY,
     "How long counts of alerts per minute are kept that an earlier version wrote"},
    {"keep_samples", SETTING_DURATION, 0, "30d", HOUR, 366 * DAY, "How long samples of alerts are kept"},
    {"keep_copies", SETTING_DURATION, 0, "90d", DAY, 3660 * DAY,
     "How long an edit or deletion of a message is still carried to its copies in an incident's other rooms"},
    {"keep_proposals", SETTING_DURATION, 0, "30d", HOUR, 366 * DAY,
     "How long is kept what was sent to a language model, and what it proposed"},
    {"keep_signups", SETTING_DURATION, 0, "2d", HOUR, 30 * DAY,
     "How long whoever subscribes to a status page may take to confirm it"},
    {"keep_answers", SETTING_DURATION, 0, "1d", HOUR, 30 * DAY,
     "How long a request to the API with an Idempotency-Key gets the same answer again"},
    {"keep_seen", SETTING_DURATION, 0, "1d", HOUR, 366 * DAY,
     "How long a connector's events are remembered, so that none is accepted twice"},
};

static const struct setting source_settings[] = {
    {"key", SETTING_TEXT, SETTING_SECRET | SETTING_REQUIRED, NULL, 0, 0,
     "The sender's key: the public key of a DSN, a bearer token, a password or a routing key"},
    {"service", SETTING_TEXT, 0, "", 0, 0, "The service for alerts that do not name one"},
    {"environment", SETTING_TEXT, 0, "", 0, 0, "The environment for alerts that do not name one"},
};

static const struct setting webhook_settings[] = {
    {"url", SETTING_TEXT, SETTING_SECRET | SETTING_REQUIRED, NULL, 0, 0,
     "Where requests go: https, or http to this machine"},
    {"secret", SETTING_TEXT, SETTING_SECRET | SETTING_REQUIRED, NULL, 0, 0,
     "What they are signed with: whsec_ and base 64 of 24 to 64 random bytes"},
    {"old_secret", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0,
     "The secret before it: while secrets change, both sign"},
    {"events", SETTING_LIST, 0, NULL, 0, 0,
     "Which events, as docs/events.md lists them; all that timelines tell without it"},
    {"private", SETTING_BOOL, 0, "false", 0, 0, "Events of private incidents go there, too"},
    {"private_network", SETTING_BOOL, 0, "false", 0, 0, "It is on this machine or in a private network"},
};

static const struct setting signin_settings[] = {
    {"issuer", SETTING_TEXT, SETTING_REQUIRED, NULL, 0, 0,
     "The address of the identity provider, as it calls itself"},
    {"client_id", SETTING_TEXT, SETTING_REQUIRED, NULL, 0, 0, "What the provider calls this Tocsin"},
    {"client_secret", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0, "Its secret there; none for a public client"},
    {"name", SETTING_TEXT, 0, "your identity provider", 0, 0, "What people call the provider"},
    {"scopes", SETTING_TEXT, 0, "openid profile email", 0, 0, "The scopes that are asked for"},
    {"groups", SETTING_TEXT, 0, "groups", 0, 0, "The claim that has a person's groups, for access{}"},
};

static const struct setting assist_settings[] = {
    {"url", SETTING_TEXT, SETTING_REQUIRED, NULL, 0, 0,
     "Where the API is found, without /chat/completions: https, or http to this machine"},
    {"model", SETTING_TEXT, SETTING_REQUIRED, NULL, 0, 0, "What the API calls the model"},
    {"key", SETTING_TEXT, SETTING_SECRET, NULL, 0, 0,
     "Sent as a bearer token; none where the API asks for none"},
    {"timeout", SETTING_DURATION, 0, "30s", SECOND, 2 * MINUTE,
     "An answer that is not whole by then is given up"},
    {"requests_per_day", SETTING_INT, 0, "100", 1, 1000000,
     "How many requests are made in a day of UTC at most"},
    {"tokens_per_day", SETTING_INT, 0, "200000", 1000, 1000000000,
     "… and how many tokens these may need, both ways"},
    {"send", SETTING_LIST, 0, ASSIST_DEFAULT, 0, 0,
     "Which fields of an incident may be sent; see docs/assist.md"},
};

const struct setting *configuration_settings(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(settings);
    return settings;
}

const struct setting *configuration_source_settings(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(source_settings);
    return source_settings;
}

char *configuration_path(const struct configuration *configuration, const char *path)
{
    return *path == '/' ? xstrdup(path) : xasprintf("%s/%s", configuration->directory, path);
}

/* ---- env() and file() ---- */

/* @configuration env(name): Returns the value of an environment variable, which never appears in a log. It is an error if the
   variable is not set or empty. */
static int lua_env(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1), *value = getenv(name);
    if (text_empty(value))
        return luaL_error(L,
                          "the environment variable %s is not set for %s; set it where that program is started "
                          "and restart it, "
                          "or keep the secret in a file: file(\"…\")",
                          name, program_invocation_short_name);
    log_secret(value);
    lua_pushstring(L, value);
    return 1;
}

/* The file of a secret usually ends with a newline, which is not part of the secret. */
static size_t trimmed(const char *text, size_t n)
{
    while (n && isspace((unsigned char)text[n - 1]))
        n--;
    return n;
}

/* Reads into a Lua buffer, so that Lua owns the text from the start. */
static void push_secret(lua_State *L, const char *path)
{
    struct error err;
    char *text;
    size_t n;
    char *room = lua_newuserdatauv(L, SECRET_BYTES + 1, 0);
    if (file_read(path, SECRET_BYTES, &text, &n, &err))
        luaL_error(L, "%s", err.text);
    n = trimmed(text, n);
    memcpy(room, text, n);
    room[n] = '\0';
    explicit_bzero(text, n);
    free(text);
    if (n == 0)
        luaL_error(L, "%s is empty", path);
    log_secret(room);
    lua_pushlstring(L, room, n);
    explicit_bzero(room, n);
}

/* @configuration file(path): Returns the content of a file, at most 64 KiB, without white space at its end. It never appears in a
   log. A relative path is relative to tocsin.lua. It is an error if the file cannot be read or is empty. */
static int lua_file(lua_State *L)
{
    const struct configuration *configuration = sandbox_of(L)->owner;
    const char *path = luaL_checkstring(L, 1);
    if (*path != '/')
        path = lua_pushfstring(L, "%s/%s", configuration->directory, path);
    push_secret(L, path);
    return 1;
}

static int bind_secrets(lua_State *L)
{
    static const luaL_Reg functions[] = {{"env", lua_env}, {"file", lua_file}};
    sandbox_bind(L, NULL, functions, ARRAY_SIZE(functions));
    return 0;
}

/* ---- reading ---- */

static int evaluate(struct configuration *c, const char *name, const char *text, size_t n, cJSON **ret,
                    struct error *err)
{
    struct sandbox *sandbox = sandbox_create(c, builtins_open);
    int rc = sandbox_protect(sandbox, bind_secrets, NULL, err);
    rc = rc ? rc : sandbox_run(sandbox, name, text, n, 1, err);
    if (!rc && lua_type(sandbox->L, -1) != LUA_TTABLE)
        rc = error_set(err, ERR_INVALID, "%s must end with: return { … }", name);
    if (!rc && (rc = value_to_json(sandbox->L, -1, ret, err)))
        error_prefix(err, "%s", name);
    sandbox_destroy(sandbox);
    return rc;
}

/* The line where a setting is set, found by a simple search in the text; 0: not found. */
static int line_of(const char *text, const char *word)
{
    size_t n = strlen(word);
    int line = 1;
    for (const char *p = text; *p; p++) {
        line += *p == '\n';
        bool begins = p == text || !(isalnum((unsigned char)p[-1]) || p[-1] == '_');
        if (!begins || strncmp(p, word, n) != 0)
            continue;
        const char *after = p + n + strspn(p + n, "\"'] \t");
        if (*after == '=' && after[1] != '=')
            return line;
    }
    return 0;
}

/* Errors of the check name a setting in quotes: 'listen'. Adds its line in front. */
static int with_line(int rc, const char *name, const char *text, struct error *err)
{
    struct error plain = *err;
    const char *open = strchr(err->text, '\''), *close = open ? strchr(open + 1, '\'') : NULL;
    CLEANUP_FREE char *word = close ? xstrndup(open + 1, (size_t)(close - open - 1)) : NULL;
    int line = word && *word ? line_of(text, word) : 0;
    if (line)
        return error_set(err, rc, "%s:%d: %s", name, line, plain.text);
    return error_set(err, rc, "%s: %s", name, plain.text);
}

static bool is_table(const cJSON *value)
{
    return cJSON_IsObject(value) || (cJSON_IsArray(value) && !value->child);
}

static int check_connectors(const cJSON *connectors, struct error *err)
{
    const cJSON *connector;
    if (!is_table(connectors))
        return error_set(err, ERR_INVALID, "'connectors' must be a table: connectors = { console = { … } }");
    cJSON_ArrayForEach(connector, connectors)
    {
        if (!is_table(connector))
            return error_set(err, ERR_INVALID, "connectors: '%.60s' must be a table of settings",
                             connector->string ? connector->string : "?");
        int rc = rate_limits_check(json_member(connector, "limits"), err);
        if (rc)
            return error_prefix(err, "connectors.%.60s", connector->string);
    }
    return 0;
}

struct named_tables {
    const char *name; /* of the setting, which is a table of tables */
    const struct setting *settings;
    size_t n;
    int (*check)(const cJSON *one, const char *name, struct error *err); /* what else holds; NULL: nothing */
};

/* Checks each of the tables against its settings, in place. */
static int check_each(cJSON *core, const struct named_tables *tables, struct error *err)
{
    CLEANUP_JSON cJSON *checked = cJSON_CreateObject();
    const cJSON *given;
    cJSON_ArrayForEach(given, json_member(core, tables->name))
    {
        CLEANUP_FREE char *where = xasprintf("%s.%.60s", tables->name, given->string);
        cJSON *one = NULL;
        int rc = config_check(tables->settings, tables->n, given, where, &one, err);
        if (!rc)
            cJSON_AddItemToObject(checked, given->string, one);
        rc = rc || !tables->check ? rc : tables->check(one, given->string, err);
        if (rc)
            return rc;
    }
    cJSON_ReplaceItemInObjectCaseSensitive(core, tables->name, steal(checked));
    return 0;
}

static int check_sources(cJSON *core, struct error *err)
{
    const struct named_tables sources = {"sources", source_settings, ARRAY_SIZE(source_settings), NULL};
    return check_each(core, &sources, err);
}

static bool is_word(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name);
}

/* May what is secret go there? */
static bool is_safe(const char *url)
{
    CLEANUP_FREE char *host = feed_host(url);
    return text_starts(url, "https://") || (text_starts(url, "http://") && feed_host_is_loopback(host));
}

static int check_webhook(const cJSON *webhook, const char *name, struct error *err)
{
    const cJSON *one;
    const char *url = json_text_or(webhook, "url", ""), *secret = json_text_or(webhook, "secret", "");
    if (!is_word(name))
        return error_set(err, ERR_INVALID, "webhooks: '%.60s' must consist of a-z, 0-9, _ and -", name);
    if (!is_safe(url))
        return error_set(err, ERR_INVALID, "webhooks.%s: 'url' must begin with https://, or be on this machine",
                         name);
    if (!text_starts(secret, "whsec_"))
        return error_set(
            err, ERR_INVALID,
            "webhooks.%s: 'secret' must begin with whsec_; make one: echo whsec_$(openssl rand -base64 32)",
            name);
    cJSON_ArrayForEach(one, json_member(webhook, "events"))
    {
        if (!event_type_parse(cJSON_GetStringValue(one)))
            return error_set(err, ERR_INVALID,
                             "webhooks.%s: no event is called '%.60s'; docs/events.md lists them", name,
                             cJSON_GetStringValue(one));
    }
    return 0;
}

static int check_webhooks(cJSON *core, struct error *err)
{
    const struct named_tables webhooks = {"webhooks", webhook_settings, ARRAY_SIZE(webhook_settings),
                                          check_webhook};
    return check_each(core, &webhooks, err);
}

/* Its letters are in signatures as they are. */
static bool is_bucket(const char *url)
{
    size_t scheme = text_starts(url, "https://") ? 8 : text_starts(url, "http://") ? 7 : 0;
    size_t n = strspn(url + scheme, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:[]");
    return scheme && n && !url[scheme + n] && !strstr(url, "..");
}

static int check_bucket(const cJSON *core, struct error *err)
{
    static const char *const needed[] = {"status_bucket_key", "status_bucket_secret"};
    const char *url = json_text_or(core, "status_bucket", NULL);
    if (url && !is_bucket(url))
        return error_set(err, ERR_INVALID,
                         "'status_bucket' must be the address under which the store takes objects, such as "
                         "https://s3.eu-central-1.amazonaws.com/acme-status");
    for (size_t i = 0; url && i < ARRAY_SIZE(needed); i++) {
        if (text_empty(json_text_or(core, needed[i], NULL)))
            return error_set(err, ERR_INVALID, "'status_bucket' needs '%s', such as %s = file(\"bucket_%s\")",
                             needed[i], needed[i], needed[i] + strlen("status_bucket_"));
    }
    return 0;
}

static int check_status(const cJSON *core, struct error *err)
{
    struct sockaddr_storage address;
    const char *listen = json_text_or(core, "status_listen", NULL),
               *host = json_text_or(core, "status_host", NULL),
               *secret = json_text_or(core, "status_secret", NULL);
    if (listen && address_parse(listen, &address, err))
        return error_prefix(err, "'status_listen'");
    if (host && (!*host || strpbrk(host, "/: ")))
        return error_set(err, ERR_INVALID,
                         "'status_host' must be a host name alone, such as status.example.com");
    if (secret && strlen(secret) < STATUS_SECRET_LEAST)
        return error_set(err, ERR_INVALID,
                         "'status_secret' must have at least %d characters; `openssl rand -hex 20` makes one",
                         STATUS_SECRET_LEAST);
    return check_bucket(core, err);
}

/* Checks `signin` against its own table, in place. */
static int check_signin(cJSON *core, struct error *err)
{
    const cJSON *given = json_member(core, "signin");
    cJSON *checked = NULL;
    if (!cJSON_GetArraySize(given))
        return 0;
    int rc = config_check(signin_settings, ARRAY_SIZE(signin_settings), given, "signin", &checked, err);
    if (rc)
        return rc;
    cJSON_ReplaceItemInObjectCaseSensitive(core, "signin", checked);
    const char *issuer = json_text_or(checked, "issuer", "");
    if (!text_starts(issuer, "https://") && !text_starts(issuer, "http://127.0.0.1") &&
        !text_starts(issuer, "http://localhost"))
        return error_set(err, ERR_INVALID, "signin: 'issuer' must begin with https://");
    if (!json_text_or(core, "public_url", NULL))
        return error_set(err, ERR_INVALID,
                         "'signin' needs 'public_url', where the provider sends people back to");
    return 0;
}

/* Checks `assist` against its own table, in place. */
static int check_assist(cJSON *core, struct error *err)
{
    const cJSON *given = json_member(core, "assist");
    cJSON *checked = NULL;
    unsigned fields;
    if (!cJSON_GetArraySize(given))
        return 0;
    int rc = config_check(assist_settings, ARRAY_SIZE(assist_settings), given, "assist", &checked, err);
    if (rc)
        return rc;
    cJSON_ReplaceItemInObjectCaseSensitive(core, "assist", checked);
    if (!is_safe(json_text_or(checked, "url", "")))
        return error_set(err, ERR_INVALID, "assist: 'url' must begin with https://, or be on this machine");
    if (!cJSON_GetArraySize(json_member(checked, "send")))
        return error_set(err, ERR_INVALID, "assist: 'send' must name a field, such as \"title\"");
    rc = assist_fields(json_member(checked, "send"), &fields, err);
    return rc ? error_prefix(err, "assist: 'send'") : 0;
}

/* Checks beyond the types of the settings. */
static int check_values(const cJSON *core, struct error *err)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    const char *log = json_text_or(core, "log", ""), *zone = json_text_or(core, "zone", "");
    const char *listen = json_text_or(core, "listen", ""), *url = json_text_or(core, "public_url", "http://");
    bool known = false;
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
        known |= strcmp(levels[i], log) == 0;
    if (!known)
        return error_set(err, ERR_INVALID, "'log' must be debug, info, warn or error");
    if (!zone_exists(zone))
        return error_set(err, ERR_INVALID, "'zone' must be a time zone such as \"Europe/London\"");
    struct sockaddr_storage address;
    if (address_parse(listen, &address, err))
        return error_prefix(err, "'listen'");
    const char *home = json_text_or(core, "home", "app");
    if (strcmp(home, "app") != 0 && strcmp(home, "status") != 0)
        return error_set(err, ERR_INVALID, "'home' must be \"app\" or \"status\"");
    int rc = check_status(core, err);
    if (rc)
        return rc;
    if (!text_starts(url, "http://") && !text_starts(url, "https://"))
        return error_set(err, ERR_INVALID, "'public_url' must begin with https:// (or http://)");
    return 0;
}

static int check_fallback(const struct configuration *c, struct error *err)
{
    const char *name = json_text_or(c->core, "announce_fallback", NULL);
    const cJSON *row;
    CLEANUP_STR struct str names = {0};
    if (!name || json_member(c->connectors, name))
        return 0;
    cJSON_ArrayForEach(row, c->connectors)
    {
        str_addf(&names, "%s%s", names.len ? ", " : "", row->string);
    }
    return error_set(err, ERR_INVALID, "'announce_fallback' must be one of the connectors (%s), not '%.60s'",
                     names.len ? names.p : "there are none", name);
}

static int check(struct configuration *c, cJSON *given, struct error *err)
{
    cJSON *connectors = cJSON_DetachItemFromObjectCaseSensitive(given, "connectors");
    c->connectors = connectors ? connectors : cJSON_CreateObject();
    int rc = check_connectors(c->connectors, err);
    rc = rc ? rc : config_check(settings, ARRAY_SIZE(settings), given, "settings", &c->core, err);
    rc = rc ? rc : check_sources(c->core, err);
    rc = rc ? rc : check_webhooks(c->core, err);
    rc = rc ? rc : check_signin(c->core, err);
    rc = rc ? rc : check_assist(c->core, err);
    rc = rc ? rc : check_values(c->core, err);
    return rc ? rc : check_fallback(c, err);
}

static int load(struct configuration *c, struct error *err)
{
    CLEANUP_FREE char *text = NULL, *copy = xstrdup(c->path);
    CLEANUP_JSON cJSON *given = NULL;
    const char *name = basename(copy);
    size_t n;
    int rc = file_read(c->path, POLICY_FILE_BYTES, &text, &n, err);
    rc = rc ? rc : evaluate(c, name, text, n, &given, err);
    if (rc)
        return rc;
    struct error inner = {0};
    rc = check(c, given, &inner);
    if (rc && err)
        *err = inner;
    return rc && err ? with_line(rc, name, text, err) : rc;
}

int configuration_load(const char *path, struct configuration *ret, struct error *err)
{
    struct configuration c = {.path = realpath(path, NULL)};
    if (!c.path)
        return error_set(err, ERR_NOT_FOUND, "no configuration at %s; `tocsin init DIR` creates one", path);
    CLEANUP_FREE char *copy = xstrdup(c.path);
    c.directory = xstrdup(dirname(copy));
    int rc = load(&c, err);
    if (rc)
        configuration_finish(&c);
    else
        *ret = c;
    return rc;
}

void configuration_finish(struct configuration *configuration)
{
    free(configuration->path);
    free(configuration->directory);
    cJSON_Delete(configuration->core);
    cJSON_Delete(configuration->connectors);
    *configuration = (struct configuration){0};
}

void configuration_hold(struct configuration *fresh, const struct configuration *running, struct str *held)
{
    for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
        const char *name = settings[i].name;
        const cJSON *old = cJSON_GetObjectItemCaseSensitive(running->core, name);
        const cJSON *now = cJSON_GetObjectItemCaseSensitive(fresh->core, name);
        if (settings[i].flags & SETTING_LIVE || cJSON_Compare(old, now, true))
            continue;
        str_addf(held, "%s%s", held->len ? ", " : "", name);
        cJSON_ReplaceItemInObjectCaseSensitive(fresh->core, name, cJSON_Duplicate(old, true));
    }
}

void configuration_sample(struct str *out)
{
    str_add(out,
            "-- The configuration of Tocsin: a Lua file that returns one table. Lines that are commented out "
            "show the defaults.\n"
            "-- For secrets, env(\"NAME\") reads an environment variable and file(\"path\") a file; neither "
            "appears in a log.\n"
            "-- `tocsin check` reports mistakes in this file and their lines.\n"
            "return {\n");
    config_sample(settings, ARRAY_SIZE(settings), "  ", out);
    str_add(out,
            "\n  -- Each connector runs in its own process and has its own settings; `tocsin connector show "
            "FILE.so` lists them.\n"
            "  connectors = {\n"
            "    console = {},\n"
            "  },\n"
            "}\n");
}

char *configuration_status_url(const cJSON *core)
{
    const char *host = json_text_or(core, "status_host", NULL), *url = json_text_or(core, "public_url", NULL);
    return host ? xasprintf("https://%s", host) : url ? xasprintf("%s/status", url) : NULL;
}
