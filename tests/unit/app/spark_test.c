#include "../../support/check.h"

#include <string.h>

#include "app/spark.h"
#include "intake/group_edit.h"

#define T0 (INT64_C(1790000000) * SECOND / MINUTE * MINUTE)

static void shows(const struct group *group, instant now, const char *wanted)
{
    CLEANUP_VIEW struct view *view = view_create();
    CLEANUP_STR struct str out = {0};
    struct error err;
    view_spark(view, "spark", group, now);
    assert_int_equal(view_render(view, "{{{spark}}}", NULL, 0, &out, &err), 0);
    assert_string_equal(str_text(&out), wanted);
}

static void test_a_bar_for_each_minute_as_high_as_the_busiest(void **state)
{
    (void)state;
    const uint32_t counts[] = {0, 1, 1000000, 500000, UINT32_MAX / 8};
    CLEANUP_STR struct str out = {0};
    spark_add(&out, counts, 4, "much & <more>");
    assert_string_equal(
        out.p, "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 8 20\"><title>much &amp; &lt;more&gt;</title>"
               "<path d=\"M3 20v-1M5 20v-20M7 20v-10\"/></svg>");
    str_clear(&out);
    spark_add(&out, counts + 4, 1, "");
    assert_non_null(strstr(out.p, "d=\"M1 20v-20\""));
}

static void test_a_group_shows_its_last_hour(void **state)
{
    (void)state;
    struct group group = {0};
    shows(NULL, T0, "");
    shows(&group, T0, "<span class=\"faint\">none in the last hour</span>");
    group_count(&group, 3, T0 - 59 * MINUTE);
    group_count(&group, 1, T0);
    shows(&group, T0,
          "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 120 20\"><title>4 alerts in the last hour, at most "
          "3 in a minute"
          "</title><path d=\"M1 20v-20M119 20v-6\"/></svg>");
    shows(&group, T0 + MINUTE,
          "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 120 20\"><title>1 alert in the last hour, at most 1 "
          "in a minute"
          "</title><path d=\"M117 20v-20\"/></svg>");
    shows(&group, T0 + HOUR, "<span class=\"faint\">none in the last hour</span>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bar_for_each_minute_as_high_as_the_busiest),
        cmocka_unit_test(test_a_group_shows_its_last_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
