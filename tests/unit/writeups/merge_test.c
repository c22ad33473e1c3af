/* Two edits of one text: what each wrote is in the result, or it is refused. */
#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/id.h"
#include "writeups/merge.h"

static void expect(const char *base, const char *mine, const char *others, const char *merged)
{
    struct merge merge;
    merge_texts(base, mine, others, &merge);
    assert_int_equal(merge.theirs.n, 0);
    assert_string_equal(str_text(&merge.text), merged);
    merge_finish(&merge);
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

/* `quotes`: what the others wrote in each place, with a '|' behind it. */
static void expect_clash(const char *base, const char *mine, const char *others, const char *text,
                         const char *quotes)
{
    struct merge merge;
    CLEANUP_STR struct str found = {0};
    merge_texts(base, mine, others, &merge);
    assert_string_equal(str_text(&merge.text), text);
    for (size_t i = 0; i < merge.theirs.n; i++) {
        merge_quote(others, &merge.theirs.v[i], &found);
        str_addc(&found, '|');
    }
    assert_string_equal(str_text(&found), quotes);
    merge_finish(&merge);
}

static void the_same_lines_twice_are_mine_beside_what_the_others_wrote(void **state)
{
    (void)state;
    expect_clash("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n", "a\nmine\nc\n", "theirs\n|");
    expect_clash("a\n", "a\nx\n", "a\ny\n", "a\nx\n", "y\n|");
    expect_clash("a\nb\nc\nd\ne\nf\n", "a\nm1\nc\nd\nm2\nf\n", "new\na\no1\nc\nd\nf\nend\n",
                 "new\na\nm1\nc\nd\nm2\nf\nend\n", "o1\n||"); /* and where they took a line out */
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
        CLEANUP_STR struct str base = {0};
        struct merge merge;
        for (int i = 0; i < 30; i++)
            str_addf(&base, "b%d\n", i);
        CLEANUP_FREE char *mine = edited(&rng, base.p, 'm'), *others = edited(&rng, base.p, 'o');
        merge_texts(base.p, mine, others, &merge);
        CLEANUP_STR struct str all = {0};
        str_add(&all, str_text(&merge.text));
        for (size_t i = 0; i < merge.theirs.n; i++)
            merge_quote(others, &merge.theirs.v[i], &all);
        assert_has_all(str_text(&merge.text), mine, 'm');
        assert_has_all(str_text(&all), others, 'o');
        merged += !merge.theirs.n;
        merge_finish(&merge);
    }
    assert_true(merged > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_wrote_is_there),
        cmocka_unit_test(the_same_lines_twice_are_mine_beside_what_the_others_wrote),
        cmocka_unit_test(no_word_is_lost_in_random_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
