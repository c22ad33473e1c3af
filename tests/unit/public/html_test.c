/* The pages for people, and what their numbers follow from. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/status_page.h"
#include "public/subscribing.h"
#include "public/uptime.h"

static void check_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' is missing in:\n%s", part, text ? text : "(no file)");
}

static void check_lacks(const char *text, const char *part)
{
    if (!text || strstr(text, part))
        fail_msg("'%s' is in:\n%s", part, text ? text : "(no file)");
}

static void test_now(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *html = status_page_file(page, "");
    static const char *const parts[] = {
        "<html lang=\"en\">",
        "<h1 dir=\"auto\">Acme Status</h1>",
        "<p class=\"banner minor\" role=\"status\"><strong>Partially Degraded Service</strong>",
        "<time datetime=\"2026-11-30T06:12:00.000Z\">30 Nov 2026, 06:12 UTC</time>",
        ">Payments are slow</a></h3>",
        "A fix is <strong>in place</strong>. See <a href=\"https://acme.example/notes\">the notes</a>.",
        "Next update by <time datetime=\"2026-11-30T06:32:00.000Z\">",
        "Database upgrade",
        "Search was down",
        "<span class=\"state degraded_performance\">Degraded performance</span>",
        "aria-label=\"Website: 100.00 % uptime in the last 90 days\"",
        "Cards and invoices",
        "href=\"./history.atom\"",
        "<link rel=\"stylesheet\" href=\"./style.css\">",
    };
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        check_has(html, parts[i]);
    assert_true(strlen(html) < 40 * 1024);
    check_lacks(html, "style=");
    check_lacks(html, "<script>");
    check_lacks(html, "{{");
    public_unref(page);
}

/* Every step of subscribing is in the frame of the page, and a template that knows nothing of it does not hide the forms. */
static void test_subscribing(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    const char *chosen[] = {page->components.v[0].id};
    struct public_asked asked = {
        .page = page, .rest = "", .query = "", .language = "de", .root = "../../", .home = "../../"};
    for (int step = 0; step < SUBSCRIBING_STEPS; step++) {
        CLEANUP_STR struct str html = {0};
        struct error err;
        const struct subscribing subscribing = {.step = (enum subscribing_step)step,
                                                .mail = true,
                                                .hook = true,
                                                .address = "<b>@acme.example",
                                                .token = "main.mail.1.2",
                                                .problem = "wrong_address",
                                                .chosen = chosen,
                                                .chosen_n = 1};
        free(page->look.template_);
        page->look.template_ = step % 2 ? xstrdup("<p>{{title}}</p>") : NULL;
        assert_int_equal(public_html_subscribing(&asked, &subscribing, &html, &err), 0);
        check_has(html.p, "<html lang=\"de\">");
        check_has(html.p, "&lt;b&gt;@acme.example");
        check_has(html.p, "Das ist keine solche Adresse.");
        check_lacks(html.p, "{{");
        check_lacks(html.p, "<b>");
        bool form = step == SUBSCRIBING_FORM, manage = step == SUBSCRIBING_MANAGE;
        (form ? check_has : check_lacks)(html.p, "type=\"email\"");
        (form || manage ? check_has : check_lacks)(html.p, " checked>");
        (manage ? check_has : check_lacks)(html.p, "action=\"../leave/main.mail.1.2\"");
    }
    public_unref(page);
}

static void test_empty_page(void **state)
{
    (void)state;
    struct public_page *page = status_page_empty("Acme", "Etc/UTC");
    CLEANUP_FREE char *html = status_page_file(page, ""), *history = status_page_file(page, "history");
    check_has(html, "All Systems Operational");
    check_has(html, "No incidents reported.");
    check_has(history, "No incidents reported.");
    public_unref(page);
}

static void test_history(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    status_page_word(status_page_post(page, "Old trouble", POST_RESOLVED, STATUS_NOW - 60 * DAY), "Gone",
                     POST_RESOLVED, STATUS_NOW - 60 * DAY);
    CLEANUP_FREE char *newest = status_page_file(page, "history"),
                      *old = status_page_file(page, "history/2026-10"),
                      *folder = status_page_file(page, "history/2026-10/");
    check_has(newest, "Database upgrade");
    check_has(newest, "<a href=\"./history/2026-10\">Oct 2026</a>");
    check_lacks(newest, "Old trouble");
    check_has(old, "Old trouble");
    check_has(old, "href=\"../style.css\"");
    check_has(folder, "href=\"../../style.css\"");
    static const char *const none[] = {"history/2026-09", "history/x", "history/../x", "incidents/x"};
    for (size_t i = 0; i < ARRAY_SIZE(none); i++)
        assert_null(status_page_file(page, none[i]));
    public_unref(page);
}

static void test_search(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    struct public_file file;
    assert_int_equal(public_render(page, "history", "LOOKING into", &file, NULL), 0);
    check_has(file.body.p, "Payments are slow");
    check_lacks(file.body.p, "Search was down");
    str_finish(&file.body);
    assert_int_equal(public_render(page, "history", "\"><script>", &file, NULL), 0);
    check_has(file.body.p, "Nothing was found.");
    check_has(file.body.p, "value=\"&quot;&gt;&lt;script&gt;\"");
    str_finish(&file.body);
    public_unref(page);
}

static void test_one_post(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *path = xasprintf("incidents/%s", page->posts.v[1].id),
                      *html = status_page_file(page, path);
    check_has(html, "<title>Payments are slow · Acme Status</title>");
    check_has(html, "<h1 dir=\"auto\">Payments are slow</h1>");
    check_has(html, "Affects: <bdi>Payments</bdi>");
    public_unref(page);
}

static void test_missing(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    CLEANUP_FREE char *html = status_page_file(page, "404.html");
    check_has(html, "<h1>There is no such page.</h1>");
    check_has(html, "href=\"https://status.acme.example/style.css\"");
    public_unref(page);
}

static void test_languages(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    *array_add(&page->languages) = xstrdup("de");
    struct public_translation *translation = array_add(&page->posts.v[1].words.v[0].translations);
    *translation =
        (struct public_translation){xstrdup("de"), xstrdup("Zahlungen sind langsam"), xstrdup("Es *wird*.")};
    CLEANUP_FREE char *html = status_page_file(page, "de/");
    check_has(html, "<html lang=\"de\">");
    check_has(html, "Zahlungen sind langsam");
    check_has(html, "<div dir=\"auto\" lang=\"de\"><p>Es <em>wird</em>.</p>");
    check_has(html, "<div dir=\"auto\" lang=\"en\"><p>We are looking into it.</p>");
    check_has(html, "href=\"../style.css\"");
    check_has(html, "href=\"./history\"");
    check_has(html, "Einzelne Dienste eingeschränkt");
    assert_null(status_page_file(page, "de/api/v2/summary.json"));
    assert_null(status_page_file(page, "fr/"));
    public_unref(page);
}

static void test_look(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    page->look.words = xstrdup("{\"partially_degraded_service\":\"Some trouble <b>\",\"history\":7}");
    page->look.accent = xstrdup("#0a7");
    page->look.logo = xstrdup("<svg/>");
    page->look.logo_n = 6;
    page->contact = xstrdup("javascript:alert(1)");
    CLEANUP_FREE char *html = status_page_file(page, ""), *css = status_page_file(page, "style.css");
    check_has(html, "Some trouble &lt;b&gt;");
    check_has(html, ">History</a>");
    check_has(html, "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"\">");
    check_lacks(html, "javascript:");
    check_has(css, ":root { --accent: #0a7; }");
    replace_text(&page->look.accent, "#0a7;} body{display:none");
    CLEANUP_FREE char *refused = status_page_file(page, "style.css");
    check_lacks(refused, "display:none");
    public_unref(page);
}

static void test_own_template(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    struct public_file file;
    struct error err;
    page->posts.v[1].title[0] = '<';
    page->look.template_ = xstrdup("{{#open}}{{{post_title}}}{{> post}}{{/open}}");
    CLEANUP_FREE char *html = status_page_file(page, "");
    check_has(html, "&lt;ayments are slow");
    replace_text(&page->look.template_, "\n{{#open}}");
    assert_int_equal(public_render(page, "", "", &file, &err), ERR_INVALID);
    assert_string_equal(err.text, "line 2 of the template: Unclosed section \"open\"");
    public_unref(page);
}

static void test_check_template(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"", "The template is empty."},
        {"a\n\n{{x", "line 3 of the template: Unclosed tag"},
        {"{{/x}}", "line 1 of the template: Unopened section \"x\""},
        {"{{#a}}{{/b}}", "line 1 of the template: Unclosed section \"a\""},
        {"{{=<% %>=}}", "line 1 of the template: the delimiters stay {{ and }}"},
        {"{{=a      =}}", "line 1 of the template: the delimiters stay {{ and }}"},
    };
    struct error err;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(public_check_template(rows[i].text, &err), ERR_INVALID);
        assert_string_equal(err.text, rows[i].fault);
    }
    assert_int_equal(public_check_template("{{#a}}{{x}}{{/a}}", &err), 0);
    CLEANUP_STR struct str deep = {0};
    for (int i = 0; i < 40; i++)
        str_add(&deep, "{{#a}}");
    for (int i = 0; i < 40; i++)
        str_add(&deep, "{{/a}}");
    assert_int_equal(public_check_template(deep.p, &err), ERR_INVALID);
    check_has(err.text, "40 deep; at most 32");
}

/* ---- uptime ---- */

static struct uptime uptime(const char *zone, instant now, instant from, instant until, enum public_state state,
                            struct uptime_days *days)
{
    struct public_page *page = status_page_empty("Acme", zone);
    struct public_component *component = status_page_component(page, "c", PUBLIC_ALONE, STATE_OPERATIONAL);
    struct uptime ret;
    *array_add(&component->past) = (struct public_change){from, state};
    *array_add(&component->past) = (struct public_change){until, STATE_OPERATIONAL};
    uptime_days(now, zone, days);
    uptime_of(component, days, &ret);
    public_unref(page);
    return ret;
}

static void test_uptime_at_the_edge_of_a_day(void **state)
{
    (void)state;
    struct uptime_days days;
    instant midnight = STATUS_NOW - 6 * HOUR - 12 * MINUTE; /* today began */
    struct uptime found = uptime("Etc/UTC", STATUS_NOW, midnight - HOUR, midnight, STATE_MAJOR, &days);
    assert_int_equal(days.edges[UPTIME_DAYS - 1], midnight);
    assert_int_equal(days.edges[0], midnight - 89 * DAY);
    assert_int_equal(found.day[UPTIME_DAYS - 1].worst, STATE_OPERATIONAL);
    assert_int_equal(found.day[UPTIME_DAYS - 2].worst, STATE_MAJOR);
    assert_int_equal(found.day[UPTIME_DAYS - 2].in[STATE_MAJOR], HOUR);
    assert_int_equal(found.hundredths, 9995); /* 1 hour of 2142.2 */
    found = uptime("Etc/UTC", STATUS_NOW, midnight - HOUR, midnight + HOUR, STATE_DEGRADED, &days);
    assert_int_equal(found.day[UPTIME_DAYS - 1].in[STATE_DEGRADED], HOUR);
    assert_int_equal(found.day[UPTIME_DAYS - 2].in[STATE_DEGRADED], HOUR);
    assert_int_equal(found.hundredths, 10000);
}

/* In Berlin clocks went back on 25 October 2026: that day had 25 hours. */
static void test_uptime_when_clocks_change(void **state)
{
    (void)state;
    struct uptime_days days;
    instant begin, end;
    assert_int_equal(instant_parse("2026-10-25T00:00:00+02:00", &begin, NULL), 0);
    assert_int_equal(instant_parse("2026-10-26T00:00:00+01:00", &end, NULL), 0);
    struct uptime found = uptime("Europe/Berlin", STATUS_NOW, begin, end, STATE_PARTIAL, &days);
    size_t i = 0;
    while (days.edges[i] != begin)
        i++;
    assert_int_equal(days.edges[i + 1], end);
    assert_int_equal(found.day[i].in[STATE_PARTIAL], 25 * HOUR);
    assert_int_equal(found.day[i - 1].worst, STATE_OPERATIONAL);
    assert_int_equal(found.day[i + 1].worst, STATE_OPERATIONAL);
}

static void test_uptime_of_a_new_component(void **state)
{
    (void)state;
    struct public_page *page = status_page_empty("Acme", "Etc/UTC");
    struct public_component *component = status_page_component(page, "c", PUBLIC_ALONE, STATE_OPERATIONAL);
    struct uptime_days days;
    struct uptime found;
    uptime_days(STATUS_NOW, "Etc/UTC", &days);
    component->past.n = 0;
    component->created = STATUS_NOW - DAY;
    uptime_of(component, &days, &found);
    assert_false(found.day[UPTIME_DAYS - 3].known);
    assert_true(found.day[UPTIME_DAYS - 2].known);
    assert_int_equal(found.hundredths, 10000);
    component->created = STATUS_NOW + DAY;
    uptime_of(component, &days, &found);
    assert_int_equal(found.hundredths, -1);
    public_unref(page);
}

static void test_many_components(void **state)
{
    (void)state;
    struct public_page *page = status_page_large(200, 30, "Slow.");
    CLEANUP_FREE char *html = status_page_file(page, "");
    check_has(html, "Component 199");
    public_unref(page);
}

static void count_path(void *ctx, const char *path, bool front)
{
    const struct public_page *page = ((void **)ctx)[0];
    CLEANUP_FREE char *text = status_page_file(page, path);
    (void)front;
    if (!text)
        fail_msg("%s is listed, but not rendered", path);
    ++*(size_t *)((void **)ctx)[1];
}

static void test_every_path_is_there(void **state)
{
    (void)state;
    struct public_page *page = status_page_sample();
    size_t n = 0;
    *array_add(&page->languages) = xstrdup("de");
    public_each(page, count_path, (void *[]){page, &n});
    assert_true(n > 20);
    public_unref(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_now),
        cmocka_unit_test(test_subscribing),
        cmocka_unit_test(test_empty_page),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_one_post),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_own_template),
        cmocka_unit_test(test_check_template),
        cmocka_unit_test(test_uptime_at_the_edge_of_a_day),
        cmocka_unit_test(test_uptime_when_clocks_change),
        cmocka_unit_test(test_uptime_of_a_new_component),
        cmocka_unit_test(test_many_components),
        cmocka_unit_test(test_every_path_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
