#include <tocsin/kit/api.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define CALL_MS      20000 /* the most that one call takes */
#define SPARE_MS     1000  /* of an action's time */
#define HEADERS_MOST 8

/* ---- settings ---- */

static bool is_local(const char *host)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        size_t n = strlen(hosts[i]);
        if (strncmp(host, hosts[i], n) == 0 && strchr(":/", host[n])) /* the terminator counts */
            return true;
    }
    return false;
}

/* Has it a host, and nothing that an address of an API does not have? */
static bool is_plain(const char *host)
{
    return *host && *host != '/' && *host != ':' && !strpbrk(host, " \t\r\n@?#\"<>\\");
}

const char *kit_api_fault(const char *url)
{
    static const char https[] = "https://", http[] = "http://";
    if (strncmp(url, https, strlen(https)) == 0)
        return is_plain(url + strlen(https)) ? NULL : "must be an address such as https://desk.example.com";
    if (strncmp(url, http, strlen(http)) == 0 && is_plain(url + strlen(http)) && is_local(url + strlen(http)))
        return NULL;
    return "must begin with https://, as in https://desk.example.com";
}

/* ---- calls ---- */

struct kit_task kit_api_begin(const struct kit_api *api, int64_t span_ms, struct tocsin_result *result)
{
    return (struct kit_task){.api = api, .result = result, .until_ms = kit_now_ms() + span_ms};
}

/* No call of a task that has failed may be taken for one that succeeded, and no proxy's page for an answer. */
static cJSON *judge(struct kit_task *task, const struct kit_answer *answer)
{
    const struct kit_api *api = task->api;
    struct kit_text words = {0};
    bool empty = answer->outcome == KIT_ANSWERED && answer->status == 204;
    cJSON *body = empty ? cJSON_CreateObject() : kit_json_parse(answer->body, answer->body_length);
    if (api->said)
        api->said(body, &words);
    int32_t code = kit_answer_meaning(answer, api->meanings, kit_text_get(&words), task->result);
    if (code != TOCSIN_DONE && api->judge)
        api->judge(answer, body, task->result);
    else if (code == TOCSIN_DONE && !cJSON_IsObject(body) && !cJSON_IsArray(body))
        kit_result(task->result, TOCSIN_UNKNOWN, "%s answered with what is not JSON; is that its address?",
                   api->name);
    kit_text_finish(&words);
    if (task->result->code == TOCSIN_DONE)
        return body;
    cJSON_Delete(body);
    return NULL;
}

static void note(struct kit_task *task, const struct kit_answer *answer)
{
    const char *location = kit_answer_header(answer, "location");
    task->status = answer->status;
    snprintf(task->location, sizeof(task->location), "%s", location ? location : "");
}

static cJSON *call(struct kit_task *task, struct kit_request request, const char *path,
                   const struct kit_header *more)
{
    const struct kit_api *api = task->api;
    struct kit_header headers[HEADERS_MOST + 1] = {0};
    struct kit_text url = {0};
    struct kit_answer answer;
    int64_t left = task->until_ms - kit_now_ms();
    if (left <= 0) {
        kit_result(task->result, TOCSIN_RETRY, "%s was too slow: no time was left for the next call",
                   api->name);
        return NULL;
    }
    for (; request.header_count < api->header_count && request.header_count < HEADERS_MOST;
         request.header_count++)
        headers[request.header_count] = api->headers[request.header_count];
    if (more)
        headers[request.header_count++] = *more;
    kit_text_addf(&url, "%s/%s", api->base, path);
    request.url = kit_text_get(&url);
    request.headers = headers;
    request.timeout_ms = left < CALL_MS ? left : CALL_MS;
    kit_http_call(api->http, &request, &answer);
    note(task, &answer);
    cJSON *body = judge(task, &answer);
    kit_answer_finish(&answer);
    kit_text_finish(&url);
    return body;
}

/* Reading changes nothing, so it can be tried again. */
static cJSON *read_by(struct kit_task *task, struct kit_request request, const char *path)
{
    cJSON *body = call(task, request, path, NULL);
    if (!body && task->result->code == TOCSIN_UNKNOWN)
        task->result->code = TOCSIN_RETRY;
    return body;
}

cJSON *kit_api_get(struct kit_task *task, const char *path)
{
    return read_by(task, (struct kit_request){0}, path);
}

cJSON *kit_api_get_at(struct kit_task *task, const char *pattern, const char *what)
{
    struct kit_text path = {0};
    char *encoded = kit_url_encode(what);
    size_t n = strcspn(pattern, "%");
    kit_text_addn(&path, pattern, n);
    kit_text_add(&path, encoded);
    kit_text_add(&path, pattern + n + 1);
    cJSON *found = kit_api_get(task, kit_text_get(&path));
    free(encoded);
    kit_text_finish(&path);
    return found;
}

cJSON *kit_api_ask(struct kit_task *task, const char *path, cJSON *json)
{
    cJSON *body = read_by(task, (struct kit_request){.json = json}, path);
    cJSON_Delete(json);
    return body;
}

static cJSON *write_by(struct kit_task *task, struct kit_request request, const char *path,
                       const struct kit_header *more)
{
    request.once = true;
    cJSON *body = call(task, request, path, more);
    task->wrote = task->wrote || body;
    if (!body && task->status >= 500 && task->result->code == TOCSIN_RETRY)
        task->result->code = TOCSIN_UNKNOWN; /* it may have failed only after writing */
    return body;
}

cJSON *kit_api_write(struct kit_task *task, const char *method, const char *path, cJSON *json,
                     const struct kit_header *more)
{
    cJSON *body = write_by(task, (struct kit_request){.method = method, .json = json}, path, more);
    cJSON_Delete(json);
    return body;
}

cJSON *kit_api_post_form(struct kit_task *task, const char *path, const struct kit_text *form)
{
    const struct kit_request request = {.body = kit_text_get(form), .body_length = form->n};
    return write_by(task, request, path, NULL);
}

bool kit_api_was_missing(struct kit_task *task)
{
    bool missing = task->status == 403 || task->status == 404 || task->status == 410;
    if (task->result->code == TOCSIN_DONE || task->result->code == TOCSIN_RETRY || !missing)
        return false;
    kit_result(task->result, TOCSIN_DONE, "%s", "");
    return true;
}

int64_t kit_api_location(const struct kit_task *task)
{
    const char *at = strrchr(task->location, '/');
    return at ? strtoll(at + 1, NULL, 10) : 0;
}

void kit_api_parameter(struct kit_text *path, const char *name, const char *value)
{
    char *encoded = kit_url_encode(value);
    kit_text_addf(path, "%s=", name);
    kit_text_add(path, encoded);
    kit_text_addc(path, '&');
    free(encoded);
}

/* ---- actions ---- */

void kit_perform(const struct kit_api *api, const struct tocsin_action *action, struct tocsin_result *result)
{
    const struct kit_performer *performers = api->performers;
    cJSON *body = kit_json_parse(action->body, action->body_length);
    int64_t time = action->deadline_ms;
    struct kit_task task = kit_api_begin(api, time > 2 * SPARE_MS ? time - SPARE_MS : time, result);
    task.action = action;
    task.body = body;
    while (performers->kind && strcmp(performers->kind, action->kind) != 0)
        performers++;
    if (performers->kind && body)
        performers->perform(&task);
    else
        kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
    if (task.wrote && result->code == TOCSIN_RETRY)
        result->code = TOCSIN_UNKNOWN;
    cJSON_Delete(body);
}
