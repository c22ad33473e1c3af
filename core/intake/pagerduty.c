#include "intake/pagerduty.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/fingerprint.h"
#include "intake/text.h"

#define ERRORS_MOST 8
#define BODY_MOST   ((size_t)512 << 10)

struct complaints {
    const char *v[ERRORS_MOST];
    size_t n;
};

struct need {
    const char *key;
    size_t most;              /* bytes; 0: no limit */
    const char *const *words; /* it must be one of these; NULL: any text */
    const char *complaint;
};

static const char *const actions[] = {"trigger", "acknowledge", "resolve", NULL};
static const char *const severities[] = {"critical", "error", "warning", "info", NULL};

static const struct need of_event[] = {
    {"event_action", 0, actions, "'event_action' must be trigger, acknowledge or resolve."},
};
static const struct need of_end[] = {
    {"dedup_key", ALERT_ID, NULL, "'dedup_key' is missing or longer than 255 bytes."},
};
static const struct need of_payload[] = {
    {"summary", 0, NULL, "'payload.summary' is missing or blank."},
    {"source", 0, NULL, "'payload.source' is missing or blank."},
    {"severity", 0, severities, "'payload.severity' must be critical, error, warning or info."},
};

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static void check(const cJSON *object, const struct need *needs, size_t n, struct complaints *ret)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = json_text_or(object, needs[i].key, "");
        bool good = !text_empty(text) && (!needs[i].most || strlen(text) <= needs[i].most) &&
                    (!needs[i].words || is_one_of(text, needs[i].words));
        if (!good && ret->n < ERRORS_MOST)
            ret->v[ret->n++] = needs[i].complaint;
    }
}

static int invalid(struct intake_answer *answer, const struct complaints *complaints)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {.out = &body};
    json_begin_object(&j);
    json_put_text(&j, "status", "invalid event");
    json_put_text(&j, "message", "Event object is invalid");
    json_key(&j, "errors");
    json_begin_array(&j);
    for (size_t i = 0; i < complaints->n; i++)
        json_text(&j, complaints->v[i]);
    json_end_array(&j);
    json_end_object(&j);
    answer_set(answer, 400, "%s", str_text(&body));
    answer_header(answer, "content-type", "application/json");
    return ERR_INVALID;
}

static void accept(struct intake_answer *answer, const char *message, const char *dedup_key)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {.out = &body};
    json_begin_object(&j);
    json_put_text(&j, "status", "success");
    json_put_text(&j, "message", message);
    if (*dedup_key)
        json_put_text(&j, "dedup_key", dedup_key);
    json_end_object(&j);
    answer_set(answer, 202, "%s", str_text(&body));
}

/* ---- filling the alert ---- */

static void add_tag(struct arena *arena, struct alert *alert, struct alert_tag *tags, const char *key,
                    const cJSON *value)
{
    const char *text = text_scalar(arena, value, ALERT_TAG_VALUE);
    if (alert->n_tags < ALERT_TAGS && *text && key && *key)
        tags[alert->n_tags++] = (struct alert_tag){.key = text_line(arena, key, ALERT_TAG_KEY), .value = text};
}

static void fill_tags(struct arena *arena, const cJSON *payload, struct alert *alert)
{
    static const char *const members[] = {"component", "group", "class"};
    struct alert_tag *tags = arena_take(arena, ALERT_TAGS * sizeof(*tags));
    const cJSON *detail;
    alert->tags = tags;
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        add_tag(arena, alert, tags, members[i], json_member(payload, members[i]));
    cJSON_ArrayForEach(detail, json_member(payload, "custom_details"))
    {
        add_tag(arena, alert, tags, detail->string, detail);
    }
}

static const char *link_of(struct arena *arena, const cJSON *doc)
{
    const cJSON *link;
    cJSON_ArrayForEach(link, json_member(doc, "links"))
    {
        const char *url = text_url(arena, json_text_or(link, "href", NULL), ALERT_URL);
        if (*url)
            return url;
    }
    return text_url(arena, json_text_or(doc, "client_url", NULL), ALERT_URL);
}

static void read_evidence(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    const cJSON *doc = alert->evidence.raw,
                *details = json_member(json_member(doc, "payload"), "custom_details"), *item;
    cJSON_ArrayForEach(item, json_member(doc, "links"))
    {
        evidence_link(ret, arena, json_text_or(item, "text", NULL), json_text_or(item, "href", NULL));
    }
    cJSON_ArrayForEach(item, json_member(doc, "images"))
    {
        const char *page = json_text_or(item, "href", json_text_or(item, "src", NULL));
        evidence_link(ret, arena, json_text_or(item, "alt", "image"), page);
    }
    evidence_object_links(ret, arena, details);
    evidence_link(ret, arena, json_text_or(doc, "client", "source"), json_text_or(doc, "client_url", NULL));
}

/* custom_details may be a string. */
static const char *message_of(struct arena *arena, const cJSON *payload)
{
    const char *details = json_text_or(payload, "custom_details", NULL);
    return text_lines(arena, details ? details : json_text_or(payload, "summary", NULL), ALERT_MESSAGE);
}

static const char *service_of(struct arena *arena, const cJSON *payload, const struct alert *alert)
{
    const char *service = alert_tag(alert, "service");
    return text_first(service ? text_line(arena, service, ALERT_NAME) : "",
                      text_member(arena, payload, "component", ALERT_NAME), NULL);
}

static void fill(struct intake_request *request, const cJSON *doc, struct alert *alert)
{
    struct arena *arena = request->arena;
    const cJSON *payload = json_member(doc, "payload");
    instant at;
    alert_status_parse(json_text_or(doc, "event_action", ""), &alert->status);
    alert->about.stream = text_member(arena, doc, "client", ALERT_NAME);
    alert->about.title = text_first(text_member(arena, payload, "summary", ALERT_TITLE), "alert", NULL);
    alert->message = message_of(arena, payload);
    alert->level = alert_level_parse(json_text_or(payload, "severity", NULL), LEVEL_ERROR);
    alert->host = text_member(arena, payload, "source", ALERT_NAME);
    alert->about.culprit = text_member(arena, payload, "class", ALERT_CULPRIT);
    alert->about.url = link_of(arena, doc);
    if (instant_parse(json_text_or(payload, "timestamp", ""), &at, NULL) == 0)
        alert->at = alert_clamp(at, request->now);
    fill_tags(arena, payload, alert);
    alert->about.service = service_of(arena, payload, alert);
}

/* The key of a trigger without one: equal triggers get the same key. */
static const char *make_key(struct intake_request *request, const struct alert *alert, const cJSON *payload)
{
    struct fingerprint f;
    char hex[FINGERPRINT_TEXT];
    fingerprint_begin(&f, alert->about.origin, "", GROUPING_MESSAGE);
    fingerprint_add_message(&f, json_text_or(payload, "summary", ""));
    fingerprint_add(&f, json_text_or(payload, "source", ""));
    fingerprint_add(&f, json_text_or(payload, "component", ""));
    fingerprint_add(&f, json_text_or(payload, "class", ""));
    return arena_copy(request->arena, fingerprint_format(fingerprint_end(&f), hex), FINGERPRINT_TEXT - 1);
}

static void identify(struct intake_request *request, const cJSON *doc, struct alert *alert)
{
    struct fingerprint f;
    const char *key = json_text_or(doc, "dedup_key", "");
    alert->grouping = *key ? GROUPING_SENDER : GROUPING_MESSAGE;
    if (!*key)
        key = make_key(request, alert, json_member(doc, "payload"));
    fingerprint_begin(&f, alert->about.origin, "", GROUPING_SENDER);
    fingerprint_add(&f, key);
    alert->fingerprint = fingerprint_end(&f);
    alert->sender_id = text_line(request->arena, key, ALERT_ID);
}

/* ---- the two calls ---- */

static int open_document(struct intake_request *request, const cJSON **ret, struct intake_answer *answer)
{
    if (request->n > BODY_MOST)
        return answer_refuse(answer, DIALECT_PAGERDUTY, 413, ERR_TOO_BIG,
                             "The body is too large. The limit is 512 kB.");
    int r = request_json(request, DIALECT_PAGERDUTY, request->body, request->n, ret, answer);
    if (r < 0)
        return r;
    const char *key = json_text_or(*ret, "routing_key", "");
    if (request_find(request, INTAKE_ROUTING, "", key) == 0)
        return 0;
    answer_refuse(answer, DIALECT_PAGERDUTY, 400, ERR_AUTH, "'routing_key' is missing or unknown.");
    answer_why(answer, *key ? "wrong key" : "no key");
    return ERR_AUTH;
}

int pagerduty_enqueue(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    const cJSON *doc = NULL;
    struct complaints complaints = {0};
    int r = open_document(request, &doc, answer);
    if (r < 0)
        return r;
    bool triggers = strcmp(json_text_or(doc, "event_action", ""), "trigger") == 0;
    check(doc, of_event, ARRAY_SIZE(of_event), &complaints);
    if (triggers)
        check(json_member(doc, "payload"), of_payload, ARRAY_SIZE(of_payload), &complaints);
    if ((complaints.n == 0 && !triggers) || json_member(doc, "dedup_key"))
        check(doc, of_end, ARRAY_SIZE(of_end), &complaints);
    if (complaints.n > 0)
        return invalid(answer, &complaints);
    struct alert *alert = request_alert(request, ret, "pagerduty");
    fill(request, doc, alert);
    identify(request, doc, alert);
    alert->evidence = (struct raw_evidence){read_evidence, doc};
    request_complete(request, alert, doc);
    accept(answer, "Event processed", alert->sender_id);
    return 0;
}

int pagerduty_change(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    const cJSON *doc = NULL;
    (void)ret;
    int r = open_document(request, &doc, answer);
    if (r == 0)
        accept(answer, "Change event processed", "");
    return r;
}
