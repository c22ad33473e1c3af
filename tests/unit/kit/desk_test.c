/* What desks and trackers share: matches, whose ticket it is, the members of a ticket, marks, addresses. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/desk.h>
#include <tocsin/kit/report.h>

/* A host that stores one value at once. */
static char stored_key[201], stored[2000], answered[2000];

static int64_t get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    if (strcmp(key, stored_key) != 0)
        return -1;
    snprintf(value, capacity, "%s", stored);
    return (int64_t)strlen(stored);
}

static int32_t keep(void *ctx, const char *key, const char *value, size_t n)
{
    (void)ctx;
    snprintf(stored_key, sizeof(stored_key), "%s", key);
    snprintf(stored, sizeof(stored), "%.*s", (int)n, value);
    return 0;
}

static int32_t take_answer(struct tocsin_result *result, const char *bytes, size_t n)
{
    (void)result;
    snprintf(answered, sizeof(answered), "%.*s", (int)n, bytes);
    return 0;
}

static const struct tocsin_host host = {.size = sizeof(host), .get = get, .keep = keep};

static struct tocsin_result asked(void)
{
    answered[0] = '\0';
    return (struct tocsin_result){.size = sizeof(struct tocsin_result), .answer = take_answer};
}

static const struct kit_api api = {.name = "Desk", .host = &host};

/* Answers an action with a ticket. `message`: its id, where the action has sent one. */
static void answer(const struct kit_ticket *ticket, const char *body, const char *message,
                   struct tocsin_result *result)
{
    cJSON *json = kit_json_parse(body, strlen(body));
    struct kit_task task = {.api = &api, .result = result, .body = json};
    snprintf(result->remote_id, sizeof(result->remote_id), "%s", message);
    kit_ticket_answer(ticket, &task);
    cJSON_Delete(json);
}

static const struct kit_ticket ticket = {.id = "17",
                                         .link = "https://desk.example.com/17",
                                         .title = "Cards\nare refused",
                                         .status = "pending",
                                         .address = "hank@acme.example",
                                         .name = "Hank",
                                         .organisation = ""};

static const struct kit_search searches[] = {{"email", "users", "mail", KIT_SAME},
                                             {"name", "users", "name", KIT_PART},
                                             {"name", "groups", "name", KIT_PART},
                                             {0}};
static char looked[200];

static void look(struct kit_task *task, const struct kit_search *search, const char *what,
                 struct kit_matches *matches)
{
    size_t n = strlen(looked);
    snprintf(looked + n, sizeof(looked) - n, "%s.%s=%s;", search->in, search->field, what);
    if (strcmp(what, "away") == 0)
        kit_result(task->result, TOCSIN_RETRY, "away");
    kit_matches_add(matches, "hank@acme.example", "Hank\x1b", "Acme");
    kit_matches_add(matches, "Hank@ACME.example", "Hank again", "");
    kit_matches_add(matches, "", "nobody", "");
    kit_matches_add(matches, "17", "", "");
    assert_false(matches->more && strcmp(search->in, "users") == 0);
    if (strcmp(search->in, "groups") == 0)
        kit_matches_add(matches, "18", "Third", "");
}

static void find(const char *body, struct tocsin_result *result)
{
    cJSON *json = kit_json_parse(body, strlen(body));
    struct kit_task task = {.api = &api, .result = result, .body = json};
    looked[0] = '\0';
    kit_find(&task, searches, look);
    cJSON_Delete(json);
}

static void who_is_found_has_no_doubles_and_an_end(void **state)
{
    (void)state;
    struct tocsin_result result = asked();
    find("{\"name\":\"Hank\",\"most\":2}", &result);
    assert_string_equal(looked, "users.name=Hank;groups.name=Hank;");
    assert_string_equal(answered, "{\"matches\":[{\"address\":\"hank@acme.example\",\"name\":\"Hank (Acme)\","
                                  "\"email\":\"hank@acme.example\",\"kind\":\"contact\"},"
                                  "{\"address\":\"17\",\"name\":\"17\",\"kind\":\"contact\"}],\"more\":true}");
}

static void a_search_that_fails_is_the_last_one(void **state)
{
    (void)state;
    struct tocsin_result result = asked();
    find("{\"name\":\"away\"}", &result);
    assert_string_equal(looked, "users.name=away;");
    assert_string_equal(answered, "");
    assert_int_equal(result.code, TOCSIN_RETRY);
}

static void whose_ticket_it_is_is_kept(void **state)
{
    (void)state;
    stored_key[0] = '\0';
    assert_null(kit_ticket_kept(&host, "17"));
    struct tocsin_result result = asked();
    answer(&ticket, "{\"customer\":\"acme\"}", "17/1", &result);
    assert_string_equal(stored_key, "ticket/17");
    answer(&ticket, "{\"incident\":\"INC-4\"}", "", &result);
    cJSON *kept = kit_ticket_kept(&host, "17");
    assert_string_equal(kit_json_text(kept, "customer"), "acme");
    assert_string_equal(kit_json_text(kept, "incident"), "INC-4");
    cJSON_Delete(kept);
    assert_null(kit_ticket_kept(&host, "18"));
}

static void a_ticket_is_an_answer_and_an_event(void **state)
{
    (void)state;
    static const char members[] =
        "\"ticket\":\"17\",\"link\":\"https://desk.example.com/17\",\"state\":\"open\",\"address\":"
        "\"hank@acme.example\",\"title\":\"Cardsare refused\",\"status\":\"pending\",\"name\":\"Hank\"";
    struct tocsin_result result = asked();
    char expected[1000];
    stored_key[0] = '\0';
    answer(&ticket, "{\"incident\":\"INC-4\"}", "", &result);
    snprintf(expected, sizeof(expected), "{%s}", members);
    assert_string_equal(answered, expected);
    assert_string_equal(result.remote_id, "17");
    assert_string_equal(stored, "{\"incident\":\"INC-4\"}");
    cJSON *event = kit_ticket_event(&ticket, "desk:40"), *text = cJSON_GetObjectItem(event, "state");
    assert_string_equal(kit_json_text(event, "type"), "ticket");
    assert_string_equal(kit_json_text(event, "id"), "desk:40");
    assert_string_equal(text->valuestring, "open");
    cJSON_Delete(event);
}

/* Where the id is a message's, and both the customer and the incident are known: one value is kept, once. */
static void a_message_keeps_whose_ticket_it_is_in(void **state)
{
    (void)state;
    struct tocsin_result result = asked();
    stored_key[0] = '\0';
    answer(&ticket, "{\"customer\":\"acme\",\"incident\":\"INC-4\"}", "17/203", &result);
    assert_string_equal(result.remote_id, "17/203");
    assert_string_equal(stored, "{\"customer\":\"acme\",\"incident\":\"INC-4\"}");
    assert_non_null(strstr(answered, "\"ticket\":\"17\""));
}

static void a_done_parent_says_so(void **state)
{
    (void)state;
    cJSON *json = kit_ticket_json(&(struct kit_ticket){.id = "1", .done = true, .parent = true});
    assert_string_equal(kit_json_text(json, "state"), "done");
    assert_string_equal(kit_json_text(json, "kind"), "parent");
    assert_null(kit_json_member(json, "address"));
    cJSON_Delete(json);
}

static void what_was_sent_stays_done_if_nobody_asks(void **state)
{
    (void)state;
    struct tocsin_result result = {.size = sizeof(result)};
    answer(&ticket, "{}", "17/1", &result);
    assert_int_equal(result.code, TOCSIN_DONE);
    kit_result(&result, TOCSIN_UNKNOWN, "cut");
    answer(&ticket, "{}", "", &result);
    assert_string_equal(result.remote_id, "");
}

static struct kit_said said_by(enum kit_by by, const char *text)
{
    return (struct kit_said){.id = "rt:40",
                             .ticket = "17",
                             .title = "Slow",
                             .message = "17/40",
                             .link = "https://desk.example.com/17#40",
                             .text = text,
                             .by = by,
                             .user = "hank",
                             .name = "Hank",
                             .address = "hank@acme.example"};
}

static void a_customers_words_are_a_reply(void **state)
{
    (void)state;
    struct kit_said said = said_by(KIT_BY_CUSTOMER, "!inc resolve");
    struct tocsin_result result = asked();
    answer(&ticket, "{\"customer\":\"acme\",\"incident\":\"INC-4\"}", "", &result);
    said.organisation = "Acme";
    cJSON *event = kit_said_reply(&said, &host);
    char *text = cJSON_PrintUnformatted(event);
    assert_string_equal(
        text, "{\"type\":\"reply\",\"id\":\"rt:40\",\"message\":\"17/40\",\"link\":\"https://desk.example.com/"
              "17#40\","
              "\"text\":\"!inc "
              "resolve\",\"title\":\"Slow\",\"user\":{\"id\":\"hank\",\"name\":\"Hank\",\"outside\":true},"
              "\"ticket\":\"17\",\"address\":\"hank@acme.example\",\"customer\":\"acme\",\"incident\":\"INC-"
              "4\",\"name\":\"Hank\",\"organisation\":\"Acme\"}");
    assert_null(kit_said_command(&said)); /* customers' words are never commands */
    cJSON_free(text);
    cJSON_Delete(event);
    said.text = "";
    assert_null(kit_said_reply(&said, &host));
}

static void agents_and_strangers_are_told_apart(void **state)
{
    (void)state;
    struct kit_said said = said_by(KIT_BY_AGENT, "I am looking");
    cJSON *event = kit_said_reply(&said, &host);
    assert_true(kit_json_true(event, "agent"));
    assert_null(kit_json_member(kit_json_member(event, "user"), "outside"));
    cJSON_Delete(event);
    assert_null(kit_said_command(&said));
    said = said_by(KIT_BY_STRANGER, "!inc declare");
    said.automatic = true;
    said.organisation = "Acme";
    event = kit_said_reply(&said, &host);
    assert_true(kit_json_true(event, "unverified"));
    assert_true(kit_json_true(event, "automatic"));
    assert_null(kit_json_member(event, "organisation"));
    cJSON_Delete(event);
    assert_null(kit_said_command(&said));
}

static void an_agents_note_may_be_a_command(void **state)
{
    (void)state;
    struct kit_said said = said_by(KIT_BY_AGENT, "!INC declare cards are refused");
    cJSON *event = kit_said_command(&said);
    assert_string_equal(kit_json_text(event, "type"), "message");
    assert_string_equal(kit_json_text(event, "channel"), "17");
    assert_string_equal(kit_json_text(event, "title"), "Slow");
    assert_null(kit_json_member(event, "address"));
    cJSON_Delete(event);
    said.automatic = true;
    assert_null(kit_said_command(&said));
    assert_true(kit_is_command(" !inc"));
    assert_false(kit_is_command("!increase the limit"));
    assert_false(kit_is_command("see !inc help"));
}

static void check_words(const char *plain, const char *html, const char *subject, const char *expected)
{
    char *words = kit_said_words(plain, html, subject);
    assert_string_equal(words, expected);
    free(words);
}

static void new_words_follow_the_subject(void **state)
{
    (void)state;
    check_words("Still slow.\n\nOn Mon, Nov 3, 2025 at 9:12 AM Ann <a@example.com> wrote:\n> We see it", "", "",
                "Still slow.");
    check_words("", "<p>Still <i>slow</i></p>", "Slow", "Slow\n\nStill slow");
    check_words("plain", "<p>html</p>", "", "plain");
    check_words("", "", "Slow", "Slow");
    check_words("", "", "", "");
}

static void files_have_names_that_are_safe_to_show(void **state)
{
    (void)state;
    static const char list[] =
        "[{\"file\":\"a\\u001b.png\"},{\"file\":\"\"},{\"file\":7},{\"file\":\"b.txt\"}]";
    cJSON *rows = kit_json_parse(list, strlen(list)), *files = kit_said_files(rows, "file", "at");
    struct kit_text text = {0};
    kit_json_write(files, &text);
    assert_string_equal(kit_text_get(&text), "[{\"name\":\"a.png\"},{\"name\":\"b.txt\"}]");
    kit_text_finish(&text);
    cJSON_Delete(files);
    cJSON_Delete(rows);
}

static void long_words_are_cut(void **state)
{
    (void)state;
    char *text = calloc(1, 40001);
    memset(text, 'x', 40000);
    struct kit_said said = said_by(KIT_BY_CUSTOMER, text);
    cJSON *event = kit_said_reply(&said, &host);
    assert_int_equal(strlen(kit_json_text(event, "text")), 30000);
    cJSON_Delete(event);
    free(text);
}

static void what_one_person_may_read_is_no_note(void **state)
{
    (void)state;
    struct kit_text note = {0};
    cJSON *body = kit_json_texts("text", "INC-4 is **over**", NULL);
    kit_note(body, KIT_HTML, &note);
    assert_string_equal(kit_text_get(&note), "<p>INC-4 is <strong>over</strong></p>");
    kit_text_finish(&note);
    cJSON_AddStringToObject(body, "to", "ann");
    kit_note(body, KIT_HTML, &note);
    assert_null(strstr(kit_text_get(&note), "INC-4"));
    assert_non_null(strstr(kit_text_get(&note), "Ask in a chat"));
    kit_text_finish(&note);
    cJSON_Delete(body);
}

static void marks_are_the_same_for_each_attempt(void **state)
{
    (void)state;
    char a[KIT_MARK_BYTES], b[KIT_MARK_BYTES];
    kit_mark("tocsin", "message", "k1", a);
    kit_mark("tocsin", "message", "k1", b);
    assert_int_equal(strlen(a), 32);
    assert_string_equal(a, b);
    kit_mark("tocsin", "ticket", "k1", b);
    assert_string_not_equal(a, b);
    kit_mark("tocsin", "message", "k2", b);
    assert_string_not_equal(a, b);
    kit_mark("another", "message", "k1", b);
    assert_string_not_equal(a, b);
}

static void one_mail_address_is_told_from_other_words(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "ops",         "@acme.example", "ops@",
                                      "a@b@c",      "a b@c.d",     "Ops <a@b.c>",   "a@b.c, d@e.f",
                                      "a@b.c\r\nX", "m\xc3\xbc@b", "\"a\"@b.c"};
    assert_true(kit_is_mail_address("ops@acme.example"));
    assert_true(kit_is_mail_address("o'neil+x@acme.example"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(kit_is_mail_address(bad[i]));
}

static void what_was_found_may_not_fit(void **state)
{
    (void)state;
    assert_true(kit_fits(KIT_DOMAIN, "Ops@ACME.example", "acme.example"));
    assert_false(kit_fits(KIT_DOMAIN, "ops@not-acme.example", "acme.example"));
    assert_false(kit_fits(KIT_DOMAIN, "acme.example", "acme.example"));
    assert_true(kit_fits(KIT_PART, "The Acme GmbH", "acme"));
    assert_false(kit_fits(KIT_SAME, "The Acme GmbH", "acme"));
    assert_true(kit_fits(KIT_SAME, "ACME", "acme"));
}

static void links_lead_to_numbers(void **state)
{
    (void)state;
    static const char base[] = "https://desk.example.com";
    char number[KIT_ID_BYTES];
    assert_true(kit_link_number(base, "https://desk.example.com/T/Display.html?id=17#txn-5", "?id=", number));
    assert_string_equal(number, "17");
    assert_true(
        kit_link_number(base, "HTTPS://Desk.example.com/agent/tickets/204?brand=1", "/tickets/", number));
    assert_string_equal(number, "204");
    assert_false(kit_link_number(base, "https://desk.example.com.evil/tickets/17", "/tickets/", number));
    assert_false(kit_link_number(base, "https://desk.example.com/tickets/17x", "/tickets/", number));
    assert_false(kit_link_number(base, "https://desk.example.com/tickets/", "/tickets/", number));
    assert_false(
        kit_link_number(base, "https://desk.example.com/tickets/1234567890123456789", "/tickets/", number));
    assert_true(kit_is_number("17"));
    assert_false(kit_is_number("17/3"));
    assert_false(kit_is_number(""));
    assert_false(kit_is_number("1234567890123456789"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_found_has_no_doubles_and_an_end),
        cmocka_unit_test(a_search_that_fails_is_the_last_one),
        cmocka_unit_test(whose_ticket_it_is_is_kept),
        cmocka_unit_test(a_ticket_is_an_answer_and_an_event),
        cmocka_unit_test(a_message_keeps_whose_ticket_it_is_in),
        cmocka_unit_test(a_done_parent_says_so),
        cmocka_unit_test(what_was_sent_stays_done_if_nobody_asks),
        cmocka_unit_test(a_customers_words_are_a_reply),
        cmocka_unit_test(agents_and_strangers_are_told_apart),
        cmocka_unit_test(an_agents_note_may_be_a_command),
        cmocka_unit_test(new_words_follow_the_subject),
        cmocka_unit_test(files_have_names_that_are_safe_to_show),
        cmocka_unit_test(long_words_are_cut),
        cmocka_unit_test(what_one_person_may_read_is_no_note),
        cmocka_unit_test(marks_are_the_same_for_each_attempt),
        cmocka_unit_test(one_mail_address_is_told_from_other_words),
        cmocka_unit_test(what_was_found_may_not_fit),
        cmocka_unit_test(links_lead_to_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
