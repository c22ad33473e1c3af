/* How far a poll came survives a restart; equal positions and late rows are neither lost nor told twice. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/poll.h>

/* A host that stores one value, together with an event or at once. */
static struct {
    char value[70000], kept[70000], health[200];
    int32_t answer;
    int emitted, puts;
} store;

static int32_t emit(void *ctx, const char *event, size_t n)
{
    (void)ctx, (void)event, (void)n;
    if (store.answer == TOCSIN_EMITTED) {
        store.emitted++;
        memcpy(store.value, store.kept, sizeof(store.value));
    }
    return store.answer;
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    size_t n = strlen(store.value);
    assert_string_equal(key, "seen:rows");
    memcpy(value, store.value, n < capacity ? n : capacity);
    return n ? (int64_t)n : -1;
}

static int32_t write_to(char *to, const char *value, size_t n)
{
    memcpy(to, value, n);
    to[n] = '\0';
    return 0;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    (void)ctx, (void)key;
    store.puts++;
    return write_to(store.value, value, n);
}

static int32_t keep(void *ctx, const char *key, const char *value, size_t n)
{
    (void)ctx, (void)key;
    return write_to(store.kept, value, n);
}

static void health(void *ctx, const char *why)
{
    (void)ctx;
    snprintf(store.health, sizeof(store.health), "%s", why ? why : "well");
}

static const struct tocsin_host host = {
    .size = sizeof(host), .emit = emit, .get = get, .put = put, .keep = keep, .health = health};

static void load(struct kit_seen *seen)
{
    kit_seen_load(seen, &host, "rows", 10);
}

static bool pass(struct kit_seen *seen, const char *id, int64_t position)
{
    return kit_seen_pass(seen, id, position, cJSON_CreateObject());
}

static void rows_are_told_once(void **state)
{
    struct kit_seen seen;
    (void)state;
    memset(&store, 0, sizeof(store));
    load(&seen);
    assert_int_equal(seen.latest, -1);
    kit_seen_begin(&seen, 100);
    assert_int_equal(kit_seen_from(&seen), 101);
    assert_true(pass(&seen, "a", 105));
    assert_true(pass(&seen, "b", 105));
    assert_int_equal(store.emitted, 2);
    kit_seen_finish(&seen);
    load(&seen); /* as after a kill */
    assert_true(kit_seen_has(&seen, "a"));
    assert_true(kit_seen_has(&seen, "b"));
    assert_false(kit_seen_has(&seen, "late"));
    assert_int_equal(kit_seen_from(&seen), 101);
    assert_true(pass(&seen, "late", 103));
    assert_int_equal(seen.latest, 105);
    assert_true(pass(&seen, "c", 200));
    assert_int_equal(kit_seen_from(&seen), 190);
    assert_false(kit_seen_has(&seen, "a")); /* no round asks for it any more */
    kit_seen_finish(&seen);
}

static void what_the_core_did_not_take_comes_again(void **state)
{
    struct kit_seen seen;
    (void)state;
    memset(&store, 0, sizeof(store));
    load(&seen);
    kit_seen_begin(&seen, 0);
    store.answer = TOCSIN_EMIT_RETRY;
    assert_false(pass(&seen, "a", 5));
    assert_false(kit_seen_has(&seen, "a"));
    assert_int_equal(seen.latest, 0);
    store.answer = TOCSIN_EMIT_REFUSED; /* never: it is left */
    assert_true(pass(&seen, "a", 5));
    assert_true(kit_seen_has(&seen, "a"));
    assert_true(kit_seen_pass(&seen, "quiet", 6, NULL));
    assert_int_equal(store.puts, 0);
    assert_true(kit_seen_save(&seen));
    assert_true(kit_seen_save(&seen));
    assert_int_equal(store.puts, 1);
    kit_seen_finish(&seen);
    load(&seen);
    assert_true(kit_seen_has(&seen, "quiet"));
    kit_seen_finish(&seen);
    strcpy(store.value, "nonsense");
    load(&seen);
    assert_int_equal(seen.latest, -1);
    kit_seen_finish(&seen);
}

static void as_many_ids_are_kept_as_can_be_stored(void **state)
{
    struct kit_seen seen;
    char id[40];
    (void)state;
    memset(&store, 0, sizeof(store));
    load(&seen);
    kit_seen_begin(&seen, 0);
    for (int i = 0; i < KIT_SEEN_MOST + 10; i++) {
        snprintf(id, sizeof(id), "row-%d", i);
        assert_true(kit_seen_pass(&seen, id, 7, NULL));
    }
    assert_false(kit_seen_has(&seen, "row-9"));
    assert_true(kit_seen_has(&seen, "row-10"));
    assert_true(kit_seen_save(&seen));
    kit_seen_finish(&seen);
}

/* ---- pages ---- */

struct book {
    const char *nexts[4];
    int read;
};

static bool read_page(void *ctx, const char *at, struct kit_text *next)
{
    struct book *book = ctx;
    const char *after = book->nexts[book->read];
    assert_string_equal(at, book->read ? book->nexts[book->read - 1] : "");
    book->read++;
    kit_text_add(next, after ? after : "");
    return after == NULL || strcmp(after, "stop") != 0;
}

static void pages_end(void **state)
{
    (void)state;
    struct book two = {.nexts = {"2", NULL}}, circle = {.nexts = {"2", "2"}}, failing = {.nexts = {"stop"}},
                many = {.nexts = {"2", "3", "4", "5"}};
    assert_true(kit_pages(read_page, &two, 10));
    assert_int_equal(two.read, 2);
    assert_true(kit_pages(read_page, &circle, 10));
    assert_int_equal(circle.read, 2);
    assert_false(kit_pages(read_page, &failing, 10));
    assert_int_equal(failing.read, 1);
    assert_false(kit_pages(read_page, &many, 3));
    assert_int_equal(many.read, 3);
}

/* ---- rounds ---- */

struct trip {
    struct kit_rounds *rounds;
    int n, stop_at, fail_to, refuse_at;
};

static bool take_name(void *ctx, const cJSON *row)
{
    char *names = ctx;
    strcat(names, kit_json_text(row, "name"));
    return strlen(names) < 4;
}

static void rows_are_taken_in_order(void **state)
{
    (void)state;
    static const char text[] = "[{\"at\":9,\"name\":\"d\"},{\"at\":7,\"name\":\"b\"},{\"at\":7,\"name\":\"c\"},"
                               "{\"at\":3,\"name\":\"a\"},{\"at\":99,\"name\":\"e\"}]";
    char names[10] = "";
    cJSON *rows = kit_json_parse(text, strlen(text));
    kit_take_ordered(rows, "at", take_name, names);
    assert_string_equal(names, "abcd"); /* then it was told to stop */
    cJSON_Delete(rows);
    kit_take_ordered(NULL, "at", take_name, names);
}

static void travel(void *ctx, struct tocsin_result *result)
{
    struct trip *trip = ctx;
    trip->n++;
    if (trip->n <= trip->fail_to) {
        result->code = TOCSIN_RETRY;
        strcpy(result->detail, "it is down");
    }
    if (trip->n == trip->refuse_at) {
        result->code = TOCSIN_AUTH;
        strcpy(result->detail, "no login");
    }
    if (trip->n == trip->stop_at)
        kit_rounds_stop(trip->rounds);
}

static void rounds_go_on_until_they_are_stopped(void **state)
{
    struct tocsin_error error = {.size = sizeof(error)};
    struct trip trip = {.rounds = kit_rounds_create(&host), .stop_at = 4, .fail_to = 2};
    (void)state;
    assert_int_equal(kit_rounds_run(trip.rounds, 1, travel, &trip, &error), 0);
    assert_int_equal(trip.n, 4);
    assert_string_equal(store.health, "well"); /* after it was down */
    assert_int_equal(kit_rounds_run(trip.rounds, 1, travel, &trip, &error), 0);
    assert_int_equal(trip.n, 4);
    kit_rounds_destroy(trip.rounds);
    struct trip refused = {.rounds = kit_rounds_create(&host), .refuse_at = 1};
    assert_int_equal(kit_rounds_run(refused.rounds, 1, travel, &refused, &error), TOCSIN_E_AUTH);
    assert_string_equal(error.text, "no login");
    kit_rounds_destroy(refused.rounds);
}

/* ---- what an answer means ---- */

static void a_platforms_own_meaning_comes_first(void **state)
{
    static const struct kit_meaning own[] = {
        {403, TOCSIN_REFUSED, "not in that queue"}, {409, TOCSIN_RETRY, NULL}, {0, 0, NULL}};
    struct kit_answer answer = {.outcome = KIT_ANSWERED, .status = 403};
    struct tocsin_result result = {0};
    struct tocsin_error error = {.size = sizeof(error)};
    (void)state;
    assert_int_equal(kit_answer_meaning(&answer, own, "No\npermission", &result), TOCSIN_REFUSED);
    assert_string_equal(result.detail, "not in that queue (Nopermission)");
    assert_int_equal(kit_result_error(&result, &error), TOCSIN_E_AUTH);
    answer.status = 409;
    assert_int_equal(kit_answer_meaning(&answer, own, "", &result), TOCSIN_RETRY);
    assert_string_equal(result.detail, "the platform answered with status 409");
    assert_int_equal(kit_result_error(&result, &error), TOCSIN_E_FAILED);
    answer.status = 401;
    assert_int_equal(kit_answer_meaning(&answer, own, "", &result), TOCSIN_AUTH);
    answer.outcome = KIT_CUT;
    answer.status = 0;
    assert_int_equal(kit_answer_meaning(&answer, own, "", &result), TOCSIN_UNKNOWN);
    result.code = TOCSIN_DONE;
    assert_int_equal(kit_result_error(&result, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_told_once),
        cmocka_unit_test(what_the_core_did_not_take_comes_again),
        cmocka_unit_test(as_many_ids_are_kept_as_can_be_stored),
        cmocka_unit_test(pages_end),
        cmocka_unit_test(rows_are_taken_in_order),
        cmocka_unit_test(rounds_go_on_until_they_are_stopped),
        cmocka_unit_test(a_platforms_own_meaning_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
