#include <string.h>

#include "intake/labelled.h"

#define SOURCE "alertmanager"

int alertmanager_alerts(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    struct reader r;
    size_t at;
    request_reader(request, &r);
    if (reader_peek(&r) != '[')
        return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, ERR_INVALID,
                             "The body must be an array of alerts.");
    int rc = labelled_take(request, SOURCE, &r, ret, &at);
    if (rc < 0)
        return labelled_refuse(rc, at, answer);
    answer_set(answer, 200, "%s", "");
    return labelled_end(&r, answer);
}

struct webhook {
    struct reader_text version, receiver, group_key;
    bool has_alerts;
    size_t at;
};

static int take_member(struct intake_request *request, const struct reader_text *key, struct reader *r,
                       struct webhook *hook, struct alert_list *ret)
{
    char kind = reader_peek(r);
    if (kind == '[' && reader_is(key, "alerts", 6)) {
        hook->has_alerts = true;
        return labelled_take(request, SOURCE, r, ret, &hook->at);
    }
    if (kind == '"' && reader_is(key, "version", 7))
        reader_text(r, &hook->version);
    else if (kind == '"' && reader_is(key, "receiver", 8))
        reader_text(r, &hook->receiver);
    else if (kind == '"' && reader_is(key, "groupKey", 8))
        reader_text(r, &hook->group_key);
    else
        reader_skip(r);
    return 0;
}

/* The receiver and the key may come after the alerts. */
static void complete(struct intake_request *request, const struct webhook *hook, struct alert_list *list)
{
    const char *stream = hook->receiver.p ? reader_line(&hook->receiver, request->arena, ALERT_NAME) : "";
    for (size_t i = 0; i < list->n; i++)
        list->v[i].about.stream = stream;
    labelled_notified(&hook->group_key, list);
}

int alertmanager_webhook(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    struct reader r;
    struct reader_text key;
    struct webhook hook = {0};
    request_reader(request, &r);
    reader_enter(&r, '{');
    while (reader_member(&r, &key)) {
        int rc = take_member(request, &key, &r, &hook, ret);
        if (rc < 0)
            return labelled_refuse(rc, hook.at, answer);
    }
    if (hook.version.p && strcmp(hook.version.p, "4") != 0)
        return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, ERR_INVALID,
                             "Unknown webhook version \"%.20s\". Only version \"4\" is supported.",
                             hook.version.p);
    answer_set(answer, 200, "{}");
    int rc = labelled_end(&r, answer);
    if (rc == 0 && !hook.has_alerts)
        return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, ERR_INVALID, "'alerts' must be an array.");
    complete(request, &hook, ret);
    return rc;
}
