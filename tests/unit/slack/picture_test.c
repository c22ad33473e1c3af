/* A card's picture is uploaded once, and shown; whatever fails on the way, the message is posted with its words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../conformance/tiny_png.h"
#include "../../support/check.h"
#include "../../support/http_server.h"
#include "../../support/slack.h"

#define BODY                                                                                                   \
    "{\"channel\":\"C0ROOM001\",\"card\":{\"title\":\"A month\",\"text\":\"12 "                                \
    "h\",\"picture\":{\"png\":\"" TINY_PNG "\",\"width\":8,\"height\":8,\"alt\":\"Oct 3 h\"}}}"

static struct slack_fake fake;
static struct http_page pages[] = {{.path = "/upload/1", .status = 200, .body = "OK - 84"}, {.path = NULL}};
static struct http_server server = {.pages = pages};
static struct {
    cJSON *kept;
    const char *failing, *error; /* this method fails with this error */
    int looks;                   /* at the file, until Slack knows what it is */
    bool refuses;                /* messages with a picture */
} world;

/* ---- a small Slack ---- */

static cJSON *ok_with(const char *name, const char *value)
{
    cJSON *answer = kit_json_texts(name, value, NULL);
    cJSON_AddTrueToObject(answer, "ok");
    return answer;
}

static cJSON *upload_url(void)
{
    char url[80];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/upload/1", server.port);
    cJSON *answer = ok_with("upload_url", url);
    cJSON_AddStringToObject(answer, "file_id", "F0PICTURE");
    return answer;
}

static cJSON *file(void)
{
    cJSON *answer = ok_with("x", "y");
    cJSON_AddItemToObject(answer, "file",
                          kit_json_texts("mimetype", world.looks-- > 0 ? "" : "image/png", NULL));
    return answer;
}

static bool has_picture(const cJSON *arguments)
{
    char *text = cJSON_PrintUnformatted(kit_json_member(arguments, "blocks"));
    bool has = text && strstr(text, "slack_file");
    cJSON_free(text);
    return has;
}

static cJSON *refusal(const char *error)
{
    cJSON *answer = kit_json_texts("error", error, NULL);
    cJSON_AddFalseToObject(answer, "ok");
    return answer;
}

static cJSON *answer(const char *method, const cJSON *arguments)
{
    if (world.failing && strcmp(method, world.failing) == 0)
        return *world.error ? refusal(world.error) : NULL;
    if (strcmp(method, "files.getUploadURLExternal") == 0)
        return upload_url();
    if (strcmp(method, "files.info") == 0)
        return file();
    if (strcmp(method, "chat.postMessage") == 0 && world.refuses && has_picture(arguments))
        return refusal("invalid_blocks");
    return ok_with("ts", "1700000000.000100");
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    const char *kept = cJSON_GetStringValue(kit_json_member(world.kept, key));
    return kept ? snprintf(value, capacity, "%s", kept) : -1;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    cJSON_DeleteItemFromObjectCaseSensitive(world.kept, key);
    char *text = value ? strndup(value, length) : NULL;
    if (text)
        cJSON_AddStringToObject(world.kept, key, text);
    free(text);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    world.kept = cJSON_CreateObject();
    pages[0].status = 200;
    pages[0].count = 0;
    slack_fake_init(&fake, answer);
    fake.slack.http = kit_http_create("a test");
    fake.host.get = get;
    fake.host.put = fake.host.keep = put;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kit_http_destroy(fake.slack.http);
    slack_fake_finish(&fake);
    cJSON_Delete(world.kept);
    return 0;
}

static int start(void **state)
{
    (void)state;
    http_server_start(&server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_server_stop(&server);
    return 0;
}

/* ---- what came of it ---- */

static struct tocsin_result post(int attempt)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = attempt,
                                   .deadline_ms = 30000,
                                   .id = "1",
                                   .kind = "post",
                                   .key = "key-1",
                                   .body = BODY,
                                   .body_length = strlen(BODY)};
    slack_perform(&fake.slack, &action, &result);
    return result;
}

/* The latest message. */
static const cJSON *posted(void)
{
    const cJSON *call, *found = NULL;
    cJSON_ArrayForEach(call, fake.called)
    {
        if (strcmp(kit_json_text(call, "method"), "chat.postMessage") == 0)
            found = kit_json_member(call, "arguments");
    }
    assert_non_null(found);
    return found;
}

static void shows_words(void)
{
    assert_int_equal(post(1).code, TOCSIN_DONE);
    assert_false(has_picture(posted()));
    char *text = cJSON_PrintUnformatted(posted());
    assert_non_null(strstr(text, "Oct 3 h"));
    cJSON_free(text);
}

static void it_is_uploaded_and_shown(void **state)
{
    (void)state;
    world.looks = 2;
    assert_int_equal(post(1).code, TOCSIN_DONE);
    assert_true(has_picture(posted()));
    assert_int_equal(pages[0].count, 1);
    assert_null(strcasestr(pages[0].asked, "authorization"));
    assert_non_null(strcasestr(pages[0].asked, "content-length: 84"));
    assert_int_equal(slack_fake_calls(&fake, "files.completeUploadExternal"), 1);
    assert_int_equal(slack_fake_calls(&fake, "files.info"), 3);
    assert_int_equal(cJSON_GetArraySize(world.kept), 0); /* done: nothing is remembered */
}

static void a_retry_shows_the_same_file(void **state)
{
    (void)state;
    world.failing = "chat.postMessage";
    world.error = "internal_error";
    assert_int_equal(post(1).code, TOCSIN_RETRY);
    assert_int_equal(cJSON_GetArraySize(world.kept), 1);
    world.failing = NULL;
    assert_int_equal(post(1).code,
                     TOCSIN_DONE); /* the core does not count an attempt that surely did nothing */
    assert_true(has_picture(posted()));
    assert_int_equal(slack_fake_calls(&fake, "files.getUploadURLExternal"), 1);
    assert_int_equal(cJSON_GetArraySize(world.kept), 0);
}

static void what_fails_on_the_way_leaves_the_words(void **state)
{
    static const struct {
        const char *method, *error;
    } rows[] = {{"files.getUploadURLExternal", "missing_scope"},
                {"files.getUploadURLExternal", "ratelimited"},
                {"files.getUploadURLExternal", ""},
                {"files.completeUploadExternal", "internal_error"},
                {"files.completeUploadExternal", ""}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world.failing = rows[i].method;
        world.error = rows[i].error;
        shows_words();
        tear_down(state);
        set_up(state);
    }
    pages[0].status = 500;
    shows_words();
}

static void a_picture_that_slack_refuses_late_is_left_out(void **state)
{
    (void)state;
    world.refuses = true;
    shows_words();
    assert_int_equal(slack_fake_calls(&fake, "chat.postMessage"), 2);
    assert_non_null(strstr(cJSON_GetStringValue(fake.logged->child), "a picture is left out"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(it_is_uploaded_and_shown),
        T(a_retry_shows_the_same_file),
        T(what_fails_on_the_way_leaves_the_words),
        T(a_picture_that_slack_refuses_late_is_left_out),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
