#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/scrub.h"
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

/* A link is whole or not there. */
static void put_texts(struct json_out *j, const struct alert *alert, size_t longest)
{
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        const char *text = *text_at(alert, i);
        bool cut_link = texts[i].offset == offsetof(struct alert, about.url) && strlen(text) > longest;
        if (!*text || cut_link)
            continue;
        json_key(j, texts[i].key);
        json_textn(j, text, utf8_cut(text, strlen(text), longest));
    }
}

/* If a key is repeated, perhaps because it was cut, the first counts, as in alert_tag. */
static bool is_repeated(const struct alert *alert, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(alert->tags[k].key, alert->tags[i].key) == 0)
            return true;
    }
    return false;
}

static void put_tags(struct json_out *j, const struct alert *alert, size_t most)
{
    json_key(j, "tags");
    json_begin_object(j);
    for (size_t i = 0; i < alert->n_tags && i < most; i++) {
        if (!is_repeated(alert, i))
            json_put_text(j, alert->tags[i].key, alert->tags[i].value);
    }
    json_end_object(j);
}

/* How much of an alert is written. */
struct measure {
    size_t tags;
    struct evidence_limits limits;
};

static void encode(const struct alert *alert, const struct evidence *evidence, const struct measure *measure,
                   struct str *out)
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
    put_texts(&j, alert, measure->limits.longest);
    put_tags(&j, alert, measure->tags);
    evidence_encode(evidence, &measure->limits, &j);
    json_end_object(&j);
}

/* The alert without secrets, and without texts that say the same again. */
static struct alert clean(const struct alert *alert, const struct evidence *evidence, struct arena *arena)
{
    struct alert ret = *alert;
    struct alert_tag *tags = arena_take(arena, MAX(alert->n_tags, 1) * sizeof(*tags));
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *text_at(&ret, i) = scrub_text(arena, *text_at(alert, i));
    for (size_t i = 0; i < alert->n_tags; i++)
        tags[i] = (struct alert_tag){alert->tags[i].key, scrub_names_secret(alert->tags[i].key)
                                                             ? SCRUBBED
                                                             : scrub_text(arena, alert->tags[i].value)};
    ret.tags = tags;
    if (strcmp(alert->message, alert->exception_value) == 0)
        ret.message = "";
    if (evidence->trace.n > 0)
        ret.details = "";
    return ret;
}

/* Escapes make the length unpredictable, so it is tried: if the result is too long, which is rare, less is written. */
void alert_encode(const struct alert *alert, size_t max, struct str *out)
{
    static const struct measure tries[] = {
        {ALERT_TAGS, {ALERT_MESSAGE, EVIDENCE_FRAMES, EVIDENCE_CAUSES, EVIDENCE_CRUMBS, EVIDENCE_LINKS}},
        {ALERT_TAGS, {1000, EVIDENCE_FRAMES, EVIDENCE_CAUSES, 5, EVIDENCE_LINKS}},
        {24, {600, 12, EVIDENCE_CAUSES, 3, EVIDENCE_LINKS}},
        {24, {400, 8, 2, 0, EVIDENCE_LINKS}},
        {8, {200, 6, 1, 0, 4}},
        {2, {80, 3, 0, 0, 2}},
        {0, {12, 0, 0, 0, 0}},
    };
    struct arena arena = {0};
    struct evidence evidence;
    size_t start = out->len;
    evidence_read(alert, &arena, &evidence);
    struct alert it = clean(alert, &evidence, &arena);
    for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
        if (out->p)
            out->p[out->len = start] = '\0';
        encode(&it, &evidence, &tries[i], out);
        if (out->len - start <= max)
            break;
    }
    arena_finish(&arena);
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

static void take_evidence(const cJSON *doc, struct arena *arena, struct alert *alert)
{
    struct evidence *evidence = arena_take(arena, sizeof(*evidence));
    evidence_decode(doc, arena, evidence);
    evidence_keep(alert, evidence);
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
    take_evidence(doc, arena, &alert);
    *ret = alert;
    return 0;
}
