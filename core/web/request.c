#include "web/request.h"

#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/markup.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "web/exchange.h"
#include "web/kept.h"

enum http_method http_method(const struct http_request *request)
{
    return request->head.method;
}

bool http_reads(const struct http_request *request)
{
    return request->head.method == HTTP_GET || request->head.method == HTTP_HEAD;
}

const char *http_path(const struct http_request *request)
{
    return str_text(&request->path);
}

const char *http_query(const struct http_request *request)
{
    return request->query;
}

static char *keep_text(struct http_request *request, char *text)
{
    *array_add(&request->texts) = text;
    return text;
}

/* False: it is not encoded as it must be. */
static bool decode_part(const char *text, size_t n, char **ret)
{
    struct str decoded = {0};
    bool good = wire_decode(text, n, true, &decoded) >= 0;
    *ret = good ? utf8_sanitize(str_text(&decoded), decoded.len, SIZE_MAX) : NULL;
    str_finish(&decoded);
    return good;
}

void http_each_field(const struct http_request *request,
                     void (*on)(void *ctx, const char *name, const char *value), void *ctx)
{
    for (const char *pair = str_text(&request->body); *pair;) {
        size_t n = strcspn(pair, "&"), name_n = strcspn(pair, "=&");
        CLEANUP_FREE char *name = NULL, *value = NULL;
        if (decode_part(pair, name_n, &name) &&
            decode_part(pair + MIN(name_n + 1, n), n - MIN(name_n + 1, n), &value))
            on(ctx, name, value);
        pair += n;
        pair += *pair == '&';
    }
}

const char *http_query_value(struct http_request *request, const char *name)
{
    size_t n = strlen(name);
    for (const char *pair = request->query; *pair;) {
        size_t length = strcspn(pair, "&");
        if (length >= n && memcmp(pair, name, n) == 0 && (length == n || pair[n] == '=')) {
            char *value;
            bool good = length > n && decode_part(pair + n + 1, length - n - 1, &value);
            return keep_text(request, good ? value : xstrdup(""));
        }
        pair += length;
        pair += *pair == '&';
    }
    return NULL;
}

const char *http_header(struct http_request *request, const char *name)
{
    return wire_header(&request->head, name);
}

const char *http_bearer(struct http_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *given = http_header(request, "authorization");
    return given && strncasecmp(given, scheme, strlen(scheme)) == 0 ? given + strlen(scheme) : NULL;
}

void http_each_header(struct http_request *request, void (*on)(void *ctx, const char *name, const char *value),
                      void *ctx)
{
    for (size_t i = 0; i < request->head.n; i++)
        on(ctx, request->head.headers[i].name, request->head.headers[i].value);
}

const char *http_parameter(struct http_request *request, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < request->match.n; i++)
        if (request->match.parameters[i].name_n == n && memcmp(request->match.parameters[i].name, name, n) == 0)
            return keep_text(
                request, xstrndup(request->match.parameters[i].value, request->match.parameters[i].value_n));
    return "";
}

const char *http_body(const struct http_request *request, size_t *ret_n)
{
    *ret_n = request->body.len;
    return str_text(&request->body);
}

size_t http_body_most(const struct http_request *request)
{
    return request->match.route->body_limit;
}

size_t http_length(const struct http_request *request)
{
    return request->head.chunked ? http_body_most(request) : (size_t)request->head.length;
}

void http_charge(struct http_request *request, size_t bytes, size_t *of_sender, size_t *of_all)
{
    charge_set(&request->charge, bytes, of_sender, of_all);
}

struct str http_take_body(struct http_request *request)
{
    struct str body = request->body;
    request->body = (struct str){0};
    return body;
}

bool http_too_large(const struct http_request *request)
{
    return request->too_large;
}

bool http_gone(const struct http_request *request)
{
    return !request->client;
}

const struct token *http_token(const struct http_request *request)
{
    return request->token;
}

unsigned http_scope(const struct http_request *request)
{
    return request->match.route->scope;
}

const char *http_peer(struct http_request *request)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_storage address;
    int n = sizeof(address);
    if (request->client && uv_tcp_getpeername(&request->client->tcp, (struct sockaddr *)&address, &n) == 0) {
        if (address.ss_family == AF_INET6)
            uv_ip6_name((struct sockaddr_in6 *)&address, text, sizeof(text));
        else
            uv_ip4_name((struct sockaddr_in *)&address, text, sizeof(text));
    }
    return keep_text(request, xstrdup(text));
}

void http_attach(struct http_request *request, void *thing, void (*end)(void *thing))
{
    request->attached = thing;
    request->end_attached = end;
}

void *http_attached(const struct http_request *request)
{
    return request->attached;
}

/* ---- the answer ---- */

static const struct {
    int status;
    const char *text;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

const char *http_status_text(int status)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return statuses[i].text;
    return "Status";
}

void http_answer_header(struct http_request *request, const char *name, const char *value)
{
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return;
    struct str *out = &request->headers;
    str_add(out, name);
    str_add(out, ": ");
    str_add(out, value);
    str_add(out, "\r\n");
}

static void add_number(struct str *out, uint64_t n)
{
    char digits[24], *p = digits + sizeof(digits);
    do {
        *--p = (char)('0' + n % 10);
    } while (n /= 10);
    str_addn(out, p, (size_t)(digits + sizeof(digits) - p));
}

static void write_head(const struct http_request *request, int status, const char *content_type, size_t n,
                       struct str *out)
{
    str_clear(out);
    str_add(out, "HTTP/1.1 ");
    add_number(out, (uint64_t)status);
    str_addc(out, ' ');
    str_add(out, http_status_text(status));
    str_add(out, "\r\n");
    str_add(out, request->exchanges->date);
    if (status != 204 && status != 304) {
        str_add(out, "Content-Length: ");
        add_number(out, n);
        str_add(out, "\r\n");
    }
    if (content_type) {
        str_add(out, "Content-Type: ");
        str_add(out, content_type);
        str_add(out, "\r\nX-Content-Type-Options: nosniff\r\n");
    }
    if (!request->client->keep_alive)
        str_add(out, "Connection: close\r\n");
    if (request->flags & ROUTE_CORS)
        str_add(out, "Access-Control-Allow-Origin: *\r\n"
                     "Access-Control-Expose-Headers: x-sentry-error, x-sentry-rate-limits, retry-after\r\n");
    str_addn(out, request->headers.p, request->headers.len);
    str_add(out, "\r\n");
}

static void count(const struct http_request *request, int status)
{
    static const enum metric classes[] = {METRIC_HTTP_2XX, METRIC_HTTP_3XX, METRIC_HTTP_4XX, METRIC_HTTP_5XX};
    metric_add(classes[status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3], 1);
    if (request->began)
        metric_observe_ns(METRIC_HTTP_SECONDS, clock_mono_ns() - request->began);
}

void http_answer(struct http_request *request, int status, const char *content_type, const char *body, size_t n)
{
    struct exchanges *exchanges = request->exchanges;
    struct http_client *client = request->client;
    if (client) {
        count(request, status);
        client->keep_alive = client->keep_alive && !exchanges->draining;
        write_head(request, status, content_type, n, &exchanges->answer);
        bool silent = request->head.method == HTTP_HEAD || status == 204 || status == 304;
        client->answer(client, exchanges->answer.p, exchanges->answer.len, body, silent ? 0 : n);
    }
    exchange_end(request);
}

void http_answer_kept(struct http_request *request, int status, const struct kept *file)
{
    enum kept_encoding encoding = kept_choose(file, http_header(request, "accept-encoding"));
    const struct kept_body *body = &file->as[encoding];
    const char *name = kept_encoding_name(encoding);
    if (name)
        http_answer_header(request, "Content-Encoding", name);
    http_answer_header(request, "ETag", body->etag);
    if (status == 200 && kept_is_known(body, http_header(request, "if-none-match")))
        http_answer(request, 304, NULL, NULL, 0);
    else
        http_answer(request, status, file->type, str_text(&body->bytes), body->bytes.len);
}

int http_take_socket(struct http_request *request)
{
    struct http_client *client = request->client;
    uv_os_fd_t fd;
    int copy = client && uv_fileno((uv_handle_t *)&client->tcp, &fd) == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (client)
        client->leave(client);
    exchange_end(request);
    return copy;
}

char *http_answered_header(const struct http_request *request, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = str_text(&request->headers); *line;) {
        const char *end = strstr(line, "\r\n");
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return xstrndup(line + n + 2, (size_t)(end - line) - n - 2);
        line = end + 2;
    }
    return NULL;
}

void http_problem_write(int status, const char *code, const char *detail, struct str *out)
{
    struct json_out j = {.out = out};
    json_begin_object(&j);
    json_put_text(&j, "type", "about:blank");
    json_put_text(&j, "title", http_status_text(status));
    json_put_int(&j, "status", status);
    json_put_text(&j, "detail", detail);
    json_put_text_if(&j, "code", code);
    json_end_object(&j);
}

static void answer_problem(struct http_request *request, int status, const char *code, const char *detail)
{
    CLEANUP_STR struct str body = {0};
    http_problem_write(status, code, detail, &body);
    http_answer(request, status, HTTP_PROBLEM, body.p, body.len);
}

void http_problem(struct http_request *request, int status, const char *format, ...)
{
    CLEANUP_STR struct str detail = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&detail, format, args);
    va_end(args);
    answer_problem(request, status, NULL, str_text(&detail));
}

int http_status_of(int code)
{
    static const struct {
        int code, status;
    } rows[] = {
        {ERR_INVALID, 400}, {ERR_NOT_FOUND, 404}, {ERR_REFUSED, 409}, {ERR_CONFLICT, 409}, {ERR_TOO_BIG, 413},
        {ERR_IO, 503},      {ERR_FULL, 503},      {ERR_AUTH, 401},    {ERR_TIMEOUT, 504},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code)
            return rows[i].status;
    return 500;
}

void http_problem_of(struct http_request *request, const struct error *err)
{
    CLEANUP_STR struct str detail = {0};
    int status = http_status_of(err->code);
    text_unescape(err->text, &detail);
    if (status == 503)
        http_answer_header(request, "Retry-After", "5");
    answer_problem(request, status, error_word(err->code), str_text(&detail));
}
