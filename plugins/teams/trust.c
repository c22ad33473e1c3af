#include "trust.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#include "jwt.h"
#include "keys.h"

#define SKEW_S  300 /* clocks may differ by so much */
#define SHOWN   60  /* bytes of a text from outside in a reason */
#define CHANNEL "msteams"

struct trust { /* constant, but for keys, which have their own lock */
    char *app_id, *issuer;
    cJSON *tenants; /* an array of texts */
    struct keys *keys;
};

struct trust *trust_create(const struct trust_settings *settings, const struct tocsin_host *host)
{
    struct trust *trust = calloc(1, sizeof(*trust));
    trust->app_id = strdup(settings->app_id);
    trust->issuer = strdup(settings->issuer);
    trust->tenants = settings->tenants ? cJSON_Duplicate(settings->tenants, true) : cJSON_CreateArray();
    if (*settings->tenant)
        cJSON_AddItemToArray(trust->tenants, cJSON_CreateString(settings->tenant));
    trust->keys = keys_create(settings->metadata_url, host, settings->http);
    return trust;
}

void trust_destroy(struct trust *trust)
{
    if (!trust)
        return;
    keys_destroy(trust->keys);
    cJSON_Delete(trust->tenants);
    free(trust->app_id);
    free(trust->issuer);
    free(trust);
}

int32_t trust_ready(struct trust *trust, int64_t now_ms, struct tocsin_error *error)
{
    return keys_check(trust->keys, now_ms, error);
}

__attribute__((format(printf, 3, 4))) static int refuse(char why[TRUST_WHY], int status, const char *format,
                                                        ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, TRUST_WHY, format, args);
    va_end(args);
    return status;
}

/* ---- claims ---- */

/* Ids of apps and tenants are GUIDs, which are the same in both cases. */
static bool is_one_of(const cJSON *list, const char *id)
{
    const cJSON *each;
    if (!cJSON_IsArray(list))
        return false;
    cJSON_ArrayForEach(each, list)
    {
        if (cJSON_IsString(each) && *each->valuestring && strcasecmp(each->valuestring, id) == 0)
            return true;
    }
    return false;
}

static bool is_for(const cJSON *claims, const char *app_id)
{
    return strcasecmp(kit_json_text(claims, "aud"), app_id) == 0 ||
           is_one_of(kit_json_member(claims, "aud"), app_id);
}

/* Both must be there; one slash at the end, and the case, make no difference. */
static bool is_same_address(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    n -= n && a[n - 1] == '/';
    m -= m && b[m - 1] == '/';
    return n && n == m && strncasecmp(a, b, n) == 0;
}

static int check_claims(const struct trust *trust, const cJSON *claims, const cJSON *activity, int64_t now_ms,
                        char why[TRUST_WHY])
{
    int64_t now = now_ms / 1000;
    if (strcmp(kit_json_text(claims, "iss"), trust->issuer) != 0)
        return refuse(why, 401, "the token is of another issuer");
    if (!is_for(claims, trust->app_id))
        return refuse(why, 401, "the token is for another app");
    if (now - SKEW_S >= kit_json_int(claims, "exp", 0))
        return refuse(why, 401,
                      "the token has expired; if this happens often, check the clock of this machine");
    if (now + SKEW_S < kit_json_int(claims, "nbf", 0))
        return refuse(why, 401, "the token is not valid yet; check the clock of this machine");
    if (!is_same_address(kit_json_text(claims, "serviceurl"), kit_json_text(activity, "serviceUrl")))
        return refuse(why, 401, "the token is for another serviceUrl than the activity's");
    return 0;
}

/* ---- the signature ---- */

static int check_key(const struct trust *trust, const struct jwt *jwt, int64_t now_ms, char why[TRUST_WHY])
{
    EVP_PKEY *key = NULL;
    bool endorsed = false;
    enum keys_found found = keys_find(trust->keys, jwt->kid, CHANNEL, now_ms, &key, &endorsed);
    if (found == KEYS_AWAY)
        return refuse(why, 503, "the keys of the Bot Service cannot be fetched");
    if (found == KEYS_UNKNOWN)
        return refuse(why, 401, "the token is signed with an unknown key");
    bool proven = jwt_is_signed_by(jwt, key);
    EVP_PKEY_free(key);
    if (!proven)
        return refuse(why, 401, "the token's signature is wrong");
    return endorsed ? 0 : refuse(why, 403, "the token's key does not vouch for Teams");
}

/* ---- from whom ---- */

static int check_tenant(const struct trust *trust, const char *tenant, char why[TRUST_WHY])
{
    char shown[SHOWN];
    if (!*tenant || is_one_of(trust->tenants, tenant))
        return 0;
    kit_clean_name(tenant, shown, sizeof(shown));
    return refuse(why, 403, "the tenant %s is not allowed; if it should be, add it to `tenants`", shown);
}

static int check_sender(const struct trust *trust, const cJSON *activity, char why[TRUST_WHY])
{
    const cJSON *data = kit_json_member(activity, "channelData");
    const char *tenant = kit_json_text(kit_json_member(data, "tenant"), "id");
    const char *other = kit_json_text(kit_json_member(activity, "conversation"), "tenantId");
    if (strcmp(kit_json_text(activity, "channelId"), CHANNEL) != 0)
        return refuse(why, 403, "the activity is not of Teams, but of another channel of the bot");
    if (!*tenant && !*other)
        return refuse(why, 403, "the activity names no tenant");
    int status = check_tenant(trust, tenant, why);
    return status ? status : check_tenant(trust, other, why);
}

static int check_token(const struct trust *trust, const struct jwt *jwt, const cJSON *activity, int64_t now_ms,
                       char why[TRUST_WHY])
{
    /* Before the signature, as keys are fetched only for a token that could be good. */
    int status = check_claims(trust, jwt->claims, activity, now_ms, why);
    if (!status)
        status = check_key(trust, jwt, now_ms, why);
    return status ? status : check_sender(trust, activity, why);
}

int trust_check(struct trust *trust, const char *authorization, const cJSON *activity, int64_t now_ms,
                char why[TRUST_WHY])
{
    struct jwt jwt;
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return refuse(why, 401, "there is no bearer token");
    const char *fault = jwt_read(authorization + 7, &jwt);
    int status = fault ? refuse(why, 401, "the token is not acceptable: %s", fault)
                       : check_token(trust, &jwt, activity, now_ms, why);
    jwt_finish(&jwt);
    return status;
}
