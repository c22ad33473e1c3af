#include "../../support/check.h"

#include <string.h>

#include "teams/formatted.h"

#define MENTION(name)                                                                                          \
    "<span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"0\">" name "</span>"

static void check_html(const char *html, const char *expected)
{
    struct kit_text out = {0};
    cJSON *activity =
        cJSON_Parse("{\"recipient\":{\"id\":\"28:bot\"},\"entities\":["
                    "{\"type\":\"mention\",\"mentioned\":{\"id\":\"28:bot\"}},{\"type\":\"clientInfo\"},"
                    "{\"type\":\"mention\",\"mentioned\":{\"id\":\"29:bob\"}}]}");
    cJSON *attachments = cJSON_AddArrayToObject(activity, "attachments");
    cJSON_AddItemToArray(attachments, kit_json_texts("contentType", "text/html", "content", html, NULL));
    bool any = teams_formatted(activity, &out);
    if (any != (expected != NULL) || (any && strcmp(kit_text_get(&out), expected) != 0))
        fail_msg("[%s]\nis        [%s]\nshould be [%s]", html, kit_text_get(&out), expected);
    kit_text_finish(&out);
    cJSON_Delete(activity);
}

static void is_commonmark(void **state)
{
    (void)state;
    static const struct {
        const char *html, *commonmark; /* NULL: nothing is formatted */
    } rows[] = {
        {"<p>it is <strong>the</strong> gateway</p>", "it is **the** gateway"},
        {"<div>it is<strong> the </strong>gateway</div>", "it is **the** gateway"},
        {"<i>maybe</i> <s>not</s> <code>a*b`c</code>", "*maybe* ~~not~~ `a*b'c`"},
        {"<b><em>both</em></b>", "***both***"},
        {"<b></b><b> </b>x", "x"},
        {"<p>snake_case &lt;b&gt; 2 * 3</p>", NULL},
        {"<b>a</b> # 1. &lt;b&gt; C:\\tmp", "**a** \\# 1\\. \\<b\\> C\\:\\\\tmp"},
        {"<p>" MENTION("Tocsin") "&nbsp;ask " MENTION("Bob") " <b>now</b></p>", "ask <@29:bob> **now**"},
        {"<a href=\"https://x.org/?a=1&amp;b=2\" title=\"x\">the <b>page</b></a>",
         "[the **page**](https://x.org/?a=1&b=2)"},
        {"<a href=\"javascript:alert(1)\">x</a> <b>y</b>", "x **y**"},
        {"<a href=\"https://x.org/)(\">x</a><b>y</b>", "x**y**"},
        {"<p>one</p><p><b>two<br>three</b></p>", "one\n\n**two**\n**three**"},
        {"<ul><li>one</li><li>two<ol><li>deep</li><li>er</li></ol></li></ul><p>end</p>",
         "- one\n- two\n   1. deep\n   2. er\n\nend"},
        {"<blockquote><p>said</p></blockquote><p>answer</p>", "> said\n\nanswer"},
        {"look:<pre>if (a &lt; b)\n  c();</pre>done", "look\\:\n\n```\nif (a < b)\n  c();\n```\n\ndone"},
        {"<codeblock class=\"C\"><code>a<br>b</code></codeblock>", "```\na\nb\n```"},
        {"<img itemtype=\"http://schema.skype.com/Emoji\" alt=\"👍\"> <b>x</b>", "👍 **x**"},
        {"<b>unclosed", "**unclosed**"},
        {"</b></ul></blockquote></pre>x", "x"},
        {"a < b <b>c</b>", "a \\< b **c**"},
        {"", NULL},
        {"<", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_html(rows[i].html, rows[i].commonmark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_commonmark)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
