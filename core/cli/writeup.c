/* `tocsin writeup`: the write-up of an incident as Markdown, in an editor and back, or printed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/input.h"
#include "cli/subcommands.h"
#include "writeups/html.h"

static char *path_of(const struct cli *cli)
{
    CLEANUP_FREE char *incident = url_part(cli->argv[0]);
    return xasprintf("/incidents/%s/writeup", incident);
}

/* The latest version; if there is none, one is drafted. */
static int fetch(struct cli *cli, cJSON **ret, struct error *err)
{
    CLEANUP_FREE char *path = path_of(cli), *line = xasprintf("%s writeup draft", cli->argv[0]);
    CLEANUP_JSON cJSON *answer = NULL;
    int rc = api_call(cli, "GET", path, NULL, ret, err);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = api_command(cli, line, &answer, err);
    if (!rc && json_member(answer, "error"))
        return error_set(err, ERR_REFUSED, "%s", json_text_or(answer, "text", "refused"));
    return rc ? rc : api_call(cli, "GET", path, NULL, ret, err);
}

static int put_back(struct cli *cli, int64_t version, const char *text, struct error *err)
{
    CLEANUP_FREE char *path = path_of(cli);
    CLEANUP_JSON cJSON *body = cJSON_CreateObject(), *answer = NULL;
    cJSON_AddNumberToObject(body, "version", (double)version);
    cJSON_AddStringToObject(body, "text", text);
    int rc = api_call(cli, "PUT", path, body, &answer, err);
    if (!rc)
        printf(json_bool_or(answer, "merged", false) ? "Version %" PRId64
                                                       " is kept; what others wrote meanwhile is in it.\n"
                                                     : "Version %" PRId64 " is kept.\n",
               json_int_or(answer, "version", 0));
    return rc;
}

/* ---- edited ---- */

/* The editor gets the file as its last argument, behind those that the variable has. */
static int edit(const char *editor, const char *file, struct error *err)
{
    int status = 0;
    CLEANUP_FREE char *command = xasprintf("%s \"$1\"", editor);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, "sh", file, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        return error_set(err, ERR_IO, "The editor '%s' failed, so nothing was kept. Your text is in %s.",
                         editor, file);
    return 0;
}

static int write_file(char *file, const char *text, struct error *err)
{
    int fd = mkstemps(file, strlen(".md"));
    size_t n = strlen(text);
    bool written = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0)
        close(fd);
    return written ? 0 : error_set(err, ERR_IO, "cannot write %s", file);
}

static int edit_and_keep(struct cli *cli, const cJSON *writeup, struct error *err)
{
    const char *tmp = getenv("TMPDIR"), *text = json_text_or(writeup, "text", "");
    int64_t version = json_int_or(writeup, "version", 0);
    CLEANUP_FREE char *file = xasprintf("%s/tocsin-writeup-XXXXXX.md", tmp ? tmp : "/tmp");
    CLEANUP_STR struct str edited = {0};
    const char *editor = getenv("VISUAL") ? getenv("VISUAL") : getenv("EDITOR");
    if (text_empty(editor))
        return error_set(
            err, ERR_INVALID,
            "Set EDITOR to your editor. Or `--print` the write-up into a file, change it, and give it back "
            "with `--from FILE --version N`.");
    int rc = write_file(file, text, err);
    rc = rc ? rc : edit(editor, file, err);
    rc = rc ? rc : input_read(file, &edited, err);
    if (rc)
        return rc;
    if (text_equal(str_text(&edited), text)) {
        unlink(file);
        puts("Nothing was changed.");
        return 0;
    }
    rc = put_back(cli, version, str_text(&edited), err);
    if (!rc)
        unlink(file);
    else
        fprintf(stderr, "tocsin: your text is in %s; `tocsin writeup %s --from %s --version N` gives it back\n",
                file, cli->argv[0], file);
    return rc;
}

/* ---- other ways ---- */

static int keep_file(struct cli *cli, struct error *err)
{
    CLEANUP_STR struct str text = {0};
    long version;
    int rc = cli_number(cli, "version", 1, INT32_MAX, 0, &version, err);
    if (!rc && !version)
        rc = error_set(err, ERR_INVALID, "Say which version the file began with: `--version 3`.");
    rc = rc ? rc : input_read(cli_value(cli, "from"), &text, err);
    return rc ? rc : put_back(cli, version, str_text(&text), err);
}

static void print_html(const cJSON *writeup)
{
    CLEANUP_STR struct str html = {0};
    CLEANUP_FREE char *title =
        xasprintf("%s %s", json_text_or(writeup, "incident", ""), json_text_or(writeup, "title", ""));
    writeup_html(title, json_text_or(writeup, "text", ""), &html);
    fputs(html.p, stdout);
}

int cli_run_writeup(struct cli *cli)
{
    CLEANUP_JSON cJSON *writeup = NULL;
    struct error err;
    if (cli_has(cli, "from"))
        return keep_file(cli, &err) ? cli_fail(cli, &err) : CLI_OK;
    if (fetch(cli, &writeup, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(writeup);
    if (cli_has(cli, "html"))
        print_html(writeup);
    else if (cli_has(cli, "print"))
        fputs(json_text_or(writeup, "text", ""), stdout);
    else if (edit_and_keep(cli, writeup, &err))
        return cli_fail(cli, &err);
    return CLI_OK;
}
