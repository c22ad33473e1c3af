/*
 * cli - the `tocsin` program: what a subcommand is, how a command line is read by their table, and how results are printed.
 *
 * Subcommands that work with a running tocsind go through its REST API (api_client.h); those that work on files (check,
 * policy check and test, verify, backup, export, import) open them and need no daemon. Results go to standard output,
 * everything else to standard error; with --json a result is one JSON document. One command a process, one thread. The table
 * itself stands above (subcommands.h), and is handed down.
 */
#ifndef TOCSIN_CLI_CLI_H
#define TOCSIN_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1,      /* refused, not found, wrong, broken: the text says which */
    CLI_USAGE = 2,       /* the command line was not understood; nothing was tried */
    CLI_UNREACHABLE = 3, /* no tocsind answered; trying again may help */
};

struct cli_option {
    const char *name, *argument, *help; /* argument NULL: a switch */
};

struct cli;
struct cli_command {
    const char *name;      /* "show", or two words: "policy test" */
    const char *arguments; /* "INC-n"; "": none */
    int least, most;       /* how many; most -1: any number */
    bool line;             /* from the first argument on everything is text, also what begins with a dash */
    bool hidden;           /* for the build, not for people */
    const char *help;      /* one line, small first letter, no full stop */
    const char *more;      /* sentences of `tocsin help NAME` and the manual */
    const struct cli_option *options; /* its own, ended by {0}; NULL: none */
    int (*run)(struct cli *cli);      /* returns enum cli_exit */
};

struct cli_table {
    const struct cli_command *commands;
    size_t n;
    const struct cli_option *options; /* of every command, ended by {0} */
};

#define CLI_OPTIONS_MOST 16

struct cli {
    const struct cli_table *table;
    const struct cli_command *command;
    int argc; /* its arguments */
    char **argv;
    struct {
        const char *name, *value;
    } given[CLI_OPTIONS_MOST];
    size_t n_given;
    bool unreachable; /* set by the API's client: the exit status says so */
};

/* ---- parsing (options.c) ---- */
/* Fills *cli from the whole command line. ERR_INVALID with what to type instead. `--help` and no command at all are
   the command `help`. */
int cli_parse(const struct cli_table *table, int argc, char **argv, struct cli *cli, struct error *err);
const char *cli_value(const struct cli *cli, const char *option); /* NULL: not given; "" for a switch */
bool cli_has(const struct cli *cli, const char *option);
/* A number of an option between least and most; the fallback when it was not given. */
int cli_number(const struct cli *cli, const char *option, long least, long most, long fallback, long *ret,
               struct error *err);
char *cli_text(const struct cli *cli); /* the arguments with a space between; the caller frees */
const struct cli_command *cli_find(const struct cli_table *table, const char *name);

/* ---- results (output.c) ---- */
int cli_fail(const struct cli *cli,
             const struct error *err); /* says it on standard error; returns the status */
/* A word as a shell takes it for one. The caller frees. */
char *cli_quoted(const char *word);
void cli_print(const char *text); /* CommonMark, as a terminal shows it; one newline at its end */
bool cli_colour(void);            /* standard output is a terminal that wants it */
char *cli_zone(void);             /* the machine's time zone by name; NULL: unknown; the caller frees */

#endif
