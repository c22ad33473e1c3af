/* What machines and strangers name things shows as it is in what people read: no formatting, and no link that hides where it leads. */
#include "rig.h"

#include <tocsin/kit/commonmark.h>

#include "people/people.h"

#define TITLE    "__init__() got [sign in again](https://evil.example/) <b>"
#define CUSTOMER "[Acme](https://evil.example/)"

/* CommonMark as a browser would get it shows the text, and leads nowhere. */
static void check_shown(const char *what, const char *commonmark, const char *expected)
{
    struct kit_text html = {0}, plain = {0};
    kit_commonmark(commonmark, strlen(commonmark), KIT_HTML, &html);
    kit_commonmark(commonmark, strlen(commonmark), KIT_PLAIN, &plain);
    if (strstr(kit_text_get(&html), "href") || strstr(kit_text_get(&html), "<strong>init"))
        fail_msg("%s has a link or formatting: %s", what, kit_text_get(&html));
    if (!strstr(kit_text_get(&plain), expected))
        fail_msg("%s should show %s: %s", what, expected, kit_text_get(&plain));
    kit_text_finish(&html);
    kit_text_finish(&plain);
}

static void check_line(struct rig *rig, const char *line, const char *expected)
{
    CLEANUP_FREE char *answer = rig_line(rig, "ben", 1, line);
    check_shown(line, answer, expected);
}

static void a_title_shows_as_it_is(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-1");
    check_line(rig, "title " TITLE, TITLE);
    check_line(rig, "show", TITLE);
    check_line(rig, "list", TITLE);
    check_line(rig, "timeline", TITLE);
    check_line(rig, "search evil", TITLE);
    rig_destroy(rig);
}

static void a_customer_shows_as_they_are(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "customers add " CUSTOMER, "1 customer");
    check_line(rig, "customers", CUSTOMER);
    check_line(rig, "timeline", CUSTOMER);
    rig_destroy(rig);
}

static void what_people_write_keeps_its_formatting(void **state)
{
    struct rig *rig = rig_create();
    (void)state;
    rig_expect(rig, "ben", 0, "declare checkout is slow", "INC-1");
    rig_expect(rig, "ben", 1, "note **rolled back** to [1.4](https://x.org/)", "Noted");
    CLEANUP_FREE char *timeline = rig_line(rig, "ben", 1, "timeline");
    assert_non_null(strstr(timeline, "**rolled back** to [1.4](https://x.org/)"));
    rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_title_shows_as_it_is),
        cmocka_unit_test(a_customer_shows_as_they_are),
        cmocka_unit_test(what_people_write_keeps_its_formatting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
