/* One call of the Bot Connector or of Microsoft Graph, and what its answer means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"

#define TIMEOUT_MS 15000

static _Thread_local int64_t until_ms; /* deadline of what this thread is doing; 0: none */

/* ---- time ---- */

int64_t teams_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void teams_deadline(int64_t span_ms)
{
    until_ms = span_ms > 0 ? teams_now_ms() + span_ms : 0;
}

/* 0: none is left. */
static int64_t time_left(void)
{
    int64_t left = until_ms ? until_ms - teams_now_ms() : TIMEOUT_MS;
    return left < 0 ? 0 : left < TIMEOUT_MS ? left : TIMEOUT_MS;
}

/* ---- the call ---- */

void teams_path(struct kit_text *out, const char *pattern, const char *first, const char *second)
{
    const char *next = first;
    for (const char *p = pattern; *p; p++) {
        if (*p != '%') {
            kit_text_addc(out, *p);
            continue;
        }
        char *encoded = kit_url_encode(next);
        kit_text_add(out, encoded);
        out->failed = out->failed || !encoded;
        free(encoded);
        next = second;
    }
}

static void copy(char *to, size_t size, const char *from)
{
    kit_clean_name(from, to, size);
}

/* The Connector has {"error": {"code", "message"}}, or {"errorCode", "message": JSON as text}; Graph the first, with a code within. */
static void read_fault(const cJSON *body, struct teams_reply *reply)
{
    const cJSON *error = kit_json_member(body, "error");
    const char *text = kit_json_text(error, "message");
    text = *text ? text : kit_json_text(body, "message");
    cJSON *inner = *text == '{' ? kit_json_parse(text, strlen(text)) : NULL;
    const char *code = kit_json_text(inner, "subCode");
    code = *code ? code : kit_json_text(kit_json_member(error, "innerError"), "code");
    code = *code ? code : kit_json_text(error, "code");
    copy(reply->code, sizeof(reply->code), code);
    copy(reply->text, sizeof(reply->text), inner ? kit_json_text_or(inner, "details", code) : text);
    cJSON_Delete(inner);
}

static void read_answer(const struct kit_answer *answer, struct teams_reply *reply)
{
    *reply = (struct teams_reply){.outcome = answer->outcome,
                                  .status = answer->status,
                                  .retry_after_ms = answer->retry_after_ms,
                                  .ok = answer->outcome == KIT_ANSWERED && answer->status / 100 == 2};
    cJSON *body = answer->outcome == KIT_ANSWERED ? kit_json_parse(answer->body, answer->body_length) : NULL;
    if (!cJSON_IsObject(body)) {
        cJSON_Delete(body);
        body = cJSON_CreateObject();
        if (reply->ok && answer->body_length) { /* a proxy's page: the call may have worked */
            reply->ok = false;
            reply->outcome = KIT_CUT;
        }
    }
    if (reply->outcome != KIT_ANSWERED)
        copy(reply->text, sizeof(reply->text), *answer->error ? answer->error : "a proxy replaced it");
    else if (!reply->ok)
        read_fault(body, reply);
    reply->body = body;
}

static void call_with(struct teams *teams, const struct teams_call *call, const char *token,
                      struct teams_reply *reply)
{
    struct kit_text url = {0}, body = {0};
    struct kit_answer answer;
    struct kit_header type = {"Content-Type", "application/json; charset=utf-8"};
    kit_text_addf(&url, "%s%s", call->base, call->path);
    if (call->json)
        kit_json_write(call->json, &body);
    struct kit_request request = {.method = call->method,
                                  .url = kit_text_get(&url),
                                  .headers = &type,
                                  .header_count = call->json ? 1 : 0,
                                  .bearer = token,
                                  .body = call->json ? kit_text_get(&body) : NULL,
                                  .body_length = body.n,
                                  .timeout_ms = time_left(),
                                  .once = call->once};
    if (request.timeout_ms)
        kit_http_call(teams->http, &request, &answer);
    else
        answer = (struct kit_answer){.outcome = KIT_NOT_SENT, .error = "no time was left for the call"};
    read_answer(&answer, reply);
    kit_answer_finish(&answer);
    kit_text_finish(&url);
    kit_text_finish(&body);
}

static void not_sent(struct teams_reply *reply, int32_t refused, const char *why)
{
    *reply = (struct teams_reply){.outcome = KIT_NOT_SENT, .refused = refused, .body = cJSON_CreateObject()};
    copy(reply->text, sizeof(reply->text), why);
}

static bool has_token(struct teams *teams, const struct teams_call *call, char **ret_token,
                      struct teams_reply *reply)
{
    struct tocsin_error error = {.size = sizeof(error)};
    if (!teams_tokens_trusts(teams->tokens, call->base)) {
        not_sent(reply, TOCSIN_REFUSED,
                 "that address is none of Microsoft's, so it gets no token; if it is to be "
                 "trusted, name its host in `trusted_hosts`");
        return false;
    }
    if (teams_tokens_get(teams->tokens, call->which, ret_token, &error) == 0)
        return true;
    not_sent(reply, error.code == TOCSIN_E_FAILED ? TOCSIN_RETRY : TOCSIN_AUTH, error.text);
    return false;
}

void teams_call(struct teams *teams, const struct teams_call *call, struct teams_reply *reply)
{
    for (int try = 0; try < 2; try++) {
        char *token = NULL;
        if (try)
            teams_reply_finish(reply);
        if (!has_token(teams, call, &token, reply))
            break;
        call_with(teams, call, token, reply);
        bool stale = reply->status == 401;
        if (stale)
            teams_tokens_refused(teams->tokens, call->which, token);
        free(token);
        if (!stale)
            break;
    }
    cJSON_Delete(call->json);
}

void teams_reply_finish(struct teams_reply *reply)
{
    cJSON_Delete(reply->body);
    *reply = (struct teams_reply){0};
}

/* ---- what the answer means ---- */

/* Codes of the Connector and of Graph, and what to do. A code that is not listed is judged by its status. */
static const struct meaning {
    const char *code, *text;
} meanings[] = {
    {"MessageWritesBlocked", "the person or the conversation does not take messages of the bot; they may have "
                             "blocked or removed it, and must add the app again"},
    {"BotNotInConversationRoster", "the app is not in that conversation; add it there"},
    {"BotDisabledByAdmin", "an administrator has disabled the app; allow it in the Teams admin center"},
    {"BotNotRegistered",
     "the bot is not registered for Teams; add the channel Microsoft Teams on its page in Azure"},
    {"ForbiddenOperationException", "the app may not do this there; add it to the team or conversation"},
    {"ConversationNotFound", "the conversation no longer exists, or the app is not in it"},
    {"ConversationBlockedByUser", "that person has blocked the bot"},
    {"ActivityNotFoundInConversation", "the message no longer exists"},
    {"MessageSizeTooBig", "the message is too large for Teams"},
    {"RequestEntityTooLarge", "the message is too large for Teams"},
    {"BadSyntax", "Teams rejected the message; this is a bug in Tocsin"},
    {"BadArgument", "Teams rejected the message; this is a bug in Tocsin"},
    {"NotEnoughPermissions",
     "the app lacks a permission; add it in Azure and grant an administrator's consent"},
    {"Authorization_RequestDenied",
     "the app lacks a permission of Microsoft Graph; add it in Azure and grant an administrator's consent"},
    {"InsufficientPrivileges",
     "the app lacks a permission of Microsoft Graph; add it in Azure and grant an administrator's consent"},
};

static const struct {
    long status;
    int32_t code;
    const char *text;
} statuses[] = {
    {400, TOCSIN_REFUSED, "Teams did not accept the request"},
    {401, TOCSIN_AUTH,
     "Teams refuses our token; compare `app_id`, `secret` and `tenant` with the bot's page in Azure"},
    {403, TOCSIN_REFUSED,
     "the app may not do this there: it is not installed, was removed, or lacks a permission"},
    {404, TOCSIN_REFUSED, "it no longer exists, or the app is not there"},
    {408, TOCSIN_RETRY, "Teams did not receive the request in time"},
    {412, TOCSIN_RETRY, "Teams was busy with this conversation"},
    {413, TOCSIN_REFUSED, "the message is too large for Teams"},
    {429, TOCSIN_RETRY, "Teams asks us to slow down"},
    {501, TOCSIN_REFUSED, "this service cannot do that"},
};

bool teams_said(const struct teams_reply *reply, const char *code)
{
    return !reply->ok && strcmp(reply->code, code) == 0;
}

bool teams_is_gone(const struct teams_reply *reply)
{
    return reply->outcome == KIT_ANSWERED && (reply->status == 404 || reply->status == 410);
}

static const char *meaning_of(const struct teams_reply *reply)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (strcmp(meanings[i].code, reply->code) == 0)
            return meanings[i].text;
    }
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].status == reply->status)
            return statuses[i].text;
    }
    return reply->status >= 500 ? "Teams had an internal error" : "Teams did not accept the request";
}

static void explain(const struct teams_reply *reply, char *text, size_t size)
{
    if (reply->refused)
        snprintf(text, size, "%s", reply->text);
    else if (reply->outcome != KIT_ANSWERED)
        snprintf(text, size, "%s: %s",
                 reply->outcome == KIT_NOT_SENT ? "Teams could not be reached" : "Teams' answer was lost",
                 reply->text);
    else
        snprintf(text, size, "%s (%ld%s%s%s%s)", meaning_of(reply), reply->status, *reply->code ? ", " : "",
                 reply->code, *reply->text ? ": " : "", reply->text);
}

static int32_t code_of(const struct teams_reply *reply)
{
    if (reply->ok)
        return TOCSIN_DONE;
    if (reply->refused)
        return reply->refused;
    if (reply->outcome != KIT_ANSWERED)
        return reply->outcome == KIT_NOT_SENT ? TOCSIN_RETRY : TOCSIN_UNKNOWN;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].status == reply->status)
            return statuses[i].code;
    }
    return reply->status >= 500 ? TOCSIN_RETRY : TOCSIN_REFUSED;
}

void teams_result(const struct teams_reply *reply, struct tocsin_result *result)
{
    result->code = code_of(reply);
    if (result->code == TOCSIN_DONE)
        return;
    result->retry_after_ms = reply->retry_after_ms;
    explain(reply, result->detail, sizeof(result->detail));
}

void teams_end(struct teams_reply *reply, struct tocsin_result *result)
{
    teams_result(reply, result);
    if (teams_is_gone(reply))
        kit_result(result, TOCSIN_DONE, "the message or its channel no longer exists");
    teams_reply_finish(reply);
}

int32_t teams_error(const struct teams_reply *reply, const char *what, struct tocsin_error *error)
{
    char why[400];
    int32_t code = code_of(reply);
    if (code == TOCSIN_DONE)
        return 0;
    explain(reply, why, sizeof(why));
    return kit_fail(error, code == TOCSIN_AUTH || code == TOCSIN_REFUSED ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
                    "%s%s", what, why);
}
