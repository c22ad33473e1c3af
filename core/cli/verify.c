/* tocsin verify: the journal proven, beside a running daemon if need be. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "journal/verify.h"
#include "cli/cli.h"
#include "cli/locate.h"

static void show_fault(void *ctx, uint64_t seq, const char *text)
{
    (void)ctx, (void)seq;
    printf("%s\n", text);
}

/* The file named, or the configuration's journal. */
static int journal_path(struct cli *cli, char **ret, struct error *err)
{
    struct configuration configuration;
    if (cli->argc > 0) {
        *ret = xstrdup(cli->argv[0]);
        return 0;
    }
    int rc = load_located(cli, &configuration, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *data =
        configuration_path(&configuration, json_text_or(configuration.core, "data", "data"));
    *ret = xasprintf("%s/journal.db", data);
    configuration_finish(&configuration);
    return 0;
}

int cli_run_verify(struct cli *cli)
{
    struct verify_report report;
    struct error err;
    CLEANUP_FREE char *path = NULL;
    int rc = journal_path(cli, &path, &err);
    rc = rc ? rc : journal_verify(path, show_fault, NULL, &report, &err);
    if (rc) {
        fprintf(stderr, "tocsin: %s\n", err.text);
        return CLI_FAILED;
    }
    printf("%s: %" PRIu64 " events, %" PRIu64 " faults; event %" PRIu64 " has hash %s\n", path, report.events,
           report.faults, report.seq, report.hash);
    return report.faults ? CLI_FAILED : CLI_OK;
}
