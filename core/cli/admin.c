/* What an operator asks of a running tocsind: connectors, tokens, policy. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "web/token.h"
#include "cli/api_client.h"
#include "cli/subcommands.h"
#include "cli/locate.h"
#include "cli/offline.h"

/* Sends one request. With --json it prints the answer itself, otherwise `print` does. */
static int ask(struct cli *cli, const char *method, const char *path, const cJSON *body,
               int (*print)(const cJSON *answer))
{
    struct error err;
    CLEANUP_JSON cJSON *answer = NULL;
    if (api_call(cli, method, path, body, &answer, &err))
        return cli_fail(cli, &err);
    int status = json_bool_or(answer, "ok", true) ? CLI_OK : CLI_FAILED;
    if (!cli_has(cli, "json"))
        return print(answer);
    CLEANUP_STR struct str out = {0};
    json_tree(&(struct json_out){&out, false}, answer);
    puts(out.p);
    return status;
}

static int print_done(const cJSON *answer)
{
    (void)answer;
    puts("done");
    return CLI_OK;
}

/* ---- connectors ---- */

static int print_connectors(const cJSON *answer)
{
    const cJSON *row;
    printf("%-12s %-11s %-9s %-8s %s\n", "NAME", "STATE", "RESTARTS", "VERSION", "");
    cJSON_ArrayForEach(row, json_member(answer, "connectors"))
    {
        const char *state = json_text_or(row, "state", "");
        bool silent = text_equal(state, "unreachable");
        printf("%-12s %-11s %-9lld %-8s %s%s%s%s\n", json_text_or(row, "name", ""), state,
               (long long)json_int_or(row, "restarts", 0), json_text_or(row, "version", "-"),
               silent ? "unreachable since " : "", silent ? json_text_or(row, "since", "") : "",
               silent ? ": " : "", json_text_or(row, "reason", json_text_or(row, "summary", "")));
    }
    return CLI_OK;
}

int cli_run_connector_list(struct cli *cli)
{
    return ask(cli, "GET", "/connectors", NULL, print_connectors);
}

static int print_check(const cJSON *answer)
{
    bool ok = json_bool_or(answer, "ok", false);
    fprintf(ok ? stdout : stderr, "%s%s\n", ok ? "" : "tocsin: ", json_text_or(answer, "text", ""));
    return ok ? CLI_OK : CLI_FAILED;
}

static int ask_connector(struct cli *cli, const char *verb, int (*print)(const cJSON *answer))
{
    CLEANUP_FREE char *name = url_part(cli->argv[0]);
    CLEANUP_FREE char *path = xasprintf("/connectors/%s/%s", name, verb);
    return ask(cli, "POST", path, NULL, print);
}

int cli_run_connector_check(struct cli *cli)
{
    return ask_connector(cli, "check", print_check);
}

int cli_run_connector_restart(struct cli *cli)
{
    return ask_connector(cli, "restart", print_done);
}

/* ---- tokens ---- */

static int print_token(const cJSON *answer)
{
    puts(json_text_or(answer, "token", ""));
    return CLI_OK;
}

/* Writes to the journal directly while no tocsind has it open: the way out when all tokens are lost. */
static int create_offline(const struct cli *cli, struct error *err)
{
    struct configuration c = {0};
    CLEANUP_FREE char *text = NULL, *data = NULL;
    struct offline_token token = {
        .name = cli->argv[0], .person = cli_value(cli, "person"), .agent = cli_has(cli, "agent")};
    int rc = scopes_parse(cli_has(cli, "scopes") ? cli_value(cli, "scopes") : "read,write", &token.scopes, err);
    rc = rc ? rc : token_check_agent(&(struct token){.scopes = token.scopes, .agent = token.agent}, err);
    rc = rc ? rc : token_expires(cli_value(cli, "expires"), 0, &token.valid, err);
    rc = rc ? rc : load_located(cli, &c, err);
    if (!rc) {
        data = configuration_path(&c, json_text_or(c.core, "data", "data"));
        CLEANUP_FREE char *path = xasprintf("%s/journal.db", data);
        rc = offline_token(path, &token, &text, err);
    }
    if (!rc) {
        puts(text);
        explicit_bzero(text, strlen(text));
    }
    configuration_finish(&c);
    return rc;
}

int cli_run_token_create(struct cli *cli)
{
    struct error err;
    if (cli_has(cli, "offline"))
        return create_offline(cli, &err) ? cli_fail(cli, &err) : CLI_OK;
    CLEANUP_JSON cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "name", cli->argv[0]);
    if (cli_has(cli, "scopes"))
        cJSON_AddStringToObject(body, "scopes", cli_value(cli, "scopes"));
    if (cli_has(cli, "person"))
        cJSON_AddStringToObject(body, "person", cli_value(cli, "person"));
    if (cli_has(cli, "agent"))
        cJSON_AddBoolToObject(body, "agent", true);
    if (cli_has(cli, "expires"))
        cJSON_AddStringToObject(body, "expires", cli_value(cli, "expires"));
    return ask(cli, "POST", "/tokens", body, print_token);
}

static int print_tokens(const cJSON *answer)
{
    const cJSON *row;
    static const char format[] = "%-14s %-16s %-17s %-12s %-24s %-24s %s\n";
    printf(format, "ID", "NAME", "SCOPES", "PERSON", "CREATED", "LAST USED", "EXPIRES");
    cJSON_ArrayForEach(row, json_member(answer, "tokens"))
    {
        CLEANUP_FREE char *scopes = xasprintf("%s%s", json_text_or(row, "scopes", ""),
                                              json_bool_or(row, "agent", false) ? ",agent" : "");
        printf(format, json_text_or(row, "id", ""), json_text_or(row, "name", ""), scopes,
               json_text_or(row, "person", "-"), json_text_or(row, "made_at", ""),
               json_text_or(row, "used_at", "never"), json_text_or(row, "expires_at", "never"));
    }
    return CLI_OK;
}

int cli_run_token_list(struct cli *cli)
{
    return ask(cli, "GET", "/tokens", NULL, print_tokens);
}

int cli_run_token_revoke(struct cli *cli)
{
    CLEANUP_FREE char *name = url_part(cli->argv[0]);
    CLEANUP_FREE char *path = xasprintf("/tokens/%s", name);
    return ask(cli, "DELETE", path, NULL, print_done);
}

/* ---- policy ---- */

static int print_rules(const cJSON *answer)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(answer, "rules"))
    {
        printf("%-24s %-9s %-28s %s\n", json_text_or(row, "name", ""), json_text_or(row, "verdict", ""),
               json_text_or(row, "rule", ""), json_text_or(row, "summary", ""));
    }
    return CLI_OK;
}

int cli_run_policy_show(struct cli *cli)
{
    return ask(cli, "GET", "/rules", NULL, print_rules);
}

static int print_text(const cJSON *answer)
{
    puts(json_text_or(answer, "text", ""));
    return CLI_OK;
}

/* Runs `tocsin check` first, which reports errors, the connectors' settings included, before anything changes. */
int cli_run_reload(struct cli *cli)
{
    int rc = cli_run_check(cli);
    return rc ? rc : ask(cli, "POST", "/reload", NULL, print_text);
}

int cli_run_policy_reload(struct cli *cli)
{
    return ask(cli, "POST", "/policy/reload", NULL, print_done);
}
