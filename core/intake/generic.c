#include "intake/generic.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/fingerprint.h"
#include "intake/text.h"

/* Members that become one line of text, whatever scalar they are. */
static const struct {
    const char *key;
    size_t offset, most;
} lines[] = {
#define LINE(key, field, most)                                                                                 \
    {                                                                                                          \
        key, offsetof(struct alert, field), most                                                               \
    }
    LINE("title", about.title, ALERT_TITLE),        LINE("id", sender_id, ALERT_ID),
    LINE("service", about.service, ALERT_NAME),     LINE("environment", about.environment, ALERT_NAME),
    LINE("release", about.release, ALERT_NAME),     LINE("host", host, ALERT_NAME),
    LINE("stream", about.stream, ALERT_NAME),       LINE("culprit", about.culprit, ALERT_CULPRIT),
    LINE("customer", who.customer, ALERT_CUSTOMER), LINE("user", who.user, ALERT_CUSTOMER),
#undef LINE
};

static void fill_lines(struct arena *arena, const cJSON *doc, struct alert *alert)
{
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        *(const char **)((char *)alert + lines[i].offset) =
            text_member(arena, doc, lines[i].key, lines[i].most);
}

static void fill_objects(struct arena *arena, const cJSON *doc, struct alert *alert)
{
    const cJSON *customer = json_member(doc, "customer"), *user = json_member(doc, "user");
    const cJSON *exception = json_member(doc, "exception");
    if (cJSON_IsObject(customer)) {
        alert->who.customer = text_member(arena, customer, "key", ALERT_CUSTOMER);
        alert->who.customer_name = text_member(arena, customer, "name", ALERT_CUSTOMER);
    }
    if (cJSON_IsObject(user)) {
        alert->who.user = text_member(arena, user, "id", ALERT_CUSTOMER);
        alert->who.user_email = text_member(arena, user, "email", ALERT_CUSTOMER);
    }
    alert->about.type = text_member(arena, exception, "type", ALERT_NAME);
    alert->exception_value = text_lines(arena, json_text_or(exception, "value", NULL), ALERT_VALUE);
}

/* RFC 3339, or seconds since 1970; `fallback` for anything else. */
static instant time_or(const cJSON *at, instant fallback)
{
    instant t = fallback;
    if (!text_seconds(at, &t) && cJSON_IsString(at) && (instant_parse(at->valuestring, &t, NULL) < 0 || t <= 0))
        t = fallback;
    return t;
}

static void fill_times(const struct intake_request *request, const cJSON *doc, struct alert *alert)
{
    instant ends = time_or(json_member(doc, "endsAt"), 0);
    alert_set_status(alert, json_text_or(doc, "status", NULL), ends, request->now);
    alert->at = alert_clamp(time_or(json_member(doc, "at"), request->now), request->now);
}

static void fill_tags(struct arena *arena, const cJSON *doc, struct alert *alert)
{
    struct alert_tag *tags = arena_take(arena, ALERT_TAGS * sizeof(*tags));
    const cJSON *tag, *all = json_member(doc, "tags");
    alert->tags = tags;
    cJSON_ArrayForEach(tag, all)
    {
        const char *value = text_scalar(arena, tag, ALERT_TAG_VALUE);
        if (tag->string && alert->n_tags < ALERT_TAGS && *value && *tag->string)
            tags[alert->n_tags++] =
                (struct alert_tag){.key = text_line(arena, tag->string, ALERT_TAG_KEY), .value = value};
    }
}

static void identify(struct alert *alert, const cJSON *doc, struct arena *arena)
{
    struct fingerprint f;
    const char *own = text_scalar(arena, json_member(doc, "fingerprint"), 1000);
    alert->grouping = *own ? GROUPING_SENDER : *alert->about.type ? GROUPING_EXCEPTION : GROUPING_MESSAGE;
    fingerprint_begin(&f, alert->about.origin, alert->about.stream, alert->grouping);
    if (*own) {
        fingerprint_add(&f, own);
    } else if (*alert->about.type) {
        fingerprint_add(&f, alert->about.type);
        fingerprint_add_message(&f, alert->exception_value);
        fingerprint_add_code(&f, alert->about.culprit);
    } else {
        fingerprint_add(&f, alert->about.service);
        fingerprint_add_message(&f, alert->about.title);
    }
    alert->fingerprint = fingerprint_end(&f);
}

/* {"runbook": "https://…"}, [{"label", "url"}] or ["https://…"]. */
static void read_link(struct evidence *ret, struct arena *arena, const cJSON *link)
{
    if (cJSON_IsObject(link))
        evidence_link(ret, arena, json_text_or(link, "label", NULL), json_text_or(link, "url", NULL));
    else
        evidence_link(ret, arena, link->string, cJSON_GetStringValue(link));
}

static void read_evidence(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    const cJSON *doc = alert->evidence.raw, *link;
    cJSON_ArrayForEach(link, json_member(doc, "links"))
    {
        read_link(ret, arena, link);
    }
    evidence_object_links(ret, arena, doc);
    evidence_object_links(ret, arena, json_member(doc, "tags"));
    evidence_link(ret, arena, "source", json_text_or(doc, "url", NULL));
}

static int refuse(struct intake_answer *answer, size_t at, const char *what)
{
    return answer_refuse(answer, DIALECT_PLAIN, 400, ERR_INVALID, "Alert %zu: %s.", at + 1, what);
}

static bool is_level(const cJSON *word)
{
    enum alert_level none = (enum alert_level) - 1;
    return cJSON_IsString(word) && (!*word->valuestring || alert_level_parse(word->valuestring, none) != none);
}

static int check(const cJSON *doc, size_t at, struct intake_answer *answer)
{
    enum alert_status status;
    const cJSON *word = json_member(doc, "status"), *count = json_member(doc, "count");
    const cJSON *level = json_member(doc, "level");
    if (!cJSON_IsObject(doc))
        return refuse(answer, at, "it must be an object");
    if (!cJSON_IsString(json_member(doc, "title")) || text_empty(json_text_or(doc, "title", "")))
        return refuse(answer, at, "'title' is missing; it is one line that says what failed");
    if (word && (!cJSON_IsString(word) || alert_status_parse(word->valuestring, &status) < 0))
        return refuse(answer, at, "'status' must be firing, resolved or acknowledged");
    if (level && !is_level(level))
        return refuse(
            answer, at,
            "'level' must be debug, info, warning, error or fatal (or a word such as critical, warn or "
            "p1)");
    if (json_member(doc, "endsAt") && !cJSON_IsNull(json_member(doc, "endsAt")) &&
        !time_or(json_member(doc, "endsAt"), 0))
        return refuse(answer, at, "'endsAt' must be a time: RFC 3339, or seconds since 1970");
    if (count && (json_int_or(doc, "count", 0) < 1 || json_int_or(doc, "count", 0) > ALERT_COUNT))
        return refuse(answer, at, "'count' must be a whole number from 1 to 1000000");
    return 0;
}

static int take(struct intake_request *request, const cJSON *doc, size_t at, struct alert_list *list,
                struct intake_answer *answer)
{
    struct arena *arena = request->arena;
    int r = check(doc, at, answer);
    if (r < 0)
        return r;
    struct alert *alert = request_alert(request, list, "generic");
    if (!alert)
        return answer_refuse(answer, DIALECT_PLAIN, 413, ERR_TOO_BIG, "More than %d alerts in one request.",
                             ALERTS_A_REQUEST);
    fill_lines(arena, doc, alert);
    fill_objects(arena, doc, alert);
    fill_tags(arena, doc, alert);
    alert->message = text_lines(arena, json_text_or(doc, "message", NULL), ALERT_MESSAGE);
    alert->about.url = text_url(arena, json_text_or(doc, "url", NULL), ALERT_URL);
    alert->level = alert_level_parse(json_text_or(doc, "level", NULL), LEVEL_ERROR);
    fill_times(request, doc, alert);
    alert->count = json_int_or(doc, "count", 1);
    identify(alert, doc, arena);
    alert->evidence = (struct raw_evidence){read_evidence, doc};
    request_complete(request, alert, doc);
    return 0;
}

int generic_alerts(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    const cJSON *doc, *element;
    size_t at = 0;
    int r = request_json(request, DIALECT_PLAIN, request->body, request->n, &doc, answer);
    if (r < 0)
        return r;
    if (!cJSON_IsArray(doc))
        r = take(request, doc, 0, ret, answer);
    for (element = cJSON_IsArray(doc) ? doc->child : NULL; element && r == 0; element = element->next)
        r = take(request, element, at++, ret, answer);
    if (r == 0)
        answer_set(answer, 202, "{\"accepted\":%zu}", ret->n);
    return r;
}
