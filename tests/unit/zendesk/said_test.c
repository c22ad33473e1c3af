/* What audits of Zendesk say, as events. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/quoted.h"
#include "zendesk/zendesk.h"

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    static const char kept[] = "{\"customer\":\"acme\",\"incident\":\"INC-4\"}";
    (void)ctx;
    if (strcmp(key, "ticket/17") != 0 || capacity < sizeof(kept))
        return -1;
    memcpy(value, kept, sizeof(kept) - 1);
    return sizeof(kept) - 1;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get};
static const struct zendesk zd = {.kit = {.host = &host}, .web = "https://acme.zendesk.com"};

#define TICKET                                                                                                 \
    "{'id':17,'subject':'Slow','status':'open','created_at':'2026-11-29T18:30:00Z','requester_id':5,'"         \
    "organization_id':9,'email_cc_ids':[6]}"
#define RECORDS                                                                                                \
    "{'users':[{'id':5,'name':'Hank','role':'end-user','email':'hank@acme.example','verified':true},"          \
    "{'id':6,'name':'Jo','role':'end-user'},{'id':7,'name':'Ann','role':'agent','email':'ann@example.com',"    \
    "'verified':true}],'organizations':[{'id':9,'name':'Acme'}]}"
#define OTHERS                                                                                                 \
    "{'users':[{'id':8,'name':'Eve','role':'end-user','email':'eve@evil.example'},"                            \
    "{'id':10,'name':'Kim','role':'end-user','organization_id':9}]}"

/* Eve and Kim are not in the answer. */
static cJSON *events_of(const char *ticket, const char *audit)
{
    cJSON *answer = json(RECORDS), *others = json(OTHERS), *a = json(audit);
    struct said said = {&zd, answer, others, 1795976430000};
    cJSON_AddItemToObject(answer, "ticket", json(ticket));
    cJSON *events = said_events(&said, a);
    cJSON_Delete(answer);
    cJSON_Delete(others);
    cJSON_Delete(a);
    return events;
}

#define AUDIT(author, more, events)                                                                            \
    "{'id':300,'author_id':" author ",'created_at':'2026-11-29T18:20:30Z'," more "'events':[" events "]}"
#define COMMENT(author, is_public, text)                                                                       \
    "{'id':40,'type':'Comment','author_id':" author ",'public':" is_public ",'plain_body':'" text "'}"

/* The only event of an audit; NULL: it has none. The caller deletes. */
static cJSON *event_of(const char *audit)
{
    cJSON *events = events_of(TICKET, audit);
    assert_true(cJSON_GetArraySize(events) <= 1);
    cJSON *event = cJSON_DetachItemFromArray(events, 0);
    cJSON_Delete(events);
    return event;
}

static void check(const char *audit, const char *expected)
{
    cJSON *event = event_of(audit), *wanted = json(expected);
    if (!cJSON_Compare(event, wanted, true)) {
        char *text = cJSON_Print(event);
        print_error("%s\n", text ? text : "no event");
        fail();
    }
    cJSON_Delete(event);
    cJSON_Delete(wanted);
}

#define PLACE "'message':'17/40','link':'https://acme.zendesk.com/agent/tickets/17','title':'Slow'"

static void a_public_comment_is_a_reply(void **state)
{
    (void)state;
    check(AUDIT("5", "",
                COMMENT("5", "true",
                        "Still slow.\\n\\nOn Mon, Nov 3, 2025 at 9:12 AM Support "
                        "<s@example.com> wrote:\\n> We see it")),
          "{'type':'reply','id':'zendesk:40','ticket':'17'," PLACE ",'text':'Still slow.','name':'Hank',"
          "'user':{'id':'5','name':'Hank','outside':true},'address':'hank@acme.example','customer':'acme',"
          "'organisation':'Acme','incident':'INC-4','files':[]}");
    check(AUDIT("7", "", COMMENT("7", "true", "I look.")),
          "{'type':'reply','id':'zendesk:40','ticket':'17'," PLACE
          ",'text':'I look.','name':'Ann','agent':true,"
          "'user':{'id':'7','name':'Ann','email':'ann@example.com'},'address':'hank@acme.example',"
          "'customer':'acme','incident':'INC-4','files':[]}");
}

static void the_first_word_has_its_subject_and_files_have_links(void **state)
{
    (void)state;
    check("{'id':300,'author_id':5,'created_at':'2026-11-29T18:30:00Z','events':[{'id':40,'type':'Comment',"
          "'author_id':5,'public':true,'body':'Since 9:00.','attachments':[{'file_name':'a/log.txt',"
          "'content_url':'https://acme.zendesk.com/x','size':12},{'file_name':''}]}]}",
          "{'type':'reply','id':'zendesk:40','ticket':'17'," PLACE
          ",'text':'Slow\\n\\nSince 9:00.','name':'Hank',"
          "'user':{'id':'5','name':'Hank','outside':true},'address':'hank@acme.example','customer':'acme',"
          "'organisation':'Acme','incident':'INC-4','files':[{'name':'a/log.txt','url':'https://"
          "acme.zendesk.com/x','size':12}]}");
}

static bool has_flag(const char *audit, const char *flag)
{
    cJSON *event = event_of(audit);
    assert_non_null(event);
    bool has = kit_json_true(event, flag);
    cJSON_Delete(event);
    return has;
}

static void only_who_belongs_there_is_verified(void **state)
{
    (void)state;
    assert_true(has_flag(AUDIT("8", "", COMMENT("8", "true", "x")), "unverified"));
    assert_true(has_flag(AUDIT("99", "", COMMENT("99", "true", "x")), "unverified"));
    assert_true(has_flag(AUDIT("5", "'metadata':{'trusted':false},", COMMENT("5", "true", "x")), "unverified"));
    assert_true(has_flag(AUDIT("7", "'metadata':{'trusted':false},", COMMENT("7", "true", "x")), "unverified"));
    assert_false(has_flag(AUDIT("6", "", COMMENT("6", "true", "x")), "unverified"));
    assert_false(has_flag(AUDIT("10", "", COMMENT("10", "true", "x")), "unverified"));
    assert_true(has_flag(AUDIT("7", "'via':{'channel':'rule'},", COMMENT("7", "true", "x")), "automatic"));
}

static void an_agents_note_is_a_command(void **state)
{
    (void)state;
    check(AUDIT("7", "", COMMENT("7", "false", "!inc declare it burns")),
          "{'type':'message','id':'zendesk:40','channel':'17'," PLACE ",'text':'!inc declare it burns',"
          "'user':{'id':'7','name':'Ann','email':'ann@example.com'}}");
    check(AUDIT("7", "",
                "{'id':40,'type':'Change','field_name':'tags','value':['a','inc_attach_inc-4'],"
                "'previous_value':['a']}"),
          "{'type':'message','id':'zendesk:40','channel':'17'," PLACE ",'text':'!inc attach inc-4',"
          "'user':{'id':'7','name':'Ann','email':'ann@example.com'}}");
}

static void what_is_no_command_says_nothing(void **state)
{
    (void)state;
    static const char *const audits[] = {
        AUDIT("7", "", COMMENT("7", "false", "Do not tell them.")),
        AUDIT("7", "", COMMENT("7", "false", "!incident")),
        AUDIT("5", "", COMMENT("5", "false", "!inc declare")), /* no agent */
        AUDIT("7", "'metadata':{'trusted':false},", COMMENT("7", "false", "!inc declare")),
        AUDIT("7", "'via':{'channel':'rule'},", COMMENT("7", "false", "!inc declare")),
        AUDIT("7", "'metadata':{'custom':{'tocsin':'1f'}},", COMMENT("7", "false", "!inc declare")),
        AUDIT("7", "'metadata':{'custom':{'tocsin':'1f'}},", COMMENT("7", "true", "ours")),
        AUDIT("7", "'via':{'channel':'web','source':{'rel':'merge'}},", COMMENT("7", "true", "was merged")),
        AUDIT("5", "", "{'id':40,'type':'Change','field_name':'tags','value':['inc_declare']}"),
        AUDIT("7", "",
              "{'id':40,'type':'Change','field_name':'tags','value':['inc_a'],'previous_value':['inc_a']}"),
        "{'id':1,'author_id':7,'created_at':'2026-11-29T18:20:29Z','events':[" COMMENT("7", "false",
                                                                                       "!inc x") "]}",
        "{}",
    };
    for (size_t i = 0; i < sizeof(audits) / sizeof(audits[0]); i++)
        assert_null(event_of(audits[i]));
}

static void a_change_of_a_followed_ticket_is_told(void **state)
{
    (void)state;
    static const char audit[] = AUDIT("7", "'metadata':{'custom':{'tocsin':'1f'}},",
                                      "{'id':41,'type':'Change','field_name':'status','value':'solved'}");
    static const char ticket[] = "{'id':17,'subject':'P','status':'solved','type':'problem','requester_id':6}";
    cJSON *events = events_of(ticket, audit);
    cJSON *wanted = json("[{'type':'ticket','id':'zendesk:change:300','ticket':'17','title':'P','state':'done',"
                         "'status':'solved','address':'6','name':'Jo','kind':'parent',"
                         "'link':'https://acme.zendesk.com/agent/tickets/17'}]");
    assert_true(cJSON_Compare(events, wanted, true));
    cJSON_Delete(events);
    cJSON_Delete(wanted);
    events = events_of("{'id':18,'status':'solved'}", audit); /* nobody follows it */
    assert_int_equal(cJSON_GetArraySize(events), 0);
    cJSON_Delete(events);
}

/* ---- records ---- */

static void check_hooked(const char *body, const char *expected)
{
    char id[KIT_ID_BYTES];
    cJSON *parsed = json(body);
    record_hooked(parsed, id);
    assert_string_equal(id, expected);
    cJSON_Delete(parsed);
}

static void webhooks_name_tickets(void **state)
{
    (void)state;
    check_hooked("{'ticket_id':'17'}", "17");
    check_hooked("{'ticket_id':17}", "17");
    check_hooked("{'type':'zen:event-type:ticket.comment_added','detail':{'id':'18'}}", "18");
    check_hooked("{'ticket_id':'17; x'}", "");
    check_hooked("{'ticket_id':-1}", "");
    check_hooked("[]", "");
}

static void addresses_are_mails_or_numbers(void **state)
{
    (void)state;
    assert_true(record_is_address("ops@acme.example"));
    assert_true(record_is_address("360000000001"));
    assert_false(record_is_address(""));
    assert_false(record_is_address("acme"));
    assert_false(record_is_address("12 or 13"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_public_comment_is_a_reply),
        cmocka_unit_test(the_first_word_has_its_subject_and_files_have_links),
        cmocka_unit_test(only_who_belongs_there_is_verified),
        cmocka_unit_test(an_agents_note_is_a_command),
        cmocka_unit_test(what_is_no_command_says_nothing),
        cmocka_unit_test(a_change_of_a_followed_ticket_is_told),
        cmocka_unit_test(webhooks_name_tickets),
        cmocka_unit_test(addresses_are_mails_or_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
