#include "engine/event.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "engine/state.h"

#define TEXT   FIELD_TEXT
#define NAME   FIELD_NAME
#define VALUE  FIELD_VALUE
#define RULE   FIELD_RULE
#define DATA   FIELD_DATA
#define UNTIL  FIELD_UNTIL
#define OTHER  FIELD_OTHER
#define COUNT  FIELD_COUNT
#define STATUS FIELD_STATUS
#define FLAG   FIELD_FLAG

static const struct event_kind kinds[EVENT_TYPE_COUNT] = {
    [EVENT_NONE] = {"none", OF_SYSTEM, 0, 0, 1},
    [EVENT_DECLARED] = {"declared", OF_INCIDENT, TEXT | STATUS, RULE | VALUE, 1},
    [EVENT_STATUS] = {"status", OF_INCIDENT, STATUS | NAME, TEXT | UNTIL | VALUE | OTHER | RULE, 1},
    [EVENT_TITLED] = {"titled", OF_INCIDENT, TEXT, RULE, 1},
    [EVENT_SUMMARIZED] = {"summarized", OF_INCIDENT, TEXT, RULE, 1},
    [EVENT_SEVERITY] = {"severity", OF_INCIDENT, NAME, RULE, 1},
    [EVENT_TEAM] = {"team", OF_INCIDENT, NAME, RULE, 1},
    [EVENT_SERVICE] = {"service", OF_INCIDENT, NAME, RULE, 1},
    [EVENT_PRIVATE] = {"private", OF_INCIDENT, FLAG, RULE, 1},
    [EVENT_DRILL] = {"drill", OF_INCIDENT, FLAG, RULE, 1},
    [EVENT_ROLE] = {"role", OF_INCIDENT, NAME, VALUE | RULE, 1},
    [EVENT_MEMBER] = {"member", OF_INCIDENT, VALUE | FLAG, NAME | RULE, 1},
    [EVENT_NOTED] = {"noted", OF_INCIDENT, TEXT, NAME | VALUE | RULE, 1},
    [EVENT_PINNED] = {"pinned", OF_INCIDENT, TEXT, NAME | VALUE, 1},
    [EVENT_LINKED] = {"linked", OF_INCIDENT, VALUE, TEXT | RULE, 1},
    [EVENT_RELATED] = {"related", OF_INCIDENT, OTHER, RULE, 1},
    [EVENT_UPDATED] = {"updated", OF_INCIDENT, TEXT, RULE, 1},
    [EVENT_SAID] = {"said", OF_INCIDENT, TEXT, NAME | VALUE | DATA, 1},
    [EVENT_SAID_EDITED] = {"said_edited", OF_INCIDENT, TEXT | NAME | VALUE, DATA | COUNT, 1},
    [EVENT_SAID_DELETED] = {"said_deleted", OF_INCIDENT, NAME | VALUE, 0, 1},
    [EVENT_CHANNEL] = {"channel", OF_INCIDENT, NAME | VALUE | FLAG, TEXT | COUNT, 1},
    [EVENT_CARD] = {"card", OF_INCIDENT, NAME | VALUE | TEXT, 0, 1},
    [EVENT_CUSTOMER] = {"customer", OF_INCIDENT, NAME, TEXT | COUNT, 1},
    [EVENT_ALERT] = {"alert", OF_INCIDENT, VALUE | FLAG, TEXT | COUNT | RULE, 1},
    [EVENT_ALERT_STATE] = {"alert_state", OF_INCIDENT, VALUE | NAME, COUNT | TEXT, 1},
    [EVENT_MERGED_IN] = {"merged_in", OF_INCIDENT, OTHER, 0, 1},
    [EVENT_DISSENTED] = {"dissented", OF_INCIDENT, TEXT, 0, 1},
    [EVENT_OWED] = {"owed", OF_INCIDENT, NAME | UNTIL, TEXT | RULE, 1},
    [EVENT_MISSED] = {"missed", OF_INCIDENT, NAME | UNTIL, TEXT | RULE, 1},
    [EVENT_MET] = {"met", OF_INCIDENT, NAME, 0, 1},
    [EVENT_PAGED] = {"paged", OF_INCIDENT, VALUE, TEXT | RULE, 1},
    [EVENT_CONNECTOR] = {"connector", OF_INCIDENT, NAME | FLAG, TEXT, 1},
    [EVENT_SCRIPT] = {"script", OF_INCIDENT, TEXT, RULE, 1},
    [EVENT_DRAFTED] = {"drafted", OF_INCIDENT, COUNT | NAME | TEXT, RULE, 1},
    [EVENT_DRAFT_CARD] = {"draft_card", OF_INCIDENT, COUNT | NAME | VALUE | TEXT, 0, 1},
    [EVENT_APPROVED] = {"approved", OF_INCIDENT, COUNT | NAME | TEXT, 0, 1},
    [EVENT_DISCARDED] = {"discarded", OF_INCIDENT, COUNT, 0, 1},
    [EVENT_TOLD] = {"told", OF_INCIDENT, COUNT | NAME | VALUE, 0, 1},
    [EVENT_REPLIED] = {"replied", OF_INCIDENT, NAME | TEXT, VALUE | DATA, 1},
    [EVENT_GROUP_SEEN] = {"group_seen", OF_GROUP, TEXT, NAME | DATA | COUNT, 1},
    [EVENT_GROUP_REGRESSED] = {"group_regressed", OF_GROUP, COUNT, DATA | TEXT, 1},
    [EVENT_GROUP_RESOLVED] = {"group_resolved", OF_GROUP, 0, COUNT, 1},
    [EVENT_GROUP_JUDGED] = {"group_judged", OF_GROUP, NAME, RULE | TEXT | OTHER | DATA | COUNT, 1},
    [EVENT_GROUP_MUTED] = {"group_muted", OF_GROUP, UNTIL, TEXT, 1},
    [EVENT_GROUP_UNMUTED] = {"group_unmuted", OF_GROUP, 0, TEXT, 1},
    [EVENT_PERSON] = {"person", OF_PERSON, NAME | VALUE, TEXT | DATA, 1},
    [EVENT_MUTED] = {"muted", OF_SYSTEM, NAME | UNTIL, TEXT, 1},
    [EVENT_UNMUTED] = {"unmuted", OF_SYSTEM, NAME, 0, 1},
    [EVENT_POLICY] = {"policy", OF_SYSTEM, FLAG, NAME | TEXT, 1},
    [EVENT_TOKEN] = {"token", OF_SYSTEM, NAME | FLAG, TEXT, 1},
    [EVENT_ACTION_DEAD] = {"action_dead", OF_SYSTEM, NAME | VALUE, TEXT | OTHER, 1},
};

const struct event_kind *event_kind(enum event_type type)
{
    require((unsigned)type < EVENT_TYPE_COUNT);
    return &kinds[type];
}

enum event_type event_type_parse(const char *name)
{
    for (int t = 1; name && t < EVENT_TYPE_COUNT; t++) {
        if (strcmp(kinds[t].name, name) == 0)
            return (enum event_type)t;
    }
    return EVENT_NONE;
}

void event_finish(struct event *event)
{
    if (!event)
        return;
    free(event->subject);
    free(event->by);
    free(event->text);
    free(event->name);
    free(event->value);
    free(event->rule);
    free(event->data);
    *event = (struct event){0};
}

void event_list_finish(event_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        event_finish(&list->v[i]);
    array_free(list);
}

struct event *event_add(event_list *list, enum event_type type, uint64_t incident, instant at, const char *by)
{
    struct event *event = array_add(list);
    event->type = type;
    event->incident = incident;
    event->at = at;
    event->by = xstrdup(by);
    return event;
}

void event_copy(struct event *to, const struct event *from)
{
    *to = *from;
    to->subject = xstrdup(from->subject);
    to->by = xstrdup(from->by);
    to->text = xstrdup(from->text);
    to->name = xstrdup(from->name);
    to->value = xstrdup(from->value);
    to->rule = xstrdup(from->rule);
    to->data = xstrdup(from->data);
}

void event_stream(const struct event *event, struct str *out)
{
    char name[INCIDENT_NAME];
    switch (kinds[event->type].subject) {
    case OF_INCIDENT:
        str_add(out, incident_name(event->incident, name));
        break;
    case OF_GROUP:
        str_addf(out, "group/%s", event->subject);
        break;
    case OF_PERSON:
        str_addf(out, "person/%s", event->subject);
        break;
    case OF_SYSTEM:
        str_add(out, "system");
        break;
    }
}

void event_encode(const struct event *event, struct str *out)
{
    const struct event_kind *kind = &kinds[event->type];
    unsigned has = kind->must | kind->may;
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "r", kind->revision);
    if (has & FIELD_TEXT)
        json_put_text_if(&j, "text", event->text);
    if (has & FIELD_NAME)
        json_put_text_if(&j, "name", event->name);
    if (has & FIELD_VALUE)
        json_put_text_if(&j, "value", event->value);
    if (has & FIELD_RULE)
        json_put_text_if(&j, "rule", event->rule);
    if ((has & FIELD_STATUS) && event->status)
        json_put_text(&j, "status", status_name(event->status));
    if ((has & FIELD_UNTIL) && event->until)
        json_put_int(&j, "until", event->until);
    if ((has & FIELD_OTHER) && event->other)
        json_put_int(&j, "other", (int64_t)event->other);
    if ((has & FIELD_COUNT) && event->count)
        json_put_int(&j, "count", event->count);
    if (has & FIELD_FLAG)
        json_put_bool(&j, "flag", event->flag);
    if ((has & FIELD_DATA) && event->data) {
        json_key(&j, "data");
        json_raw(&j, event->data);
    }
    json_end_object(&j);
}

static unsigned fields_present(const struct event *event, const cJSON *payload)
{
    return (event->text ? FIELD_TEXT : 0u) | (event->name ? FIELD_NAME : 0u) |
           (event->value ? FIELD_VALUE : 0u) | (event->until ? FIELD_UNTIL : 0u) |
           (event->other ? FIELD_OTHER : 0u) | FIELD_COUNT | FIELD_DATA | FIELD_RULE |
           (event->status ? FIELD_STATUS : 0u) | (json_member(payload, "flag") ? FIELD_FLAG : 0u);
}

static void payload_decode(const cJSON *payload, struct event *event)
{
    event->text = xstrdup(json_text_or(payload, "text", NULL));
    event->name = xstrdup(json_text_or(payload, "name", NULL));
    event->value = xstrdup(json_text_or(payload, "value", NULL));
    event->rule = xstrdup(json_text_or(payload, "rule", NULL));
    event->status = status_parse(json_text_or(payload, "status", NULL));
    event->until = json_int_or(payload, "until", 0);
    event->other = (uint64_t)json_int_or(payload, "other", 0);
    event->count = json_int_or(payload, "count", 0);
    event->flag = json_bool_or(payload, "flag", false);
    const cJSON *data = json_member(payload, "data");
    if (data) {
        struct str text = {0};
        json_tree(&(struct json_out){&text, false}, data);
        event->data = str_take(&text);
    }
}

static void subject_decode(const char *stream, struct event *event)
{
    const char *slash = strchr(stream, '/');
    switch (kinds[event->type].subject) {
    case OF_INCIDENT:
        event->incident = incident_name_parse(stream);
        break;
    case OF_GROUP:
    case OF_PERSON:
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
    payload_decode(payload, &event);
    subject_decode(stream, &event);
    unsigned missing = kinds[event.type].must & ~fields_present(&event, payload);
    if (missing) {
        event_finish(&event);
        return error_set(err, ERR_CORRUPT, "%s: event %s lacks needed fields (set %x)", stream, type, missing);
    }
    *ret = event;
    return 0;
}

const char *event_search_text(const struct event *event)
{
    switch (event->type) {
    case EVENT_DECLARED:
    case EVENT_TITLED:
    case EVENT_SUMMARIZED:
    case EVENT_NOTED:
    case EVENT_PINNED:
    case EVENT_UPDATED:
    case EVENT_SAID:
    case EVENT_SAID_EDITED:
    case EVENT_STATUS:
    case EVENT_ALERT:
    case EVENT_APPROVED:
    case EVENT_REPLIED:
        return event->text;
    default:
        return NULL;
    }
}
