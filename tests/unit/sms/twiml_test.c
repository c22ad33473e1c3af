/* What Twilio is told to do: well-formed XML, whatever the words are. */
#include "../../support/check.h"

#include <string.h>

#include "sms/twiml.h"

#define BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"

static void all_speech_is_where_keys_are_heard(void **state)
{
    (void)state;
    struct kit_text out = {0};
    twiml_ask("No. ", "INC-1 <slow> & \"late\"", "https://t.example/key?p=1&q='2'", &out);
    assert_string_equal(
        kit_text_get(&out),
        BEGIN "<Gather numDigits=\"1\" timeout=\"10\" action=\"https://t.example/key?p=1&amp;q=&apos;2&apos;\">"
              "<Say>No. INC-1 &lt;slow&gt; &amp; &quot;late&quot;. Press 1 to acknowledge.</Say></Gather>"
              "<Gather numDigits=\"1\" timeout=\"10\" action=\"https://t.example/key?p=1&amp;q=&apos;2&apos;\">"
              "<Say>INC-1 &lt;slow&gt; &amp; &quot;late&quot;. Press 1 to acknowledge.</Say></Gather>"
              "<Hangup/></Response>");
    kit_text_finish(&out);
}

static void what_xml_cannot_hold_is_left_out(void **state)
{
    (void)state;
    struct kit_text out = {0};
    twiml_say("a\x01\x1b[31mb\n\xef\xbf\xbf\xef\xbf\xbe東]]>", &out);
    assert_string_equal(kit_text_get(&out), BEGIN "<Say>a[31mb\n東]]&gt;</Say><Hangup/></Response>");
    kit_text_finish(&out);
}

static void a_message_is_answered_or_not(void **state)
{
    (void)state;
    struct kit_text out = {0};
    twiml_reply(NULL, &out);
    assert_string_equal(kit_text_get(&out), BEGIN "</Response>");
    kit_text_finish(&out);
    twiml_reply("a & b", &out);
    assert_string_equal(kit_text_get(&out), BEGIN "<Message>a &amp; b</Message></Response>");
    kit_text_finish(&out);
    twiml_wait("https://t.example/key?p=1&n=2", &out);
    assert_string_equal(
        kit_text_get(&out),
        BEGIN "<Pause length=\"1\"/><Redirect>https://t.example/key?p=1&amp;n=2</Redirect></Response>");
    kit_text_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_speech_is_where_keys_are_heard),
        cmocka_unit_test(what_xml_cannot_hold_is_left_out),
        cmocka_unit_test(a_message_is_answered_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
