/* One call of Slack's Web API, and what its answer means. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "slack.h"

#define TIMEOUT_MS 15000

static _Thread_local int64_t until_ms; /* of the action that this thread performs; 0: none */

const char *slack_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

const cJSON *slack_member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

cJSON *slack_arguments(const char *name, ...)
{
    cJSON *arguments = cJSON_CreateObject();
    va_list args;
    va_start(args, name);
    for (; name; name = va_arg(args, const char *)) {
        const char *text = va_arg(args, const char *);
        if (text)
            cJSON_AddStringToObject(arguments, name, text);
    }
    va_end(args);
    return arguments;
}

/* ---- the call ---- */

static void add_pair(struct kit_text *form, const char *name, const char *value)
{
    char *encoded = kit_url_encode(value);
    if (encoded)
        kit_text_addf(form, "%s%s=%s", form->n ? "&" : "", name, encoded);
    else
        form->failed = true;
    free(encoded);
}

static void write_form(const cJSON *arguments, struct kit_text *form)
{
    const cJSON *argument;
    cJSON_ArrayForEach(argument, arguments)
    {
        char *json = cJSON_IsString(argument) ? NULL : cJSON_PrintUnformatted(argument);
        const char *text = json ? json : cJSON_GetStringValue(argument);
        if (text)
            add_pair(form, argument->string, text);
        cJSON_free(json);
    }
}

static void copy(char *to, size_t size, const char *from)
{
    kit_clean_name(from, to, size);
}

static void read_answer(const struct kit_answer *answer, struct slack_reply *reply)
{
    const char *scopes = kit_answer_header(answer, "x-oauth-scopes");
    reply->outcome = answer->outcome;
    reply->status = answer->status;
    reply->retry_after_ms = answer->retry_after_ms;
    reply->scopes = scopes ? strdup(scopes) : NULL;
    cJSON *body =
        answer->outcome == KIT_ANSWERED ? cJSON_ParseWithLength(answer->body, answer->body_length) : NULL;
    if (body && !cJSON_IsObject(body)) {
        cJSON_Delete(body);
        body = NULL;
    }
    reply->ok = answer->status == 200 && cJSON_IsTrue(slack_member(body, "ok"));
    copy(reply->error, sizeof(reply->error), slack_text(body, "error"));
    copy(reply->needed, sizeof(reply->needed), slack_text(body, "needed"));
    if (answer->outcome != KIT_ANSWERED)
        copy(reply->needed, sizeof(reply->needed), answer->error);
    if (answer->status == 200 && !body) /* cut short, or a proxy's page: nobody knows what happened */
        reply->outcome = KIT_CUT;
    reply->body = body ? body : cJSON_CreateObject();
}

int64_t slack_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void slack_deadline(int64_t span_ms)
{
    until_ms = span_ms > 0 ? slack_now_ms() + span_ms : 0;
}

int64_t slack_time_left(void)
{
    int64_t left = until_ms ? until_ms - slack_now_ms() : TIMEOUT_MS;
    return left < 0 ? 0 : left < TIMEOUT_MS ? left : TIMEOUT_MS;
}

void slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                struct slack_reply *reply)
{
    struct kit_text url = {0}, form = {0}, bearer = {0};
    struct kit_answer answer;
    write_form(arguments, &form);
    kit_text_addf(&url, "%s%s", slack->api_url, method);
    kit_text_addf(&bearer, "Bearer %s", token ? token : slack->token);
    struct kit_header headers[] = {{"Authorization", kit_text_get(&bearer)},
                                   {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    struct kit_request request = {.url = kit_text_get(&url),
                                  .headers = headers,
                                  .header_count = 2,
                                  .body = kit_text_get(&form),
                                  .body_length = form.n,
                                  .timeout_ms = slack_time_left(),
                                  .once = once};
    *reply = (struct slack_reply){0};
    if (request.timeout_ms)
        kit_http_call(slack->http, &request, &answer);
    else
        answer = (struct kit_answer){.outcome = KIT_NOT_SENT, .error = "Slack is too slow, and time was up"};
    read_answer(&answer, reply);
    kit_answer_finish(&answer);
    cJSON_Delete(arguments);
    kit_text_finish(&url);
    kit_text_finish(&form);
    kit_text_finish(&bearer);
}

void slack_reply_finish(struct slack_reply *reply)
{
    cJSON_Delete(reply->body);
    free(reply->scopes);
    *reply = (struct slack_reply){0};
}

/* ---- what it means ---- */

/* Slack's words, and what they mean for us. A word that is not here is REFUSED, with the word as it is. */
static const struct word {
    const char *word;
    int32_t code;
    const char *say;
} words[] = {
    {"ratelimited", TOCSIN_RETRY, "Slack asks us to slow down"},
    {"rate_limited", TOCSIN_RETRY, "Slack asks us to slow down"},
    {"message_limit_exceeded", TOCSIN_RETRY, "the workspace posts too much"},
    {"internal_error", TOCSIN_RETRY, "Slack has trouble"},
    {"fatal_error", TOCSIN_UNKNOWN, "Slack has trouble"}, /* some of it may have been done */
    {"service_unavailable", TOCSIN_RETRY, "Slack has trouble"},
    {"request_timeout", TOCSIN_RETRY, "Slack did not get the request in time"},
    {"team_added_to_org", TOCSIN_RETRY, "the workspace is being moved"},
    {"invalid_auth", TOCSIN_AUTH,
     "Slack does not know this token; put the bot token of the app's page into `token`"},
    {"not_authed", TOCSIN_AUTH, "Slack got no token; set `token`"},
    {"token_revoked", TOCSIN_AUTH, "the token was revoked; install the app again and set the new `token`"},
    {"token_expired", TOCSIN_AUTH, "the token has expired; install the app again and set the new `token`"},
    {"account_inactive", TOCSIN_AUTH, "the app was removed from the workspace; install it again"},
    {"not_allowed_token_type", TOCSIN_AUTH,
     "this is another kind of token; `token` begins with xoxb-, `app_token` with xapp-"},
    /* that a card cannot be pinned is no reason to stop paging people: AUTH is for what stops everything */
    {"missing_scope", TOCSIN_REFUSED, "the app lacks a scope; add it on the app's page, install the app again"},
    {"no_permission", TOCSIN_REFUSED, "the app may not do this there; invite it, or give it the right"},
    {"permission_denied", TOCSIN_REFUSED, "the workspace lets only administrators do this"},
    {"access_denied", TOCSIN_REFUSED, "the app may not do this there"},
    {"ekm_access_denied", TOCSIN_AUTH, "an administrator has closed the workspace to apps"},
    {"org_login_required", TOCSIN_RETRY, "the workspace is being moved"},
    {"accesslimited", TOCSIN_RETRY, "Slack does not let us in now"},
    {"upgrade_required", TOCSIN_REFUSED, "the workspace must be upgraded for this"},
    {"channel_not_found", TOCSIN_REFUSED, "there is no such channel, or the app is not in it: invite it"},
    {"not_in_channel", TOCSIN_REFUSED, "the app is not in that channel: invite it"},
    {"is_archived", TOCSIN_REFUSED,
     "that channel is archived, and Slack may not let an app undo that: unarchive it there first"},
    {"user_not_found", TOCSIN_REFUSED, "there is no such person on Slack"},
    {"users_not_found", TOCSIN_REFUSED, "nobody on Slack has that e-mail address"},
    {"user_is_bot", TOCSIN_REFUSED, "that person is a bot"},
    {"user_is_restricted", TOCSIN_REFUSED, "that person is a guest, who may not do this"},
    {"user_is_ultra_restricted", TOCSIN_REFUSED, "that person is a guest, who may be in one channel only"},
    {"user_disabled", TOCSIN_REFUSED, "that person's account is closed"},
    {"user_not_visible", TOCSIN_REFUSED, "the app may not see that person"},
    {"user_not_in_channel", TOCSIN_REFUSED, "that person is not in that channel"},
    {"cant_invite", TOCSIN_REFUSED, "the workspace does not let that person be invited"},
    {"too_many_users", TOCSIN_REFUSED, "no more people fit into that channel"},
    {"ura_max_channels", TOCSIN_REFUSED, "that person is a guest, who may be in one channel only"},
    {"name_taken", TOCSIN_REFUSED, "all names like this are taken"},
    {"too_long", TOCSIN_REFUSED, "the text is too long for Slack"},
    {"thread_not_found", TOCSIN_REFUSED, "the thread is not there any more"},
    {"not_pinnable", TOCSIN_REFUSED, "Slack does not pin such a message"},
    {"cant_archive_general", TOCSIN_REFUSED, "Slack does not let the workspace's first channel be archived"},
    {"method_not_supported_for_channel_type", TOCSIN_REFUSED, "Slack cannot do this in such a place"},
    {"message_not_found", TOCSIN_REFUSED, "the message is not there any more"},
    {"cant_update_message", TOCSIN_REFUSED, "the message is not ours to change"},
    {"edit_window_closed", TOCSIN_REFUSED, "the workspace does not let messages be changed any more"},
    {"msg_too_long", TOCSIN_REFUSED, "the message is too long for Slack"},
    {"msg_blocks_too_long", TOCSIN_REFUSED, "the message is too long for Slack"},
    {"invalid_blocks", TOCSIN_REFUSED,
     "Slack did not take the form of the message; this is a fault of Tocsin's"},
    {"restricted_action", TOCSIN_REFUSED, "an administrator has forbidden this to apps"},
    {"expired_trigger_id", TOCSIN_REFUSED, "it was too late to show the form"},
    {"exchanged_trigger_id", TOCSIN_REFUSED, "the form was shown already"},
    {"invalid_trigger_id", TOCSIN_REFUSED, "it was too late to show the form"},
};

static const struct word *find_word(const char *error)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, error) == 0)
            return &words[i];
    }
    return NULL;
}

bool slack_said(const struct slack_reply *reply, const char *word)
{
    return !reply->ok && strcmp(reply->error, word) == 0;
}

void slack_explain(const struct slack_reply *reply, char *text, size_t size)
{
    const struct word *word = find_word(reply->error);
    if (reply->outcome != KIT_ANSWERED)
        snprintf(text, size, "Slack was not reached: %s",
                 *reply->needed ? reply->needed : "the answer was cut");
    else if (!*reply->error)
        snprintf(text, size, "Slack answered with status %ld", reply->status);
    else if (*reply->needed)
        snprintf(text, size, "%s: %s (%s)", word ? word->say : "Slack refused", reply->needed, reply->error);
    else
        snprintf(text, size, "%s (%s)", word ? word->say : "Slack refused", reply->error);
}

void slack_result(const struct slack_reply *reply, struct tocsin_result *result)
{
    const struct word *word = find_word(reply->error);
    if (reply->ok) {
        result->code = TOCSIN_DONE;
        return;
    }
    slack_explain(reply, result->detail, sizeof(result->detail));
    result->retry_after_ms = reply->retry_after_ms;
    /* Not Slack's own voice: something stands between. */
    bool foreign =
        reply->outcome == KIT_ANSWERED && !*reply->error && (reply->status == 404 || reply->status < 400);
    if (reply->outcome == KIT_NOT_SENT || reply->status == 429 || foreign)
        result->code = TOCSIN_RETRY;
    else if (reply->outcome == KIT_CUT || reply->status >= 500)
        result->code = TOCSIN_UNKNOWN; /* a 5xx may come after the deed */
    else if (slack_said(reply, "missing_scope") && strstr(reply->needed, "chat:write"))
        result->code = TOCSIN_AUTH; /* without it nothing can be said; without another one, only something */
    else
        result->code = word ? word->code : TOCSIN_REFUSED;
}

bool slack_left_out(struct slack *slack, const struct slack_reply *reply, struct tocsin_result *result)
{
    if (!slack_said(reply, "missing_scope") && !slack_said(reply, "restricted_action"))
        return false;
    result->code = TOCSIN_DONE;
    slack->host->log(slack->host->ctx, 2, result->detail);
    return true;
}
