/* What RT's transactions say, as events. */
#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "rt/rt.h"
#include "rt/said.h"

static cJSON *json(const char *text)
{
    char *copy = strdup(text);
    for (char *p = copy; *p; p++) {
        if (*p == '\'')
            *p = '"';
    }
    cJSON *value = kit_json_parse(copy, strlen(copy));
    assert_non_null(value);
    free(copy);
    return value;
}

static cJSON *event_of(const char *transaction, const char *attachments, const char *kept, enum said_by by)
{
    cJSON *t = json(transaction), *a = json(attachments), *k = kept ? json(kept) : NULL,
          *ticket = json("{'Subject':'Slow','Requestor':[{'id':'hank@acme.example'}]}");
    struct said said = {t, ticket, a, k, "https://rt.example.com", by};
    cJSON *event = said_event(&said);
    cJSON_Delete(t);
    cJSON_Delete(a);
    cJSON_Delete(k);
    cJSON_Delete(ticket);
    return event;
}

#define CREATOR "'Creator':{'id':'hank@acme.example','RealName':'Hank','EmailAddress':'hank@acme.example'}"
#define PLAIN   "{'items':[{'ContentType':'text/plain','Filename':'','Content':'Still slow.','Headers':'X: y'}]}"

static void a_customers_answer_is_a_reply(void **state)
{
    (void)state;
    cJSON *event = event_of("{'id':'40','ObjectId':'17','Type':'Correspond'," CREATOR "}", PLAIN,
                            "{'customer':'acme','incident':'INC-4'}", SAID_BY_CUSTOMER);
    cJSON *expected = json(
        "{'type':'reply','id':'rt:40','text':'Still slow.','address':'hank@acme.example','customer':'acme',"
        "'incident':'INC-4','name':'Hank','user':{'id':'hank@acme.example','name':'Hank','outside':true},"
        "'ticket':'17','message':'17/40','link':'https://rt.example.com/Ticket/Display.html?id=17#txn-40',"
        "'files':[]}");
    assert_true(cJSON_Compare(event, expected, true));
    cJSON_Delete(expected);
    cJSON_Delete(event);
}

static void the_first_word_has_its_subject(void **state)
{
    (void)state;
    cJSON *event =
        event_of("{'id':'1','ObjectId':'2','Type':'Create'," CREATOR "}", PLAIN, NULL, SAID_BY_CUSTOMER);
    assert_string_equal(kit_json_text(event, "text"), "Slow\n\nStill slow.");
    assert_null(kit_json_member(event, "incident"));
    cJSON_Delete(event);
}

static void quotes_are_cut_and_html_is_text(void **state)
{
    (void)state;
    cJSON *event = event_of(
        "{'id':'1','ObjectId':'2','Type':'Correspond'," CREATOR "}",
        "{'items':[{'ContentType':'text/plain','Content':'Still slow.\\n\\nOn Mon, Nov 3, 2025 at 9:12 AM "
        "Support <s@example.com> wrote:\\n> We see it'}]}",
        NULL, SAID_BY_CUSTOMER);
    assert_string_equal(kit_json_text(event, "text"), "Still slow.");
    cJSON_Delete(event);
    event = event_of("{'id':'1','ObjectId':'2','Type':'Correspond'," CREATOR "}",
                     "{'items':[{'ContentType':'text/html','Content':'<p>Still <b>slow</b> &amp; "
                     "odd.</p><blockquote>We see it"
                     "</blockquote>'}]}",
                     NULL, SAID_BY_CUSTOMER);
    assert_string_equal(kit_json_text(event, "text"), "Still slow & odd.");
    cJSON_Delete(event);
}

static void an_agents_reply_is_the_agents(void **state)
{
    (void)state;
    cJSON *event =
        event_of("{'id':'1','ObjectId':'2','Type':'Correspond','Creator':{'id':'ann','RealName':'Ann'}}", PLAIN,
                 NULL, SAID_BY_AGENT);
    assert_true(kit_json_true(event, "agent"));
    assert_string_equal(kit_json_text(event, "address"), "hank@acme.example"); /* whom it went to */
    assert_string_equal(kit_json_text(event, "name"), "Ann");
    assert_null(kit_json_member(kit_json_member(event, "user"), "outside"));
    cJSON_Delete(event);
}

static void a_stranger_is_not_verified_and_a_machine_is_told(void **state)
{
    (void)state;
    cJSON *event = event_of(
        "{'id':'1','ObjectId':'2','Type':'Correspond','Creator':{'id':'eve@evil.example'}}",
        "{'items':[{'ContentType':'multipart/mixed','Headers':'From: eve\\nAuto-Submitted: auto-replied\\n'},"
        "{'ContentType':'text/plain','Filename':'notes.txt','Content':'a file'},"
        "{'ContentType':'text/plain','Filename':'','Content':'Away.'}]}",
        NULL, SAID_BY_STRANGER);
    assert_string_equal(kit_json_text(event, "text"), "Away.");
    assert_true(kit_json_true(event, "unverified"));
    assert_true(kit_json_true(event, "automatic"));
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(kit_json_member(event, "files"), 0), "name"),
                        "notes.txt");
    cJSON_Delete(event);
    assert_null(
        event_of("{'id':'1','ObjectId':'2','Type':'Correspond'}", "{'items':[]}", NULL, SAID_BY_STRANGER));
}

static void requesters_and_copied_people_are_the_customer(void **state)
{
    (void)state;
    cJSON *ticket = json("{'Requestor':[{'id':'Hank'}],'Cc':[{'id':'jo'}],'AdminCc':[{'id':'ann'}]}");
    assert_true(said_by_requester(ticket, "hank"));
    assert_true(said_by_requester(ticket, "jo"));
    assert_false(said_by_requester(ticket, "ann"));
    assert_false(said_by_requester(ticket, ""));
    cJSON_Delete(ticket);
}

static void texts_are_quoted_in_queries(void **state)
{
    (void)state;
    struct kit_text sql = {0};
    rt_equals(&sql, "Queue", "it's a \\ queue");
    assert_string_equal(kit_text_get(&sql), "Queue = 'it\\'s a \\\\ queue'");
    kit_text_finish(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_customers_answer_is_a_reply),
        cmocka_unit_test(the_first_word_has_its_subject),
        cmocka_unit_test(quotes_are_cut_and_html_is_text),
        cmocka_unit_test(an_agents_reply_is_the_agents),
        cmocka_unit_test(a_stranger_is_not_verified_and_a_machine_is_told),
        cmocka_unit_test(requesters_and_copied_people_are_the_customer),
        cmocka_unit_test(texts_are_quoted_in_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
