/* `tocsin connector test`: the conformance suite, on a connector as it is configured. Without a daemon. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/locate.h"
#include "cli/subcommands.h"
#include "conformance/conformance.h"
#include "host/programs.h"
#include "host/show.h"
#include "host/vet.h"

struct lines {
    const struct cli *cli;
    struct json_out j; /* with --json: an array */
    int of[3];         /* how many of each verdict */
};

static void print_log(const char *log)
{
    for (const char *at = log; *at;) {
        size_t n = strcspn(at, "\n");
        printf("      | %.*s\n", (int)n, at);
        at += n + (at[n] == '\n');
    }
}

static void take_line(void *ctx, const char *check, enum verdict verdict, const char *why, const char *log)
{
    static const char *const words[] = {"ok", "FAIL", "skip"}, *const results[] = {"ok", "failed", "skipped"};
    struct lines *lines = ctx;
    lines->of[verdict]++;
    if (cli_has(lines->cli, "json")) {
        json_begin_object(&lines->j);
        json_put_text(&lines->j, "check", check);
        json_put_text(&lines->j, "result", results[verdict]);
        json_put_text_if(&lines->j, "why", why);
        json_end_object(&lines->j);
        return;
    }
    printf("%-5s %s%s%s\n", words[verdict], check, why ? ": " : "", why ? why : "");
    if (verdict == CHECK_FAILED)
        print_log(log);
    fflush(stdout);
}

/* Its row in the configuration: named, or that of the connector's own name. */
static const cJSON *find_row(const struct cli *cli, const struct configuration *c, const char *runner,
                             struct error *err)
{
    CLEANUP_JSON cJSON *descriptor = NULL;
    if (show_connector(runner, cli->argv[0], &descriptor, err))
        return NULL;
    const char *own = json_text_or(descriptor, "name", "");
    const char *name = cli_has(cli, "connector") ? cli_value(cli, "connector") : own;
    const cJSON *row = json_member(c->connectors, name);
    if (!row)
        error_set(err, ERR_NOT_FOUND,
                  "%s has no connector '%s'; add connectors = { %s = { its settings } }, or name another row "
                  "with --connector",
                  c->path, name, name);
    return row;
}

static int run_suite(const struct cli *cli, const struct configuration *c, struct lines *lines,
                     struct error *err)
{
    CLEANUP_FREE char *runner = program_runner(c);
    const cJSON *row = find_row(cli, c, runner, err);
    if (!row)
        return err->code;
    CLEANUP_JSON cJSON *own = vet_own_settings(row);
    struct conformance wish = {.runner = runner,
                               .name = row->string,
                               .file = cli->argv[0],
                               .settings = own,
                               .limits = json_member(row, "limits"),
                               .channel = cli_has(cli, "channel") ? cli_value(cli, "channel")
                                                                  : json_text_or(c->core, "announce", NULL),
                               .user = cli_value(cli, "user"),
                               .email = cli_value(cli, "email"),
                               .customer = cli_value(cli, "customer"),
                               .address = cli_value(cli, "address"),
                               .says = cli_value(cli, "says"),
                               .only = cli_value(cli, "only"),
                               .peer = cli_value(cli, "peer")};
    return conformance_run(&wish, take_line, lines, err);
}

static void print_sum(const struct lines *lines)
{
    if (cli_has(lines->cli, "json"))
        puts(str_text(lines->j.out));
    else
        printf("%d ok, %d failed, %d skipped\n", lines->of[CHECK_OK], lines->of[CHECK_FAILED],
               lines->of[CHECK_SKIPPED]);
}

int cli_run_connector_test(struct cli *cli)
{
    CLEANUP_STR struct str out = {0};
    struct lines lines = {.cli = cli, .j = {&out, false}};
    struct configuration c = {0};
    struct error err;
    int rc = load_located(cli, &c, &err);
    json_begin_array(&lines.j);
    rc = rc ? rc : run_suite(cli, &c, &lines, &err);
    json_end_array(&lines.j);
    configuration_finish(&c);
    if (rc < 0)
        return cli_fail(cli, &err);
    print_sum(&lines);
    return rc ? CLI_FAILED : CLI_OK;
}
