#include "../../support/check.h"
#include "../../support/teams_cards.h"
#include "../../conformance/tiny_png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "teams/cards.h"

static cJSON *good(cJSON *card)
{
    char *shown = cJSON_Print(card);
    if (teams_card_fault(card))
        fail_msg("%s: %s", teams_card_fault(card), shown);
    cJSON_free(shown);
    return card;
}

static cJSON *card_of(const char *json, const char *intro)
{
    cJSON *card = cJSON_Parse(json);
    assert_non_null(card);
    cJSON *built = good(teams_card(card, intro, false));
    cJSON_Delete(card);
    return built;
}

static const cJSON *item(const cJSON *card, int n)
{
    return cJSON_GetArrayItem(kit_json_member(card, "body"), n);
}

static void check_text(const cJSON *card, int n, const char *expected)
{
    assert_string_equal(kit_json_text(item(card, n), "text"), expected);
}

static void a_card_has_title_fields_text_buttons_and_footer(void **state)
{
    (void)state;
    cJSON *card = card_of(
        "{\"title\":\"INC-1 *slow*\",\"tone\":\"alarm\",\"fields\":[{\"name\":\"status\",\"value\":\"a_b\"},"
        "{\"name\":\"due\",\"value\":\"now\",\"text\":\"**now**\"}],\"text\":\"Orders **fail**\\nhere\","
        "\"buttons\":[{\"label\":\"I lead\",\"command\":\"INC-1 lead me @~s1\",\"style\":\"primary\"},"
        "{\"label\":\"Resolve\",\"command\":\"INC-1 resolve\",\"style\":\"danger\",\"asks\":true},"
        "{\"label\":\"no command\"}],\"footer\":\"declared by "
        "Ana\",\"room\":\"19:x@thread.tacv2;messageid=7\"}",
        NULL);
    check_text(card, 0, "INC-1 \\*slow\\*");
    assert_string_equal(kit_json_text(item(card, 0), "color"), "Attention");
    const cJSON *facts = kit_json_member(item(card, 1), "facts");
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(facts, 0), "value"), "a\\_b");
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(facts, 1), "value"), "**now**");
    check_text(card, 2, "Orders **fail**\n\nhere");
    const cJSON *actions = kit_json_member(item(card, 3), "actions");
    assert_int_equal(cJSON_GetArraySize(actions), 2);
    const cJSON *lead = cJSON_GetArrayItem(actions, 0), *resolve = cJSON_GetArrayItem(actions, 1);
    assert_string_equal(kit_json_text(lead, "style"), "positive");
    assert_string_equal(kit_json_text(kit_json_member(lead, "data"), "command"), "INC-1 lead me @~s1");
    assert_string_equal(kit_json_text(kit_json_member(lead, "fallback"), "type"), "Action.Submit");
    assert_string_equal(kit_json_text(resolve, "style"), "destructive");
    assert_true(kit_json_true(kit_json_member(resolve, "data"), "asks"));
    check_text(card, 4,
               "declared by Ana · [its "
               "thread](https://teams.microsoft.com/l/message/19%3Ax%40thread.tacv2/7?parentMessageId=7)");
    cJSON_Delete(card);
    card = card_of("{\"title\":\"\\u001f\"}", NULL); /* nothing of it can be shown */
    assert_int_equal(cJSON_GetArraySize(kit_json_member(card, "body")), 0);
    cJSON_Delete(card);
    card = card_of("{\"title\":\"t\"}", "You are **paged**");
    check_text(card, 0, "You are **paged**");
    check_text(card, 1, "t");
    assert_int_equal(cJSON_GetArraySize(kit_json_member(card, "body")), 2);
    cJSON_Delete(card);
}

static char *repeat(const char *what, int n)
{
    struct kit_text text = {0};
    for (int i = 0; i < n; i++)
        kit_text_add(&text, what);
    return text.p;
}

/* A card is at most 28 KB; what is left out is said, the buttons stay. */
/* Its card, whose item 1 is the picture or its words, and item 2 the text. */
static cJSON *pictured(const char *png, int width, bool shown)
{
    cJSON *card = cJSON_Parse("{\"title\":\"A month\",\"picture\":{\"height\":8,\"alt\":\"Nov *12* h\"}}");
    char *text = malloc(40001);
    memset(text, 'x', 40000);
    text[40000] = '\0';
    cJSON_AddStringToObject(card, "text", text);
    cJSON *picture = cJSON_GetObjectItem(card, "picture");
    cJSON_AddStringToObject(picture, "png", png);
    cJSON_AddNumberToObject(picture, "width", width);
    cJSON *built = good(teams_card(card, NULL, shown));
    cJSON_Delete(card);
    free(text);
    return built;
}

static void a_picture_is_part_of_the_card_or_its_words_are(void **state)
{
    (void)state;
    static const struct {
        const char *png;
        int width;
        bool shown;
    } words[] = {{TINY_PNG, 1025, true}, {"bm8=", 8, true}, {TINY_PNG, 8, false}};
    cJSON *card = pictured(TINY_PNG, 1024, true);
    assert_string_equal(kit_json_text(item(card, 1), "url"), "data:image/png;base64," TINY_PNG);
    assert_string_equal(kit_json_text(item(card, 1), "altText"), "Nov *12* h");
    assert_non_null(
        strstr(kit_json_text(item(card, 2), "text"), "do not fit")); /* a text gives way, not a picture */
    cJSON_Delete(card);
    for (size_t i = 0; i < 3; i++) {
        card = pictured(words[i].png, words[i].width, words[i].shown);
        check_text(card, 1, "Nov \\*12\\* h");
        cJSON_Delete(card);
    }
}

static void what_is_too_long_is_cut_and_says_so(void **state)
{
    (void)state;
    char *text = repeat("a \\\"word\\\" ", 8000), json[120000];
    snprintf(json, sizeof(json),
             "{\"title\":\"t\",\"text\":\"%s\",\"buttons\":[{\"label\":\"b\",\"command\":\"c\"}]}", text);
    cJSON *card = card_of(json, NULL);
    assert_non_null(strstr(kit_json_text(item(card, 1), "text"), "more characters do not fit"));
    assert_string_equal(kit_json_text(item(card, 2), "type"), "ActionSet");
    cJSON_Delete(card);
    free(text);
    text = repeat("{\"name\":\"n\",\"value\":\"____________________________________________________________"
                  "________________________________________________________________________________\"},",
                  300);
    text[strlen(text) - 1] = '\0';
    snprintf(json, sizeof(json), "{\"title\":\"t\",\"fields\":[%s]}", text);
    card = card_of(json, NULL);
    const cJSON *facts = kit_json_member(item(card, 1), "facts");
    assert_int_equal(cJSON_GetArraySize(facts), 41);
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(facts, 40), "value"), "260 more, which do not fit");
    cJSON_Delete(card);
    free(text);
    text = repeat("* _ `x` ", 9000);
    cJSON *message = teams_message_of_text(text);
    assert_null(teams_message_fault(message));
    assert_non_null(strstr(kit_json_text(message, "text"), "more characters do not fit"));
    cJSON_Delete(message);
    free(text);
}

static void a_text_is_a_message_of_its_own(void **state)
{
    (void)state;
    cJSON *message = teams_message_of_text("**b** <at>Bob</at>");
    assert_string_equal(kit_json_text(message, "text"), "**b** &lt;at&gt;Bob&lt;/at&gt;");
    assert_string_equal(kit_json_text(message, "textFormat"), "markdown");
    assert_null(teams_message_fault(message));
    cJSON_Delete(message);
    message = teams_message_of_text("");
    assert_null(teams_message_fault(message));
    cJSON_Delete(message);
    cJSON *card = cJSON_Parse("{\"title\":\"INC-1\",\"text\":\"**a**\\nb\"}");
    char *summary = teams_summary(card);
    assert_string_equal(summary, "INC-1: a b");
    free(summary);
    cJSON_Delete(card);
}

static void a_form_becomes_inputs(void **state)
{
    (void)state;
    cJSON *form = cJSON_Parse(
        "{\"title\":\"Declare\",\"submit\":\"Go\",\"command\":\"declare\",\"error\":\"**no** "
        "title\",\"note\":\"Posted before:\\n- “Slow” *\",\"fields\":["
        "{\"name\":\"title\",\"label\":\"Title\",\"kind\":\"line\",\"value\":\"x\"},"
        "{\"name\":\"text\",\"label\":\"Text\",\"kind\":\"text\",\"optional\":true,\"hint\":\"as long as you "
        "like\"},"
        "{\"name\":\"severity\",\"label\":\"Severity\",\"kind\":\"choice\",\"choices\":[\"minor\",\"major\"]},"
        "{\"name\":\"who\",\"label\":\"Who\",\"kind\":\"person\"}]}");
    struct teams_form_origin origin = {"19:x", "seal", false};
    cJSON *card = good(teams_card_of_form(form, &origin));
    check_text(card, 1, "**no** title");
    assert_non_null(strstr(kit_json_text(item(card, 2), "text"), "“Slow”"));
    assert_string_equal(kit_json_text(item(card, 3), "id"), "f_title");
    assert_string_equal(kit_json_text(item(card, 3), "value"), "x");
    assert_true(kit_json_true(item(card, 3), "isRequired"));
    assert_true(kit_json_true(item(card, 4), "isMultiline"));
    assert_false(kit_json_true(item(card, 4), "isRequired"));
    assert_int_equal(cJSON_GetArraySize(kit_json_member(item(card, 5), "choices")), 2);
    assert_string_equal(kit_json_text(item(card, 6), "placeholder"), "their name or e-mail address");
    const cJSON *actions = kit_json_member(item(card, 7), "actions");
    assert_int_equal(cJSON_GetArraySize(actions), 2); /* with a way back to the card */
    assert_string_equal(kit_json_text(kit_json_member(cJSON_GetArrayItem(actions, 0), "data"), "seal"), "seal");
    cJSON_Delete(card);
    origin.own = true;
    card = good(teams_card_of_form(form, &origin));
    assert_int_equal(cJSON_GetArraySize(kit_json_member(item(card, 7), "actions")), 1);
    cJSON_Delete(card);
    cJSON_Delete(form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_has_title_fields_text_buttons_and_footer),
        cmocka_unit_test(a_picture_is_part_of_the_card_or_its_words_are),
        cmocka_unit_test(what_is_too_long_is_cut_and_says_so),
        cmocka_unit_test(a_text_is_a_message_of_its_own),
        cmocka_unit_test(a_form_becomes_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
