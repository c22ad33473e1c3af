/*
 * What anybody may send to the bot's address, and what the place of the keys may answer. The first line is the header Authorization,
 * where "~" stands for a dot between parts that are written as they are and encoded here; the rest is an activity, or a key.
 */
#include "../../plugins/teams/jwt.h"
#include "../../plugins/teams/trust.h"
#include "../../plugins/teams/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#include "../support/rs256.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void no_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx, (void)level, (void)text;
}

static struct trust *trust(void)
{
    static const struct tocsin_host host = {.size = sizeof(host), .abi = TOCSIN_ABI, .log = no_log};
    static struct trust *made;
    if (!made) {
        cJSON *tenants = cJSON_Parse("[\"ours\"]");
        struct trust_settings settings = {.app_id = "app",
                                          .metadata_url = "http://127.0.0.1:1/",
                                          .issuer = "i",
                                          .tenant = "",
                                          .tenants = tenants,
                                          .http = kit_http_create("fuzz")};
        made = trust_create(&settings, &host);
        cJSON_Delete(tenants);
    }
    return made;
}

/* "Bearer {…}~{…}~x": each part in base64url. */
static char *encoded(const char *line)
{
    struct kit_text text = {0};
    kit_text_add(&text, "Bearer ");
    for (const char *part = line; part; part = strchr(part, '~') ? strchr(part, '~') + 1 : NULL) {
        char *each = rs256_base64url(part, strcspn(part, "~"));
        kit_text_addf(&text, "%s%s", part == line ? "" : ".", each);
        free(each);
    }
    return text.p;
}

static void check(const char *authorization, const cJSON *json)
{
    char why[TRUST_WHY] = "";
    int status = trust_check(trust(), authorization, json, INT64_C(1800000000000), why);
    if (status != 401 && status != 503) /* no key is known, so nobody is trusted */
        __builtin_trap();
    if (!*why || !kit_utf8_valid(why, strlen(why)))
        __builtin_trap();
}

static void check_key(const char *authorization, const cJSON *json)
{
    struct jwt jwt;
    EVP_PKEY *key = jwt_key(json);
    if (!jwt_read(authorization, &jwt) && key && jwt_is_signed_by(&jwt, key))
        __builtin_trap(); /* nobody who fuzzes can sign */
    jwt_finish(&jwt);
    EVP_PKEY_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *end = memchr(data, '\n', n);
    size_t length = end ? (size_t)(end - data) : n;
    char *line = strndup((const char *)data, length), *whole = encoded(line);
    cJSON *json = end ? kit_json_parse((const char *)end + 1, n - length - 1) : NULL;
    check(line, json);
    check(whole, json);
    check_key(line, json);
    check_key(whole + strlen("Bearer "), json);
    if (url_leads_to(line, "smba.trafficmanager.net") && !strcasestr(line, "smba.trafficmanager.net"))
        __builtin_trap();
    cJSON_Delete(json);
    free(whole);
    free(line);
    return 0;
}
