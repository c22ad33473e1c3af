#include "intake/request.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/json_check.h"
#include "base/mem.h"

#define DOCUMENT ((size_t)8 << 20)
#define MEMORY   ((size_t)256 << 20) /* that a request may have taken when a document of it is read */

/* ---- answers ---- */

void answer_header(struct intake_answer *answer, const char *name, const char *value)
{
    if (fails_assert(answer->n_headers < INTAKE_HEADERS))
        return;
    answer->headers[answer->n_headers].name = name;
    snprintf(answer->headers[answer->n_headers].value, sizeof(answer->headers[0].value), "%s", value);
    answer->n_headers++;
}

void answer_set(struct intake_answer *answer, int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    answer->status = status;
    vsnprintf(answer->body, sizeof(answer->body), format, args);
    va_end(args);
}

static const char *title_of(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {429, "Too Many Requests"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

static void put_problem(struct json_out *j, int status, const char *text)
{
    json_put_text(j, "type", "about:blank");
    json_put_text(j, "title", title_of(status));
    json_put_int(j, "status", status);
    json_put_text(j, "detail", text);
}

static void put_pagerduty(struct json_out *j, int status, const char *text)
{
    json_put_text(j, "status", status == 400 ? "invalid event" : "error");
    json_put_text(j, "message", status == 400 ? "Event object is invalid" : title_of(status));
    json_key(j, "errors");
    json_begin_array(j);
    json_text(j, text);
    json_end_array(j);
}

static void put_sentry(struct json_out *j, const char *text)
{
    json_put_text(j, "detail", text);
    json_key(j, "causes");
    json_begin_array(j);
    json_end_array(j);
}

void answer_why(struct intake_answer *answer, const char *why)
{
    size_t n = strlen(why);
    while (n && why[n - 1] == '.')
        n--;
    snprintf(answer->why, sizeof(answer->why), "%.*s", (int)n, why);
}

int answer_refuse(struct intake_answer *answer, enum intake_dialect dialect, int status, int rc,
                  const char *format, ...)
{
    char text[INTAKE_WHY]; /* fits a header */
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    CLEANUP_FREE char *sane = utf8_sanitize(text, strlen(text), sizeof(text) - 1);
    for (char *p = sane; (p = strpbrk(p, "\n\t")); p++)
        *p = ' ';
    CLEANUP_STR struct str body = {0};
    struct json_out j = {.out = &body};
    json_begin_object(&j);
    if (dialect == DIALECT_SENTRY)
        put_sentry(&j, sane);
    else if (dialect == DIALECT_PAGERDUTY)
        put_pagerduty(&j, status, sane);
    else
        put_problem(&j, status, sane);
    json_end_object(&j);
    answer_set(answer, status, "%s", str_text(&body));
    answer_why(answer, sane);
    bool is_problem = dialect == DIALECT_PLAIN || dialect == DIALECT_ALERTMANAGER;
    answer_header(answer, "content-type", is_problem ? "application/problem+json" : "application/json");
    if (dialect == DIALECT_SENTRY)
        answer_header(answer, "x-sentry-error", sane);
    if (status == 401)
        answer_header(answer, "www-authenticate", "Bearer");
    return rc;
}

/* An Alertmanager only comes back after a 5xx. */
static int pause_status(enum intake_dialect dialect, bool spent)
{
    bool wants_429 = dialect == DIALECT_SENTRY || dialect == DIALECT_PAGERDUTY;
    return wants_429 || (spent && dialect == DIALECT_PLAIN) ? 429 : 503;
}

void answer_pause(struct intake_answer *answer, enum intake_dialect dialect, int seconds, bool spent)
{
    char wait[40], limits[80];
    answer_refuse(answer, dialect, pause_status(dialect, spent), 0, "%s. Try again in %d s.",
                  spent ? "The source has sent more than it may" : "Not stored", seconds);
    if (spent)
        answer_why(answer, "the source has sent more than it may");
    snprintf(wait, sizeof(wait), "%d", seconds);
    answer_header(answer, "retry-after", wait);
    snprintf(limits, sizeof(limits), "%d::%s", seconds, spent ? "key:spent" : "organization:busy");
    if (dialect == DIALECT_SENTRY)
        answer_header(answer, "x-sentry-rate-limits", limits);
}

/* ---- the configuration ---- */

void intake_config_hold(struct intake_config *config)
{
    config->held++;
}

void intake_config_release(struct intake_config *config)
{
    if (--config->held == 0 && config->free)
        config->free(config);
}

/* ---- for decoders ---- */

static bool only_space(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p == end;
}

/* The code unit of an escape such as \u00e9 at p; -1: no escape. */
static int escaped_unit(const char *p, const char *end)
{
    int unit = 0;
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (!isxdigit((unsigned char)p[i]))
            return -1;
        unit = unit * 16 + (isdigit((unsigned char)p[i]) ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
    }
    return unit;
}

/*
 * A copy in which each half of a surrogate pair and each NUL is replaced by U+FFFD, in place. JavaScript may cut a long text in
 * the middle of an emoji and send the half, which cJSON refuses; a NUL would cut the text here. Neither is worth losing an
 * error report.
 */
static const char *mend_escapes(struct arena *arena, const char *bytes, size_t n)
{
    static const char unknown[] = {'\\', 'u', 'f', 'f', 'f', 'd'};
    char *copy = arena_copy(arena, bytes, n), *end = copy + n;
    for (char *p = copy; (p = memchr(p, '\\', (size_t)(end - p)));) {
        int unit = escaped_unit(p, end), next = unit >= 0 ? escaped_unit(p + 6, end) : -1;
        bool pair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
        if (unit == 0 || (unit >= 0xd800 && unit < 0xe000 && !pair))
            memcpy(p, unknown, sizeof(unknown));
        p += pair ? 12 : unit >= 0 ? 6 : MIN(2, end - p);
    }
    return copy;
}

static const cJSON *parse_in(struct arena *arena, const char *bytes, size_t n, const char **ret_end)
{
    arena_use(arena);
    const cJSON *doc = cJSON_ParseWithLengthOpts(bytes, n, ret_end, false);
    arena_use(NULL);
    return doc;
}

/*
 * Not json_parse, since this is the hot path and the tree comes from the arena. What json_parse refuses in addition does no harm
 * here: cJSON itself limits the nesting (1,000), control characters are removed from each text that is kept, numbers are
 * checked where they are used, and for a repeated name the first value counts.
 */
int request_json(struct intake_request *request, enum intake_dialect dialect, const char *bytes, size_t n,
                 const cJSON **ret, struct intake_answer *answer)
{
    size_t most = request->config->limits.json ? request->config->limits.json : DOCUMENT;
    if (n > most)
        return answer_refuse(answer, dialect, 413, ERR_TOO_BIG,
                             "%zu bytes of JSON are too many. The limit is %zu.", n, most);
    if (request->arena->bytes > MEMORY)
        return answer_refuse(answer, dialect, 413, ERR_TOO_BIG,
                             "The body needs too much memory. Send it in several smaller ones.");
    bytes = charset_mend(request->arena, request->charset, bytes, n, &n);
    const char *end = bytes;
    if (json_find_nul(bytes, n))
        end = bytes = mend_escapes(request->arena, bytes, n);
    const cJSON *doc = parse_in(request->arena, bytes, n, &end);
    if (!doc && memmem(bytes, n, "\\u", 2)) {
        bytes = mend_escapes(request->arena, bytes, n);
        doc = parse_in(request->arena, bytes, n, &end);
    }
    if (!doc || !only_space(end, bytes + n))
        return answer_refuse(answer, dialect, 400, ERR_INVALID, "Invalid JSON at byte %zu of %zu.",
                             (size_t)(end - bytes), n);
    *ret = doc;
    return 0;
}

void request_reader(struct intake_request *request, struct reader *ret)
{
    size_t n;
    const char *bytes = charset_mend(request->arena, request->charset, request->body, request->n, &n);
    reader_init(ret, request->arena, bytes, n);
}

struct alert *request_alert(struct intake_request *request, struct alert_list *list, const char *source)
{
    struct alert *alert = alert_add(list, request->arena, source, request->now);
    if (!alert)
        return NULL;
    alert->about.origin = request->source->name;
    alert->about.stream = request->stream;
    return alert;
}

void request_complete(struct intake_request *request, struct alert *alert, const cJSON *doc)
{
    if (!*alert->about.service)
        alert->about.service = request->source->service;
    if (!*alert->about.environment)
        alert->about.environment = request->source->environment;
    customer_apply(request->config->customers, alert, doc, request->arena);
}

int request_find(struct intake_request *request, enum intake_auth style, const char *user, const char *secret)
{
    struct intake_credential credential = {
        .style = style, .user = user, .secret = secret, .stream = request->stream};
    if (!*secret)
        return ERR_AUTH;
    const struct intake_source *source = request->config->find(request->config->ctx, &credential);
    if (!source)
        return ERR_AUTH;
    request->source = source;
    return 0;
}
