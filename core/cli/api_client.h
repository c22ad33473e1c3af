/*
 * api_client - asks a running tocsind over HTTP. Blocking: at most 5 s to connect, 75 s for an answer.
 *
 * Follows no redirect, so that the token goes where it was meant for. No proxy is used for loopback.
 */
#ifndef TOCSIN_CLI_API_CLIENT_H
#define TOCSIN_CLI_API_CLIENT_H

#include <cjson/cJSON.h>

#include "cli/cli.h"

/*
 * One request to the API at hand (locate.h); path from /api/v1 on, without it ("/incidents?limit=5"). `body` may be NULL; it stays the
 * caller's. On success *ret is the answer, to be freed with cJSON_Delete. What the server refuses is an error with its "detail" as
 * text; no answer at all is ERR_IO and sets cli->unreachable. An answer to a command comes with its "error" word: see api_command.
 */
int api_call(struct cli *cli, const char *method, const char *path, const cJSON *body, cJSON **ret,
             struct error *err);
/* The same with any path and credential, for the intake: `bearer` may be NULL. */
int api_post(struct cli *cli, const char *url, const char *bearer, const cJSON *body, cJSON **ret,
             struct error *err);
/* Runs one chat command line. A refusal is an answer, too: {"text", "card", "incident", "error"}. */
int api_command(struct cli *cli, const char *line, cJSON **ret, struct error *err);

/* True when a GET of this URL is answered with 200. */
bool api_probe(const char *url);

/* Percent-encodes a part of a path or query; the caller frees. */
char *url_part(const char *text);

#endif
