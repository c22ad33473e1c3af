#include "web/api_call.h"

#include <string.h>

#include "people/people.h"
#include "base/markup.h"
#include "base/moment.h"
#include "sight/sight.h"
#include "web/etag.h"
#include "web/idempotency.h"

const char *api_viewer(const struct http_request *request)
{
    const struct token *token = http_token(request);
    return token ? token->person : NULL;
}

enum access api_access(const struct core *core, const struct token *token)
{
    enum access most = token->scopes & SCOPE_ADMIN   ? ACCESS_ADMINISTER
                       : token->scopes & SCOPE_WRITE ? ACCESS_APPROVE
                                                     : ACCESS_SEE;
    if (token->agent)
        most = MIN(most, ACCESS_ACT);
    return token->person ? most : MIN(most, access_of_tool(core, token->name));
}

bool api_may(const struct api *api, struct http_request *request, enum access needed)
{
    struct error err;
    const struct token *token = http_token(request);
    const struct access_request asks = {.person = token->person,
                                        .most = api_access(api->parts.core, token),
                                        .needed = needed,
                                        .what = http_path(request),
                                        .now = api->parts.clock()};
    CLEANUP_STR struct str text = {0};
    if (access_check(api->parts.core, &asks, &err) == 0)
        return true;
    text_unescape(err.text, &text);
    http_problem(request, 403, "%s", str_text(&text));
    return false;
}

#define JSON_TYPE "application/json"

/* What was read has a tag, and is not sent to whoever has it. */
static void send(struct http_request *request, int status, const char *type, const struct str *text)
{
    char etag[ETAG];
    if (http_reads(request) && status == 200 && text_equal(type, JSON_TYPE)) {
        etag_of_json(text, etag);
        http_answer_header(request, "ETag", etag);
        if (etag_is_among(http_header(request, "if-none-match"), etag, false)) {
            http_answer(request, 304, NULL, NULL, 0);
            return;
        }
    }
    http_answer(request, status, type, str_text(text), text->len);
}

bool api_matches(struct http_request *request, const struct str *now)
{
    char etag[ETAG] = "";
    const char *wanted = http_header(request, "if-match"), *unwanted = http_header(request, "if-none-match");
    if (now)
        etag_of_json(now, etag);
    if (wanted && !(now && etag_is_among(wanted, etag, true)))
        http_problem(request, 412,
                     "It is not what If-Match says: somebody changed it meanwhile. Read it again.");
    else if (now && etag_is_among(unwanted, etag, false))
        http_problem(request, 412, "It is there already, and If-None-Match says that it must not be.");
    else
        return true;
    return false;
}

void api_answer(struct http_request *request, int status, struct str *json)
{
    send(request, status, JSON_TYPE, json);
    str_finish(json);
}

cJSON *api_body(struct http_request *request)
{
    size_t n;
    struct error err;
    CLEANUP_JSON cJSON *body = NULL;
    const char *text = http_body(request, &n);
    int rc = json_parse(text, n, http_body_most(request), JSON_DEPTH, "the request body", &body, &err);
    if (!rc && cJSON_IsObject(body))
        return steal(body);
    if (!rc)
        error_set(&err, ERR_INVALID, "The request body must be a JSON object.");
    http_problem_of(request, &err);
    return NULL;
}

bool api_number(struct http_request *request, const char *name, size_t most, size_t *number)
{
    const char *text = http_query_value(request, name);
    size_t digits = text ? strspn(text, "0123456789") : 0;
    unsigned long long value = text && digits < 20 ? strtoull(text, NULL, 10) : 0;
    if (!text)
        return true;
    if (!value || text[digits]) {
        http_problem(request, 400, "'%s' must be a whole number of at least 1, not '%.40s'.", name, text);
        return false;
    }
    *number = (size_t)MIN(value, most);
    return true;
}

static bool refuse_for_now(struct http_request *request, const char *why)
{
    http_answer_header(request, "retry-after", "5");
    http_problem(request, 503, "The journal is not available right now. Try again in a few seconds. Reason: %s",
                 why);
    return false;
}

bool api_ready(struct api *api, struct http_request *request)
{
    const char *why;
    return core_ready(api->parts.core, &why) || refuse_for_now(request, why);
}

bool api_readable(struct api *api, struct http_request *request)
{
    const struct error *why;
    return core_readable(api->parts.core, &why) || refuse_for_now(request, why->text);
}

char *api_by(const struct api *api, const struct http_request *request)
{
    const struct token *token = http_token(request);
    return token->person ? xstrdup(people_now(api->parts.core, token->person))
                         : xasprintf("api/%s", token->name);
}

struct committing {
    struct http_request *request;
    int status;
    const char *content_type;
    struct str text;
};

static void committed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct committing *it = ctx;
    (void)last_seq;
    if (rc || it->status == 503)
        http_answer_header(it->request, "Retry-After", "5");
    if (rc) {
        http_problem(it->request, 503, "Nothing was changed, because the journal cannot be written: %s",
                     err->text);
        str_finish(&it->text);
    } else {
        send(it->request, it->status, it->content_type, &it->text);
        str_finish(&it->text);
    }
    free(it);
}

static struct committing *answer_later(struct http_request *request, int status, const char *content_type,
                                       struct str *text)
{
    struct committing *it = xcalloc(1, sizeof(*it));
    *it = (struct committing){request, status, content_type, *text};
    *text = (struct str){0};
    return it;
}

void api_commit(struct http_request *request, struct turn *turn, int status, struct str *json)
{
    const char *type = status < 400 ? JSON_TYPE : HTTP_PROBLEM;
    idempotency_keep(request, turn, status, type, json);
    turn_commit(turn, committed, answer_later(request, status, type, json));
}

void api_end(struct http_request *request, struct turn *turn, int rc, const struct error *err, int status,
             struct str *json)
{
    CLEANUP_STR struct str detail = {0};
    if (rc) {
        status = http_status_of(err->code);
        text_unescape(err->text, &detail);
        str_clear(json);
        http_problem_write(status, error_word(err->code), str_text(&detail), json);
    }
    api_commit(request, turn, status, json);
}

void api_done(struct api *api, struct http_request *request, struct str *json)
{
    if (idempotency_wanted(request) && core_ready(api->parts.core, NULL))
        api_commit(request, turn_begin(api->parts.core, api->parts.clock()), 200, json);
    else
        api_answer(request, 200, json);
}

void api_answer_durable(struct api *api, struct http_request *request, struct str *json)
{
    api_answer_durable_as(api, request, JSON_TYPE, json);
}

void api_answer_durable_as(struct api *api, struct http_request *request, const char *content_type,
                           struct str *text)
{
    core_when_durable(api->parts.core, committed, answer_later(request, 200, content_type, text));
}

void api_put_time(struct json_out *j, const char *name, instant at)
{
    char text[INSTANT_TEXT];
    if (at)
        json_put_text(j, name, instant_format(at, text));
}
