/* Who is who, and taking apart what is one person by mistake. */
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/subcommands.h"

static int print_person(const cJSON *answer)
{
    const cJSON *row;
    printf("%s (%s)\n", json_text_or(answer, "name", "?"), json_text_or(answer, "id", ""));
    if (json_text_or(answer, "email", NULL))
        printf("e-mail: %s\n", json_text_or(answer, "email", ""));
    cJSON_ArrayForEach(row, json_member(answer, "ids"))
    {
        if (!text_equal(row->valuestring, json_text_or(answer, "id", "")))
            printf("was: %s\n", row->valuestring);
    }
    cJSON_ArrayForEach(row, json_member(answer, "users"))
    {
        printf("%s: %s\n", json_text_or(row, "connector", ""), json_text_or(row, "user", ""));
    }
    return CLI_OK;
}

static int ask(struct cli *cli, const char *method, const char *suffix, const cJSON *body, cJSON **ret)
{
    struct error err;
    CLEANUP_FREE char *name = url_part(cli->argv[0]);
    CLEANUP_FREE char *path = xasprintf("/people/%s%s", name, suffix);
    return api_call(cli, method, path, body, ret, &err) ? cli_fail(cli, &err) : CLI_OK;
}

int cli_run_people_show(struct cli *cli)
{
    CLEANUP_JSON cJSON *answer = NULL;
    int rc = ask(cli, "GET", "", NULL, &answer);
    if (rc)
        return rc;
    return cli_has(cli, "json") ? cli_print_json(answer) : print_person(answer);
}

int cli_run_people_unlink(struct cli *cli)
{
    CLEANUP_JSON cJSON *answer = NULL, *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "connector", cli->argv[1]);
    int rc = ask(cli, "POST", "/unlink", body, &answer);
    if (rc)
        return rc;
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    cli_print(json_text_or(answer, "text", ""));
    return CLI_OK;
}
