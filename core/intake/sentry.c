#include "intake/sentry.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/envelope.h"
#include "intake/text.h"

#define KEY_MOST   128
#define EVENT_MOST ((size_t)1 << 20)

/* ---- authentication ---- */

/* "Sentry sentry_version=7, sentry_key=abc": the value of sentry_key; "" when there is none. */
static const char *key_of_header(struct arena *arena, const char *header)
{
    while (header && *header) {
        header += strspn(header, ", \t");
        size_t n = strcspn(header, ", \t");
        if (n > 11 && n <= 11 + KEY_MOST && strncasecmp(header, "sentry_key=", 11) == 0)
            return arena_copy(arena, header + 11, n - 11);
        header += n;
    }
    return "";
}

static const char *key_of_query(struct arena *arena, const char *query)
{
    while (query && *query) {
        size_t n = strcspn(query, "&");
        if (n > 11 && n <= 11 + KEY_MOST && strncmp(query, "sentry_key=", 11) == 0)
            return arena_copy(arena, query + 11, n - 11);
        query += n + (query[n] == '&');
    }
    return "";
}

/* "https://KEY[:SECRET]@HOST[:PORT]{/PATH}/PROJECT"; false: another form. */
static bool split_dsn(struct arena *arena, const char *dsn, const char **ret_key, const char **ret_project)
{
    const char *user = strstr(dsn, "://"), *at = user ? strchr(user, '@') : NULL;
    const char *slash = at ? strrchr(at, '/') : NULL;
    if (!slash || !slash[1] || strlen(dsn) > 1000)
        return false;
    user += 3;
    size_t n = strcspn(user, ":@/");
    if (n == 0 || n > KEY_MOST)
        return false;
    *ret_key = arena_copy(arena, user, n);
    *ret_project = slash + 1;
    return true;
}

static int refuse(struct intake_answer *answer, const char *text)
{
    return answer_refuse(answer, DIALECT_SENTRY, 403, ERR_AUTH, "%s", text);
}

static int refuse_unknown(struct intake_answer *answer)
{
    refuse(answer, "No project has this key.");
    answer_why(answer, "wrong key");
    return ERR_AUTH;
}

static int refuse_keyless(struct intake_answer *answer, const char *text)
{
    refuse(answer, text);
    answer_why(answer, "no key");
    return ERR_AUTH;
}

int sentry_admit(struct intake_request *request, struct intake_answer *answer)
{
    bool is_sentry = request->authorization && strncasecmp(request->authorization, "Sentry ", 7) == 0;
    const char *given[] = {
        key_of_header(request->arena, request->sentry_auth),
        is_sentry ? key_of_header(request->arena, request->authorization) : "",
        key_of_query(request->arena, request->query),
    };
    const char *key = "";
    for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
        if (*key && *given[i] && strcmp(key, given[i]) != 0)
            return refuse(answer, "The keys in header and query differ.");
        key = *given[i] ? given[i] : key;
    }
    request->key = key;
    if (*key && request_find(request, INTAKE_KEY, "", key) < 0)
        return refuse_unknown(answer);
    return 0;
}

static int admit_dsn(struct intake_request *request, const cJSON *header, struct intake_answer *answer)
{
    const char *dsn = json_text_or(header, "dsn", NULL), *key, *project;
    if (!dsn)
        return request->source
                   ? 0
                   : refuse_keyless(
                         answer,
                         "A key is required: in X-Sentry-Auth, in sentry_key, or in the dsn of the envelope.");
    if (!split_dsn(request->arena, dsn, &key, &project))
        return answer_refuse(answer, DIALECT_SENTRY, 400, ERR_INVALID, "The dsn of the envelope is malformed.");
    if (*request->key && strcmp(request->key, key) != 0)
        return refuse(answer, "The keys in request and envelope differ.");
    if (*request->stream && strcmp(request->stream, project) != 0)
        return refuse(answer, "The projects in path and envelope differ.");
    request->stream = text_line(request->arena, project, ALERT_NAME);
    if (!request->source && request_find(request, INTAKE_KEY, "", key) < 0)
        return refuse_unknown(answer);
    return 0;
}

/* ---- events ---- */

static int take_event(struct intake_request *request, const char *bytes, size_t n, struct alert_list *list,
                      struct intake_answer *answer)
{
    const cJSON *event;
    if (n > EVENT_MOST)
        return answer_refuse(answer, DIALECT_SENTRY, 413, ERR_TOO_BIG,
                             "An event of %zu bytes is too large. The limit is 1 MB.", n);
    int r = request_json(request, DIALECT_SENTRY, bytes, n, &event, answer);
    if (r < 0)
        return r;
    r = sentry_event(request, event, list);
    if (r == ERR_FULL)
        return answer_refuse(answer, DIALECT_SENTRY, 413, ERR_TOO_BIG, "Too many events in one envelope.");
    return r < 0 ? answer_refuse(answer, DIALECT_SENTRY, 400, r, "An event must be a JSON object.") : 0;
}

/* 32 hexadecimal digits in lower case; "" for anything else. */
static const char *event_id(struct arena *arena, const char *text)
{
    char digits[33];
    size_t n = 0;
    for (; *text && n < 32; text++) {
        if (isxdigit((unsigned char)*text))
            digits[n++] = (char)tolower((unsigned char)*text);
        else if (*text != '-')
            return "";
    }
    return n == 32 && !*text ? arena_copy(arena, digits, n) : "";
}

static int accept(struct intake_request *request, const char *envelope_id, struct alert_list *list,
                  struct intake_answer *answer)
{
    for (size_t i = 0; i < list->n; i++)
        list->v[i].sender_id = event_id(request->arena, text_first(list->v[i].sender_id, envelope_id, NULL));
    const char *id = list->n > 0 ? list->v[0].sender_id : event_id(request->arena, envelope_id);
    if (*id)
        answer_set(answer, 200, "{\"id\":\"%s\"}", id);
    else
        answer_set(answer, 200, "{}");
    return 0;
}

int sentry_envelope(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    struct envelope envelope;
    struct envelope_item item;
    const cJSON *header;
    int r = envelope_begin(&envelope, request, &header, answer);
    if (r < 0 || (r = admit_dsn(request, header, answer)) < 0)
        return r;
    while ((r = envelope_next(&envelope, request, &item, answer)) > 0) {
        if (strcmp(item.type, "event") != 0)
            continue;
        if ((r = take_event(request, item.payload, item.n, ret, answer)) < 0)
            return r;
    }
    return r < 0 ? r : accept(request, json_text_or(header, "event_id", ""), ret, answer);
}

int sentry_store(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    if (!request->source)
        return refuse_keyless(answer, "A key is required: in X-Sentry-Auth or in sentry_key.");
    int r = take_event(request, request->body, request->n, ret, answer);
    return r < 0 ? r : accept(request, "", ret, answer);
}
