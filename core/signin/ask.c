#include "signin/ask.h"

#include <sodium.h>
#include <string.h>

#include <tocsin/kit/http.h>

#include "signin/jws.h"

#define TIMEOUT   (10 * SECOND)
#define BODY_MOST ((size_t)256 << 10)

struct asking {
    const struct provider_settings *settings;
    struct kit_http *http;
};

struct asking *asking_create(const struct provider_settings *settings)
{
    struct asking *asking = xcalloc(1, sizeof(*asking));
    asking->settings = settings;
    asking->http = kit_http_create("tocsin/" TOCSIN_VERSION);
    return asking;
}

void asking_destroy(struct asking *asking)
{
    if (!asking)
        return;
    kit_http_destroy(asking->http);
    free(asking);
}

bool ask_is_safe(const char *url)
{
    static const char *const own[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    if (url && text_starts(url, "https://"))
        return true;
    for (size_t i = 0; url && i < ARRAY_SIZE(own); i++) {
        size_t n = strlen(own[i]);
        if (strncmp(url, own[i], n) == 0 && strchr(":/", url[n]))
            return true;
    }
    return false;
}

/* A JSON object from the provider. `what` names it in errors. */
static int call(struct asking *asking, const struct kit_request *request, const char *what, cJSON **ret,
                struct error *err)
{
    struct kit_answer answer;
    int rc;
    kit_http_call(asking->http, request, &answer);
    if (answer.outcome != KIT_ANSWERED)
        rc = error_set(err, ERR_IO, "the identity provider cannot be reached: %s", answer.error);
    else if (answer.status >= 500 || answer.status == 429)
        rc = error_set(err, ERR_IO, "the identity provider answers with status %ld", answer.status);
    else if (answer.status != 200)
        rc = error_set(err, ERR_AUTH, "the identity provider refuses %s with status %ld", what, answer.status);
    else
        rc = json_parse(answer.body, answer.body_length, BODY_MOST, JSON_DEPTH, what, ret, err);
    kit_answer_finish(&answer);
    return rc;
}

static int fetch(struct asking *asking, const char *url, const char *what, cJSON **ret, struct error *err)
{
    if (!ask_is_safe(url))
        return error_set(err, ERR_IO, "the identity provider names no https address for %s", what);
    return call(asking, &(struct kit_request){.url = url, .timeout_ms = TIMEOUT, .most = BODY_MOST}, what, ret,
                err);
}

/* ---- discovery ---- */

static int check_discovery(const struct provider_settings *settings, const cJSON *known, struct error *err)
{
    static const char *const addresses[] = {"authorization_endpoint", "token_endpoint", "jwks_uri"};
    if (!text_equal(json_text_or(known, "issuer", NULL), settings->issuer))
        return error_set(err, ERR_IO, "the identity provider calls itself '%.100s', not what `issuer` says",
                         json_text_or(known, "issuer", ""));
    for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
        if (!ask_is_safe(json_text_or(known, addresses[i], NULL)))
            return error_set(err, ERR_IO, "the identity provider names no https address as %s", addresses[i]);
    }
    return 0;
}

int ask_discovery(struct asking *asking, cJSON **ret, struct error *err)
{
    const char *issuer = asking->settings->issuer;
    size_t n = strlen(issuer);
    CLEANUP_FREE char *url =
        xasprintf("%.*s/.well-known/openid-configuration", (int)(n - (n && issuer[n - 1] == '/')), issuer);
    CLEANUP_JSON cJSON *known = NULL;
    cJSON *keys = NULL;
    int rc = fetch(asking, url, "its configuration", &known, err);
    rc = rc ? rc : check_discovery(asking->settings, known, err);
    rc = rc ? rc : fetch(asking, json_text_or(known, "jwks_uri", NULL), "its keys", &keys, err);
    if (rc)
        return rc;
    cJSON_DeleteItemFromObjectCaseSensitive(known, "keys");
    cJSON_AddItemToObject(known, "keys", cJSON_DetachItemFromObjectCaseSensitive(keys, "keys"));
    cJSON_Delete(keys);
    *ret = steal(known);
    return 0;
}

/* ---- the way there ---- */

static void add(struct str *out, const char *name, const char *value)
{
    char *encoded = kit_url_encode(value);
    str_addf(out, "%s%s=%s", out->len && out->p[out->len - 1] != '?' ? "&" : "", name, encoded);
    free(encoded);
}

static void challenge_of(const char *verifier, char ret[64])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier));
    sodium_bin2base64(ret, 64, hash, sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *ask_address(const struct provider_settings *settings, const cJSON *known,
                  const struct provider_start *start)
{
    const char *endpoint = json_text_or(known, "authorization_endpoint", "");
    char challenge[64];
    struct str out = {0};
    challenge_of(start->verifier, challenge);
    str_addf(&out, "%s%s", endpoint, strchr(endpoint, '?') ? "" : "?");
    add(&out, "response_type", "code");
    add(&out, "client_id", settings->client_id);
    add(&out, "redirect_uri", settings->redirect_uri);
    add(&out, "scope", settings->scopes);
    add(&out, "state", start->state);
    add(&out, "nonce", start->nonce);
    add(&out, "code_challenge", challenge);
    add(&out, "code_challenge_method", "S256");
    return str_take(&out);
}

/* ---- the way back ---- */

static bool takes_post(const cJSON *known)
{
    const cJSON *methods = json_member(known, "token_endpoint_auth_methods_supported"), *method;
    bool basic = !methods, post = false;
    cJSON_ArrayForEach(method, methods)
    {
        basic |= text_equal(cJSON_GetStringValue(method), "client_secret_basic");
        post |= text_equal(cJSON_GetStringValue(method), "client_secret_post");
    }
    return post && !basic;
}

/* "Basic …" (RFC 6749, 2.3.1). The caller frees it. */
static char *basic_of(const struct provider_settings *settings)
{
    char *id = kit_url_encode(settings->client_id), *secret = kit_url_encode(settings->client_secret);
    CLEANUP_FREE char *both = xasprintf("%s:%s", id, secret);
    size_t n = strlen(both), most = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP_FREE char *text = xmalloc(most);
    sodium_bin2base64(text, most, (const unsigned char *)both, n, sodium_base64_VARIANT_ORIGINAL);
    char *header = xasprintf("Basic %s", text);
    explicit_bzero(both, n);
    free(id);
    free(secret);
    return header;
}

int ask_token(struct asking *asking, const cJSON *known, const char *code, const char *verifier, char **ret,
              struct error *err)
{
    const struct provider_settings *settings = asking->settings;
    bool secret = settings->client_secret, post = secret && takes_post(known);
    CLEANUP_FREE char *basic = secret && !post ? basic_of(settings) : NULL;
    CLEANUP_STR struct str form = {0};
    CLEANUP_JSON cJSON *answer = NULL;
    const struct kit_header headers[] = {{"Content-Type", "application/x-www-form-urlencoded"},
                                         {"Authorization", basic}};
    add(&form, "grant_type", "authorization_code");
    add(&form, "code", code);
    add(&form, "redirect_uri", settings->redirect_uri);
    add(&form, "code_verifier", verifier);
    if (!basic)
        add(&form, "client_id", settings->client_id);
    if (post)
        add(&form, "client_secret", settings->client_secret);
    const struct kit_request request = {.url = json_text_or(known, "token_endpoint", NULL),
                                        .headers = headers,
                                        .header_count = basic ? 2 : 1,
                                        .body = form.p,
                                        .body_length = form.len,
                                        .timeout_ms = TIMEOUT,
                                        .most = BODY_MOST,
                                        .once = true};
    int rc = call(asking, &request, "the code", &answer, err);
    explicit_bzero(form.p, form.len);
    if (rc)
        return rc;
    *ret = xstrdup(json_text_or(answer, "id_token", NULL));
    return *ret ? 0 : error_set(err, ERR_AUTH, "the identity provider sent no id_token");
}

int ask_claims(const cJSON *known, const char *token, const struct id_wanted *wanted, struct id_claims *ret,
               struct error *err)
{
    CLEANUP_JSON cJSON *claims = NULL;
    int rc = jws_claims(token, known, &claims, err);
    return rc ? rc : id_claims_read(claims, wanted, ret, err);
}
