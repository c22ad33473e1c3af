/* `tocsin import pagerduty FILE…`: what a team had in another tool, as policy to review. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
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

/* ---- a directory: all that the tool may have written there, in the order of their names ---- */

typedef ARRAY(char *) path_list;
#define DEPTH_MOST 8

static bool is_wanted(const struct moving *m, const char *name)
{
    static const char *const endings[] = {".json", ".yml", ".yaml", ".md", ".toml"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot > name && i < (m->source->pages ? ARRAY_SIZE(endings) : 1); i++) {
        if (text_equal(dot, endings[i]))
            return true;
    }
    return false;
}

/* A theme has pages of its own, as examples. */
static bool is_passed_over(const char *name)
{
    return *name == '.' || text_equal(name, "themes") || text_equal(name, "node_modules");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_files(const struct moving *m, const char *directory, int depth, path_list *ret,
                      struct error *err)
{
    struct dirent *entry;
    DIR *listing = opendir(directory);
    int rc = 0;
    if (!listing)
        return error_set(err, ERR_IO, "cannot read %s: %s", directory, strerror(errno));
    while (!rc && (entry = readdir(listing))) {
        CLEANUP_FREE char *path = xasprintf("%s/%s", directory, entry->d_name);
        struct stat info;
        if (is_passed_over(entry->d_name) || stat(path, &info))
            continue;
        if (S_ISDIR(info.st_mode) && depth < DEPTH_MOST)
            rc = list_files(m, path, depth + 1, ret, err);
        else if (S_ISREG(info.st_mode) && is_wanted(m, entry->d_name))
            *array_add(ret) = steal(path);
    }
    closedir(listing);
    return rc;
}

static int add_directory(struct moving *m, const char *directory, struct error *err)
{
    path_list paths = {0};
    int rc = list_files(m, directory, 0, &paths, err);
    if (paths.n)
        qsort(paths.v, paths.n, sizeof(*paths.v), compare);
    if (!rc && !paths.n)
        rc = error_set(err, ERR_NOT_FOUND, "%s has no files that %s writes", directory, m->source->title);
    for (size_t i = 0; i < paths.n; i++) {
        rc = rc ? rc : add_file(m, paths.v[i], err);
        free(paths.v[i]);
    }
    array_free(&paths);
    return rc;
}

static int add_path(struct moving *m, const char *path, struct error *err)
{
    struct stat info;
    bool directory = !text_equal(path, "-") && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    return directory ? add_directory(m, path, err) : add_file(m, path, err);
}

/* ---- posts ---- */

#define POSTS_AT_ONCE 50

/* Sends some of them to tocsind, and says what became of them. */
static int send_some(struct cli *cli, cJSON *posts, int64_t counts[3], struct error *err)
{
    static const char *const names[] = {"new", "same", "refused"};
    CLEANUP_JSON cJSON *body = cJSON_CreateObject(), *answer = NULL;
    const cJSON *row;
    cJSON_AddItemToObject(body, "posts", posts);
    int rc = api_call(cli, "POST", "/statuspage/posts", body, &answer, err);
    cJSON_ArrayForEach(row, json_member(answer, "rows"))
    {
        if (text_equal(json_text_or(row, "what", ""), "refused"))
            fprintf(stderr, "%s: %s\n", json_text_or(row, "origin", ""), json_text_or(row, "detail", ""));
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        counts[i] += json_int_or(answer, names[i], 0);
    return rc;
}

static int send_posts(struct cli *cli, struct moving *m, struct error *err)
{
    int64_t counts[3] = {0};
    int rc = 0;
    CLEANUP_STR struct str report = {0};
    while (!rc && cJSON_GetArraySize(m->posts)) {
        cJSON *some = cJSON_CreateArray();
        for (int i = 0; i < POSTS_AT_ONCE && cJSON_GetArraySize(m->posts); i++)
            cJSON_AddItemToArray(some, cJSON_DetachItemFromArray(m->posts, 0));
        rc = send_some(cli, some, counts, err);
    }
    if (rc)
        return cli_fail(cli, err);
    moving_report(m, "", &report);
    fputs(str_text(&report), stderr);
    printf("%lld posts are new, %lld were there, %lld refused\n", (long long)counts[0], (long long)counts[1],
           (long long)counts[2]);
    return counts[2] ? CLI_FAILED : CLI_OK;
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
        rc = add_path(&m, cli->argv[i], &err);
    rc = rc ? rc : moving_read(&m, &err);
    int code = rc ? cli_fail(cli, &err) : CLI_OK;
    if (!rc && cli_has(cli, "posts"))
        code = send_posts(cli, &m, &err);
    else if (!rc)
        print(cli, &m);
    moving_finish(&m);
    return code;
}
