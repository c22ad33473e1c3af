/* Lists of the API: pages that fit together while rows come, and tags that say nothing of what is private. */
#include "api_rig.h"

#include "customers/customers.h"

static const cJSON *rows_of(const cJSON *page, const char *name)
{
    const cJSON *rows = json_member(page, name);
    assert_true(cJSON_IsArray(rows));
    return rows;
}

static void declare(const char *token, const char *body)
{
    assert_int_equal(ask("POST", "/api/v1/incidents", token, body, NULL), 201);
}

static char *text_of(const cJSON *rows)
{
    CLEANUP_STR struct str all = {0};
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        CLEANUP_FREE char *text = cJSON_PrintUnformatted(row);
        str_addf(&all, "%s\n", text);
    }
    return xstrdup(str_text(&all));
}

/* All rows, read `limit` at a time. */
static char *walk(const char *token, const char *path, const char *name, int limit, int *ret_pages)
{
    CLEANUP_STR struct str all = {0};
    CLEANUP_FREE char *at = xasprintf("%s%climit=%d", path, strchr(path, '?') ? '&' : '?', limit);
    for (*ret_pages = 0; at && *ret_pages < 100; ++*ret_pages) {
        CLEANUP_JSON cJSON *page = NULL;
        assert_int_equal(ask("GET", at, token, NULL, &page), 200);
        assert_true(cJSON_GetArraySize(rows_of(page, name)) <= limit);
        CLEANUP_FREE char *rows = text_of(rows_of(page, name));
        const char *next = json_text_or(page, "next", NULL);
        str_add(&all, rows);
        free(at);
        at =
            next ? xasprintf("%s%climit=%d&cursor=%s", path, strchr(path, '?') ? '&' : '?', limit, next) : NULL;
    }
    return xstrdup(str_text(&all));
}

static const struct {
    const char *path, *rows;
} lists[] = {{"/api/v1/incidents?status=all", "incidents"},
             {"/api/v1/incidents", "incidents"},
             {"/api/v1/incidents?status=all&q=checkout", "incidents"},
             {"/api/v1/incidents/INC-1/timeline", "events"},
             {"/api/v1/search?q=checkout", "results"},
             {"/api/v1/groups", "groups"},
             {"/api/v1/incoming", "groups"},
             {"/api/v1/customers", "customers"},
             {"/api/v1/incidents/INC-1/customers", "customers"},
             {"/api/v1/followups", "followups"},
             {"/api/v1/actions", "actions"},
             {"/api/v1/subscribers", "subscribers"},
             {"/api/v1/tokens", "tokens"}};

static void taken(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)err, (void)last_seq;
    assert_int_equal(rc, 0);
}

static void an_alert(uint64_t fingerprint)
{
    struct alert alert;
    alert_init(&alert, "shop", rig->now);
    alert.fingerprint = fingerprint;
    alert.about.title = "TimeoutError";
    alert.about.service = "checkout";
    triage_alerts(rig->core, &alert, 1, rig->now, taken, NULL);
    rig_settle(rig);
}

/* Three rows or more in each list. */
static void fill(void)
{
    static const char *const lines[] = {"affect acme",
                                        "affect globex",
                                        "affect initech",
                                        "note one",
                                        "followup a by tomorrow",
                                        "followup b by tomorrow",
                                        "followup c by tomorrow"};
    rig->outcome = TOCSIN_REFUSED;
    for (int i = 0; i < 3; i++) {
        CLEANUP_FREE char *path =
            xasprintf("/api/v1/customers/%s", (const char *[]){"acme", "globex", "initech"}[i]);
        declare(ana, "{\"title\":\"checkout is slow\"}");
        assert_int_equal(ask("PUT", path, ana, "{\"name\":\"Somebody\"}", NULL), 200);
        an_alert((uint64_t)i + 0xf0);
        rig->now += SECOND;
    }
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *body = xasprintf("{\"text\":\"INC-1 %s\"}", lines[i]);
        ask("POST", "/api/v1/commands", ana, body, NULL);
    }
    ask("POST", "/api/v1/subscribers", ana,
        "{\"subscribers\":[{\"line\":1,\"kind\":\"email\",\"address\":\"a@x.example\"},"
        "{\"line\":2,\"kind\":\"email\",\"address\":\"b@x.example\"},"
        "{\"line\":3,\"kind\":\"email\",\"address\":\"c@x.example\"}]}",
        NULL);
}

static void pages_make_up_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        int pages, one;
        CLEANUP_FREE char *whole = walk(ana, lists[i].path, lists[i].rows, 500, &one);
        CLEANUP_FREE char *parts = walk(ana, lists[i].path, lists[i].rows, 1, &pages);
        assert_int_equal(one, 1);
        if (!strstr(lists[i].path, "durations") && strcmp(lists[i].rows, "incidents") != 0)
            assert_string_equal(whole, parts);
        if (pages < 3)
            fail_msg("%s: only %d rows", lists[i].path, pages);
    }
}

/* What was seen in the same millisecond is in one order, whenever it came first. */
static void no_group_is_left_out_of_the_pages(void **state)
{
    (void)state;
    static const uint64_t fingerprints[] = {0xe3, 0xe1, 0xe4, 0xe2};
    int pages, one;
    rig->now += SECOND;
    for (size_t i = 0; i < ARRAY_SIZE(fingerprints); i++)
        an_alert(fingerprints[i]);
    CLEANUP_FREE char *whole = walk(ana, "/api/v1/incoming", "groups", 500, &one);
    CLEANUP_FREE char *parts = walk(ana, "/api/v1/incoming", "groups", 1, &pages);
    assert_int_equal(one, 1);
    assert_string_equal(whole, parts);
}

/* A page is what it was, though rows came before it. */
static void new_rows_move_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        CLEANUP_JSON cJSON *first = NULL, *second = NULL, *again = NULL;
        char sign = strchr(lists[i].path, '?') ? '&' : '?';
        CLEANUP_FREE char *path = xasprintf("%s%climit=1", lists[i].path, sign);
        ask("GET", path, ana, NULL, &first);
        CLEANUP_FREE char *next = xasprintf("%s&cursor=%s", path, json_text_or(first, "next", ""));
        assert_int_equal(ask("GET", next, ana, NULL, &second), 200);
        rig->now += SECOND;
        declare(ana, "{\"title\":\"checkout again\"}");
        an_alert(0x100 + i);
        assert_int_equal(ask("GET", next, ana, NULL, &again), 200);
        const cJSON *before = cJSON_GetArrayItem(rows_of(second, lists[i].rows), 0),
                    *after = cJSON_GetArrayItem(rows_of(again, lists[i].rows), 0);
        static const char *const names[] = {"name",   "version", "fingerprint", "key",
                                            "number", "id",      "address",     "incident"};
        for (size_t k = 0; k < ARRAY_SIZE(names); k++)
            assert_true(cJSON_Compare(json_member(before, names[k]), json_member(after, names[k]), true) ||
                        (!json_member(before, names[k]) && !json_member(after, names[k])));
    }
}

/* 1,000 private ones, in one commit. */
static void add_hay(void)
{
    const struct command hay = {
        .verb = "declare", .by = "ana", .text = "hay", .name = "minor", .flag = true, .status = STATUS_TRIAGE};
    struct turn *turn = turn_begin(rig->core, rig->now);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(turn_do(turn, 0, &hay, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* Of more than are looked at for a page, the oldest alone fits. What a page ends with may be private, so its cursor does not say. */
static void a_filter_that_lets_few_through_goes_on(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *first = NULL, *second = NULL;
    declare(ana, "{\"title\":\"needle\",\"team\":\"needle\"}");
    add_hay();
    assert_int_equal(ask("GET", "/api/v1/incidents?status=all&team=needle", ben, NULL, &first), 200);
    const char *next = json_text_or(first, "next", "");
    assert_int_equal(cJSON_GetArraySize(rows_of(first, "incidents")), 0);
    assert_null(json_member(first, "next_before"));
    assert_true(strspn(next, "0123456789abcdef") < strlen(next));
    CLEANUP_FREE char *on = xasprintf("/api/v1/incidents?status=all&team=needle&cursor=%s", next),
                      *other = xasprintf("/api/v1/incidents/INC-1/timeline?cursor=%s", next);
    assert_int_equal(ask("GET", on, ben, NULL, &second), 200);
    assert_int_equal(cJSON_GetArraySize(rows_of(second, "incidents")), 1);
    assert_null(json_member(second, "next"));
    assert_int_equal(ask("GET", other, ben, NULL, NULL), 400);
}

static void a_cursor_is_of_its_list(void **state)
{
    (void)state;
    CLEANUP_JSON cJSON *page = NULL;
    ask("GET", "/api/v1/incidents?status=all&limit=1", ana, NULL, &page);
    CLEANUP_FREE char *other = xasprintf("/api/v1/groups?cursor=%s", json_text_or(page, "next", ""));
    assert_int_equal(ask("GET", other, ana, NULL, NULL), 400);
    static const char *const wrong[] = {"", "x", "zz", "00", "696e636964656e7473", "696e636964656e74733a00"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        CLEANUP_FREE char *path = xasprintf("/api/v1/incidents?cursor=%s", wrong[i]);
        assert_int_equal(ask("GET", path, ana, NULL, NULL), 400);
    }
}

static void the_next_page_is_linked(void **state)
{
    (void)state;
    CLEANUP_STR struct str head = {0};
    ask_with("GET", "/api/v1/incidents?status=all&before=3&limit=1&q=a%3Eb<", ana, "", NULL, NULL, &head);
    assert_null(strstr(str_text(&head), "Link:"));
    str_clear(&head);
    ask_with("GET", "/api/v1/incidents?status=all&before=3&limit=1", ana, "", NULL, NULL, &head);
    const char *link = strstr(str_text(&head), "Link: <?status=all&limit=1&cursor=");
    assert_non_null(link);
    assert_non_null(strstr(link, ">; rel=\"next\"\r\n"));
}

static void tag_of(const char *token, const char *path, char ret[80])
{
    CLEANUP_STR struct str head = {0};
    assert_int_equal(ask_with("GET", path, token, "", NULL, NULL, &head), 200);
    const char *tag = strstr(str_text(&head), "ETag: ");
    assert_non_null(tag);
    snprintf(ret, 80, "%.*s", (int)strcspn(tag + 6, "\r"), tag + 6);
}

static int ask_unless(const char *token, const char *path, const char *tag)
{
    CLEANUP_FREE char *header = xasprintf("If-None-Match: %s\r\n", tag);
    return ask_with("GET", path, token, header, NULL, NULL, NULL);
}

static void what_one_has_is_not_sent_again(void **state)
{
    (void)state;
    char tag[80];
    static const char *const paths[] = {"/api/v1/incidents/INC-1", "/api/v1/incidents?status=all",
                                        "/api/v1/rules", "/api/v1/customers/acme"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        tag_of(ana, paths[i], tag);
        rig->now += SECOND;
        assert_int_equal(ask_unless(ana, paths[i], tag), 304);
    }
    tag_of(ana, paths[0], tag);
    ask("POST", "/api/v1/commands", ana, "{\"text\":\"INC-1 severity critical\"}", NULL);
    assert_int_equal(ask_unless(ana, paths[0], tag), 200);
}

/* Nothing that Ben reads changes when Ana works on a private incident. */
static void what_is_private_changes_no_tag_and_no_cursor(void **state)
{
    (void)state;
    char before[ARRAY_SIZE(lists)][80], after[80];
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        if (!strstr(lists[i].path, "subscribers") && !strstr(lists[i].path, "tokens"))
            tag_of(ben, lists[i].path, before[i]);
    }
    declare(ana, "{\"title\":\"checkout zebra\",\"private\":true}");
    CLEANUP_JSON cJSON *newest = NULL;
    ask("GET", "/api/v1/incidents?limit=1", ana, NULL, &newest);
    const char *name = json_text_or(cJSON_GetArrayItem(json_member(newest, "incidents"), 0), "name", "");
    static const char *const lines[] = {"note checkout zebra", "affect acme", "followup zebra by tomorrow"};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *body = xasprintf("{\"text\":\"%s %s\"}", name, lines[i]);
        ask("POST", "/api/v1/commands", ana, body, NULL);
    }
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        if (strstr(lists[i].path, "subscribers") || strstr(lists[i].path, "tokens"))
            continue;
        tag_of(ben, lists[i].path, after);
        if (strcmp(before[i], after) != 0)
            fail_msg("%s changed", lists[i].path);
    }
}

static int put_if(const char *header, const char *key)
{
    CLEANUP_FREE char *path = xasprintf("/api/v1/customers/%s", key);
    return ask_with("PUT", path, ana, header, "{\"name\":\"Else\"}", NULL, NULL);
}

static void nobody_overwrites_what_they_have_not_seen(void **state)
{
    (void)state;
    char tag[80];
    tag_of(ana, "/api/v1/customers/acme", tag);
    CLEANUP_FREE char *expected = xasprintf("If-Match: %s\r\n", tag);
    assert_int_equal(put_if(expected, "acme"), 200);
    assert_int_equal(put_if(expected, "acme"), 412);
    assert_int_equal(put_if("If-Match: *\r\n", "acme"), 200);
    assert_int_equal(put_if("If-Match: *\r\n", "new"), 412);
    assert_int_equal(put_if("If-None-Match: *\r\n", "acme"), 412);
    assert_int_equal(put_if("If-None-Match: *\r\n", "new"), 200);
    assert_int_equal(ask_with("DELETE", "/api/v1/customers/acme", ana, expected, NULL, NULL, NULL), 412);
}

static void a_token_is_told_to_wait(void **state)
{
    (void)state;
    CLEANUP_STR struct str head = {0};
    api->rates.per_minute = 2;
    assert_int_equal(ask("GET", "/api/v1/me", reader, NULL, NULL), 200);
    assert_int_equal(ask("GET", "/api/v1/me", reader, NULL, NULL), 200);
    assert_int_equal(ask_with("GET", "/api/v1/me", reader, "", NULL, NULL, &head), 429);
    assert_non_null(strstr(str_text(&head), "Retry-After: "));
    assert_non_null(strstr(str_text(&head), "RateLimit-Policy: \"minute\";q=2;w=60"));
    assert_non_null(strstr(str_text(&head), "RateLimit: \"minute\";r=0;t="));
    assert_int_equal(ask("GET", "/api/v1/me", ben, NULL, NULL), 200);
    api->rates.per_minute = 0;
}

static int filled(void **state)
{
    int rc = api_rig_setup(state);
    fill();
    return rc;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(pages_make_up_the_list),
        cmocka_unit_test(no_group_is_left_out_of_the_pages),
        cmocka_unit_test(new_rows_move_nothing),
        cmocka_unit_test(a_cursor_is_of_its_list),
        cmocka_unit_test(the_next_page_is_linked),
        cmocka_unit_test(what_one_has_is_not_sent_again),
        cmocka_unit_test(what_is_private_changes_no_tag_and_no_cursor),
        cmocka_unit_test(a_filter_that_lets_few_through_goes_on),
        cmocka_unit_test(nobody_overwrites_what_they_have_not_seen),
        cmocka_unit_test(a_token_is_told_to_wait),
    };
    return cmocka_run_group_tests(all, filled, api_rig_teardown);
}
