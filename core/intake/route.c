#include "intake/route.h"

#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "intake/body.h"
#include "intake/evidence.h"
#include "intake/generic.h"
#include "intake/labelled.h"
#include "intake/pagerduty.h"
#include "intake/sentry.h"
#include "intake/text.h"

#define BODY_MOST     ((size_t)20 << 20)
#define INFLATED_MOST ((size_t)100 << 20)
#define SECRET_MOST   512

/* What is read into a tree costs more than what is read in one pass. */
#define TREE ((size_t)16 << 10)
#define PASS ((size_t)64 << 10)

#define TOKEN (1u << INTAKE_BEARER | 1u << INTAKE_BASIC)

static const struct intake_route routes[] = {
    {"/api/{}/envelope", "POST", DIALECT_SENTRY, sentry_envelope, 1u << INTAKE_KEY, INTAKE_CORS, TREE},
    {"/api/{}/store", "POST", DIALECT_SENTRY, sentry_store, 1u << INTAKE_KEY, INTAKE_CORS, TREE},
    {"/intake/sentry", "POST", DIALECT_SENTRY, sentry_envelope, 1u << INTAKE_KEY, INTAKE_CORS, TREE},
    {"/api/v2/alerts", "POST", DIALECT_ALERTMANAGER, alertmanager_alerts, TOKEN, INTAKE_NO_CORS, PASS},
    {"/intake/alertmanager", "POST", DIALECT_ALERTMANAGER, alertmanager_webhook, TOKEN, INTAKE_NO_CORS, PASS},
    {"/intake/grafana", "POST PUT", DIALECT_ALERTMANAGER, grafana_webhook, TOKEN, INTAKE_NO_CORS, PASS},
    {"/v2/enqueue", "POST", DIALECT_PAGERDUTY, pagerduty_enqueue, 0, INTAKE_NO_CORS, TREE},
    {"/v2/change/enqueue", "POST", DIALECT_PAGERDUTY, pagerduty_change, 0, INTAKE_NO_CORS, TREE},
    {"/intake/alerts", "POST", DIALECT_PLAIN, generic_alerts, TOKEN, INTAKE_NO_CORS, TREE},
};

const struct intake_route *intake_route_table(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(routes);
    return routes;
}

/* "{}" matches one non-empty segment; a slash at the end of the path is ignored. */
static bool matches(const char *pattern, const char *path, const char **ret_segment, size_t *ret_length)
{
    *ret_segment = "";
    *ret_length = 0;
    while (*pattern && *path) {
        if (pattern[0] == '{') {
            *ret_segment = path;
            *ret_length = strcspn(path, "/");
            path += *ret_length;
            pattern += 2;
            if (*ret_length == 0)
                return false;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && (!*path || strcmp(path, "/") == 0);
}

static const struct intake_route *find(const char *path, const char **ret_segment, size_t *ret_length)
{
    for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
        if (matches(routes[i].pattern, path, ret_segment, ret_length))
            return &routes[i];
    return NULL;
}

const struct intake_route *intake_route_find(const char *path)
{
    const char *segment;
    size_t length;
    return find(path, &segment, &length);
}

/* ---- authentication ---- */

static int unknown(const struct intake_route *route, struct intake_answer *answer, const char *text,
                   const char *why)
{
    answer_refuse(answer, route->dialect, 401, ERR_AUTH, "%s", text);
    answer_why(answer, why);
    return ERR_AUTH;
}

static int admit_basic(struct intake_request *request, const char *encoded)
{
    char plain[SECRET_MOST + 1];
    size_t n;
    if (sodium_base642bin((unsigned char *)plain, SECRET_MOST, encoded, strlen(encoded), " ", &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return ERR_AUTH;
    plain[n] = '\0';
    char *colon = strchr(plain, ':');
    if (!colon)
        return ERR_AUTH;
    *colon = '\0';
    int r = request_find(request, INTAKE_BASIC, plain, colon + 1);
    sodium_memzero(plain, sizeof(plain));
    return r;
}

static int admit_token(struct intake_request *request, const struct intake_route *route,
                       struct intake_answer *answer)
{
    const char *header = request->authorization;
    int r = ERR_AUTH;
    if (!header || !*header)
        return unknown(route, answer,
                       "A token is required. Send 'Authorization: Bearer TOKEN', or basic authentication.",
                       "no key");
    size_t scheme = strcspn(header, " ");
    const char *value = header + scheme + strspn(header + scheme, " ");
    if (scheme == 6 && strncasecmp(header, "Bearer", scheme) == 0)
        r = request_find(request, INTAKE_BEARER, "", value);
    else if (scheme == 5 && strncasecmp(header, "Basic", scheme) == 0)
        r = admit_basic(request, value);
    return r < 0 ? unknown(route, answer, "Unknown token. The keys of senders are in `sources` in tocsin.lua.",
                           "wrong key")
                 : 0;
}

/* ---- the whole way ---- */

static bool allows(const char *methods, const char *method)
{
    size_t n = strlen(method);
    for (const char *p = methods; *p; p += strspn(p, " ")) {
        size_t length = strcspn(p, " ");
        if (length == n && memcmp(p, method, n) == 0)
            return true;
        p += length;
    }
    return false;
}

int intake_admit(struct intake_request *request, struct intake_answer *answer)
{
    const char *segment;
    size_t length;
    const struct intake_route *route = find(request->path, &segment, &length);
    *answer = (struct intake_answer){0};
    request->route = route;
    request->key = "";
    request->source = NULL;
    if (!route)
        return answer_refuse(answer, DIALECT_PLAIN, 404, ERR_NOT_FOUND,
                             "Alerts are not accepted at this path.");
    request->stream = text_line(request->arena, arena_copy(request->arena, segment, length), ALERT_NAME);
    if (!allows(route->methods, request->method)) {
        answer_header(answer, "allow", route->methods);
        return answer_refuse(answer, route->dialect, 405, ERR_REFUSED, "This path only supports %s.",
                             route->methods);
    }
    if (route->auth & 1u << INTAKE_KEY)
        return sentry_admit(request, answer);
    return route->auth ? admit_token(request, route, answer) : 0;
}

void intake_too_big(const struct intake_route *route, size_t limit, struct intake_answer *answer)
{
    *answer = (struct intake_answer){0};
    answer_refuse(answer, route->dialect, 413, 0, "The body is too large. The limit is %zu bytes.", limit);
}

void intake_busy(const struct intake_route *route, int retry_seconds, struct intake_answer *answer)
{
    *answer = (struct intake_answer){0};
    answer_pause(answer, route->dialect, retry_seconds, false);
}

void intake_spent(const struct intake_route *route, int retry_seconds, struct intake_answer *answer)
{
    *answer = (struct intake_answer){0};
    answer_pause(answer, route->dialect, retry_seconds, true);
}

static int decode(struct intake_request *request, const struct intake_route *route, struct alert_list *ret,
                  struct intake_answer *answer)
{
    int r = route->decode(request, ret, answer);
    if (r < 0)
        ret->n = 0;
    else if (*answer->body)
        answer_header(answer, "content-type", "application/json");
    return r;
}

/* The lengths in an envelope count the bytes of UTF-8, so it cannot be read in another way. */
static int refuse_wide(const struct intake_route *route, enum charset charset, struct intake_answer *answer)
{
    bool counts_bytes = route->decode == sentry_envelope;
    if (charset != CHARSET_UTF32 && (!counts_bytes || charset == CHARSET_UTF8 || charset == CHARSET_LATIN1))
        return 0;
    return answer_refuse(answer, route->dialect, 415, ERR_INVALID, "The %s is in %s. Send it in UTF-8.",
                         counts_bytes ? "envelope" : "body", charset == CHARSET_UTF32 ? "UTF-32" : "UTF-16");
}

static int read_text(struct intake_request *request, const struct intake_route *route, struct alert_list *ret,
                     struct intake_answer *answer)
{
    size_t mark;
    request->charset = charset_of(request->content_type, request->body, request->n, &mark);
    request->body += mark;
    request->n -= mark;
    int r = refuse_wide(route, request->charset, answer);
    return r < 0 ? r : decode(request, route, ret, answer);
}

static int inflate(const struct intake_request *request, const char *encoding, const struct str *packed,
                   struct str *body, struct intake_answer *answer)
{
    struct error err;
    const struct intake_route *route = request->route;
    size_t limit = request->config->limits.inflated ? request->config->limits.inflated : INFLATED_MOST;
    bool cut = request->at_once && route->at_once < limit;
    if (cut && !body_is_quick(encoding))
        return INTAKE_LONG;
    int r = body_inflate(encoding, packed->p, packed->len, cut ? route->at_once : limit, body, &err);
    if (cut && r == ERR_TOO_BIG)
        return INTAKE_LONG;
    int status = r == ERR_TOO_BIG ? 413 : r == ERR_NOT_FOUND ? 415 : 400;
    return r < 0 ? answer_refuse(answer, route->dialect, status, r, "%s", err.text) : 0;
}

/* Inflates the body as its sender says, else as it looks, in base64 or not. Leaves *ret empty if it is plain. */
static int unpack(const struct intake_request *request, struct str *ret, struct intake_answer *answer)
{
    CLEANUP_STR struct str binary = {0};
    struct str received = {(char *)(uintptr_t)request->body, request->n, 0}; /* borrowed */
    if (!body_is_plain(request->content_encoding))
        return inflate(request, request->content_encoding, &received, ret, answer);
    if (body_from_base64(request->body, request->n, &binary))
        received = binary;
    const char *encoding = body_encoding_of(str_text(&received), received.len);
    if (encoding)
        return inflate(request, encoding, &received, ret, answer);
    if (binary.len)
        str_addn(ret, binary.p, binary.len);
    return 0;
}

/* The loop may want the evidence of any alert, and a sender can make it costly to find. */
static void read_evidence(const struct intake_request *request, struct alert_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct evidence *evidence = arena_take(request->arena, sizeof(*evidence));
        evidence_read(&list->v[i], request->arena, evidence);
        evidence_keep(&list->v[i], evidence);
    }
}

int intake_read(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    const struct intake_route *route = request->route;
    size_t most = request->config->limits.body ? request->config->limits.body : BODY_MOST;
    const char *received = request->body;
    size_t n = request->n;
    CLEANUP_STR struct str body = {0};
    *ret = (struct alert_list){0};
    if (n > most)
        return answer_refuse(answer, route->dialect, 413, ERR_TOO_BIG,
                             "The body is too large. The limit is %zu bytes.", most);
    int r = request->at_once && n > route->at_once ? INTAKE_LONG : unpack(request, &body, answer);
    if (r)
        return r;
    if (body.len) {
        request->body = body.p;
        request->n = body.len;
    }
    r = read_text(request, route, ret, answer);
    request->body = received;
    request->n = n;
    if (!request->at_once)
        read_evidence(request, ret);
    return r;
}

int intake_receive(struct intake_request *request, struct alert_list *ret, struct intake_answer *answer)
{
    *ret = (struct alert_list){0};
    int r = intake_admit(request, answer);
    return r < 0 ? r : intake_read(request, ret, answer);
}
