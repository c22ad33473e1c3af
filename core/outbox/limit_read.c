#include "outbox/limit_read.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/json.h"

#define MOST 1000000 /* the largest number in a limit */

static bool read_number(const char **p, int64_t *ret)
{
    char *end;
    *p += strspn(*p, " ,");
    *ret = strtoll(*p, &end, 10);
    bool read = end != *p && *ret >= 1 && *ret <= MOST;
    *p = end;
    return read;
}

static bool read_span(const char **p, duration *ret)
{
    static const struct {
        const char *word;
        duration span;
    } spans[] = {{"second", SECOND}, {"sec", SECOND}, {"minute", MINUTE}, {"min", MINUTE},
                 {"hour", HOUR},     {"s", SECOND},   {"m", MINUTE},      {"h", HOUR}};
    for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
        size_t n = strlen(spans[i].word);
        if (strncasecmp(*p, spans[i].word, n) != 0 || isalpha((unsigned char)(*p)[n]))
            continue;
        *p += n;
        *ret = spans[i].span;
        return true;
    }
    return false;
}

static bool take_words(const char **p, const char *words)
{
    const char *at = *p + strspn(*p, " ,");
    size_t n = strlen(words);
    if (strncasecmp(at, words, n) != 0)
        return false;
    *p = at + n;
    return true;
}

int rate_limit_parse(const char *text, struct rate_limit *ret, struct error *err)
{
    const char *p = text;
    struct rate_limit limit = {.burst = 1};
    int64_t count = 0;
    duration span = 0;
    if (take_words(&p, "none") && !*p) {
        *ret = limit;
        return 0;
    }
    bool good = read_number(&p, &count) && *p == '/' && (p++, read_span(&p, &span));
    limit.per_channel = good && take_words(&p, "per channel");
    if (good && *p)
        good = read_number(&p, &limit.burst) && take_words(&p, "at once");
    limit.per_channel = limit.per_channel || take_words(&p, "per channel");
    if (!good || p[strspn(p, " ")])
        return error_set(
            err, ERR_INVALID,
            "'%.60s' is not a limit; use \"50/min\", \"1/s per channel\", \"50/min, 10 at once\" or \"none\"",
            text);
    limit.refill = MAX(span / count, 1);
    *ret = limit;
    return 0;
}

/* A kind of action, as include/tocsin/connector.h lists them. */
static int check_kind(const char *kind, struct error *err)
{
    static const char *const kinds[] = {"*",
                                        "post",
                                        "edit",
                                        "delete",
                                        "channel.open",
                                        "page",
                                        "page.end",
                                        "form",
                                        "pin",
                                        "channel.topic",
                                        "desk.tell",
                                        "desk.find",
                                        "subscriber.tell",
                                        "ticket.create",
                                        "ticket.follow",
                                        "ticket.comment",
                                        "ticket.state",
                                        "group.members",
                                        "person.find",
                                        "channel.invite",
                                        "channel.remove",
                                        "channel.archive",
                                        "channel.bookmark"};
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (strcmp(kinds[i], kind) == 0)
            return 0;
    }
    const char *near = nearest_word(kind, kinds, ARRAY_SIZE(kinds));
    return error_set(err, ERR_INVALID, "limits.%.40s: unknown kind of action%s%s%s", kind,
                     near ? "; did you mean " : "; see \"Actions\" in tocsin/connector.h", near ? near : "",
                     near ? "?" : "");
}

int rate_limits_check(const cJSON *configured, struct error *err)
{
    const cJSON *row;
    struct rate_limit limit;
    if (configured && !cJSON_IsObject(configured))
        return error_set(err, ERR_INVALID, "limits must be a table: limits = { post = \"1/s per channel\" }");
    cJSON_ArrayForEach(row, configured)
    {
        if (!cJSON_IsString(row))
            return error_set(err, ERR_INVALID, "limits.%.40s must be a string such as \"1/s per channel\"",
                             row->string);
        int rc = check_kind(row->string, err);
        rc = rc ? rc : rate_limit_parse(row->valuestring, &limit, err);
        if (rc)
            return rc;
    }
    return 0;
}

static void add(struct rate_limits *limits, const char *connector, const char *kind, struct rate_limit limit)
{
    limit.connector = connector;
    limit.kind = strcmp(kind, "*") == 0 ? NULL : kind;
    if (limit.refill > 0)
        *array_add(&limits->rows) = limit;
}

void rate_limits_read(const char *connector, const cJSON *declared, const cJSON *configured,
                      struct rate_limits *ret)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, declared)
    {
        const char *kind = json_text_or(row, "kind", "");
        struct rate_limit limit = {.per_channel = json_bool_or(row, "per_channel", false),
                                   .burst = json_int_or(row, "burst", 1),
                                   .refill = json_int_or(row, "refill", 0)};
        if (*kind && !json_member(configured, kind))
            add(ret, connector, kind, limit);
    }
    cJSON_ArrayForEach(row, configured)
    {
        struct rate_limit limit;
        if (cJSON_IsString(row) && rate_limit_parse(row->valuestring, &limit, NULL) == 0)
            add(ret, connector, row->string, limit);
    }
}
