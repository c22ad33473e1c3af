#include "token.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#include "url.h"

#define EARLY_MS   300000 /* before its end a token is renewed */
#define TIMEOUT_MS 10000
#define PAUSE_MS   2000  /* after a failure */
#define PAUSE_MOST 60000 /* however long Microsoft asks us to wait */
#define BYTES_MOST ((size_t)64 << 10)

struct slot {          /* instants by the monotonic clock */
    char *url, *scope; /* constant; url NULL: no tokens of this kind */
    char *token;
    int64_t renew_ms, ends_ms, quiet_until_ms;
    struct tocsin_error fault; /* of the last failure */
    bool asking;
};

struct teams_tokens {
    char *app_id, *secret; /* constant, like http and hosts */
    cJSON *hosts;
    struct kit_http *http; /* borrowed */
    pthread_mutex_t lock;  /* guards what changes in the slots */
    pthread_cond_t told;
    struct slot slots[2]; /* by enum token_for */
};

static const char *const microsoft[] = {"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com",
                                        "smba.infra.gov.teams.microsoft.us"};

/* ---- life ---- */

static char *joined(const char *a, const char *b, const char *c)
{
    struct kit_text text = {0};
    kit_text_addf(&text, "%s%s%s", a, b, c);
    return text.p;
}

static char *token_url(const char *login_url, const char *authority)
{
    char *encoded = kit_url_encode(authority);
    char *path = joined("/", encoded, "/oauth2/v2.0/token");
    char *url = joined(login_url, path, "");
    free(path);
    free(encoded);
    return url;
}

static char *host_scope(const char *url)
{
    struct url_origin origin;
    if (!url_origin(url, &origin))
        return joined(url, "/.default", "");
    bool usual = strcmp(origin.port, strcmp(origin.scheme, "https") == 0 ? "443" : "80") == 0;
    char *base = joined(origin.scheme, "://", origin.host);
    char *port = joined(usual ? "" : ":", usual ? "" : origin.port, "/.default");
    char *scope = joined(base, port, "");
    free(base);
    free(port);
    return scope;
}

struct teams_tokens *teams_tokens_create(const struct token_settings *settings)
{
    struct teams_tokens *tokens = calloc(1, sizeof(*tokens));
    struct slot *connector = &tokens->slots[FOR_CONNECTOR], *graph = &tokens->slots[FOR_GRAPH];
    tokens->app_id = strdup(settings->app_id);
    tokens->secret = strdup(settings->secret);
    tokens->hosts = cJSON_Duplicate(settings->trusted_hosts, true);
    tokens->http = settings->http;
    connector->url = token_url(settings->login_url, *settings->tenant ? settings->tenant : "botframework.com");
    connector->scope = joined(settings->issuer, "/.default", "");
    graph->url = *settings->graph_tenant ? token_url(settings->login_url, settings->graph_tenant) : NULL;
    graph->scope = host_scope(settings->graph_url);
    pthread_mutex_init(&tokens->lock, NULL);
    pthread_cond_init(&tokens->told, NULL);
    return tokens;
}

void teams_tokens_destroy(struct teams_tokens *tokens)
{
    if (!tokens)
        return;
    for (size_t i = 0; i < 2; i++) {
        free(tokens->slots[i].url);
        free(tokens->slots[i].scope);
        free(tokens->slots[i].token);
    }
    pthread_cond_destroy(&tokens->told);
    pthread_mutex_destroy(&tokens->lock);
    cJSON_Delete(tokens->hosts);
    free(tokens->app_id);
    free(tokens->secret);
    free(tokens);
}

/* ---- what Microsoft's refusals mean ---- */

static const struct {
    int code;
    const char *advice;
} refusals[] = {
    {7000215, "`secret` is wrong. Type the value of a client secret, not its id"},
    {7000222,
     "the client secret has expired. Make a new one under Certificates & secrets of the app, and set `secret`"},
    {7000216, "`secret` is missing"},
    {700016,
     "the app is not known there. Check `app_id`; set `tenant` for a single-tenant app, and leave it out for a "
     "multi-tenant one"},
    {7000229, "the app is not in that tenant. Let an administrator consent to it"},
    {7000112, "the app is disabled. Let an administrator enable it"},
    {700038, "`app_id` is not the id of an app"},
    {90002, "there is no such tenant. Check `tenant`"},
    {900023, "`tenant` is not the id of a tenant"},
    {500011, "that service is not known in the tenant. Check `issuer` and `graph_url`"},
    {53003, "a rule for access in the tenant blocks it. Let an administrator allow the app"},
};

static const char *advice_for(int code)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        if (refusals[i].code == code)
            return refusals[i].advice;
    }
    return "see https://login.microsoftonline.com/error for what it means";
}

static int32_t explain(const struct kit_answer *answer, const cJSON *body, struct tocsin_error *error)
{
    const cJSON *codes = kit_json_member(body, "error_codes");
    const cJSON *first = cJSON_GetArrayItem(codes, 0);
    char shown[60];
    if (answer->outcome != KIT_ANSWERED)
        return kit_fail(error, TOCSIN_E_FAILED, "no token could be fetched: %s", answer->error);
    if (answer->status == 429 || answer->status >= 500)
        return kit_fail(error, TOCSIN_E_FAILED, "no token could be fetched: Microsoft answers with status %ld",
                        answer->status);
    if (answer->status == 200)
        return kit_fail(error, TOCSIN_E_FAILED, "no token could be fetched: the answer has none");
    if (cJSON_IsNumber(first))
        return kit_fail(error, TOCSIN_E_AUTH, "Microsoft gives no token (AADSTS%d): %s", first->valueint,
                        advice_for(first->valueint));
    if (!kit_clean_name(kit_json_text(body, "error"), shown, sizeof(shown)))
        return kit_fail(error, TOCSIN_E_FAILED,
                        "no token could be fetched: `login_url` answers with status %ld", answer->status);
    return kit_fail(error, TOCSIN_E_AUTH, "Microsoft gives no token: %s. Check `app_id`, `secret` and `tenant`",
                    shown);
}

/* ---- asking, without the lock ---- */

static void add_field(struct kit_text *form, const char *name, const char *value)
{
    char *encoded = kit_url_encode(value);
    kit_text_addf(form, "%s%s=", form->n ? "&" : "", name);
    kit_text_add(form, encoded);
    free(encoded);
}

static void ask(struct teams_tokens *tokens, const struct slot *slot, struct kit_answer *answer)
{
    static const struct kit_header type = {"Content-Type", "application/x-www-form-urlencoded"};
    struct kit_text form = {0};
    add_field(&form, "grant_type", "client_credentials");
    add_field(&form, "client_id", tokens->app_id);
    add_field(&form, "client_secret", tokens->secret);
    add_field(&form, "scope", slot->scope);
    struct kit_request request = {.url = slot->url,
                                  .headers = &type,
                                  .header_count = 1,
                                  .body = kit_text_get(&form),
                                  .body_length = form.n,
                                  .timeout_ms = TIMEOUT_MS,
                                  .most = BYTES_MOST};
    kit_http_call(tokens->http, &request, answer);
    kit_text_finish(&form);
}

/* ---- under the lock ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False: there is no token in it. */
static bool take_answer(struct slot *slot, const struct kit_answer *answer, int64_t asked_ms)
{
    cJSON *body = kit_json_parse(answer->body, answer->body_length);
    const char *token = answer->status == 200 ? kit_json_text(body, "access_token") : "";
    int64_t span = kit_json_int(body, "expires_in", 0) * 1000;
    bool good = *token && span > 0;
    if (good) {
        free(slot->token);
        slot->token = strdup(token);
        slot->ends_ms = asked_ms + span;
        slot->renew_ms = slot->ends_ms - (span < 2 * EARLY_MS ? span / 2 : EARLY_MS);
    } else {
        int64_t pause = answer->retry_after_ms > PAUSE_MS ? answer->retry_after_ms : PAUSE_MS;
        slot->fault = (struct tocsin_error){.size = sizeof(slot->fault)};
        slot->fault.code = explain(answer, body, &slot->fault);
        slot->quiet_until_ms = now_ms() + (pause < PAUSE_MOST ? pause : PAUSE_MOST);
    }
    cJSON_Delete(body);
    return good;
}

/* Releases the lock meanwhile. False: no token came, and `fault` says why. */
static bool renew(struct teams_tokens *tokens, struct slot *slot)
{
    struct kit_answer answer;
    int64_t asked_ms = now_ms();
    slot->asking = true;
    pthread_mutex_unlock(&tokens->lock);
    ask(tokens, slot, &answer);
    pthread_mutex_lock(&tokens->lock);
    slot->asking = false;
    bool good = take_answer(slot, &answer, asked_ms);
    kit_answer_finish(&answer);
    pthread_cond_broadcast(&tokens->told);
    return good;
}

/* The token to use now; NULL: there is none, and `fault` says why. */
static const char *find_token(struct teams_tokens *tokens, struct slot *slot)
{
    for (;;) {
        int64_t now = now_ms();
        bool usable = slot->token && now < slot->ends_ms;
        bool due = !usable || now >= slot->renew_ms;
        if (slot->asking && !usable)
            pthread_cond_wait(&tokens->told, &tokens->lock);
        else if (due && !slot->asking && now >= slot->quiet_until_ms)
            renew(tokens, slot);
        else
            return usable ? slot->token : NULL;
    }
}

/* Waits for its turn and asks anew. The same result. */
static const char *ask_anew(struct teams_tokens *tokens, struct slot *slot)
{
    while (slot->asking)
        pthread_cond_wait(&tokens->told, &tokens->lock);
    return renew(tokens, slot) ? slot->token : NULL;
}

static int32_t give(struct teams_tokens *tokens, enum token_for which,
                    const char *find(struct teams_tokens *, struct slot *), char **ret_token,
                    struct tocsin_error *error)
{
    struct slot *slot = &tokens->slots[which];
    if (!slot->url)
        return kit_fail(error, TOCSIN_E_CONFIG, "`tenant` is needed: channels are made in one tenant");
    pthread_mutex_lock(&tokens->lock);
    const char *token = find(tokens, slot);
    int32_t code = 0;
    if (token)
        *ret_token = strdup(token);
    else
        code = kit_fail(error, slot->fault.code, "%s", slot->fault.text);
    pthread_mutex_unlock(&tokens->lock);
    return code;
}

int32_t teams_tokens_get(struct teams_tokens *tokens, enum token_for which, char **ret_token,
                         struct tocsin_error *error)
{
    return give(tokens, which, find_token, ret_token, error);
}

int32_t teams_tokens_renew(struct teams_tokens *tokens, enum token_for which, char **ret_token,
                           struct tocsin_error *error)
{
    return give(tokens, which, ask_anew, ret_token, error);
}

void teams_tokens_refused(struct teams_tokens *tokens, enum token_for which, const char *token)
{
    struct slot *slot = &tokens->slots[which];
    pthread_mutex_lock(&tokens->lock);
    if (slot->token && strcmp(slot->token, token) == 0)
        slot->ends_ms = slot->renew_ms = 0;
    pthread_mutex_unlock(&tokens->lock);
}

/* ---- hosts ---- */

bool teams_tokens_trusts(const struct teams_tokens *tokens, const char *url)
{
    const cJSON *each;
    if (!url_is_safe(url))
        return false;
    for (size_t i = 0; i < sizeof(microsoft) / sizeof(microsoft[0]); i++) {
        if (url_leads_to(url, microsoft[i]))
            return true;
    }
    cJSON_ArrayForEach(each, tokens->hosts)
    {
        if (cJSON_IsString(each) && url_leads_to(url, each->valuestring))
            return true;
    }
    return false;
}
