#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "intake/scrub.h"

static void known_secrets_are_hidden(void **state)
{
    static const struct {
        const char *text, *clean;
    } rows[] = {
        {"connect postgres://app:hunter2@db/shop failed", "connect postgres://[hidden]@db/shop failed"},
        {"redis://:hunter2@cache:6379", "redis://[hidden]@cache:6379"},
        {"amqp://app:hun/ter2@mq", "amqp://[hidden]@mq"},
        {"https://ghp_hunter2@git.example/x", "https://[hidden]@git.example/x"},
        {"mysql://app:p@ss@db", "mysql://[hidden]@db"},
        {"cut at the end postgres://app:hunt", "cut at the end postgres://[hidden]"},
        {"Authorization: Bearer hunter2.abc\nnext", "Authorization: [hidden]\nnext"},
        {"proxy-authorization: Digest a=1, b=2", "proxy-authorization: [hidden]"},
        {"{\"Authorization\":\"Basic aHVudGVyMg==\",\"a\":1}", "{\"Authorization\":\"[hidden]\",\"a\":1}"},
        {"sent Bearer hunter2abc to it", "sent Bearer [hidden] to it"},
        {"Cookie: sid=hunter2; theme=dark", "Cookie: [hidden]"},
        {"set-cookie=sid=hunter2", "set-cookie=[hidden]"},
        {"login with password=hunter2&user=ana", "login with password=[hidden]&user=ana"},
        {"DB_PASSWORD='hunter 2' set", "DB_PASSWORD='[hidden]' set"},
        {"{\"token\": \"hunter2\", \"n\": 2}", "{\"token\": \"[hidden]\", \"n\": 2}"},
        {"https://api.example/x?access_token=hunter2&page=2",
         "https://api.example/x?access_token=[hidden]&page=2"},
        {"x-api-key: hunter2", "x-api-key: [hidden]"},
        {"client_secret=>hunter2", "client_secret=>[hidden]"},
        {"a://u:p1@h b://u:p2@h", "a://[hidden]@h b://[hidden]@h"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_string_equal(scrub_text(&arena, rows[i].text), rows[i].clean);
        assert_string_equal(scrub_text(&arena, rows[i].clean), rows[i].clean);
    }
    arena_finish(&arena);
}

static void other_text_is_kept(void **state)
{
    static const char *const rows[] = {
        "",
        "SyntaxError: Unexpected token: }",
        "Unexpected token < in JSON at position 0",
        "basic authentication failed",
        "the bearer of bad news",
        "http://shop.example:8080/cart?id=7",
        "http://[::1]:8080",
        "https://shop.example:443/@ana/cart",
        "mail to ana@acme.example",
        "the password was wrong",
        "token expired",
        "max_tokens=100",
        "a = b, c: d",
        "://",
        "ends with password",
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_ptr_equal(scrub_text(&arena, rows[i]), rows[i]);
    arena_finish(&arena);
}

static void names_of_secrets_are_known(void **state)
{
    static const char *const secret[] = {"password",      "DB_PASSWORD", "x-api-key",
                                         "Authorization", "Set-Cookie",  "csrf_token",
                                         "clientSecret",  "private.key", "session_id"};
    static const char *const plain[] = {"",       "user",      "author",         "keyboard",
                                        "tokens", "passenger", "cookies_enabled"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(secret); i++)
        assert_true(scrub_names_secret(secret[i]));
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
        assert_false(scrub_names_secret(plain[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_secrets_are_hidden),
        cmocka_unit_test(other_text_is_kept),
        cmocka_unit_test(names_of_secrets_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
