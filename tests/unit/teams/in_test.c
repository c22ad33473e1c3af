#include "../../support/check.h"
#include "../../support/teams.h"

#include <stdlib.h>
#include <string.h>

/* ---- activities ---- */

#define US     "\"recipient\":{\"id\":\"28:bot\",\"name\":\"Tocsin\"},"
#define TENANT "\"tenant\":{\"id\":\"" TEAMS_FAKE_TENANT "\"}"
#define COMMON                                                                                                 \
    "\"channelId\":\"msteams\",\"serviceUrl\":\"" TEAMS_FAKE_URL                                               \
    "/\",\"timestamp\":\"2026-11-29T18:20:30Z\"," US
#define BY(user) "\"from\":{\"id\":\"" user "\",\"name\":\"Ana\",\"aadObjectId\":\"aad-ana\"},"
#define PERSONAL                                                                                               \
    "\"conversation\":{\"id\":\"a:talk\",\"conversationType\":\"personal\",\"tenantId\":\"" TEAMS_FAKE_TENANT  \
    "\"},"                                                                                                     \
    "\"channelData\":{" TENANT "}"
#define CHANNEL_OF(more, root)                                                                                 \
    "\"conversation\":{\"id\":\"19:inc@thread.tacv2" root                                                      \
    "\",\"conversationType\":\"channel\",\"isGroup\":true},"                                                   \
    "\"channelData\":{" TENANT                                                                                 \
    ",\"team\":{\"id\":\"19:team@thread.tacv2\"},\"channel\":{\"id\":\"19:inc@thread.tacv2\"}" more "}"
#define CHANNEL(root) CHANNEL_OF("", root)
#define BOT                                                                                                    \
    "\"entities\":[{\"type\":\"mention\",\"mentioned\":{\"id\":\"28:bot\"},\"text\":\"<at>Tocsin</at>\"}],"

/* Every member of `expected` must be in the event; null: it must not. */
static void check_event(const cJSON *event, const char *expected, const char *activity)
{
    const cJSON *wanted;
    cJSON *json = cJSON_Parse(expected);
    char *shown = cJSON_Print(event);
    if (!json || !event)
        fail_msg("[%s] of [%s]: %s", shown ? shown : "no event", activity, expected);
    cJSON_ArrayForEach(wanted, json)
    {
        const cJSON *found = kit_json_member(event, wanted->string);
        if (cJSON_IsNull(wanted) ? found != NULL : !found || !cJSON_Compare(found, wanted, true))
            fail_msg("%s of [%s] should have %s: %s", shown, activity, wanted->string, expected);
    }
    cJSON_free(shown);
    cJSON_Delete(json);
}

static void check_heard(struct teams_fake *fake, const char *activity, const char *expected)
{
    int before = cJSON_GetArraySize(fake->emitted);
    int status = teams_fake_serve(fake, activity, NULL);
    if (status != 200)
        fail_msg("status %d of [%s]", status, activity);
    if (!expected && cJSON_GetArraySize(fake->emitted) > before)
        fail_msg("an event of [%s]", activity);
    if (expected)
        check_event(cJSON_GetArrayItem(fake->emitted, before), expected, activity);
}

static const struct {
    const char *activity, *event; /* NULL: none */
} heard[] = {
    /* what people say */
    {"{\"type\":\"message\",\"id\":\"5\",\"text\":\"hello\"," COMMON BY("29:ana") PERSONAL "}",
     "{\"type\":\"message\",\"channel\":\"a:talk\",\"text\":\"hello\",\"direct\":true,\"trigger\":\"5\","
     "\"message\":\"5\","
     "\"user\":{\"id\":\"29:ana\",\"name\":\"Ana\",\"aad\":\"aad-ana\",\"email\":\"ana@example.com\"},\"id\":"
     "\"message/a:talk/5\"}"},
    {"{\"type\":\"message\",\"id\":\"6\",\"text\":\"<at>Tocsin</at> declare\"," BOT COMMON BY("29:ana")
         CHANNEL(";messageid=6") "}",
     "{\"channel\":\"19:inc@thread.tacv2\",\"thread\":\"6\",\"trigger\":\"6\",\"text\":\"declare\",\"mention\":"
     "true,\"direct\":"
     "null}"},
    {"{\"type\":\"message\",\"id\":\"6\",\"text\":\"chat\"," COMMON BY("29:ana") CHANNEL(";messageid=6") "}",
     "{\"thread\":null,\"mention\":null,\"trigger\":null}"},
    {"{\"type\":\"message\",\"id\":\"7\",\"text\":\"a reply\"," COMMON BY("29:ana") CHANNEL(";messageid=6") "}",
     "{\"channel\":\"19:inc@thread.tacv2\",\"thread\":\"6\",\"message\":\"6/7\"}"},
    {"{\"type\":\"message\",\"id\":\"7\",\"text\":\"in the room\"," COMMON BY("29:guest")
         CHANNEL(";messageid=42") "}",
     "{\"channel\":\"19:inc@thread.tacv2;messageid=42\",\"thread\":null,"
     "\"user\":{\"id\":\"29:guest\",\"name\":\"Ana\",\"aad\":\"aad-ana\",\"outside\":true}}"},
    {"{\"type\":\"message\",\"id\":\"8\",\"text\":\"x\"," COMMON BY("29:nobody") PERSONAL "}",
     "{\"user\":{\"id\":\"29:nobody\",\"name\":\"Ana\",\"outside\":true}}"},
    {"{\"type\":\"message\",\"id\":\"8\",\"text\":\"x\"," COMMON BY("28:other") PERSONAL "}",
     "{\"user\":{\"id\":\"28:other\",\"name\":\"Ana\",\"bot\":true}}"},
    {"{\"type\":\"message\",\"id\":\"9\",\"text\":\"\",\"localTimezone\":\"Europe/Madrid\",\"attachments\":["
     "{\"contentType\":\"text/html\",\"content\":\"<p>\"},"
     "{\"contentType\":\"application/"
     "vnd.microsoft.teams.file.download.info\",\"name\":\"log.txt\",\"contentUrl\":"
     "\"https://acme.sharepoint.com/log.txt\"},{\"contentType\":\"image/png\",\"contentUrl\":\"ftp://"
     "x\"}]," COMMON BY("29:ana") PERSONAL "}",
     "{\"files\":[{\"name\":\"log.txt\",\"url\":\"https://acme.sharepoint.com/log.txt\"},{\"name\":\"a "
     "file\"}]}"},
    {"{\"type\":\"message\",\"id\":\"10\",\"text\":\"me\"," COMMON BY("28:bot") PERSONAL "}", NULL},
    {"{\"type\":\"typing\",\"id\":\"11\"," COMMON BY("29:ana") PERSONAL "}", NULL},
    {"{\"type\":\"message\",\"id\":\"12\",\"text\":\"nowhere\"}", NULL},
    {"{}", NULL},
    /* and take back */
    {"{\"type\":\"messageUpdate\",\"id\":\"7\",\"text\":\"better\"," COMMON BY("29:ana")
         CHANNEL_OF(",\"eventType\":\"editMessage\"", ";messageid=42") "}",
     "{\"type\":\"edited\",\"message\":\"7\",\"text\":\"better\",\"channel\":\"19:inc@thread.tacv2;messageid="
     "42\","
     "\"order\":1795976430000,\"id\":\"messageUpdate/19:inc@thread.tacv2;messageid=42/7/editMessage/"
     "2026-11-29T18:20:30Z\"}"},
    {"{\"type\":\"messageDelete\",\"id\":\"7\"," COMMON BY("29:ana")
         CHANNEL_OF(",\"eventType\":\"softDeleteMessage\"", ";messageid=42") "}",
     "{\"type\":\"deleted\",\"message\":\"7\"}"},
    /* buttons */
    {"{\"type\":\"invoke\",\"name\":\"adaptiveCard/"
     "action\",\"id\":\"13\",\"replyToId\":\"99\",\"value\":{\"action\":"
     "{\"type\":\"Action.Execute\",\"verb\":\"press\",\"data\":{\"tocsin\":\"press\",\"command\":\"INC-1 lead "
     "me @~s1\"}},"
     "\"trigger\":\"manual\"}," COMMON BY("29:ana") CHANNEL(";messageid=42") "}",
     "{\"type\":\"press\",\"command\":\"INC-1 lead me @~s1\",\"message\":\"99\",\"trigger\":\"13\",\"channel\":"
     "\"19:inc@thread.tacv2;messageid=42\"}"},
    {"{\"type\":\"message\",\"id\":\"14\",\"replyToId\":\"99\",\"value\":{\"tocsin\":\"press\",\"command\":"
     "\"INC-1 pause\"}," COMMON BY("29:ana") PERSONAL "}",
     "{\"type\":\"press\",\"command\":\"INC-1 pause\",\"message\":\"99\"}"},
    {"{\"type\":\"invoke\",\"name\":\"adaptiveCard/"
     "action\",\"id\":\"15\",\"replyToId\":\"99\",\"value\":{\"action\":"
     "{\"data\":{\"tocsin\":\"press\",\"command\":\"INC-1 lead me\"}},\"trigger\":\"automatic\"}," COMMON BY(
         "29:ana") PERSONAL "}",
     NULL},
    {"{\"type\":\"invoke\",\"name\":\"adaptiveCard/"
     "action\",\"id\":\"15\",\"value\":{\"action\":{\"data\":{\"tocsin\":\"form\","
     "\"command\":\"declare\",\"channel\":\"a:talk\",\"seal\":\"forged\",\"own\":true}}}," COMMON BY("29:ana")
         PERSONAL "}",
     NULL},
    {"{\"type\":\"invoke\",\"name\":\"adaptiveCard/action\",\"id\":\"15\",\"value\":7," COMMON BY("29:ana")
         PERSONAL "}",
     NULL},
    /* reactions */
    {"{\"type\":\"messageReaction\",\"id\":\"16\",\"replyToId\":\"99\",\"reactionsAdded\":[{\"type\":\"like\"}]"
     "," COMMON BY("29:ana") CHANNEL(";messageid=42") "}",
     "{\"type\":\"reaction\",\"emoji\":\"+1\",\"message\":\"99\",\"removed\":null}"},
    {"{\"type\":\"messageReaction\",\"id\":\"16\",\"replyToId\":\"99\",\"reactionsRemoved\":[{\"type\":\"1f440_"
     "eyes\"}]," COMMON BY("29:ana") CHANNEL(";messageid=42") "}",
     "{\"type\":\"reaction\",\"emoji\":\"eyes\",\"removed\":true}"},
    /* channels and members */
    {"{\"type\":\"conversationUpdate\",\"id\":\"17\"," COMMON BY("29:ana")
         CHANNEL_OF(",\"eventType\":\"channelDeleted\"", "") "}",
     "{\"type\":\"channel\",\"change\":\"archived\",\"channel\":\"19:inc@thread.tacv2\",\"user\":null}"},
    {"{\"type\":\"conversationUpdate\",\"id\":\"17\",\"conversation\":{\"id\":\"19:team@thread.tacv2\"},"
     "\"channelData\":{"
     "\"eventType\":\"channelRenamed\",\"channel\":{\"id\":\"19:inc@thread.tacv2\",\"name\":\"fires\",\"type\":"
     "\"private\"}," TENANT "}," COMMON BY("29:ana") "\"x\":1}",
     "{\"change\":\"renamed\",\"name\":\"fires\",\"channel\":\"19:inc@thread.tacv2\",\"private\":true}"},
    {"{\"type\":\"conversationUpdate\",\"id\":\"18\",\"membersAdded\":[{\"id\":\"29:bob\"}]," COMMON BY(
         "29:ana") CHANNEL("") "}",
     "{\"type\":\"join\",\"user\":{\"id\":\"29:bob\",\"name\":\"Ana\",\"aad\":\"aad-ana\",\"email\":\"ana@"
     "example.com\"}}"},
    {"{\"type\":\"conversationUpdate\",\"id\":\"18\",\"membersRemoved\":[{\"id\":\"28:bot\"}]," COMMON BY(
         "29:ana") CHANNEL("") "}",
     "{\"type\":\"channel\",\"change\":\"removed\"}"},
    {"{\"type\":\"conversationUpdate\",\"id\":\"18\",\"membersAdded\":[{\"id\":\"28:bot\"}]," COMMON BY(
         "29:ana") PERSONAL "}",
     NULL},
    {"{\"type\":\"installationUpdate\",\"id\":\"19\",\"action\":\"add\"," COMMON BY("29:ana") CHANNEL("") "}",
     NULL},
};

static void an_activity_becomes_an_event(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++) {
        struct teams_fake fake;
        teams_fake_init(&fake, NULL);
        cJSON_AddStringToObject(fake.store, "room/19:inc@thread.tacv2;messageid=42", "{\"kind\":\"thread\"}");
        check_heard(&fake, heard[i].activity, heard[i].event);
        teams_fake_finish(&fake);
    }
}

/* Each edit of a message has the message's id, a second delivery has all of the first. */
static void an_event_has_an_id_of_its_own(void **state)
{
    (void)state;
    static const char first[] =
        "{\"type\":\"messageReaction\",\"id\":\"16\",\"replyToId\":\"99\",\"reactionsAdded\":"
        "[{\"type\":\"like\"},{\"type\":\"heart\"}]," COMMON BY("29:ana") PERSONAL "}";
    struct teams_fake fake;
    teams_fake_init(&fake, NULL);
    teams_fake_serve(&fake, first, NULL);
    teams_fake_serve(&fake, first, NULL);
    assert_int_equal(cJSON_GetArraySize(fake.emitted), 4);
    const char *ids[4];
    for (int i = 0; i < 4; i++)
        ids[i] = kit_json_text(cJSON_GetArrayItem(fake.emitted, i), "id");
    assert_string_equal(ids[0], ids[2]);
    assert_string_equal(ids[1], ids[3]);
    assert_string_not_equal(ids[0], ids[1]);
    teams_fake_finish(&fake);
}

/* ---- serve ---- */

#define PRESS(data)                                                                                            \
    "{\"type\":\"invoke\",\"name\":\"adaptiveCard/"                                                            \
    "action\",\"id\":\"13\",\"replyToId\":\"99\",\"value\":{\"action\":{\"data\":" data                        \
    "}}," COMMON BY("29:ana") PERSONAL "}"

static void strangers_are_refused(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    fake.trusted = 401;
    assert_int_equal(teams_fake_serve(&fake, "{\"type\":\"message\",\"id\":\"1\"}", NULL), 401);
    fake.trusted = 503;
    assert_int_equal(teams_fake_serve(&fake, PRESS("{}"), NULL), 503);
    assert_int_equal(cJSON_GetArraySize(fake.emitted), 0);
    assert_int_equal(cJSON_GetArraySize(fake.logged), 1); /* one line a minute */
    assert_true(teams_serve_refused(&fake.teams, &text));
    assert_non_null(strstr(kit_text_get(&text), "refused 2 requests"));
    fake.trusted = 0;
    teams_fake_serve(&fake, "{}", NULL);
    assert_false(teams_serve_refused(&fake.teams, &text));
    assert_int_equal(teams_fake_serve(&fake, "[]", NULL), 400);
    assert_int_equal(teams_fake_serve(&fake, "nonsense", NULL), 400);
    kit_text_finish(&text);
    teams_fake_finish(&fake);
}

static void what_is_not_stored_is_to_come_again(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    fake.emit = TOCSIN_EMIT_RETRY;
    assert_int_equal(
        teams_fake_serve(
            &fake, "{\"type\":\"message\",\"id\":\"1\",\"text\":\"x\"," COMMON BY("29:ana") PERSONAL "}", NULL),
        503);
    assert_int_equal(teams_fake_serve(&fake, PRESS("{\"tocsin\":\"press\",\"command\":\"x\"}"), &text), 200);
    assert_non_null(strstr(kit_text_get(&text), "\"statusCode\":500"));
    kit_text_finish(&text);
    teams_fake_finish(&fake);
}

static void an_invoke_that_is_unknown_is_not_implemented(void **state)
{
    (void)state;
    struct teams_fake fake;
    teams_fake_init(&fake, NULL);
    assert_int_equal(teams_fake_serve(&fake,
                                      "{\"type\":\"invoke\",\"id\":\"1\",\"name\":\"task/fetch\"," COMMON BY(
                                          "29:ana") PERSONAL "}",
                                      NULL),
                     501);
    teams_fake_finish(&fake);
}

struct editor {
    struct teams_fake *fake;
    const char *kind, *body;
    int events; /* it acts once there are so many */
};

static void *act(void *ctx)
{
    struct editor *editor = ctx;
    int n = 0;
    while (n < editor->events) {
        pthread_mutex_lock(&editor->fake->lock);
        n = cJSON_GetArraySize(editor->fake->emitted);
        pthread_mutex_unlock(&editor->fake->lock);
        sched_yield();
    }
    struct tocsin_result result = teams_fake_perform(editor->fake, editor->kind, editor->body);
    assert_int_equal(result.code, TOCSIN_DONE);
    return NULL;
}

/* Presses, while another thread does what the core asks for. */
static void press_and(struct teams_fake *fake, const char *data, const char *kind, const char *body,
                      struct kit_text *out)
{
    struct editor editor = {fake, kind, body, cJSON_GetArraySize(fake->emitted) + 1};
    pthread_t thread;
    pthread_create(&thread, NULL, act, &editor);
    assert_int_equal(teams_fake_serve(fake, data, out), 200);
    pthread_join(thread, NULL);
}

static void a_press_is_answered_with_the_card_as_it_is_now(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    press_and(&fake, PRESS("{\"tocsin\":\"press\",\"command\":\"INC-1 lead me\"}"), "edit",
              "{\"channel\":\"a:talk\",\"message\":\"99\",\"card\":{\"title\":\"Ana leads\"}}", &text);
    assert_non_null(strstr(kit_text_get(&text), "application/vnd.microsoft.card.adaptive"));
    assert_non_null(strstr(kit_text_get(&text), "Ana leads"));
    kit_text_finish(&text);
    assert_int_equal(teams_fake_serve(&fake, PRESS("{\"tocsin\":\"refresh\"}"), &text), 200);
    assert_non_null(strstr(kit_text_get(&text), "Ana leads"));
    kit_text_finish(&text);
    teams_fake_finish(&fake);
}

#define FORM                                                                                                   \
    "{\"trigger\":\"13\",\"user\":\"29:ana\",\"channel\":\"19:inc@thread.tacv2\",\"form\":{\"title\":"         \
    "\"Declare\",\"submit\":\"Go\","                                                                           \
    "\"command\":\"declare\",\"fields\":[{\"name\":\"title\",\"label\":\"Title\",\"kind\":\"line\"}]}}"

static const cJSON *data_of_first_action(const cJSON *card)
{
    const cJSON *body = kit_json_member(card, "body");
    const cJSON *set = cJSON_GetArrayItem(body, cJSON_GetArraySize(body) - 1);
    return kit_json_member(cJSON_GetArrayItem(kit_json_member(set, "actions"), 0), "data");
}

static void send_form(struct teams_fake *fake, const cJSON *card, const char *user, struct kit_text *out)
{
    cJSON *data = cJSON_Duplicate(data_of_first_action(card), true);
    struct kit_text activity = {0}, json = {0};
    cJSON_AddStringToObject(data, "f_title", "it is slow");
    kit_json_write(data, &json);
    kit_text_addf(&activity,
                  "{\"type\":\"invoke\",\"name\":\"adaptiveCard/"
                  "action\",\"id\":\"14\",\"replyToId\":\"99\",\"value\":{\"action\":"
                  "{\"data\":%s}},\"from\":{\"id\":\"%s\"}," COMMON PERSONAL "}",
                  kit_text_get(&json), user);
    assert_int_equal(teams_fake_serve(fake, kit_text_get(&activity), out), 200);
    kit_text_finish(&json);
    kit_text_finish(&activity);
    cJSON_Delete(data);
}

static void a_form_is_shown_to_whoever_pressed(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    press_and(&fake, PRESS("{\"tocsin\":\"press\",\"command\":\"declare\",\"asks\":true}"), "form", FORM,
              &text);
    cJSON *answer = cJSON_Parse(kit_text_get(&text));
    const cJSON *card = kit_json_member(answer, "value");
    assert_string_equal(kit_json_text(card, "type"), "AdaptiveCard");
    kit_text_finish(&text);
    int n = cJSON_GetArraySize(fake.emitted);
    send_form(&fake, card, "29:bob", &text); /* it was made for Ana */
    assert_int_equal(cJSON_GetArraySize(fake.emitted), n);
    kit_text_finish(&text);
    send_form(&fake, card, "29:ana", &text);
    check_event(
        cJSON_GetArrayItem(fake.emitted, n),
        "{\"type\":\"form\",\"command\":\"declare\",\"channel\":\"19:inc@thread.tacv2\",\"trigger\":\"14\","
        "\"values\":{\"title\":\"it is slow\"}}",
        "a form");
    kit_text_finish(&text);
    cJSON_Delete(answer);
    teams_fake_finish(&fake);
}

static void a_form_that_nobody_waits_for_is_a_message_that_goes_when_it_was_answered(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    assert_int_equal(teams_fake_perform(&fake, "form", FORM).code, TOCSIN_DONE);
    const cJSON *sent = teams_fake_call(&fake, 1); /* after the talk was opened */
    assert_string_equal(kit_json_text(sent, "url"), TEAMS_FAKE_URL "/v3/conversations/a%3Atalk/activities");
    const cJSON *attachment =
        cJSON_GetArrayItem(kit_json_member(kit_json_member(sent, "json"), "attachments"), 0);
    send_form(&fake, kit_json_member(attachment, "content"), "29:ana", &text);
    assert_int_equal(cJSON_GetArraySize(fake.emitted), 1);
    const cJSON *last = teams_fake_call(&fake, cJSON_GetArraySize(fake.called) - 1);
    assert_string_equal(kit_json_text(last, "method"), "DELETE");
    assert_string_equal(kit_json_text(last, "url"), TEAMS_FAKE_URL "/v3/conversations/a%3Atalk/activities/99");
    kit_text_finish(&text);
    teams_fake_finish(&fake);
}

/* What a client sends back can be forged: nobody removes a message of ours with it. */
static void only_a_form_of_its_own_is_removed(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct kit_text text = {0};
    teams_fake_init(&fake, NULL);
    teams_fake_serve(&fake, PRESS("{\"tocsin\":\"press\",\"command\":\"x\",\"own\":true}"), NULL);
    teams_fake_serve(&fake, PRESS("{\"tocsin\":\"refresh\",\"own\":true}"), NULL);
    press_and(&fake, PRESS("{\"tocsin\":\"press\",\"command\":\"declare\",\"asks\":true}"), "form", FORM,
              &text);
    cJSON *answer = cJSON_Parse(kit_text_get(&text));
    cJSON *data = (cJSON *)(uintptr_t)data_of_first_action(kit_json_member(answer, "value"));
    cJSON_AddTrueToObject(data, "own");
    send_form(&fake, kit_json_member(answer, "value"), "29:ana", NULL);
    for (int i = 0; i < cJSON_GetArraySize(fake.called); i++)
        assert_string_not_equal(kit_json_text(teams_fake_call(&fake, i), "method"), "DELETE");
    kit_text_finish(&text);
    cJSON_Delete(answer);
    teams_fake_finish(&fake);
}

/* ---- what is remembered ---- */

static void the_team_is_the_one_that_the_app_was_added_to(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct teams_home home;
    teams_fake_init(&fake, NULL);
    fake.teams.set.team = "";
    assert_false(teams_home(&fake.teams, &home));
    teams_fake_serve(&fake,
                     "{\"type\":\"installationUpdate\",\"id\":\"19\",\"action\":\"add\",\"conversation\":{"
                     "\"id\":\"19:inc@thread.tacv2\"},"
                     "\"channelData\":{\"team\":{\"id\":\"19:team@thread.tacv2\",\"name\":\"Ops\","
                     "\"aadGroupId\":\"g\"}," TENANT "}," COMMON BY("29:ana") "\"x\":1}",
                     NULL);
    assert_true(teams_home(&fake.teams, &home));
    assert_string_equal(home.id, "19:team@thread.tacv2");
    assert_string_equal(home.group, "g");
    assert_string_equal(home.place.url, TEAMS_FAKE_URL);
    fake.teams.set.team =
        "https://teams.microsoft.com/l/team/19%3aother%40thread.tacv2/conversations?groupId=x";
    assert_true(teams_home(&fake.teams, &home));
    assert_string_equal(home.id, "19:other@thread.tacv2");
    teams_fake_finish(&fake);
}

static void addresses_follow_what_teams_says(void **state)
{
    (void)state;
    struct teams_fake fake;
    struct teams_place place;
    teams_fake_init(&fake, NULL);
    teams_find(&fake.teams, "19:inc@thread.tacv2", "7", &place);
    assert_string_equal(place.url, TEAMS_FAKE_URL);
    assert_string_equal(place.conversation, "19:inc@thread.tacv2;messageid=7");
    cJSON_AddStringToObject(fake.store, "at/19:inc@thread.tacv2", "{\"url\":\"https://x\",\"tenant\":\"t\"}");
    teams_find(&fake.teams, "19:inc@thread.tacv2;messageid=1", "7", &place);
    assert_string_equal(place.url, "https://x");
    assert_string_equal(place.tenant, "t");
    assert_string_equal(place.conversation, "19:inc@thread.tacv2;messageid=1");
    teams_find(&fake.teams, "a:talk", "7", &place);
    assert_string_equal(place.conversation, "a:talk");
    teams_fake_finish(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_activity_becomes_an_event),
        cmocka_unit_test(an_event_has_an_id_of_its_own),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(what_is_not_stored_is_to_come_again),
        cmocka_unit_test(an_invoke_that_is_unknown_is_not_implemented),
        cmocka_unit_test(a_press_is_answered_with_the_card_as_it_is_now),
        cmocka_unit_test(a_form_is_shown_to_whoever_pressed),
        cmocka_unit_test(a_form_that_nobody_waits_for_is_a_message_that_goes_when_it_was_answered),
        cmocka_unit_test(only_a_form_of_its_own_is_removed),
        cmocka_unit_test(the_team_is_the_one_that_the_app_was_added_to),
        cmocka_unit_test(addresses_follow_what_teams_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
