#include "intake/alert.h"

#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "base/mem.h"

#define UNKNOWN                                                                                                \
    {                                                                                                          \
        "", "", "", "", "", "", "", "", "", ""                                                                 \
    }
const struct problem problem_unknown = UNKNOWN;
_Static_assert(sizeof(struct problem) == PROBLEM_TEXTS * sizeof(char *), "a problem is texts alone");

static const struct alert empty = {
    .about = UNKNOWN,
    .level = LEVEL_ERROR,
    .count = 1,
    .instance = "",
    .message = "",
    .host = "",
    .exception_value = "",
    .sender_id = "",
    .details = "",
    .who = {"", "", "", ""},
};

void alert_init(struct alert *alert, const char *source, instant now)
{
    *alert = empty;
    alert->about.source = source;
    alert->at = now;
}

static void grow(struct alert_list *list, struct arena *arena)
{
    size_t cap = list->cap ? MIN(list->cap * 4, ALERTS_A_REQUEST) : 16;
    struct alert *v = arena_take(arena, cap * sizeof(*v));
    if (list->n > 0)
        memcpy(v, list->v, list->n * sizeof(*v));
    list->v = v;
    list->cap = cap;
}

struct alert *alert_add(struct alert_list *list, struct arena *arena, const char *source, instant now)
{
    if (list->n >= ALERTS_A_REQUEST)
        return NULL;
    if (list->n == list->cap)
        grow(list, arena);
    struct alert *alert = &list->v[list->n++];
    alert_init(alert, source, now);
    return alert;
}

const char *alert_tag(const struct alert *alert, const char *key)
{
    for (size_t i = 0; i < alert->n_tags; i++)
        if (strcmp(alert->tags[i].key, key) == 0)
            return alert->tags[i].value;
    return NULL;
}

void alert_add_reason(const struct alert *alert, struct str *out)
{
    static const struct {
        const char *reason, *meaning;
    } reasons[] = {{"MissingSeries", "its series is missing, which may be no recovery"},
                   {"NoData", "no data"},
                   {"Error", "the query failed"},
                   {"KeepLast", "no new result, so the last one counts"},
                   {"Paused", "the rule is paused"},
                   {"RuleDeleted", "the rule was deleted"},
                   {"Updated", "the rule was changed"}};
    const char *reason = alert_tag(alert, "grafana_state_reason"), *meaning = "Grafana's reason";
    if (!reason || !*reason)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
        if (strcmp(reasons[i].reason, reason) == 0)
            meaning = reasons[i].meaning;
    }
    str_addf(out, "; %s (%s)", meaning, reason);
}

instant alert_clamp(instant at, instant now)
{
    return at > now ? now : MAX(at, now - ALERT_AGE);
}

struct word {
    const char *word;
    int value;
};

/* The first word of each value is its name. */
static const struct word levels[] = {
    {"debug", LEVEL_DEBUG},    {"info", LEVEL_INFO},      {"warning", LEVEL_WARNING},    {"error", LEVEL_ERROR},
    {"fatal", LEVEL_FATAL},    {"trace", LEVEL_DEBUG},    {"log", LEVEL_INFO},           {"notice", LEVEL_INFO},
    {"ok", LEVEL_INFO},        {"success", LEVEL_INFO},   {"informational", LEVEL_INFO}, {"low", LEVEL_WARNING},
    {"warn", LEVEL_WARNING},   {"minor", LEVEL_WARNING},  {"p4", LEVEL_WARNING},         {"p3", LEVEL_WARNING},
    {"medium", LEVEL_WARNING}, {"err", LEVEL_ERROR},      {"major", LEVEL_ERROR},        {"high", LEVEL_ERROR},
    {"p2", LEVEL_ERROR},       {"average", LEVEL_ERROR},  {"critical", LEVEL_FATAL},     {"crit", LEVEL_FATAL},
    {"page", LEVEL_FATAL},     {"alert", LEVEL_FATAL},    {"emergency", LEVEL_FATAL},    {"emerg", LEVEL_FATAL},
    {"panic", LEVEL_FATAL},    {"disaster", LEVEL_FATAL}, {"p1", LEVEL_FATAL},           {"p0", LEVEL_FATAL},
    {"none", LEVEL_INFO},
};
static const struct word statuses[] = {
    {"firing", ALERT_FIRING},    {"resolved", ALERT_RESOLVED}, {"acknowledged", ALERT_ACKNOWLEDGED},
    {"trigger", ALERT_FIRING},   {"resolve", ALERT_RESOLVED},  {"acknowledge", ALERT_ACKNOWLEDGED},
    {"triggered", ALERT_FIRING}, {"ok", ALERT_RESOLVED},       {"open", ALERT_FIRING},
    {"closed", ALERT_RESOLVED},  {"alerting", ALERT_FIRING},   {"recovered", ALERT_RESOLVED},
};
static const struct word groupings[] = {
    {"sender", GROUPING_SENDER}, {"exception", GROUPING_EXCEPTION}, {"message", GROUPING_MESSAGE},
    {"labels", GROUPING_LABELS}, {"flood", GROUPING_FLOOD},
};

static const char *name_of(const struct word *words, size_t n, int value)
{
    for (size_t i = 0; i < n; i++)
        if (words[i].value == value)
            return words[i].word;
    return "";
}

static int parse(const struct word *words, size_t n, const char *word, int fallback)
{
    for (size_t i = 0; word && i < n; i++)
        if (strcasecmp(words[i].word, word) == 0)
            return words[i].value;
    return fallback;
}

const char *alert_level_name(enum alert_level level)
{
    return name_of(levels, ARRAY_SIZE(levels), (int)level);
}

enum alert_level alert_level_parse(const char *word, enum alert_level fallback)
{
    return (enum alert_level)parse(levels, ARRAY_SIZE(levels), word, (int)fallback);
}

const char *alert_status_name(enum alert_status status)
{
    return name_of(statuses, ARRAY_SIZE(statuses), (int)status);
}

int alert_status_parse(const char *word, enum alert_status *ret)
{
    int status = parse(statuses, ARRAY_SIZE(statuses), word, -1);
    if (status < 0)
        return ERR_INVALID;
    *ret = (enum alert_status)status;
    return 0;
}

void alert_set_status(struct alert *alert, const char *status, instant ends, instant now)
{
    if (alert_status_parse(status, &alert->status) < 0)
        alert->status = ends && ends <= now ? ALERT_RESOLVED : ALERT_FIRING;
    alert->ends = alert->status == ALERT_FIRING && ends > now ? ends : 0;
}

const char *grouping_name(enum grouping grouping)
{
    return name_of(groupings, ARRAY_SIZE(groupings), (int)grouping);
}

enum grouping grouping_parse(const char *word, enum grouping fallback)
{
    return (enum grouping)parse(groupings, ARRAY_SIZE(groupings), word, (int)fallback);
}

const char *fingerprint_format(uint64_t fingerprint, char buffer[FINGERPRINT_TEXT])
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(fingerprint >> (56 - 8 * i));
    hex_encode(bytes, sizeof(bytes), buffer);
    return buffer;
}

int fingerprint_parse(const char *text, uint64_t *ret, struct error *err)
{
    uint8_t bytes[8];
    if (!text || hex_decode(text, bytes, sizeof(bytes)) != 0)
        return error_set(err, ERR_INVALID, "'%.40s' is not a fingerprint, which has 16 hexadecimal digits",
                         text ? text : "");
    *ret = 0;
    for (int i = 0; i < 8; i++)
        *ret = *ret << 8 | bytes[i];
    return 0;
}
