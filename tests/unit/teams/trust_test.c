/* Whom a request is from: with keys made here, and a server that publishes them, or does not. */
#include "../../support/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "../../../plugins/teams/keys.h"
#include "../../../plugins/teams/trust.h"
#include "../../support/http_server.h"
#include "../../support/rs256.h"

#define NOW     INT64_C(1800000000) /* seconds */
#define HOUR    3600
#define APP     "11111111-2222-3333-4444-5555aaaabbbb"
#define ISSUER  "https://api.botframework.com"
#define SERVICE "https://smba.trafficmanager.net/amer/"
#define HEADER  "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"one\"}"

enum { METADATA, KEYS };

static struct {
    EVP_PKEY *one, *two, *other;
    char *keys[5]; /* documents of keys */
    struct http_page pages[3];
    struct http_server server;
    struct kit_http *http;
    struct trust *trust;
    char metadata[200];
    int64_t now; /* seconds */
    char why[TRUST_WHY];
    char logged[1000];
} t;

static void take_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx, (void)level;
    snprintf(t.logged + strlen(t.logged), sizeof(t.logged) - strlen(t.logged), "%s\n", text);
}

static const struct tocsin_host host = {.size = sizeof(host), .abi = TOCSIN_ABI, .log = take_log};

static char *document(EVP_PKEY *key, const char *kid, const char *more)
{
    char *jwk = rs256_jwk(key, kid, more), *text;
    if (asprintf(&text, "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec\",\"crv\":\"P-256\"},%s]}", jwk) < 0)
        abort();
    free(jwk);
    return text;
}

static int make_keys(void **state)
{
    (void)state;
    t.one = rs256_key(2048);
    t.two = rs256_key(3072);
    t.other = rs256_key(1024);
    t.keys[0] = document(t.one, "one", "");
    t.keys[1] = document(t.two, "two", "");
    t.keys[2] = document(t.one, "one", ",\"endorsements\":[\"webchat\",\"directline\"]");
    t.keys[3] = document(t.one, "one", ",\"endorsements\":[\"webchat\",\"msteams\"]");
    t.keys[4] = document(t.other, "one", "");
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(t.one);
    EVP_PKEY_free(t.two);
    EVP_PKEY_free(t.other);
    for (size_t i = 0; i < sizeof(t.keys) / sizeof(t.keys[0]); i++)
        free(t.keys[i]);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(t.pages, 0, sizeof(t.pages));
    t.pages[METADATA].path = "/openid";
    t.pages[KEYS].path = "/keys";
    t.pages[METADATA].status = t.pages[KEYS].status = 200;
    t.pages[KEYS].body = t.keys[0];
    t.server = (struct http_server){.pages = t.pages};
    http_server_start(&t.server);
    snprintf(t.metadata, sizeof(t.metadata),
             "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"http://127.0.0.1:%d/keys\"}", t.server.port);
    t.pages[METADATA].body = t.metadata;
    char url[60];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/openid", t.server.port);
    cJSON *tenants = cJSON_Parse("[\"partner\",\"\"]");
    t.http = kit_http_create("test/1");
    t.trust = trust_create(&(struct trust_settings){.app_id = APP,
                                                    .metadata_url = url,
                                                    .issuer = ISSUER,
                                                    .tenant = "ours",
                                                    .tenants = tenants,
                                                    .http = t.http},
                           &host);
    cJSON_Delete(tenants);
    t.now = NOW;
    t.logged[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trust_destroy(t.trust);
    kit_http_destroy(t.http);
    http_server_stop(&t.server);
    return 0;
}

/* ---- requests ---- */

static char *claims_with(const char *name, const char *value)
{
    cJSON *claims = kit_json_texts("iss", ISSUER, "aud", APP, "serviceurl", SERVICE, NULL);
    cJSON_AddNumberToObject(claims, "nbf", NOW - 60);
    cJSON_AddNumberToObject(claims, "exp", NOW + HOUR);
    if (name)
        cJSON_DeleteItemFromObjectCaseSensitive(claims, name);
    if (name && value)
        cJSON_AddItemToObject(claims, name, cJSON_Parse(value));
    char *text = cJSON_PrintUnformatted(claims);
    cJSON_Delete(claims);
    return text;
}

static const char *const activity =
    "{\"type\":\"message\",\"channelId\":\"msteams\",\"serviceUrl\":\"" SERVICE "\","
    "\"conversation\":{\"id\":\"a:1\",\"tenantId\":\"ours\"},\"channelData\":{\"tenant\":{\"id\":\"OURS\"}}}";

static int check_value(const char *authorization, const char *body)
{
    cJSON *json = cJSON_Parse(body);
    t.why[0] = '\0';
    int status = trust_check(t.trust, authorization, json, t.now * 1000, t.why);
    cJSON_Delete(json);
    return status;
}

static int check_token(const char *token, const char *body)
{
    char *value = NULL;
    if (asprintf(&value, "Bearer %s", token) < 0)
        abort();
    int status = check_value(value, body);
    free(value);
    return status;
}

static int check_signed(EVP_PKEY *key, const char *digest, const char *header, const char *claims,
                        const char *body)
{
    char *token = rs256_token(key, digest, header, claims);
    int status = check_token(token, body);
    free(token);
    return status;
}

/* A request that is good but for one claim; value NULL: the claim is missing. */
static int check_claim(const char *name, const char *value)
{
    char *claims = claims_with(name, value);
    int status = check_signed(t.one, "SHA256", HEADER, claims, activity);
    free(claims);
    return status;
}

static int check_header(EVP_PKEY *key, const char *digest, const char *header)
{
    char *claims = claims_with(NULL, NULL);
    int status = check_signed(key, digest, header, claims, activity);
    free(claims);
    return status;
}

static int check_body(const char *body)
{
    char *claims = claims_with(NULL, NULL);
    int status = check_signed(t.one, "SHA256", HEADER, claims, body);
    free(claims);
    return status;
}

/* ---- the token ---- */

static void a_good_token_is_trusted(void **state)
{
    (void)state;
    assert_int_equal(check_claim(NULL, NULL), 0);
    assert_string_equal(t.why, "");
    assert_int_equal(check_claim(NULL, NULL), 0);
    assert_int_equal(t.pages[METADATA].count, 1);
    assert_int_equal(t.pages[KEYS].count, 1);
}

static void each_claim_counts(void **state)
{
    static const struct {
        const char *name, *value;
        int status;
    } rows[] = {
        {"iss", "\"https://api.botframework.com/\"", 401},
        {"iss", "\"https://API.botframework.com\"", 401},
        {"iss", NULL, 401},
        {"iss", "[\"" ISSUER "\"]", 401},
        {"aud", "\"99999999-2222-3333-4444-5555aaaabbbb\"", 401},
        {"aud", "\"\"", 401},
        {"aud", NULL, 401},
        {"aud", "[\"another\",\"" APP "\"]", 0},
        {"aud", "[\"another\"]", 401},
        {"aud", "[]", 401},
        {"aud", "{\"a\":\"" APP "\"}", 401},
        {"aud", "\"11111111-2222-3333-4444-5555AAAABBBB\"", 0},
        {"exp", "1799999701", 0}, /* 299 s ago */
        {"exp", "1799999700", 401},
        {"exp", "1799999999.5", 0},
        {"exp", "\"1900000000\"", 401},
        {"exp", "1e300", 401},
        {"exp", NULL, 401},
        {"nbf", "1800000300", 0},
        {"nbf", "1800000301", 401},
        {"nbf", NULL, 0},
        {"serviceurl", "\"https://smba.trafficmanager.net/amer\"", 0},
        {"serviceurl", "\"https://SMBA.trafficmanager.net/AMER/\"", 0},
        {"serviceurl", "\"https://smba.trafficmanager.net/amer//\"", 401},
        {"serviceurl", "\"https://smba.trafficmanager.net/emea/\"", 401},
        {"serviceurl", "\"https://smba.trafficmanager.net.evil.example/amer/\"", 401},
        {"serviceurl", "\"\"", 401},
        {"serviceurl", NULL, 401},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = check_claim(rows[i].name, rows[i].value);
        if (status != rows[i].status)
            fail_msg("%s %s: %d, %s", rows[i].name, rows[i].value ? rows[i].value : "-", status, t.why);
    }
}

static void an_activity_without_an_address_is_refused(void **state)
{
    (void)state;
    assert_int_equal(check_body("{\"channelId\":\"msteams\",\"channelData\":{\"tenant\":{\"id\":\"ours\"}}}"),
                     401);
    assert_int_equal(check_body("{\"channelId\":\"msteams\",\"serviceUrl\":\"/\"}"), 401);
    assert_int_equal(check_body("[]"), 401);
}

static void a_header_must_hold_a_bearer_token(void **state)
{
    static const char *const values[] = {
        "",         "Bearer",    "Bearer ",      "Basic YTpi",         "Bearer a",
        "Bearer .", "Bearer ..", "Bearer a.b.c", "Bearer e30.e30.e30", "Bearer e30.e30.e30.e30"};
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        assert_int_equal(check_value(values[i], activity), 401);
    char *long_one = calloc(1, 40000);
    memset(long_one, 'a', 39999);
    assert_int_equal(check_token(long_one, activity), 401);
    assert_non_null(strstr(t.why, "too long"));
    free(long_one);
    assert_int_equal(t.pages[METADATA].count, 0);
}

static void another_key_proves_nothing(void **state)
{
    (void)state;
    assert_int_equal(check_header(t.two, "SHA256", HEADER), 401);
    assert_non_null(strstr(t.why, "signature is wrong"));
    assert_int_equal(check_header(NULL, "SHA256", HEADER), 401);
}

static void a_changed_token_proves_nothing(void **state)
{
    (void)state;
    char *claims = claims_with(NULL, NULL), *forged = claims_with("aud", "[\"" APP "\",\"x\"]");
    char *good = rs256_token(t.one, "SHA256", HEADER, claims);
    char *other = rs256_token(t.one, "SHA256", HEADER, forged);
    char *mixed = NULL;
    if (asprintf(&mixed, "%.*s%s", (int)(strrchr(other, '.') - other), other, strrchr(good, '.')) < 0)
        abort();
    assert_int_equal(check_token(good, activity), 0);
    assert_int_equal(check_token(mixed, activity), 401);
    good[strlen(good) - 1] = '\0';
    assert_int_equal(check_token(good, activity), 401);
    free(mixed);
    free(other);
    free(good);
    free(forged);
    free(claims);
}

/* Whatever it is really signed with. */
static void only_rs256_is_taken(void **state)
{
    static const struct {
        const char *header, *digest;
    } rows[] = {
        {"{\"alg\":\"none\",\"kid\":\"one\"}", NULL},
        {"{\"alg\":\"None\",\"kid\":\"one\"}", NULL},
        {"{\"alg\":\"\",\"kid\":\"one\"}", "SHA256"},
        {"{\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"HS256\",\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"rs256\",\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"RS384\",\"kid\":\"one\"}", "SHA384"},
        {"{\"alg\":\"RS512\",\"kid\":\"one\"}", "SHA512"},
        {"{\"alg\":\"RS256\",\"kid\":\"one\"}", "SHA512"},
        {"{\"alg\":\"PS256\",\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"ES256\",\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":[\"RS256\"],\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"kid\":\"one\"}", "SHA256"},
        {"{\"alg\":\"RS256\"}", "SHA256"},
        {"{\"alg\":\"RS256\",\"kid\":7}", "SHA256"},
        {"{\"alg\":\"RS256\",\"kid\":\"ec\"}", "SHA256"},
        {"[]", "SHA256"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (check_header(rows[i].digest ? t.one : NULL, rows[i].digest, rows[i].header) != 401)
            fail_msg("%s is taken", rows[i].header);
    }
}

/* The public key is known to all, so it must never serve as the secret of an HMAC. */
static void the_public_key_is_no_secret(void **state)
{
    static const char *const headers[] = {"{\"alg\":\"HS256\",\"kid\":\"one\"}", HEADER};
    (void)state;
    char *pem, *claims = claims_with(NULL, NULL);
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, t.one);
    long n = BIO_get_mem_data(bio, &pem);
    for (size_t i = 0; i < 2; i++) {
        unsigned char mac[32];
        unsigned length = sizeof(mac);
        char *unsigned_token = rs256_token(NULL, NULL, headers[i], claims), *token = NULL;
        HMAC(EVP_sha256(), pem, (int)n, (unsigned char *)unsigned_token, strlen(unsigned_token) - 1, mac,
             &length);
        char *signature = rs256_base64url(mac, length);
        if (asprintf(&token, "%s%s", unsigned_token, signature) < 0)
            abort();
        assert_int_equal(check_token(token, activity), 401);
        free(token);
        free(signature);
        free(unsigned_token);
    }
    BIO_free(bio);
    free(claims);
}

/* ---- from whom ---- */

static void only_allowed_tenants_are_heard(void **state)
{
    static const struct {
        const char *conversation, *data;
        int status;
    } rows[] = {
        {"ours", "ours", 0},    {"ours", "", 0},    {"", "ours", 0},    {"", "partner", 0},
        {"", "", 403},          {"other", "", 403}, {"", "other", 403}, {"ours", "other", 403},
        {"other", "ours", 403}, {"our", "", 403},   {"Partner", "", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char body[500];
        snprintf(body, sizeof(body),
                 "{\"channelId\":\"msteams\",\"serviceUrl\":\"" SERVICE
                 "\",\"conversation\":{\"tenantId\":\"%s\"},"
                 "\"channelData\":{\"tenant\":{\"id\":\"%s\"}}}",
                 rows[i].conversation, rows[i].data);
        if (check_body(body) != rows[i].status)
            fail_msg("%s, %s: %s", rows[i].conversation, rows[i].data, t.why);
    }
}

static void other_channels_of_the_bot_are_not_heard(void **state)
{
    (void)state;
    assert_int_equal(check_body("{\"channelId\":\"directline\",\"serviceUrl\":\"" SERVICE "\","
                                "\"conversation\":{\"tenantId\":\"ours\"}}"),
                     403);
    assert_int_equal(check_body("{\"serviceUrl\":\"" SERVICE "\",\"conversation\":{\"tenantId\":\"ours\"}}"),
                     403);
}

static void a_key_vouches_for_its_endorsements(void **state)
{
    (void)state;
    t.pages[KEYS].body = t.keys[2];
    assert_int_equal(check_claim(NULL, NULL), 403);
    t.now += 25 * HOUR;
    t.pages[KEYS].body = t.keys[3];
    assert_int_equal(check_claim("exp", "1900000000"), 0);
}

/* ---- the keys ---- */

static const char *const two = "{\"alg\":\"RS256\",\"kid\":\"two\"}";

static int check_rolled(void)
{
    char *claims = claims_with("exp", "1900000000");
    int status = check_signed(t.two, "SHA256", two, claims, activity);
    free(claims);
    return status;
}

static void rolled_keys_are_fetched(void **state)
{
    (void)state;
    assert_int_equal(check_claim(NULL, NULL), 0);
    t.pages[KEYS].body = t.keys[1];
    t.now += 10;
    assert_int_equal(check_rolled(), 0);
    assert_int_equal(check_claim(NULL, NULL), 401); /* the old key is no longer published */
    assert_int_equal(t.pages[KEYS].count, 2);
}

static void keys_are_fetched_again_after_a_day(void **state)
{
    (void)state;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    t.now += 24 * HOUR - 1;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    assert_int_equal(t.pages[KEYS].count, 1);
    t.now += 2;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    assert_int_equal(t.pages[KEYS].count, 2);
}

static void invented_keys_do_not_have_them_fetched_again_and_again(void **state)
{
    (void)state;
    assert_int_equal(check_claim(NULL, NULL), 0);
    for (int i = 0; i < 50; i++) {
        char header[80];
        snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"kid\":\"junk%d\"}", i);
        assert_int_equal(check_header(t.two, "SHA256", header), 401);
    }
    assert_int_equal(t.pages[METADATA].count, 2);
    t.now += HOUR - 2000; /* still valid by its skew */
    t.pages[KEYS].body = t.keys[1];
    assert_int_equal(check_rolled(), 401);
    t.now += 2001;
    assert_int_equal(check_rolled(), 0);
    assert_int_equal(t.pages[METADATA].count, 3);
}

/* Tokens that could not be good do not even make us look. */
static void junk_tokens_have_nothing_fetched(void **state)
{
    (void)state;
    assert_int_equal(check_claim("aud", "\"another\""), 401);
    assert_int_equal(check_claim("exp", "5"), 401);
    assert_int_equal(t.pages[METADATA].count, 0);
}

static void old_keys_count_while_a_refresh_fails(void **state)
{
    (void)state;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    t.pages[METADATA].status = 500;
    for (int day = 1; day < 5; day++) {
        t.now += 24 * HOUR + 1;
        assert_int_equal(check_claim("exp", "1900000000"), 0);
        assert_int_equal(check_claim("exp", "1900000000"), 0);
    }
    assert_int_equal(t.pages[METADATA].count, 5); /* once a day here; at most once a minute */
    assert_int_equal(check_rolled(), 503);        /* it may be a new one */
    t.now += 24 * HOUR;
    assert_int_equal(check_claim("exp", "1900000000"), 503);
    t.pages[METADATA].status = 200;
    t.now += 6;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    assert_non_null(strstr(t.logged, "cannot be fetched: http://127.0.0.1"));
    assert_non_null(strstr(t.logged, "can be fetched again"));
}

static void without_keys_nobody_can_say(void **state)
{
    static const char *const answers[] = {"", "{}", "[]", "{\"jwks_uri\":\"http://keys.example/\"}",
                                          "{\"jwks_uri\":\"file:///etc/passwd\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        t.pages[METADATA].body = answers[i];
        t.now += 10;
        assert_int_equal(check_claim("exp", "1900000000"), 503);
        assert_int_equal(check_claim("exp", "1900000000"), 503); /* at once, without asking */
        assert_int_equal(t.pages[METADATA].count, i + 1);
    }
    assert_int_equal(t.pages[KEYS].count, 0);
    t.pages[METADATA].body = t.metadata;
    t.pages[KEYS].body = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\",\"n\":\"AQAB\",\"e\":\"AQAB\"},7,null]}";
    t.now += 10;
    assert_int_equal(check_claim("exp", "1900000000"), 503);
    t.pages[KEYS].body = t.keys[4]; /* a key of 1024 bits is none */
    t.now += 10;
    assert_int_equal(check_claim("exp", "1900000000"), 503);
    t.pages[KEYS].body = t.keys[0];
    t.now += 10;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
}

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void slow_metadata_is_not_waited_for(void **state)
{
    (void)state;
    t.pages[METADATA].delay_ms = 4000;
    int64_t begun = clock_ms();
    assert_int_equal(check_claim(NULL, NULL), 503);
    assert_in_range(clock_ms() - begun, 0, KEYS_WAIT_MS);
    begun = clock_ms();
    assert_int_equal(check_claim(NULL, NULL), 503);
    assert_in_range(clock_ms() - begun, 0, 500);
}

static void *check_good(void *ctx)
{
    struct check {
        char *value;
        cJSON *json;
    } *check = ctx;
    char why[TRUST_WHY];
    return (void *)(intptr_t)trust_check(t.trust, check->value, check->json, NOW * 1000, why);
}

/* All of them need the keys; one fetches them. */
static void many_requests_fetch_once(void **state)
{
    (void)state;
    char *claims = claims_with(NULL, NULL), *token = rs256_token(t.one, "SHA256", HEADER, claims), *value;
    if (asprintf(&value, "Bearer %s", token) < 0)
        abort();
    struct {
        char *value;
        cJSON *json;
    } check = {value, cJSON_Parse(activity)};
    pthread_t threads[8];
    t.pages[METADATA].delay_ms = 200;
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, check_good, &check);
    for (int i = 0; i < 8; i++) {
        void *status;
        pthread_join(threads[i], &status);
        assert_int_equal((intptr_t)status, 0);
    }
    assert_int_equal(t.pages[METADATA].count, 1);
    assert_int_equal(t.pages[KEYS].count, 1);
    cJSON_Delete(check.json);
    free(value);
    free(token);
    free(claims);
}

static void whether_keys_can_be_fetched_is_said(void **state)
{
    struct tocsin_error error = {.size = sizeof(error)};
    (void)state;
    t.pages[KEYS].status = 404;
    assert_int_equal(trust_ready(t.trust, NOW * 1000, &error), TOCSIN_E_FAILED);
    assert_non_null(strstr(error.text, "/keys answers with status 404"));
    t.pages[KEYS].status = 200;
    assert_int_equal(trust_ready(t.trust, NOW * 1000, &error), 0);
    assert_int_equal(trust_ready(t.trust, NOW * 1000, &error), 0);
    assert_int_equal(t.pages[KEYS].count, 2);
}

/* By more than a day: ages mean nothing then. By less: they count from now. */
static void a_clock_that_is_set_back_does_no_harm(void **state)
{
    (void)state;
    t.now += 100 * HOUR;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    t.now -= HOUR;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    assert_int_equal(t.pages[KEYS].count, 1);
    t.now = NOW;
    assert_int_equal(check_claim("exp", "1900000000"), 0);
    assert_int_equal(t.pages[KEYS].count, 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_good_token_is_trusted),
        T(each_claim_counts),
        T(an_activity_without_an_address_is_refused),
        T(a_header_must_hold_a_bearer_token),
        T(another_key_proves_nothing),
        T(a_changed_token_proves_nothing),
        T(only_rs256_is_taken),
        T(the_public_key_is_no_secret),
        T(only_allowed_tenants_are_heard),
        T(other_channels_of_the_bot_are_not_heard),
        T(a_key_vouches_for_its_endorsements),
        T(rolled_keys_are_fetched),
        T(keys_are_fetched_again_after_a_day),
        T(invented_keys_do_not_have_them_fetched_again_and_again),
        T(junk_tokens_have_nothing_fetched),
        T(old_keys_count_while_a_refresh_fails),
        T(without_keys_nobody_can_say),
        T(slow_metadata_is_not_waited_for),
        T(many_requests_fetch_once),
        T(whether_keys_can_be_fetched_is_said),
        T(a_clock_that_is_set_back_does_no_harm),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
