/* Parses a command line into a command, its options and its arguments, from the tables alone. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/mem.h"
#include "cli/cli.h"

const struct cli_command *cli_find(const struct cli_table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (text_equal(table->commands[i].name, name))
            return &table->commands[i];
    }
    return NULL;
}

const char *cli_value(const struct cli *cli, const char *option)
{
    for (size_t i = cli->n_given; i-- > 0;) { /* the last one counts */
        if (text_equal(cli->given[i].name, option))
            return cli->given[i].value;
    }
    return NULL;
}

bool cli_has(const struct cli *cli, const char *option)
{
    return cli_value(cli, option) != NULL;
}

int cli_number(const struct cli *cli, const char *option, long least, long most, long fallback, long *ret,
               struct error *err)
{
    const char *text = cli_value(cli, option);
    char *end;
    long value = text ? strtol(text, &end, 10) : fallback;
    if (text && (!*text || *end || value < least || value > most))
        return error_set(err, ERR_INVALID, "--%s must be a number from %ld to %ld, not '%.40s'", option, least,
                         most, text);
    *ret = value;
    return 0;
}

char *cli_text(const struct cli *cli)
{
    CLEANUP_STR struct str text = {0};
    for (int i = 0; i < cli->argc; i++) {
        const char *word = cli->argv[i];
        bool value = i && text_starts(cli->argv[i - 1], "--") && strchr(word, ' ');
        const char *quote = !value ? "" : strchr(word, '"') ? "'" : "\""; /* the shell removed the quotes */
        str_addf(&text, "%s%s%s%s", i ? " " : "", quote, word, quote);
    }
    return str_take(&text);
}

/* ---- options ---- */

struct known {
    const struct cli_option *rows[2 * CLI_OPTIONS_MOST];
    struct option options[2 * CLI_OPTIONS_MOST + 1];
    const char *names[2 * CLI_OPTIONS_MOST];
    size_t n;
};

static void add_known(struct known *known, const struct cli_option *rows)
{
    for (; rows && rows->name && known->n < ARRAY_SIZE(known->rows); rows++) {
        known->options[known->n] = (struct option){rows->name, rows->argument ? required_argument : no_argument,
                                                   NULL, (int)known->n + 256};
        known->names[known->n] = rows->name;
        known->rows[known->n++] = rows;
    }
}

static int unknown_option(const struct known *known, int option, const char *given, struct error *err)
{
    if (option == ':')
        return error_set(err, ERR_INVALID, "%s needs a value", given);
    const char *word = given + strspn(given, "-");
    const char *nearest = nearest_word(word, known->names, known->n);
    return error_set(err, ERR_INVALID, "unknown option %.60s%s%s%s", given, nearest ? "; did you mean --" : "",
                     nearest ? nearest : "", nearest ? "?" : "");
}

/* Takes the options after argv[0]; with `stop` only those before the first argument. *ret_rest: where the arguments begin. */
static int take_options(struct cli *cli, int argc, char **argv, const struct cli_option *own, bool stop,
                        int *ret_rest, struct error *err)
{
    struct known known = {.n = 0};
    add_known(&known, own);
    add_known(&known, cli->table->options);
    opterr = 0;
    optind = 0; /* glibc: start over */
    for (int option; (option = getopt_long(argc, argv, stop ? "+:h" : ":h", known.options, NULL)) != -1;) {
        if (option == '?' || option == ':')
            return unknown_option(&known, option, argv[optind - 1], err);
        const char *name = option == 'h' ? "help" : known.rows[option - 256]->name;
        if (cli->n_given < CLI_OPTIONS_MOST) {
            cli->given[cli->n_given].name = name;
            cli->given[cli->n_given++].value = optarg && option != 'h' ? optarg : "";
        }
    }
    *ret_rest = optind;
    return 0;
}

/* ---- commands ---- */

static int unknown_command(const struct cli_table *table, const char *word, struct error *err)
{
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < table->n && n < ARRAY_SIZE(names); i++)
        names[n++] = table->commands[i].name;
    const char *nearest = nearest_word(word, names, n);
    return error_set(err, ERR_INVALID, "unknown command '%.60s'%s%s%s", word, nearest ? "; did you mean " : "",
                     nearest ? nearest : "", nearest ? "?" : "; `tocsin help` lists them");
}

/* The second words of the commands that begin with that one: "pagerduty, opsgenie". */
static void list_own(const struct cli_table *table, const char *word, struct str *out)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < table->n; i++) {
        const char *name = table->commands[i].name;
        if (strncmp(name, word, n) == 0 && name[n] == ' ')
            str_addf(out, "%s%s", out->len ? ", " : "", name + n + 1);
    }
}

/* The command at argv[0]; *ret_words: of how many words, one or two. Two count where both are a command, as `import pagerduty`. */
static int find_command(const struct cli_table *table, int argc, char **argv, const struct cli_command **ret,
                        int *ret_words, struct error *err)
{
    CLEANUP_FREE char *both = xasprintf("%s %s", argv[0], argc > 1 ? argv[1] : "");
    CLEANUP_STR struct str own = {0};
    const struct cli_command *long_one = cli_find(table, both);
    *ret_words = long_one ? 2 : 1;
    *ret = long_one ? long_one : cli_find(table, argv[0]);
    if (*ret)
        return 0;
    list_own(table, argv[0], &own);
    if (!own.len)
        return unknown_command(table, argv[0], err);
    return error_set(err, ERR_INVALID, "'%.60s' needs one of its own commands; `tocsin help %.40s` lists them",
                     argv[0], argv[0]);
}

/* `tocsin policy --help`: the command is `help`, with the words that were typed. */
static int take_help(struct cli *cli, int argc, char **argv)
{
    cli->command = cli_find(cli->table, "help");
    cli->argc = 0;
    while (cli->argc < MIN(argc, 2) && argv[cli->argc][0] != '-')
        cli->argc++;
    cli->argv = argv;
    return 0;
}

static int check_count(const struct cli *cli, struct error *err)
{
    const struct cli_command *c = cli->command;
    CLEANUP_STR struct str own = {0};
    if (cli->argc >= c->least && (c->most < 0 || cli->argc <= c->most))
        return 0;
    if (cli->argc > 1)
        list_own(cli->table, c->name, &own);
    if (own.len)
        return error_set(err, ERR_INVALID,
                         "usage: tocsin %s %s, or tocsin %s and one of %s; '%.60s' is none of them", c->name,
                         c->arguments, c->name, own.p, cli->argv[0]);
    return error_set(err, ERR_INVALID, "usage: tocsin %s%s%s%s; `tocsin help %s` explains it", c->name,
                     c->options ? " [options]" : "", *c->arguments ? " " : "", c->arguments, c->name);
}

int cli_parse(const struct cli_table *table, int argc, char **argv, struct cli *cli, struct error *err)
{
    static const struct cli_option version[] = {{"version", NULL, ""}, {0}};
    int rest = 0, words;
    *cli = (struct cli){.table = table};
    int rc = take_options(cli, argc, argv, version, true, &rest, err);
    if (rc)
        return rc;
    argc -= rest;
    argv += rest;
    if (cli_has(cli, "version")) {
        cli->command = cli_find(table, "version");
        return 0;
    }
    if (argc == 0 || (argc == 1 && cli_has(cli, "help")) || (argc == 2 && text_starts(argv[1], "--h")))
        return take_help(cli, argc, argv);
    rc = find_command(table, argc, argv, &cli->command, &words, err);
    if (rc)
        return rc;
    char **own = argv + words - 1; /* getopt skips the first word */
    rc = take_options(cli, argc - words + 1, own, cli->command->options, cli->command->line, &rest, err);
    if (rc)
        return rc;
    if (cli_has(cli, "help"))
        return take_help(cli, words, argv);
    cli->argc = argc - words + 1 - rest;
    cli->argv = own + rest;
    return check_count(cli, err);
}
