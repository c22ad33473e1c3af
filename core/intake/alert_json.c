#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/alert.h"
#include "intake/text.h"

/* The texts of an alert that are plain members of its JSON. */
static const struct {
    const char *key;
    size_t offset, max;
    bool lines;
} texts[] = {
#define TEXT(key, field, max, lines)                                                                           \
    {                                                                                                          \
        key, offsetof(struct alert, field), max, lines                                                         \
    }
    TEXT("source", about.source, ALERT_NAME, false),
    TEXT("origin", about.origin, ALERT_NAME, false),
    TEXT("stream", about.stream, ALERT_NAME, false),
    TEXT("title", about.title, ALERT_TITLE, false),
    TEXT("service", about.service, ALERT_NAME, false),
    TEXT("environment", about.environment, ALERT_NAME, false),
    TEXT("release", about.release, ALERT_NAME, false),
    TEXT("host", host, ALERT_NAME, false),
    TEXT("sender_id", sender_id, ALERT_ID, false),
    TEXT("url", about.url, ALERT_URL, false),
    TEXT("customer", who.customer, ALERT_CUSTOMER, false),
    TEXT("customer_name", who.customer_name, ALERT_CUSTOMER, false),
    TEXT("user", who.user, ALERT_CUSTOMER, false),
    TEXT("user_email", who.user_email, ALERT_CUSTOMER, false),
    TEXT("exception_type", about.type, ALERT_NAME, false),
    TEXT("culprit", about.culprit, ALERT_CULPRIT, false),
    TEXT("exception_value", exception_value, ALERT_VALUE, true),
    TEXT("message", message, ALERT_MESSAGE, true),
    TEXT("details", details, ALERT_DETAILS, true),
#undef TEXT
};

static const char **text_at(const struct alert *alert, size_t i)
{
    return (const char **)(uintptr_t)((const char *)alert + texts[i].offset);
}

static void put_texts(struct json_out *j, const struct alert *alert, size_t longest)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const char *text = *text_at(alert, i);
        if (!*text)
            continue;
        json_key(j, texts[i].key);
        json_textn(j, text, utf8_cut(text, strlen(text), longest));
    }
}

/* If a key is repeated, perhaps because it was cut, the first counts, as in alert_tag. */
static void put_tags(struct json_out *j, const struct alert *alert, size_t most)
{
    json_key(j, "tags");
    json_begin_object(j);
    for (size_t i = 0; i < alert->n_tags && i < most; i++) {
        const struct alert_tag *tag = &alert->tags[i];
        if (alert_tag(alert, tag->key) == tag->value)
            json_put_text(j, tag->key, tag->value);
    }
    json_end_object(j);
}

static void encode(const struct alert *alert, size_t longest, size_t tags, struct str *out)
{
    char hex[FINGERPRINT_TEXT];
    struct json_out j = {.out = out};
    json_begin_object(&j);
    json_put_text(&j, "fingerprint", fingerprint_format(alert->fingerprint, hex));
    json_put_text(&j, "grouping", grouping_name(alert->grouping));
    json_put_text(&j, "level", alert_level_name(alert->level));
    json_put_text(&j, "status", alert_status_name(alert->status));
    json_put_int(&j, "at", alert->at);
    json_put_int(&j, "count", alert->count);
    put_texts(&j, alert, longest);
    put_tags(&j, alert, tags);
    json_end_object(&j);
}

/* Escapes make the length unpredictable, so it is tried: if the result is too long, which is rare, texts are cut further. */
void alert_encode(const struct alert *alert, size_t max, struct str *out)
{
    static const struct {
        size_t longest, tags;
    } tries[] = {{ALERT_MESSAGE, ALERT_TAGS}, {1000, ALERT_TAGS}, {400, 24}, {200, 8}, {80, 2}, {12, 0}};
    size_t start = out->len;
    for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
        if (out->p)
            out->p[out->len = start] = '\0';
        encode(alert, tries[i].longest, tries[i].tags, out);
        if (out->len - start <= max)
            return;
    }
}

static void take_tags(const cJSON *tags, struct arena *arena, struct alert *alert)
{
    struct alert_tag *taken = arena_take(arena, ALERT_TAGS * sizeof(*taken));
    const cJSON *tag;
    cJSON_ArrayForEach(tag, tags)
    {
        if (alert->n_tags == ALERT_TAGS || !tag->string)
            break;
        taken[alert->n_tags++] = (struct alert_tag){
            .key = text_line(arena, arena_copy(arena, tag->string, strlen(tag->string)), ALERT_TAG_KEY),
            .value = text_line(arena,
                               arena_copy(arena, tag->valuestring ? tag->valuestring : "",
                                          strlen(tag->valuestring ? tag->valuestring : "")),
                               ALERT_TAG_VALUE)};
    }
    alert->tags = taken;
}

static void take_texts(const cJSON *doc, struct arena *arena, struct alert *alert)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const char *text = json_text_or(doc, texts[i].key, "");
        text = arena_copy(arena, text, strlen(text));
        *text_at(alert, i) = (texts[i].lines ? text_lines : text_line)(arena, text, texts[i].max);
    }
}

int alert_decode(const char *json, size_t n, struct arena *arena, struct alert *ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    struct alert alert;
    alert_init(&alert, "", 0);
    int r = json_parse(json, n, 1 << 20, 8, "sample", &doc, err);
    if (r < 0)
        return r;
    if ((r = fingerprint_parse(json_text_or(doc, "fingerprint", ""), &alert.fingerprint, err)) < 0)
        return r;
    alert.grouping = grouping_parse(json_text_or(doc, "grouping", ""), GROUPING_SENDER);
    alert.level = alert_level_parse(json_text_or(doc, "level", ""), LEVEL_ERROR);
    alert_status_parse(json_text_or(doc, "status", ""), &alert.status);
    alert.at = json_int_or(doc, "at", 0);
    alert.count = json_int_or(doc, "count", 1);
    take_texts(doc, arena, &alert);
    take_tags(json_member(doc, "tags"), arena, &alert);
    *ret = alert;
    return 0;
}
