/* One call of REST 2, and what its answer means. */
#include "rt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CALL_MS 20000 /* the most that one call takes */

static const struct kit_meaning meanings[] = {
    {400, TOCSIN_REFUSED, "RT did not accept the request"},
    {401, TOCSIN_AUTH, "RT refuses the login: check `user`, and `password` or `token`"},
    {403, TOCSIN_AUTH, "the account lacks a right in RT; `tocsin connector check` says which"},
    {404, TOCSIN_REFUSED, "it is not there; is `url` the address of RT 5 or later?"},
    {412, TOCSIN_RETRY, "somebody changed it at the same time"},
    {0, 0, NULL},
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct rt_task rt_begin(struct rt *rt, int64_t span_ms, struct tocsin_result *result)
{
    return (struct rt_task){.rt = rt, .until_ms = now_ms() + span_ms, .result = result};
}

void rt_parameter(struct kit_text *path, const char *name, const char *value)
{
    char *encoded = kit_url_encode(value);
    kit_text_addf(path, "%s=", name);
    kit_text_add(path, encoded);
    kit_text_addc(path, '&');
    free(encoded);
}

void rt_equals(struct kit_text *sql, const char *field, const char *value)
{
    kit_text_addf(sql, "%s = '", field);
    for (const char *p = value; *p; p++) {
        if (*p == '\'' || *p == '\\')
            kit_text_addc(sql, '\\');
        kit_text_addc(sql, *p);
    }
    kit_text_addc(sql, '\'');
}

bool rt_was_missing(struct rt_task *task)
{
    if (task->result->code == TOCSIN_DONE || (task->status != 403 && task->status != 404))
        return false;
    kit_result(task->result, TOCSIN_DONE, "%s", "");
    return true;
}

/* A whole object or array, or nothing: a proxy's page is no answer. */
static cJSON *judge(struct rt_task *task, const struct kit_answer *answer)
{
    cJSON *body = answer->outcome == KIT_ANSWERED ? kit_json_parse(answer->body, answer->body_length) : NULL;
    task->status = answer->status;
    if (kit_answer_meaning(answer, meanings, kit_json_text(body, "message"), task->result) == TOCSIN_DONE &&
        !cJSON_IsObject(body) && !cJSON_IsArray(body))
        kit_result(task->result, TOCSIN_UNKNOWN, "RT's answer is not JSON; is `url` its address?");
    if (task->result->code == TOCSIN_DONE)
        return body;
    cJSON_Delete(body);
    return NULL;
}

static cJSON *call(struct rt_task *task, struct kit_request request, const char *path, int64_t *ret_id)
{
    struct kit_header login = {"Authorization", task->rt->authorization};
    struct kit_text url = {0};
    struct kit_answer answer;
    int64_t left = task->until_ms - now_ms();
    if (left <= 0) {
        kit_result(task->result, TOCSIN_RETRY, "RT was too slow: no time was left for the next call");
        return NULL;
    }
    kit_text_addf(&url, "%s/%s", task->rt->rest, path);
    request.url = kit_text_get(&url);
    request.headers = &login;
    request.header_count = 1;
    request.timeout_ms = left < CALL_MS ? left : CALL_MS;
    kit_http_call(task->rt->http, &request, &answer);
    const char *place = kit_answer_header(&answer, "location"), *at = place ? strrchr(place, '/') : NULL;
    if (ret_id)
        *ret_id = at ? strtoll(at + 1, NULL, 10) : 0;
    cJSON *body = judge(task, &answer);
    kit_answer_finish(&answer);
    kit_text_finish(&url);
    return body;
}

cJSON *rt_get(struct rt_task *task, const char *path)
{
    struct kit_request request = {0};
    cJSON *body = call(task, request, path, NULL);
    if (!body && task->result->code == TOCSIN_UNKNOWN)
        task->result->code = TOCSIN_RETRY; /* reading changes nothing */
    return body;
}

cJSON *rt_get_at(struct rt_task *task, const char *pattern, const char *what)
{
    struct kit_text path = {0};
    char *encoded = kit_url_encode(what);
    size_t n = strcspn(pattern, "%");
    kit_text_addn(&path, pattern, n);
    kit_text_add(&path, encoded);
    kit_text_add(&path, pattern + n + 1);
    cJSON *found = rt_get(task, kit_text_get(&path));
    free(encoded);
    kit_text_finish(&path);
    return found;
}

cJSON *rt_write(struct rt_task *task, const char *method, const char *path, cJSON *json, int64_t *ret_id)
{
    struct kit_request request = {.method = method, .json = json, .once = true};
    cJSON *body = call(task, request, path, ret_id);
    task->wrote = task->wrote || body;
    cJSON_Delete(json);
    return body;
}
