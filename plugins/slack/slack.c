/* Settings, scopes, rate limits; open, check and close; the descriptor. */
#include "channels.h"
#include "out.h"
#include "people.h"
#include "receive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tocsin_setting settings[] = {
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "The app's bot token, xoxb-…: OAuth & Permissions on the app's page"},
    {"app_token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "An app-level token, xapp-…, with connections:write. Events then come by Socket Mode, and nothing of ours "
     "needs a public address"},
    {"signing_secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The app's signing secret. Events then come by HTTP to PUBLIC_URL/connector/NAME/"},
    {"sockets", TOCSIN_SETTING_INT, 0, "2", 1, 8, "Socket Mode connections kept open"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "The customer of each shared channel, by the channel's id: { C0123ABCD = \"acme\" }"},
    {"api_url", TOCSIN_SETTING_TEXT, 0, "https://slack.com/api/", 0, 0,
     "The address of the Web API; another one for tests and GovSlack"},
    {0},
};

/* The scopes that the bot needs, and what does not work without each. A test compares them with etc/slack-manifest.json. */
static const struct scope {
    const char *name, *without;
} scopes[] = {
    {"app_mentions:read", "the bot does not notice mentions"},
    {"bookmarks:read", "a channel may get a second bookmark of the timeline"},
    {"bookmarks:write", "channels get no bookmark of the timeline"},
    {"channels:history", "messages in public incident channels do not reach the timeline"},
    {"channels:join", "the bot cannot join public channels"},
    {"channels:manage", "public incidents get no channel"},
    {"channels:read", "channels cannot be found by name"},
    {"chat:write", "the bot cannot post anything"},
    {"chat:write.public", "the bot cannot post in public channels that it has not joined"},
    {"commands", "/inc and the shortcuts do not work"},
    {"files:read", "files do not appear in timelines"},
    {"files:write", "digests have no picture"},
    {"groups:history", "messages in private incident channels do not reach the timeline"},
    {"groups:read", "private channels cannot be found by name"},
    {"groups:write", "private incidents get no channel"},
    {"im:history", "the bot does not see direct messages"},
    {"im:write", "people cannot be paged by direct message"},
    {"pins:write", "incident cards are not pinned"},
    {"reactions:read", "reactions do not work as commands"},
    {"usergroups:read", "user groups do not follow rotations"},
    {"usergroups:write", "user groups do not follow rotations"},
    {"users:read", "people have no names and no time zones"},
    {"users:read.email", "people are not matched across platforms, and cannot be paged by e-mail address"},
};

#define PACE_MS 1100

static int32_t failed(struct tocsin_error *error, const struct slack_reply *reply)
{
    struct tocsin_result result = {0};
    slack_result(reply, &result);
    return kit_fail(
        error, result.code == TOCSIN_AUTH || result.code == TOCSIN_REFUSED ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
        "%s", result.detail);
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
    cJSON *given = kit_json_parse(text, strlen(text));
    slack->token = strdup(kit_json_text(given, "token"));
    slack->app_token = strdup(kit_json_text(given, "app_token"));
    slack->signing_secret = strdup(kit_json_text(given, "signing_secret"));
    slack->sockets = kit_json_int(given, "sockets", 1);
    slack->api_url = url_of(kit_json_text(given, "api_url"));
    slack->customers = cJSON_DetachItemFromObjectCaseSensitive(given, "customers");
    if (!slack->customers)
        slack->customers = cJSON_CreateObject();
    cJSON_Delete(given);
}

static int32_t check_settings(const struct slack *slack, struct tocsin_error *error)
{
    const cJSON *row;
    if (!*slack->app_token && !*slack->signing_secret)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "set app_token (Socket Mode, needs no public address) or signing_secret (HTTP)");
    if (strncmp(slack->token, "xoxp-", 5) == 0 || strncmp(slack->token, "xapp-", 5) == 0)
        return kit_fail(error, TOCSIN_E_CONFIG, "`token` must be the app's bot token, which begins with xoxb-");
    if (*slack->app_token && strncmp(slack->app_token, "xapp-", 5) != 0)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`app_token` must be an app-level token, which begins with xapp-");
    cJSON_ArrayForEach(row, slack->customers)
    {
        if (!cJSON_IsString(row) || !slack_is_id(row->string))
            return kit_fail(error, TOCSIN_E_CONFIG,
                            "`customers` must map channel ids to customer names: { C0123ABCD = \"acme\" }");
    }
    return 0;
}

static int32_t sign_in(struct slack *slack, struct tocsin_error *error)
{
    struct slack_reply reply;
    slack_call(slack, "auth.test", NULL, NULL, false, &reply);
    int32_t rc = reply.ok ? 0 : failed(error, &reply);
    slack->team = strdup(kit_json_text(reply.body, "team_id"));
    slack->team_url = strdup(kit_json_text(reply.body, "url"));
    slack->bot_user = strdup(kit_json_text(reply.body, "user_id"));
    slack->bot_id = strdup(kit_json_text(reply.body, "bot_id"));
    slack->enterprise = strdup(kit_json_text(reply.body, "enterprise_id"));
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
    slack_answers_destroy(slack->places.answers);
    slack_inside_destroy(slack->places.inside);
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
    slack->places = (struct slack_places){slack_answers_create(), slack_inside_create()};
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
 * Lists the missing scopes: all names first, then what does not work without each, as far as it fits. Only a missing
 * `chat:write` is fatal; for the others the connector warns and goes on without them.
 */
static int32_t check_scopes(const struct slack *slack, const char *all, struct tocsin_error *error)
{
    struct kit_text names = {0}, why = {0}, text = {0};
    for (size_t i = 0; *all && i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        if (granted(all, scopes[i].name))
            continue;
        kit_text_addf(&names, "%s%s", names.n ? " " : "", scopes[i].name);
        kit_text_addf(&why, "; without %s, %s", scopes[i].name, scopes[i].without);
    }
    error->code = *all && !granted(all, "chat:write") ? TOCSIN_E_AUTH : 0;
    if (names.n) {
        kit_text_addf(&text, "the app lacks scopes; add them on the app's page and reinstall it: %s%s",
                      kit_text_get(&names), kit_text_get(&why));
        size_t n = kit_utf8_cut(kit_text_get(&text), text.n, sizeof(error->text) - 1);
        snprintf(error->text, sizeof(error->text), "%.*s", (int)n, kit_text_get(&text));
    }
    if (names.n && !error->code)
        kit_log(slack->host, KIT_WARNING, "%s", error->text);
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
                 "Socket Mode does not connect: %s. `app_token` needs the scope connections:write, and Socket "
                 "Mode must be enabled on the app's page",
                 why);
    }
    slack_reply_finish(&reply);
    return rc;
}

/* Only Slack can try whether its requests reach us, so this reports how the latest ones went. */
static int32_t check_requests(struct slack *slack, struct tocsin_error *error)
{
    struct kit_text text = {0};
    if (slack_serve_refused(slack, &text))
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
 * Slack's rate limits (tiers 2, 3, 4: 20, 50, 100 calls of a method a minute; one message a second in a channel), divided among
 * the actions that use the same method: channel.open and channel.topic both set a topic. Messages get a little more than a
 * second, because what leaves at an even pace does not arrive at one.
 */
static const struct tocsin_limit limits[] = {
    {"post", 1, 1, 1100},
    {"desk.tell", 1, 1, 1100},
    {"page", 1, 1, 1100},
    {"page", 0, 10, 1500},
    {"edit", 0, 10, 1500},
    {"delete", 0, 10, 1500},
    {"channel.open", 0, 3, 7500},
    {"channel.topic", 0, 5, 5000},
    {"channel.invite", 0, 8, 1500},
    {"channel.remove", 0, 8, 2000},
    {"channel.archive", 0, 5, 4000},
    {"channel.bookmark", 0, 5, 4000},
    {"pin", 0, 5, 4000},
    {"group.members", 0, 5, 4000},
    {"person.find", 0, 5, 2000},
    {"desk.find", 0, 2, 6000},
    {0},
};

TOCSIN_CONNECTOR(.name = "slack", .version = TOCSIN_VERSION, .summary = "Incident management in Slack",
                 .parallel = 8,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_BUTTONS |
                        TOCSIN_CAN_FORMS | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE | TOCSIN_CAN_DESK |
                        TOCSIN_CAN_FIND | TOCSIN_CAN_PIN | TOCSIN_CAN_BOOKMARK | TOCSIN_CAN_GROUPS |
                        TOCSIN_CAN_EMAILS | TOCSIN_CAN_EDIT_PAGE | TOCSIN_CAN_TIMES | TOCSIN_CAN_LOOKUP |
                        TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_DELETE | TOCSIN_CAN_PICTURES,
                 .settings = settings, .limits = limits, .open = slack_open, .check = slack_check,
                 .check_channel = slack_check_channel, .run = slack_run, .serve = slack_serve,
                 .perform = slack_perform, .stop = slack_stop, .close = slack_close);
