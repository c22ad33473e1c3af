/* What conversations and tickets of Intercom say, as events. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/quoted.h"
#include "intercom/intercom.h"

static const char *kept = ""; /* of every ticket */

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    (void)key;
    size_t n = strlen(kept);
    if (!n)
        return -1;
    memcpy(value, kept, n < capacity ? n : capacity);
    return (int64_t)n;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get};
static struct intercom intercom = {
    .kit = {.host = &host}, .admin = "7", .inbox = "https://app.intercom.com/a/inbox/abc123"};

static int forget(void **state)
{
    (void)state;
    kept = "";
    return 0;
}

#define HANK "{'type':'user','id':'6762f0f3','name':'Hank','email':'hank@acme.example'}"
#define ANN  "{'type':'admin','id':'8','name':'Ann','email':'ann@example.com'}"
#define RECORD                                                                                                 \
    "{'type':'conversation','id':'471','state':'open','contacts':{'contacts':[{'id':'6762f0f3'}]},"            \
    "'source':{'subject':'Slow','body':'<p>Since 9:00</p>','author':" HANK "}}"

/* The event of a part of that conversation; NULL: of its first message. */
static cJSON *event_of(const char *part)
{
    cJSON *record = json(RECORD), *p = part ? json(part) : NULL, *event = said_event(&intercom, record, p);
    cJSON_Delete(record);
    cJSON_Delete(p);
    return event;
}

static void assert_event(cJSON *event, const char *expected)
{
    cJSON *wanted = json(expected);
    assert_true(cJSON_Compare(event, wanted, true));
    cJSON_Delete(wanted);
    cJSON_Delete(event);
}

static void a_customers_answer_is_a_reply(void **state)
{
    (void)state;
    kept = "{\"customer\":\"acme\",\"incident\":\"INC-4\"}";
    assert_event(event_of("{'id':'203','part_type':'open','body':'<p>Still <i>slow</i></p>','author':" HANK
                          ",'attachments':[{'name':'a.png','url':'https://x'}]}"),
                 "{'type':'reply','id':'intercom:471/203','text':'Still slow','address':'hank@acme.example',"
                 "'customer':'acme','incident':'INC-4','name':'Hank','user':{'id':'6762f0f3','name':'Hank',"
                 "'outside':true},'ticket':'471','title':'Slow','message':'471/203',"
                 "'link':'https://app.intercom.com/a/inbox/abc123/inbox/conversation/471',"
                 "'files':[{'name':'a.png'}]}");
}

static void the_first_word_has_its_subject(void **state)
{
    (void)state;
    cJSON *event = event_of(NULL);
    assert_string_equal(kit_json_text(event, "text"), "Slow\n\nSince 9:00");
    assert_string_equal(kit_json_text(event, "id"), "intercom:471/source");
    cJSON_Delete(event);
}

static void agents_speak_publicly_and_command_in_notes(void **state)
{
    (void)state;
    cJSON *event = event_of("{'id':'1','part_type':'comment','body':'<p>Hello</p>','author':" ANN "}");
    assert_true(kit_json_true(event, "agent"));
    assert_string_equal(kit_json_text(event, "address"), "hank@acme.example");
    cJSON_Delete(event);
    event = event_of("{'id':'2','part_type':'note','body':'<p>!inc it is slow</p>','author':" ANN "}");
    assert_string_equal(kit_json_text(event, "type"), "message");
    assert_string_equal(kit_json_text(event, "channel"), "471");
    assert_string_equal(kit_json_text(event, "text"), "!inc it is slow");
    assert_null(kit_json_member(kit_json_member(event, "user"), "email")); /* nobody has verified it */
    cJSON_Delete(event);
}

static void nothing_else_is_said(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "{'id':'1','part_type':'note','body':'<p>Only us</p>','author':" ANN "}",
        "{'id':'1','part_type':'note','body':'<p>!inc x</p>','author':" HANK "}",
        "{'id':'1','part_type':'note_and_reopen','body':'<p>x</p>','author':" ANN "}",
        "{'id':'1','part_type':'assignment','body':'<p>x</p>','author':" ANN "}",
        "{'id':'1','part_type':'close','body':null,'author':" ANN "}",
        "{'id':'1','part_type':'comment','body':'<p>x</p>','author':{'type':'admin','id':'7'}}", /* ours */
        "{'id':'1','part_type':'comment','body':'<p>x</p>','author':{'type':'bot','id':'1'}}",
        "{'part_type':'comment','body':'<p>x</p>','author':" HANK "}",
        "{'id':'1'}",
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        assert_null(event_of(parts[i]));
}

static void a_lead_is_known_as_the_contact_whom_we_wrote_to(void **state)
{
    (void)state;
    static const char lead[] =
        "{'id':'1','part_type':'comment','body':'x < y','author':{'type':'lead','id':'6762f0f3'}}";
    cJSON *event = event_of(lead);
    assert_true(kit_json_true(event, "unverified"));
    assert_string_equal(kit_json_text(event, "text"), "x < y"); /* a webhook may have plain text */
    cJSON_Delete(event);
    kept = "{\"customer\":\"acme\"}";
    event = event_of(lead);
    assert_false(kit_json_true(event, "unverified"));
    cJSON_Delete(event);
}

static void a_new_tag_declares_with_the_title_as_a_title(void **state)
{
    (void)state;
    cJSON *record =
        json("{'type':'conversation','id':'471','title':'It \\u0022is\\u0022 down --private','tags':{'tags':["
             "{'name':'other','applied_at':100,'"
             "applied_by':" ANN "},"
             "{'name':'incident','applied_at':100,'"
             "applied_by':" ANN "}]}}");
    intercom.kit.settings = json("{'tag':'incident'}");
    cJSON *event = said_tagged(&intercom, record, 100);
    assert_string_equal(kit_json_text(event, "text"), "!inc declare \"It 'is' down --private\"");
    assert_string_equal(kit_json_text(event, "id"), "intercom:471/tag-100");
    cJSON_Delete(event);
    assert_null(said_tagged(&intercom, record, 101));
    cJSON_Delete(intercom.kit.settings);
    intercom.kit.settings = NULL;
    assert_null(said_tagged(&intercom, record, 0));
    cJSON_Delete(record);
}

static void a_record_is_a_ticket(void **state)
{
    (void)state;
    struct said_ticket at;
    cJSON *record =
        json("{'type':'ticket','id':'626','category':'Tracker','ticket_attributes':{'_default_title_':'INC-4'},"
             "'ticket_state':{'category':'resolved','internal_label':'Done'}}");
    said_ticket(&intercom, record, &at);
    assert_string_equal(at.id, "t626");
    assert_string_equal(at.ticket.title, "INC-4");
    assert_string_equal(at.ticket.status, "Done");
    assert_true(at.ticket.done && at.ticket.parent);
    cJSON_Delete(record);
    record = json(RECORD);
    said_ticket(&intercom, record, &at);
    assert_string_equal(at.ticket.status, "open");
    assert_false(at.ticket.done || at.ticket.parent);
    cJSON_Delete(record);
    said_ticket(&intercom, NULL, &at);
    assert_string_equal(at.id, "");
}

static void ids_are_read(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "t", "x1", "471x", "/471", "message/17", "123456789012345678901234", "incidents"};
    char id[KIT_ID_BYTES];
    assert_true(said_id("471/203", id));
    assert_string_equal(id, "471");
    assert_true(said_id("t626", id));
    assert_string_equal(id, "t626");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(said_id(bad[i], id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_customers_answer_is_a_reply, forget),
        cmocka_unit_test_setup(the_first_word_has_its_subject, forget),
        cmocka_unit_test_setup(agents_speak_publicly_and_command_in_notes, forget),
        cmocka_unit_test_setup(nothing_else_is_said, forget),
        cmocka_unit_test_setup(a_lead_is_known_as_the_contact_whom_we_wrote_to, forget),
        cmocka_unit_test_setup(a_new_tag_declares_with_the_title_as_a_title, forget),
        cmocka_unit_test_setup(a_record_is_a_ticket, forget),
        cmocka_unit_test_setup(ids_are_read, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
