/* What proves who signed in: signatures, and the claims of a token. */
#include "../../support/check.h"

#include <sodium.h>
#include <string.h>

#include "../../support/rs256.h"
#include "base/json.h"
#include "base/mem.h"
#include "signin/ask.h"
#include "signin/eddsa.h"
#include "signin/id_token.h"
#include "signin/jws.h"

#define NOW ((instant)1795446382123)

static EVP_PKEY *key, *other;

static int make_keys(void **state)
{
    (void)state;
    key = rs256_key(2048);
    other = rs256_key(2048);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    return 0;
}

static cJSON *json_of(const char *text)
{
    cJSON *json = NULL;
    struct error err;
    if (json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "test", &json, &err))
        fail_msg("%s: %s", text, err.text);
    return json;
}

/* ---- signatures ---- */

static int proves(const char *header, EVP_PKEY *by, const char *digest, const char *more)
{
    CLEANUP_FREE char *jwk = rs256_jwk(key, "k1", more);
    CLEANUP_FREE char *set = xasprintf("{\"keys\":[%s]}", jwk);
    CLEANUP_FREE char *token = rs256_token(by, digest, header, "{\"sub\":\"ana\"}");
    CLEANUP_JSON cJSON *keys = json_of(set);
    CLEANUP_JSON cJSON *claims = NULL;
    struct error err;
    int rc = jws_claims(token, keys, &claims, &err);
    if (!rc)
        assert_string_equal(json_text_or(claims, "sub", ""), "ana");
    return rc;
}

static void a_token_is_proven_by_its_key_alone(void **state)
{
    (void)state;
    assert_int_equal(proves("{\"alg\":\"RS256\",\"kid\":\"k1\"}", key, "SHA256", ""), 0);
    assert_int_equal(proves("{\"alg\":\"RS256\"}", key, "SHA256", ""), 0);
    assert_int_equal(proves("{\"alg\":\"RS256\",\"kid\":\"k1\"}", other, "SHA256", ""), ERR_AUTH);
    assert_int_equal(proves("{\"alg\":\"RS256\",\"kid\":\"k2\"}", key, "SHA256", ""), ERR_NOT_FOUND);
    assert_int_equal(proves("{\"alg\":\"RS256\",\"kid\":\"k1\"}", key, "SHA256", ",\"alg\":\"RS384\""),
                     ERR_NOT_FOUND);
}

static void no_other_algorithm_is_taken(void **state)
{
    (void)state;
    assert_int_equal(proves("{\"alg\":\"none\"}", NULL, "SHA256", ""), ERR_AUTH);
    assert_int_equal(proves("{\"alg\":\"HS256\",\"kid\":\"k1\"}", key, "SHA256", ""), ERR_AUTH);
    assert_int_equal(proves("{\"alg\":\"RS384\",\"kid\":\"k1\"}", key, "SHA384", ""), ERR_AUTH);
    assert_int_equal(proves("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"b64\"]}", key, "SHA256", ""),
                     ERR_AUTH);
    assert_int_equal(proves("{\"kid\":\"k1\"}", key, "SHA256", ""), ERR_AUTH);
}

static void what_is_no_token_proves_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", ".", "..", "a.b", "a.b.c", "e30.e30.", "e30.e30.e30.e30"};
    CLEANUP_JSON cJSON *keys = json_of("{\"keys\":[{\"kty\":\"RSA\"},7,{\"kty\":\"EC\"}]}");
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        cJSON *claims = NULL;
        struct error err;
        assert_int_equal(jws_claims(texts[i], keys, &claims, &err), ERR_AUTH);
    }
}

/* ---- EdDSA ---- */

/* The key and the signature of RFC 8037, appendix A. */
#define EXAMPLE_X    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define EXAMPLE_D    "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define EXAMPLE_TEXT "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define EXAMPLE_SIGNATURE                                                                                      \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static bool example_proves(const char *jwk, const char *text, const char *signature)
{
    CLEANUP_JSON cJSON *key_of = json_of(jwk);
    CLEANUP_STR struct str bytes = {0};
    return base64url_decode(signature, strlen(signature), &bytes) &&
           eddsa_proves(key_of, text, strlen(text), &bytes);
}

static void the_example_of_rfc_8037_is_proven(void **state)
{
    static const char jwk[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" EXAMPLE_X "\"}";
    (void)state;
    assert_true(example_proves(jwk, EXAMPLE_TEXT, EXAMPLE_SIGNATURE));
    assert_false(example_proves(jwk, EXAMPLE_TEXT "A", EXAMPLE_SIGNATURE));
    assert_false(example_proves(jwk, EXAMPLE_TEXT, "A" EXAMPLE_SIGNATURE));
    assert_false(example_proves(jwk, EXAMPLE_TEXT, ""));
    assert_false(example_proves(jwk, EXAMPLE_TEXT, EXAMPLE_SIGNATURE "AA"));
    assert_false(
        example_proves("{\"crv\":\"Ed448\",\"x\":\"" EXAMPLE_X "\"}", EXAMPLE_TEXT, EXAMPLE_SIGNATURE));
    assert_false(
        example_proves("{\"crv\":\"Ed25519\",\"x\":\"" EXAMPLE_X "AA\"}", EXAMPLE_TEXT, EXAMPLE_SIGNATURE));
    assert_false(example_proves("{\"crv\":\"Ed25519\",\"x\":7}", EXAMPLE_TEXT, EXAMPLE_SIGNATURE));
}

/* A point of small order would prove any text. */
static void a_weak_key_proves_nothing(void **state)
{
    (void)state;
    assert_false(example_proves(
        "{\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", EXAMPLE_TEXT,
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

static char *ed25519_token(const char *header, const char *claims)
{
    CLEANUP_STR struct str seed = {0};
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES],
        made[crypto_sign_BYTES];
    CLEANUP_FREE char *head = rs256_base64url(header, strlen(header)),
                      *body = rs256_base64url(claims, strlen(claims));
    CLEANUP_FREE char *text = xasprintf("%s.%s", head, body);
    assert_true(base64url_decode(EXAMPLE_D, strlen(EXAMPLE_D), &seed));
    crypto_sign_seed_keypair(public, secret, (unsigned char *)seed.p);
    crypto_sign_detached(made, NULL, (unsigned char *)text, strlen(text), secret);
    CLEANUP_FREE char *signature = rs256_base64url(made, sizeof(made));
    return xasprintf("%s.%s", text, signature);
}

static int ed25519_proves(const char *header, const char *key_more)
{
    CLEANUP_FREE char *set =
        xasprintf("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"e1\"},{\"kid\":\"e1\",\"kty\":\"OKP\",\"crv\":"
                  "\"Ed25519\",\"x\":\"" EXAMPLE_X "\"%s}]}",
                  key_more);
    CLEANUP_FREE char *token = ed25519_token(header, "{\"sub\":\"ana\"}");
    CLEANUP_JSON cJSON *keys = json_of(set), *claims = NULL;
    struct error err;
    int rc = jws_claims(token, keys, &claims, &err);
    assert_string_equal(json_text_or(claims, "sub", ""), rc ? "" : "ana");
    return rc;
}

static void a_token_is_proven_by_ed25519(void **state)
{
    (void)state;
    assert_int_equal(ed25519_proves("{\"alg\":\"EdDSA\",\"kid\":\"e1\"}", ""), 0);
    assert_int_equal(ed25519_proves("{\"alg\":\"EdDSA\"}", ",\"alg\":\"EdDSA\",\"use\":\"sig\""), 0);
    assert_int_equal(ed25519_proves("{\"alg\":\"Ed25519\"}", ""), 0);
    assert_int_equal(ed25519_proves("{\"alg\":\"EdDSA\"}", ",\"use\":\"enc\""), ERR_NOT_FOUND);
    assert_int_equal(ed25519_proves("{\"alg\":\"EdDSA\",\"kid\":\"e2\"}", ""), ERR_NOT_FOUND);
    assert_int_equal(ed25519_proves("{\"alg\":\"RS256\"}", ""), ERR_AUTH);
    assert_int_equal(ed25519_proves("{\"alg\":\"ES256\"}", ""), ERR_NOT_FOUND);
    assert_int_equal(ed25519_proves("{\"alg\":\"EdDSA\",\"crit\":null}", ""), ERR_AUTH);
    assert_int_equal(ed25519_proves("{\"alg\":\"Ed448\"}", ""), ERR_AUTH);
}

/* ---- claims ---- */

#define GOOD                                                                                                   \
    "\"iss\":\"https://"                                                                                       \
    "id.example.com\",\"aud\":\"tocsin\",\"sub\":\"ana\",\"nonce\":\"n1\",\"exp\":1795446400,"                 \
    "\"iat\":1795446300"

static int reads(const char *text, struct id_claims *ret, struct error *err)
{
    CLEANUP_JSON cJSON *claims = json_of(text);
    const struct id_wanted wanted = {"https://id.example.com", "tocsin", "n1", "groups", NOW};
    return id_claims_read(claims, &wanted, ret, err);
}

static void refused(const char *text, const char *why)
{
    struct id_claims claims;
    struct error err;
    assert_int_equal(reads(text, &claims, &err), ERR_AUTH);
    if (!strstr(err.text, why))
        fail_msg("%s\n  wanted %s\n  got    %s", text, why, err.text);
}

static void good_claims_say_who_it_is(void **state)
{
    (void)state;
    struct id_claims claims = {0};
    struct error err;
    assert_int_equal(reads("{" GOOD ",\"name\":\"Ana\",\"email\":\"ana@example.com\",\"email_verified\":true,"
                           "\"groups\":[\"sre\",7,\"staff\"]}",
                           &claims, &err),
                     0);
    assert_string_equal(claims.subject, "ana");
    assert_string_equal(claims.name, "Ana");
    assert_string_equal(claims.email, "ana@example.com");
    assert_int_equal(claims.groups.n, 2);
    assert_string_equal(claims.groups.v[1], "staff");
    id_claims_finish(&claims);
    assert_int_equal(reads("{" GOOD ",\"email\":\"ana@example.com\",\"groups\":\"sre\"}", &claims, &err), 0);
    assert_null(claims.email);
    assert_int_equal(claims.groups.n, 1);
    id_claims_finish(&claims);
}

static void claims_for_others_and_other_times_are_refused(void **state)
{
    (void)state;
    const char *rest = ",\"sub\":\"ana\",\"nonce\":\"n1\",\"exp\":1795446400,\"iat\":1795446300}";
    static const struct {
        const char *begin, *why;
    } cases[] = {
        {"{\"iss\":\"https://id.example.com/\",\"aud\":\"tocsin\"", "another issuer"},
        {"{\"aud\":\"tocsin\"", "another issuer"},
        {"{\"iss\":\"https://id.example.com\",\"aud\":\"shop\"", "for another client"},
        {"{\"iss\":\"https://id.example.com\"", "for another client"},
        {"{\"iss\":\"https://id.example.com\",\"aud\":[\"tocsin\",\"shop\"]", "given to another client"},
        {"{\"iss\":\"https://id.example.com\",\"aud\":\"tocsin\",\"azp\":\"shop\"", "given to another client"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_FREE char *text = xasprintf("%s%s", cases[i].begin, rest);
        refused(text, cases[i].why);
    }
    const char *ours = "{\"iss\":\"https://id.example.com\",\"aud\":[\"tocsin\"],\"sub\":\"ana\"";
    static const struct {
        const char *end, *why;
    } times[] = {
        {",\"nonce\":\"n1\",\"exp\":1795446262,\"iat\":1795446000}", "expired"},
        {",\"nonce\":\"n1\",\"iat\":1795446300}", "expired"},
        {",\"nonce\":\"n1\",\"exp\":1795449999,\"iat\":1795446503}", "not valid yet"},
        {",\"nonce\":\"n1\",\"exp\":1795449999}", "not valid yet"},
        {",\"nonce\":\"n2\",\"exp\":1795446400,\"iat\":1795446300}", "not for this sign-in"},
        {",\"exp\":1795446400,\"iat\":1795446300}", "not for this sign-in"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        CLEANUP_FREE char *text = xasprintf("%s%s", ours, times[i].end);
        refused(text, times[i].why);
    }
}

/* Somebody else's subject may begin alike. */
static void a_subject_is_taken_whole_or_not_at_all(void **state)
{
    (void)state;
    static const int bytes[] = {201, 255, 256};
    for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
        CLEANUP_FREE char *text = xasprintf(
            "{\"iss\":\"https://id.example.com\",\"aud\":\"tocsin\",\"sub\":\"%0*d\",\"nonce\":\"n1\","
            "\"exp\":1795446400,\"iat\":1795446300}",
            bytes[i], 7);
        struct id_claims claims = {0};
        struct error err;
        int rc = reads(text, &claims, &err);
        assert_int_equal(rc, bytes[i] > 255 ? ERR_AUTH : 0);
        assert_int_equal(claims.subject ? strlen(claims.subject) : 0, rc ? 0 : bytes[i]);
        id_claims_finish(&claims);
    }
    refused("{\"iss\":\"https://id.example.com\",\"aud\":\"tocsin\",\"sub\":\"ana\\u0001\",\"nonce\":\"n1\","
            "\"exp\":1795446400,\"iat\":1795446300}",
            "odd characters");
}

static void secrets_go_to_https_or_this_machine(void **state)
{
    (void)state;
    assert_true(ask_is_safe("https://id.example.com/token"));
    assert_true(ask_is_safe("http://127.0.0.1:3000/token"));
    assert_true(ask_is_safe("http://localhost/token"));
    static const char *const others[] = {NULL,
                                         "",
                                         "http://id.example.com/",
                                         "http://127.0.0.1.evil.example/",
                                         "http://localhost.evil.example/",
                                         "ftp://127.0.0.1/",
                                         "/token"};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(ask_is_safe(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_proven_by_its_key_alone),
        cmocka_unit_test(no_other_algorithm_is_taken),
        cmocka_unit_test(what_is_no_token_proves_nothing),
        cmocka_unit_test(the_example_of_rfc_8037_is_proven),
        cmocka_unit_test(a_weak_key_proves_nothing),
        cmocka_unit_test(a_token_is_proven_by_ed25519),
        cmocka_unit_test(good_claims_say_who_it_is),
        cmocka_unit_test(claims_for_others_and_other_times_are_refused),
        cmocka_unit_test(a_subject_is_taken_whole_or_not_at_all),
        cmocka_unit_test(secrets_go_to_https_or_this_machine),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
