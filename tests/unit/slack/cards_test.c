/* Cards, texts and forms -> Slack's messages and views: its limits, and hostile text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/check.h"
#include "../../support/slack_blocks.h"
#include "slack/cards.h"
#include "slack/slack.h"

static cJSON *parse(const char *json)
{
    cJSON *object = cJSON_Parse(json);
    assert_non_null(object);
    return object;
}

static char *repeat(const char *piece, size_t times)
{
    size_t n = strlen(piece);
    char *text = malloc(n * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * n, piece, n);
    text[n * times] = '\0';
    return text;
}

static const cJSON *block_of(const cJSON *message, const char *type)
{
    const cJSON *block;
    cJSON_ArrayForEach(block, kit_json_member(message, "blocks"))
    {
        if (strcmp(kit_json_text(block, "type"), type) == 0)
            return block;
    }
    return NULL;
}

static cJSON *pictured(cJSON *card, const char *file)
{
    cJSON *messages = slack_messages_of_card(card, file);
    const char *fault = slack_messages_fault(messages);
    if (fault)
        fail_msg("%s: %s", fault, cJSON_PrintUnformatted(messages));
    cJSON_Delete(card);
    return messages;
}

static cJSON *messages_of(cJSON *card)
{
    return pictured(card, "");
}

static void check_text_of(const cJSON *object, const char *expected)
{
    assert_string_equal(kit_json_text(kit_json_member(object, "text"), "text"), expected);
}

static void a_card_has_its_blocks_in_order(void **state)
{
    (void)state;
    cJSON *messages = messages_of(parse(
        "{\"title\":\"INC-1 Checkout is down\",\"tone\":\"alarm\",\"fields\":[{\"name\":\"status\",\"value\":"
        "\"active\"},{\"name\":\"lead\",\"value\":\"Ana\"}],\"text\":\"**It** [is](https://x.test/?a=1&b=2)\","
        "\"buttons\":[{\"label\":\"Accept\",\"command\":\"INC-1 accept\",\"style\":\"primary\"},{\"label\":"
        "\"Why\",\"command\":\"INC-1 why\",\"style\":\"\"}],\"footer\":\"by Ana · "
        "https://t.test/incidents/1\"}"));
    const cJSON *message = messages->child, *blocks = kit_json_member(message, "blocks");
    static const char *const types[] = {"header", "section", "section", "actions", "context"};
    assert_int_equal(cJSON_GetArraySize(messages), 1);
    assert_int_equal(cJSON_GetArraySize(blocks), 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(kit_json_text(cJSON_GetArrayItem(blocks, i), "type"), types[i]);
    assert_string_equal(kit_json_text(message, "text"),
                        "INC-1 Checkout is down: It is (https://x.test/?a=1&amp;b=2)");
    check_text_of(cJSON_GetArrayItem(blocks, 0), "🔴 INC-1 Checkout is down");
    const cJSON *fields = kit_json_member(cJSON_GetArrayItem(blocks, 1), "fields");
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(fields, 1), "text"), "*lead*\nAna");
    check_text_of(cJSON_GetArrayItem(blocks, 2), "*It* <https://x.test/?a=1&amp;b=2|is>");
    const cJSON *accept = kit_json_member(block_of(message, "actions"), "elements")->child;
    assert_string_equal(kit_json_text(accept, "value"), "INC-1 accept");
    assert_string_equal(kit_json_text(accept, "style"), "primary");
    assert_null(kit_json_member(accept->next, "style"));
    assert_string_equal(kit_json_text(kit_json_member(block_of(message, "context"), "elements")->child, "text"),
                        "by Ana · <https://t.test/incidents/1>");
    cJSON_Delete(messages);
}

#define PICTURE "{\"title\":\"A month\",\"text\":\"12 h\",\"picture\":{\"png\":\"x\",\"alt\":\"Nov <12 h>\"}}"

static void a_picture_is_a_file_or_its_words(void **state)
{
    (void)state;
    cJSON *messages = pictured(parse(PICTURE), "F1");
    const cJSON *image = block_of(messages->child, "image");
    assert_string_equal(kit_json_text(kit_json_member(image, "slack_file"), "id"), "F1");
    assert_string_equal(kit_json_text(image, "alt_text"), "Nov <12 h>");
    check_text_of(image->next, "12 h"); /* it stands above the text */
    cJSON_Delete(messages);
    messages = pictured(parse(PICTURE), "");
    assert_null(block_of(messages->child, "image"));
    check_text_of(block_of(messages->child, "section"), "Nov &lt;12 h&gt;");
    cJSON_Delete(messages);
}

static const char *const hostile[] = {
    "<!channel> <!here|x> <@U0123ABCD> <#C0123ABCD> <!subteam^S1>",
    "<http://evil.test|https://bank.test>",
    "@here @channel @everyone",
    "&lt;!channel&gt; &amp;lt;",
    "```unclosed <!channel>",
    "`<!channel>`",
    "[a](<!channel>) [b](javascript:x) ![c](slack://x) <slack://user>",
    "[<!channel>](https://x.test/<!here>|y)",
    "*bold* _it_ ~no~ > quote\n> <!channel>",
    "\xff\xfe bad \xf0\x9f bytes \xed\xa0\x80",
    "a\u202e\a\033[31mred",
    "|<>|&|<!channel|>",
    "https://x.test/|evil <https://x.test/|evil>",
};

static cJSON *hostile_card(const char *text)
{
    cJSON *card = cJSON_CreateObject(), *field = cJSON_CreateObject(), *button = cJSON_CreateObject();
    cJSON *fields = cJSON_AddArrayToObject(card, "fields"), *buttons = cJSON_AddArrayToObject(card, "buttons");
    static const char *const names[] = {"title", "text", "footer", "tone"};
    for (size_t i = 0; i < 4; i++)
        cJSON_AddStringToObject(card, names[i], text);
    cJSON_AddStringToObject(field, "name", text);
    cJSON_AddStringToObject(field, "value", text);
    cJSON_AddItemToArray(fields, field);
    cJSON_AddStringToObject(button, "label", text);
    cJSON_AddStringToObject(button, "command", "why");
    cJSON_AddItemToArray(buttons, button);
    return card;
}

/* What has a moment comes twice; the text with the moment is shown, unless it is too long. */
static void times_are_shown_in_the_readers_zone(void **state)
{
    (void)state;
    cJSON *messages = messages_of(parse(
        "{\"title\":\"t [x](time:5)\",\"fields\":[{\"name\":\"due next\",\"value\":\"*x* by Mon 09:00 "
        "UTC\",\"text\":"
        "\"\\\\*x\\\\* by [Mon 09:00 UTC](time:1732438800)\"},{\"name\":\"n\",\"value\":\"[x](time:5)\"}],"
        "\"text\":\"since [Mon 08:00 UTC](time:1732435200)\",\"footer\":\"declared Mon by "
        "<a>\",\"footer_text\":\"declared "
        "[Mon](time:5) by \\\\<a\\\\> \u00b7 <https://x.org/i>\"}"));
    char *text = cJSON_PrintUnformatted(messages);
    assert_non_null(strstr(text, "by <!date^1732438800^{date_short_pretty} {time}|Mon 09:00 UTC>"));
    assert_non_null(strstr(text, "since <!date^1732435200^{date_short_pretty} {time}|Mon 08:00 UTC>"));
    assert_non_null(strstr(
        text, "declared <!date^5^{date_short_pretty} {time}|Mon> by &lt;a&gt; \u00b7 <https://x.org/i|"));
    assert_non_null(strstr(text, "t [x](time:5)"));
    assert_non_null(strstr(text, "n*\\n[x](time:5)"));
    int tokens = 0;
    for (const char *p = text; (p = strstr(p, "<!date")); p++)
        tokens++;
    assert_int_equal(tokens, 3);
    assert_non_null(strstr(kit_json_text(cJSON_GetArrayItem(messages, 0), "text"), "since Mon 08:00 UTC"));
    cJSON_free(text);
    cJSON_Delete(messages);
}

static void emoji_names_in_plain_texts_are_literal(void **state)
{
    const cJSON *block;
    (void)state;
    cJSON *messages =
        messages_of(parse("{\"title\":\"Error :fire: x\",\"fields\":[{\"name\":\":a:\",\"value\":\":fire:\"}],"
                          "\"buttons\":[{\"label\":\":fire:\",\"command\":\"c\"}],\"footer\":\"by :fire:\"}"));
    cJSON_ArrayForEach(block, kit_json_member(cJSON_GetArrayItem(messages, 0), "blocks"))
    {
        char *text = cJSON_PrintUnformatted(block);
        bool plain = strstr(text, "plain_text") != NULL;
        assert_true(plain ? strstr(text, "\"emoji\":false") != NULL
                          : !strstr(text, ":fire:") && !strstr(text, ":a:"));
        cJSON_free(text);
    }
    assert_string_equal(kit_json_text(cJSON_GetArrayItem(messages, 0), "text"), "Error :fire\u2060: x");
    cJSON_Delete(messages);
}

static void hostile_text_is_shown_and_does_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        cJSON_Delete(messages_of(hostile_card(hostile[i])));
        cJSON *messages = slack_messages_of_text(hostile[i]);
        const char *fault = slack_messages_fault(messages);
        if (fault)
            fail_msg("%s: %s", fault, cJSON_PrintUnformatted(messages));
        cJSON_Delete(messages);
        char *many = repeat(hostile[i], 3000);
        cJSON_Delete(messages_of(hostile_card(many)));
        free(many);
    }
}

static void empty_and_malformed_cards_still_become_messages(void **state)
{
    (void)state;
    static const char *const cards[] = {
        "{}",
        "{\"title\":\"\",\"text\":\"\",\"footer\":\"\",\"fields\":[],\"buttons\":[]}",
        "{\"title\":1,\"text\":[],\"fields\":{},\"buttons\":\"x\",\"footer\":null,\"tone\":true}",
        "{\"fields\":[1,null,\"x\",{},{\"name\":\"\",\"value\":\"\"}],\"buttons\":[1,{},{\"label\":\"x\"}]}",
        "{\"title\":\"\\n\\t \",\"text\":\"   \\n\\n  \",\"footer\":\"\\n\"}",
        "{\"buttons\":[{\"label\":\"\",\"command\":\"x\",\"style\":\"pretty\"}]}",
    };
    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
        cJSON_Delete(messages_of(parse(cards[i])));
}

static void limits_of_fields_and_buttons_hold(void **state)
{
    (void)state;
    char *amps = repeat("&", 5000), *wide = repeat("日", 2000), *command = repeat("x", 2001);
    cJSON *card = cJSON_CreateObject(), *fields = cJSON_AddArrayToObject(card, "fields"),
          *buttons = cJSON_AddArrayToObject(card, "buttons");
    for (int i = 0; i < 33; i++) {
        cJSON_AddItemToArray(fields,
                             kit_json_texts("name", i % 2 ? amps : wide, "value", i % 3 ? amps : wide, NULL));
        cJSON_AddItemToArray(buttons, kit_json_texts("label", wide, "command", i == 3 ? command : "why", NULL));
    }
    cJSON *messages = messages_of(card);
    const cJSON *message, *block;
    int shown = 0, pressed = 0;
    cJSON_ArrayForEach(message, messages)
    {
        cJSON_ArrayForEach(block, kit_json_member(message, "blocks"))
        {
            bool actions = strcmp(kit_json_text(block, "type"), "actions") == 0;
            pressed += actions ? cJSON_GetArraySize(kit_json_member(block, "elements")) : 0;
            shown += cJSON_GetArraySize(kit_json_member(block, "fields"));
            assert_true(!actions || message == messages->child);
        }
    }
    assert_int_equal(shown, 33);
    assert_int_equal(pressed, 25);
    cJSON_Delete(messages);
    free(amps);
    free(wide);
    free(command);
}

static void a_title_is_shown_whole_however_long_it_is(void **state)
{
    static const char *const letters[] = {"x", "語", "🔥"};
    (void)state;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        for (size_t n = 60; n <= 600; n += 60) {
            struct kit_text title = {0};
            for (size_t k = 0; k < n; k++)
                kit_text_add(&title, letters[i]);
            kit_text_add(&title, " <end>");
            cJSON *messages = messages_of(
                kit_json_texts("title", kit_text_get(&title), "tone", "info", "room", "C0123ABCD", NULL));
            const cJSON *first = kit_json_member(messages->child, "blocks")->child;
            assert_non_null(strstr(kit_json_text(kit_json_member(first, "text"), "text"), "end"));
            assert_string_equal(
                kit_json_text(kit_json_member(block_of(messages->child, "context"), "elements")->child, "text"),
                "<#C0123ABCD>");
            cJSON_Delete(messages);
            kit_text_finish(&title);
        }
    }
}

/* Only the first message is edited later, so it has the buttons. */
static void a_long_card_keeps_its_buttons_in_the_first_message(void **state)
{
    (void)state;
    char *text = repeat("A sentence with **bold** & more, and more.\n\n", 1400);
    cJSON *card = kit_json_texts("title", "t", "text", text, "footer", "f", NULL);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(card, "buttons"),
                         kit_json_texts("label", "l", "command", "why", NULL));
    cJSON *messages = messages_of(card);
    assert_true(cJSON_GetArraySize(messages) > 1);
    assert_non_null(block_of(messages->child, "header"));
    assert_non_null(block_of(messages->child, "actions"));
    assert_non_null(block_of(messages->child, "context"));
    assert_null(block_of(messages->child->next, "actions"));
    assert_null(block_of(messages->child->next, "context"));
    cJSON_Delete(messages);
    free(text);
}

static void short_texts_are_plain_and_long_ones_are_blocks(void **state)
{
    (void)state;
    cJSON *messages = slack_messages_of_text("**hi** <!channel>");
    assert_string_equal(kit_json_text(messages->child, "text"), "*hi* &lt;!channel&gt;");
    assert_null(kit_json_member(messages->child, "blocks"));
    cJSON_Delete(messages);
    char *text = repeat("word ", 9000);
    messages = slack_messages_of_text(text);
    assert_null(slack_messages_fault(messages));
    assert_int_equal(cJSON_GetArraySize(messages), 4);
    const cJSON *message;
    cJSON_ArrayForEach(message, messages)
    {
        char *blocks = cJSON_PrintUnformatted(kit_json_member(message, "blocks"));
        assert_true(strlen(blocks) < 13200);
        cJSON_free(blocks);
    }
    cJSON_Delete(messages);
    free(text);
}

/* ---- forms ---- */

static cJSON *view_of(const char *form)
{
    cJSON *given = parse(form), *view = slack_view_of_form(given, "C0123ABCD");
    const char *fault = slack_view_fault(view);
    if (fault)
        fail_msg("%s: %s", fault, cJSON_PrintUnformatted(view));
    cJSON_Delete(given);
    return view;
}

static const cJSON *element_at(const cJSON *view, int i)
{
    return kit_json_member(cJSON_GetArrayItem(kit_json_member(view, "blocks"), i), "element");
}

static void a_form_is_a_modal(void **state)
{
    (void)state;
    cJSON *view = view_of(
        "{\"title\":\"Pause INC-1 until somebody is back\",\"submit\":\"Pause\",\"command\":\"INC-1 pause\","
        "\"fields\":[{\"name\":\"why\",\"label\":\"Why\",\"kind\":\"text\",\"value\":\"waiting\"},"
        "{\"name\":\"until\",\"label\":\"Until\",\"kind\":\"line\",\"hint\":\"2h\",\"optional\":true},"
        "{\"name\":\"sev\",\"label\":\"Severity\",\"kind\":\"choice\",\"choices\":[\"sev1\",\"sev2\"],"
        "\"value\":"
        "\"sev2\"},{\"name\":\"who\",\"label\":\"Who\",\"kind\":\"person\",\"value\":\"<@U0123ABCD>\"}]}");
    cJSON *kept = parse(kit_json_text(view, "private_metadata"));
    assert_string_equal(kit_json_text(kept, "command"), "INC-1 pause");
    assert_string_equal(kit_json_text(kept, "channel"), "C0123ABCD");
    cJSON_Delete(kept);
    assert_true(kit_json_true(element_at(view, 0), "multiline"));
    assert_string_equal(kit_json_text(element_at(view, 0), "initial_value"), "waiting");
    assert_true(kit_json_true(cJSON_GetArrayItem(kit_json_member(view, "blocks"), 1), "optional"));
    assert_string_equal(kit_json_text(element_at(view, 2), "type"), "static_select");
    assert_string_equal(kit_json_text(kit_json_member(element_at(view, 2), "initial_option"), "value"), "sev2");
    assert_string_equal(kit_json_text(element_at(view, 3), "initial_user"), "U0123ABCD");
    cJSON_Delete(view);
}

static void what_helps_with_a_form_stands_above_its_fields(void **state)
{
    (void)state;
    cJSON *view =
        view_of("{\"title\":\"Post\",\"submit\":\"Draft\",\"command\":\"INC-1 post\",\"note\":\"Posted "
                "before:\\n- “**Slow**”\",\"fields\":[{\"name\":\"title\",\"label\":\"Title\",\"kind\":"
                "\"line\"}]}");
    const cJSON *note = cJSON_GetArrayItem(kit_json_member(view, "blocks"), 0);
    assert_string_equal(kit_json_text(note, "type"), "section");
    assert_non_null(strstr(kit_json_text(kit_json_member(note, "text"), "text"), "“*Slow*”"));
    assert_string_equal(kit_json_text(element_at(view, 1), "type"), "plain_text_input");
    cJSON_Delete(view);
}

/* Slack refuses the whole view for one list that it does not accept. */
static void a_list_that_slack_would_refuse_becomes_a_text_input(void **state)
{
    (void)state;
    char *longer = repeat("x", 76);
    cJSON *form =
        parse("{\"title\":\"t\",\"submit\":\"s\",\"command\":\"c\",\"fields\":[{\"name\":\"a\",\"label\":"
              "\"a\",\"kind\":\"choice\",\"choices\":[]},{\"name\":\"b\",\"label\":\"b\",\"kind\":"
              "\"choice\",\"choices\":[\"ok\"]},{\"name\":\"c\",\"label\":\"c\",\"kind\":\"choice\"}]}");
    cJSON_AddItemToArray(
        cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(form, "fields"), 1), "choices"),
        cJSON_CreateString(longer));
    cJSON *view = slack_view_of_form(form, "C0123ABCD");
    assert_null(slack_view_fault(view));
    for (int i = 0; i < 3; i++)
        assert_string_equal(kit_json_text(element_at(view, i), "type"), "plain_text_input");
    cJSON_Delete(view);
    cJSON_Delete(form);
    free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_has_its_blocks_in_order),
        cmocka_unit_test(a_picture_is_a_file_or_its_words),
        cmocka_unit_test(times_are_shown_in_the_readers_zone),
        cmocka_unit_test(emoji_names_in_plain_texts_are_literal),
        cmocka_unit_test(hostile_text_is_shown_and_does_nothing),
        cmocka_unit_test(a_title_is_shown_whole_however_long_it_is),
        cmocka_unit_test(empty_and_malformed_cards_still_become_messages),
        cmocka_unit_test(limits_of_fields_and_buttons_hold),
        cmocka_unit_test(a_long_card_keeps_its_buttons_in_the_first_message),
        cmocka_unit_test(short_texts_are_plain_and_long_ones_are_blocks),
        cmocka_unit_test(a_form_is_a_modal),
        cmocka_unit_test(what_helps_with_a_form_stands_above_its_fields),
        cmocka_unit_test(a_list_that_slack_would_refuse_becomes_a_text_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
