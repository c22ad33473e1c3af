/* One call of Slack's Web API, and what its answer means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#include "api.h"

#define TIMEOUT_MS 15000

static _Thread_local int64_t until_ms; /* deadline of what this thread is doing; 0: none */

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
    reply->ok = answer->status == 200 && kit_json_true(body, "ok");
    copy(reply->error, sizeof(reply->error), kit_json_text(body, "error"));
    copy(reply->needed, sizeof(reply->needed), kit_json_text(body, "needed"));
    if (answer->outcome != KIT_ANSWERED)
        copy(reply->needed, sizeof(reply->needed), answer->error);
    if (answer->status == 200 && !body) /* cut short, or a proxy's page: the call may have worked */
        reply->outcome = KIT_CUT;
    reply->body = body ? body : cJSON_CreateObject();
}

int64_t slack_now_ms(void)
{
    return kit_now_ms();
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
        answer = (struct kit_answer){.outcome = KIT_NOT_SENT, .error = "no time was left for the call"};
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

/* ---- what the answer means ---- */

/* Slack's error codes, the outcome of each, and what to tell the operator. A code that is not listed is REFUSED and shown as it is. */
static const struct meaning {
    const char *error;
    int32_t code;
    const char *text;
} meanings[] = {
    {"ratelimited", TOCSIN_RETRY, "Slack asks us to slow down"},
    {"rate_limited", TOCSIN_RETRY, "Slack asks us to slow down"},
    {"message_limit_exceeded", TOCSIN_RETRY, "the workspace has reached its limit of messages"},
    {"internal_error", TOCSIN_RETRY, "Slack had an internal error"},
    {"fatal_error", TOCSIN_UNKNOWN, "Slack had an internal error"}, /* part of it may have been done */
    {"service_unavailable", TOCSIN_RETRY, "Slack is unavailable"},
    {"request_timeout", TOCSIN_RETRY, "Slack did not receive the request in time"},
    {"team_added_to_org", TOCSIN_RETRY, "the workspace is being moved to an organisation"},
    {"invalid_auth", TOCSIN_AUTH, "Slack rejected the token; set `token` to the bot token from the app's page"},
    {"not_authed", TOCSIN_AUTH, "Slack received no token; set `token`"},
    {"token_revoked", TOCSIN_AUTH, "the token was revoked; reinstall the app and set the new `token`"},
    {"token_expired", TOCSIN_AUTH, "the token has expired; reinstall the app and set the new `token`"},
    {"account_inactive", TOCSIN_AUTH, "the app was removed from the workspace; reinstall it"},
    {"not_allowed_token_type", TOCSIN_AUTH,
     "this is the wrong kind of token; `token` begins with xoxb-, `app_token` with xapp-"},
    /* not AUTH, which stops everything: a card that cannot be pinned is no reason to stop paging people */
    {"missing_scope", TOCSIN_REFUSED, "the app lacks a scope; add it on the app's page and reinstall the app"},
    {"no_permission", TOCSIN_REFUSED,
     "the app has no permission to do this there; invite it or grant the permission"},
    {"permission_denied", TOCSIN_REFUSED, "the workspace allows only administrators to do this"},
    {"access_denied", TOCSIN_REFUSED, "the app has no access there"},
    {"ekm_access_denied", TOCSIN_AUTH, "an administrator has suspended apps' access to the workspace"},
    {"org_login_required", TOCSIN_RETRY, "the workspace is being moved to an organisation"},
    {"accesslimited", TOCSIN_RETRY, "Slack limits access to the workspace at the moment"},
    {"upgrade_required", TOCSIN_REFUSED, "the workspace must be upgraded for this"},
    {"channel_not_found", TOCSIN_REFUSED,
     "the channel does not exist, or the app is not in it; check the name or invite the app"},
    {"not_in_channel", TOCSIN_REFUSED, "the app is not in the channel; invite it"},
    {"is_archived", TOCSIN_REFUSED,
     "the channel is archived, and the app may not undo that; unarchive it in Slack"},
    {"user_not_found", TOCSIN_REFUSED, "Slack has no such person"},
    {"users_not_found", TOCSIN_REFUSED, "nobody on Slack has that e-mail address"},
    {"user_is_bot", TOCSIN_REFUSED, "that user is a bot"},
    {"user_is_restricted", TOCSIN_REFUSED, "that person is a guest, and guests may not do this"},
    {"user_is_ultra_restricted", TOCSIN_REFUSED, "that person is a guest who may be in one channel only"},
    {"user_disabled", TOCSIN_REFUSED, "that person's account is deactivated"},
    {"user_not_visible", TOCSIN_REFUSED, "the app is not allowed to see that person"},
    {"user_not_in_channel", TOCSIN_REFUSED, "that person is not in the channel"},
    {"cant_invite", TOCSIN_REFUSED, "the workspace does not allow that person to be invited"},
    {"too_many_users", TOCSIN_REFUSED, "the channel cannot take more people"},
    {"ura_max_channels", TOCSIN_REFUSED, "that person is a guest who may be in one channel only"},
    {"name_taken", TOCSIN_REFUSED, "every name like this one is taken"},
    {"too_long", TOCSIN_REFUSED, "the text is too long for Slack"},
    {"thread_not_found", TOCSIN_REFUSED, "the thread no longer exists"},
    {"not_pinnable", TOCSIN_REFUSED, "Slack does not allow this message to be pinned"},
    {"cant_archive_general", TOCSIN_REFUSED,
     "Slack does not allow the workspace's general channel to be archived"},
    {"method_not_supported_for_channel_type", TOCSIN_REFUSED,
     "Slack does not support this in this kind of channel"},
    {"message_not_found", TOCSIN_REFUSED, "the message no longer exists"},
    {"cant_update_message", TOCSIN_REFUSED, "the app may edit only its own messages"},
    {"cant_delete_message", TOCSIN_REFUSED, "the app may delete only its own messages"},
    {"compliance_exports_prevent_deletion", TOCSIN_REFUSED,
     "the workspace does not allow messages to be deleted"},
    {"edit_window_closed", TOCSIN_REFUSED, "the workspace no longer allows this message to be edited"},
    {"msg_too_long", TOCSIN_REFUSED, "the message is too long for Slack"},
    {"msg_blocks_too_long", TOCSIN_REFUSED, "the message is too long for Slack"},
    {"invalid_blocks", TOCSIN_REFUSED, "Slack rejected the layout of the message; this is a bug in Tocsin"},
    {"restricted_action", TOCSIN_REFUSED, "an administrator does not allow apps to do this"},
    {"expired_trigger_id", TOCSIN_REFUSED, "the form came too late; Slack allows three seconds"},
    {"exchanged_trigger_id", TOCSIN_REFUSED, "the form was already shown"},
    {"invalid_trigger_id", TOCSIN_REFUSED, "the form came too late; Slack allows three seconds"},
};

static const struct meaning *find_meaning(const char *error)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (strcmp(meanings[i].error, error) == 0)
            return &meanings[i];
    }
    return NULL;
}

bool slack_said(const struct slack_reply *reply, const char *error)
{
    return !reply->ok && strcmp(reply->error, error) == 0;
}

void slack_explain(const struct slack_reply *reply, char *text, size_t size)
{
    const struct meaning *meaning = find_meaning(reply->error);
    if (reply->outcome != KIT_ANSWERED)
        snprintf(text, size, "%s: %s",
                 reply->outcome == KIT_NOT_SENT ? "Slack could not be reached" : "Slack's answer was lost",
                 *reply->needed ? reply->needed : "it was cut off, or a proxy replaced it");
    else if (!*reply->error)
        snprintf(text, size, "Slack answered with status %ld", reply->status);
    else if (*reply->needed)
        snprintf(text, size, "%s: %s (%s)", meaning ? meaning->text : "Slack refused", reply->needed,
                 reply->error);
    else
        snprintf(text, size, "%s (%s)", meaning ? meaning->text : "Slack refused", reply->error);
}

void slack_result(const struct slack_reply *reply, struct tocsin_result *result)
{
    const struct meaning *meaning = find_meaning(reply->error);
    if (reply->ok) {
        result->code = TOCSIN_DONE;
        return;
    }
    slack_explain(reply, result->detail, sizeof(result->detail));
    result->retry_after_ms = reply->retry_after_ms;
    /* Not an answer of Slack's own: a proxy stands between. */
    bool foreign =
        reply->outcome == KIT_ANSWERED && !*reply->error && (reply->status == 404 || reply->status < 400);
    if (reply->outcome == KIT_NOT_SENT || reply->status == 429 || foreign)
        result->code = TOCSIN_RETRY;
    else if (reply->outcome == KIT_CUT || reply->status >= 500)
        result->code = TOCSIN_UNKNOWN; /* a 5xx may come after the action was done */
    else if (slack_said(reply, "missing_scope") && strstr(reply->needed, "chat:write"))
        result->code = TOCSIN_AUTH; /* without this scope nothing can be posted; others cost one feature each */
    else
        result->code = meaning ? meaning->code : TOCSIN_REFUSED;
}

bool slack_skip_extra(struct slack *slack, const struct slack_reply *reply, struct tocsin_result *result)
{
    if (!slack_said(reply, "missing_scope") && !slack_said(reply, "restricted_action"))
        return false;
    result->code = TOCSIN_DONE;
    kit_log(slack->host, KIT_WARNING, "%s", result->detail);
    return true;
}
