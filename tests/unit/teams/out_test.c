#include "../../support/check.h"
#include "../../support/teams.h"

#include <stdlib.h>
#include <string.h>

#define ROOM "19:inc@thread.tacv2;messageid=100"

static const char *says; /* the answer to every call but reads, where a test has one */

static cJSON *answer(const char *method, const char *path, const cJSON *json)
{
    bool reads = strcmp(method, "GET") == 0 ||
                 (strcmp(path, "/v3/conversations") == 0 && !kit_json_true(json, "isGroup"));
    return says && !reads ? cJSON_Parse(says) : teams_fake_usual(method, path, json);
}

static int start(struct teams_fake *fake)
{
    says = NULL;
    teams_fake_init(fake, answer);
    return 0;
}

/* The latest call was this one. Its JSON, borrowed. */
static const cJSON *check_call(struct teams_fake *fake, const char *method, const char *path)
{
    struct kit_text url = {0};
    const cJSON *call = teams_fake_call(fake, cJSON_GetArraySize(fake->called) - 1);
    if (strncmp(path, "https://", 8) != 0)
        kit_text_add(&url, TEAMS_FAKE_URL);
    kit_text_add(&url, path);
    assert_string_equal(kit_json_text(call, "url"), kit_text_get(&url));
    assert_string_equal(kit_json_text(call, "method"), method);
    kit_text_finish(&url);
    return kit_json_member(call, "json");
}

static void check_done(struct tocsin_result result, const char *id)
{
    assert_string_equal(result.detail, "");
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.remote_id, id);
}

/* ---- messages ---- */

static void a_post_begins_a_thread_goes_into_one_or_into_a_talk(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    check_done(teams_fake_perform(&fake, "post", "{\"channel\":\"incidents\",\"text\":\"**hello**\"}"), "100");
    const cJSON *json = check_call(&fake, "POST", "/v3/conversations");
    assert_string_equal(kit_json_text(kit_json_member(json, "bot"), "id"), "28:" TEAMS_FAKE_APP);
    assert_string_equal(kit_json_text(json, "tenantId"), TEAMS_FAKE_TENANT);
    assert_string_equal(kit_json_text(kit_json_member(json, "activity"), "text"), "**hello**");
    const cJSON *channel = kit_json_member(kit_json_member(json, "channelData"), "channel");
    assert_string_equal(kit_json_text(channel, "id"), "19:inc@thread.tacv2");
    check_done(
        teams_fake_perform(&fake, "post", "{\"channel\":\"#Incidents\",\"thread\":\"7\",\"text\":\"x\"}"),
        "7/200");
    check_call(&fake, "POST", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D7/activities");
    check_done(teams_fake_perform(&fake, "post", "{\"channel\":\"" ROOM "\",\"thread\":\"7\",\"text\":\"x\"}"),
               "200");
    check_call(&fake, "POST", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D100/activities");
    check_done(
        teams_fake_perform(&fake, "post", "{\"channel\":\"incidents\",\"to\":\"29:ana\",\"text\":\"x\"}"),
        "200");
    check_call(&fake, "POST", "/v3/conversations/a%3Atalk/activities");
    assert_string_equal(cJSON_GetStringValue(kit_json_member(fake.store, "talk/29:ana")),
                        "{\"id\":\"a:talk\"}");
    int n = cJSON_GetArraySize(fake.called);
    teams_fake_perform(&fake, "post", "{\"channel\":\"29:ana\",\"text\":\"x\"}"); /* the talk is known */
    assert_int_equal(cJSON_GetArraySize(fake.called), n + 1);
    teams_fake_finish(&fake);
}

static void who_asked_where_the_bot_is_not_is_answered_alone(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    struct tocsin_result result =
        teams_fake_perform(&fake, "post", "{\"channel\":\"nowhere\",\"asker\":\"29:ana\",\"text\":\"x\"}");
    check_done(result, "200");
    check_call(&fake, "POST", "/v3/conversations/a%3Atalk/activities");
    result = teams_fake_perform(&fake, "post", "{\"channel\":\"nowhere\",\"text\":\"x\"}");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "no channel nowhere"));
    teams_fake_finish(&fake);
}

static void a_page_says_why_and_alerts(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    check_done(teams_fake_perform(
                   &fake, "page",
                   "{\"email\":\"ana@example.com\",\"text\":\"You **lead**\",\"card\":{\"title\":\"INC-1\"}}"),
               "200");
    const cJSON *json = check_call(&fake, "POST", "/v3/conversations/a%3Atalk/activities");
    assert_true(kit_json_true(kit_json_member(kit_json_member(json, "channelData"), "notification"), "alert"));
    assert_string_equal(kit_json_text(json, "summary"), "INC-1");
    assert_null(kit_json_member(json, "text")); /* a text and a card would be two messages */
    check_done(teams_fake_perform(&fake, "edit",
                                  "{\"email\":\"ana@example.com\",\"message\":\"200\",\"text\":\"taken\"}"),
               "");
    check_call(&fake, "PUT", "/v3/conversations/a%3Atalk/activities/200");
    assert_int_equal(
        teams_fake_perform(&fake, "page", "{\"email\":\"nobody@example.com\",\"text\":\"x\"}").code,
        TOCSIN_REFUSED);
    teams_fake_finish(&fake);
}

static void messages_are_edited_and_deleted_where_they_are(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    teams_fake_perform(&fake, "edit", "{\"channel\":\"" ROOM "\",\"message\":\"9\",\"text\":\"x\"}");
    check_call(&fake, "PUT", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D100/activities/9");
    teams_fake_perform(&fake, "edit",
                       "{\"channel\":\"incidents\",\"message\":\"9\",\"card\":{\"title\":\"x\"}}");
    check_call(&fake, "PUT", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D9/activities/9");
    teams_fake_perform(&fake, "delete",
                       "{\"channel\":\"incidents\",\"message\":\"7/9\"}"); /* a reply, in its thread */
    check_call(&fake, "DELETE", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D7/activities/9");
    teams_fake_perform(&fake, "post", "{\"channel\":\"incidents\",\"thread\":\"7/9\",\"text\":\"x\"}");
    check_call(&fake, "POST", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D7/activities");
    cJSON *card = teams_shown_get(fake.teams.shown, "9");
    assert_non_null(card);
    cJSON_Delete(card);
    says = "{\"status\":404}";
    static const char *const kinds[] = {"edit", "delete", "channel.topic"};
    cJSON_AddStringToObject(fake.store, "room/" ROOM, "{\"kind\":\"thread\",\"name\":\"inc-1\"}");
    for (size_t i = 0; i < 3; i++) {
        struct tocsin_result gone = teams_fake_perform(
            &fake, kinds[i], "{\"channel\":\"" ROOM "\",\"message\":\"9\",\"text\":\"x\",\"topic\":\"t\"}");
        assert_int_equal(gone.code, TOCSIN_DONE);
        assert_string_equal(gone.detail, "the message or its channel no longer exists");
    }
    says = NULL;
    teams_fake_perform(&fake, "delete", "{\"channel\":\"" ROOM "\",\"message\":\"9\"}");
    check_call(&fake, "DELETE", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D100/activities/9");
    teams_fake_finish(&fake);
}

static void each_answer_has_its_outcome(void **state)
{
    static const struct {
        const char *says;
        int32_t code;
        int64_t retry_ms;
        const char *detail;
    } rows[] = {
        {"{\"status\":429,\"retry\":7000}", TOCSIN_RETRY, 7000, "slow down"},
        {"{\"status\":412}", TOCSIN_RETRY, 0, "busy"},
        {"{\"status\":500}", TOCSIN_RETRY, 0, "internal error"},
        {"{\"status\":502}", TOCSIN_RETRY, 0, ""},
        {"{\"status\":503}", TOCSIN_RETRY, 0, ""},
        {"{\"status\":504}", TOCSIN_RETRY, 0, ""},
        {"{\"status\":501}", TOCSIN_REFUSED, 0, ""},
        {"{\"status\":400,\"error\":{\"code\":\"BadSyntax\",\"message\":\"no\"}}", TOCSIN_REFUSED, 0,
         "bug in Tocsin (400, BadSyntax: no)"},
        {"{\"status\":401}", TOCSIN_AUTH, 0, "`secret`"},
        {"{\"status\":403,\"error\":{\"code\":\"MessageWritesBlocked\"}}", TOCSIN_REFUSED, 0,
         "add the app again"},
        {"{\"status\":403}", TOCSIN_REFUSED, 0, "not installed"},
        {"{\"status\":404}", TOCSIN_REFUSED, 0, "no longer exists"},
        {"{\"status\":413}", TOCSIN_REFUSED, 0, "too large"},
        {"{\"cut\":true}", TOCSIN_UNKNOWN, 0, "answer was lost"},
        {"nonsense", TOCSIN_RETRY, 0, "could not be reached"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct teams_fake fake;
        start(&fake);
        says = rows[i].says;
        struct tocsin_result result =
            teams_fake_perform(&fake, "post", "{\"channel\":\"" ROOM "\",\"text\":\"x\"}");
        if (result.code != rows[i].code || result.retry_after_ms != rows[i].retry_ms ||
            !strstr(result.detail, rows[i].detail))
            fail_msg("%s: %d, %s", rows[i].says, result.code, result.detail);
        teams_fake_finish(&fake);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    assert_int_equal(teams_fake_perform(&fake, "pin", "{}").code, TOCSIN_REFUSED);
    assert_int_equal(teams_fake_perform(&fake, "post", "[]").code, TOCSIN_REFUSED);
    assert_int_equal(teams_fake_perform(&fake, "page", "{}").code, TOCSIN_REFUSED);
    teams_fake_finish(&fake);
}

/* ---- people ---- */

static void people_are_found_by_address(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    struct tocsin_result result = teams_fake_perform(&fake, "person.find", "{\"email\":\"ana@example.com\"}");
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.remote_id, "29:ana");
    assert_string_equal(result.detail, "Ana");
    assert_int_equal(teams_fake_perform(&fake, "person.find", "{\"email\":\"nobody@example.com\"}").code,
                     TOCSIN_REFUSED);
    assert_int_equal(teams_fake_perform(&fake, "person.find", "{\"email\":\"guest@example.com\"}").code,
                     TOCSIN_REFUSED);
    teams_fake_finish(&fake);
}

/* ---- channels ---- */

#define OPEN                                                                                                   \
    "{\"name\":\"inc-42-slow\",\"topic\":\"*slow* checkout\",\"purpose\":\"The channel for "                   \
    "INC-42\",\"members\":[\"29:ana\"]"

static void an_incident_gets_a_thread(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    check_done(teams_fake_perform(&fake, "channel.open", OPEN "}"), ROOM);
    const cJSON *json = kit_json_member(check_call(&fake, "POST", "/v3/conversations"), "activity");
    assert_string_equal(kit_json_text(json, "text"),
                        "**inc-42-slow**\n\n\\*slow\\* checkout\n\nThe channel for INC-42\n\ncc <at>Ana</at>");
    const cJSON *entity = cJSON_GetArrayItem(kit_json_member(json, "entities"), 0);
    assert_string_equal(kit_json_text(entity, "text"), "<at>Ana</at>");
    assert_string_equal(kit_json_text(kit_json_member(entity, "mentioned"), "id"), "29:ana");
    assert_true(teams_is_room(&fake.teams, ROOM));
    check_done(teams_fake_perform(&fake, "channel.topic", "{\"channel\":\"" ROOM "\",\"topic\":\"better\"}"),
               "");
    json =
        check_call(&fake, "PUT", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D100/activities/100");
    assert_string_equal(kit_json_text(json, "text"), "**inc-42-slow**\n\nbetter\n\nThe channel for INC-42");
    check_done(teams_fake_perform(&fake, "channel.invite", "{\"channel\":\"" ROOM "\",\"users\":[\"29:bob\"]}"),
               "");
    json = check_call(&fake, "POST", "/v3/conversations/19%3Ainc%40thread.tacv2%3Bmessageid%3D100/activities");
    assert_string_equal(kit_json_text(json, "text"), "<at>Ana</at>: please join.");
    int n = cJSON_GetArraySize(fake.called);
    check_done(teams_fake_perform(&fake, "channel.invite",
                                  "{\"channel\":\"" ROOM "\",\"users\":[\"29:bob\",\"29:ana\"]}"),
               "");
    assert_int_equal(cJSON_GetArraySize(fake.called), n + 2); /* who they are; they were named already */
    check_done(teams_fake_perform(&fake, "channel.archive", "{\"channel\":\"" ROOM "\"}"), "");
    assert_int_equal(teams_fake_perform(&fake, "channel.open", OPEN ",\"private\":true}").code, TOCSIN_REFUSED);
    teams_fake_finish(&fake);
}

#define GRAPH "https://graph.microsoft.com/v1.0/teams/group-1/channels"
#define MADE                                                                                                   \
    "{\"channel\":\"19:made@thread.tacv2\",\"topic\":\"better\",\"users\":[\"29:ana\"],\"who\":\"ana@example." \
    "com\"}"

static void an_incident_gets_a_channel_of_its_own(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    fake.teams.set.rooms = "channel";
    check_done(teams_fake_perform(&fake, "channel.open", OPEN "}"), "19:made@thread.tacv2");
    const cJSON *json = check_call(&fake, "POST", GRAPH);
    assert_string_equal(kit_json_text(json, "displayName"), "inc-42-slow");
    assert_string_equal(kit_json_text(json, "membershipType"), "standard");
    check_done(teams_fake_perform(&fake, "channel.topic", MADE), "");
    json = check_call(&fake, "PATCH", GRAPH "/19%3Amade%40thread.tacv2");
    assert_string_equal(kit_json_text(json, "description"), "better");
    says = "{\"status\":403,\"error\":{\"code\":\"Authorization_RequestDenied\"}}";
    struct tocsin_result result = teams_fake_perform(&fake, "channel.archive", MADE);
    assert_int_equal(result.code, TOCSIN_DONE); /* an extra */
    check_call(&fake, "POST", GRAPH "/19%3Amade%40thread.tacv2/archive");
    result = teams_fake_perform(&fake, "channel.open", OPEN "}");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "grant an administrator's consent"));
    result = teams_fake_perform(&fake, "post", "{\"channel\":\"19:made@thread.tacv2\",\"text\":\"x\"}");
    assert_int_equal(result.code, TOCSIN_RETRY); /* it was made a moment ago */
    teams_fake_finish(&fake);
}

static void a_private_incident_gets_a_private_channel(void **state)
{
    (void)state;
    struct teams_fake fake;
    start(&fake);
    fake.teams.set.rooms = "channel";
    check_done(teams_fake_perform(&fake, "channel.open", OPEN ",\"private\":true}"), "19:made@thread.tacv2");
    const cJSON *json = check_call(&fake, "POST", GRAPH);
    assert_string_equal(kit_json_text(json, "membershipType"), "private");
    const cJSON *owner = cJSON_GetArrayItem(kit_json_member(json, "members"), 0);
    assert_string_equal(kit_json_text(owner, "user@odata.bind"),
                        "https://graph.microsoft.com/v1.0/users('aad-ana')");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(kit_json_member(owner, "roles"), 0)), "owner");
    check_done(teams_fake_perform(&fake, "channel.invite", MADE), "");
    check_call(&fake, "POST", GRAPH "/19%3Amade%40thread.tacv2/members");
    check_done(teams_fake_perform(&fake, "channel.remove", MADE), "");
    struct tocsin_result result = teams_fake_perform(
        &fake, "channel.open", "{\"name\":\"x\",\"topic\":\"\",\"private\":true,\"members\":[\"29:nobody\"]}");
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "needs an owner"));
    teams_fake_finish(&fake);
}

static int taken;

static cJSON *name_taken(const char *method, const char *path, const cJSON *json)
{
    if (strstr(path, "/channels") && taken-- > 0)
        return cJSON_Parse("{\"status\":400,\"error\":{\"code\":\"BadRequest\",\"message\":\"Channel name "
                           "already existed\"}}");
    return teams_fake_usual(method, path, json);
}

static void a_name_that_is_taken_gets_a_number(void **state)
{
    (void)state;
    struct teams_fake fake;
    taken = 2;
    teams_fake_init(&fake, name_taken);
    fake.teams.set.rooms = "channel";
    check_done(teams_fake_perform(&fake, "channel.open", OPEN "}"), "19:made@thread.tacv2");
    assert_string_equal(kit_json_text(check_call(&fake, "POST", GRAPH), "displayName"), "inc-42-slow-3");
    teams_fake_finish(&fake);
}

static void channels_are_checked_by_name(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct tocsin_error error = {.size = sizeof(error)};
    start(&fake);
    assert_int_equal(teams_check_channel(&fake.teams, "Incidents", &error), 0);
    assert_int_equal(teams_check_channel(&fake.teams, "general", &error), 0);
    assert_int_equal(teams_check_channel(&fake.teams, "fires", &error), TOCSIN_E_AUTH);
    assert_non_null(strstr(error.text, "no channel fires"));
    fake.teams.set.team = "";
    assert_int_equal(teams_check_channel(&fake.teams, "fires", &error), TOCSIN_E_AUTH);
    assert_non_null(strstr(error.text, "add the app to a team"));
    teams_fake_finish(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_begins_a_thread_goes_into_one_or_into_a_talk),
        cmocka_unit_test(who_asked_where_the_bot_is_not_is_answered_alone),
        cmocka_unit_test(a_page_says_why_and_alerts),
        cmocka_unit_test(messages_are_edited_and_deleted_where_they_are),
        cmocka_unit_test(each_answer_has_its_outcome),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(people_are_found_by_address),
        cmocka_unit_test(an_incident_gets_a_thread),
        cmocka_unit_test(an_incident_gets_a_channel_of_its_own),
        cmocka_unit_test(a_private_incident_gets_a_private_channel),
        cmocka_unit_test(a_name_that_is_taken_gets_a_number),
        cmocka_unit_test(channels_are_checked_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
