#include "../../support/check.h"
#include "../../support/kit_html.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

static const char *const names[KIT_TARGETS] = {"plain", "terminal", "slack",  "html",
                                               "irc",   "teams",    "github", "jira"};

static void check_render(const char *text, enum kit_target target, const char *expected)
{
    struct kit_text out = {0};
    assert_true(kit_commonmark(text, strlen(text), target, &out));
    if (strcmp(kit_text_get(&out), expected) != 0)
        fail_msg("%s of [%s]\nis        [%s]\nshould be [%s]", names[target], text, kit_text_get(&out),
                 expected);
    if (target == KIT_HTML && kit_html_fault(kit_text_get(&out)))
        fail_msg("%s: [%s]", kit_html_fault(kit_text_get(&out)), kit_text_get(&out));
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
    check_render("a **b** *c* ~~d~~ `e`", KIT_IRC, "a \002b\002 \035c\035 \036d\036 \021e\021");
    check_render("# a **b** c\n- *d _e_ f*\n> **g *h* __i__**", KIT_IRC,
                 "\002a b c\002\n\n• \035d e f\035\n\n> \002g \035h\035 i\002");
    check_render("[a](https://x.org)\n\n```\nint a;\nb\n```", KIT_IRC,
                 "a (https://x.org)\n\n\021    int a;\n    b\n\021");
}

static void teams_gets_the_markdown_that_it_shows_everywhere(void **state)
{
    static const struct {
        const char *text, *teams;
    } rows[] = {
        {"a **bold** and *soft* ~~no~~ `co*de`", "a **bold** and _soft_ no \\`co\\*de\\`"},
        {"# Head **er**\n\ntext\nnext", "**Head er**\n\ntext\n\nnext"},
        {"- one\n- two\n  - deep\n\nend", "- one\n- two\n  - deep\n\nend"},
        {"9. nine\n10. ten", "9. nine\n10. ten"},
        {"> one\n> two", "> one\n\n> two"},
        {"x\n\n```c\nint *a;\n  b\n```", "x\n\nint \\*a;\n\n&nbsp;&nbsp;b"},
        {"[a\\]](https://x.org/?a=1&b=(2)) <https://y.org/a_b>",
         "[a\\]](https://x.org/?a=1&b=%282%29) [https://y.org/a\\_b](https://y.org/a_b)"},
        {"one\n\n---", "one\n\n———"},
        {"[x](javascript:alert(1)) <at>Bob</at> \\{{DATE(x)}}", "x &lt;at&gt;Bob&lt;/at&gt; \\{\\{DATE(x)}}"},
        {"\\# no \\*b\\* 1\\. \\- \\[a\\](https\\://x.org)", "\\# no \\*b\\* 1. - \\[a\\](https://x.org)"},
        {"1\\. one", "1\\. one"},
        {"\\- a - b", "\\- a - b"},
    };
    struct kit_text out = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_render(rows[i].text, KIT_TEAMS, rows[i].teams);
    assert_true(kit_escape("*x* <at>\n    y", 15, KIT_TEAMS, &out));
    assert_string_equal(kit_text_get(&out), "\\*x\\* &lt;at&gt;\n\n&nbsp;&nbsp;&nbsp;&nbsp;y");
    kit_text_finish(&out);
}

static void trackers_get_markup_that_refers_to_nobody(void **state)
{
    static const struct {
        const char *text, *github, *jira;
    } rows[] = {
        {"a **bold** and *soft* ~~no~~ `co*de`", "a **bold** and <em>soft</em> ~~no~~ <code>co\\*de</code>",
         "a {*}bold{*} and {_}soft{_} no {{co\\*de}}"},
        {"# Head **er**\n\ntext\nnext", "**Head er**\n\ntext\nnext", "{*}Head er{*}\n\ntext\nnext"},
        {"- one\n- two\n  1. deep\n\nend", "- one\n- two\n  1. deep\n\nend", "* one\n* two\n*# deep\n\nend"},
        {"> one\n> two", "> one\n> two", "> one\n> two"},
        {"x\n\n```c\nint *a; <b> {noformat}\n  @bob #1\n```",
         "x\n\n<pre>\nint *a; &lt;b&gt; {noformat}\n  @bob #1\n</pre>",
         "x\n\n{noformat}\nint *a; <b> {" KIT_JOINER "noformat}\n  @bob #1\n{noformat}"},
        {"[INC-1](https://x.org/?a=1&b=(2)) <https://y.org/a_b>",
         "[INC-1](https://x.org/?a=1&b=%282%29) [https://y.org/a\\_b](https://y.org/a_b)",
         "[INC-1|https://x.org/?a=1&b=%282%29] [https://y.org/a_b]"},
        {"[a\\]](https://x.org)", "[a\\]](https://x.org)", "a\\] ([https://x.org])"},
        {"one\n\n---", "one\n\n***", "one\n\n----"},
        {"@bob ops@acme.example `@bob`", "@&#8203;bob ops@acme.example <code>@bob</code>",
         "@bob ops@acme.example {{@bob}}"},
        {"see #12, acme/shop#3 and GH-4", "see \\#&#8203;12, acme/shop\\#&#8203;3 and GH-&#8203;4",
         "see \\#12, acme/shop\\#3 and GH-4"},
        {":fire: :+1: 10:30:00", ":fire&#8203;: :+1&#8203;: 10:30:00", ":fire: :\\+1: 10:30:00"},
        {"$a$ &lt;b> | 1\\. x", "<span>$</span>a<span>$</span> &lt;b&gt; \\| 1. x", "$a$ <b> \\| 1. x"},
        {"1\\. one\n\\- two\n\\=\\=", "1\\. one\n\\- two\n\\==", "1. one\n\\- two\n=="},
        {"\\[~ana] {panel} h1\\. x (/) :) !a.png! a-b -- c",
         "\\[\\~ana\\] {panel} h1. x (/) :) !a.png! a-b -- c",
         "\\[\\~ana\\] \\{panel\\} h1" KIT_JOINER ". x (/" KIT_JOINER ") :" KIT_JOINER
         ") \\!a.png\\! a-b \\-\\- c"},
        {"h1\\. x\nbq\\. y", "h1. x\nbq. y", "h1" KIT_JOINER ". x\nbq" KIT_JOINER ". y"},
        {"a\\\\\\* `C:\\dir\\`", "a\\\\\\* <code>C:\\\\dir\\\\</code>",
         "a\\" KIT_JOINER "\\* {{C:\\dir\\" KIT_JOINER "}}"},
        {"\\&lt; &amp;lt;", "&amp;lt; &amp;lt;", "&lt" KIT_JOINER "; &lt" KIT_JOINER ";"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_render(rows[i].text, KIT_GITHUB, rows[i].github);
        check_render(rows[i].text, KIT_JIRA, rows[i].jira);
    }
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

static void html_says_what_commonmark_says(void **state)
{
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"", ""},
        {"one\n\ntwo", "<p>one</p>\n<p>two</p>"},
        {"###### six\n\nSet\n===", "<h6>six</h6>\n<h1>Set</h1>"},
        {"- one\n\n- two", "<ul>\n<li><p>one</p>\n</li>\n<li><p>two</p>\n</li>\n</ul>"},
        {"1. a\n   > b\n   > - c", "<ol start=\"1\">\n<li>a<blockquote>\n<p>b</p>\n<ul>\n<li>c</li>\n</ul>\n"
                                   "</blockquote>\n</li>\n</ol>"},
        {"***both*** _a **b**_", "<p><em><strong>both</strong></em> <em>a <strong>b</strong></em></p>"},
        {"`a < b && \"c\"`", "<p><code>a &lt; b &amp;&amp; &quot;c&quot;</code></p>"},
        {"```html\n<p class='x'>\n```", "<pre><code>&lt;p class=&#39;x&#39;&gt;\n</code></pre>"},
        {"    a\n    <b>", "<pre><code>a\n&lt;b&gt;\n</code></pre>"},
        {"see https://x.org/a?b=1&c=2.",
         "<p>see <a href=\"https://x.org/a?b=1&amp;c=2\">https://x.org/a?b=1&amp;c=2</a>.</p>"},
        {"[**a** `b`](https://x.org \"a \\\"title\")",
         "<p><a href=\"https://x.org\"><strong>a</strong> <code>b</code></a></p>"},
        {"[mail](mailto:a@x.org) <a@x.org>",
         "<p><a href=\"mailto:a@x.org\">mail</a> <a href=\"mailto:a@x.org\">a@x.org</a></p>"},
        {"![graph](https://x.org/g.png)", "<p><a href=\"https://x.org/g.png\">graph</a></p>"},
        {"[![graph](https://x.org/g.png)](https://x.org)", "<p><a href=\"https://x.org\">graph</a></p>"},
        {"[](https://x.org)", "<p><a href=\"https://x.org\">https://x.org</a></p>"},
        {"[a\nb](https://x.org)", "<p><a href=\"https://x.org\">a b</a></p>"},
        {"[ref]\n\n[ref]: HTTPS://x.org/é", "<p><a href=\"HTTPS://x.org/é\">ref</a></p>"},
        {"café ☎ 🔥", "<p>café ☎ 🔥</p>"},
        {"https://x.org*e* ~~d~~", "<p><a href=\"https://x.org*e\">https://x.org*e</a> <del>d</del></p>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_render(rows[i].text, KIT_HTML, rows[i].html);
}

static void hostile_html_stays_text(void **state)
{
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"},
        {"<!-- c -->\n<style>*{}</style>", "<p>&lt;!-- c --&gt;\n&lt;style&gt;*{}&lt;/style&gt;</p>"},
        {"a</p></body>b", "<p>a&lt;/p&gt;&lt;/body&gt;b</p>"},
        {"&lt;script&gt; &#60;b&#x3E;", "<p>&lt;script&gt; &lt;b&gt;</p>"},
        {"# <b>\n\n- <i>\n\n> <u>",
         "<h1>&lt;b&gt;</h1>\n<ul>\n<li>&lt;i&gt;</li>\n</ul>\n<blockquote>\n<p>&lt;u&gt;</p>\n</blockquote>"},
        {"<javascript:alert(1)>", "<p>javascript:alert(1)</p>"},
        {"[x](JaVaScRiPt:alert(1))", "<p>x</p>"},
        {"[x](&#106;avascript:alert(1))", "<p>x</p>"},
        {"[x](java\tscript:alert(1))", "<p>[x](java\tscript:alert(1))</p>"},
        {"[x](<java&Tab;script:alert(1)>)", "<p>x</p>"},
        {"[x](vbscript:y) [x](data:text/html;base64,PHA+) [x](file:///etc/passwd)", "<p>x x x</p>"},
        {"[x](//x.org/y) [x](/y) [x](#y)", "<p>x x x</p>"},
        {"[x](http:alert(1)) [x](https://)", "<p>x x</p>"},
        {"![x](javascript:alert(1))", "<p>x</p>"},
        {"[![x](https://x.org)](javascript:alert(1))", "<p>x</p>"},
        {"[x](https://a.org/&quot;onclick=&quot;y&#39;)",
         "<p><a href=\"https://a.org/%22onclick=%22y%27\">x</a></p>"},
        {"[x](<https://a.org/> onclick=y>)",
         "<p>[x](<a href=\"https://a.org/\">https://a.org/</a> onclick=y&gt;)</p>"},
        {"[x](<https://a.org/b c&#10;d>)", "<p><a href=\"https://a.org/b%20c%0Ad\">x</a></p>"},
        {"[\"'><b>](https://x.org)", "<p><a href=\"https://x.org\">&quot;&#39;&gt;&lt;b&gt;</a></p>"},
        {"1\0332\x01 \xff\xc3", "<p>12</p>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_render(rows[i].text, KIT_HTML, rows[i].html);
}

/* The tests' HTML reader must reject faulty HTML. */
static void the_html_reader_finds_faults(void **state)
{
    static const char *const wrong[] = {"<b>x</b>",
                                        "<p>x",
                                        "x</p>",
                                        "<p><em>x</p></em>",
                                        "<p>a & b</p>",
                                        "<p>\"</p>",
                                        "<p onclick=\"x\">x</p>",
                                        "<script>",
                                        "<a href=\"javascript:x\">x</a>",
                                        "<a href=\"https://x.org\" title=\"x\">x</a>",
                                        "<a href=\"https://x.org/a b\">x</a>",
                                        "<a href=\"https://x.org\"><a href=\"https://y.org\">x</a></a>",
                                        "<ol start=\"x\"></ol>",
                                        "&nbsp;"};
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (!kit_html_fault(wrong[i]))
            fail_msg("nothing was found in %s", wrong[i]);
    }
}

static void names_are_not_markup(void **state)
{
    struct kit_text out = {0};
    (void)state;
    assert_true(kit_escape("<b> *x*\033", 9, KIT_HTML, &out));
    assert_string_equal(out.p, "&lt;b&gt; *x*");
    kit_text_finish(&out);
    assert_true(kit_escape("\" onload='x' &amp;\n\xff", 21, KIT_HTML, &out));
    assert_string_equal(out.p, "&quot; onload=&#39;x&#39; &amp;amp;\n");
    kit_text_finish(&out);
}

/* In Slack ":fire:" becomes an emoji: where somebody wrote it as markup, and not in a value. */
static void an_emoji_is_markup(void **state)
{
    struct kit_text out = {0};
    (void)state;
    check_render("it is :fire: *now*", KIT_SLACK, "it is :fire: _now_");
    check_render("it is \\:fire: at 10:30:45", KIT_SLACK, "it is :fire" KIT_JOINER ": at 10:30:45");
    check_render("\\:fire\\: \\:+1: :a\\:", KIT_SLACK,
                 ":fire" KIT_JOINER ": :+1" KIT_JOINER ": :a" KIT_JOINER ":");
    check_render("`\\:fire:` https\\://x.org", KIT_SLACK, "`\\:fire:` https://x.org");
    check_render("it is \\:fire:", KIT_HTML, "<p>it is :fire:</p>");
    check_render("it is \\:fire:", KIT_PLAIN, "it is :fire:");
    assert_true(kit_escape("Error :fire: x 10:30:45 :100:", 29, KIT_SLACK, &out));
    assert_string_equal(out.p, "Error :fire" KIT_JOINER ": x 10:30:45 :100" KIT_JOINER ":");
    kit_text_finish(&out);
}

static void a_time_is_shown_in_the_readers_zone(void **state)
{
    (void)state;
    check_render("due [Tue 24 Nov 09:00 UTC+1](time:1732438800).", KIT_SLACK,
                 "due <!date^1732438800^{date_short_pretty} {time}|Tue 24 Nov 09:00 UTC+1>.");
    check_render("due [Tue 24 Nov 09:00 UTC](time:1732438800).", KIT_PLAIN, "due Tue 24 Nov 09:00 UTC.");
    check_render("due [Tue 24 Nov 09:00 UTC](time:1732438800).", KIT_HTML, "<p>due Tue 24 Nov 09:00 UTC.</p>");
    check_render("[](time:5) [a>b<](time:5)", KIT_SLACK,
                 "<!date^5^{date_short_pretty} {time}|?> <!date^5^{date_short_pretty} {time}|a&gt;b&lt;>");
    /* What a value may say, and addresses that are no time. */
    check_render("\\[x\\](time:5)", KIT_SLACK, "[x](time:5)");
    check_render("<time:5x> [x](time:5^{date}|<!here>) [y](time:) [z](time:-5) [q](time:1234567890123)",
                 KIT_SLACK, "time:5x x y z q");
}

static void only_some_addresses_are_links(void **state)
{
    static const char *const links[] = {"https://x.org", "HTTP://x.org", "mailto:a@x.org"},
                             *const others[] = {"",      "https://",       "javascript:alert(1)", "//x.org",
                                                "x.org", " https://x.org", "data:text/html,x"};
    (void)state;
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        assert_true(kit_is_link(links[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(kit_is_link(others[i]));
}

static void irc_styles_are_taken_off(void **state)
{
    static const struct {
        const char *text, *plain;
    } rows[] = {{"\x02now\x0f \x1dsoft\x1d", "now soft"},
                {"\x03"
                 "04,12red\x03 \x03"
                 "5x\x03,5 \x03"
                 "123",
                 "red x,5 3"},
                {"a\x01"
                 "b\x7f\x16",
                 "ab"},
                {"caf\xe9 caf\xc3\xa9", "caf caf\xc3\xa9"},
                {"\x03", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text out = {0};
        kit_irc_plain(rows[i].text, &out);
        assert_string_equal(kit_text_get(&out), rows[i].plain);
        kit_text_finish(&out);
    }
}

static void long_texts_are_cut(void **state)
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
            kit_commonmark(text, n, (enum kit_target)target,
                           &out); /* it terminates, and stays within its limit */
            assert_true(kit_utf8_valid(kit_text_get(&out), out.n));
            if (target == KIT_HTML && !out.failed && kit_html_fault(kit_text_get(&out)))
                fail_msg("%s of %s", kit_html_fault(kit_text_get(&out)), patterns[p]);
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
        cmocka_unit_test(teams_gets_the_markdown_that_it_shows_everywhere),
        cmocka_unit_test(trackers_get_markup_that_refers_to_nobody),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(html_says_what_commonmark_says),
        cmocka_unit_test(hostile_html_stays_text),
        cmocka_unit_test(the_html_reader_finds_faults),
        cmocka_unit_test(names_are_not_markup),
        cmocka_unit_test(an_emoji_is_markup),
        cmocka_unit_test(a_time_is_shown_in_the_readers_zone),
        cmocka_unit_test(only_some_addresses_are_links),
        cmocka_unit_test(irc_styles_are_taken_off),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
