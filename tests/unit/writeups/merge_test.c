/* Two edits of one text: what each wrote is in the result, or it is refused. */
#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/id.h"
#include "writeups/merge.h"

static void expect(const char *base, const char *mine, const char *others, const char *merged)
{
    CLEANUP_STR struct str out = {0}, theirs = {0};
    assert_true(merge_texts(base, mine, others, &out, &theirs));
    assert_string_equal(str_text(&out), merged);
}

static void what_both_wrote_is_there(void **state)
{
    (void)state;
    expect("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n");
    expect("a\nb\nc\n", "a\nx\nb\nc\n", "a\nb\nc\ny\n", "a\nx\nb\nc\ny\n");
    expect("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\n", "A\nb\nc\n");
    expect("a\nb\nc\n", "a\nc\n", "a\nb\nc\nd\n", "a\nc\nd\n");
    expect("", "x\n", "", "x\n");
    expect("a\n", "", "a\n", "");
    expect("a\r\nb", "a\nb\nc", "a\nb", "a\nb\nc\n");
    expect("a\nb\n", "a\nnew\nb\n", "a\nnew\nb\n", "a\nnew\nb\n");
}

static void the_same_lines_twice_are_refused_with_what_the_others_wrote(void **state)
{
    CLEANUP_STR struct str out = {0}, theirs = {0};
    (void)state;
    assert_false(merge_texts("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n", &out, &theirs));
    assert_string_equal(str_text(&theirs), "theirs\n");
    CLEANUP_STR struct str both = {0}, gone = {0};
    assert_false(merge_texts("a\n", "a\nx\n", "a\ny\n", &both, &gone));
    assert_string_equal(str_text(&gone), "y\n");
}

/* Some lines of a text, each of its own, so that every one can be found again. */
static char *edited(struct rng *rng, const char *base, char who)
{
    struct str out = {0};
    for (const char *p = base, *end; *p; p = end + 1) {
        end = strchr(p, '\n');
        unsigned what = (unsigned)rng_below(rng, 12);
        if (what == 0)
            str_addf(&out, "%c%u\n", who, (unsigned)rng_below(rng, 1000000));
        if (what != 1)
            str_addn(&out, p, (size_t)(end - p) + 1);
    }
    return str_take(&out);
}

static void assert_has_all(const char *text, const char *edit, char who)
{
    for (const char *p = edit, *end; *p; p = end + 1) {
        end = strchr(p, '\n');
        CLEANUP_FREE char *line = xstrndup(p, (size_t)(end - p) + 1);
        if (*line == who && !strstr(text, line))
            fail_msg("'%s' is lost", line);
    }
}

static void no_word_is_lost_in_random_edits(void **state)
{
    struct rng rng;
    int merged = 0;
    (void)state;
    rng_init(&rng, 17);
    for (int n = 0; n < 2000; n++) {
        CLEANUP_STR struct str base = {0}, out = {0}, theirs = {0};
        for (int i = 0; i < 30; i++)
            str_addf(&base, "b%d\n", i);
        CLEANUP_FREE char *mine = edited(&rng, base.p, 'm'), *others = edited(&rng, base.p, 'o');
        if (!merge_texts(base.p, mine, others, &out, &theirs))
            continue;
        merged++;
        assert_has_all(str_text(&out), mine, 'm');
        assert_has_all(str_text(&out), others, 'o');
    }
    assert_true(merged > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_wrote_is_there),
        cmocka_unit_test(the_same_lines_twice_are_refused_with_what_the_others_wrote),
        cmocka_unit_test(no_word_is_lost_in_random_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
