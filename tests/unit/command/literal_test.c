/* Refusals show what was typed as it was typed, whatever it would mean as markup. */
#include "../command/rig.h"

#include <ctype.h>

#include <tocsin/kit/commonmark.h>

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_with_room();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

/* What a person reads of the answer to a line: without the joiners that Slack does not show. */
static char *read_as(enum kit_target target, const char *line)
{
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, line);
    struct kit_text shown = {0};
    struct str plain = {0};
    if (strncmp(said, "! ", 2) != 0)
        fail_msg("%s was not refused: %s", line, said);
    assert_true(kit_commonmark(said + 2, strlen(said + 2), target, &shown));
    for (const char *p = kit_text_get(&shown); *p;) {
        size_t joiner = strncmp(p, KIT_JOINER, 3) == 0 ? 3 : 0;
        str_addn(&plain, p, joiner ? 0 : 1);
        p += joiner ? joiner : 1;
    }
    kit_text_finish(&shown);
    return str_take(&plain);
}

static void typed_words_come_back_as_they_were(void **state)
{
    /* The emphasis that clients wrap around a word is taken off before: it is within these. */
    static const char *const words[] = {"a*b*c",  "x<b>y</b>z", "a:fire:b", "x\\[y\\]z",
                                        "a&lt;b", "x~~no~~y",   "a[b](c)d", "x![y](z)"};
    static const char *const lines[] = {"sev %s", "lead %s", "status %s", "invite %s", "pause waiting until %s",
                                        "tz %s",  "list %s", "approve %s"};
    (void)state;
    size_t bad = 0;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
            struct str line = {0};
            const char *gap = strstr(lines[i], "%s");
            str_addn(&line, lines[i], (size_t)(gap - lines[i]));
            str_add(&line, words[k]);
            CLEANUP_FREE char *plain = read_as(KIT_PLAIN, line.p);
            if (!strstr(plain, words[k]))
                print_error("%s: %s\n", line.p, plain), bad++;
            str_finish(&line);
        }
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(typed_words_come_back_as_they_were, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
