/* tocsin - the command line. See subcommands.h. */
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "cli/subcommands.h"

int main(int argc, char **argv)
{
    struct cli cli;
    struct error err;
    log_init(LOG_WARN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (cli_parse(&cli_table, argc, argv, &cli, &err)) {
        fprintf(stderr, "tocsin: %s\n", err.text);
        return CLI_USAGE;
    }
    int status = cli.command->run(&cli);
    log_finish();
    return fflush(stdout) && status == CLI_OK ? CLI_FAILED : status;
}
