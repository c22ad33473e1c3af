#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/cursor.h>

/* A host that stores one value. */
static struct {
    char key[200], value[600];
    int32_t answer, kept;
    int emitted, puts;
} store;

static int32_t emit(void *ctx, const char *event, size_t n)
{
    (void)ctx, (void)event, (void)n;
    store.emitted++;
    return store.answer;
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    size_t n = strlen(store.value);
    if (strcmp(key, store.key) != 0)
        return -1;
    memcpy(value, store.value, n < capacity ? n : capacity);
    return (int64_t)n;
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    (void)ctx;
    store.puts++;
    if (store.kept)
        return store.kept;
    strncpy(store.key, key, sizeof(store.key) - 1);
    memcpy(store.value, value, n);
    store.value[n] = '\0';
    return 0;
}

static const struct tocsin_host host = {.size = sizeof(host), .emit = emit, .get = get, .put = put};

static void a_cursor_follows_what_is_durable(void **state)
{
    (void)state;
    struct kit_cursor cursor;
    kit_cursor_load(&cursor, &host, "inbox");
    assert_string_equal(cursor.value, "");
    assert_true(kit_cursor_save(&cursor));
    assert_int_equal(store.puts, 0); /* it did not move */
    assert_int_equal(kit_cursor_pass(&cursor, "{}", 2, "17"), TOCSIN_EMITTED);
    store.answer = TOCSIN_EMIT_REFUSED; /* the core will never take it: on to the next */
    assert_int_equal(kit_cursor_pass(&cursor, "{}", 2, "18"), TOCSIN_EMIT_REFUSED);
    store.answer = TOCSIN_EMIT_RETRY;
    assert_int_equal(kit_cursor_pass(&cursor, "{}", 2, "19"), TOCSIN_EMIT_RETRY);
    assert_string_equal(cursor.value, "18");
    store.kept = -1;
    assert_false(kit_cursor_save(&cursor));
    store.kept = 0;
    assert_true(kit_cursor_save(&cursor));
    assert_string_equal(store.key, "cursor:inbox");
    kit_cursor_load(&cursor, &host, "inbox");
    assert_string_equal(cursor.value, "18");
}

static void a_cursor_that_is_too_long_is_not_stored(void **state)
{
    (void)state;
    struct kit_cursor cursor;
    memset(store.value, 'x', sizeof(store.value) - 1);
    kit_cursor_load(&cursor, &host, "inbox");
    assert_string_equal(cursor.value, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_follows_what_is_durable),
        cmocka_unit_test(a_cursor_that_is_too_long_is_not_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
