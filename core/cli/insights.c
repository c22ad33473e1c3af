/* Insights as CSV, from the daemon: a line for each month, kind and name. */
#include <stdio.h>

#include "base/csv_cell.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/subcommands.h"

static void print_number(const cJSON *object, const char *name)
{
    const cJSON *number = json_member(object, name);
    putchar(',');
    if (number)
        printf("%.0f", number->valuedouble);
}

static const char *const counts[] = {"incidents", "declined",       "merged",      "drills",
                                     "repeats",   "active_seconds", "work_seconds"};
static const char *const calls[] = {"calls", "calls_declined"};
static const char *const parts[] = {"all", "nights", "weekends"};
static const char *const times[] = {"accept", "contact", "silence", "fix", "resolve", "draft"};
static const char *const values[] = {"count", "p50_seconds", "p90_seconds"};

static void print_head(void)
{
    fputs("month,by,key", stdout);
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        printf(",%s", counts[i]);
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
            printf(",%s_%s", calls[i], parts[k]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(values); k++)
            printf(",%s_%s", times[i], values[k]);
    }
    putchar('\n');
}

static void print_sum(const char *month, const char *by, const cJSON *sum)
{
    CLEANUP_STR struct str key = {0};
    printf("%s,%s,", month, by);
    csv_cell_add(&key, json_text_or(sum, "key", ""));
    fputs(str_text(&key), stdout);
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        print_number(sum, counts[i]);
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
            print_number(json_member(sum, calls[i]), parts[k]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(values); k++)
            print_number(json_member(json_member(sum, "times"), times[i]), values[k]);
    }
    putchar('\n');
}

static void print_month(const cJSON *answer)
{
    const char *month = json_text_or(answer, "month", "");
    const cJSON *kind, *sum;
    print_sum(month, "all", json_member(answer, "all"));
    cJSON_ArrayForEach(kind, json_member(answer, "by"))
    {
        cJSON_ArrayForEach(sum, kind) print_sum(month, kind->string, sum);
    }
}

int cli_run_insights_export(struct cli *cli)
{
    CLEANUP_JSON cJSON *answer = NULL;
    struct error err;
    const char *month = cli_value(cli, "month"), *team = cli_value(cli, "team");
    CLEANUP_FREE char *in = month ? url_part(month) : NULL, *of = team ? url_part(team) : NULL;
    CLEANUP_FREE char *path = xasprintf("/insights?months=1%s%s%s%s", in ? "&month=" : "", in ? in : "",
                                        of ? "&team=" : "", of ? of : "");
    if (api_call(cli, "GET", path, NULL, &answer, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    print_head();
    print_month(answer);
    return CLI_OK;
}
