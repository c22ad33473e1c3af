/* Settings, the descriptor, and what begins and ends with it. */
#include "slack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tocsin_setting settings[] = {
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "The app's bot token, xoxb-…: OAuth & Permissions on the app's page"},
    {"app_token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "An app-level token, xapp-…, with connections:write: events come by Socket Mode, and no address of ours "
     "need be public"},
    {"signing_secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The app's signing secret: events come by HTTP to PUBLIC_URL/connector/NAME/"},
    {"sockets", TOCSIN_SETTING_INT, 0, "2", 1, 8, "Socket Mode connections kept open"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Customers by the id of the shared channel where they are talked with: { C0123ABCD = \"acme\" }"},
    {"api_url", TOCSIN_SETTING_TEXT, 0, "https://slack.com/api/", 0, 0,
     "Where the Web API is; another one for tests"},
    {0},
};

/* What the bot needs, and what does not work without it. Also etc/slack-manifest.json; a test compares them. */
static const struct scope {
    const char *name, *without;
} scopes[] = {
    {"app_mentions:read", "a mention of the bot is not heard"},
    {"bookmarks:read", "the link to the timeline may stand twice at the head of a channel"},
    {"bookmarks:write", "channels have no link to the timeline"},
    {"channels:history", "what is said in incident channels does not get into timelines"},
    {"channels:join", "the bot cannot come into a public channel by itself"},
    {"channels:manage", "no channel is opened for an incident"},
    {"channels:read", "channels cannot be found by name"},
    {"chat:write", "nothing can be said"},
    {"chat:write.public", "nothing can be said in public channels that the bot is not in"},
    {"commands", "/inc and shortcuts do not work"},
    {"files:read", "files are not linked in timelines"},
    {"groups:history", "what is said in private incident channels does not get into timelines"},
    {"groups:read", "private channels cannot be found by name"},
    {"groups:write", "no channel is opened for a private incident"},
    {"im:history", "what is said to the bot directly is not heard"},
    {"im:write", "people cannot be paged by a direct message"},
    {"pins:write", "the incident's card is not pinned"},
    {"reactions:read", "reactions are no commands"},
    {"usergroups:read", "groups do not follow rotations"},
    {"usergroups:write", "groups do not follow rotations"},
    {"users:read", "people have no names and no time zones"},
    {"users:read.email", "people are not known as those of other platforms, and cannot be paged by address"},
};

#define PACE_MS 1100

static int32_t fail(struct tocsin_error *error, int32_t code, const char *text)
{
    error->code = code;
    snprintf(error->text, sizeof(error->text), "%s", text);
    return code;
}

static int32_t failed(struct tocsin_error *error, const struct slack_reply *reply)
{
    struct tocsin_result result = {0};
    slack_result(reply, &result);
    return fail(error,
                result.code == TOCSIN_AUTH || result.code == TOCSIN_REFUSED ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
                result.detail);
}

/* ---- open ---- */

static char *url_of(const char *given)
{
    size_t n = strlen(given);
    char *url = malloc(n + 2);
    snprintf(url, n + 2, "%s%s", given, n && given[n - 1] == '/' ? "" : "/");
    return url;
}

static void take_settings(struct slack *slack, const char *text)
{
    cJSON *given = cJSON_Parse(text);
    slack->token = strdup(slack_text(given, "token"));
    slack->app_token = strdup(slack_text(given, "app_token"));
    slack->signing_secret = strdup(slack_text(given, "signing_secret"));
    slack->sockets = (int64_t)cJSON_GetNumberValue(slack_member(given, "sockets"));
    slack->api_url = url_of(slack_text(given, "api_url"));
    slack->customers = cJSON_DetachItemFromObjectCaseSensitive(given, "customers");
    if (!slack->customers)
        slack->customers = cJSON_CreateObject();
    cJSON_Delete(given);
}

static int32_t check_settings(const struct slack *slack, struct tocsin_error *error)
{
    const cJSON *row;
    if (!*slack->app_token && !*slack->signing_secret)
        return fail(error, TOCSIN_E_CONFIG,
                    "set app_token (Socket Mode: nothing of ours need be public) or signing_secret (by HTTP)");
    if (strncmp(slack->token, "xoxp-", 5) == 0 || strncmp(slack->token, "xapp-", 5) == 0)
        return fail(error, TOCSIN_E_CONFIG, "`token` is the app's bot token, which begins with xoxb-");
    if (*slack->app_token && strncmp(slack->app_token, "xapp-", 5) != 0)
        return fail(error, TOCSIN_E_CONFIG, "`app_token` is an app-level token, which begins with xapp-");
    cJSON_ArrayForEach(row, slack->customers)
    {
        if (!cJSON_IsString(row) || !slack_is_id(row->string))
            return fail(
                error, TOCSIN_E_CONFIG,
                "`customers` has channel ids as names and customers as values: { C0123ABCD = \"acme\" }");
    }
    return 0;
}

static int32_t sign_in(struct slack *slack, struct tocsin_error *error)
{
    struct slack_reply reply;
    slack_call(slack, "auth.test", NULL, NULL, false, &reply);
    int32_t rc = reply.ok ? 0 : failed(error, &reply);
    slack->team = strdup(slack_text(reply.body, "team_id"));
    slack->team_url = strdup(slack_text(reply.body, "url"));
    slack->bot_user = strdup(slack_text(reply.body, "user_id"));
    slack->bot_id = strdup(slack_text(reply.body, "bot_id"));
    slack->enterprise = strdup(slack_text(reply.body, "enterprise_id"));
    slack->scopes = strdup(reply.scopes ? reply.scopes : "");
    slack_reply_finish(&reply);
    return rc;
}

static void slack_close(void *self)
{
    struct slack *slack = self;
    if (!slack)
        return;
    slack_sockets_destroy(slack->sockets_open);
    slack_replays_destroy(slack->replays);
    slack_answers_destroy(slack->answers);
    slack_names_destroy(slack->names);
    slack_people_destroy(slack->people);
    kit_http_destroy(slack->http);
    char *texts[] = {slack->api_url, slack->token,     slack->app_token, slack->signing_secret,
                     slack->team,    slack->team_url,  slack->bot_user,  slack->bot_id,
                     slack->scopes,  slack->enterprise};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    cJSON_Delete(slack->customers);
    free(slack);
}

static int32_t slack_open(const struct tocsin_host *host, const char *text, void **ret_self,
                          struct tocsin_error *error)
{
    struct slack *slack = calloc(1, sizeof(*slack));
    slack->host = host;
    slack->pace_ms = PACE_MS;
    slack->http = kit_http_create("Tocsin/" TOCSIN_VERSION " (Slack)");
    slack->people = slack_people_create();
    slack->names = slack_names_create();
    slack->sockets_open = slack_sockets_create();
    slack->replays = slack_replays_create();
    slack->answers = slack_answers_create();
    take_settings(slack, text);
    int32_t rc = check_settings(slack, error);
    rc = rc ? rc : sign_in(slack, error);
    if (rc) {
        slack_close(slack);
        return rc;
    }
    *ret_self = slack;
    return 0;
}

/* ---- check ---- */

static bool granted(const char *all, const char *scope)
{
    size_t n = strlen(scope);
    for (const char *p = all; *p; p += *p == ',') {
        p += strspn(p, " ");
        size_t word = strcspn(p, ", ");
        if (word == n && strncmp(p, scope, n) == 0)
            return true;
        p += strcspn(p, ",");
    }
    return false;
}

/*
 * What is missing: all names first, then what does not work without them, as far as it fits. Only without `chat:write` nothing
 * works; all else is said, and lived without.
 */
static int32_t check_scopes(const struct slack *slack, const char *all, struct tocsin_error *error)
{
    struct kit_text names = {0}, why = {0}, text = {0};
    for (size_t i = 0; *all && i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        if (granted(all, scopes[i].name))
            continue;
        kit_text_addf(&names, "%s%s", names.n ? " " : "", scopes[i].name);
        kit_text_addf(&why, "; without %s %s", scopes[i].name, scopes[i].without);
    }
    error->code = *all && !granted(all, "chat:write") ? TOCSIN_E_AUTH : 0;
    if (names.n) {
        kit_text_addf(&text, "add these scopes on the app's page and install it again: %s%s",
                      kit_text_get(&names), kit_text_get(&why));
        size_t n = kit_utf8_cut(kit_text_get(&text), text.n, sizeof(error->text) - 1);
        snprintf(error->text, sizeof(error->text), "%.*s", (int)n, kit_text_get(&text));
    }
    if (names.n && !error->code)
        slack->host->log(slack->host->ctx, 2, error->text);
    kit_text_finish(&names);
    kit_text_finish(&why);
    kit_text_finish(&text);
    return error->code;
}

static int32_t check_socket_mode(struct slack *slack, struct tocsin_error *error)
{
    struct slack_reply reply;
    slack_call(slack, "apps.connections.open", NULL, slack->app_token, false, &reply);
    int32_t rc = reply.ok ? 0 : failed(error, &reply);
    if (rc == TOCSIN_E_AUTH) {
        char why[300];
        slack_explain(&reply, why, sizeof(why));
        snprintf(error->text, sizeof(error->text),
                 "Socket Mode does not open: %s. `app_token` needs the scope connections:write, and Socket "
                 "Mode must be on",
                 why);
    }
    slack_reply_finish(&reply);
    return rc;
}

/* Whether Slack's requests reach us well: nothing asks them but Slack. */
static int32_t check_requests(struct slack *slack, struct tocsin_error *error)
{
    struct kit_text text = {0};
    if (slack_serve_trouble(slack, &text))
        snprintf(error->text, sizeof(error->text), "%s", kit_text_get(&text));
    kit_text_finish(&text);
    return 0;
}

static int32_t slack_check(void *self, struct tocsin_error *error)
{
    struct slack *slack = self;
    struct slack_reply reply;
    slack_call(slack, "auth.test", NULL, NULL, false, &reply);
    int32_t rc =
        reply.ok ? check_scopes(slack, reply.scopes ? reply.scopes : "", error) : failed(error, &reply);
    slack_reply_finish(&reply);
    if (!rc && *slack->app_token)
        rc = check_socket_mode(slack, error);
    return rc || *error->text ? rc : check_requests(slack, error);
}

/*
 * Slack's rates (tiers 2, 3, 4: 20, 50, 100 calls of a method a minute; one message a second in a channel), shared out among the
 * actions that use a method: opening a channel and a new topic both set a topic. A message takes somewhat longer than its second:
 * what leaves evenly does not arrive so.
 */
static const struct tocsin_limit limits[] = {
    {"post", 1, 1, 1100},
    {"desk.tell", 1, 1, 1100},
    {"page", 1, 1, 1100},
    {"page", 0, 10, 1500},
    {"edit", 0, 10, 1500},
    {"channel.open", 0, 3, 7500},
    {"channel.topic", 0, 5, 5000},
    {"channel.invite", 0, 8, 1500},
    {"channel.remove", 0, 8, 2000},
    {"channel.archive", 0, 5, 4000},
    {"channel.bookmark", 0, 5, 4000},
    {"pin", 0, 5, 4000},
    {"group.members", 0, 5, 4000},
    {0},
};

TOCSIN_CONNECTOR(.name = "slack", .version = TOCSIN_VERSION, .summary = "Incidents lived in Slack",
                 .parallel = 8,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_BUTTONS |
                        TOCSIN_CAN_FORMS | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE | TOCSIN_CAN_DESK |
                        TOCSIN_CAN_FIND | TOCSIN_CAN_PIN | TOCSIN_CAN_BOOKMARK | TOCSIN_CAN_GROUPS |
                        TOCSIN_CAN_EMAILS,
                 .settings = settings, .limits = limits, .open = slack_open, .check = slack_check,
                 .run = slack_run, .serve = slack_serve, .perform = slack_perform, .stop = slack_stop,
                 .close = slack_close);
