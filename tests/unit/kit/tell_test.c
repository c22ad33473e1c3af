/* A message to a customer: into the ticket of its conversation, or into one that is opened; what is refused, and what nobody takes. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/desk.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/tell.h>

static bool there; /* is the ticket of the thread */
static char wrote[300];
static struct tocsin_result result;

static void write_down(const char *how, const struct kit_message *message)
{
    snprintf(wrote, sizeof(wrote), "%s %s to %s about '%s': %s", how,
             message->internal ? "a note" : "a message", message->address ? message->address : "nobody",
             message->subject, message->html);
}

static bool reply(const struct kit_message *message)
{
    assert_string_equal(message->thread, "17/203");
    if (there)
        write_down("replied", message);
    return there;
}

static void open_ticket(const struct kit_message *message)
{
    write_down("opened", message);
}

static int32_t tell(const char *body)
{
    static const char text[] = "{\"customers\":{\"acme\":\"ops@acme.example\"}}";
    struct kit_instance kit = {.settings = kit_json_parse(text, strlen(text))};
    cJSON *json = kit_json_parse(body, strlen(body));
    kit.api.self = &kit;
    result = (struct tocsin_result){.size = sizeof(result)};
    wrote[0] = '\0';
    struct kit_task task = {.api = &kit.api, .result = &result, .body = json};
    kit_tell(&task, reply, open_ticket);
    cJSON_Delete(kit.settings);
    cJSON_Delete(json);
    return result.code;
}

static void a_message_goes_on_or_opens_a_ticket(void **state)
{
    (void)state;
    there = true;
    assert_int_equal(tell("{\"thread\":\"17/203\",\"text\":\"We **see** it\"}"), TOCSIN_DONE);
    assert_string_equal(
        wrote,
        "replied a message to nobody about 'Message about an incident': <p>We <strong>see</strong> it</p>");
    there = false;
    assert_int_equal(
        tell("{\"customer\":\"acme\",\"previous\":\"17/203\",\"incident\":\"INC-4\",\"text\":\"x\"}"),
        TOCSIN_DONE);
    assert_string_equal(wrote, "opened a message to ops@acme.example about 'Message about INC-4': <p>x</p>");
    assert_int_equal(
        tell("{\"customer\":\"acme\",\"address\":\"hank@acme.example\",\"subject\":\"Slow\",\"text\":\"x\"}"),
        TOCSIN_DONE);
    assert_string_equal(wrote, "opened a message to hank@acme.example about 'Slow': <p>x</p>");
}

static void without_an_address_nobody_is_told(void **state)
{
    (void)state;
    there = false;
    assert_int_equal(tell("{\"customer\":\"globex\",\"text\":\"x\"}"), TOCSIN_DONE);
    assert_string_equal(wrote, "");
    assert_string_equal(result.remote_id, "");
}

static void a_note_needs_its_ticket(void **state)
{
    (void)state;
    there = true;
    assert_int_equal(tell("{\"thread\":\"17/203\",\"internal\":true,\"text\":\"x\"}"), TOCSIN_DONE);
    assert_string_equal(wrote, "replied a note to nobody about 'Message about an incident': <p>x</p>");
    there = false;
    assert_int_equal(tell("{\"thread\":\"17/203\",\"internal\":true,\"address\":\"5\",\"text\":\"x\"}"),
                     TOCSIN_REFUSED);
    assert_string_equal(result.detail, "there is no ticket to write the note into");
    assert_int_equal(tell("{\"internal\":true,\"address\":\"5\",\"text\":\"x\"}"), TOCSIN_REFUSED);
    assert_string_equal(wrote, "");
}

static void what_is_empty_is_refused(void **state)
{
    (void)state;
    assert_int_equal(tell("{\"address\":\"5\",\"text\":\"\"}"), TOCSIN_REFUSED);
    assert_string_equal(result.detail, "the message is empty");
}

static void a_wrong_address_in_the_settings_is_named(void **state)
{
    (void)state;
    static const char good[] = "{\"customers\":{\"acme\":\"ops@acme.example\"}}",
                      bad[] = "{\"customers\":{\"acme\":\"ops@acme.example\",\"globex\":7}}";
    cJSON *settings = kit_json_parse(good, strlen(good));
    assert_null(kit_wrong_customer(settings, kit_is_mail_address));
    cJSON_Delete(settings);
    settings = kit_json_parse(bad, strlen(bad));
    assert_string_equal(kit_wrong_customer(settings, kit_is_mail_address), "globex");
    cJSON_Delete(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_goes_on_or_opens_a_ticket),
        cmocka_unit_test(without_an_address_nobody_is_told),
        cmocka_unit_test(a_note_needs_its_ticket),
        cmocka_unit_test(what_is_empty_is_refused),
        cmocka_unit_test(a_wrong_address_in_the_settings_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
