/* What `tocsin help` prints, generated from the tables. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/help.h"

#define LEFT 28 /* the column where explanations begin */

static const char exit_statuses[] =
    "Exit status: 0 success, 1 refused or failed, 2 invalid command line, 3 no answer from tocsind.\n";

#define WIDTH 100

/* Wraps sentences into lines that fit a terminal. */
static void put_sentences(struct str *out, const char *text)
{
    size_t column = 0;
    for (const char *word = text; *word;) {
        size_t n = strcspn(word, " ");
        if (column && column + 1 + n > WIDTH) {
            str_addc(out, '\n');
            column = 0;
        } else if (column) {
            str_addc(out, ' ');
            column++;
        }
        str_addn(out, word, n);
        column += n;
        word += n + strspn(word + n, " ");
    }
    str_addc(out, '\n');
}

static void put_row(struct str *out, const char *left, const char *help)
{
    str_addf(out, "  %-*s%s%s\n", LEFT - 2, left, strlen(left) < LEFT - 2 ? "" : "  ", help);
}

static void put_command(struct str *out, const struct cli_command *c)
{
    CLEANUP_FREE char *left = xasprintf("%s %s", c->name, c->arguments);
    put_row(out, left, c->help);
}

static void put_options(struct str *out, const struct cli_option *options)
{
    for (; options && options->name; options++) {
        CLEANUP_FREE char *left = xasprintf("--%s%s%s", options->name, options->argument ? " " : "",
                                            options->argument ? options->argument : "");
        put_row(out, left, options->help);
    }
}

void cli_overview(const struct cli_table *table, struct str *out)
{
    str_add(out, "Tocsin " TOCSIN_VERSION ", incident management that lives in your chat.\n\n"
                 "usage: tocsin [options] COMMAND [options] [arguments]\n\n");
    for (size_t i = 0; i < table->n; i++) {
        if (!table->commands[i].hidden)
            put_command(out, &table->commands[i]);
    }
    str_add(out, "\nOptions of every command:\n\n");
    put_options(out, table->options);
    str_addf(out,
             "\n%s`tocsin help COMMAND` explains a command; see also tocsin(1), tocsin.lua(5), tocsind(8).\n",
             exit_statuses);
}

static void describe_one(const struct cli_table *table, const struct cli_command *c, struct str *out)
{
    str_addf(out, "usage: tocsin %s%s%s%s\n\n%s: %s.\n", c->name, c->options ? " [options]" : "",
             *c->arguments ? " " : "", c->arguments, c->name, c->help);
    if (c->more)
        put_sentences(out, c->more);
    if (c->options) {
        str_add(out, "\nOptions:\n\n");
        put_options(out, c->options);
    }
    str_add(out, "\nOptions of every command:\n\n");
    put_options(out, table->options);
    str_addf(out, "\n%s", exit_statuses);
}

bool cli_describe(const struct cli_table *table, const char *name, struct str *out)
{
    size_t n = strlen(name);
    bool found = false;
    const struct cli_command *one = cli_find(table, name);
    if (one)
        describe_one(table, one, out);
    for (size_t i = 0; i < table->n; i++) {
        const struct cli_command *c = &table->commands[i];
        if (strncmp(c->name, name, n) != 0 || c->name[n] != ' ')
            continue;
        if (!found)
            str_addf(out, "%susage: tocsin %s COMMAND [options] [arguments]\n\n", one ? "\n" : "", name);
        put_command(out, c);
        found = true;
    }
    return one || found;
}

int cli_run_help(struct cli *cli)
{
    CLEANUP_STR struct str out = {0};
    CLEANUP_FREE char *name = cli_text(cli);
    if (!*name) {
        cli_overview(cli->table, &out);
    } else if (!cli_describe(cli->table, name, &out)) {
        fprintf(stderr, "tocsin: unknown command '%.60s'; `tocsin help` lists them\n", name);
        return CLI_USAGE;
    }
    fputs(out.p, stdout);
    return CLI_OK;
}

int cli_run_version(struct cli *cli)
{
    if (cli_has(cli, "json"))
        puts("{\"version\":\"" TOCSIN_VERSION "\"}");
    else
        puts("tocsin " TOCSIN_VERSION);
    return CLI_OK;
}
