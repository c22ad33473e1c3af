/* What a connector is made of: it opens with its addresses and headers, and closes where its settings are wrong. */
#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

struct desk {
    struct kit_instance kit;
    const char *queue;
};

static void tell(struct kit_task *task)
{
    const struct desk *desk = task->api->self;
    kit_result(task->result, TOCSIN_REFUSED, "no %s", desk->queue);
}

static const struct kit_performer performers[] = {{"desk.tell", tell}, {0}};
static const struct kit_api api = {.name = "Desk"};
static const struct tocsin_host host = {.size = sizeof(host)};

static int32_t desk_open(const char *settings, void **ret_self, struct tocsin_error *error)
{
    struct desk *desk = kit_instance_begin(sizeof(*desk), &api, performers, &host, settings);
    desk->queue = kit_json_text(desk->kit.settings, "queue");
    desk->kit.api.base =
        kit_instance_text(desk, "%s/api", kit_instance_url(desk, kit_json_text(desk->kit.settings, "url")));
    kit_instance_login(desk, "Aladdin", "open sesame");
    kit_instance_header(desk, "Version", "%d", 2);
    return kit_instance_end(desk, *desk->queue ? 0 : kit_fail(error, TOCSIN_E_CONFIG, "`queue` is empty"),
                            ret_self, error);
}

static void what_is_open_performs(void **state)
{
    (void)state;
    void *self = NULL;
    struct tocsin_error error = {.size = sizeof(error)};
    assert_int_equal(desk_open("{\"queue\":\"Support\",\"url\":\"https://desk.example.com//\"}", &self, &error),
                     0);
    const struct desk *desk = self;
    assert_ptr_equal(desk->kit.host, &host);
    assert_ptr_equal(desk->kit.api.host, &host);
    assert_ptr_equal(desk->kit.api.self, self);
    assert_string_equal(desk->kit.api.base, "https://desk.example.com/api");
    assert_int_equal(desk->kit.api.header_count, 2);
    assert_string_equal(desk->kit.api.headers[0].name, "Authorization");
    assert_string_equal(desk->kit.api.headers[0].value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_string_equal(desk->kit.api.headers[1].value, "2");
    assert_non_null(desk->kit.api.http);
    assert_non_null(desk->kit.followed);
    struct tocsin_action action = {
        .kind = "desk.tell", .body = "{}", .body_length = 2, .deadline_ms = 5000, .key = "k", .id = "1"};
    struct tocsin_result result = {.size = sizeof(result)};
    kit_instance_perform(self, &action, &result);
    assert_string_equal(result.detail, "no Support");
    kit_instance_stop(self); /* before run: it returns at once */
    assert_int_equal(kit_rounds_run(desk->kit.rounds, 1000, NULL, NULL, &error), 0);
    kit_instance_close(self);
    kit_instance_close(NULL);
}

static void wrong_settings_close_it(void **state)
{
    (void)state;
    void *self = NULL;
    struct tocsin_error error = {.size = sizeof(error)};
    assert_int_equal(desk_open("{\"url\":\"https://desk.example.com\"}", &self, &error), TOCSIN_E_CONFIG);
    assert_string_equal(error.text, "`queue` is empty");
    assert_null(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_open_performs),
        cmocka_unit_test(wrong_settings_close_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
