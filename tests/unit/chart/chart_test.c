/* Charts are drawn as they were: TOCSIN_WRITE=1 draws them anew. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/docs_page.h"
#include "../../support/well_formed.h"
#include "chart/chart.h"

static struct chart a_chart(enum chart_shape shape, enum chart_unit unit, const char *title)
{
    return (struct chart){.name = "test",
                          .shape = shape,
                          .unit = unit,
                          .title = xstrdup(title),
                          .about = xstrdup("October 2026, of payments"),
                          .value_is = "people's time",
                          .before_is = "before"};
}

static void add(struct chart *chart, const char *label, int64_t value, int64_t part, int64_t before)
{
    struct chart_row *row = chart_add(chart, label);
    row->value = value;
    row->part = part;
    row->before = before;
}

/* On a page and on paper; and what it says. */
static void assert_drawn(struct chart *chart, const char *file, const char *words)
{
    static const char *const looks[] = {"page", "paper"};
    CLEANUP_STR struct str said = {0};
    for (int look = CHART_PAGE; look <= CHART_PAPER; look++) {
        CLEANUP_STR struct str svg = {0};
        CLEANUP_FREE char *path = xasprintf("tests/unit/chart/golden/%s-%s.svg", file, looks[look]);
        chart_draw(chart, (enum chart_look)look, &svg);
        assert_null(well_formed_fault(svg.p, false));
        docs_page_check(path, svg.p);
    }
    chart_words(chart, &said);
    assert_string_equal(said.p, words);
    chart_finish(chart);
}

static void test_bars_of_time_with_what_was_before(void **state)
{
    struct chart chart = a_chart(CHART_BARS, CHART_TIME, "People's time by service");
    (void)state;
    add(&chart, "checkout", 42 * HOUR + 20 * MINUTE, 0, 30 * HOUR);
    add(&chart, "search", 9 * HOUR + 5 * MINUTE, 0, 12 * HOUR);
    add(&chart, "a service whose name is longer than anybody would like it to be", 3 * HOUR, 0, CHART_NONE);
    add(&chart, "mail", 1, 0, 0);
    assert_drawn(
        &chart, "bars",
        "People's time by service, October 2026, of payments: checkout 42 h, before 30 h; search 9h 5m, "
        "before 12 h; a service whose name is longer than anybody would like it to be 3h; mail 0s, "
        "before 0s");
}

static void test_a_part_is_hatched_and_said(void **state)
{
    struct chart chart = a_chart(CHART_BARS, CHART_COUNT, "Incidents by rule");
    (void)state;
    chart.value_is = "accepted";
    chart.part_is = "declined";
    add(&chart, "errors", 7, 2, 9);
    add(&chart, "all of it", 3, 3, CHART_NONE);
    add(&chart, "none", 1, 0, 0);
    assert_drawn(&chart, "parts",
                 "Incidents by rule, October 2026, of payments: errors 7, 2 declined, before 9; all of it 3, 3 "
                 "declined; none 1, before 0");
}

static void test_columns_of_months(void **state)
{
    static const char *const months[] = {"Dec", "Jan", "Feb", "Mar", "Apr", "May",
                                         "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"};
    struct chart chart = a_chart(CHART_COLUMNS, CHART_TIME, "People's time by month");
    CLEANUP_STR struct str words = {0};
    (void)state;
    chart.before_is = NULL;
    str_add(&words, "People's time by month, October 2026, of payments: ");
    for (int i = 0; i < 12; i++) {
        add(&chart, months[i], i * i * HOUR, 0, CHART_NONE);
        chart.rows.v[i].below = xstrdup(i == 0 ? "2025" : i == 1 ? "2026" : i == 11 ? "so far" : NULL);
        str_addf(&words, "%s%s%s ", i ? "; " : "", months[i],
                 i == 0    ? " 2025"
                 : i == 1  ? " 2026"
                 : i == 11 ? " so far"
                           : "");
        chart_value(CHART_TIME, i * i * HOUR, &words);
    }
    assert_drawn(&chart, "columns", words.p);
}

static void test_columns_of_counts_with_a_part(void **state)
{
    struct chart chart = a_chart(CHART_COLUMNS, CHART_COUNT, "Incidents that ended");
    (void)state;
    chart.part_is = "declined";
    add(&chart, "Oct", 1, 1, CHART_NONE);
    add(&chart, "Nov", 12, 4, CHART_NONE);
    assert_drawn(&chart, "column-parts",
                 "Incidents that ended, October 2026, of payments: Oct 1, 1 declined; Nov 12, 4 declined");
}

static void test_spans_and_a_few_values(void **state)
{
    struct chart chart = a_chart(CHART_SPANS, CHART_TIME, "How long it took");
    (void)state;
    chart.value_is = "half within";
    chart.part_is = "nine of ten within";
    chart.before_is = "half, before";
    add(&chart, "to accept", 4 * MINUTE, 22 * MINUTE, 6 * MINUTE);
    chart.rows.v[0].n = 14;
    add(&chart, "to fix", 0, 0, CHART_NONE);
    chart.rows.v[1].n = 2;
    chart.rows.v[1].few[0] = 40 * MINUTE;
    chart.rows.v[1].few[1] = 3 * DAY;
    assert_drawn(&chart, "spans",
                 "How long it took, October 2026, of payments: to accept half 4m, nine of ten 22m; to fix 40m, "
                 "3d");
}

static void test_words_from_outside_stay_words_and_are_cut(void **state)
{
    struct chart chart = a_chart(CHART_BARS, CHART_COUNT, "<b>\"Incidents\" & more");
    (void)state;
    add(&chart, "<script>alert(1)</script>\"'&\x07\xe2\x80\xae evil", 1, 0, CHART_NONE);
    add(&chart, "決済サービスの支払い確認と領収書の発行と送付", 1, 0, CHART_NONE);
    add(&chart, "", 0, 0, CHART_NONE);
    assert_drawn(&chart, "words",
                 "<b>\"Incidents\" & more, October 2026, of payments: "
                 "<script>alert(1)</script>\"'&\x07\xe2\x80\xae evil 1; "
                 "決済サービスの支払い確認と領収書の発行と送付 1;  0");
}

static void test_many_are_not_drawn_and_none_are_said(void **state)
{
    struct chart chart = a_chart(CHART_BARS, CHART_COUNT, "Many"),
                 none = a_chart(CHART_BARS, CHART_COUNT, "None");
    CLEANUP_STR struct str svg = {0}, words = {0};
    (void)state;
    for (int i = 0; i < 200; i++)
        add(&chart, "one", INT64_MAX, 0, CHART_NONE);
    chart_draw(&chart, CHART_PAGE, &svg);
    chart_words(&chart, &words);
    assert_non_null(strstr(svg.p, ">and 188 more<"));
    assert_non_null(strstr(words.p, "; and 188 more"));
    assert_true(svg.len < 8000);
    chart_finish(&chart);
    assert_drawn(&none, "none", "None, October 2026, of payments: nothing");
}

/* Every axis is in whole units, and ends where the highest value fits. */
static void test_axes_are_in_whole_units(void **state)
{
    static const struct {
        enum chart_unit unit;
        int64_t most;
        const char *last;
    } cases[] = {{CHART_COUNT, 1, ">1<"},         {CHART_COUNT, 5, ">6<"},
                 {CHART_COUNT, 81, ">100<"},      {CHART_COUNT, 12345, ">15000<"},
                 {CHART_TIME, 1, ">1 min<"},      {CHART_TIME, 50 * MINUTE, ">60 min<"},
                 {CHART_TIME, 3 * HOUR, ">3 h<"}, {CHART_TIME, 1234 * HOUR, ">1500 h<"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct chart chart = a_chart(CHART_BARS, cases[i].unit, "Axis");
        CLEANUP_STR struct str svg = {0};
        add(&chart, "one", cases[i].most, 0, CHART_NONE);
        chart_draw(&chart, CHART_PAGE, &svg);
        if (!strstr(svg.p, cases[i].last))
            fail_msg("%s is not in %s", cases[i].last, svg.p);
        chart_finish(&chart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_of_time_with_what_was_before),
        cmocka_unit_test(test_a_part_is_hatched_and_said),
        cmocka_unit_test(test_columns_of_months),
        cmocka_unit_test(test_columns_of_counts_with_a_part),
        cmocka_unit_test(test_spans_and_a_few_values),
        cmocka_unit_test(test_words_from_outside_stay_words_and_are_cut),
        cmocka_unit_test(test_many_are_not_drawn_and_none_are_said),
        cmocka_unit_test(test_axes_are_in_whole_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
