/* Charts of the insights, their tables and their CSV. It is Mon 23 Nov 2026 15:06 UTC. */
#include "../command/rig.h"

#include "review/charts.h"

static struct rig *rig;

static void declare(const char *title, duration lasted)
{
    CLEANUP_FREE char *line = xasprintf("declare %s", title), *said = rig_line(rig, "ben", 0, line);
    assert_non_null(strstr(said, "INC-"));
    uint64_t id = strtoull(strstr(said, "INC-") + 4, NULL, 10);
    rig->now += lasted;
    rig_settle(rig);
    rig_expect(rig, "ben", id, strstr(title, "noise") ? "decline noise" : "resolve", "");
    rig->now += SECOND;
    rig_settle(rig);
}

/* November: checkout 2 h and 1 h, search 3 h; December: checkout 4 h, mail 1 h and a false alarm. */
static void begin(void)
{
    rig = rig_create();
    declare("checkout is slow --team payments --service checkout", 2 * HOUR);
    declare("checkout fails --team payments --service checkout", HOUR);
    declare("search is slow --team search --service search", 3 * HOUR);
    rig->now += 10 * DAY;
    rig_settle(rig);
    declare("checkout is down --team payments --service checkout", 4 * HOUR);
    declare("mails, \"late\" --service \"=mail, late\"", HOUR);
    declare("noise --service checkout", MINUTE);
}

static struct review_figures read_figures(enum review_chart chart, instant from, int months, const char *viewer)
{
    struct review_figures figures;
    const struct review_query query = {.from = month_begins(from, 0), .months = months, .viewer = viewer};
    assert_int_equal(review_figures_read(rig->core, &query, chart, rig->now, &figures, NULL), 0);
    return figures;
}

static void assert_csv(enum review_chart chart, const char *viewer, const char *expected)
{
    struct review_figures figures = read_figures(chart, rig->now, 1, viewer);
    struct review_table table;
    CLEANUP_STR struct str csv = {0};
    review_chart(&figures, chart, &table);
    review_csv(&table, &csv);
    assert_string_equal(csv.p, expected);
    review_table_finish(&table);
    review_figures_finish(&figures);
}

static void bars_are_sorted_and_compared_with_the_month_before(void **state)
{
    (void)state;
    begin();
    assert_csv(REVIEW_SERVICE, NULL,
               "key,name,work_seconds,before_seconds,incidents,called,called_nights,ids,hidden\r\n"
               "checkout,checkout,14400,10800,1,0,0,INC-4,0\r\n"
               "\"'=mail, late\",\"'=mail, late\",3600,0,1,0,0,INC-5,0\r\n");
    assert_csv(REVIEW_TEAM, NULL,
               "key,name,work_seconds,before_seconds,incidents,called,called_nights,ids,hidden\r\n"
               "payments,payments,14400,10800,1,0,0,INC-4,0\r\n");
    assert_csv(REVIEW_CALLS, NULL,
               "key,name,called,before,called_nights,called_weekends,called_declined,ids,hidden\r\n");
    rig_destroy(rig);
}

static void twelve_months_end_with_the_last_one_that_is_asked_for(void **state)
{
    (void)state;
    begin();
    struct review_figures figures = read_figures(REVIEW_ENDED, rig->now, 1, NULL);
    struct review_table table;
    CLEANUP_STR struct str words = {0}, csv = {0};
    review_chart(&figures, REVIEW_ENDED, &table);
    assert_int_equal(table.rows.n, REVIEW_MONTHS);
    assert_string_equal(table.rows.v[0].key, "2026-01");
    assert_string_equal(table.chart.rows.v[0].below, "2026");
    assert_string_equal(table.chart.rows.v[11].below, "so far");
    assert_null(table.chart.before_is);
    chart_words(&table.chart, &words);
    assert_non_null(strstr(words.p, "Incidents that ended, by month, December 2026 so far: Jan 2026 0; "));
    assert_non_null(strstr(words.p, "Nov 3; Dec so far 3, 1 declined"));
    review_csv(&table, &csv);
    assert_non_null(strstr(csv.p, "\r\n2026-11,Nov,3,3,0,0,0,0,INC-3 INC-2 INC-1,0\r\n"
                                  "2026-12,Dec,3,2,1,0,0,0,INC-5 INC-4,0\r\n"));
    review_table_finish(&table);
    review_figures_finish(&figures);
    rig_destroy(rig);
}

static void a_few_times_are_shown_themselves(void **state)
{
    (void)state;
    begin();
    struct review_figures figures = read_figures(REVIEW_TIMES, rig->now - 20 * DAY, 2, NULL);
    struct review_table table;
    CLEANUP_STR struct str half = {0}, most = {0}, about = {0};
    review_chart(&figures, REVIEW_TIMES, &table);
    size_t row = 0;
    while (strcmp(table.rows.v[row].key, "resolve") != 0)
        row++;
    assert_int_equal(table.chart.rows.v[row].n, 5);
    review_cell(&table, row, 1, &half);
    review_cell(&table, row, 2, &most);
    assert_string_equal(half.p, "2h");
    assert_string_equal(most.p, "4h");
    review_about(&figures, &about);
    assert_string_equal(about.p, "November 2026 to December 2026 so far");
    review_table_finish(&table);
    review_figures_finish(&figures);

    figures = read_figures(REVIEW_TIMES, rig->now, 1, NULL);
    review_chart(&figures, REVIEW_TIMES, &table);
    for (row = 0; strcmp(table.rows.v[row].key, "resolve") != 0;)
        row++;
    str_clear(&half);
    str_clear(&most);
    review_cell(&table, row, 1, &half);
    review_cell(&table, row, 2, &most);
    assert_string_equal(half.p, "1h, 4h");
    assert_string_equal(str_text(&most), "");
    review_table_finish(&table);
    review_figures_finish(&figures);
    rig_destroy(rig);
}

/* All charts, of all months that there may be, also where nothing is known. */
static void each_chart_has_a_cell_for_each_column(void **state)
{
    (void)state;
    begin();
    for (int months = 1; months <= 12; months += 11) {
        struct review_figures figures = read_figures(REVIEW_CHARTS, rig->now, months, NULL);
        for (size_t i = 0; i < REVIEW_CHARTS; i++) {
            struct review_table table;
            CLEANUP_STR struct str svg = {0};
            review_chart(&figures, (enum review_chart)i, &table);
            assert_int_equal(review_chart_parse(review_chart_name((enum review_chart)i)), i);
            assert_int_equal(table.rows.n, table.chart.rows.n);
            chart_draw(&table.chart, CHART_PAGE, &svg);
            for (size_t k = 0; k < table.rows.n * table.columns_n; k++) {
                CLEANUP_STR struct str text = {0};
                review_cell(&table, k / table.columns_n, k % table.columns_n, &text);
            }
            review_table_finish(&table);
        }
        review_figures_finish(&figures);
    }
    assert_int_equal(review_chart_parse("colour"), REVIEW_CHARTS);
    rig_destroy(rig);
}

static void a_private_one_is_named_to_who_may_see_it(void **state)
{
    (void)state;
    rig = rig_create();
    declare("the vault is open --private --service vault", HOUR);
    assert_csv(REVIEW_SERVICE, "ben",
               "key,name,work_seconds,before_seconds,incidents,called,called_nights,ids,hidden\r\n"
               "vault,vault,3600,,1,0,0,INC-1,0\r\n");
    assert_csv(REVIEW_SERVICE, NULL,
               "key,name,work_seconds,before_seconds,incidents,called,called_nights,ids,hidden\r\n");
    assert_csv(REVIEW_TIMES, NULL,
               "key,name,count,p50_seconds,p90_seconds,before_p50_seconds,ids,hidden\r\n"
               "accept,to accept,1,0,0,,,1\r\n"
               "fix,to fix,1,3600,3600,,,1\r\n"
               "resolve,to resolve,1,3600,3600,,,1\r\n");
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_sorted_and_compared_with_the_month_before),
        cmocka_unit_test(twelve_months_end_with_the_last_one_that_is_asked_for),
        cmocka_unit_test(a_few_times_are_shown_themselves),
        cmocka_unit_test(each_chart_has_a_cell_for_each_column),
        cmocka_unit_test(a_private_one_is_named_to_who_may_see_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
