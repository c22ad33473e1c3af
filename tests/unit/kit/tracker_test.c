/* Followed tickets: what is news, however often and in whatever order it comes; and the text of a ticket. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/tracker.h>

/* A host that stores everything at once. */
static struct {
    char key[200], value[1000];
} rows[8];
static char emitted[1000];
static int events;
static int32_t outcome;

static int row_of(const char *key)
{
    for (int i = 0; i < 8; i++) {
        if (strcmp(rows[i].key, key) == 0 || !rows[i].key[0])
            return i;
    }
    abort();
}

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    int i = row_of(key);
    (void)ctx;
    if (!rows[i].value[0])
        return -1;
    snprintf(value, capacity, "%s", rows[i].value);
    return (int64_t)strlen(rows[i].value);
}

static int32_t put(void *ctx, const char *key, const char *value, size_t n)
{
    int i = row_of(key);
    (void)ctx;
    snprintf(rows[i].key, sizeof(rows[i].key), "%s", key);
    snprintf(rows[i].value, sizeof(rows[i].value), "%.*s", (int)n, value ? value : "");
    return 0;
}

/* What an action keeps is stored with its outcome, which may come later. */
static bool acting;
static char late_key[200], late[1000];

static int32_t keep(void *ctx, const char *key, const char *value, size_t n)
{
    if (!acting)
        return put(ctx, key, value, n);
    snprintf(late_key, sizeof(late_key), "%s", key);
    snprintf(late, sizeof(late), "%.*s", (int)n, value);
    return 0;
}

static void report_outcome(void)
{
    put(NULL, late_key, late, strlen(late));
}

static int32_t emit(void *ctx, const char *event, size_t n)
{
    (void)ctx;
    events++;
    snprintf(emitted, sizeof(emitted), "%.*s", (int)n, event);
    return outcome;
}

static const struct tocsin_host host = {
    .size = sizeof(host), .get = get, .put = put, .keep = keep, .emit = emit};

static struct kit_followed *start(void)
{
    memset(rows, 0, sizeof(rows));
    events = 0;
    outcome = TOCSIN_EMITTED;
    return kit_followed_create(&host);
}

static struct kit_ticket one(bool done)
{
    return (struct kit_ticket){.id = "acme/shop#1",
                               .link = "https://x.org/1",
                               .title = "One",
                               .status = done ? "completed" : "open",
                               .done = done};
}

static enum kit_told hear(struct kit_followed *f, bool done, int64_t ms, enum kit_source source)
{
    struct kit_ticket ticket = one(done);
    ticket.id = NULL;
    return kit_followed_tell(f, "1", &ticket, ms, source, kit_json_texts("id", "ana", NULL));
}

static void only_changes_of_followed_tickets_are_news(void **state)
{
    struct kit_followed *f = start();
    struct kit_ticket ticket = one(false);
    (void)state;
    assert_false(kit_followed_has(f, "1"));
    assert_int_equal(hear(f, true, 1000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 0);
    kit_followed_note(f, "1", &ticket, 1000);
    assert_true(kit_followed_has(f, "1"));
    assert_int_equal(hear(f, false, 3000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 0);
    assert_int_equal(hear(f, true, 2000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(hear(f, true, 2000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 1);
    assert_string_equal(emitted, "{\"link\":\"https://x.org/1\",\"state\":\"done\",\"title\":\"One\","
                                 "\"status\":\"completed\",\"user\":{\"id\":\"ana\"},"
                                 "\"ticket\":\"acme/shop#1\",\"type\":\"ticket\",\"id\":\"1@2000.1\"}");
    kit_followed_destroy(f);
}

static void older_news_are_none_and_equal_times_are_asked(void **state)
{
    struct kit_followed *f = start();
    struct kit_ticket ticket = one(true);
    (void)state;
    kit_followed_note(f, "1", &ticket, 2000);
    assert_int_equal(hear(f, false, 1000, KIT_ASKED), KIT_TOLD);
    assert_int_equal(hear(f, false, 2000, KIT_HEARD), KIT_UNSURE);
    assert_int_equal(events, 0);
    assert_int_equal(hear(f, false, 2000, KIT_ASKED), KIT_TOLD);
    assert_int_equal(hear(f, true, 2000, KIT_ASKED), KIT_TOLD);
    assert_int_equal(events, 2);
    assert_non_null(strstr(emitted, "\"id\":\"1@2000.2\""));
    outcome = TOCSIN_EMIT_RETRY;
    assert_int_equal(hear(f, false, 3000, KIT_HEARD), KIT_LATER);
    kit_followed_destroy(f);
}

/* Somebody reopens what we are closing, in the same millisecond: an event tells it, and only then the outcome of our action is stored. */
static void what_was_told_meanwhile_is_not_lost(void **state)
{
    struct kit_followed *f = start();
    struct kit_ticket open = one(false), done = one(true);
    (void)state;
    kit_followed_note(f, "1", &open, 1000);
    acting = true;
    kit_followed_note(f, "1", &done, 2000);
    acting = false;
    assert_int_equal(hear(f, true, 2000, KIT_ASKED), KIT_TOLD);
    assert_int_equal(hear(f, false, 2000, KIT_ASKED), KIT_TOLD);
    report_outcome();
    assert_int_equal(events, 2);
    assert_int_equal(hear(f, false, 2000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 2);
    assert_int_equal(hear(f, true, 3000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 3);
    kit_followed_note(f, "1", &open, 4000); /* what we change later counts again */
    assert_int_equal(hear(f, false, 5000, KIT_HEARD), KIT_TOLD);
    assert_int_equal(events, 3);
    kit_followed_destroy(f);
}

static void a_moved_ticket_keeps_its_id(void **state)
{
    struct kit_followed *f = start();
    struct kit_ticket ticket = one(false);
    (void)state;
    kit_followed_note(f, "0", &ticket, 1000);
    assert_true(kit_followed_move(f, "0", "1"));
    assert_false(kit_followed_has(f, "0"));
    assert_int_equal(hear(f, true, 2000, KIT_HEARD), KIT_TOLD);
    assert_non_null(strstr(emitted, "\"ticket\":\"acme/shop#1\""));
    assert_true(kit_followed_move(f, "9", "8"));
    assert_false(kit_followed_has(f, "8"));
    kit_followed_destroy(f);
}

static void check_text(const char *json, enum kit_target target, size_t most, const char *expected)
{
    struct kit_text out = {0};
    cJSON *body = kit_json_parse(json, strlen(json));
    assert_non_null(body);
    kit_tracker_text(body, target, most, &out);
    assert_string_equal(kit_text_get(&out), expected);
    cJSON_Delete(body);
    kit_text_finish(&out);
}

static void a_text_ends_with_its_incident(void **state)
{
    (void)state;
    const char *body =
        "{\"text\":\"We **see** @ana\",\"incident\":\"INC-1\",\"link\":\"https://t.example/inc/1\"}";
    check_text(body, KIT_GITHUB, 1000, "We **see** @&#8203;ana\n\nIncident: [INC-1](https://t.example/inc/1)");
    check_text(body, KIT_JIRA, 1000, "We {*}see{*} @ana\n\nIncident: [INC-1|https://t.example/inc/1]");
    check_text("{\"text\":\"x\",\"incident\":\"INC-1\",\"link\":\"javascript:x\"}", KIT_JIRA, 1000,
               "x\n\nIncident: INC-1");
    check_text("{\"text\":\"x\"}", KIT_JIRA, 1000, "x");
    check_text("{\"text\":\"Of INC-1\",\"incident\":\"INC-1\"}", KIT_JIRA, 1000, "Of INC-1");
    check_text("{\"text\":\"<https://t.example/1>\",\"incident\":\"INC-1\",\"link\":\"https://t.example/1\"}",
               KIT_JIRA, 1000, "[https://t.example/1]");
    check_text("{\"text\":\"0123456789\"}", KIT_JIRA, 9, "01234");
    check_text("{\"text\":\"0123456789\",\"incident\":\"INC-1\"}", KIT_JIRA, 17, "Incident: INC-1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_changes_of_followed_tickets_are_news),
        cmocka_unit_test(older_news_are_none_and_equal_times_are_asked),
        cmocka_unit_test(what_was_told_meanwhile_is_not_lost),
        cmocka_unit_test(a_moved_ticket_keeps_its_id),
        cmocka_unit_test(a_text_ends_with_its_incident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
