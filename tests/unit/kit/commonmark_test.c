#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

static const char *const names[KIT_TARGETS] = {"plain", "terminal", "slack", "html"};

static void check_render(const char *text, enum kit_target target, const char *expected)
{
    struct kit_text out = {0};
    assert_true(kit_commonmark(text, strlen(text), target, &out));
    if (strcmp(kit_text_get(&out), expected) != 0)
        fail_msg("%s of [%s]\nis        [%s]\nshould be [%s]", names[target], text, kit_text_get(&out),
                 expected);
    kit_text_finish(&out);
}

static void each_target_writes_its_own(void **state)
{
    static const struct {
        const char *text, *plain, *slack, *html;
    } rows[] = {
        {"a **bold** and *soft* ~~no~~ `code`", "a bold and soft no code", "a *bold* and _soft_ ~no~ `code`",
         "<p>a <strong>bold</strong> and <em>soft</em> <del>no</del> <code>code</code></p>"},
        {"# Head\n\ntext\nnext", "Head\n\ntext\nnext", "*Head*\n\ntext\nnext",
         "<h1>Head</h1>\n<p>text\nnext</p>"},
        {"- one\n- two\n  - deep\n\nend", "- one\n- two\n  - deep\n\nend", "• one\n• two\n  • deep\n\nend",
         "<ul>\n<li>one</li>\n<li>two<ul>\n<li>deep</li>\n</ul>\n</li>\n</ul>\n<p>end</p>"},
        {"9. nine\n10. ten\n    more", "9. nine\n10. ten\n    more", "9. nine\n10. ten\n    more",
         "<ol start=\"9\">\n<li>nine</li>\n<li>ten\nmore</li>\n</ol>"},
        {"> one\n> two\n>\n> three", "> one\n> two\n> \n> three", ">one\n>two\n>\n>three",
         "<blockquote>\n<p>one\ntwo</p>\n<p>three</p>\n</blockquote>"},
        {"x\n\n```c\nint *a;\n  b\n```\ny", "x\n\n    int *a;\n      b\n\ny",
         "x\n\n```\nint *a;\n  b\n```\n\ny", "<p>x</p>\n<pre><code>int *a;\n  b\n</code></pre>\n<p>y</p>"},
        {"[a](https://x.org/?a=1&b=2) <https://y.org>", "a (https://x.org/?a=1&b=2) https://y.org",
         "<https://x.org/?a=1&amp;b=2|a> <https://y.org|https://y.org>",
         "<p><a href=\"https://x.org/?a=1&amp;b=2\">a</a> <a href=\"https://y.org\">https://y.org</a></p>"},
        {"one  \ntwo\n\n---", "one\ntwo\n\n----", "one\ntwo\n\n———", "<p>one<br>\ntwo</p>\n<hr>"},
        {"&amp; &#65; &#x1b; &nope; &euro;", "& A  &nope; €", "&amp; A  &amp;nope; €",
         "<p>&amp; A  &amp;nope; €</p>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_render(rows[i].text, KIT_PLAIN, rows[i].plain);
        check_render(rows[i].text, KIT_SLACK, rows[i].slack);
        check_render(rows[i].text, KIT_HTML, rows[i].html);
    }
    check_render("**b** `c`", KIT_TERMINAL, "\033[1mb\033[22m \033[36mc\033[39m");
}

static void hostile_text_stays_text(void **state)
{
    (void)state;
    check_render("<script>alert(1)</script>", KIT_HTML, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
    check_render("[x](javascript:alert(1))", KIT_HTML, "<p>x</p>");
    check_render("![x](data:text/html,y)", KIT_HTML, "<p>x</p>");
    check_render("[x](https://a.org/\"onload=\"y)", KIT_HTML,
                 "<p><a href=\"https://a.org/%22onload=%22y\">x</a></p>");
    check_render("<!channel> <@U1> &lt;!here>", KIT_SLACK, "&lt;!channel&gt; &lt;@U1&gt; &lt;!here&gt;");
    check_render("[a|b>c](https://x.org/|<!here>)", KIT_SLACK, "<https://x.org/%7C%3C!here%3E|a|b&gt;c>");
    check_render("``` \na\n```` ```\n<!channel>\n", KIT_SLACK, "```\na\n``'` ``'\n&lt;!channel&gt;\n```");
    check_render("```\nkill `cat pid`\n```", KIT_SLACK, "```\nkill `cat pid`\n```");
    check_render("\033[31mred\x07\xff \xc2\x9b"
                 "5m \xed\xa0\x80",
                 KIT_TERMINAL, "[31mred 5m");
    check_render("[\n](https://x.org)", KIT_SLACK, "<https://x.org| >");
}

static void names_are_no_markup(void **state)
{
    struct kit_text out = {0};
    (void)state;
    assert_true(kit_escape("<b> *x*\033", 9, KIT_HTML, &out));
    assert_string_equal(out.p, "&lt;b&gt; *x*");
    kit_text_finish(&out);
}

static void long_texts_have_an_end(void **state)
{
    (void)state;
    size_t n = 3 * KIT_COMMONMARK_MOST;
    char *text = malloc(n);
    static const char *const patterns[] = {"é",    "[",  "> ", "- ", "*a ", "`",
                                           "![](", "<a", "&",  "|",  "\n",  "1. "};
    for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
        for (size_t i = 0; i < n; i++)
            text[i] = patterns[p][i % strlen(patterns[p])];
        for (int target = 0; target < KIT_TARGETS; target++) {
            struct kit_text out = {.most = 8 << 20};
            kit_commonmark(text, n, (enum kit_target)target, &out); /* it ends, and stays within its limit */
            assert_true(kit_utf8_valid(kit_text_get(&out), out.n));
            kit_text_finish(&out);
        }
    }
    struct kit_text small = {.most = 100};
    memset(text, 'x', n);
    assert_false(kit_commonmark(text, n, KIT_PLAIN, &small));
    assert_in_range(small.n, 0, 100);
    kit_text_finish(&small);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_target_writes_its_own),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(names_are_no_markup),
        cmocka_unit_test(long_texts_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
