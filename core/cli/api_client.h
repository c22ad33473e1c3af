/*
 * api_client - sends HTTP requests to a running tocsind. Blocking: at most 5 s to connect, 75 s for an answer;
 * what cli->stop points to ends it within a second once another thread sets it.
 *
 * It follows no redirects, so the token goes only to the given address. It uses no proxy for loopback.
 */
#ifndef TOCSIN_CLI_API_CLIENT_H
#define TOCSIN_CLI_API_CLIENT_H

#include <cjson/cJSON.h>

#include "cli/cli.h"

struct api_place { /* where, and as whom */
    const char *url, *bearer;
};
/*
 * One request to the API that locate.h finds. `path` is the part after /api/v1 ("/incidents?limit=5"). `body` may be NULL; it stays
 * the caller's. On success *ret is the answer; the caller frees it with cJSON_Delete. A refusal is an error with the server's
 * "detail" as text. No answer at all is ERR_IO and sets cli->unreachable. A refused command is an answer, see api_command.
 */
int api_call(struct cli *cli, const char *method, const char *path, const cJSON *body, cJSON **ret,
             struct error *err);
/* The same where `place` says; its url has no path. */
int api_call_at(struct cli *cli, const struct api_place *place, const char *method, const char *path,
                const cJSON *body, cJSON **ret, struct error *err);
/* A POST to any URL with any credential, for the intake. `bearer` may be NULL. */
int api_post(struct cli *cli, const char *url, const char *bearer, const cJSON *body, cJSON **ret,
             struct error *err);
/* A POST of JSON as it is. *ret_status and what is added to `out` are its answer, whatever that is. */
int api_pass(struct cli *cli, const struct api_place *place, const struct str *json, long *ret_status,
             struct str *out, struct error *err);
/* A POST of a mail as it is. A refusal that may pass sets cli->unreachable. */
int api_hand_in(struct cli *cli, const char *url, const char *bearer, const struct str *mail,
                struct error *err);
/* Runs one line of a chat command. A refusal is an answer too: {"text", "card", "incident", "error"}. */
int api_command(struct cli *cli, const char *line, cJSON **ret, struct error *err);

/* True if a GET of this URL returns 200. */
bool api_probe(const char *url);

/* Percent-encodes a part of a path or query; the caller frees. */
char *url_part(const char *text);

#endif
