/* Rows with growing numbers are told once and in order, and one that cannot be read does not keep the rest from coming in. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include <tocsin/kit/feed.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define PAGE 2

static struct {
    char kept[70000], told[400], log[400];
    int64_t rows, broken; /* there are rows from 1 on; one of them cannot be read */
    int asked;
} world;

static int32_t emit(void *ctx, const char *event, size_t n)
{
    (void)ctx;
    cJSON *json = kit_json_parse(event, n);
    size_t at = strlen(world.told);
    snprintf(world.told + at, sizeof(world.told) - at, "%s ", kit_json_text(json, "id"));
    cJSON_Delete(json);
    return TOCSIN_EMITTED;
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx, (void)key;
    snprintf(value, capacity, "%s", world.kept);
    return *world.kept ? (int64_t)strlen(world.kept) : -1;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    (void)ctx, (void)key;
    snprintf(world.kept, sizeof(world.kept), "%.*s", (int)n, value);
    return 0;
}

static void take_log(void *ctx, int32_t level, const char *text)
{
    (void)ctx, (void)level;
    snprintf(world.log, sizeof(world.log), "%s", text);
}

static const struct tocsin_host host = {
    .size = sizeof(host), .emit = emit, .get = get, .put = put, .keep = put, .log = take_log};

static cJSON *ask(struct kit_task *task, const struct kit_feed *feed, int64_t from, bool newest)
{
    cJSON *rows = cJSON_CreateArray();
    (void)task;
    assert_string_equal(feed->what, "rows");
    world.asked++;
    int64_t first = newest ? world.rows : from < 1 ? 1 : from;
    for (int64_t id = first; id <= world.rows && id && cJSON_GetArraySize(rows) < PAGE; id++) {
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)id);
        cJSON_AddItemToArray(rows, kit_json_texts("id", text, NULL));
    }
    return rows;
}

static cJSON *event_of(struct kit_task *task, const cJSON *row)
{
    const char *id = kit_json_text(row, "id");
    char broken[24];
    snprintf(broken, sizeof(broken), "%lld", (long long)world.broken);
    if (strcmp(id, broken) != 0)
        return kit_json_texts("id", id, NULL);
    task->status = 500;
    kit_result(task->result, TOCSIN_RETRY, "it is broken");
    return NULL;
}

/* A round of a connector that has just been started. */
static int32_t read_once(struct kit_feed *feed)
{
    static const struct kit_api api = {.name = "Desk"};
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&api, 1000, &result);
    kit_feed_read(feed, &task);
    return result.code;
}

static struct kit_feed load(void)
{
    struct kit_feed feed = {.ask = ask, .event_of = event_of, .what = "rows"};
    kit_seen_load(&feed.seen, &host, "rows", 3);
    return feed;
}

static int set_up(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    return 0;
}

static void what_is_new_is_told_once(void **state)
{
    (void)state;
    struct kit_feed feed = load();
    world.rows = 2;
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    assert_string_equal(world.told, ""); /* it was there before */
    world.rows = 7;
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    assert_string_equal(world.told, "3 4 5 6 7 ");
    kit_seen_finish(&feed.seen);
    feed = load();
    world.rows = 8;
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    assert_string_equal(world.told, "3 4 5 6 7 8 ");
    kit_seen_finish(&feed.seen);
}

static void an_empty_list_is_a_beginning(void **state)
{
    (void)state;
    struct kit_feed feed = load();
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    world.rows = 1;
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    assert_string_equal(world.told, "1 ");
    kit_seen_finish(&feed.seen);
}

static void a_row_that_cannot_be_read_is_left_at_last(void **state)
{
    (void)state;
    struct kit_feed feed = load();
    read_once(&feed);
    world.rows = 3;
    world.broken = 2;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(read_once(&feed), TOCSIN_RETRY);
        assert_string_equal(world.told, "1 ");
    }
    assert_int_equal(read_once(&feed), TOCSIN_DONE);
    assert_string_equal(world.told, "1 3 ");
    assert_string_equal(world.log, "left number 2, which cannot be read: it is broken");
    kit_seen_finish(&feed.seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_new_is_told_once, set_up),
        cmocka_unit_test_setup(an_empty_list_is_a_beginning, set_up),
        cmocka_unit_test_setup(a_row_that_cannot_be_read_is_left_at_last, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
