#include "slack.h"

#include <stdlib.h>
#include <string.h>

static struct slack_fake *current; /* NULL: calls go to api_url */
static slack_fake_answer *answer_of;

void __real_slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                       struct slack_reply *reply);
void __wrap_slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                       struct slack_reply *reply);

static cJSON *ana(const char *method, const cJSON *arguments)
{
    const char *id = kit_json_text(arguments, "user");
    if (strcmp(method, "users.info") != 0 || strcmp(id, "U7") == 0)
        return cJSON_Parse("{\"ok\":false,\"error\":\"user_not_found\"}");
    cJSON *answer =
        cJSON_Parse("{\"ok\":true,\"user\":{\"name\":\"ana\",\"team_id\":\"T1\",\"tz\":\"Europe/Madrid\","
                    "\"profile\":{\"real_name\":\"Ana\",\"email\":\"ana@example.com\"}}}");
    cJSON *user = cJSON_GetObjectItem(answer, "user");
    cJSON_AddStringToObject(user, "id", id);
    if (strcmp(id, "U5") == 0 || strcmp(id, "U6") == 0)
        cJSON_ReplaceItemInObject(user, "team_id", cJSON_CreateString("T2"));
    if (strcmp(id, "U8") == 0)
        cJSON_AddTrueToObject(user, "is_bot");
    if (strcmp(id, "U6") == 0)
        cJSON_AddItemToObject(user, "enterprise_user", kit_json_texts("enterprise_id", "E1", NULL));
    return answer;
}

void __wrap_slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                       struct slack_reply *reply)
{
    if (!current) {
        __real_slack_call(slack, method, arguments, token, once, reply);
        return;
    }
    *reply = (struct slack_reply){.outcome = KIT_NOT_SENT};
    reply->body = answer_of(method, arguments);
    if (reply->body) {
        const cJSON *status = kit_json_member(reply->body, "status");
        reply->outcome = kit_json_true(reply->body, "cut") ? KIT_CUT : KIT_ANSWERED;
        reply->status = cJSON_IsNumber(status) ? (long)status->valuedouble : 200;
        reply->ok = kit_json_true(reply->body, "ok");
        kit_clean_name(kit_json_text(reply->body, "error"), reply->error, sizeof(reply->error));
        kit_clean_name(kit_json_text(reply->body, "needed"), reply->needed, sizeof(reply->needed));
    } else {
        reply->body = cJSON_CreateObject();
    }
    cJSON *call = kit_json_texts("method", method, NULL);
    cJSON_AddItemToObject(call, "arguments", arguments ? arguments : cJSON_CreateObject());
    pthread_mutex_lock(&current->lock);
    cJSON_AddItemToArray(current->called, call);
    pthread_mutex_unlock(&current->lock);
}

static int32_t emit(void *ctx, const char *event, size_t length)
{
    struct slack_fake *fake = ctx;
    cJSON *json = cJSON_ParseWithLength(event, length);
    if (!kit_utf8_valid(event, length) || !cJSON_IsObject(json))
        abort(); /* the host would refuse the event */
    pthread_mutex_lock(&fake->lock);
    cJSON_AddItemToArray(fake->emitted, json);
    pthread_mutex_unlock(&fake->lock);
    return fake->emit;
}

static void keep_log(void *ctx, int32_t level, const char *text)
{
    struct slack_fake *fake = ctx;
    (void)level;
    pthread_mutex_lock(&fake->lock);
    cJSON_AddItemToArray(fake->logged, cJSON_CreateString(text));
    pthread_mutex_unlock(&fake->lock);
}

static int32_t is_stopping(void *ctx)
{
    return ((struct slack_fake *)ctx)->stopping;
}

void slack_fake_init(struct slack_fake *fake, slack_fake_answer *answer)
{
    *fake = (struct slack_fake){.emitted = cJSON_CreateArray(),
                                .called = cJSON_CreateArray(),
                                .logged = cJSON_CreateArray(),
                                .host = {.size = sizeof(fake->host),
                                         .abi = TOCSIN_ABI,
                                         .ctx = fake,
                                         .log = keep_log,
                                         .emit = emit,
                                         .stopping = is_stopping}};
    fake->slack = (struct slack){.host = &fake->host,
                                 .api_url = "http://127.0.0.1:1/",
                                 .token = "xoxb-1",
                                 .app_token = "",
                                 .signing_secret = SLACK_FAKE_SECRET,
                                 .sockets = 1,
                                 .customers = cJSON_CreateObject(),
                                 .team = "T1",
                                 .team_url = "https://acme.slack.com/",
                                 .bot_user = "U0BOT",
                                 .bot_id = "B0BOT",
                                 .enterprise = "E1",
                                 .scopes = "",
                                 .people = slack_people_create(),
                                 .names = slack_names_create(),
                                 .replays = slack_replays_create(),
                                 .places = {slack_answers_create(), slack_inside_create()},
                                 .sockets_open = slack_sockets_create()};
    pthread_mutex_init(&fake->lock, NULL);
    answer_of = answer ? answer : ana;
    current = fake;
}

void slack_fake_finish(struct slack_fake *fake)
{
    slack_people_destroy(fake->slack.people);
    slack_names_destroy(fake->slack.names);
    slack_replays_destroy(fake->slack.replays);
    slack_answers_destroy(fake->slack.places.answers);
    slack_inside_destroy(fake->slack.places.inside);
    slack_sockets_destroy(fake->slack.sockets_open);
    cJSON_Delete(fake->slack.customers);
    cJSON_Delete(fake->emitted);
    cJSON_Delete(fake->called);
    cJSON_Delete(fake->logged);
    pthread_mutex_destroy(&fake->lock);
    current = NULL;
}

static int count(struct slack_fake *fake, const cJSON *array, const char *name, const char *value)
{
    const cJSON *row;
    int n = 0;
    pthread_mutex_lock(&fake->lock);
    cJSON_ArrayForEach(row, array)
    {
        n += !value || strcmp(kit_json_text(row, name), value) == 0;
    }
    pthread_mutex_unlock(&fake->lock);
    return n;
}

int slack_fake_calls(struct slack_fake *fake, const char *method)
{
    return count(fake, fake->called, "method", method);
}

int slack_fake_emitted(struct slack_fake *fake, const char *id)
{
    return count(fake, fake->emitted, "id", id);
}
