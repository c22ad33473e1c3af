/* Commands that need no daemon: they check the configuration, the connectors' settings and the policy. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/policy.h"
#include "policy/roster.h"
#include "policy/sources.h"
#include "host/descriptor.h"
#include "host/programs.h"
#include "host/show.h"
#include "host/trial.h"
#include "host/vet.h"
#include "command/table.h"
#include "cli/subcommands.h"
#include "cli/locate.h"

/* ---- `tocsin connector show`: the connector's code never runs in this process ---- */

static void print_connector(const cJSON *descriptor)
{
    size_t n;
    CLEANUP_FREE struct setting *table = descriptor_settings(descriptor, &n);
    CLEANUP_STR struct str settings = {0}, can = {0};
    descriptor_abilities(descriptor, &can);
    printf("%s %s: %s\nABI %lld, %lld call%s at once; can: %s", json_text_or(descriptor, "name", "?"),
           json_text_or(descriptor, "version", ""), json_text_or(descriptor, "summary", ""),
           (long long)json_int_or(descriptor, "abi", 0), (long long)json_int_or(descriptor, "parallel", 1),
           json_int_or(descriptor, "parallel", 1) == 1 ? "" : "s", str_text(&can));
    config_sample(table, n, "      ", &settings);
    printf("\n\n  connectors = {\n    %s = {\n%s    },\n  }\n", json_text_or(descriptor, "name", "name"),
           str_text(&settings));
}

int cli_run_connector_show(struct cli *cli)
{
    struct error err;
    CLEANUP_FREE char *runner = program_beside("tocsin-runner", "libexec/tocsin-runner");
    CLEANUP_STR struct str json = {0};
    CLEANUP_JSON cJSON *descriptor = NULL;
    if (show_connector(runner, cli->argv[0], &descriptor, &err))
        return cli_fail(cli, &err);
    json_tree(&(struct json_out){&json, false}, descriptor);
    if (cli_has(cli, "json"))
        puts(json.p);
    else
        print_connector(descriptor);
    return CLI_OK;
}

/* ---- `tocsin check` ---- */

struct report {
    const struct cli *cli;
    struct json_out j; /* with --json: an array of faults */
    int faults;
};

/* fault NULL: OK. */
static void report_line(void *ctx, const char *what, const char *fault)
{
    struct report *report = ctx;
    report->faults += fault != NULL;
    if (!cli_has(report->cli, "json")) {
        printf("%-5s %s%s%s\n", fault ? "FAIL" : "ok", what, fault ? ": " : "", fault ? fault : "");
        return;
    }
    json_begin_object(&report->j);
    json_put_text(&report->j, "what", what);
    json_put_bool(&report->j, "ok", !fault);
    json_put_text_if(&report->j, "fault", fault);
    json_end_object(&report->j);
}

/* Works, but not as people expect. */
static void report_warning(void *ctx, const char *what, const char *warning)
{
    struct report *report = ctx;
    if (!cli_has(report->cli, "json")) {
        printf("%-5s %s: %s\n", "warn", what, warning);
        return;
    }
    json_begin_object(&report->j);
    json_put_text(&report->j, "what", what);
    json_put_bool(&report->j, "ok", true);
    json_put_text(&report->j, "warning", warning);
    json_end_object(&report->j);
}

static void report_result(struct report *report, const char *what, int rc, const struct error *err)
{
    report_line(report, what, rc ? err->text : NULL);
}

static int check_sources(const struct configuration *c, struct error *err)
{
    struct sources *sources;
    int rc = sources_create(json_member(c->core, "sources"), &sources, err);
    if (!rc)
        sources_destroy(sources);
    else
        error_prefix(err, "%s", c->path);
    return rc;
}

static const struct policy_host no_host = {.is_command = command_exists};

static void warn_of_page(void *ctx, const char *fault)
{
    report_warning(ctx, "pages", fault);
}

struct people_report {
    struct report *report;
    const struct configuration *c;
};

static void warn_of_connector(void *ctx, const char *where, const char *person, const char *connector)
{
    struct people_report *people = ctx;
    if (json_member(people->c->connectors, connector))
        return;
    CLEANUP_FREE char *warning =
        xasprintf("%s: %s has an address on '%s', which is not among the connectors of %s", where, person,
                  connector, people->c->path);
    report_warning(people->report, "pages", warning);
}

/* With a configured directory that does not exist, the team's policy would be missing, and nobody would notice. */
static void check_policy(struct report *report, const struct configuration *c, struct policy *policy)
{
    struct error err;
    const char *named = json_text_or(c->core, "policy", "policy");
    CLEANUP_FREE char *directory = configuration_path(c, named);
    if (access(directory, F_OK) == 0)
        report_result(report, "policy and its tests", policy_load(policy, directory, &err), &err);
    else if (text_equal(named, "policy"))
        report_result(report, "policy: the built-in one, as there is no directory `policy`",
                      policy_load(policy, NULL, &err), &err);
    else
        report_result(report, "policy",
                      error_set(&err, ERR_NOT_FOUND, "%s does not exist; create it, or remove `policy` from %s",
                                directory, c->path),
                      &err);
    policy_pages_nobody(policy, warn_of_page, report);
    policy_roster_connectors(policy, warn_of_connector, &(struct people_report){report, c});
}

static bool is_role(const struct policy *policy, const char *word)
{
    const char *const *roles = policy_rulebook(policy)->roles;
    while (*roles && !text_equal_nocase(*roles, word))
        roles++;
    return *roles != NULL;
}

static int check_reactions(const struct configuration *c, const struct policy *policy, struct error *err)
{
    const cJSON *row;
    const char *help;
    cJSON_ArrayForEach(row, json_member(c->core, "reactions"))
    {
        const char *line = cJSON_IsString(row) ? row->valuestring : "";
        CLEANUP_FREE char *word = xstrndup(line, strcspn(line, " "));
        if (!text_empty(word) && !command_exists(NULL, word) && !policy_has_command(policy, word, &help) &&
            !is_role(policy, word))
            return error_set(err, ERR_INVALID, "%s: reactions.%s: unknown command '%.40s'", c->path,
                             row->string, word);
    }
    return 0;
}

/* Asks the platform, where the connector can tell without disturbing a tocsind that runs. */
static void try_connector(struct report *report, const struct configuration *c, const cJSON *row,
                          const char *what)
{
    struct trial trial;
    trial_connector(c, row, &trial);
    if (trial.unknown)
        report_warning(report, what, trial.unknown);
    else
        report_line(report, what, trial.fault);
    trial_finish(&trial);
}

/* tocsind creates the directory, but not its parent. */
static int check_data(const struct configuration *c, struct error *err)
{
    CLEANUP_FREE char *data = configuration_path(c, json_text_or(c->core, "data", "data")),
                      *copy = xstrdup(data);
    const char *parent = dirname(copy);
    struct stat status;
    if (stat(data, &status) == 0)
        return S_ISDIR(status.st_mode) ? 0 : error_set(err, ERR_INVALID, "%s is not a directory", data);
    if (stat(parent, &status) == 0 && S_ISDIR(status.st_mode) && access(parent, W_OK) == 0)
        return 0;
    return error_set(err, ERR_IO, "%s does not exist, and cannot be created in %s", data, parent);
}

static void check_parts(struct report *report, const struct configuration *c)
{
    struct error err;
    const cJSON *connector;
    report_result(report, "data", check_data(c, &err), &err);
    report_result(report, "sources", check_sources(c, &err), &err);
    cJSON_ArrayForEach(connector, c->connectors)
    {
        CLEANUP_FREE char *what = xasprintf("connector %s", connector->string);
        if (vet_connector(c, connector, &err))
            report_line(report, what, err.text);
        else
            try_connector(report, c, connector, what);
    }
    struct policy *policy = policy_create(&no_host);
    check_policy(report, c, policy);
    report_result(report, "reactions", check_reactions(c, policy, &err), &err);
    policy_destroy(policy);
}

static int end_report(struct report *report, const struct str *out)
{
    json_end_array(&report->j);
    if (cli_has(report->cli, "json"))
        puts(out->p);
    return report->faults ? CLI_FAILED : CLI_OK;
}

int cli_run_check(struct cli *cli)
{
    CLEANUP_STR struct str out = {0};
    struct report report = {.cli = cli, .j = {&out, false}};
    struct configuration c = {0};
    struct error err;
    CLEANUP_FREE char *path = NULL;
    if (locate_configuration(cli, &path, &err))
        return cli_fail(cli, &err);
    json_begin_array(&report.j);
    int rc = configuration_load(path, &c, &err);
    report_result(&report, path, rc, &err);
    if (!rc)
        check_parts(&report, &c);
    configuration_finish(&c);
    return end_report(&report, &out);
}

/* ---- policy ---- */

/* The directory on the command line, or else that of the configuration. */
static int policy_directory(const struct cli *cli, char **ret, struct error *err)
{
    struct configuration c = {0};
    int rc = 0;
    if (cli->argc) {
        *ret = xstrdup(cli->argv[0]);
    } else {
        rc = load_located(cli, &c, err);
        if (!rc)
            *ret = configuration_path(&c, json_text_or(c.core, "policy", "policy"));
        configuration_finish(&c);
    }
    return rc;
}

int cli_run_policy_check(struct cli *cli)
{
    struct error err;
    CLEANUP_FREE char *directory = NULL;
    CLEANUP_STR struct str out = {0};
    struct report report = {.cli = cli, .j = {&out, false}};
    struct policy *policy = policy_create(&no_host);
    int rc = policy_directory(cli, &directory, &err);
    rc = rc ? rc : policy_load(policy, directory, &err);
    json_begin_array(&report.j);
    if (cli_has(cli, "json"))
        report_result(&report, directory ? directory : "policy", rc, &err);
    else if (!rc)
        printf("%s: the policy loads and its tests pass\n", directory);
    if (!rc)
        policy_pages_nobody(policy, warn_of_page, &report);
    policy_destroy(policy);
    return rc && !cli_has(cli, "json") ? cli_fail(cli, &err) : end_report(&report, &out);
}

static void report_print(void *ctx, const char *text)
{
    const struct report *report = ctx;
    if (!cli_has(report->cli, "json"))
        printf("      %s\n", text);
}

int cli_run_policy_test(struct cli *cli)
{
    struct error err;
    CLEANUP_FREE char *directory = NULL;
    CLEANUP_STR struct str out = {0};
    struct report report = {.cli = cli, .j = {&out, false}};
    json_begin_array(&report.j);
    int rc = policy_directory(cli, &directory, &err);
    rc = rc ? rc : policy_test(directory, &(struct policy_report){&report, report_line, report_print}, &err);
    if (rc < 0 && !cli_has(cli, "json"))
        return cli_fail(cli, &err);
    if (rc < 0)
        report_result(&report, directory ? directory : "policy", rc, &err);
    return end_report(&report, &out);
}
