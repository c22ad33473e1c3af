/*
 * cli - the `tocsin` program: what a subcommand is, how a command line is parsed by their table, and how results are printed.
 *
 * Subcommands that work with a running tocsind go through its REST API (api_client.h); those that work on files (check,
 * policy check and test, verify, backup, export, import) open them and need no daemon. Results go to standard output,
 * everything else to standard error; with --json a result is one JSON document. A process runs one command, on one thread. The
 * table itself is defined above this layer (subcommands.h) and passed down.
 */
#ifndef TOCSIN_CLI_CLI_H
#define TOCSIN_CLI_CLI_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "base/error.h"
#include "base/str.h"

enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1,      /* refused, not found, invalid, damaged: the text says which */
    CLI_USAGE = 2,       /* invalid command line; nothing was done */
    CLI_UNREACHABLE = 3, /* no tocsind answered; a retry may help */
};

struct cli_option {
    const char *name, *argument, *help; /* argument NULL: a switch */
};

struct cli;
struct cli_command {
    const char *name;      /* "show", or two words: "policy test" */
    const char *arguments; /* "INC-n"; "": none */
    int least, most;       /* number of arguments; most -1: no limit */
    bool line;        /* everything from the first argument on is text, even words that begin with a dash */
    bool hidden;      /* for the build, not for people */
    const char *help; /* one line, starts in lower case, no full stop */
    const char *more; /* sentences of `tocsin help NAME` and the manual */
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
    bool unreachable;        /* set by the API client, for the exit status */
    const atomic_bool *stop; /* once it is set, the API client gives up; NULL: it does not */
};

/* ---- parsing (options.c) ---- */
/* Fills *cli from the whole command line. ERR_INVALID says what to type instead. `--help`, and no command at all, become
   the command `help`. */
int cli_parse(const struct cli_table *table, int argc, char **argv, struct cli *cli, struct error *err);
const char *cli_value(const struct cli *cli, const char *option); /* NULL: not given; "" for a switch */
bool cli_has(const struct cli *cli, const char *option);
/* The number that an option has, from least to most; the fallback if it was not given. */
int cli_number(const struct cli *cli, const char *option, long least, long most, long fallback, long *ret,
               struct error *err);
char *cli_text(const struct cli *cli); /* the arguments, joined by spaces; the caller frees */
const struct cli_command *cli_find(const struct cli_table *table, const char *name);

/* ---- results (output.c) ---- */
int cli_fail(const struct cli *cli,
             const struct error *err); /* prints it on standard error; returns the exit status */
/* A word, quoted for a shell where necessary. The caller frees. */
char *cli_quoted(const char *word);
void cli_print(const char *text);          /* prints CommonMark for a terminal, with one newline at the end */
int cli_print_json(const cJSON *document); /* returns CLI_OK */
bool cli_colour(void);                     /* standard output is a terminal, and NO_COLOR is not set */
char *cli_zone(void); /* the name of the machine's time zone; NULL: unknown; the caller frees */

#endif
