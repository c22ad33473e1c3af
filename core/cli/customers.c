/* The directory of customers: imported from a file, and printed as one. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/input.h"
#include "cli/subcommands.h"

/* JSON begins with a bracket: a list, or the object that `customers export` prints. */
static int json_body(const char *text, size_t n, const char *path, cJSON *body, struct error *err)
{
    cJSON *json = NULL;
    int rc = json_parse(text, n, INPUT_BYTES, JSON_DEPTH, path, &json, err);
    if (rc)
        return rc;
    bool whole = cJSON_IsObject(json) && json_member(json, "customers");
    cJSON *list = whole ? cJSON_DetachItemFromObjectCaseSensitive(json, "customers") : json;
    if (whole)
        cJSON_Delete(json);
    cJSON_AddItemToObject(body, "customers", list);
    return 0;
}

static int body_of(const struct str *file, const char *path, cJSON **ret, struct error *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, as some programs write it */
    const char *text = str_text(file), *end = text + file->len;
    text += text_starts(text, mark) ? sizeof(mark) - 1 : 0;
    const char *first = text + strspn(text, " \t\r\n");
    *ret = cJSON_CreateObject();
    if (!utf8_valid(text, (size_t)(end - text)) || memchr(text, '\0', (size_t)(end - text)))
        return error_set(err, ERR_INVALID, "%s is not UTF-8 text; save it as CSV UTF-8", path);
    if (*first == '[' || *first == '{')
        return json_body(first, (size_t)(end - first), path, *ret, err);
    cJSON_AddStringToObject(*ret, "csv", text);
    return 0;
}

/* `place`: what the number of a row counts. */
static int print_result(const cJSON *answer, bool dry, const char *place)
{
    const cJSON *row, *connector;
    cJSON_ArrayForEach(row, json_member(answer, "rows"))
    {
        const char *detail = json_text_or(row, "detail", NULL);
        printf("%s %lld: %s %s%s%s\n", place, (long long)json_int_or(row, "line", 0),
               json_text_or(row, "what", ""), json_text_or(row, "key", ""), detail ? ": " : "",
               detail ? detail : "");
    }
    cJSON_ArrayForEach(connector, json_member(answer, "unknown_connectors"))
    {
        printf("no connector is called %s here: routes to it are passed over\n",
               cJSON_GetStringValue(connector));
    }
    long long refused = json_int_or(answer, "refused", 0);
    printf("%s%lld new, %lld changed, %lld the same, %lld refused\n", dry ? "dry run, nothing is stored: " : "",
           (long long)json_int_or(answer, "new", 0), (long long)json_int_or(answer, "changed", 0),
           (long long)json_int_or(answer, "same", 0), refused);
    return refused ? CLI_FAILED : CLI_OK;
}

int cli_run_customers_import(struct cli *cli)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_JSON cJSON *body = NULL, *answer = NULL;
    struct error err;
    int rc = input_read(cli->argv[0], &text, &err);
    if (!rc)
        rc = body_of(&text, cli->argv[0], &body, &err);
    if (rc)
        return cli_fail(cli, &err);
    cJSON_AddBoolToObject(body, "dry_run", cli_has(cli, "dry-run"));
    if (api_call(cli, "POST", "/customers/import", body, &answer, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    return print_result(answer, cli_has(cli, "dry-run"), json_member(body, "csv") ? "line" : "customer");
}

int cli_run_customers_export(struct cli *cli)
{
    CLEANUP_JSON cJSON *all = cJSON_CreateObject();
    cJSON *customers = cJSON_AddArrayToObject(all, "customers"), *row;
    CLEANUP_FREE char *path = xstrdup("/customers");
    while (path) {
        CLEANUP_JSON cJSON *answer = NULL;
        struct error err;
        if (api_call(cli, "GET", path, NULL, &answer, &err))
            return cli_fail(cli, &err);
        while ((row = cJSON_DetachItemFromArray(cJSON_GetObjectItemCaseSensitive(answer, "customers"), 0)))
            cJSON_AddItemToArray(customers, row);
        const char *next = json_text_or(answer, "next", NULL);
        free(path);
        path = next ? xasprintf("/customers?cursor=%s", next) : NULL;
    }
    return cli_print_json(all);
}
