/* Feeds, calendar, badge and widget; and hostile words in every format. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/status_page.h"
#include "../../support/well_formed.h"
#include "base/json.h"

static void check_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' is missing in:\n%s", part, text ? text : "(no file)");
}

static void test_atom(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *xml = status_page_file(page, "history.atom");
    static const char *const parts[] = {
        "<feed xml:lang=\"en\" xmlns=\"http://www.w3.org/2005/Atom\">",
        "<id>tag:status.acme.example,2005:/history</id>",
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://status.acme.example/history.atom\"/>",
        "<title>Acme Status - Incident History</title>",
        "<updated>2026-11-30T07:12:00.000+01:00</updated>",
        "<title>Payments are slow</title>",
        "&lt;strong&gt;in place&lt;/strong&gt;",
    };
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        check_has(xml, parts[i]);
    assert_null(well_formed_fault(xml, false));
    public_unref(page);
}

static void test_rss(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *xml = status_page_file(page, "history.rss"),
                      *link = xasprintf("<link>https://status.acme.example/incidents/%s</link>",
                                        page->posts.v[1].id);
    check_has(xml, "<description>Statuspage</description>");
    check_has(xml, "<pubDate>Mon, 30 Nov 2026 07:12:00 +0100</pubDate>");
    check_has(xml, link);
    assert_null(well_formed_fault(xml, false));
    public_unref(page);
}

static void test_json_feed(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *text = status_page_file(page, "feed.json");
    CLEANUP_JSON cJSON *doc = NULL;
    assert_int_equal(json_parse(text, strlen(text), 1 << 20, JSON_DEPTH, "feed", &doc, NULL), 0);
    assert_string_equal(json_text_or(doc, "version", ""), "https://jsonfeed.org/version/1.1");
    assert_string_equal(json_text_or(doc, "feed_url", ""), "https://status.acme.example/feed.json");
    assert_int_equal(cJSON_GetArraySize(json_member(doc, "items")), 3);
    public_unref(page);
}

static void test_calendar(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    replace_text(&page->posts.v[0].title,
                 "Upgrade; then, a \\ and a line that is much longer than seventy-five bytes: äöüäöü");
    CLEANUP_FREE char *text = status_page_file(page, "maintenance.ics");
    check_has(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    check_has(text, "DTSTART:20261201T061200Z\r\nDTEND:20261201T081200Z\r\n");
    check_has(text, "SUMMARY:Upgrade\\; then\\, a \\\\ and a line");
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\r") <= 75);
    assert_null(strstr(text, "Payments are slow"));
    public_unref(page);
}

static void test_badge_and_widget(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *badge = status_page_file(page, "badge.svg"),
                      *frame = status_page_file(page, "widget.html"),
                      *script = status_page_file(page, "widget.js");
    check_has(badge, "aria-label=\"Acme: Partially Degraded Service\"");
    check_has(frame, "<strong>Partially Degraded Service</strong>");
    check_has(script, "api/v2/status.json");
    assert_null(well_formed_fault(badge, false));
    assert_null(well_formed_fault(frame, true));
    public_unref(page);
}

static void test_robots(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    page->private_ = true;
    CLEANUP_FREE char *text = status_page_file(page, "robots.txt"), *html = status_page_file(page, "");
    assert_string_equal(text, "User-agent: *\nDisallow: /\n");
    check_has(html, "<meta name=\"robots\" content=\"noindex, nofollow\">");
    public_unref(page);
}

/* ---- hostile words ---- */

static void check_file(void *ctx, const char *path, bool front)
{
    const struct public_page *page = ctx;
    struct public_file file;
    (void)front;
    assert_int_equal(public_render(page, path, page->title, &file, NULL), 0);
    bool html = strstr(file.type, "html");
    const char *fault = html || strstr(file.type, "xml") ? well_formed_fault(str_text(&file.body), html) : NULL;
    if (fault)
        fail_msg("%s: %s in\n%s", path, fault, str_text(&file.body));
    str_finish(&file.body);
}

static void check_hostile(const char *word)
{
    struct public_page *page = status_page_empty(word, "Etc/UTC");
    status_page_group(page, word);
    status_page_component(page, word, 0, STATE_MAJOR)->description = xstrdup(word);
    struct public_post *post = status_page_post(page, word, POST_IN_PROGRESS, STATUS_NOW - HOUR);
    post->from = STATUS_NOW - HOUR;
    post->until = STATUS_NOW;
    *array_add(&post->components) = 0;
    status_page_word(post, word, POST_IN_PROGRESS, STATUS_NOW - HOUR);
    page->contact = xstrdup(word);
    page->look.words = xasprintf("%s", word);
    public_each(page, check_file, page);
    public_unref(page);
}

static void test_hostile_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "<script>alert(1)</script>",
        "\"><svg onload=alert(1)>",
        "'><img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) ![y](javascript:alert(2)) <javascript:alert(3)>",
        "[x](java&#115;cript:alert(1)) [z](data:text/html,x) [q](http://a\" onclick=\"x)",
        "]]></content><script>x</script>",
        "\u202eevil \u2067 right \u202c\u202c\u2069 left",
        "{{{title}}} {{#open}} {{> post}}",
        "\xef\xbf\xbe\xef\xbf\xbf \x01\x0b\x1b[31m",
        "https://x.org*e* **a _b** c_ `<b>` &amp; &lt; &bogus; &",
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        check_hostile(words[i]);
    CLEANUP_STR struct str much = {0};
    while (much.len < 40 * 1024)
        str_add(&much, "<b>&\"[");
    check_hostile(str_text(&much));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_rss),
        cmocka_unit_test(test_json_feed),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_badge_and_widget),
        cmocka_unit_test(test_robots),
        cmocka_unit_test(test_hostile_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
