/* Who subscribes to status pages: imported from a file, listed, removed. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/input.h"
#include "cli/subcommands.h"
#include "customers/csv.h"

#define AT_ONCE 500 /* rows of one request */

/* ---- columns ---- */

enum column { COLUMN_KIND, COLUMN_EMAIL, COLUMN_URL, COLUMN_COMPONENTS, COLUMN_STATE, COLUMN_COUNT };

/* As exports call them; a file without such a line has the kind first, and then the address. */
static const char *const names[COLUMN_COUNT][6] = {
    [COLUMN_KIND] = {"type", "mode", "method", "subscriber type", "kind"},
    [COLUMN_EMAIL] = {"email", "email address", "e-mail", "recipient", "address"},
    [COLUMN_URL] = {"endpoint", "url", "webhook", "webhook url", "endpoint url"},
    [COLUMN_COMPONENTS] = {"components", "component", "component names"},
    [COLUMN_STATE] = {"state", "status"},
};

struct columns {
    int at[COLUMN_COUNT]; /* -1: the file has none */
    bool named;           /* the first row names them */
};

static bool is_called(const char *cell, enum column column)
{
    CLEANUP_FREE char *name = xstrdup(cell);
    for (char *at = name; (at = strchr(at, '_'));)
        *at = ' ';
    for (size_t i = 0; i < ARRAY_SIZE(names[column]) && names[column][i]; i++) {
        if (strcasecmp(name, names[column][i]) == 0)
            return true;
    }
    return false;
}

/* "email" also begins a row: a head has another column, too, or an address nowhere. */
static void read_head(const struct csv_row *row, struct columns *ret)
{
    bool address = false;
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        ret->at[c] = -1;
    for (size_t i = 0; i < row->cells.n; i++) {
        address = address || strpbrk(row->cells.v[i], "@/+");
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
            if (ret->at[c] < 0 && is_called(row->cells.v[i], (enum column)c))
                ret->at[c] = (int)i;
        }
    }
    ret->named = !address && (ret->at[COLUMN_EMAIL] >= 0 || ret->at[COLUMN_URL] >= 0);
    if (!ret->named)
        *ret = (struct columns){.at = {0, 1, 1, -1, -1}};
}

/* ---- rows ---- */

static const char *cell(const struct csv_row *row, const struct columns *columns, enum column column)
{
    int at = columns->at[column];
    return at >= 0 && (size_t)at < row->cells.n ? row->cells.v[at] : "";
}

static void add_components(const char *text, cJSON *to)
{
    cJSON *list = cJSON_AddArrayToObject(to, "components");
    CLEANUP_FREE char *copy = xstrdup(text);
    for (char *rest = copy, *name; (name = strsep(&rest, ";|,"));) {
        name = text_trim(name);
        if (*name)
            cJSON_AddItemToArray(list, cJSON_CreateString(name));
    }
}

static cJSON *json_of(const struct csv_row *row, const struct columns *columns)
{
    cJSON *json = cJSON_CreateObject();
    const char *email = cell(row, columns, COLUMN_EMAIL), *url = cell(row, columns, COLUMN_URL);
    const char *kind = cell(row, columns, COLUMN_KIND);
    bool hook = strcasecmp(kind, "webhook") == 0 || (!*kind && *url && !*email);
    cJSON_AddNumberToObject(json, "line", (double)row->line);
    cJSON_AddStringToObject(json, "kind", *kind ? kind : hook ? "webhook" : "email");
    cJSON_AddStringToObject(json, "address", hook && *url ? url : email);
    add_components(cell(row, columns, COLUMN_COMPONENTS), json);
    return json;
}

/* Whoever had not confirmed, or could not be reached there, is no subscriber; NULL: they are one. */
static const char *why_not(const struct csv_row *row, const struct columns *columns)
{
    const char *state = cell(row, columns, COLUMN_STATE);
    return strcasecmp(state, "unconfirmed") == 0 || strcasecmp(state, "quarantined") == 0 ? state : NULL;
}

/* ---- import ---- */

struct importing {
    struct cli *cli;
    long long added, refused;
};

static void print_refused(struct importing *importing, const cJSON *answer)
{
    const cJSON *row;
    importing->added += json_int_or(answer, "added", 0);
    cJSON_ArrayForEach(row, json_member(answer, "refused"))
    {
        importing->refused++;
        printf("line %lld: %s\n", (long long)json_int_or(row, "line", 0), json_text_or(row, "why", ""));
    }
}

static int send_rows(struct importing *importing, cJSON *list, struct error *err)
{
    CLEANUP_JSON cJSON *body = cJSON_CreateObject(), *answer = NULL;
    const char *page = cli_value(importing->cli, "page");
    if (page)
        cJSON_AddStringToObject(body, "page", page);
    cJSON_AddItemToObject(body, "subscribers", list);
    int rc = api_call(importing->cli, "POST", "/subscribers", body, &answer, err);
    if (!rc)
        print_refused(importing, answer);
    return rc;
}

static int send_all(struct importing *importing, const csv_rows *rows, struct error *err)
{
    struct columns columns;
    int rc = 0;
    read_head(&rows->v[0], &columns);
    for (size_t i = columns.named; !rc && i < rows->n;) {
        cJSON *list = cJSON_CreateArray();
        for (size_t n = 0; n < AT_ONCE && i < rows->n; n++, i++) {
            const char *why = why_not(&rows->v[i], &columns);
            if (why)
                printf("line %zu: left out, as its state is %s\n", rows->v[i].line, why);
            else
                cJSON_AddItemToArray(list, json_of(&rows->v[i], &columns));
        }
        rc = send_rows(importing, list, err);
    }
    return rc;
}

int cli_run_subscribers_import(struct cli *cli)
{
    CLEANUP_STR struct str text = {0};
    struct importing importing = {.cli = cli};
    csv_rows rows = {0};
    struct error err;
    int rc = input_read(cli->argv[0], &text, &err);
    rc = rc ? rc : csv_parse(str_text(&text), text.len, &rows, &err);
    if (!rc && !rows.n)
        rc = error_set(&err, ERR_INVALID, "%s has no rows", cli->argv[0]);
    rc = rc ? rc : send_all(&importing, &rows, &err);
    csv_finish(&rows);
    if (rc)
        return cli_fail(cli, &err);
    printf("%lld taken, %lld refused\n", importing.added, importing.refused);
    return importing.refused ? CLI_FAILED : CLI_OK;
}

/* ---- list, remove ---- */

static void print_subscriber(const cJSON *row)
{
    const char *state = json_bool_or(row, "suppressed", false) ? "unreachable"
                        : !json_bool_or(row, "may_read", true) ? "no reader"
                        : json_int_or(row, "failures", 0)      ? "failing"
                                                               : "active";
    printf("%s\t%s\t%s\t%s\t%s\n", json_text_or(row, "page", ""), json_text_or(row, "kind", ""),
           json_text_or(row, "address", ""), json_text_or(row, "since", ""), state);
}

int cli_run_subscribers_list(struct cli *cli)
{
    CLEANUP_FREE char *path = xstrdup("/subscribers");
    while (path) {
        CLEANUP_JSON cJSON *answer = NULL;
        struct error err;
        const cJSON *row;
        if (api_call(cli, "GET", path, NULL, &answer, &err))
            return cli_fail(cli, &err);
        cJSON_ArrayForEach(row, json_member(answer, "subscribers"))
        {
            if (!cli_has(cli, "page") || text_equal(json_text_or(row, "page", NULL), cli_value(cli, "page")))
                print_subscriber(row);
        }
        const char *next = json_text_or(answer, "next", NULL);
        CLEANUP_FREE char *after = next ? url_part(next) : NULL;
        free(path);
        path = after ? xasprintf("/subscribers?cursor=%s", after) : NULL;
    }
    return CLI_OK;
}

int cli_run_subscribers_remove(struct cli *cli)
{
    CLEANUP_FREE char *address = url_part(cli->argv[0]), *path = xasprintf("/subscribers?address=%s", address);
    CLEANUP_JSON cJSON *answer = NULL;
    struct error err;
    if (api_call(cli, "DELETE", path, NULL, &answer, &err))
        return cli_fail(cli, &err);
    long long n = json_int_or(answer, "removed", 0);
    printf(n ? "removed from %lld status pages\n" : "that address subscribes to nothing\n", n);
    return CLI_OK;
}
