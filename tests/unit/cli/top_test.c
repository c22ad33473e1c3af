/* `tocsin top` without a terminal: what it makes of the API's answers, what keys do, and texts as columns. */
#include "../../support/check.h"

#include <curses.h>
#include <string.h>

#include "base/json.h"
#include "cli/chat_wrap.h"
#include "cli/top_cell.h"
#include "cli/top_keys.h"

#define NOW ((instant)1795446400000)

static cJSON *json_of(const char *text)
{
    cJSON *json = cJSON_Parse(text);
    if (!json)
        fail_msg("no JSON: %s", text);
    return json;
}

static const char incidents[] =
    "[{\"name\":\"INC-3\",\"durations_ms\":{\"open\":60000},\"state\":{\"title\":\"checkout is "
    "slow\",\"status\":"
    "\"investigating\",\"severity\":\"major\",\"service\":\"checkout\",\"roles\":{\"lead\":\"ana\"},"
    "\"entries\":[{"
    "\"status\":\"triage\",\"at\":1795446345000}],\"changed_at\":1795446400000,\"owed\":[{\"name\":\"update\","
    "\"due\":"
    "1795446700000},{\"name\":\"comms\",\"text\":\"a comms lead\",\"due\":1795446500000}]}},"
    "{\"name\":\"INC-12\",\"state\":{\"title\":\"card "
    "refused\",\"status\":\"triage\",\"entries\":[],\"private\":true,"
    "\"changed_at\":1795446000000,\"pages\":[{\"number\":1,\"target\":\"payments\",\"at\":1795446390000,"
    "\"calls\":[{"
    "\"person\":\"bo\",\"way\":\"slack\",\"state\":\"sent\"},{\"person\":\"bo\",\"way\":\"slack\",\"state\":"
    "\"seen\"},{"
    "\"person\":\"bo\",\"state\":\"failed\"},{\"person\":\"cy\",\"way\":\"sms\",\"state\":\"wanted\"}]},{"
    "\"number\":2,"
    "\"target\":\"ana\",\"at\":1,\"over\":true},{\"number\":3,\"target\":\"db\",\"at\":1795446391000,"
    "\"exhausted\":true}"
    "]}},"
    "{\"name\":\"INC-4\",\"state\":{\"title\":\"late\",\"status\":\"paused\",\"pause_until\":1795450000000,"
    "\"entries\":[],"
    "\"changed_at\":1795446300000,\"pages\":[{\"number\":1,\"target\":\"x\",\"accepted_by\":\"cy\",\"at\":1}]}}"
    "]";

static void take(struct top *top)
{
    CLEANUP_JSON cJSON *all = json_of(incidents);
    top_take_incidents(top, all, NOW);
}

static void check_order(const struct top *top, const char *const *names)
{
    for (size_t i = 0; i < top->rows.n; i++)
        assert_string_equal(top->rows.v[i].name, names[i]);
}

/* ---- the model ---- */

static void rows_say_how_incidents_stand(void **state)
{
    struct top top = {0};
    (void)state;
    take(&top);
    assert_int_equal(top.rows.n, 3);
    const struct top_row *row = top_find(&top, "INC-3");
    assert_string_equal(row->owed, "a comms lead");
    assert_int_equal(row->due, 1795446500000);
    assert_string_equal(row->holder, "ana");
    assert_int_equal(top_now(&top, NOW), NOW + 5000); /* its clock is ahead of ours */
    row = top_find(&top, "INC-12");
    assert_true(row->private);
    assert_null(row->holder);
    assert_int_equal(row->pages.n, 2);
    assert_string_equal(top_find(&top, "INC-4")->holder, "cy");
    assert_int_equal(top_find(&top, "INC-4")->pages.n, 0);
    assert_null(top_find(&top, "INC-5"));
    top_finish(&top);
}

static void orders_sort_them(void **state)
{
    static const char *const expected[TOP_ORDERS][3] = {[TOP_DUE] = {"INC-3", "INC-12", "INC-4"},
                                                        [TOP_NEWEST] = {"INC-12", "INC-4", "INC-3"},
                                                        [TOP_OLDEST] = {"INC-3", "INC-4", "INC-12"},
                                                        [TOP_QUIET] = {"INC-12", "INC-4", "INC-3"}};
    struct top top = {0};
    (void)state;
    take(&top);
    for (enum top_order order = 0; order < TOP_ORDERS; order++) {
        top_sort(&top, order);
        check_order(&top, expected[order]);
    }
    top_finish(&top);
}

static void one_that_changed_takes_its_place(void **state)
{
    struct top top = {0};
    CLEANUP_JSON cJSON
        *fixed =
            json_of("{\"name\":\"INC-3\",\"state\":{\"status\":\"fixing\",\"title\":\"t\",\"entries\":[]}}"),
        *over = json_of("{\"name\":\"INC-4\",\"state\":{\"status\":\"resolved\",\"entries\":[]}}"),
        *fresh = json_of("{\"name\":\"INC-13\",\"state\":{\"status\":\"triage\",\"entries\":[]}}");
    (void)state;
    take(&top);
    top_take_incident(&top, "INC-3", fixed, NOW);
    assert_string_equal(top_find(&top, "INC-3")->status, "fixing");
    assert_null(top_find(&top, "INC-3")->owed);
    top_take_incident(&top, "INC-4", over, NOW);
    top_take_incident(&top, "INC-13", fresh, NOW);
    top_take_incident(&top, "INC-12", NULL, NOW); /* it became private for others */
    check_order(&top, (const char *const[]){"INC-13", "INC-3"});
    assert_int_equal(top.rows.n, 2);
    top_finish(&top);
}

static void people_are_named_once_they_are_known(void **state)
{
    struct top top = {0};
    CLEANUP_JSON cJSON *ana = json_of("{\"id\":\"ana\",\"name\":\"Ana Silva\"}");
    CLEANUP_STR struct str words = {0};
    (void)state;
    take(&top);
    assert_string_equal(top_stranger(&top), "ana");
    top_take_person(&top, "ana", ana);
    assert_string_equal(top_person(&top, "ana"), "Ana Silva");
    assert_string_equal(top_stranger(&top), "bo");
    top_take_person(&top, "bo", NULL); /* nobody knows them: that is not asked again */
    assert_string_equal(top_stranger(&top), "cy");
    top_take_person(&top, "cy", NULL);
    assert_null(top_stranger(&top));
    const struct top_row *row = top_find(&top, "INC-12");
    top_page_words(&top, &row->pages.v[0], &words);
    assert_string_equal(words.p, "bo by slack (seen), cy by sms (wanted)");
    str_clear(&words);
    top_page_words(&top, &row->pages.v[1], &words);
    assert_string_equal(words.p, "nobody is left to call");
    assert_true(top_fits(&top, top_find(&top, "INC-3"), "silva MAJOR"));
    assert_false(top_fits(&top, top_find(&top, "INC-3"), "silva minor"));
    assert_true(top_fits(&top, row, " "));
    top_finish(&top);
}

static void connectors_say_what_ails_them(void **state)
{
    struct top top = {0};
    CLEANUP_JSON cJSON *answer = json_of("{\"connectors\":[{\"name\":\"slack\",\"state\":\"running\",\"since\":"
                                         "\"2026-11-23T15:06:22Z\"},{\"name\":\"irc\","
                                         "\"state\":\"unreachable\",\"reason\":\"refused\"},{\"name\":\"sms\","
                                         "\"state\":\"running\",\"reason\":\"no room\"}]}");
    (void)state;
    top_take_connectors(&top, answer);
    top_take_connectors(&top, answer);
    assert_int_equal(top.connectors.n, 3);
    assert_true(top.connectors.v[0].well && top.connectors.v[0].since);
    assert_false(top.connectors.v[1].well || top.connectors.v[2].well);
    top_finish(&top);
}

static void odd_answers_do_no_harm(void **state)
{
    static const char *const texts[] = {
        "[]",
        "{}",
        "7",
        "[7,null,{}]",
        "[{\"state\":7}]",
        "[{\"name\":7,\"state\":{\"pages\":{}}}]",
        "[{\"state\":{\"pages\":[7,{\"calls\":[7,{}]}],\"owed\":[7],\"roles\":[]}}]"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct top top = {0};
        CLEANUP_JSON cJSON *json = json_of(texts[i]);
        top_take_incidents(&top, json, NOW);
        top_take_incident(&top, "", json, NOW);
        top_take_connectors(&top, json);
        top_take_person(&top, "ana", json);
        top_stranger(&top);
        top_finish(&top);
    }
}

/* ---- keys ---- */

static enum top_do press(struct top_view *view, struct top *top, unsigned int character)
{
    return top_press(view, top, (struct top_key){false, character});
}

static enum top_do press_special(struct top_view *view, struct top *top, unsigned int code)
{
    return top_press(view, top, (struct top_key){true, code});
}

static enum top_do type(struct top_view *view, struct top *top, const char *text)
{
    for (const char *at = text; *at; at++)
        assert_int_equal(press(view, top, (unsigned char)*at), TOP_NOTHING);
    return press(view, top, '\r');
}

struct desk {
    struct top top;
    struct top_view view;
};

static int set_desk(void **state)
{
    struct desk *desk = xcalloc(1, sizeof(*desk));
    take(&desk->top);
    desk->view.room = 10;
    top_choose_first(&desk->view, &desk->top);
    *state = desk;
    return 0;
}

static int clear_desk(void **state)
{
    struct desk *desk = *state;
    top_finish(&desk->top);
    top_view_finish(&desk->view);
    free(desk);
    return 0;
}

static void what_ends_nothing_runs_at_once(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(press(&desk->view, &desk->top, 'a'), TOP_RUN);
    assert_string_equal(desk->view.line, "accept");
    assert_string_equal(desk->view.here, "INC-3");
    assert_int_equal(press(&desk->view, &desk->top, 'u'), TOP_NOTHING);
    assert_int_equal(type(&desk->view, &desk->top, "rolling back"), TOP_RUN);
    assert_string_equal(desk->view.line, "update rolling back");
    assert_int_equal(press(&desk->view, &desk->top, 'u'), TOP_NOTHING);
    assert_int_equal(type(&desk->view, &desk->top, "  "), TOP_NOTHING); /* nothing to say */
    assert_int_equal(desk->view.mode, TOP_LIST);
}

static void what_ends_an_incident_or_is_public_asks(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *line;
        bool asks;
    } lines[] = {{"resolve", true},        {"dismiss a blip", true}, {"close", true},
                 {"INC-4 resolved", true}, {"discard", true},        {"stop 1", true},
                 {"merge 4", true},        {"approve 1", true},      {"sev major", false},
                 {"note resolve", false},  {"what is this", false}};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        press(&desk->view, &desk->top, ':');
        enum top_do what = type(&desk->view, &desk->top, lines[i].line);
        if (what != (lines[i].asks ? TOP_NOTHING : TOP_RUN))
            fail_msg("%s: %d", lines[i].line, what);
        if (lines[i].asks)
            assert_int_equal(press(&desk->view, &desk->top, i % 2 ? 'n' : '\r'), TOP_NOTHING);
    }
    press(&desk->view, &desk->top, 'd');
    type(&desk->view, &desk->top, "a blip");
    CLEANUP_STR struct str question = {0};
    top_question(&desk->view, &desk->top, &question);
    assert_string_equal(question.p,
                        "y runs `decline a blip` in INC-3, checkout is slow; any other key does not");
    assert_int_equal(press(&desk->view, &desk->top, 'y'), TOP_RUN);
    assert_string_equal(desk->view.line, "decline a blip");
}

static void keys_move_within_what_fits(void **state)
{
    struct desk *desk = *state;
    assert_string_equal(desk->view.chosen, "INC-3");
    press_special(&desk->view, &desk->top, KEY_DOWN);
    assert_string_equal(desk->view.chosen, "INC-12");
    press_special(&desk->view, &desk->top, KEY_NPAGE);
    press_special(&desk->view, &desk->top, KEY_DOWN);
    assert_string_equal(desk->view.chosen, "INC-4");
    press_special(&desk->view, &desk->top, KEY_HOME);
    assert_string_equal(desk->view.chosen, "INC-3");
    press(&desk->view, &desk->top, '/');
    type(&desk->view, &desk->top, "refused");
    assert_string_equal(desk->view.chosen, "INC-12");
    press_special(&desk->view, &desk->top, KEY_UP);
    assert_string_equal(desk->view.chosen, "INC-12");
    press(&desk->view, &desk->top, '/');
    assert_string_equal(str_text(&desk->view.typed.text), "refused");
    press(&desk->view, &desk->top, 27);
    assert_string_equal(desk->view.filter, "refused");
    press(&desk->view, &desk->top, 27);
    assert_null(desk->view.filter);
}

/* A key must never mean the incident that took the place of the one that somebody looked at. */
static void a_key_means_nothing_when_its_incident_went(void **state)
{
    struct desk *desk = *state;
    press_special(&desk->view, &desk->top, KEY_DOWN);
    top_take_incident(&desk->top, "INC-12", NULL, NOW);
    assert_int_equal(press(&desk->view, &desk->top, 'a'), TOP_NOTHING);
    assert_true(desk->view.refused);
    assert_int_equal(press(&desk->view, &desk->top, '\r'), TOP_NOTHING);
    press_special(&desk->view, &desk->top, KEY_DOWN);
    assert_string_equal(desk->view.chosen, "INC-4");
}

static void what_is_typed_can_be_taken_back(void **state)
{
    struct desk *desk = *state;
    static const unsigned int typed[] = {'a', 0xe9, 0x1f525, '\b', 127, 7, 0x7d50, 1};
    press(&desk->view, &desk->top, ':');
    for (size_t i = 0; i < ARRAY_SIZE(typed); i++)
        press(&desk->view, &desk->top, typed[i]);
    assert_string_equal(str_text(&desk->view.typed.text), "a結");
    press(&desk->view, &desk->top, 'U' - '@');
    assert_string_equal(str_text(&desk->view.typed.text), "");
    press(&desk->view, &desk->top, 127);
    assert_int_equal(press(&desk->view, &desk->top, 27), TOP_NOTHING);
    assert_int_equal(desk->view.mode, TOP_LIST);
    assert_int_equal(press(&desk->view, &desk->top, 'q'), TOP_QUIT);
}

static void a_text_is_read_and_left(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(press(&desk->view, &desk->top, '\r'), TOP_OPEN);
    assert_string_equal(desk->view.read.opened, "INC-3");
    desk->view.read.lines = 25;
    press_special(&desk->view, &desk->top, KEY_NPAGE);
    assert_int_equal(desk->view.read.from, 9);
    top_read(&desk->view, "INC-3", "more", "INC-3"); /* it changed, and is read on */
    assert_int_equal(desk->view.read.from, 9);
    press_special(&desk->view, &desk->top, KEY_END);
    assert_int_equal(desk->view.read.from, 15);
    press_special(&desk->view, &desk->top, KEY_HOME);
    assert_int_equal(desk->view.read.from, 0);
    assert_int_equal(press(&desk->view, &desk->top, 'r'), TOP_NOTHING); /* that is a key of the list */
    assert_int_equal(press(&desk->view, &desk->top, 'q'), TOP_NOTHING);
    assert_int_equal(desk->view.mode, TOP_LIST);
}

/* ---- cells ---- */

static void check_cell(const char *text, size_t columns, const char *expected)
{
    CLEANUP_STR struct str out = {0};
    top_cell(text, columns, &out);
    assert_string_equal(str_text(&out), expected);
    assert_int_equal(text_columns(str_text(&out), out.len), columns);
}

static void cells_have_their_columns(void **state)
{
    (void)state;
    check_cell(NULL, 3, "   ");
    check_cell("ab", 4, "ab  ");
    check_cell("abcd", 4, "abcd");
    check_cell("abcde", 4, "abc…");
    check_cell("結帳很慢", 5, "結帳…");
    check_cell("結帳很慢", 6, "結帳… ");
    check_cell("結帳很慢", 8, "結帳很慢");
    check_cell("e\u0301e\u0301", 2, "e\u0301e\u0301");
    check_cell("abc", 1, "…");
    check_cell("abc", 0, "");
}

/* Each character that acts on a terminal, or on what stands beside it, is one that is seen. */
static void hostile_texts_are_literal(void **state)
{
    (void)state;
    check_cell("\033[2Jx", 6, "\uFFFD[2Jx ");
    check_cell("a\u202eb\u2066c", 5, "a\uFFFDb\uFFFDc");
    check_cell("a\xc2\x9b"
               "1mb",
               5, "a\uFFFD1mb");
    check_cell("a\xff\xfe", 3, "a\uFFFD\uFFFD");
    check_cell("a\u200db\ufe0f\r\n\t", 7, "a\uFFFDb\uFFFD\uFFFD\uFFFD ");
    for (unsigned int c = 1; c < 256; c++) {
        char text[] = {'a', (char)c, 'b', '\0'};
        CLEANUP_STR struct str out = {0};
        top_cell(text, 8, &out);
        assert_int_equal(text_columns(out.p, out.len), 8);
        for (size_t i = 0; i < out.len; i++)
            assert_true((unsigned char)out.p[i] >= ' ' && out.p[i] != 127);
    }
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, set_desk, clear_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_how_incidents_stand),
        cmocka_unit_test(orders_sort_them),
        cmocka_unit_test(one_that_changed_takes_its_place),
        cmocka_unit_test(people_are_named_once_they_are_known),
        cmocka_unit_test(connectors_say_what_ails_them),
        cmocka_unit_test(odd_answers_do_no_harm),
        WITH_DESK(what_ends_nothing_runs_at_once),
        WITH_DESK(what_ends_an_incident_or_is_public_asks),
        WITH_DESK(keys_move_within_what_fits),
        WITH_DESK(a_key_means_nothing_when_its_incident_went),
        WITH_DESK(what_is_typed_can_be_taken_back),
        WITH_DESK(a_text_is_read_and_left),
        cmocka_unit_test(cells_have_their_columns),
        cmocka_unit_test(hostile_texts_are_literal),
    };
    terminal_utf8();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
