/*
 * api_rig - the REST API over a whole core, for the tests of web/: a server, tokens of two people and of a tool, and somebody who asks.
 * A file that includes it is a test of its own.
 */
#ifndef TOCSIN_TESTS_API_RIG_H
#define TOCSIN_TESTS_API_RIG_H

#include "policy/policy.h"

static struct policy *the_policy;
#define RIG_POLICY the_policy
#include "../command/rig.h"

#include <inttypes.h>
#include <stdio.h>

#include "../../support/http_client.h"
#include "../../support/policy_dir.h"
#include "intake/evidence.h"
#include "triage/triage.h"
#include "web/api.h"
#include "web/api_call.h"
#include "web/api_routes.h"

static uv_loop_t loop;
static struct rig *rig;
static struct server *server;
static struct tokens *tokens;
static struct supervisor *supervisor;
static struct api *api;
static char *ana, *ben, *tool, *reader; /* tokens of two people, of a tool, and one that can only read */
static int reloads;

static instant clock_of_rig(void)
{
    return rig->now;
}

static int reload(struct error *err)
{
    (void)err;
    return reloads++, 0;
}

static int reload_all(struct str *said, struct error *err)
{
    if (reloads % 2)
        return error_set(err, ERR_INVALID, "tocsin.lua:3: unknown setting 'histroy'");
    str_add(said, "slack restarted");
    return 0;
}

static void no_state(void *ctx, const char *connector, uint64_t can_do, bool up, const char *reason)
{
    (void)ctx, (void)connector, (void)can_do, (void)up, (void)reason;
}

static const struct supervisor_ops supervisor_ops = {.on_state = no_state};

static char *make_token(uint8_t seed, const char *name, const char *person, unsigned scopes)
{
    struct journal_batch *batch = batch_create();
    char *text =
        token_make((uint8_t[TOKEN_RANDOM]){seed},
                   &(struct token){.name = name, .person = person, .scopes = scopes, .made_at = NOW}, batch);
    journal_append(rig->journal, batch, NULL, NULL);
    journal_step(rig->journal);
    return text;
}

static int api_rig_setup(void **state)
{
    (void)state;
    struct error err;
    uv_loop_init(&loop);
    policy_dir_init(&policy_dir);
    policy_dir_write(&policy_dir, "team.lua", "status_page { name = 'main' }");
    if (policy_dir_load(&policy_dir, &err))
        fail_msg("%s", err.text);
    the_policy = policy_dir.policy;
    rig = rig_create();
    tokens = tokens_create(clock_of_rig);
    ana = make_token(1, "ana-laptop", "ana", SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN);
    ben = make_token(2, "ben-laptop", "ben", SCOPE_READ | SCOPE_WRITE);
    tool = make_token(3, "deploy", NULL, SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN);
    reader = make_token(4, "reader", "ana", SCOPE_READ);
    tokens_load(tokens, rig->journal, NULL);
    supervisor = supervisor_create(&loop, "/nonexistent/runner", &supervisor_ops);
    server = server_create(&(struct server_settings){.listen = "127.0.0.1:0"}, tokens, &loop);
    api = api_create(
        &(struct api_parts){server, tokens, rig->core, supervisor, reload, reload_all, clock_of_rig, NULL, 0});
    return server_listen(server, NULL);
}

static void stopped(void *ctx)
{
    *(bool *)ctx = true;
}

static int api_rig_teardown(void **state)
{
    (void)state;
    bool done = false;
    supervisor_stop(supervisor, stopped, &done);
    LOOP_UNTIL(&loop, done);
    server_destroy(server);
    api_destroy(api);
    supervisor_destroy(supervisor);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&loop), 0);
    rig_destroy(rig);
    policy_dir_finish(&policy_dir);
    tokens_destroy(tokens);
    free(ana);
    free(ben);
    free(tool);
    free(reader);
    return 0;
}

/* ---- asking ---- */

/* Sends a request and lets the core work until the answer arrives. `headers`: lines of its head. *ret_head: those of the answer; NULL: not
   wanted. Returns the status; the caller frees *ret_text. */
static int ask_with(const char *method, const char *path, const char *token, const char *headers,
                    const char *body, char **ret_text, struct str *ret_head)
{
    struct http_client client;
    http_client_open(&client, &loop, server_port(server));
    CLEANUP_FREE char *request = xasprintf(
        "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%sContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        method, path, token, headers, body ? strlen(body) : 0, body ? body : "");
    http_client_send(&client, request, strlen(request));
    for (size_t i = 0; i < 6 + (body ? strlen(body) >> 12 : 0); i++) {
        loop_turn(&loop);
        rig_settle(rig);
    }
    int status = http_client_answer(&client, ret_text, ret_head);
    http_client_close(&client);
    return status;
}

/* The caller deletes *ret. */
static int ask(const char *method, const char *path, const char *token, const char *body, cJSON **ret)
{
    CLEANUP_FREE char *text = NULL;
    int status = ask_with(method, path, token, "", body, &text, NULL);
    cJSON *doc = NULL;
    struct error err;
    if (json_parse(text, strlen(text), 4 << 20, JSON_DEPTH, path, &doc, &err))
        fail_msg("%s %s: %d: %s: %s", method, path, status, err.text, text);
    if (ret)
        *ret = doc;
    else
        cJSON_Delete(doc);
    return status;
}

#endif
