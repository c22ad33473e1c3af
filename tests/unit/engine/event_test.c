#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "engine/event.h"

static void every_type_round_trips(void **state)
{
    (void)state;
    for (int t = 1; t < EVENT_TYPE_COUNT; t++) {
        struct event event = {.type = (enum event_type)t,
                              .incident = 42,
                              .text = xstrdup("a \"text\"\n"),
                              .name = xstrdup("n"),
                              .value = xstrdup("v"),
                              .rule = xstrdup("policy.lua:3"),
                              .data = xstrdup("{\"a\":[1,2]}"),
                              .until = 5,
                              .other = 7,
                              .count = 9,
                              .status = STATUS_FIXING,
                              .flag = true,
                              .subject = xstrdup("s")};
        struct event back = {0};
        struct error err = {0};
        CLEANUP_STR struct str stream = {0}, once = {0}, twice = {0};
        event_stream(&event, &stream);
        event_encode(&event, &once);
        assert_int_equal(event_decode(stream.p, event_kind(event.type)->name, once.p, &back, &err), 0);
        event_encode(&back, &twice);
        assert_string_equal(once.p, twice.p);
        assert_int_equal(event_type_parse(event_kind(event.type)->name), t);
        event_finish(&event);
        event_finish(&back);
    }
}

static void a_missing_field_is_corrupt(void **state)
{
    (void)state;
    struct event event;
    struct error err = {0};
    assert_int_equal(event_decode("INC-1", "noted", "{\"r\":1}", &event, &err), ERR_CORRUPT);
    assert_int_equal(event_decode("INC-1", "flown", "{}", &event, &err), ERR_CORRUPT);
    assert_non_null(strstr(err.text, "flown"));
}

static const char *name_of(void *ctx, const char *id)
{
    (void)ctx;
    return strcmp(id, "ana") == 0 ? "Ana" : NULL;
}

static void sentences_are_for_people(void **state)
{
    (void)state;
    struct event event = {.type = EVENT_STATUS,
                          .incident = 42,
                          .by = "ana",
                          .name = "pause",
                          .text = "waiting for the bank",
                          .status = STATUS_PAUSED,
                          .until = 1764061200000};
    CLEANUP_STR struct str text = {0};
    event_describe(&event, 1764000000000, NULL, name_of, NULL, &text);
    assert_string_equal(text.p, "Ana paused it until [tomorrow 09:00](time:1764061200): waiting for the bank");
    str_clear(&text);
    event = (struct event){.type = EVENT_DECLARED, .by = "rule", .text = "boom", .rule = "policy.lua:3"};
    event_describe(&event, 0, NULL, name_of, NULL, &text);
    assert_string_equal(text.p, "rule declared it: boom (rule policy.lua:3)");
    str_clear(&text);
    event = (struct event){.type = EVENT_ALERT_STATE, .by = "rule", .name = "resolved"};
    event_describe(&event, 0, NULL, name_of, NULL, &text);
    assert_string_equal(text.p, "alert resolved");
    str_clear(&text);
    event = (struct event){.type = EVENT_CUSTOMER, .name = "acme-1", .text = "Acme"};
    event_describe(&event, 0, NULL, name_of, NULL, &text);
    assert_string_equal(text.p, "customer acme-1 (Acme) is affected");
    str_clear(&text);
    event.name = "Acme"; /* named by hand: the same twice says nothing */
    event_describe(&event, 0, NULL, name_of, NULL, &text);
    assert_string_equal(text.p, "customer Acme is affected");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_round_trips),
        cmocka_unit_test(a_missing_field_is_corrupt),
        cmocka_unit_test(sentences_are_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
