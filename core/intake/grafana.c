/*
 * Grafana's webhook: like Alertmanager's, with links to panels, values, a title and a message; and the format from
 * before version 9, which is one alert without labels.
 */
#include <string.h>

#include "base/json.h"
#include "intake/evidence.h"
#include "intake/fingerprint.h"
#include "intake/labelled.h"
#include "intake/text.h"

#define SOURCE "grafana"

/* "paused" and "pending" are not trouble; "no_data" is. */
static enum alert_status legacy_status(const char *state)
{
    enum alert_status status;
    if (strcmp(state, "paused") == 0 || strcmp(state, "pending") == 0)
        return ALERT_RESOLVED;
    return alert_status_parse(state, &status) == 0 ? status : ALERT_FIRING;
}

static void fill_legacy(struct intake_request *request, const cJSON *doc, struct alert *alert)
{
    struct arena *arena = request->arena;
    struct fingerprint f;
    const char *rule = text_member(arena, doc, "ruleId", ALERT_ID);
    const char *name = text_member(arena, doc, "ruleName", ALERT_CULPRIT);
    alert->about.title = text_first(text_member(arena, doc, "title", ALERT_TITLE), name, "alert", NULL);
    alert->about.culprit = name;
    alert->message = text_lines(arena, json_text_or(doc, "message", NULL), ALERT_MESSAGE);
    alert->about.url = text_url(arena, json_text_or(doc, "ruleUrl", NULL), ALERT_URL);
    alert->status = legacy_status(json_text_or(doc, "state", ""));
    alert->sender_id = rule;
    alert->grouping = GROUPING_SENDER;
    fingerprint_begin(&f, alert->about.origin, "", GROUPING_SENDER);
    fingerprint_add(&f, text_first(rule, name, alert->about.title, NULL));
    alert->fingerprint = fingerprint_end(&f);
}

static void read_legacy(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    const cJSON *doc = alert->evidence.raw;
    evidence_object_links(ret, arena, json_member(doc, "tags"));
    evidence_link(ret, arena, "source", json_text_or(doc, "ruleUrl", NULL));
    evidence_link(ret, arena, "image", json_text_or(doc, "imageUrl", NULL));
}

static void take_legacy_tags(struct intake_request *request, const cJSON *doc, struct alert *alert)
{
    const cJSON *tags = json_member(doc, "tags"), *tag;
    struct alert_tag *taken = arena_take(request->arena, ALERT_TAGS * sizeof(*taken));
    alert->tags = taken;
    cJSON_ArrayForEach(tag, tags)
    {
        if (tag->string && *tag->string && alert->n_tags < ALERT_TAGS)
            taken[alert->n_tags++] =
                (struct alert_tag){.key = text_line(request->arena, tag->string, ALERT_TAG_KEY),
                                   .value = text_scalar(request->arena, tag, ALERT_TAG_VALUE)};
    }
    labelled_meaning(alert, request->arena);
}

static int take_legacy(struct intake_request *request, struct alert_list *list, struct intake_answer *answer)
{
    const cJSON *doc;
    int r = request_json(request, DIALECT_ALERTMANAGER, request->body, request->n, &doc, answer);
    if (r < 0)
        return r;
    if (!json_member(doc, "state") || (!json_member(doc, "ruleName") && !json_member(doc, "title")))
        return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, ERR_INVALID, "'alerts' must be an array.");
    struct alert *alert = request_alert(request, list, SOURCE);
    fill_legacy(request, doc, alert);
    take_legacy_tags(request, doc, alert);
    alert->evidence = (struct raw_evidence){read_legacy, doc};
    request_complete(request, alert, doc);
    return 0;
}

/* The message of a user's template applies to all alerts that have none themselves. */
static void spread(struct intake_request *request, const struct reader_text *receiver,
                   const struct reader_text *message, struct alert_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (receiver->p)
            list->v[i].about.stream = reader_line(receiver, request->arena, ALERT_NAME);
        if (message->p && !*list->v[i].message)
            list->v[i].message = reader_lines(message, request->arena, ALERT_MESSAGE);
    }
}

int grafana_webhook(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    struct reader r;
    struct reader_text key, receiver = {0}, message = {0}, group_key = {0};
    bool has_alerts = false;
    size_t at = 0;
    int rc = 0;
    request_reader(request, &r);
    reader_enter(&r, '{');
    while (reader_member(&r, &key)) {
        char kind = reader_peek(&r);
        if (kind == '[' && reader_is(&key, "alerts", 6)) {
            has_alerts = true;
            if ((rc = labelled_take(request, SOURCE, &r, ret, &at)) < 0)
                return labelled_refuse(rc, at, answer);
        } else if (kind == '"' && reader_is(&key, "receiver", 8)) {
            reader_text(&r, &receiver);
        } else if (kind == '"' && reader_is(&key, "message", 7)) {
            reader_text(&r, &message);
        } else if (kind == '"' && reader_is(&key, "groupKey", 8)) {
            reader_text(&r, &group_key);
        } else {
            reader_skip(&r);
        }
    }
    answer_set(answer, 200, "{}");
    if ((rc = labelled_end(&r, answer)) < 0)
        return rc;
    if (!has_alerts)
        return take_legacy(request, ret, answer);
    spread(request, &receiver, &message, ret);
    labelled_notified(&group_key, ret);
    return 0;
}
