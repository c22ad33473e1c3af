/* The Model Context Protocol over standard input and output: each line is a message, which goes to /mcp of tocsind as it is. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/locate.h"
#include "cli/subcommands.h"
#include "mcp/rpc.h"

#define RPC_SERVER (-32000) /* an error of the server's own */

static void say(const char *line)
{
    puts(line);
    fflush(stdout);
}

/* There is no answer, or one that is no message of the protocol: whoever asked is told why. */
static void say_why(const struct str *line, const char *why)
{
    CLEANUP_RPC struct rpc rpc;
    CLEANUP_STR struct str out = {0};
    int rc = rpc_read(line->p, line->len, &rpc, NULL);
    if (rc || rpc.kind == RPC_REQUEST) {
        rpc_error(str_text(&rpc.id), RPC_SERVER, why, &out);
        say(out.p);
    }
}

static void say_problem(const struct str *line, long status, const struct str *answer)
{
    CLEANUP_JSON cJSON *problem = NULL;
    json_parse(str_text(answer), answer->len, SIZE_MAX, JSON_DEPTH, "answer", &problem, NULL);
    CLEANUP_FREE char *why = xasprintf("tocsind answered with status %ld", status);
    say_why(line, json_text_or(problem, "detail", why));
}

static bool is_message(const struct str *answer)
{
    CLEANUP_JSON cJSON *message = NULL;
    return json_parse(str_text(answer), answer->len, SIZE_MAX, JSON_DEPTH, "answer", &message, NULL) == 0 &&
           json_member(message, "jsonrpc") && !strchr(answer->p, '\n');
}

static void pass(struct cli *cli, const struct api_place *place, const struct str *line)
{
    CLEANUP_STR struct str answer = {0};
    struct error err;
    long status;
    if (api_pass(cli, place, line, &status, &answer, &err))
        say_why(line, err.text);
    else if (status == 202)
        return;
    else if (is_message(&answer))
        say(answer.p);
    else
        say_problem(line, status, &answer);
}

/* The next line, without its end. A longer one than a message can be is cut, which makes it none. False: there is no more. */
static bool read_line(struct str *line)
{
    int c;
    str_clear(line);
    while ((c = getchar()) != EOF && c != '\n') {
        if (line->len <= RPC_BYTES)
            str_addc(line, (char)c);
    }
    return c != EOF || line->len;
}

int cli_run_mcp(struct cli *cli)
{
    CLEANUP_FREE char *base = NULL, *token = NULL;
    CLEANUP_STR struct str line = {0};
    struct error err;
    if (locate_daemon(cli, &base, &token, &err))
        return cli_fail(cli, &err);
    CLEANUP_FREE char *url = xasprintf("%s/mcp", base);
    const struct api_place place = {url, token};
    while (read_line(&line)) {
        if (!text_empty(str_text(&line)))
            pass(cli, &place, &line);
    }
    return CLI_OK;
}
