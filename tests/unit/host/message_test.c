#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "host/message.h"

static int parse(const char *json, enum message_side side, enum message_phase phase, enum message_type *ret)
{
    CLEANUP_JSON cJSON *message = NULL;
    struct error err;
    return message_parse(json, strlen(json), side, phase, ret, &message, &err);
}

static void every_message_parses_on_the_other_side(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGE_TYPES; i++) {
        CLEANUP_STR struct str out = {0};
        struct json_out j = message_begin((enum message_type)i, &out);
        enum message_type type = MESSAGE_TYPES;
        int understood = 0;
        json_put_int(&j, "token", 1);
        json_end_object(&j);
        for (int side = FROM_RUNNER; side <= FROM_CORE; side++) {
            for (int phase = PHASE_HELLO; phase <= PHASE_STOP; phase *= 2)
                understood += parse(out.p, (enum message_side)side, (enum message_phase)phase, &type) == 0;
        }
        assert_in_range(understood, 1, 5);
        assert_int_equal(type, i);
    }
}

static void phase_and_side_are_checked(void **state)
{
    (void)state;
    enum message_type type;
    assert_int_equal(parse("{\"t\":\"hello\"}", FROM_RUNNER, PHASE_HELLO, &type), 0);
    assert_int_equal(parse("{\"t\":\"hello\"}", FROM_RUNNER, PHASE_RUN, &type), ERR_INVALID);
    assert_int_equal(parse("{\"t\":\"hello\"}", FROM_CORE, PHASE_HELLO, &type), ERR_INVALID);
    assert_int_equal(parse("{\"t\":\"event\"}", FROM_RUNNER, PHASE_DESCRIBE, &type), ERR_INVALID);
    assert_int_equal(parse("{\"t\":\"perform\"}", FROM_CORE, PHASE_OPEN, &type), ERR_INVALID);
    assert_int_equal(parse("{\"t\":\"settings\"}", FROM_CORE, PHASE_RUN, &type), ERR_INVALID);
    assert_int_equal(parse("{\"t\":\"stop\"}", FROM_CORE, PHASE_STOP, &type), ERR_INVALID);
}

static void malformed_messages_are_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "[]",
                                        "{}",
                                        "null",
                                        "{\"t\":1}",
                                        "{\"t\":\"nonsense\"}",
                                        "{\"t\":\"log\"} x",
                                        "{\"t\":\"log\",\"text\":\"\xff\"}"};
    (void)state;
    enum message_type type;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        assert_true(parse(texts[i], FROM_RUNNER, PHASE_RUN, &type) < 0);
    CLEANUP_STR struct str deep = {0};
    str_add(&deep, "{\"t\":\"log\",\"text\":");
    for (int i = 0; i < MESSAGE_DEPTH; i++)
        str_addc(&deep, '[');
    for (int i = 0; i < MESSAGE_DEPTH; i++)
        str_addc(&deep, ']');
    str_addc(&deep, '}');
    assert_true(parse(deep.p, FROM_RUNNER, PHASE_RUN, &type) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_parses_on_the_other_side),
        cmocka_unit_test(phase_and_side_are_checked),
        cmocka_unit_test(malformed_messages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
