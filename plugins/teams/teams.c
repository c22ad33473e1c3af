/* Settings, rate limits; open, check and close; the descriptor. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "channels.h"
#include "graph.h"
#include "out.h"
#include "people.h"
#include "serve.h"
#include "shown.h"
#include "trust.h"
#include "url.h"

static const struct tocsin_setting settings[] = {
    {"app_id", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The bot's Microsoft app id, a GUID"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "A client secret of the app: its value, not its id"},
    {"tenant", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "Your directory (tenant) id, a GUID, where the app is single-tenant. Empty: a multi-tenant app"},
    {"tenants", TOCSIN_SETTING_LIST, 0, NULL, 0, 0,
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
    {"trusted_hosts", TOCSIN_SETTING_LIST, 0, NULL, 0, 0,
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
    if (cJSON_IsArray(kit_json_member(given, name)))
        return cJSON_DetachItemFromObjectCaseSensitive(given, name);
    return cJSON_CreateArray();
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
    set->rooms = strdup(kit_json_text(given, "rooms"));
    set->tenants = list_of(given, "tenants");
    set->trusted_hosts = list_of(given, "trusted_hosts");
    cJSON_Delete(given);
}

static void finish_settings(struct teams_settings *set)
{
    char *texts[] = {set->service_url, set->login_url, set->graph_url, set->metadata_url,
                     set->issuer,      set->app_id,    set->secret,    set->tenant,
                     set->team,        set->channel,   set->rooms};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    cJSON_Delete(set->tenants);
    cJSON_Delete(set->trusted_hosts);
}

static bool is_guid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    while (text[i] && shape[i] && (shape[i] == 'x' ? isxdigit((unsigned char)text[i]) : text[i] == '-'))
        i++;
    return !text[i] && !shape[i];
}

/* What is sent to these addresses, or comes from them, is secret or decides whom to trust. */
static int32_t check_addresses(const struct teams_settings *set, struct tocsin_error *error)
{
    const struct {
        const char *name, *url;
    } rows[] = {{"service_url", set->service_url},
                {"login_url", set->login_url},
                {"graph_url", set->graph_url},
                {"metadata_url", set->metadata_url}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!url_is_safe(rows[i].url))
            return kit_fail(error, TOCSIN_E_CONFIG, "`%s` must begin with https://", rows[i].name);
    }
    return 0;
}

static int32_t check_settings(const struct teams_settings *set, struct tocsin_error *error)
{
    const cJSON *tenant;
    if (!is_guid(set->app_id))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`app_id` must be the bot's Microsoft app id, 00000000-0000-0000-0000-000000000000");
    if (*set->tenant && !is_guid(set->tenant))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`tenant` must be your directory (tenant) id, 00000000-0000-0000-0000-000000000000");
    if (!*set->tenant && !cJSON_GetArraySize(set->tenants))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "set `tenant`, or for a multi-tenant app `tenants`: nobody else may use the bot");
    cJSON_ArrayForEach(tenant, set->tenants)
    {
        if (!cJSON_IsString(tenant) || !is_guid(tenant->valuestring))
            return kit_fail(error, TOCSIN_E_CONFIG, "`tenants` must be a list of directory (tenant) ids");
    }
    if (*set->team && !strstr(set->team, "19:") && !strcasestr(set->team, "19%3a"))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`team` must be the team's id, 19:…@thread.tacv2, or the link that Teams gives for it");
    if (strcmp(set->rooms, "thread") != 0 && strcmp(set->rooms, "channel") != 0)
        return kit_fail(error, TOCSIN_E_CONFIG, "`rooms` must be \"thread\" or \"channel\"");
    return check_addresses(set, error);
}

/* The addresses in the settings are trusted, too: the operator wrote them. */
static cJSON *trusted(const struct teams_settings *set)
{
    cJSON *hosts = cJSON_Duplicate(set->trusted_hosts, true);
    cJSON_AddItemToArray(hosts, cJSON_CreateString(set->service_url));
    cJSON_AddItemToArray(hosts, cJSON_CreateString(set->graph_url));
    return hosts;
}

static void make_tokens(struct teams *teams)
{
    const struct teams_settings *set = &teams->set;
    cJSON *hosts = trusted(set);
    struct trust_settings trust = {set->app_id, set->metadata_url, set->issuer,
                                   set->tenant, set->tenants,      teams->http};
    struct token_settings tokens = {.login_url = set->login_url,
                                    .app_id = set->app_id,
                                    .secret = set->secret,
                                    .tenant = set->tenant,
                                    .graph_tenant = teams_own_tenant(set), /* Graph acts where the team is */
                                    .issuer = set->issuer,
                                    .graph_url = set->graph_url,
                                    .trusted_hosts = hosts,
                                    .http = teams->http};
    teams->trust = trust_create(&trust, teams->host);
    teams->tokens = teams_tokens_create(&tokens);
    cJSON_Delete(hosts);
}

static void teams_close(void *self)
{
    struct teams *teams = self;
    if (!teams)
        return;
    trust_destroy(teams->trust);
    teams_tokens_destroy(teams->tokens);
    teams_names_destroy(teams->names);
    teams_people_destroy(teams->people);
    teams_shown_destroy(teams->shown);
    teams_refusals_destroy(teams->refusals);
    kit_http_destroy(teams->http);
    finish_settings(&teams->set);
    free(teams);
}

static int32_t teams_open(const struct tocsin_host *host, const char *text, void **ret_self,
                          struct tocsin_error *error)
{
    struct teams *teams = calloc(1, sizeof(*teams));
    teams->host = host;
    teams->http = kit_http_create("Tocsin/" TOCSIN_VERSION " (Teams)");
    take_settings(&teams->set, text);
    teams->names = teams_names_create();
    teams->people = teams_people_create();
    teams->shown = teams_shown_create();
    teams->refusals = teams_refusals_create();
    int32_t rc = check_settings(&teams->set, error);
    if (rc) {
        teams_close(teams);
        return rc;
    }
    make_tokens(teams);
    *ret_self = teams;
    return 0;
}

/* ---- check ---- */

static int32_t check_token(struct teams *teams, struct tocsin_error *error)
{
    char *token = NULL;
    int32_t rc = teams_tokens_renew(teams->tokens, FOR_CONNECTOR, &token, error);
    free(token);
    return rc;
}

/* The team answers only where the app is installed. */
static int32_t check_team(struct teams *teams, struct tocsin_error *error)
{
    struct teams_home home;
    struct teams_reply reply;
    struct kit_text path = {0};
    if (!teams_home(teams, &home))
        return kit_fail(
            error, 0,
            "the app is in no team yet: add it to one in Teams (Apps, Tocsin, Add to a team); until then "
            "nothing can be posted");
    teams_path(&path, "/v3/teams/%", home.id, "");
    struct teams_call call = {FOR_CONNECTOR, "GET", home.place.url, kit_text_get(&path), NULL, false};
    teams_call(teams, &call, &reply);
    bool closed = reply.outcome == KIT_ANSWERED && (reply.status == 403 || reply.status == 404);
    int32_t rc =
        closed ? kit_fail(error, TOCSIN_E_AUTH,
                          "the team does not exist or the app is not in it; add the app to the team in Teams, "
                          "and compare `team` with the team's link")
               : teams_error(&reply, "the team cannot be read: ", error);
    teams_reply_finish(&reply);
    kit_text_finish(&path);
    return rc;
}

static int32_t check_thread_channel(struct teams *teams, struct tocsin_error *error)
{
    char id[TEAMS_ID];
    struct teams_reply reply;
    int32_t rc =
        teams_channel(teams, teams->set.channel, id, &reply) ? 0 : teams_error(&reply, "`channel`: ", error);
    teams_reply_finish(&reply);
    return rc;
}

/* Without keys nothing can be taken in, but what goes out does. Only the Bot Service can try whether its requests reach us, so this
   reports how the latest ones went. */
static void check_inbound(struct teams *teams, struct tocsin_error *error)
{
    struct kit_text text = {0};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (trust_ready(teams->trust, (int64_t)now.tv_sec * 1000, error) == 0 && teams_serve_refused(teams, &text))
        kit_fail(error, 0, "%s", kit_text_get(&text));
    error->code = 0;
    kit_text_finish(&text);
}

static int32_t teams_check(void *self, struct tocsin_error *error)
{
    struct teams *teams = self;
    bool own_channels = strcmp(teams->set.rooms, "channel") == 0;
    int32_t rc = check_token(teams, error);
    rc = rc ? rc : check_team(teams, error);
    if (!rc && !*error->text)
        rc = own_channels ? teams_graph_check(teams, error) : check_thread_channel(teams, error);
    if (!rc && !*error->text)
        check_inbound(teams, error);
    return rc;
}

/*
 * Microsoft's rate limits for a bot in one thread: 7 sends in 1 s, 8 in 2 s, 60 in 30 s, 1800 in an hour; for one app in a tenant 30
 * requests a second. What people do in personal talks counts for each talk.
 */
static const struct tocsin_limit limits[] = {
    {"*", 1, 4, 550},
    {"*", 1, 200, 2250},
    {"*", 0, 10, 50},
    {"channel.open", 0, 3, 5000},
    {"person.find", 0, 5, 1000},
    {"group.members", 0, 5, 4000},
    {0},
};

TOCSIN_CONNECTOR(.name = "teams", .version = TOCSIN_VERSION,
                 .summary = "Incident management in Microsoft Teams", .parallel = 16,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_BUTTONS |
                        TOCSIN_CAN_FORMS | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE | TOCSIN_CAN_EMAILS |
                        TOCSIN_CAN_EDIT_PAGE | TOCSIN_CAN_LOOKUP | TOCSIN_CAN_DELETE | TOCSIN_CAN_GROUPS |
                        TOCSIN_CAN_PICTURES,
                 .settings = settings, .limits = limits, .open = teams_open, .check = teams_check,
                 .check_channel = teams_check_channel, .serve = teams_serve, .perform = teams_perform,
                 .close = teams_close);
