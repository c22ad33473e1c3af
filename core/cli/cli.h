/*
 * cli - the `tocsin` program: one table of subcommands, from which parsing, help, manual pages and completion are made.
 *
 * Subcommands that work with a running tocsind go through its REST API (api_client.h); those that work on files (check,
 * policy check and test, verify, backup, export, import) open them and need no daemon. Results go to standard output,
 * everything else to standard error; with --json a result is one JSON document. One command a process.
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

#define CLI_OPTIONS_MOST 16

struct cli {
    const struct cli_command *command;
    int argc; /* its arguments */
    char **argv;
    struct {
        const char *name, *value;
    } given[CLI_OPTIONS_MOST];
    size_t n_given;
    bool unreachable; /* set by the API's client: the exit status says so */
};

/* ---- the table (subcommands.c) ---- */
extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
extern const struct cli_option cli_global_options[]; /* ended by {0} */

/* ---- parsing (options.c) ---- */
/* Fills *cli from the whole command line. ERR_INVALID with what to type instead. `--help` and no command at all are
   the command `help`. */
int cli_parse(int argc, char **argv, struct cli *cli, struct error *err);
const char *cli_value(const struct cli *cli, const char *option); /* NULL: not given; "" for a switch */
bool cli_has(const struct cli *cli, const char *option);
/* A number of an option between least and most; the fallback when it was not given. */
int cli_number(const struct cli *cli, const char *option, long least, long most, long fallback, long *ret,
               struct error *err);
char *cli_text(const struct cli *cli); /* the arguments with a space between; the caller frees */
const struct cli_command *cli_find(const char *name);

/* ---- results (output.c) ---- */
int cli_fail(const struct cli *cli,
             const struct error *err); /* says it on standard error; returns the status */
/* A word as a shell takes it for one. The caller frees. */
char *cli_quoted(const char *word);
void cli_print(const char *text); /* CommonMark, as a terminal shows it; one newline at its end */
bool cli_colour(void);            /* standard output is a terminal that wants it */
char *cli_zone(void);             /* the machine's time zone by name; NULL: unknown; the caller frees */

/* ---- help (help.c) ---- */
void cli_overview(struct str *out);
/* `name` may be the first word of several commands. False when there is none. */
bool cli_describe(const char *name, struct str *out);
void cli_completion(struct str *out); /* completion.c: a bash script */
/* A manual page from its template: the lines @commands@, @options@, @settings@ and @version@ are replaced. */
void cli_manual(const char *template_text, struct str *out);

/* ---- handlers, one file an area ---- */
int cli_run_help(struct cli *cli); /* help.c */
int cli_run_version(struct cli *cli);
int cli_run_completion(struct cli *cli);
int cli_run_manual(struct cli *cli); /* manual.c */
int cli_run_init(struct cli *cli);   /* init.c */
int cli_run_start(struct cli *cli);  /* start.c: `tocsin run` */
int cli_run_chat(struct cli *cli);   /* talk.c: with people's incidents, through the daemon */
int cli_run_inc(struct cli *cli);
int cli_run_declare(struct cli *cli);
int cli_run_list(struct cli *cli);
int cli_run_show(struct cli *cli);
int cli_run_timeline(struct cli *cli);
int cli_run_alert(struct cli *cli);
int cli_run_policy_show(struct cli *cli); /* admin.c: what an operator asks the daemon */
int cli_run_reload(struct cli *cli);
int cli_run_policy_reload(struct cli *cli);
int cli_run_connector_list(struct cli *cli);
int cli_run_connector_check(struct cli *cli);
int cli_run_connector_restart(struct cli *cli);
int cli_run_connector_show(struct cli *cli);
int cli_run_token_create(struct cli *cli);
int cli_run_token_list(struct cli *cli);
int cli_run_token_revoke(struct cli *cli);
int cli_run_check(struct cli *cli); /* files.c: without a daemon */
int cli_run_policy_check(struct cli *cli);
int cli_run_policy_test(struct cli *cli);
int cli_run_verify(struct cli *cli); /* keep.c: without a daemon, too */
int cli_run_backup(struct cli *cli);
int cli_run_export(struct cli *cli);
int cli_run_import(struct cli *cli);

#endif
