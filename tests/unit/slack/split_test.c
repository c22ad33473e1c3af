/* Long mrkdwn in parts: nothing is lost, and nothing that must stay whole is cut. Random texts of awkward pieces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/check.h"
#include "../../support/slack_blocks.h"
#include "slack/cards.h"
#include "slack/slack.h"

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static const char *const pieces[] = {
    " ",
    "\n",
    "\n\n",
    "word",
    "wordwordwordwordword",
    "日本語",
    "🔥🔥",
    "&amp;",
    "&lt;!channel&gt;",
    "<https://x.test/a?b=1&amp;c=2|a link with words>",
    "<mailto:ana@x.test|ana>",
    "`some code`",
    "*bold* ",
    "\n```\nint main(void)\n{\n    return 0;\n}\n```\n",
    "\n```\nwide wide wide wide wide wide wide wide wide wide wide wide wide\n\n\nend\n```\n",
    "\n• item\n",
    "\n>quoted\n",
    "…",
};

static void make_text(struct kit_text *text)
{
    unsigned n = pick(60);
    for (unsigned i = 0; i < n; i++)
        kit_text_add(text, pieces[pick(sizeof(pieces) / sizeof(pieces[0]))]);
}

/* The text without white space and fences, which may differ between parts. */
static void put_essence(const char *text, struct kit_text *out)
{
    for (; *text; text++) {
        if (strncmp(text, "```", 3) == 0)
            text += 2;
        else if (!strchr(" \n", *text))
            kit_text_addc(out, *text);
    }
}

static void check_parts(const char *text, size_t most)
{
    struct kit_text before = {0}, after = {0};
    const cJSON *part;
    cJSON *parts = slack_split(text, most);
    cJSON_ArrayForEach(part, parts)
    {
        const char *fault = slack_mrkdwn_fault(part->valuestring);
        if (fault || strlen(part->valuestring) > most)
            fail_msg("%s in [%s] of [%s]", fault ? fault : "too long", part->valuestring, text);
        put_essence(part->valuestring, &after);
    }
    put_essence(text, &before);
    if (strcmp(kit_text_get(&before), kit_text_get(&after)) != 0)
        fail_msg("[%s] became [%s]", kit_text_get(&before), kit_text_get(&after));
    cJSON_Delete(parts);
    kit_text_finish(&before);
    kit_text_finish(&after);
}

static void nothing_is_lost_or_cut(void **state)
{
    (void)state;
    for (seed = 1; seed < 4000; seed++) {
        uint64_t first = seed;
        struct kit_text text = {0};
        make_text(&text);
        check_parts(kit_text_get(&text), 80 + pick(400));
        kit_text_finish(&text);
        seed = first;
    }
}

static void check_first(const char *text, size_t most, const char *expected)
{
    cJSON *parts = slack_split(text, most);
    assert_string_equal(parts->child->valuestring, expected);
    cJSON_Delete(parts);
}

static void a_text_is_cut_between_paragraphs_else_lines_else_words(void **state)
{
    (void)state;
    check_first("one two three\n\nfour five\nsix seven eight nine ten", 46, "one two three\n\nfour five");
    check_first("one two three four\n\nsix seven eight nine ten", 46, "one two three four");
    check_first("one two three\nsix seven eight nine ten eleven", 46, "one two three");
    check_first("one two three six seven eight nine ten eleven", 40, "one two three six seven eight");
    check_first("onetwothreesixseveneightnineteneleven", 40, "onetwothreesixseveneightninete");
}

static void code_continues_as_code_in_the_next_part(void **state)
{
    (void)state;
    cJSON *parts = slack_split("```\naaaa bbbb\ncccc dddd\neeee ffff\n```\nend", 40);
    const cJSON *part;
    assert_true(cJSON_GetArraySize(parts) > 1);
    cJSON_ArrayForEach(part, parts)
    {
        assert_true(strncmp(part->valuestring, "```\n", 4) == 0 || strcmp(part->valuestring, "end") == 0);
    }
    cJSON_Delete(parts);
}

/* A link that fits into no part becomes its label, and one pass over a long line is enough. */
static void overlong_words_and_links_are_split(void **state)
{
    (void)state;
    enum { LONG = 400000 };
    char *text = malloc(LONG + 1);
    static const char *const fills[] = {"a", "<", "`", "&", "& ", "\xf0\x9f\x94\xa5", "```", "<http://x|"};
    for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
        size_t n = strlen(fills[i]), k;
        for (k = 0; k + n <= LONG; k += n)
            memcpy(text + k, fills[i], n);
        text[k] = '\0';
        cJSON *parts = slack_split(text, 2900);
        const cJSON *part;
        cJSON_ArrayForEach(part, parts)
        {
            assert_true(strlen(part->valuestring) <= 2900);
            assert_true(kit_utf8_valid(part->valuestring, strlen(part->valuestring)));
        }
        cJSON_Delete(parts);
    }
    memset(text, 'a', 6000);
    memcpy(text, "<https://x.test/", 16);
    memcpy(text + 5990, "|the text>", 11);
    check_first(text, 2900, "the text");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_cut),
        cmocka_unit_test(a_text_is_cut_between_paragraphs_else_lines_else_words),
        cmocka_unit_test(code_continues_as_code_in_the_next_part),
        cmocka_unit_test(overlong_words_and_links_are_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
