/* Actions against a small Slack in memory: they are done once however the calls fail, or refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/check.h"
#include "../../support/slack.h"

#define MADE 1700000000000

/* ---- a small Slack ---- */

static struct {
    cJSON *channels, *messages, *bookmarks, *people, *kept; /* kept: the host's key-value store */
    int made, calls;
    int fail_at; /* the number, from 1, of the call that fails; 0: none */
    const char
        *how; /* "before": the call is not sent; "after": it is done, but the answer is lost; else the answer */
    const char *failing, *error; /* this method always fails with this error */
} world;

static cJSON *error_answer(const char *error)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddFalseToObject(answer, "ok");
    cJSON_AddStringToObject(answer, "error", error);
    return answer;
}

static cJSON *ok_answer(void)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddTrueToObject(answer, "ok");
    return answer;
}

static cJSON *row_with(cJSON *rows, const char *name, const char *value)
{
    cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        if (strcmp(kit_json_text(row, name), value) == 0)
            return row;
    }
    return NULL;
}

static cJSON *add_channel(const char *id, const char *name, const char *creator, bool private, double created)
{
    cJSON *channel = kit_json_texts("id", id, "name", name, "creator", creator, NULL);
    cJSON_AddBoolToObject(channel, "is_private", private);
    cJSON_AddNumberToObject(channel, "created", created);
    cJSON_AddTrueToObject(channel, "is_member");
    cJSON_AddItemToArray(world.channels, channel);
    return channel;
}

static void set_flag(cJSON *object, const char *name, bool value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddBoolToObject(object, name, value);
}

static cJSON *create(const cJSON *arguments)
{
    char id[SLACK_ID];
    cJSON *answer;
    if (row_with(world.channels, "name", kit_json_text(arguments, "name")))
        return error_answer("name_taken");
    if (strstr(kit_json_text(arguments, "name"), "ा"))
        return error_answer("invalid_name_specials");
    snprintf(id, sizeof(id), "C0NEW%04d", ++world.made);
    cJSON *channel = add_channel(id, kit_json_text(arguments, "name"), "U0BOT",
                                 kit_json_true(arguments, "is_private"), MADE / 1000 + 5);
    answer = ok_answer();
    cJSON_AddItemToObject(answer, "channel", cJSON_Duplicate(channel, true));
    return answer;
}

static cJSON *post(const cJSON *arguments)
{
    char ts[SLACK_ID];
    const cJSON *channel = row_with(world.channels, "id", kit_json_text(arguments, "channel"));
    if (!channel)
        return error_answer("channel_not_found");
    if (kit_json_true(channel, "is_archived"))
        return error_answer("is_archived");
    if (!kit_json_true(channel, "is_member"))
        return error_answer("not_in_channel");
    snprintf(ts, sizeof(ts), "17000000%02d.000100", ++world.made);
    cJSON *message = cJSON_Duplicate(arguments, true), *answer = ok_answer();
    cJSON_AddStringToObject(message, "ts", ts);
    cJSON_AddItemToArray(world.messages, message);
    cJSON_AddStringToObject(answer, "ts", ts);
    return answer;
}

static cJSON *post_ephemeral(const cJSON *arguments)
{
    const cJSON *channel = row_with(world.channels, "id", kit_json_text(arguments, "channel"));
    return channel ? ok_answer() : error_answer("channel_not_found");
}

/* Two messages a page, the newest first. */
static cJSON *history(const cJSON *arguments)
{
    int skip = atoi(kit_json_text(arguments, "cursor")), n = cJSON_GetArraySize(world.messages);
    cJSON *answer = ok_answer(), *page = cJSON_AddArrayToObject(answer, "messages");
    char cursor[16];
    for (; skip < n && cJSON_GetArraySize(page) < 2; skip++) {
        const cJSON *message = cJSON_GetArrayItem(world.messages, n - 1 - skip);
        if (strcmp(kit_json_text(message, "channel"), kit_json_text(arguments, "channel")) == 0)
            cJSON_AddItemToArray(page, cJSON_Duplicate(message, true));
    }
    snprintf(cursor, sizeof(cursor), "%d", skip);
    cJSON_AddItemToObject(answer, "response_metadata",
                          kit_json_texts("next_cursor", skip < n ? cursor : "", NULL));
    return answer;
}

static cJSON *list_channels(const cJSON *arguments)
{
    (void)arguments;
    cJSON *answer = ok_answer();
    cJSON_AddItemToObject(answer, "channels", cJSON_Duplicate(world.channels, true));
    return answer;
}

static cJSON *about_channel(const cJSON *arguments)
{
    const cJSON *channel = row_with(world.channels, "id", kit_json_text(arguments, "channel"));
    if (!channel)
        return error_answer("channel_not_found");
    cJSON *answer = ok_answer();
    cJSON_AddItemToObject(answer, "channel", cJSON_Duplicate(channel, true));
    return answer;
}

static cJSON *join(const cJSON *arguments)
{
    set_flag(row_with(world.channels, "id", kit_json_text(arguments, "channel")), "is_member", true);
    return ok_answer();
}

static cJSON *unarchive(const cJSON *arguments)
{
    set_flag(row_with(world.channels, "id", kit_json_text(arguments, "channel")), "is_archived", false);
    return ok_answer();
}

static cJSON *set_topic(const cJSON *arguments)
{
    cJSON *channel = row_with(world.channels, "id", kit_json_text(arguments, "channel"));
    if (kit_json_true(channel, "is_archived"))
        return error_answer("is_archived");
    cJSON_DeleteItemFromObjectCaseSensitive(channel, "topic");
    cJSON_AddStringToObject(channel, "topic", kit_json_text(arguments, "topic"));
    return ok_answer();
}

/* Invites everybody, or nobody if one of them is unknown. */
static cJSON *invite(const cJSON *arguments)
{
    char *users = strdup(kit_json_text(arguments, "users")), *rest = users, *user;
    bool known = !strstr(users, "U0GHOST"), there = true;
    while (known && (user = strsep(&rest, ",")) && *user) {
        there = there && row_with(world.people, "id", user);
        if (!row_with(world.people, "id", user))
            cJSON_AddItemToArray(world.people, kit_json_texts("id", user, NULL));
    }
    free(users);
    return !known ? error_answer("user_not_found") : there ? error_answer("already_in_channel") : ok_answer();
}

static cJSON *open_direct(const cJSON *arguments)
{
    cJSON *answer = ok_answer();
    if (!row_with(world.channels, "id", "D0TALK001"))
        add_channel("D0TALK001", "", "", true, 0);
    cJSON_AddItemToObject(answer, "channel", kit_json_texts("id", "D0TALK001", NULL));
    assert_string_equal(kit_json_text(arguments, "users"), "U0ANA0001");
    return answer;
}

static cJSON *by_email(const cJSON *arguments)
{
    cJSON *answer = ok_answer();
    cJSON *user = kit_json_texts("id", "U0ANA0001", "name", "ana", NULL);
    cJSON_AddItemToObject(user, "profile", kit_json_texts("real_name", "Ana M", NULL));
    cJSON_AddItemToObject(answer, "user", user);
    if (strcmp(kit_json_text(arguments, "email"), "ana@x.test") == 0)
        return answer;
    cJSON_Delete(answer);
    return error_answer("users_not_found");
}

static cJSON *list_bookmarks(const cJSON *arguments)
{
    (void)arguments;
    cJSON *answer = ok_answer();
    cJSON_AddItemToObject(answer, "bookmarks", cJSON_Duplicate(world.bookmarks, true));
    return answer;
}

static cJSON *add_bookmark(const cJSON *arguments)
{
    cJSON *bookmark = cJSON_Duplicate(arguments, true);
    cJSON_AddStringToObject(bookmark, "id", "Bk0000001");
    cJSON_AddItemToArray(world.bookmarks, bookmark);
    return ok_answer();
}

static cJSON *list_groups(const cJSON *arguments)
{
    (void)arguments;
    return cJSON_Parse(
        "{\"ok\":true,\"usergroups\":[{\"id\":\"S0CALL001\",\"handle\":\"oncall\"},"
        "{\"id\":\"S0SAME001\",\"handle\":\"same\",\"users\":[\"U0ANA0001\",\"U0BEN0001\"]},"
        "{\"id\":\"S0OFF0001\",\"handle\":\"off\",\"users\":[\"U0BEN0001\"],\"date_delete\":7}]}");
}

static cJSON *update(const cJSON *arguments)
{
    cJSON *message = row_with(world.messages, "ts", kit_json_text(arguments, "ts"));
    if (world.messages->child && !message)
        return error_answer("message_not_found");
    if (message) {
        cJSON_DeleteItemFromObjectCaseSensitive(message, "text");
        cJSON_AddStringToObject(message, "text", kit_json_text(arguments, "text"));
    }
    return ok_answer();
}

static cJSON *delete (const cJSON *arguments)
{
    cJSON *message = row_with(world.messages, "ts", kit_json_text(arguments, "ts"));
    if (!message)
        return error_answer("message_not_found");
    cJSON_Delete(cJSON_DetachItemViaPointer(world.messages, message));
    return ok_answer();
}

static cJSON *agree(const cJSON *arguments)
{
    (void)arguments;
    return ok_answer();
}

static const struct {
    const char *method;
    cJSON *(*answer)(const cJSON *arguments);
} methods[] = {
    {"conversations.create", create},
    {"chat.postMessage", post},
    {"chat.postEphemeral", post_ephemeral},
    {"conversations.history", history},
    {"conversations.list", list_channels},
    {"conversations.join", join},
    {"conversations.unarchive", unarchive},
    {"conversations.setTopic", set_topic},
    {"conversations.info", about_channel},
    {"conversations.setPurpose", agree},
    {"conversations.invite", invite},
    {"conversations.open", open_direct},
    {"users.lookupByEmail", by_email},
    {"bookmarks.list", list_bookmarks},
    {"bookmarks.add", add_bookmark},
    {"bookmarks.edit", agree},
    {"usergroups.list", list_groups},
    {"usergroups.users.update", agree},
    {"usergroups.enable", agree},
    {"chat.update", update},
    {"chat.delete", delete},
    {"pins.add", agree},
    {"views.open", agree},
    {"conversations.archive", agree},
};

static cJSON *do_method(const char *method, const cJSON *arguments)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(methods[i].method, method) == 0)
            return methods[i].answer(arguments);
    }
    fail_msg("unexpected call: %s", method);
    return NULL;
}

static cJSON *answer(const char *method, const cJSON *arguments)
{
    bool fails = ++world.calls == world.fail_at;
    if (world.failing && strcmp(method, world.failing) == 0)
        return error_answer(world.error);
    if (fails && strcmp(world.how, "before") == 0)
        return NULL;
    if (fails && strcmp(world.how, "after") != 0)
        return cJSON_Parse(world.how);
    cJSON *done = do_method(method, arguments);
    if (!fails)
        return done;
    cJSON_Delete(done);
    return cJSON_Parse("{\"cut\":true}");
}

/* ---- the host's store ---- */

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    const char *kept = cJSON_GetStringValue(kit_json_member(world.kept, key));
    if (!kept)
        return -1;
    memcpy(value, kept, strlen(kept) < capacity ? strlen(kept) : capacity);
    return (int64_t)strlen(kept);
}

static int32_t put(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    char *text = strndup(value, length);
    assert_true(strlen(key) <= 200);
    cJSON_DeleteItemFromObjectCaseSensitive(world.kept, key);
    cJSON_AddStringToObject(world.kept, key, text);
    free(text);
    return 0;
}

/* ---- a rig ---- */

static struct slack_fake fake;

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    world.channels = cJSON_CreateArray();
    world.messages = cJSON_CreateArray();
    world.bookmarks = cJSON_CreateArray();
    world.people = cJSON_CreateArray();
    world.kept = cJSON_CreateObject();
    slack_fake_init(&fake, answer);
    fake.host.get = get;
    fake.host.put = fake.host.keep = put;
    add_channel("C0ROOM001", "room", "U0ANA0001", false, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    slack_fake_finish(&fake);
    cJSON_Delete(world.channels);
    cJSON_Delete(world.messages);
    cJSON_Delete(world.bookmarks);
    cJSON_Delete(world.people);
    cJSON_Delete(world.kept);
    return 0;
}

static struct tocsin_result perform(const char *kind, const char *body, int attempt)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = attempt,
                                   .deadline_ms = 30000,
                                   .id = "1",
                                   .kind = kind,
                                   .key = "key-1",
                                   .body = body,
                                   .body_length = strlen(body),
                                   .made_ms = MADE};
    slack_perform(&fake.slack, &action, &result);
    return result;
}

static void check_done(const char *kind, const char *body)
{
    struct tocsin_result result = perform(kind, body, 1);
    if (result.code != TOCSIN_DONE)
        fail_msg("%s: %d, %s", kind, result.code, result.detail);
}

static const cJSON *argument_of(const char *method, const char *name)
{
    const cJSON *call, *found = NULL;
    cJSON_ArrayForEach(call, fake.called)
    {
        if (strcmp(kit_json_text(call, "method"), method) == 0)
            found = kit_json_member(kit_json_member(call, "arguments"), name);
    }
    return found;
}

/* ---- actions are done once ---- */

static char *long_body(void)
{
    struct kit_text text = {0};
    kit_text_add(&text, "{\"channel\":\"C0ROOM001\",\"text\":\"");
    for (int i = 0; i < 9000; i++)
        kit_text_addf(&text, "word%d ", i);
    kit_text_add(&text, "\"}");
    return text.p;
}

static void check_messages(int expected)
{
    const cJSON *message;
    int part = 0;
    cJSON_ArrayForEach(message, world.messages)
    {
        const cJSON *payload = kit_json_member(kit_json_member(message, "metadata"), "event_payload");
        char mark[SLACK_MARK];
        slack_mark(&fake.slack, "key-1", mark);
        assert_string_equal(kit_json_text(payload, "key"), mark);
        assert_int_equal((int)cJSON_GetNumberValue(kit_json_member(payload, "part")), part++);
    }
    assert_int_equal(part, expected);
}

/* Tries an action until it is done. The result must be the same whichever of its calls fails, and in whichever way. */
static void try_until_done(const char *kind, const char *body, int fail_at, const char *how)
{
    struct tocsin_result result = {.code = TOCSIN_UNKNOWN};
    bool unsure = false; /* the core does not count attempts that certainly did nothing */
    world.fail_at = fail_at;
    world.how = how;
    for (int attempt = 1; attempt < 5 && (attempt == 1 || result.code != TOCSIN_DONE); attempt++) {
        result = perform(kind, body, unsure ? attempt : 1);
        unsure = unsure || result.code == TOCSIN_UNKNOWN;
        if (result.code != TOCSIN_DONE && result.code != TOCSIN_RETRY && result.code != TOCSIN_UNKNOWN)
            fail_msg("%s, call %d %s: %d, %s", kind, fail_at, how, result.code, result.detail);
    }
    assert_int_equal(result.code, TOCSIN_DONE);
}

static void nothing_is_done_twice_whichever_call_fails(void **state)
{
    static const char *const hows[] = {"before",
                                       "after",
                                       "{\"ok\":false,\"error\":\"ratelimited\",\"status\":429}",
                                       "{\"status\":503}",
                                       "{\"ok\":false,\"error\":\"internal_error\"}",
                                       "{\"ok\":false,\"error\":\"fatal_error\"}"};
    static const struct {
        const char *kind, *body;
        int messages, channels, bookmarks, people;
    } rows[] = {
        {"post", NULL, 6, 1, 0, 0},
        {"post", "{\"channel\":\"C0ROOM001\",\"card\":{\"title\":\"t\"}}", 1, 1, 0, 0},
        {"post", "{\"channel\":\"#room\",\"text\":\"t\"}", 1, 1, 0, 0},
        {"page", "{\"email\":\"ana@x.test\",\"text\":\"wake up\",\"card\":{\"title\":\"t\"}}", 2, 2, 0, 0},
        {"channel.open",
         "{\"name\":\"inc-1\",\"topic\":\"t\",\"purpose\":\"p\",\"members\":[\"U0BEN0001\"],\"emails\":"
         "[\"ana@x.test\",\"nobody@x.test\"]}",
         0, 2, 0, 2},
        {"channel.open", "{\"name\":\"room\",\"topic\":\"t\",\"private\":true}", 0, 2, 0, 0},
        {"channel.bookmark", "{\"channel\":\"C0ROOM001\",\"title\":\"T\",\"url\":\"https://x.test\"}", 0, 1, 1,
         0},
    };
    char *longer = long_body();
    tear_down(state);
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        for (int i = 0; i < 12 * 6; i++) {
            set_up(state);
            try_until_done(rows[r].kind, rows[r].body ? rows[r].body : longer, i / 6 + 1, hows[i % 6]);
            check_messages(rows[r].messages);
            assert_int_equal(cJSON_GetArraySize(world.channels), rows[r].channels);
            assert_int_equal(cJSON_GetArraySize(world.bookmarks), rows[r].bookmarks);
            assert_int_equal(cJSON_GetArraySize(world.people), rows[r].people);
            tear_down(state);
        }
    }
    free(longer);
    set_up(state);
}

/* ---- messages ---- */

/* "{…}" of a text that begins with `first`, as long as that of long_body() or short, for the first message. */
static char *edit_body(bool longer, const char *first)
{
    struct kit_text text = {0};
    kit_text_addf(&text, "{\"channel\":\"C0ROOM001\",\"message\":\"1700000001.000100\",\"text\":\"%s ", first);
    for (int i = 0; longer && i < 9000; i++)
        kit_text_addf(&text, "%s%d ", first, i);
    kit_text_add(&text, "\"}");
    return text.p;
}

static void check_texts(int messages, const char *word)
{
    const cJSON *message;
    assert_int_equal(cJSON_GetArraySize(world.messages), messages);
    cJSON_ArrayForEach(message, world.messages)
    {
        assert_non_null(strstr(kit_json_text(message, "text"), word));
    }
}

static void a_long_text_is_changed_and_deleted_whole(void **state)
{
    (void)state;
    char *longer = long_body(), *other = edit_body(true, "other"), *brief = edit_body(false, "brief");
    check_done("post", longer);
    check_texts(6, "word");
    check_done("edit", other);
    check_texts(6, "other");
    check_done("edit", brief);
    check_texts(1, "brief");
    check_done("edit", other); /* what is gone does not come back */
    check_texts(1, "other");
    tear_down(state);
    set_up(state);
    check_done("post", longer);
    try_until_done("delete", brief, world.calls + 3, "before");
    check_texts(0, "");
    free(longer);
    free(other);
    free(brief);
}

static void a_message_is_marked_and_unfurls_nothing(void **state)
{
    (void)state;
    struct tocsin_result result =
        perform("post", "{\"channel\":\"C0ROOM001\",\"thread\":\"1.2\",\"text\":\"<!channel>\"}", 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.remote_id, "1700000001.000100");
    assert_true(cJSON_IsFalse(argument_of("chat.postMessage", "unfurl_links")));
    assert_true(cJSON_IsFalse(argument_of("chat.postMessage", "unfurl_media")));
    assert_string_equal(cJSON_GetStringValue(argument_of("chat.postMessage", "thread_ts")), "1.2");
    assert_string_equal(cJSON_GetStringValue(argument_of("chat.postMessage", "text")), "&lt;!channel&gt;");
}

static void a_post_joins_and_unarchives_its_channel(void **state)
{
    (void)state;
    cJSON *room = row_with(world.channels, "id", "C0ROOM001");
    set_flag(room, "is_member", false);
    check_done("post", "{\"channel\":\"C0ROOM001\",\"text\":\"t\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.join"), 1);
    set_flag(room, "is_archived", true);
    check_done("channel.topic", "{\"channel\":\"C0ROOM001\",\"topic\":\"t\"}");
    check_done("post", "{\"channel\":\"C0ROOM001\",\"to\":\"U0ANA0001\",\"text\":\"t\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.unarchive"), 0);
    check_done("post", "{\"channel\":\"C0ROOM001\",\"text\":\"t\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.unarchive"), 1);
}

/* A channel may see a message twice rather than never; a customer must not. */
static void a_post_that_cannot_be_looked_up_is_repeated_but_never_to_a_customer(void **state)
{
    (void)state;
    cJSON_AddStringToObject(fake.slack.customers, "C0ROOM001", "acme");
    world.failing = "conversations.history";
    world.error = "missing_scope";
    assert_int_equal(perform("post", "{\"channel\":\"C0ROOM001\",\"text\":\"t\"}", 2).code, TOCSIN_DONE);
    assert_int_equal(cJSON_GetArraySize(world.messages), 1);
    assert_int_equal(cJSON_GetArraySize(fake.logged), 1);
    assert_int_equal(perform("desk.tell", "{\"customer\":\"acme\",\"text\":\"t\"}", 2).code, TOCSIN_UNKNOWN);
    assert_int_equal(cJSON_GetArraySize(world.messages), 1);
}

static void a_name_follows_the_channel_that_has_it_now(void **state)
{
    (void)state;
    check_done("post", "{\"channel\":\"#room\",\"text\":\"t\"}");
    cJSON *room = row_with(world.channels, "id", "C0ROOM001");
    cJSON_DeleteItemFromArray(world.channels, 0);
    assert_non_null(room);
    assert_int_equal(perform("post", "{\"channel\":\"#room\",\"text\":\"t\"}", 1).code, TOCSIN_REFUSED);
    add_channel("C0ROOM002", "room", "U0ANA0001", false, 1);
    check_done("post", "{\"channel\":\"#room\",\"text\":\"t\"}");
}

static void the_app_joins_no_channel_to_answer_one_person(void **state)
{
    (void)state;
    world.failing = "chat.postEphemeral";
    world.error = "not_in_channel";
    check_done("post", "{\"channel\":\"C0ROOM001\",\"to\":\"U0ANA0001\",\"text\":\"t\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.join"), 0);
    assert_int_equal(slack_fake_calls(&fake, "conversations.open"), 1);
}

static void people_are_answered_by_direct_message_where_the_app_cannot_post(void **state)
{
    (void)state;
    check_done("post", "{\"channel\":\"C0OTHER01\",\"to\":\"U0ANA0001\",\"text\":\"t\"}");
    check_done("post", "{\"channel\":\"C0OTHER01\",\"asker\":\"U0ANA0001\",\"text\":\"t\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.open"), 2);
    assert_int_equal(cJSON_GetArraySize(world.messages), 2);
    struct tocsin_result result = perform("post", "{\"channel\":\"C0OTHER01\",\"text\":\"t\"}", 1);
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "invite the app"));
}

/* A public channel that the app is not in would take the message, for everybody to see. */
static void an_answer_is_for_the_asker_alone_where_the_app_is_not(void **state)
{
    (void)state;
    const char *answered = "{\"channel\":\"C0ROOM001\",\"asker\":\"U0ANA0001\",\"text\":\"t\"}";
    check_done("post", answered);
    assert_non_null(row_with(world.messages, "channel", "C0ROOM001"));
    check_done("post", answered); /* Slack is not asked about the channel each time */
    assert_int_equal(slack_fake_calls(&fake, "conversations.info"), 1);
    add_channel("C0PUBLIC1", "public", "U0ANA0001", false, 1);
    set_flag(row_with(world.channels, "id", "C0PUBLIC1"), "is_member", false);
    check_done("post", "{\"channel\":\"C0PUBLIC1\",\"asker\":\"U0ANA0001\",\"text\":\"t\"}");
    assert_null(row_with(world.messages, "channel", "C0PUBLIC1"));
    assert_int_equal(slack_fake_calls(&fake, "conversations.join"), 0);
    assert_int_equal(slack_fake_calls(&fake, "conversations.open"), 1); /* no response URL is kept */
    set_flag(row_with(world.channels, "id", "C0PUBLIC1"), "is_member", true);
    slack_inside_forget(&fake.slack, "C0PUBLIC1");
    check_done("post", "{\"channel\":\"C0PUBLIC1\",\"asker\":\"U0ANA0001\",\"text\":\"t\"}");
    assert_non_null(row_with(world.messages, "channel", "C0PUBLIC1"));
    /* What is no answer goes where it is meant to go. */
    set_flag(row_with(world.channels, "id", "C0PUBLIC1"), "is_member", false);
    slack_inside_forget(&fake.slack, "C0PUBLIC1");
    int asked = slack_fake_calls(&fake, "conversations.info");
    check_done("post", "{\"channel\":\"C0PUBLIC1\",\"text\":\"announced\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.info"), asked);
}

static void answers_in_a_direct_talk_stay(void **state)
{
    (void)state;
    add_channel("D0TALK001", "", "U0ANA0001", true, 1);
    check_done("post", "{\"channel\":\"D0TALK001\",\"to\":\"U0ANA0001\",\"text\":\"for you\"}");
    check_done("post", "{\"channel\":\"D0TALK001\",\"asker\":\"U0ANA0001\",\"text\":\"for you\"}");
    assert_int_equal(slack_fake_calls(&fake, "chat.postEphemeral"), 0);
    assert_int_equal(slack_fake_calls(&fake, "conversations.info"), 0);
    assert_int_equal(cJSON_GetArraySize(world.messages), 2);
    /* A talk of two other people, where somebody typed /inc. */
    check_done("post", "{\"channel\":\"D0OTHERS1\",\"to\":\"U0ANA0001\",\"text\":\"for you\"}");
    assert_int_equal(slack_fake_calls(&fake, "conversations.open"), 1);
}

static void an_edit_ends_with_its_message_or_channel(void **state)
{
    (void)state;
    static const char *const gone[] = {"message_not_found", "channel_not_found", "is_archived"};
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        world.error = gone[i];
        world.failing = "chat.update";
        check_done("edit", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\",\"text\":\"new\"}");
        world.failing = "pins.add";
        check_done("pin", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\"}");
    }
    world.failing = NULL;
    check_done("edit", "{\"channel\":\"no-such-name\",\"message\":\"1.2\",\"text\":\"new\"}");
}

static void an_edit_replaces_everything_and_accepts_a_missing_message(void **state)
{
    (void)state;
    check_done("edit", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\",\"text\":\"new\"}");
    assert_int_equal(cJSON_GetArraySize(argument_of("chat.update", "blocks")), 0);
    assert_true(cJSON_IsArray(argument_of("chat.update", "blocks"))); /* or Slack would keep the old ones */
    world.failing = "chat.update";
    world.error = "message_not_found";
    check_done("edit", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\",\"text\":\"new\"}");
    world.error = "edit_window_closed";
    assert_int_equal(
        perform("edit", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\",\"text\":\"new\"}", 1).code,
        TOCSIN_REFUSED);
}

static void customers_are_told_in_their_channel(void **state)
{
    (void)state;
    cJSON_AddStringToObject(fake.slack.customers, "C0ROOM001", "Acme");
    struct tocsin_result result = perform("desk.tell", "{\"customer\":\"acme\",\"text\":\"**sorry**\"}", 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_true(*result.remote_id);
    result = perform("desk.tell", "{\"customer\":\"globex\",\"text\":\"sorry\"}", 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.remote_id, "");
    assert_int_equal(cJSON_GetArraySize(world.messages), 1);
}

static void a_route_says_in_which_channel(void **state)
{
    (void)state;
    add_channel("C0EXT0001", "ext-acme", "U0ANA0001", false, MADE / 1000);
    cJSON_AddStringToObject(fake.slack.customers, "C0ROOM001", "Acme");
    check_done("desk.tell", "{\"customer\":\"acme\",\"address\":\"C0EXT0001\",\"text\":\"by id\"}");
    assert_string_equal(cJSON_GetStringValue(argument_of("chat.postMessage", "channel")), "C0EXT0001");
    check_done("desk.tell", "{\"customer\":\"acme\",\"address\":\"#ext-acme\",\"text\":\"by name\"}");
    assert_int_equal(cJSON_GetArraySize(world.messages), 2);
    assert_int_equal(
        perform("desk.tell", "{\"customer\":\"acme\",\"address\":\"#gone\",\"text\":\"t\"}", 1).code,
        TOCSIN_REFUSED);
}

/* ---- who a customer is ---- */

static char found[2000];

static int32_t take_answer(struct tocsin_result *result, const char *bytes, size_t length)
{
    (void)result;
    snprintf(found, sizeof(found), "%.*s", (int)length, bytes);
    return 0;
}

static struct tocsin_result find_customer(const char *body)
{
    struct tocsin_result result = {.size = sizeof(result), .answer = take_answer};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = 1,
                                   .deadline_ms = 30000,
                                   .kind = "desk.find",
                                   .key = "k",
                                   .body = body,
                                   .body_length = strlen(body)};
    *found = '\0';
    slack_perform(&fake.slack, &action, &result);
    return result;
}

static void add_shared(const char *id, const char *name, bool shared, bool archived)
{
    cJSON *channel = add_channel(id, name, "U0ANA0001", false, MADE / 1000);
    cJSON_AddBoolToObject(channel, "is_ext_shared", shared);
    cJSON_AddBoolToObject(channel, "is_archived", archived);
}

static void customers_are_found_by_the_names_of_shared_channels(void **state)
{
    static const char *const bodies[] = {"{\"domain\":\"acme.example\",\"key\":\"a\",\"most\":5}",
                                         "{\"domain\":\"eu.acme.co.uk\",\"key\":\"a\"}",
                                         "{\"email\":\"jo@mail.acme.example\",\"key\":\"a\"}",
                                         "{\"name\":\"Acme\",\"key\":\"a\"}"};
    (void)state;
    add_shared("C0EXT0001", "ext-acme", true, false);
    add_shared("C0EXT0002", "acme-internal", false, false);
    add_shared("C0EXT0003", "ext-acme-old", true, true);
    add_shared("C0EXT0004", "ext-globex", true, false);
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_int_equal(find_customer(bodies[i]).code, TOCSIN_DONE);
        assert_string_equal(found, "{\"matches\":[{\"address\":\"C0EXT0001\",\"name\":\"#ext-acme\",\"kind\":"
                                   "\"channel\"}],\"more\":false}");
    }
    assert_int_equal(find_customer("{\"name\":\"Umbrella & Co\",\"key\":\"u\"}").code, TOCSIN_DONE);
    assert_string_equal(found, "{\"matches\":[],\"more\":false}");
}

static void what_customers_names_comes_first_and_there_may_be_more(void **state)
{
    (void)state;
    add_shared("C0EXT0001", "ext-acme", true, false);
    add_shared("C0EXT0002", "ext-acme-two", true, false);
    add_shared("C0EXT0003", "ext-other", true, false);
    cJSON_AddStringToObject(fake.slack.customers, "C0EXT0003", "Acme");
    find_customer("{\"name\":\"acme\",\"key\":\"acme\",\"most\":1}");
    assert_non_null(strstr(found, "[{\"address\":\"C0EXT0003\""));
    assert_non_null(strstr(found, "\"more\":true"));
    world.failing = "conversations.list";
    world.error = "ratelimited";
    assert_int_equal(find_customer("{\"name\":\"acme\",\"key\":\"acme\"}").code, TOCSIN_RETRY);
    assert_string_equal(found, "");
}

/* ---- channels ---- */

static void a_taken_name_gets_a_number(void **state)
{
    (void)state;
    add_channel("C0TAKEN01", "inc-1", "U0ANA0001", false, MADE / 1000 + 1);
    add_channel("C0TAKEN02", "inc-1-2", "U0BOT", false, MADE / 1000 - 3600);
    struct tocsin_result result = perform("channel.open", "{\"name\":\"INC-1\",\"topic\":\"\"}", 2);
    assert_int_equal(result.code, TOCSIN_DONE);
    const cJSON *made = row_with(world.channels, "name", "inc-1-3");
    assert_string_equal(kit_json_text(made, "id"), result.remote_id);
}

/* Slack is so slow that each attempt has time for one step. */
static void finished_steps_of_a_new_channel_are_not_repeated(void **state)
{
    (void)state;
    static const char body[] =
        "{\"name\":\"inc-1\",\"topic\":\"t\",\"purpose\":\"p\",\"members\":[\"U0BEN0001\"]}";
    world.failing = "conversations.setTopic";
    world.error = "internal_error";
    for (int attempt = 1; attempt < 4; attempt++)
        assert_int_equal(perform("channel.open", body, attempt).code, TOCSIN_RETRY);
    world.failing = NULL;
    assert_int_equal(perform("channel.open", body, 4).code, TOCSIN_DONE);
    assert_int_equal(slack_fake_calls(&fake, "conversations.create"), 1);
    assert_int_equal(slack_fake_calls(&fake, "conversations.invite"), 1);
    assert_int_equal(slack_fake_calls(&fake, "conversations.setTopic"), 4);
}

/* The public channel of an incident that became private a moment ago looks like one that an earlier attempt made. */
static void a_private_incident_never_gets_a_public_channel(void **state)
{
    (void)state;
    add_channel("C0PUBLIC1", "inc-1", "U0BOT", false, MADE / 1000 + 1);
    struct tocsin_result result =
        perform("channel.open", "{\"name\":\"inc-1\",\"topic\":\"\",\"private\":true}", 2);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_not_equal(result.remote_id, "C0PUBLIC1");
    assert_true(kit_json_true(row_with(world.channels, "id", result.remote_id), "is_private"));
}

static void names_fit_slacks_rules(void **state)
{
    (void)state;
    char body[512], longer[201];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[200] = '\0';
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"topic\":\"\"}", longer);
    check_done("channel.open", body);
    assert_int_equal(strlen(kit_json_text(world.channels->child->next, "name")), 80);
    cJSON_Delete(world.kept);
    world.kept = cJSON_CreateObject();
    check_done("channel.open", body);
    const char *second = kit_json_text(world.channels->child->next->next, "name");
    assert_int_equal(strlen(second), 80);
    assert_string_equal(second + 78, "-2");
    cJSON_Delete(world.kept);
    world.kept = cJSON_CreateObject();
    check_done("channel.open", "{\"name\":\"Inc 1: it's D.own\",\"topic\":\"\"}");
    assert_non_null(row_with(world.channels, "name", "inc-1-it-s-d-own"));
    cJSON_Delete(world.kept);
    world.kept = cJSON_CreateObject();
    check_done("channel.open", "{\"name\":\"inc-2-日本語\",\"topic\":\"\"}");
    assert_non_null(row_with(world.channels, "name", "inc-2-日本語"));
    cJSON_Delete(world.kept);
    world.kept = cJSON_CreateObject();
    check_done("channel.open", "{\"name\":\"inc-3-का\",\"topic\":\"\"}"); /* a combining vowel sign */
    assert_non_null(row_with(world.channels, "name", "inc-3"));
}

static void a_topic_is_cut_and_escaped(void **state)
{
    (void)state;
    struct kit_text body = {0};
    kit_text_add(&body, "{\"channel\":\"C0ROOM001\",\"topic\":\"<!channel> ");
    for (int i = 0; i < 300; i++)
        kit_text_add(&body, "日");
    kit_text_add(&body, "\"}");
    check_done("channel.topic", kit_text_get(&body));
    kit_text_finish(&body);
    const char *topic = kit_json_text(world.channels->child, "topic");
    assert_true(strlen(topic) <= 250 && kit_utf8_valid(topic, strlen(topic)));
    assert_null(strchr(topic, '<'));
}

static void one_refused_person_does_not_keep_the_others_out(void **state)
{
    (void)state;
    struct tocsin_result result = perform("channel.invite",
                                          "{\"channel\":\"C0ROOM001\",\"users\":[\"U0BEN0001\",\"U0GHOST01\","
                                          "\"U0CAT0001\"],\"emails\":[\"nobody@x.test\",\"ana@x.test\"]}",
                                          1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_int_equal(cJSON_GetArraySize(world.people), 3);
    assert_non_null(strstr(result.detail, "no such person"));
    check_done("channel.invite", "{\"channel\":\"C0ROOM001\",\"users\":[\"U0BEN0001\"]}");
    world.failing = "conversations.invite";
    world.error = "token_revoked";
    assert_int_equal(perform("channel.invite", "{\"channel\":\"C0ROOM001\",\"users\":[\"U0BEN0001\"]}", 1).code,
                     TOCSIN_AUTH);
}

static void what_is_already_so_counts_as_done(void **state)
{
    static const struct {
        const char *kind, *body, *method, *error;
    } rows[] = {
        {"pin", "{\"channel\":\"C0ROOM001\",\"message\":\"1.2\"}", "pins.add", "already_pinned"},
        {"channel.archive", "{\"channel\":\"C0ROOM001\"}", "conversations.archive", "already_archived"},
        {"channel.invite", "{\"channel\":\"C0ROOM001\",\"users\":[\"U0BOT\"]}", "conversations.invite",
         "cant_invite_self"},
        {"channel.remove", "{\"channel\":\"C0ROOM001\",\"who\":\"U0BEN0001\"}", "conversations.kick",
         "not_in_channel"},
        {"channel.remove", "{\"channel\":\"C0ROOM001\",\"who\":\"nobody@x.test\"}", "conversations.kick",
         "not_in_channel"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world.failing = rows[i].method;
        world.error = rows[i].error;
        check_done(rows[i].kind, rows[i].body);
    }
}

static void a_bookmark_with_the_same_title_is_replaced(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        check_done("channel.bookmark",
                   "{\"channel\":\"C0ROOM001\",\"title\":\"T\",\"url\":\"https://x.test\"}");
    assert_int_equal(slack_fake_calls(&fake, "bookmarks.add"), 1);
    assert_int_equal(slack_fake_calls(&fake, "bookmarks.edit"), 1);
}

static void a_user_group_gets_exactly_these_members(void **state)
{
    (void)state;
    check_done("group.members",
               "{\"group\":\"@oncall\",\"users\":[\"U0BEN0001\"],\"emails\":[\"ana@x.test\"]}");
    assert_string_equal(cJSON_GetStringValue(argument_of("usergroups.users.update", "users")),
                        "U0BEN0001,U0ANA0001");
    assert_string_equal(cJSON_GetStringValue(argument_of("usergroups.users.update", "usergroup")), "S0CALL001");
    struct tocsin_result result = perform("group.members", "{\"group\":\"S0CALL001\",\"users\":[]}", 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_non_null(strstr(result.detail, "no empty user groups"));
    assert_int_equal(slack_fake_calls(&fake, "usergroups.users.update"), 1);
    check_done("group.members", "{\"group\":\"same\",\"users\":[\"U0BEN0001\",\"U0ANA0001\"]}");
    assert_int_equal(slack_fake_calls(&fake, "usergroups.users.update"), 1);
    check_done("group.members", "{\"group\":\"@off\",\"users\":[\"U0BEN0001\"]}");
    assert_int_equal(slack_fake_calls(&fake, "usergroups.enable"), 1);
    assert_int_equal(slack_fake_calls(&fake, "usergroups.users.update"), 2);
    assert_int_equal(perform("group.members", "{\"group\":\"nope\",\"users\":[]}", 1).code, TOCSIN_REFUSED);
    world.failing = "usergroups.list";
    world.error = "token_expired";
    assert_int_equal(perform("group.members", "{\"group\":\"@oncall\",\"users\":[]}", 1).code, TOCSIN_AUTH);
}

/* ---- the rest ---- */

static void somebody_is_found_by_their_address(void **state)
{
    (void)state;
    struct tocsin_result result = perform("person.find", "{\"email\":\"ana@x.test\"}", 1);
    assert_int_equal(result.code, TOCSIN_DONE);
    assert_string_equal(result.remote_id, "U0ANA0001");
    assert_string_equal(result.detail, "Ana M");
    world.failing = "users.lookupByEmail";
    world.error = "users_not_found";
    result = perform("person.find", "{\"email\":\"ghost@shop.example\"}", 1);
    assert_int_equal(result.code, TOCSIN_REFUSED);
    assert_non_null(strstr(result.detail, "nobody on Slack has that e-mail address"));
    world.error = "ratelimited";
    assert_int_equal(perform("person.find", "{\"email\":\"ana@x.test\"}", 1).code, TOCSIN_RETRY);
    world.failing = NULL;
    assert_int_equal(perform("person.find", "{}", 1).code, TOCSIN_REFUSED);
}

static void a_form_is_shown_once(void **state)
{
    static const char body[] =
        "{\"trigger\":\"1.2\",\"user\":\"U0ANA0001\",\"channel\":\"C0ROOM001\",\"form\":{"
        "\"title\":\"t\",\"submit\":\"s\",\"command\":\"c\",\"fields\":[]}}";
    (void)state;
    check_done("form", body);
    world.failing = "views.open";
    world.error = "exchanged_trigger_id";
    assert_int_equal(perform("form", body, 1).code, TOCSIN_REFUSED);
    assert_int_equal(perform("form", body, 2).code, TOCSIN_DONE);
    world.error = "expired_trigger_id";
    assert_int_equal(perform("form", body, 1).code, TOCSIN_REFUSED);
}

static void each_error_says_what_is_wrong_and_stops_only_what_it_must(void **state)
{
    static const struct {
        const char *answer;
        int32_t code;
        const char *says;
    } rows[] = {
        {"{\"ok\":false,\"error\":\"token_revoked\"}", TOCSIN_AUTH, "reinstall the app"},
        {"{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"chat:write:bot\"}", TOCSIN_AUTH, "chat:write"},
        {"{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"pins:write\"}", TOCSIN_REFUSED, "pins:write"},
        {"{\"ok\":false,\"error\":\"no_permission\"}", TOCSIN_REFUSED, "invite it"},
        {"{\"ok\":false,\"error\":\"a_new_error\"}", TOCSIN_REFUSED, "a_new_error"},
        {"{\"ok\":false,\"error\":\"ratelimited\"}", TOCSIN_RETRY, "slow down"},
        {"{\"ok\":false,\"error\":\"fatal_error\"}", TOCSIN_UNKNOWN, "internal error"},
        {"{\"status\":429}", TOCSIN_RETRY, "429"},
        {"{\"status\":500}", TOCSIN_UNKNOWN, "500"},
        {"{\"status\":302}", TOCSIN_RETRY, "302"},
        {"{\"status\":404}", TOCSIN_RETRY, "404"},
        {"{\"status\":413}", TOCSIN_REFUSED, "413"},
        {"{\"cut\":true}", TOCSIN_UNKNOWN, "answer was lost"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world.fail_at = world.calls + 1;
        world.how = rows[i].answer;
        struct tocsin_result result = perform("post", "{\"channel\":\"C0ROOM001\",\"text\":\"t\"}", 1);
        if (result.code != rows[i].code || !strstr(result.detail, rows[i].says))
            fail_msg("%s: %d, %s", rows[i].answer, result.code, result.detail);
    }
}

static void malformed_bodies_do_no_harm(void **state)
{
    static const char *const kinds[] = {"post",
                                        "edit",
                                        "pin",
                                        "page",
                                        "form",
                                        "desk.tell",
                                        "desk.find",
                                        "channel.open",
                                        "channel.topic",
                                        "channel.invite",
                                        "channel.archive",
                                        "channel.bookmark",
                                        "group.members",
                                        "dance",
                                        ""};
    static const char *const bodies[] = {
        "{}",
        "[]",
        "null",
        "",
        "{",
        "\"x\"",
        "{\"channel\":1,\"text\":{},\"card\":[],\"users\":[1,null,\"\"],\"emails\":"
        "{},\"members\":\"x\",\"form\":7,\"name\":[],\"user\":{},\"to\":[]}"};
    (void)state;
    world.failing = "conversations.open";
    world.error = "user_not_found";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (size_t k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++)
            perform(kinds[i], bodies[k], 1 + (int)(k % 2));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_done_twice_whichever_call_fails),
        TEST(a_long_text_is_changed_and_deleted_whole),
        TEST(a_message_is_marked_and_unfurls_nothing),
        TEST(a_post_joins_and_unarchives_its_channel),
        TEST(a_post_that_cannot_be_looked_up_is_repeated_but_never_to_a_customer),
        TEST(a_name_follows_the_channel_that_has_it_now),
        TEST(the_app_joins_no_channel_to_answer_one_person),
        TEST(an_answer_is_for_the_asker_alone_where_the_app_is_not),
        TEST(answers_in_a_direct_talk_stay),
        TEST(an_edit_ends_with_its_message_or_channel),
        TEST(people_are_answered_by_direct_message_where_the_app_cannot_post),
        TEST(an_edit_replaces_everything_and_accepts_a_missing_message),
        TEST(customers_are_told_in_their_channel),
        TEST(a_route_says_in_which_channel),
        TEST(customers_are_found_by_the_names_of_shared_channels),
        TEST(what_customers_names_comes_first_and_there_may_be_more),
        TEST(a_taken_name_gets_a_number),
        TEST(finished_steps_of_a_new_channel_are_not_repeated),
        TEST(a_private_incident_never_gets_a_public_channel),
        TEST(names_fit_slacks_rules),
        TEST(a_topic_is_cut_and_escaped),
        TEST(one_refused_person_does_not_keep_the_others_out),
        TEST(what_is_already_so_counts_as_done),
        TEST(a_bookmark_with_the_same_title_is_replaced),
        TEST(a_user_group_gets_exactly_these_members),
        TEST(somebody_is_found_by_their_address),
        TEST(a_form_is_shown_once),
        TEST(each_error_says_what_is_wrong_and_stops_only_what_it_must),
        TEST(malformed_bodies_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
