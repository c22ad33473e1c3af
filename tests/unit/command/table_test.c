#include "../../support/check.h"
#include "../../support/docs_page.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "command/parse.h"
#include "engine/state.h"
#include "fake_policy.h"

static void every_row_is_whole_and_its_words_are_its_own(void **state)
{
    (void)state;
    size_t n, n_words;
    const struct command_row *rows = command_rows(&n);
    const char *const *words = command_words(&n_words);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(rows[i].help) > 3);
        assert_ptr_equal(command_find(rows[i].name, NULL), &rows[i]);
    }
    for (size_t i = 0; i < n_words; i++) {
        assert_non_null(command_find(words[i], NULL));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(words[i], words[k]);
    }
    assert_null(words[n_words]);
}

/* What help tells people to type is taken, as it stands. */
static void every_example_parses_to_its_row(void **state)
{
    (void)state;
    size_t n;
    const struct command_row *rows = command_rows(&n);
    static const char *const severities[] = {"minor", "major", "critical", NULL};
    static const char *const roles[] = {"lead", "comms", NULL};
    struct parse_context context = {
        .now = INT64_C(1795446382123), .zone = "UTC", .here = 42, .severities = severities, .roles = roles};
    for (size_t i = 0; i < n; i++) {
        struct parsed parsed;
        struct error err = {0};
        if (command_parse(rows[i].example, &context, &parsed, &err))
            fail_msg("%s: %s", rows[i].example, err.text);
        assert_ptr_equal(parsed.row, &rows[i]);
        parsed_finish(&parsed);
    }
}

/* Every line that a missing argument is answered with is taken. */
static void every_line_that_is_offered_parses(void **state)
{
    (void)state;
    size_t n;
    const struct command_row *rows = command_rows(&n);
    struct parse_context context = {.now = INT64_C(1795446382123), .zone = "UTC", .here = 42};
    for (size_t i = 0; i < n; i++) {
        struct parsed parsed;
        struct error err = {0};
        int rc = command_parse(rows[i].name, &context, &parsed, &err);
        parsed_finish(&parsed);
        if (!rc)
            continue;
        char *line = strchr(err.text, '`');
        assert_non_null(line);
        line[1 + strcspn(line + 1, "`")] = '\0';
        if (command_parse(line + 1, &context, &parsed, &err))
            fail_msg("%s: %s", line + 1, err.text);
        assert_ptr_equal(parsed.row, &rows[i]);
        parsed_finish(&parsed);
    }
}

static void the_manual_is_the_one_in_docs(void **state)
{
    (void)state;
    CLEANUP_STR struct str manual = {0};
    command_manual(&manual);
    docs_page_check("docs/commands.md", manual.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole_and_its_words_are_its_own),
        cmocka_unit_test(every_example_parses_to_its_row),
        cmocka_unit_test(every_line_that_is_offered_parses),
        cmocka_unit_test(the_manual_is_the_one_in_docs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
