#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/sentry.h"
#include "intake/sentry_stack.h"
#include "intake/text.h"

struct reading {
    struct intake_request *request;
    struct arena *arena;
    const cJSON *event;
    struct alert *alert;
    struct stack stack;
    const char *message, *template; /* "" when absent */
};

/* ---- message ---- */

/* "logentry", or "message" in older SDKs: a string or {message, formatted}. */
static void read_message(struct reading *r)
{
    const cJSON *entry = json_member(r->event, "logentry");
    if (!entry)
        entry = json_member(r->event, "message");
    const char *text = cJSON_IsString(entry) ? entry->valuestring : "";
    r->template = text_some(json_text_or(entry, "message", ""));
    r->message =
        text_first(text_some(json_text_or(entry, "formatted", "")), r->template, text_some(text), NULL);
    if (!json_member(entry, "params") && strcmp(r->message, r->template) == 0)
        r->template = ""; /* not a template: its values are filled in already */
}

/* ---- tags ---- */

static void add_tag(struct reading *r, struct alert_tag *tags, const char *key, const char *value)
{
    if (r->alert->n_tags < ALERT_TAGS && *key && *value && !alert_tag(r->alert, key))
        tags[r->alert->n_tags++] = (struct alert_tag){.key = key, .value = value};
}

/* {"key": value} or [["key", value]]. */
static void take_tags(struct reading *r, struct alert_tag *tags)
{
    const cJSON *tag;
    cJSON_ArrayForEach(tag, json_member(r->event, "tags"))
    {
        bool is_pair = cJSON_IsArray(tag);
        const char *key = is_pair ? text_scalar(r->arena, cJSON_GetArrayItem(tag, 0), ALERT_TAG_KEY)
                                  : text_line(r->arena, tag->string, ALERT_TAG_KEY);
        const cJSON *value = is_pair ? cJSON_GetArrayItem(tag, 1) : tag;
        add_tag(r, tags, key, text_scalar(r->arena, value, ALERT_TAG_VALUE));
    }
}

/* The page without its query, which may hold private data. */
static const char *page_of(struct reading *r)
{
    const char *url = text_member(r->arena, json_member(r->event, "request"), "url", ALERT_URL);
    return text_line(r->arena, arena_copy(r->arena, url, strcspn(url, "?#")), ALERT_TAG_VALUE);
}

static const char *context_name(struct reading *r, const char *context)
{
    const cJSON *c = json_member(json_member(r->event, "contexts"), context);
    const char *name = text_member(r->arena, c, "name", 80), *version = text_member(r->arena, c, "version", 80);
    return *name && *version ? text_format(r->arena, "%s %s", name, version) : name;
}

static void fill_tags(struct reading *r)
{
    static const char *const contexts[] = {"runtime", "browser", "os"};
    static const char *const members[] = {"transaction", "platform", "logger"};
    struct alert_tag *tags = arena_take(r->arena, ALERT_TAGS * sizeof(*tags));
    r->alert->tags = tags;
    take_tags(r, tags);
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        add_tag(r, tags, members[i], text_member(r->arena, r->event, members[i], ALERT_TAG_VALUE));
    for (size_t i = 0; i < ARRAY_SIZE(contexts); i++)
        add_tag(r, tags, contexts[i], context_name(r, contexts[i]));
    if (r->stack.n > 0 && r->stack.exceptions[0].says_handled)
        add_tag(r, tags, "handled", r->stack.exceptions[0].handled ? "yes" : "no");
    add_tag(r, tags, "url", page_of(r));
}

/* ---- grouping ---- */

/* A message with a stack that only shows where it was logged is grouped as a message, since one helper may log for many
   callers. */
static bool is_message(const struct reading *r)
{
    return r->stack.n == 0 || (r->stack.n == 1 && r->stack.exceptions[0].synthetic && *r->message);
}

/* No message and no exception that identifies the problem: then only its origin does. */
static bool says_nothing(const struct reading *r)
{
    return !*r->message && !*r->template && stack_says_nothing(&r->stack);
}

static void identify_origin(const struct reading *r, struct fingerprint *f)
{
    fingerprint_add_message(f, r->alert->about.title);
    fingerprint_add(f, r->alert->about.service);
    fingerprint_add(f, json_text_or(r->event, "logger", ""));
    fingerprint_add(f, json_text_or(r->event, "platform", ""));
    fingerprint_add(f, r->alert->about.culprit);
}

static uint64_t identify(const struct reading *r, enum grouping *ret)
{
    struct fingerprint f;
    *ret = is_message(r) || says_nothing(r) ? GROUPING_MESSAGE : GROUPING_EXCEPTION;
    fingerprint_begin(&f, r->alert->about.origin, r->alert->about.stream, *ret);
    if (says_nothing(r)) {
        identify_origin(r, &f);
        return fingerprint_end(&f);
    }
    if (!is_message(r) && stack_identify(&r->stack, &f))
        return fingerprint_end(&f);
    fingerprint_add(&f, json_text_or(r->event, "logger", ""));
    if (*r->template)
        fingerprint_add(&f, r->template);
    else
        fingerprint_add_message(&f, *r->message ? r->message : r->alert->about.title);
    return fingerprint_end(&f);
}

/* The value of "{{ name }}" in a fingerprint; NULL: unknown. Does not handle "default". */
static const char *variable(const struct reading *r, const char *name)
{
    const struct stack_exception *e = r->stack.n > 0 ? &r->stack.exceptions[0] : NULL;
    const cJSON *frame = e && e->n_frames > 0 ? e->frames[0] : NULL;
    const struct {
        const char *name, *value;
    } variables[] = {
        {"type", e ? e->type : ""},
        {"error.type", e ? e->type : ""},
        {"value", e ? e->value : ""},
        {"error.value", e ? e->value : ""},
        {"message", r->message},
        {"function", frame ? frame_function(frame) : ""},
        {"stack.function", frame ? frame_function(frame) : ""},
        {"module", frame ? frame_module(frame) : ""},
        {"stack.module", frame ? frame_module(frame) : ""},
        {"transaction", json_text_or(r->event, "transaction", "")},
        {"level", alert_level_name(r->alert->level)},
        {"logger", json_text_or(r->event, "logger", "")},
        {"release", r->alert->about.release},
        {"environment", r->alert->about.environment},
    };
    for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
        if (strcmp(variables[i].name, name) == 0)
            return variables[i].value;
    const char *tag = text_starts(name, "tags.") ? alert_tag(r->alert, name + 5) : NULL;
    return tag ? tag : text_starts(name, "tags.") ? "" : NULL;
}

/* "{{ name }}" -> "name"; false for other text. */
static bool variable_name(const char *part, char name[64])
{
    size_t n = strlen(part);
    if (n < 5 || n > 60 || strncmp(part, "{{", 2) != 0 || strcmp(part + n - 2, "}}") != 0)
        return false;
    const char *start = part + 2 + strspn(part + 2, " ");
    const char *end = part + n - 2;
    while (end > start && end[-1] == ' ')
        end--;
    memcpy(name, start, (size_t)(end - start));
    name[end - start] = '\0';
    return true;
}

static void add_part(const struct reading *r, const char *part, uint64_t fallback, struct fingerprint *f)
{
    char name[64], hex[FINGERPRINT_TEXT];
    if (!variable_name(part, name)) {
        fingerprint_add(f, part);
        return;
    }
    const char *value = variable(r, name);
    if (strcmp(name, "default") == 0)
        value = fingerprint_format(fallback, hex);
    fingerprint_add(f, value ? value : part);
}

static bool is_default(const char *part)
{
    char name[64];
    return variable_name(part, name) && strcmp(name, "default") == 0;
}

static void fill_fingerprint(struct reading *r)
{
    uint64_t fallback = identify(r, &r->alert->grouping);
    const cJSON *parts = json_member(r->event, "fingerprint"), *part;
    r->alert->fingerprint = fallback;
    if (!cJSON_IsArray(parts) || !parts->child)
        return;
    if (!parts->child->next && cJSON_IsString(parts->child) && is_default(parts->child->valuestring))
        return;
    struct fingerprint f;
    r->alert->grouping = GROUPING_SENDER;
    fingerprint_begin(&f, r->alert->about.origin, r->alert->about.stream, GROUPING_SENDER);
    cJSON_ArrayForEach(part, parts)
    {
        add_part(r, cJSON_IsString(part) ? part->valuestring : text_scalar(r->arena, part, ALERT_ID), fallback,
                 &f);
    }
    r->alert->fingerprint = fingerprint_end(&f);
}

/* ---- other fields ---- */

static const char *first_line(const struct reading *r, const char *text, size_t max)
{
    return text_line(r->arena, arena_copy(r->arena, text, strcspn(text, "\r\n")), max);
}

/* "Type: value" of the exception, or the message; "" when there is neither. */
static const char *title_of(const struct reading *r)
{
    const struct stack_exception *e = r->stack.n > 0 ? &r->stack.exceptions[0] : NULL;
    const char *value = first_line(r, e ? e->value : "", ALERT_TITLE);
    if (!e || e->synthetic || !*e->type)
        return *value ? value : first_line(r, r->message, ALERT_TITLE);
    const char *type = text_line(r->arena, e->type, ALERT_NAME);
    return *value ? text_format(r->arena, "%s: %s", type, value) : type;
}

static void fill_title(struct reading *r)
{
    struct alert *alert = r->alert;
    const struct stack_exception *e = r->stack.n > 0 ? &r->stack.exceptions[0] : NULL;
    const char *title = text_first(title_of(r), json_text_or(r->event, "transaction", ""),
                                   json_text_or(r->event, "logger", ""), "(an event without a message)", NULL);
    alert->about.title = text_line(r->arena, title, ALERT_TITLE);
    alert->message = text_lines(r->arena, *r->message ? r->message : e ? e->value : "", ALERT_MESSAGE);
    if (!e)
        return;
    alert->about.type = text_line(r->arena, e->type, ALERT_NAME);
    alert->exception_value = text_lines(r->arena, e->value, ALERT_VALUE);
}

static void fill_time(struct reading *r)
{
    const cJSON *stamp = json_member(r->event, "timestamp");
    instant at = r->request->now;
    if (!text_seconds(stamp, &at) && cJSON_IsString(stamp))
        instant_parse(stamp->valuestring, &at, NULL);
    r->alert->at = alert_clamp(at, r->request->now);
}

static void fill_names(struct reading *r)
{
    struct alert *alert = r->alert;
    const cJSON *user = json_member(r->event, "user");
    alert->level = alert_level_parse(json_text_or(r->event, "level", NULL), LEVEL_ERROR);
    alert->about.release = text_member(r->arena, r->event, "release", ALERT_NAME);
    alert->about.environment = text_member(r->arena, r->event, "environment", ALERT_NAME);
    alert->host = text_member(r->arena, r->event, "server_name", ALERT_NAME);
    alert->sender_id = text_member(r->arena, r->event, "event_id", ALERT_ID);
    alert->who.user_email = text_member(r->arena, user, "email", ALERT_CUSTOMER);
    alert->who.user = text_first(text_member(r->arena, user, "id", ALERT_CUSTOMER),
                                 text_member(r->arena, user, "username", ALERT_CUSTOMER), NULL);
}

static void fill_service(struct reading *r)
{
    static const char *const names[] = {"service", "service.name", "service_name"};
    for (size_t i = 0; i < ARRAY_SIZE(names) && !*r->alert->about.service; i++) {
        const char *tag = alert_tag(r->alert, names[i]);
        r->alert->about.service = tag ? text_line(r->arena, tag, ALERT_NAME) : "";
    }
}

static void fill_details(struct reading *r)
{
    CLEANUP_STR struct str details = {0};
    const cJSON *request = json_member(r->event, "request");
    const char *page = page_of(r);
    if (*page)
        str_addf(&details, "%.10s %s\n", json_text_or(request, "method", "GET"), page);
    stack_describe(&r->stack, &details);
    r->alert->details =
        text_lines(r->arena, arena_copy(r->arena, str_text(&details), details.len), ALERT_DETAILS);
}

int sentry_event(struct intake_request *request, const cJSON *event, struct alert_list *list)
{
    struct reading r = {.request = request, .arena = request->arena, .event = event};
    if (!cJSON_IsObject(event))
        return ERR_INVALID;
    if (text_equal(json_text_or(event, "type", ""), "transaction"))
        return 0;
    r.alert = request_alert(request, list, "sentry");
    if (!r.alert)
        return ERR_FULL;
    r.alert->evidence = (struct raw_evidence){sentry_evidence, event};
    stack_read(event, &r.stack);
    read_message(&r);
    fill_names(&r);
    fill_title(&r);
    fill_time(&r);
    fill_tags(&r);
    fill_service(&r);
    r.alert->about.culprit =
        text_first(stack_culprit(&r.stack, r.arena), text_member(r.arena, event, "transaction", ALERT_CULPRIT),
                   text_member(r.arena, event, "culprit", ALERT_CULPRIT), NULL);
    fill_details(&r);
    request_complete(request, r.alert, event);
    if (!*r.alert->about.environment)
        r.alert->about.environment = "production"; /* as the documentation of the SDKs says */
    fill_fingerprint(&r);
    return 0;
}
