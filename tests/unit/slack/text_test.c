/* mrkdwn as people type it -> plain text. */
#include <string.h>

#include "../../support/check.h"
#include "slack/in.h"

static const struct {
    const char *mrkdwn, *plain;
} texts[] = {
    {"", ""},
    {"5 &lt; 6 &amp;&amp; 7 &gt; 6", "5 < 6 && 7 > 6"},
    {"&amp;lt; stays escaped once", "&lt; stays escaped once"},
    {"&copy; &amp &", "&copy; &amp &"},
    {"see <https://x.test/a?b=1&amp;c=2>", "see https://x.test/a?b=1&c=2"},
    {"see <https://x.test/a|the graph>", "see the graph (https://x.test/a)"},
    {"<http://x.test|x.test>", "http://x.test"},
    {"<https://evil.test/bank.test|bank.test>", "https://evil.test/bank.test"},
    {"<mailto:ana@x.test|ana@x.test>", "ana@x.test"},
    {"<mailto:ana@x.test>", "ana@x.test"},
    {"mail <mailto:ana@x.test|Ana>", "mail Ana"},
    {"<tel:+3491234|+34 91234>", "+34 91234"},
    {"<mailto:>", "mailto:"},
    {"in <#C02ABC0001|ops> now", "in #ops now"},
    {"in <#C02ABC0001>", "in #C02ABC0001"},
    {"in <#C02ABC0001|>", "in #"},
    {"<!here> <!channel> <!everyone>", "@here @channel @everyone"},
    {"<!here|here>", "@here"},
    {"<!subteam^S0001|@oncall> please", "@oncall please"},
    {"<!subteam^S0001>", "@subteam^S0001"},
    {"<!date^1700000000^{date}|14 Nov 2023>", "14 Nov 2023"},
    {"<@U02BEN001>", "<@U02BEN001>"},
    {"<@U02BEN001|ben>: look", "<@U02BEN001>: look"},
    {"&lt;!channel&gt; typed by hand", "<!channel> typed by hand"},
    {"a < b, unescaped", "a < b, unescaped"},
    {"<", "<"},
    {"<>", "<>"},
    {"<|>", "<|>"},
    {"<@>", "<@>"},
    {"<not\nclosed>", "<not\nclosed>"},
    {"<https://x.test", "<https://x.test"},
    {"<<https://x.test>>", "<https://x.test>"},
    {"*bold* _it_ ~no~ `code` ```a &lt; b```", "*bold* _it_ ~no~ `code` ```a < b```"},
    {"naïve 日本 🔥 &gt;", "naïve 日本 🔥 >"},
};

static void test_mrkdwn_becomes_plain_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct kit_text out = {0};
        cJSON *users = cJSON_CreateArray();
        slack_plain(texts[i].mrkdwn, &out, users);
        if (strcmp(kit_text_get(&out), texts[i].plain) != 0)
            fail_msg("%s: got %s", texts[i].mrkdwn, kit_text_get(&out));
        kit_text_finish(&out);
        cJSON_Delete(users);
    }
}

static void test_mentioned_users_are_listed(void **state)
{
    struct kit_text out = {0};
    cJSON *users = cJSON_CreateArray();
    (void)state;
    slack_plain("<@U02BEN001> <@U02BEN001|b> <@W03EVA0001> <@u1> <@U1;DROP> "
                "<@U0123456789012345678901234567890123456789>",
                &out, users);
    assert_int_equal(cJSON_GetArraySize(users), 2);
    assert_string_equal(cJSON_GetArrayItem(users, 1)->valuestring, "W03EVA0001");
    kit_text_finish(&out);
    cJSON_Delete(users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mrkdwn_becomes_plain_text),
        cmocka_unit_test(test_mentioned_users_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
