/* What RT's transactions say, as events. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/quoted.h"
#include "rt/rt.h"
#include "rt/said.h"

/* A host that knows one ticket. */
static const char *kept;

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    assert_true(strncmp(key, "ticket/", 7) == 0);
    if (kept)
        snprintf(value, capacity, "%s", kept);
    return kept ? (int64_t)strlen(kept) : -1;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get};

static cJSON *event_of(const char *transaction, const char *attachments, enum kit_by by)
{
    cJSON *t = json(transaction), *a = json(attachments),
          *ticket = json("{'Subject':'Slow','Requestor':[{'id':'hank@acme.example'}]}");
    struct said said = {t, ticket, a, "https://rt.example.com", by};
    cJSON *event = said_event(&said, &host);
    cJSON_Delete(t);
    cJSON_Delete(a);
    cJSON_Delete(ticket);
    return event;
}

#define CREATOR "'Creator':{'id':'hank@acme.example','RealName':'Hank','EmailAddress':'hank@acme.example'}"
#define PLAIN   "{'items':[{'ContentType':'text/plain','Filename':'','Content':'Still slow.','Headers':'X: y'}]}"

static void a_customers_answer_is_a_reply(void **state)
{
    (void)state;
    kept = "{\"customer\":\"acme\",\"incident\":\"INC-4\"}";
    cJSON *event =
        event_of("{'id':'40','ObjectId':'17','Type':'Correspond'," CREATOR "}", PLAIN, KIT_BY_CUSTOMER);
    kept = NULL;
    cJSON *expected = json(
        "{'type':'reply','id':'rt:40','text':'Still slow.','address':'hank@acme.example','customer':'acme',"
        "'incident':'INC-4','name':'Hank','user':{'id':'hank@acme.example','name':'Hank','outside':true},"
        "'ticket':'17','message':'17/40','link':'https://rt.example.com/Ticket/Display.html?id=17#txn-40',"
        "'title':'Slow','files':[]}");
    assert_true(cJSON_Compare(event, expected, true));
    cJSON_Delete(expected);
    cJSON_Delete(event);
}

static void the_first_word_has_its_subject(void **state)
{
    (void)state;
    cJSON *event = event_of("{'id':'1','ObjectId':'2','Type':'Create'," CREATOR "}", PLAIN, KIT_BY_CUSTOMER);
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
        KIT_BY_CUSTOMER);
    assert_string_equal(kit_json_text(event, "text"), "Still slow.");
    cJSON_Delete(event);
    event = event_of("{'id':'1','ObjectId':'2','Type':'Correspond'," CREATOR "}",
                     "{'items':[{'ContentType':'text/html','Content':'<p>Still <b>slow</b> &amp; "
                     "odd.</p><blockquote>We see it"
                     "</blockquote>'}]}",
                     KIT_BY_CUSTOMER);
    assert_string_equal(kit_json_text(event, "text"), "Still slow & odd.");
    cJSON_Delete(event);
}

static void an_agents_reply_is_the_agents(void **state)
{
    (void)state;
    cJSON *event =
        event_of("{'id':'1','ObjectId':'2','Type':'Correspond','Creator':{'id':'ann','RealName':'Ann'}}", PLAIN,
                 KIT_BY_AGENT);
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
        KIT_BY_STRANGER);
    assert_string_equal(kit_json_text(event, "text"), "Away.");
    assert_true(kit_json_true(event, "unverified"));
    assert_true(kit_json_true(event, "automatic"));
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(kit_json_member(event, "files"), 0), "name"),
                        "notes.txt");
    cJSON_Delete(event);
    assert_null(event_of("{'id':'1','ObjectId':'2','Type':'Correspond'}", "{'items':[]}", KIT_BY_STRANGER));
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

#define NOTE(headers, text)                                                                                    \
    "{'items':[{'ContentType':'text/plain','Content':'" text "','Headers':'A: b\\n" headers "'}]}"
#define ROW "{'id':'41','ObjectId':'17','Type':'Comment','Creator':{'id':'ann','RealName':'Ann'}}"

static bool is_command(const char *attachments)
{
    cJSON *parts = json(attachments);
    bool is = said_is_command(parts);
    cJSON_Delete(parts);
    return is;
}

static void an_agents_comment_may_be_a_command(void **state)
{
    (void)state;
    cJSON *event = event_of(ROW, NOTE("X-RT-Interface: Web\\n", "!inc declare it is slow"), KIT_BY_AGENT);
    assert_string_equal(kit_json_text(event, "type"), "message");
    assert_string_equal(kit_json_text(event, "channel"), "17");
    assert_string_equal(kit_json_text(event, "text"), "!inc declare it is slow");
    assert_string_equal(kit_json_text(event, "title"), "Slow");
    cJSON_Delete(event);
    assert_null(event_of(ROW, NOTE("X-RT-Interface: Web\\n", "!inc declare"), KIT_BY_CUSTOMER));
    assert_null(event_of(ROW, NOTE("X-RT-Interface: Web\\n", "Do not tell them."), KIT_BY_AGENT));
}

static void a_mail_is_no_command(void **state)
{
    (void)state;
    assert_true(is_command(NOTE("X-RT-Interface: Web\\n", "!inc declare")));
    assert_true(is_command(NOTE("X-RT-Interface: REST\\n", "!inc declare")));
    assert_true(
        is_command("{'items':[{'ContentType':'text/plain','Content':'!inc declare','Headers':'X-RT-Interface: "
                   "REST\\nA: b'}]}")); /* RT's headers have no order */
    assert_false(is_command(NOTE("X-RT-Interface: Email\\n", "!inc declare")));
    assert_false(is_command(NOTE("", "!inc declare")));
    assert_false(is_command(NOTE("X-RT-Interface: Web\\n", "not !inc declare")));
    assert_false(
        is_command("{'items':[{'Headers':'X-RT-Interface: Email\\nFrom: ann\\n'},"
                   "{'ContentType':'text/plain','Content':'!inc declare','Headers':'A: b\\nX-RT-Interface: "
                   "Web\\n'}]}"));
}

static void a_row_is_a_ticket(void **state)
{
    (void)state;
    cJSON *row =
        json("{'id':'17','Subject':'Slow','Status':'stalled','Requestor':[{'id':'hank','EmailAddress':"
             "'hank@acme.example','RealName':'Hank','Organization':'Acme'}],'_hyperlinks':[{'ref':'child'}]}");
    struct kit_ticket ticket = said_ticket(row, "https://rt.example.com/17", false);
    cJSON *members = kit_ticket_json(&ticket),
          *expected = json("{'ticket':'17','link':'https://rt.example.com/17','state':'open','kind':'parent',"
                           "'title':'Slow','status':'stalled','address':'hank@acme.example','name':'Hank',"
                           "'organisation':'Acme'}");
    assert_true(cJSON_Compare(members, expected, true));
    cJSON_Delete(expected);
    cJSON_Delete(members);
    cJSON_Delete(row);
}

static void links_lead_to_tickets(void **state)
{
    (void)state;
    static const char web[] = "https://rt.example.com";
    char number[KIT_ID_BYTES];
    assert_true(said_linked(web, "https://rt.example.com/Ticket/Display.html?id=17#txn-40", number));
    assert_string_equal(number, "17");
    assert_true(said_linked(web, "https://rt.example.com/Ticket/Update.html?Action=Comment&id=18", number));
    assert_string_equal(number, "18");
    assert_false(said_linked(web, "https://rt.example.com/Search/Results.html?Query=1", number));
    assert_false(said_linked(web, "https://rt.example.com.evil/Ticket/Display.html?id=17", number));
}

static void texts_are_quoted_in_queries(void **state)
{
    (void)state;
    struct kit_text sql = {0};
    rt_equals(&sql, "Queue", "it's a \\ queue");
    assert_string_equal(kit_text_get(&sql), "Queue = 'it\\'s a \\\\ queue'");
    kit_text_finish(&sql);
}

static void a_line_is_found_by_its_begin(void **state)
{
    (void)state;
    assert_string_equal(kit_line_after("A: b\nsubject: Slow", "Subject: "), "Slow");
    assert_string_equal(kit_line_after("Subject: Slow", "Subject: "), "Slow");
    assert_null(kit_line_after("A: Subject: Slow\n", "Subject: "));
    assert_null(kit_line_after("", "Subject: "));
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
        cmocka_unit_test(an_agents_comment_may_be_a_command),
        cmocka_unit_test(a_mail_is_no_command),
        cmocka_unit_test(a_row_is_a_ticket),
        cmocka_unit_test(links_lead_to_tickets),
        cmocka_unit_test(a_line_is_found_by_its_begin),
        cmocka_unit_test(texts_are_quoted_in_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
