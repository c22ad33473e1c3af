/* Settings, rate limits; open, check and close; the descriptor. */
#include "teams.h"

#include <stdlib.h>
#include <string.h>

static const struct tocsin_setting settings[] = {
    {"app_id", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The bot's Microsoft app id, a GUID"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "A client secret of the app: its value, not its id"},
    {"tenant", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "Your directory (tenant) id, a GUID, where the app is single-tenant. Empty: a multi-tenant app"},
    {"tenants", TOCSIN_SETTING_LIST, 0, "[]", 0, 0,
     "Ids of further tenants whose people may use the bot; a multi-tenant app needs at least one"},
    {"team", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The team's id, 19:…@thread.tacv2, or a link to the team. Empty: the team in which the app was installed"},
    {"channel", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The channel of the team in which incidents get their threads, by name or id. Empty: General"},
    {"rooms", TOCSIN_SETTING_TEXT, 0, "thread", 0, 0,
     "Where an incident lives: \"thread\", in `channel`, or \"channel\", one of its own, made through "
     "Microsoft Graph"},
    {"service_url", TOCSIN_SETTING_TEXT, 0, "https://smba.trafficmanager.net/teams", 0, 0,
     "Where Teams is reached before it has told us. Another one for government clouds and tests"},
    {"login_url", TOCSIN_SETTING_TEXT, 0, "https://login.microsoftonline.com", 0, 0, "Where tokens come from"},
    {"graph_url", TOCSIN_SETTING_TEXT, 0, "https://graph.microsoft.com/v1.0", 0, 0, "Microsoft Graph"},
    {"metadata_url", TOCSIN_SETTING_TEXT, 0,
     "https://login.botframework.com/v1/.well-known/openidconfiguration", 0, 0,
     "Where the keys of the Bot Service are described"},
    {"issuer", TOCSIN_SETTING_TEXT, 0, "https://api.botframework.com", 0, 0,
     "Who signs the requests to the bot"},
    {"trusted_hosts", TOCSIN_SETTING_LIST, 0, "[]", 0, 0,
     "Further hosts that may see the bot's tokens. Microsoft's own need not be named"},
    {0},
};

/* ---- open ---- */

static char *url_of(const cJSON *given, const char *name)
{
    char *url = strdup(kit_json_text(given, name));
    size_t n = strlen(url);
    while (n && url[n - 1] == '/')
        url[--n] = '\0';
    return url;
}

static cJSON *list_of(cJSON *given, const char *name)
{
    cJSON *list = cJSON_DetachItemFromObjectCaseSensitive(given, name);
    return list ? list : cJSON_CreateArray();
}

static void take_settings(struct teams_settings *set, const char *text)
{
    cJSON *given = kit_json_parse(text, strlen(text));
    set->service_url = url_of(given, "service_url");
    set->login_url = url_of(given, "login_url");
    set->graph_url = url_of(given, "graph_url");
    set->metadata_url = url_of(given, "metadata_url");
    set->issuer = strdup(kit_json_text(given, "issuer"));
    set->app_id = strdup(kit_json_text(given, "app_id"));
    set->secret = strdup(kit_json_text(given, "secret"));
    set->tenant = strdup(kit_json_text(given, "tenant"));
    set->team = strdup(kit_json_text(given, "team"));
    set->channel = strdup(kit_json_text(given, "channel"));
    set->own_channels = strcmp(kit_json_text(given, "rooms"), "channel") == 0;
    set->tenants = list_of(given, "tenants");
    set->trusted_hosts = list_of(given, "trusted_hosts");
    cJSON_Delete(given);
}

static void finish_settings(struct teams_settings *set)
{
    char *texts[] = {set->service_url, set->login_url, set->graph_url, set->metadata_url, set->issuer,
                     set->app_id,      set->secret,    set->tenant,    set->team,         set->channel};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    cJSON_Delete(set->tenants);
    cJSON_Delete(set->trusted_hosts);
}

static void teams_close(void *self)
{
    struct teams *teams = self;
    if (!teams)
        return;
    kit_http_destroy(teams->http);
    finish_settings(&teams->set);
    free(teams);
}

static int32_t teams_open(const struct tocsin_host *host, const char *text, void **ret_self,
                          struct tocsin_error *error)
{
    (void)error;
    struct teams *teams = calloc(1, sizeof(*teams));
    teams->host = host;
    teams->http = kit_http_create("Tocsin/" TOCSIN_VERSION " (Teams)");
    take_settings(&teams->set, text);
    *ret_self = teams;
    return 0;
}

static void teams_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    (void)self, (void)action;
    kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
}

TOCSIN_CONNECTOR(.name = "teams", .version = TOCSIN_VERSION,
                 .summary = "Incident management in Microsoft Teams", .parallel = 8, .can = TOCSIN_CAN_POST,
                 .settings = settings, .open = teams_open, .perform = teams_perform, .close = teams_close);
