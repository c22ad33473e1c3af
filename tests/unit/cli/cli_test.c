#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/subcommands.h"
#include "cli/locate.h"
#include "policy/configuration.h"

/* Parses a command line with single spaces between its words. `words` must outlive the result. */
static int parse(const char *line, char *words, struct cli *cli, struct error *err)
{
    static char *argv[64];
    int argc = 0;
    memcpy(words, line, strlen(line) + 1);
    for (char *word = words; word && argc < 63;) {
        argv[argc++] = word;
        word = strchr(word, ' ');
        if (word)
            *word++ = '\0';
    }
    argv[argc] = NULL;
    return cli_parse(&cli_table, argc, argv, cli, err);
}

static void a_command_with_options_and_arguments(void **state)
{
    (void)state;
    char words[512];
    struct cli cli;
    assert_int_equal(parse("tocsin --config /x/tocsin.lua declare --sev major checkout --private is slow",
                           words, &cli, NULL),
                     0);
    assert_string_equal(cli.command->name, "declare");
    assert_string_equal(cli_value(&cli, "config"), "/x/tocsin.lua");
    assert_string_equal(cli_value(&cli, "sev"), "major");
    assert_true(cli_has(&cli, "private"));
    assert_false(cli_has(&cli, "drill"));
    CLEANUP_FREE char *text = cli_text(&cli);
    assert_string_equal(text, "checkout is slow");
}

static void commands_of_two_words(void **state)
{
    (void)state;
    char words[512];
    struct cli cli;
    assert_int_equal(parse("tocsin policy test /tmp/p --json", words, &cli, NULL), 0);
    assert_string_equal(cli.command->name, "policy test");
    assert_int_equal(cli.argc, 1);
    assert_string_equal(cli.argv[0], "/tmp/p");
    assert_true(cli_has(&cli, "json"));
}

/* A path in a line to paste must stay one word. */
static void words_are_quoted_where_the_shell_would_split_them(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"/tmp/a-1", "/tmp/a-1"}, {"d 5'ä", "'d 5'\\''ä'"}, {"", "''"}, {"$HOME", "'$HOME'"}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        CLEANUP_FREE char *quoted = cli_quoted(words[i][0]);
        assert_string_equal(quoted, words[i][1]);
    }
}

/* The words after `inc` are a chat command, with options of its own. */
static void a_line_keeps_its_dashes(void **state)
{
    (void)state;
    char words[512];
    struct cli cli;
    assert_int_equal(parse("tocsin inc --json declare --sev major it is --private", words, &cli, NULL), 0);
    assert_true(cli_has(&cli, "json"));
    CLEANUP_FREE char *text = cli_text(&cli);
    assert_string_equal(text, "declare --sev major it is --private");
}

static void typing_errors_get_a_suggestion(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"tocsin lst", "did you mean list"},
        {"tocsin list --stats open", "did you mean --status"},
        {"tocsin show", "usage: tocsin show INC-n"},
        {"tocsin show INC-1 INC-2", "usage: tocsin show INC-n"},
        {"tocsin import pager x.json",
         "usage: tocsin import FILE, or tocsin import and one of pagerduty, "
         "opsgenie, oncall, goalert, alertmanager, statuspage, cstate; 'pager' is none of them"},
        {"tocsin policy tets", "tocsin help policy"},
        {"tocsin list --limit", "--limit needs a value"},
        {"tocsin --confg x list", "did you mean --config"}};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        char words[512];
        struct cli cli;
        struct error err;
        assert_int_equal(parse(lines[i][0], words, &cli, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, lines[i][1]));
    }
}

static void help_works_anywhere_on_the_line(void **state)
{
    (void)state;
    static const char *const lines[][2] = {{"tocsin", ""},
                                           {"tocsin --help", ""},
                                           {"tocsin list --help", "list"},
                                           {"tocsin list -h", "list"},
                                           {"tocsin policy --help", "policy"},
                                           {"tocsin policy test --help", "policy test"},
                                           {"tocsin help policy test", "policy test"}};
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        char words[512];
        struct cli cli;
        assert_int_equal(parse(lines[i][0], words, &cli, NULL), 0);
        assert_string_equal(cli.command->name, "help");
        CLEANUP_FREE char *text = cli_text(&cli);
        assert_string_equal(text, lines[i][1]);
    }
}

static void numbers_have_ranges(void **state)
{
    (void)state;
    char words[512];
    struct cli cli;
    long n = 7;
    struct error err;
    assert_int_equal(parse("tocsin list --limit 12x", words, &cli, NULL), 0);
    assert_int_equal(cli_number(&cli, "limit", 1, 500, 50, &n, &err), ERR_INVALID);
    assert_string_equal(err.text, "--limit must be a number from 1 to 500, not '12x'");
    assert_int_equal(parse("tocsin list --limit 12", words, &cli, NULL), 0);
    assert_int_equal(cli_number(&cli, "limit", 1, 500, 50, &n, NULL), 0);
    assert_int_equal(n, 12);
    assert_int_equal(parse("tocsin list", words, &cli, NULL), 0);
    assert_int_equal(cli_number(&cli, "limit", 1, 500, 50, &n, NULL), 0);
    assert_int_equal(n, 50);
}

/* Every row of the table is in the help, the completion and the manual. */
static void everything_is_documented(void **state)
{
    (void)state;
    CLEANUP_STR struct str overview = {0}, completion = {0}, manual = {0};
    cli_overview(&cli_table, &overview);
    cli_completion(&cli_table, &completion);
    cli_manual(&cli_table, ".TH X 1\n@options@\n@commands@\n@settings@\n.SH END\n", &manual);
    assert_null(strchr(manual.p, '@'));
    assert_non_null(strstr(manual.p, ".SH END\n"));
    for (size_t i = 0; i < cli_table.n; i++) {
        const struct cli_command *c = &cli_table.commands[i];
        CLEANUP_STR struct str help = {0};
        CLEANUP_FREE char *heading = xasprintf(".SS tocsin %s %s\n", c->name, c->arguments);
        assert_true(cli_describe(&cli_table, c->name, &help));
        assert_int_equal(strstr(manual.p, heading) != NULL, !c->hidden);
        assert_int_equal(strstr(overview.p, c->help) != NULL, !c->hidden);
        for (const struct cli_option *o = c->options; o && o->name; o++) {
            CLEANUP_FREE char *word = xasprintf("--%s", o->name);
            assert_non_null(strstr(help.p, word));
            assert_non_null(strstr(completion.p, word));
        }
    }
}

/* The manual names each setting in one of two lists: those that a reload applies, and those that need a restart. */
static void the_manual_says_what_a_reload_applies(void **state)
{
    (void)state;
    size_t n;
    const struct setting *all = configuration_settings(&n);
    CLEANUP_STR struct str live = {0}, restart = {0};
    cli_manual(&cli_table, "@live@\n", &live);
    cli_manual(&cli_table, "@restart@\n", &restart);
    assert_string_equal(live.p, ".B sources, customers, customer_names, assist\n");
    for (size_t i = 0; i < n; i++) {
        bool named = strstr(restart.p, all[i].name) != NULL;
        assert_int_equal(named, !(all[i].flags & SETTING_LIVE));
    }
    assert_null(strchr(restart.p, '@'));
}

static void the_url_follows_from_listen(void **state)
{
    (void)state;
    static const char *const all[][2] = {{"127.0.0.1:7077", "http://127.0.0.1:7077"},
                                         {":8088", "http://127.0.0.1:8088"},
                                         {"0.0.0.0:80", "http://127.0.0.1:80"},
                                         {"[::]:80", "http://[::1]:80"},
                                         {"[::1]:9", "http://[::1]:9"},
                                         {"10.0.0.1:7077", "http://10.0.0.1:7077"}};
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        CLEANUP_FREE char *url = url_of_listen(all[i][0]);
        assert_string_equal(url, all[i][1]);
    }
}

static void check_token_file(const char *text, const char *expected)
{
    char path[] = "/tmp/tocsin-token-XXXXXX", *token = NULL;
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    int rc = read_token_file(path, &token, NULL);
    remove(path);
    assert_int_equal(rc == 0, expected != NULL);
    if (expected)
        assert_string_equal(token, expected);
    free(token);
}

/* The text goes into a header, so it must be nothing but a token. */
static void a_token_file_holds_a_token(void **state)
{
    (void)state;
    check_token_file("tocsin_abc234\n", "tocsin_abc234");
    check_token_file("tocsin_abc234\r\nmore", "tocsin_abc234");
    check_token_file("", NULL);
    check_token_file("two words\n", NULL);
    check_token_file("\x01", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_with_options_and_arguments),
        cmocka_unit_test(commands_of_two_words),
        cmocka_unit_test(words_are_quoted_where_the_shell_would_split_them),
        cmocka_unit_test(a_line_keeps_its_dashes),
        cmocka_unit_test(typing_errors_get_a_suggestion),
        cmocka_unit_test(help_works_anywhere_on_the_line),
        cmocka_unit_test(numbers_have_ranges),
        cmocka_unit_test(everything_is_documented),
        cmocka_unit_test(the_manual_says_what_a_reload_applies),
        cmocka_unit_test(the_url_follows_from_listen),
        cmocka_unit_test(a_token_file_holds_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
