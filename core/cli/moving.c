/* `tocsin import pagerduty FILE…`: what a team had in another tool, as policy to review. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/subcommands.h"
#include "moving/moving.h"

static int add_file(struct moving *m, const char *path, struct error *err)
{
    CLEANUP_STR struct str bytes = {0};
    char block[16384];
    size_t n;
    FILE *file = text_equal(path, "-") ? stdin : fopen(path, "rbe");
    if (!file)
        return error_set(err, ERR_NOT_FOUND, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(block, 1, sizeof(block), file)) > 0 && bytes.len <= MOVING_BYTES)
        str_addn(&bytes, block, n);
    int rc = ferror(file) ? error_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno)) : 0;
    if (file != stdin)
        fclose(file);
    return rc ? rc : moving_add_file(m, path, str_text(&bytes), bytes.len, err);
}

/* The day of --from in UTC, or now. */
static int first_day(const struct cli *cli, instant *ret, struct error *err)
{
    const char *given = cli_value(cli, "from");
    CLEANUP_FREE char *text = given ? xasprintf("%sT00:00:00Z", given) : NULL;
    *ret = clock_now();
    if (text && instant_parse(text, ret, NULL))
        return error_set(err, ERR_INVALID, "--from must be a date such as 2026-11-30, not '%.40s'", given);
    return 0;
}

static void print_json(const struct moving *m, const char *lua)
{
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    json_begin_object(&j);
    json_put_text(&j, "policy", lua);
    moving_report_json(m, &j);
    json_end_object(&j);
    puts(out.p);
}

static void print(const struct cli *cli, const struct moving *m)
{
    CLEANUP_STR struct str lua = {0}, report = {0};
    moving_write(m, &lua);
    moving_report(m, "", &report);
    if (cli_has(cli, "json")) {
        print_json(m, lua.p);
        return;
    }
    fputs(lua.p, stdout);
    fputs(report.p, stderr);
}

int cli_run_moving(struct cli *cli)
{
    struct moving m;
    struct error err;
    instant now;
    const struct moving_source *source = moving_source(cli->command->name + strlen("import "));
    if (first_day(cli, &now, &err))
        return cli_fail(cli, &err), CLI_USAGE;
    moving_init(&m, source, now);
    int rc = 0;
    for (int i = 0; i < cli->argc && !rc; i++)
        rc = add_file(&m, cli->argv[i], &err);
    rc = rc ? rc : moving_read(&m, &err);
    if (!rc)
        print(cli, &m);
    moving_finish(&m);
    return rc ? cli_fail(cli, &err) : CLI_OK;
}
