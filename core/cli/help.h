/*
 * help - help, shell completion and manual pages, generated from the table of subcommands. Pure, except for the handlers that
 * print them.
 */
#ifndef TOCSIN_CLI_HELP_H
#define TOCSIN_CLI_HELP_H

#include "cli/cli.h"

void cli_overview(const struct cli_table *table, struct str *out);
/* `name` may be the first word of several commands. False: unknown command. */
bool cli_describe(const struct cli_table *table, const char *name, struct str *out);
/* A bash script (completion.c). */
void cli_completion(const struct cli_table *table, struct str *out);
/* A manual page from its template; manual.c replaces lines such as @commands@ and @settings@. */
void cli_manual(const struct cli_table *table, const char *template_text, struct str *out);

int cli_run_help(struct cli *cli);
int cli_run_version(struct cli *cli);
int cli_run_completion(struct cli *cli); /* completion.c */
int cli_run_manual(struct cli *cli);     /* manual.c */

#endif
