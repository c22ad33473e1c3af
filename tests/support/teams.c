#include "teams.h"

#include <stdlib.h>
#include <string.h>

#include "teams/trust.h"

static struct teams_fake *current; /* NULL: the real functions are called */
static teams_fake_answer *answer_of;

void __real_teams_call(struct teams *teams, const struct teams_call *call, struct teams_reply *reply);
void __wrap_teams_call(struct teams *teams, const struct teams_call *call, struct teams_reply *reply);
int __real_trust_check(struct trust *trust, const char *authorization, const cJSON *activity, int64_t now_ms,
                       char why[TRUST_WHY]);
int __wrap_trust_check(struct trust *trust, const char *authorization, const cJSON *activity, int64_t now_ms,
                       char why[TRUST_WHY]);

/* ---- Teams ---- */

static cJSON *member(const char *path)
{
    struct kit_text id = {0};
    for (const char *p = strrchr(path, '/') + 1; *p; p += *p == '%' ? 3 : 1)
        kit_text_addc(&id, *p == '%' ? (char)strtol((char[]){p[1], p[2], '\0'}, NULL, 16) : *p);
    bool nobody = strstr(path, "nobody") != NULL, guest = strstr(path, "guest") != NULL,
         mail = strchr(kit_text_get(&id), '@');
    cJSON *body =
        nobody ? cJSON_Parse("{\"status\":404,\"error\":{\"code\":\"MemberNotFound\",\"message\":\"no\"}}")
               : kit_json_texts("id", mail ? "29:ana" : id.p, "name", "Ana", "email", "ana@example.com",
                                "userPrincipalName", "ana@example.com", "objectId", "aad-ana", "userRole",
                                guest ? "guest" : "user", "tenantId", TEAMS_FAKE_TENANT, NULL);
    kit_text_finish(&id);
    return body;
}

cJSON *teams_fake_usual(const char *method, const char *path, const cJSON *json)
{
    if (strstr(path, "/members/") && strcmp(method, "GET") == 0)
        return member(path);
    if (strstr(path, "/pagedmembers"))
        return cJSON_Parse("{\"members\":[]}");
    if (strstr(path, "/conversations") && strstr(path, "/v3/teams/"))
        return cJSON_Parse("{\"conversations\":[{\"id\":\"19:team@thread.tacv2\"},"
                           "{\"id\":\"19:inc@thread.tacv2\",\"name\":\"incidents\"}]}");
    if (strstr(path, "/v3/teams/"))
        return cJSON_Parse("{\"id\":\"19:team@thread.tacv2\",\"name\":\"Ops\",\"aadGroupId\":\"group-1\"}");
    if (strcmp(path, "/v3/conversations") == 0 && kit_json_true(json, "isGroup"))
        return cJSON_Parse(
            "{\"status\":201,\"id\":\"19:inc@thread.tacv2;messageid=100\",\"activityId\":\"100\"}");
    if (strcmp(path, "/v3/conversations") == 0)
        return cJSON_Parse("{\"status\":201,\"id\":\"a:talk\"}");
    if (strcmp(path, "/teams/group-1/channels") == 0)
        return cJSON_Parse("{\"status\":201,\"id\":\"19:made@thread.tacv2\"}");
    return cJSON_Parse("{\"status\":201,\"id\":\"200\"}");
}

void __wrap_teams_call(struct teams *teams, const struct teams_call *call, struct teams_reply *reply)
{
    if (!current) {
        __real_teams_call(teams, call, reply);
        return;
    }
    struct kit_text url = {0};
    kit_text_addf(&url, "%s%s", call->base, call->path);
    cJSON *note = kit_json_texts("method", call->method, "url", kit_text_get(&url), NULL);
    cJSON_AddItemToObject(note, "json", call->json ? cJSON_Duplicate(call->json, true) : cJSON_CreateNull());
    cJSON *body = answer_of(call->method, call->path, call->json);
    *reply = (struct teams_reply){.outcome = body ? KIT_ANSWERED : KIT_NOT_SENT,
                                  .body = body ? body : cJSON_CreateObject(),
                                  .retry_after_ms = kit_json_int(body, "retry", 0)};
    if (kit_json_true(body, "cut"))
        reply->outcome = KIT_CUT;
    reply->status = body ? (long)kit_json_int(body, "status", 200) : 0;
    reply->ok = reply->outcome == KIT_ANSWERED && reply->status / 100 == 2;
    const cJSON *error = kit_json_member(body, "error");
    kit_clean_name(kit_json_text(error, "code"), reply->code, sizeof(reply->code));
    kit_clean_name(kit_json_text(error, "message"), reply->text, sizeof(reply->text));
    cJSON_Delete(call->json);
    pthread_mutex_lock(&current->lock);
    cJSON_AddItemToArray(current->called, note);
    pthread_mutex_unlock(&current->lock);
    kit_text_finish(&url);
}

int __wrap_trust_check(struct trust *trust, const char *authorization, const cJSON *activity, int64_t now_ms,
                       char why[TRUST_WHY])
{
    if (!current)
        return __real_trust_check(trust, authorization, activity, now_ms, why);
    kit_clean_name(current->trusted ? "it is a stranger's" : "", why, TRUST_WHY);
    return current->trusted;
}

/* ---- the host ---- */

static int32_t emit(void *ctx, const char *event, size_t length)
{
    struct teams_fake *fake = ctx;
    cJSON *json = kit_json_parse(event, length);
    if (!cJSON_IsObject(json))
        abort(); /* the host would refuse the event */
    pthread_mutex_lock(&fake->lock);
    cJSON_AddItemToArray(fake->emitted, json);
    pthread_mutex_unlock(&fake->lock);
    return fake->emit;
}

static void keep_log(void *ctx, int32_t level, const char *text)
{
    struct teams_fake *fake = ctx;
    (void)level;
    pthread_mutex_lock(&fake->lock);
    cJSON_AddItemToArray(fake->logged, cJSON_CreateString(text));
    pthread_mutex_unlock(&fake->lock);
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    struct teams_fake *fake = ctx;
    pthread_mutex_lock(&fake->lock);
    const char *kept = cJSON_GetStringValue(kit_json_member(fake->store, key));
    int64_t n = kept ? (int64_t)strlen(kept) : -1;
    if (kept)
        memcpy(value, kept, (size_t)n < capacity ? (size_t)n : capacity);
    pthread_mutex_unlock(&fake->lock);
    return n;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t length)
{
    struct teams_fake *fake = ctx;
    struct kit_text text = {0};
    if (strlen(key) > 200)
        abort();
    kit_text_addn(&text, value ? value : "", length);
    pthread_mutex_lock(&fake->lock);
    cJSON_DeleteItemFromObjectCaseSensitive(fake->store, key);
    if (value)
        cJSON_AddStringToObject(fake->store, key, kit_text_get(&text));
    pthread_mutex_unlock(&fake->lock);
    kit_text_finish(&text);
    return 0;
}

static int32_t never(void *ctx)
{
    (void)ctx;
    return 0;
}

/* ---- the fake ---- */

static const struct teams_settings settings = {.service_url = TEAMS_FAKE_URL,
                                               .graph_url = "https://graph.microsoft.com/v1.0",
                                               .app_id = TEAMS_FAKE_APP,
                                               .secret = "a secret",
                                               .tenant = TEAMS_FAKE_TENANT,
                                               .team = "19:team@thread.tacv2",
                                               .channel = "incidents",
                                               .rooms = "thread"};

void teams_fake_init(struct teams_fake *fake, teams_fake_answer *answer)
{
    *fake = (struct teams_fake){.emitted = cJSON_CreateArray(),
                                .called = cJSON_CreateArray(),
                                .logged = cJSON_CreateArray(),
                                .store = cJSON_CreateObject(),
                                .host = {.size = sizeof(fake->host),
                                         .abi = TOCSIN_ABI,
                                         .ctx = fake,
                                         .log = keep_log,
                                         .emit = emit,
                                         .stopping = never,
                                         .get = get,
                                         .put = put,
                                         .keep = put}};
    fake->teams = (struct teams){.host = &fake->host,
                                 .set = settings,
                                 .names = teams_names_create(),
                                 .people = teams_people_create(),
                                 .shown = teams_shown_create(),
                                 .refusals = teams_refusals_create()};
    pthread_mutex_init(&fake->lock, NULL);
    answer_of = answer ? answer : teams_fake_usual;
    current = fake;
}

void teams_fake_finish(struct teams_fake *fake)
{
    teams_names_destroy(fake->teams.names);
    teams_people_destroy(fake->teams.people);
    teams_shown_destroy(fake->teams.shown);
    teams_refusals_destroy(fake->teams.refusals);
    cJSON *values[] = {fake->emitted, fake->called, fake->logged, fake->store};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        cJSON_Delete(values[i]);
    pthread_mutex_destroy(&fake->lock);
    current = NULL;
}

const cJSON *teams_fake_call(struct teams_fake *fake, int n)
{
    pthread_mutex_lock(&fake->lock);
    const cJSON *call = cJSON_GetArrayItem(fake->called, n);
    pthread_mutex_unlock(&fake->lock);
    return call;
}

struct tocsin_result teams_fake_perform(struct teams_fake *fake, const char *kind, const char *body)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = 1,
                                   .deadline_ms = 10000,
                                   .id = "1",
                                   .kind = kind,
                                   .key = "key",
                                   .body = body,
                                   .body_length = strlen(body)};
    teams_perform(&fake->teams, &action, &result);
    return result;
}

static int32_t write_out(struct tocsin_response *response, const char *bytes, size_t length)
{
    if (response->ctx)
        kit_text_addn(response->ctx, bytes, length);
    return 0;
}

int teams_fake_serve(struct teams_fake *fake, const char *activity, struct kit_text *out)
{
    struct tocsin_header header = {"authorization", "Bearer x"};
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = 1,
                                     .method = "POST",
                                     .path = "/messages",
                                     .query = "",
                                     .headers = &header,
                                     .body = activity,
                                     .body_length = strlen(activity),
                                     .received_ms = INT64_C(1700000000000)};
    struct tocsin_response response = {.size = sizeof(response), .status = 500, .ctx = out, .write = write_out};
    teams_serve(&fake->teams, &request, &response);
    return response.status;
}
