/* Holidays from an address: which addresses are taken, what is told of them, what is kept, and what a hostile answer comes to. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/memory_store.h"
#include "feeds/feeds.h"

static void only_https_is_taken_or_this_machine(void **state)
{
    static const char *const good[] = {"https://calendars.example/de.ics",
                                       "HTTPS://a.b:8443/x?token=s",
                                       "https://user:word@calendars.example/",
                                       "http://127.0.0.1:80/x",
                                       "http://localhost/x",
                                       "http://[::1]:9/x",
                                       "https://10.0.0.1"};
    static const char *const bad[] = {"",
                                      "calendars.example/de.ics",
                                      "ftp://calendars.example/x",
                                      "file:///etc/passwd",
                                      "https://",
                                      "https:///x",
                                      "https://a b/x",
                                      "https://a\n/x",
                                      "https://a\\@b/x",
                                      "http://127.0.0.1@calendars.example/x",
                                      "http://127.0.0.1.calendars.example/",
                                      "http://calendars.example/x",
                                      "http://10.0.0.1/x"};
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        if (feed_check(good[i], &err))
            fail_msg("%s: %s", good[i], err.text);
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (feed_check(bad[i], &err) != ERR_INVALID)
            fail_msg("%s is taken", bad[i]);
        assert_non_null(strstr(err.text, "url must be"));
        assert_null(strstr(err.text, "token"));
    }
}

static void only_the_host_is_told(void **state)
{
    static const struct {
        const char *url, *host;
    } rows[] = {{"https://calendars.example/private-123/de.ics", "calendars.example"},
                {"https://calendars.example:8443?t=123", "calendars.example"},
                {"https://ana:123@calendars.example#x", "calendars.example"},
                {"https://ana:12@3@calendars.example/", "calendars.example"},
                {"http://[::1]:80/123", "[::1]"},
                {"https://h/a@b", "h"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_FREE char *host = feed_host(rows[i].url);
        assert_string_equal(host, rows[i].host);
    }
}

/* ---- between tocsind and tocsin-fetch ---- */

static void a_request_arrives_as_it_left(void **state)
{
    struct feed_request request = {xstrdup("https://a.example/\"x\""), xstrdup("W/\"1\"")}, read = {0};
    CLEANUP_STR struct str json = {0};
    (void)state;
    feed_request_write(&request, &json);
    assert_int_equal(feed_request_parse(json.p, json.len, &read, NULL), 0);
    assert_string_equal(read.url, request.url);
    assert_string_equal(read.etag, request.etag);
    feed_request_finish(&request);
    feed_request_finish(&read);
    assert_int_equal(feed_request_parse("{}", 2, &read, NULL), ERR_INVALID);
}

static void answer_with(struct feed_answer *ret, const char *json)
{
    struct error err;
    if (feed_answer_parse(json, strlen(json), ret, &err))
        fail_msg("%s: %s", json, err.text);
}

static void an_answer_arrives_as_it_left(void **state)
{
    struct feed_answer answer = {.etag = xstrdup("\"7\"")}, read;
    CLEANUP_STR struct str json = {0};
    (void)state;
    holidays_add(&answer.days, 0);
    holidays_add(&answer.days, 20597);
    feed_answer_write(&answer, &json);
    answer_with(&read, json.p);
    assert_true(holidays_same(&read.days, &answer.days));
    assert_string_equal(read.etag, "\"7\"");
    assert_true(!read.why && !read.unchanged);
    feed_answer_finish(&answer);
    feed_answer_finish(&read);
    answer_with(&read, "{\"unchanged\":true}");
    assert_true(read.unchanged && !read.days.days.n);
    answer_with(&read, "{\"why\":\"no\\u0007 \\u001b[31m\",\"days\":[1]}");
    assert_string_equal(read.why, "no [31m");
    assert_int_equal(read.days.days.n, 0);
    feed_answer_finish(&read);
}

static void a_hostile_answer_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "{}",
                                      "{\"days\":{}}",
                                      "{\"days\":[\"1\"]}",
                                      "{\"days\":[1.5]}",
                                      "{\"days\":[-1]}",
                                      "{\"days\":[2,1]}",
                                      "{\"days\":[1,1]}",
                                      "{\"days\":[99999999]}",
                                      "{\"days\":[1e300]}",
                                      "{\"days\":[1]} x"};
    struct feed_answer answer = {.unchanged = true};
    CLEANUP_STR struct str many = {0};
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (!feed_answer_parse(bad[i], strlen(bad[i]), &answer, &err))
            fail_msg("%s is taken", bad[i]);
    }
    str_add(&many, "{\"days\":[0");
    for (int i = 1; i <= HOLIDAYS_MOST; i++)
        str_addf(&many, ",%d", i);
    str_add(&many, "]}");
    assert_int_equal(feed_answer_parse(many.p, many.len, &answer, &err), ERR_INVALID);
    assert_true(answer.unchanged);
    answer_with(&answer, "{\"days\":[],\"etag\":\"a\\r\\nX: y\"}");
    assert_null(answer.etag);
}

/* ---- what is kept ---- */

static void a_failure_keeps_the_days_last_read(void **state)
{
    struct feed feed = {0};
    struct feed_answer answer;
    (void)state;
    answer_with(&answer, "{\"why\":\"it answered with status 500\"}");
    feed_take(&feed, &answer, 100);
    assert_true(feed.read_at == 0 && feed.failing_since == 100);
    answer_with(&answer, "{\"days\":[5,7],\"etag\":\"1\"}");
    feed_take(&feed, &answer, 200);
    assert_true(feed.read_at == 200 && feed.failing_since == 0 && !feed.why && feed.days.days.n == 2);
    answer_with(&answer, "{\"unchanged\":true}");
    feed_take(&feed, &answer, 300);
    assert_true(feed.read_at == 300 && feed.days.days.n == 2);
    assert_string_equal(feed.etag, "1");
    answer_with(&answer, "{\"why\":\"a\"}");
    feed_take(&feed, &answer, 400);
    answer_with(&answer, "{\"why\":\"b\"}");
    feed_take(&feed, &answer, 500);
    assert_true(feed.read_at == 300 && feed.failing_since == 400 && feed.days.days.v[1] == 7);
    assert_string_equal(feed.why, "b");
    feed_answer_finish(&answer);
    feed_finish(&feed);
}

static void what_is_kept_does_not_hold_the_address(void **state)
{
    static const char url[] = "https://calendars.example/secret-word";
    struct store *store = memory_store_create();
    struct journal *journal;
    struct journal_batch *batch = batch_create();
    struct feed feed = {.read_at = 7, .failing_since = 9, .why = xstrdup("no"), .etag = xstrdup("\"1\"")}, read;
    (void)state;
    assert_int_equal(journal_open_store(store, NULL, &journal, NULL), 0);
    holidays_add(&feed.days, 20597);
    feed_write(batch, url, &feed, 11);
    assert_null(strstr(batch->docs.v[0].key, "secret"));
    assert_null(strstr(batch->docs.v[0].body, "secret"));
    assert_true(batch->docs.v[0].at == 11);
    journal_append(journal, batch, NULL, NULL);
    journal_step(journal);
    feed_read(journal, "https://calendars.example/another", &read);
    assert_true(!read.read_at && !read.days.days.n && !read.why);
    feed_read(journal, url, &read);
    assert_true(read.read_at == 7 && read.failing_since == 9 && holidays_same(&read.days, &feed.days));
    assert_string_equal(read.why, "no");
    assert_string_equal(read.etag, "\"1\"");
    feed_finish(&feed);
    feed_finish(&read);
    journal_close(journal);
    memory_store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_https_is_taken_or_this_machine),
        cmocka_unit_test(only_the_host_is_told),
        cmocka_unit_test(a_request_arrives_as_it_left),
        cmocka_unit_test(an_answer_arrives_as_it_left),
        cmocka_unit_test(a_hostile_answer_is_refused),
        cmocka_unit_test(a_failure_keeps_the_days_last_read),
        cmocka_unit_test(what_is_kept_does_not_hold_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
