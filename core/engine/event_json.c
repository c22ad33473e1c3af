/* An event as the journal keeps it: its stream, and its payload as JSON; and back. */
#include <string.h>

#include "base/json.h"
#include "engine/event.h"
#include "engine/state.h"

/* A field of the payload; what is empty is left out. */
struct field {
    const char *name;
    enum form { AS_TEXT, AS_STATUS, AS_NUMBER, AS_COUNT, AS_FLAG, AS_OBJECT } form;
    size_t offset;
    const char *meaning; /* of every event; the event's row says more */
};

/* In the order of enum event_field. A count may be 0, though it is needed. */
static const struct field fields[EVENT_FIELDS] = {
    {"text", AS_TEXT, offsetof(struct event, text), "a text: what somebody wrote, a title, or a reason"},
    {"name", AS_TEXT, offsetof(struct event, name),
     "a word or a key: which role, severity, customer, connector, …"},
    {"value", AS_TEXT, offsetof(struct event, value),
     "an id or an address: of a person, a channel, a message, a link"},
    {"rule", AS_TEXT, offsetof(struct event, rule), "the line of the policy that did it: \"team.lua:12\""},
    {"status", AS_STATUS, offsetof(struct event, status), "a status by its name: \"paused\""},
    {"until", AS_NUMBER, offsetof(struct event, until),
     "a time, in milliseconds since 1970; in Lua `until_at`, in seconds"},
    {"other", AS_NUMBER, offsetof(struct event, other), "the number of another incident"},
    {"count", AS_COUNT, offsetof(struct event, count), "a whole number: how many, or which one"},
    {"flag", AS_FLAG, offsetof(struct event, flag), "true or false: which of two things happened"},
    {"data", AS_OBJECT, offsetof(struct event, data), "a JSON object with further facts; not in Lua"},
};

const char *event_field_name(enum event_field field)
{
    return fields[__builtin_ctz(field)].name;
}

const char *event_field_meaning(enum event_field field)
{
    return fields[__builtin_ctz(field)].meaning;
}

static void field_encode(const struct field *field, const struct event *event, struct json_out *j)
{
    const void *at = (const char *)event + field->offset;
    switch (field->form) {
    case AS_TEXT:
        json_put_text_if(j, field->name, *(char *const *)at);
        break;
    case AS_STATUS:
        if (event->status)
            json_put_text(j, field->name, status_name(event->status));
        break;
    case AS_NUMBER:
    case AS_COUNT:
        if (*(const int64_t *)at)
            json_put_int(j, field->name, *(const int64_t *)at);
        break;
    case AS_FLAG:
        json_put_bool(j, field->name, event->flag);
        break;
    case AS_OBJECT:
        json_put_raw_if(j, field->name, event->data);
        break;
    }
}

void event_encode(const struct event *event, struct str *out)
{
    const struct event_kind *kind = event_kind(event->type);
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "r", kind->revision);
    for (size_t i = 0; i < EVENT_FIELDS; i++) {
        if (kind->use[i].meaning)
            field_encode(&fields[i], event, &j);
    }
    json_put_text_if(&j, "agent", event->agent);
    json_end_object(&j);
}

static char *object_decode(const cJSON *object)
{
    struct str text = {0};
    json_tree(&(struct json_out){&text, false}, object);
    return str_take(&text);
}

/* Takes a member of the payload, which is NULL when there is none; false: it is none of its form. */
static bool field_decode(const struct field *field, const cJSON *payload, struct event *event)
{
    void *at = (char *)event + field->offset;
    switch (field->form) {
    case AS_TEXT:
        return (*(char **)at = xstrdup(json_text_or(payload, field->name, NULL))) != NULL;
    case AS_STATUS:
        return (event->status = status_parse(json_text_or(payload, field->name, NULL))) != STATUS_NONE;
    case AS_NUMBER:
        return (*(int64_t *)at = json_int_or(payload, field->name, 0)) != 0;
    case AS_COUNT:
        event->count = json_int_or(payload, field->name, 0);
        return true;
    case AS_FLAG:
        event->flag = json_bool_or(payload, field->name, false);
        return json_member(payload, field->name) != NULL;
    case AS_OBJECT:
        if (json_member(payload, field->name))
            event->data = object_decode(json_member(payload, field->name));
        return event->data != NULL;
    }
    return false;
}

/* The name of the first field that is needed and not there, or NULL. */
static const char *payload_decode(const cJSON *payload, struct event *event)
{
    const struct event_use *use = event_kind(event->type)->use;
    const char *missing = NULL;
    event->agent = xstrdup(json_text_or(payload, "agent", NULL));
    for (size_t i = 0; i < EVENT_FIELDS; i++) {
        if (use[i].meaning && !field_decode(&fields[i], payload, event) && use[i].needed && !missing)
            missing = fields[i].name;
    }
    return missing;
}

void event_stream(const struct event *event, struct str *out)
{
    char name[INCIDENT_NAME];
    switch (event_kind(event->type)->subject) {
    case OF_INCIDENT:
        str_add(out, incident_name(event->incident, name));
        break;
    case OF_GROUP:
        str_addf(out, "group/%s", event->subject);
        break;
    case OF_PERSON:
        str_addf(out, "person/%s", event->subject);
        break;
    case OF_CUSTOMER:
        str_addf(out, "customer/%s", event->subject);
        break;
    case OF_SYSTEM:
        str_add(out, "system");
        break;
    }
}

static void subject_decode(const char *stream, struct event *event)
{
    const char *slash = strchr(stream, '/');
    switch (event_kind(event->type)->subject) {
    case OF_INCIDENT:
        event->incident = incident_name_parse(stream);
        break;
    case OF_GROUP:
    case OF_PERSON:
    case OF_CUSTOMER:
        event->subject = xstrdup(slash ? slash + 1 : stream);
        break;
    case OF_SYSTEM:
        break;
    }
}

int event_decode(const char *stream, const char *type, const char *data, struct event *ret, struct error *err)
{
    CLEANUP_JSON cJSON *payload = NULL;
    struct event event = {.type = event_type_parse(type)};
    if (!event.type)
        return error_set(err, ERR_CORRUPT, "%s: unknown event type '%s'; was it written by a newer tocsin?",
                         stream, type);
    if (json_parse(data, strlen(data), SIZE_MAX, JSON_DEPTH, "event", &payload, err))
        return error_prefix(err, "%s: event %s", stream, type);
    const char *missing = payload_decode(payload, &event);
    if (missing) {
        event_finish(&event);
        return error_set(err, ERR_CORRUPT, "%s: event %s lacks its %s", stream, type, missing);
    }
    subject_decode(stream, &event);
    *ret = event;
    return 0;
}
