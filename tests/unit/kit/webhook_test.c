#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/text.h>
#include <tocsin/kit/webhook.h>

static void headers_are_found_by_name(void **state)
{
    static const struct tocsin_header headers[] = {{"x-one", "1"}, {"x-two", "2"}, {"x-one", "3"}};
    struct tocsin_request request = {.size = sizeof(request), .header_count = 3, .headers = headers};
    (void)state;
    assert_string_equal(kit_webhook_header(&request, "x-two"), "2");
    assert_string_equal(kit_webhook_header(&request, "x-one"), "1");
    assert_string_equal(kit_webhook_header(&request, "x-three"), "");
}

static void forms_become_objects_of_texts(void **state)
{
    static const struct {
        const char *form, *json;
    } rows[] = {
        {"a=1&b=two+words&c=%C3%A9%26", "{\"a\":\"1\",\"b\":\"two words\",\"c\":\"é&\"}"},
        {"a=1&a=2", "{\"a\":\"1\"}"},
        {"a", "{\"a\":\"\"}"},
        {"", "{}"},
        {"=x&&&", "{}"},
        {"a=%zz%4", "{\"a\":\"%zz%4\"}"},
        {"a=%41%", "{\"a\":\"A%\"}"},
        {"a=x%00y&b=1", "{\"b\":\"1\"}"},
        {"a=%ff&b=1", "{\"b\":\"1\"}"}, /* not UTF-8 */
        {"payload=%7B%22a%22%3A1%7D", "{\"payload\":\"{\\\"a\\\":1}\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *form = kit_webhook_form(rows[i].form, strlen(rows[i].form));
        char *json = cJSON_PrintUnformatted(form);
        if (strcmp(json, rows[i].json) != 0)
            fail_msg("%s: got %s", rows[i].form, json);
        cJSON_free(json);
        cJSON_Delete(form);
    }
}

static void a_form_with_too_many_fields_is_cut(void **state)
{
    struct kit_text text = {0};
    (void)state;
    for (int i = 0; i < 1000; i++)
        kit_text_addf(&text, "f%d=1&", i);
    cJSON *form = kit_webhook_form(kit_text_get(&text), text.n);
    assert_int_equal(cJSON_GetArraySize(form), 100);
    cJSON_Delete(form);
    kit_text_finish(&text);
}

static int32_t keep(struct tocsin_response *response, const char *bytes, size_t n)
{
    kit_text_addn(response->ctx, bytes, n);
    return 0;
}

static void answers_tell_what_to_do_next(void **state)
{
    static const struct {
        int32_t emitted, status;
        const char *says;
    } rows[] = {
        {TOCSIN_EMITTED, 204, ""}, {TOCSIN_EMIT_RETRY, 503, "again"}, {TOCSIN_EMIT_REFUSED, 400, "not"}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text body = {0};
        struct tocsin_response response = {
            .size = sizeof(response), .status = 500, .ctx = &body, .write = keep};
        kit_webhook_acknowledge(&response, rows[i].emitted);
        assert_int_equal(response.status, rows[i].status);
        assert_int_equal(body.n != 0, *rows[i].says != '\0');
        assert_string_equal(response.content_type, body.n ? "text/plain; charset=utf-8" : "");
        assert_non_null(strstr(kit_text_get(&body), rows[i].says));
        kit_text_finish(&body);
    }
}

static void only_signed_json_is_taken(void **state)
{
    static const struct {
        const char *secret, *body;
        bool is_signed;
        int32_t status; /* 0: it was taken */
    } rows[] = {{"s", "{\"a\":1}", true, 0},
                {"s", "{\"a\":1}", false, 401},
                {"", "{\"a\":1}", true, 404},
                {"s", "a=1", true, 400},
                {"s", "a=1", false, 401}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text body = {0};
        struct tocsin_response response = {.size = sizeof(response), .ctx = &body, .write = keep};
        struct tocsin_request request = {
            .size = sizeof(request), .body = rows[i].body, .body_length = strlen(rows[i].body)};
        cJSON *json = kit_webhook_json(&request, rows[i].secret, rows[i].is_signed, &response);
        assert_int_equal(json != NULL, !rows[i].status);
        assert_int_equal(response.status, rows[i].status);
        cJSON_Delete(json);
        kit_text_finish(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found_by_name),          cmocka_unit_test(forms_become_objects_of_texts),
        cmocka_unit_test(a_form_with_too_many_fields_is_cut), cmocka_unit_test(answers_tell_what_to_do_next),
        cmocka_unit_test(only_signed_json_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
