/* What tocsind asks tocsin-fetch, and what it answers. */
#include <string.h>

#include "base/json.h"
#include "feeds/feeds.h"
#include "feeds/inside.h"

#define WHY_BYTES   300
#define ANSWER_MOST ((size_t)256 << 10)
#define LAST_DAY    47481 /* 31 December 2099 */
#define SPAN        366   /* the longest event, which may begin that year */

/* ---- days ---- */

void days_write(const struct holidays *days, struct json_out *j)
{
    json_key(j, "days");
    json_begin_array(j);
    for (size_t i = 0; i < days->days.n; i++)
        json_int(j, days->days.v[i]);
    json_end_array(j);
}

int days_parse(const cJSON *list, struct holidays *ret, struct error *err)
{
    struct holidays days = {0};
    int64_t before = -1;
    const cJSON *each;
    if (!cJSON_IsArray(list))
        return error_set(err, ERR_INVALID, "it has no days");
    cJSON_ArrayForEach(each, list)
    {
        double day = cJSON_IsNumber(each) ? each->valuedouble : -1;
        if (!(day > (double)before && day <= LAST_DAY + SPAN) || day != (double)(int64_t)day ||
            days.days.n == HOLIDAYS_MOST) {
            holidays_finish(&days);
            return error_set(err, ERR_INVALID, "its days are not in order, not days, or too many");
        }
        before = (int64_t)day;
        holidays_add(&days, before);
    }
    *ret = days;
    return 0;
}

/* ---- the request ---- */

void feed_request_finish(struct feed_request *request)
{
    if (request->url)
        explicit_bzero(request->url, strlen(request->url));
    free(request->url);
    free(request->etag);
    *request = (struct feed_request){0};
}

void feed_request_write(const struct feed_request *request, struct str *json)
{
    struct json_out j = {json, false};
    json_begin_object(&j);
    json_put_text(&j, "url", request->url);
    json_put_text_if(&j, "etag", request->etag);
    json_end_object(&j);
}

int feed_request_parse(const char *json, size_t n, struct feed_request *ret, struct error *err)
{
    CLEANUP_JSON cJSON *object = NULL;
    const char *url;
    int rc = json_parse(json, n, ANSWER_MOST, JSON_DEPTH, "the request", &object, err);
    rc = rc ? rc : json_need_text(object, "url", &url, err);
    if (!rc)
        *ret = (struct feed_request){xstrdup(url), xstrdup(json_text_or(object, "etag", NULL))};
    return rc;
}

/* ---- the answer ---- */

void feed_answer_finish(struct feed_answer *answer)
{
    free(answer->why);
    free(answer->etag);
    holidays_finish(&answer->days);
    *answer = (struct feed_answer){0};
}

void feed_answer_write(const struct feed_answer *answer, struct str *json)
{
    struct json_out j = {json, false};
    json_begin_object(&j);
    json_put_text_if(&j, "why", answer->why);
    json_put_text_if(&j, "etag", answer->etag);
    if (answer->unchanged)
        json_put_bool(&j, "unchanged", true);
    else if (!answer->why)
        days_write(&answer->days, &j);
    json_end_object(&j);
}

static char *clean(const char *text, size_t most)
{
    return text ? utf8_sanitize(text, strlen(text), most) : NULL;
}

int feed_answer_parse(const char *json, size_t n, struct feed_answer *ret, struct error *err)
{
    CLEANUP_JSON cJSON *object = NULL;
    struct feed_answer answer = {0};
    int rc = json_parse(json, n, ANSWER_MOST, JSON_DEPTH, "the answer", &object, err);
    if (rc)
        return rc;
    const char *etag = json_text_or(object, "etag", NULL);
    answer.unchanged = json_bool_or(object, "unchanged", false);
    answer.why = clean(json_text_or(object, "why", NULL), WHY_BYTES);
    if (!answer.why && !answer.unchanged && days_parse(json_member(object, "days"), &answer.days, err))
        return ERR_INVALID;
    if (etag && strlen(etag) <= FEED_ETAG_BYTES && !strpbrk(etag, "\r\n"))
        answer.etag = xstrdup(etag);
    *ret = answer;
    return 0;
}
