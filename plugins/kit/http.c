#include <tocsin/kit/http.h>

#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/network.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#define POOL         16
#define TIMEOUT_MS   30000
#define CONNECT_MS   10000
#define BODY_MOST    ((size_t)4 << 20)
#define HEADERS_MOST 100
#define HEADER_BYTES 8192
#define RETRY_MOST   ((int64_t)24 * 3600 * 1000)

struct kit_http {
    pthread_mutex_t lock;
    CURL *idle[POOL];
    size_t n_idle;
    char *agent;
};

static pthread_once_t begun = PTHREAD_ONCE_INIT;

static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct kit_http *kit_http_create(const char *user_agent)
{
    pthread_once(&begun, begin);
    struct kit_http *http = calloc(1, sizeof(*http));
    if (!http)
        return NULL;
    pthread_mutex_init(&http->lock, NULL);
    http->agent = strdup(user_agent);
    return http;
}

void kit_http_destroy(struct kit_http *http)
{
    if (!http)
        return;
    for (size_t i = 0; i < http->n_idle; i++)
        curl_easy_cleanup(http->idle[i]);
    pthread_mutex_destroy(&http->lock);
    free(http->agent);
    free(http);
}

/* ---- the pool ---- */

static CURL *take_handle(struct kit_http *http)
{
    pthread_mutex_lock(&http->lock);
    CURL *curl = http->n_idle ? http->idle[--http->n_idle] : NULL;
    pthread_mutex_unlock(&http->lock);
    return curl ? curl : curl_easy_init();
}

static void give_handle(struct kit_http *http, CURL *curl)
{
    curl_easy_reset(curl); /* keeps connections, forgets headers and bodies */
    pthread_mutex_lock(&http->lock);
    bool room = http->n_idle < POOL;
    if (room)
        http->idle[http->n_idle++] = curl;
    pthread_mutex_unlock(&http->lock);
    if (!room)
        curl_easy_cleanup(curl);
}

/* ---- what comes ---- */

struct exchange {
    struct kit_text body;
    struct kit_answer *answer;
};

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx)
{
    struct exchange *exchange = ctx;
    kit_text_addn(&exchange->body, bytes, one * n);
    return exchange->body.failed ? 0 : one * n;
}

static void forget_headers(struct kit_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++)
        free((char *)(uintptr_t)answer->headers[i].name); /* name and value are one allocation */
    answer->header_count = 0;
}

static void keep_header(struct kit_answer *answer, const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    if (!colon || colon == line || n > HEADER_BYTES || answer->header_count == HEADERS_MOST)
        return;
    if (!answer->headers)
        answer->headers = calloc(HEADERS_MOST, sizeof(*answer->headers));
    char *copy = answer->headers ? malloc(n + 1) : NULL;
    if (!copy)
        return;
    memcpy(copy, line, n);
    copy[n] = '\0';
    for (char *p = copy; *p != ':'; p++)
        *p = (char)tolower((unsigned char)*p);
    char *value = copy + (colon - line);
    *value++ = '\0';
    value += strspn(value, " \t");
    for (char *end = value + strlen(value); end > value && isspace((unsigned char)end[-1]);)
        *--end = '\0';
    answer->headers[answer->header_count++] = (struct kit_header){copy, value};
}

static size_t on_header(char *bytes, size_t one, size_t n, void *ctx)
{
    struct exchange *exchange = ctx;
    if (one * n >= 5 && memcmp(bytes, "HTTP/", 5) == 0) /* a new answer begins, after 100 Continue say */
        forget_headers(exchange->answer);
    else
        keep_header(exchange->answer, bytes, one * n);
    return one * n;
}

/* ---- the call ---- */

static void add_header(struct curl_slist **list, const char *name, const char *before, const char *value)
{
    struct kit_text line = {0};
    kit_text_addf(&line, "%s: %s%s", name, before, value);
    if (!line.failed && !strpbrk(kit_text_get(&line), "\r\n")) /* a header cannot bring another one */
        *list = curl_slist_append(*list, kit_text_get(&line));
    kit_text_finish(&line);
}

static struct curl_slist *header_list(const struct kit_request *request)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
    if (request->bearer)
        add_header(&list, "Authorization", "Bearer ", request->bearer);
    if (request->json)
        add_header(&list, "Content-Type", "", "application/json");
    for (size_t i = 0; i < request->header_count; i++)
        add_header(&list, request->headers[i].name, "", request->headers[i].value);
    return list;
}

static void set_limits(CURL *curl, const struct kit_request *request)
{
    long timeout = request->timeout_ms > 0 ? (long)request->timeout_ms : TIMEOUT_MS;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout < CONNECT_MS ? timeout : CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (getenv("SSL_CERT_FILE")) /* a library does not look there by itself */
        curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
}

/* Nothing that a gateway of this network translates. */
static bool is_public(const struct sockaddr *address)
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    bool translated = address->sa_family == AF_INET6 &&
                      memcmp(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr, nat64,
                             sizeof(nat64)) == 0;
    return !translated && kit_network_is_public(address);
}

/* Asked about the address that a connection is about to be made to, after names were looked up. */
static curl_socket_t open_public(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)ctx;
    (void)purpose;
    return is_public(&address->addr)
               ? socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol)
               : CURL_SOCKET_BAD;
}

/* A connection that is kept may lead anywhere, and so may a proxy. */
static void set_stranger(CURL *curl, bool stranger)
{
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, stranger ? open_public : NULL);
    curl_easy_setopt(curl, CURLOPT_PROXY, stranger ? "" : NULL);
    if (stranger)
        curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_request(CURL *curl, const struct kit_http *http, const struct kit_request *request)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, http->agent);
    if (request->method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->method && strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
}

static void set_body(CURL *curl, const struct kit_request *request, const struct kit_text *json)
{
    const char *body = request->json ? kit_text_get(json) : request->body;
    if (!body)
        return;
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)(request->json ? json->n : request->body_length));
}

/* What asks a proxy for a tunnel counts for libcurl, too: a request over https is sent only after a new connection has TLS. */
static bool was_sent(CURL *curl)
{
    long bytes = 0, connections = 0;
    curl_off_t secured = 0;
    const char *scheme = NULL;
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &bytes);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
    curl_easy_getinfo(curl, CURLINFO_APPCONNECT_TIME_T, &secured);
    curl_easy_getinfo(curl, CURLINFO_SCHEME, &scheme);
    bool tls = scheme && strcasecmp(scheme, "https") == 0;
    return bytes > 0 && !(tls && connections && !secured);
}

static void judge(CURL *curl, CURLcode rc, const char *text, struct exchange *exchange)
{
    struct kit_answer *answer = exchange->answer;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    answer->outcome = rc == CURLE_OK ? KIT_ANSWERED : was_sent(curl) ? KIT_CUT : KIT_NOT_SENT;
    if (rc == CURLE_OK)
        return;
    answer->status = 0;
    if (exchange->body.failed)
        snprintf(answer->error, sizeof(answer->error), "the answer is too long");
    else if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL)
        snprintf(answer->error, sizeof(answer->error), "the address is not one of http or https");
    else
        snprintf(answer->error, sizeof(answer->error), "%s", *text ? text : curl_easy_strerror(rc));
}

static void hand_over(struct exchange *exchange)
{
    struct kit_answer *answer = exchange->answer;
    answer->body_length = exchange->body.n;
    answer->body = exchange->body.p ? exchange->body.p : calloc(1, 1);
    answer->retry_after_ms = kit_retry_after(kit_answer_header(answer, "retry-after"), kit_wall_ms());
}

static void exchange_with(CURL *curl, struct curl_slist *headers, struct exchange *exchange)
{
    char text[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
    judge(curl, curl_easy_perform(curl), text, exchange);
}

void kit_http_call(struct kit_http *http, const struct kit_request *request, struct kit_answer *answer)
{
    struct kit_text json = {0};
    struct exchange exchange = {.answer = answer, .body.most = request->most ? request->most : BODY_MOST};
    *answer = (struct kit_answer){.outcome = KIT_NOT_SENT, .error = "there is no memory"};
    CURL *curl = !request->json || kit_json_write(request->json, &json) ? take_handle(http) : NULL;
    if (curl) {
        struct curl_slist *headers = header_list(request);
        answer->error[0] = '\0';
        set_limits(curl, request);
        set_body(curl, request, &json);
        set_request(curl, http, request);
        set_stranger(curl, request->stranger);
        exchange_with(curl, headers, &exchange);
        give_handle(http, curl);
        curl_slist_free_all(headers);
    }
    hand_over(&exchange);
    kit_text_finish(&json);
}

void kit_answer_finish(struct kit_answer *answer)
{
    forget_headers(answer);
    free(answer->headers);
    free(answer->body);
    *answer = (struct kit_answer){0};
}

/* ---- what it means ---- */

const char *kit_answer_header(const struct kit_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    }
    return NULL;
}

static const struct {
    long first, last;
    int32_t code;
} meanings[] = {
    {200, 299, TOCSIN_DONE},    {401, 401, TOCSIN_AUTH},  {403, 403, TOCSIN_AUTH},    {408, 408, TOCSIN_RETRY},
    {425, 425, TOCSIN_RETRY},   {429, 429, TOCSIN_RETRY}, {502, 502, TOCSIN_UNKNOWN}, /* a gateway: who knows */
    {504, 504, TOCSIN_UNKNOWN}, {500, 599, TOCSIN_RETRY},
};

int32_t kit_answer_result(const struct kit_answer *answer, struct tocsin_result *result)
{
    result->code = answer->outcome == KIT_NOT_SENT ? TOCSIN_RETRY
                   : answer->outcome == KIT_CUT    ? TOCSIN_UNKNOWN
                                                   : TOCSIN_REFUSED;
    for (size_t i = 0; answer->outcome == KIT_ANSWERED && i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (answer->status >= meanings[i].first && answer->status <= meanings[i].last) {
            result->code = meanings[i].code;
            break;
        }
    }
    result->retry_after_ms = answer->retry_after_ms;
    if (answer->outcome != KIT_ANSWERED)
        snprintf(result->detail, sizeof(result->detail), "%s", answer->error);
    else if (result->code != TOCSIN_DONE)
        snprintf(result->detail, sizeof(result->detail), "the platform answered with status %ld",
                 answer->status);
    return result->code;
}

int32_t kit_answer_meaning(const struct kit_answer *answer, const struct kit_meaning *own, const char *said,
                           struct tocsin_result *result)
{
    char words[300];
    kit_answer_result(answer, result);
    for (; answer->outcome == KIT_ANSWERED && own->status; own++) {
        if (own->status != answer->status)
            continue;
        result->code = own->code;
        if (own->text)
            snprintf(result->detail, sizeof(result->detail), "%s", own->text);
    }
    size_t n = strlen(result->detail);
    if (result->code != TOCSIN_DONE && kit_clean_name(said, words, sizeof(words)))
        snprintf(result->detail + n, sizeof(result->detail) - n, " (%s)", words);
    return result->code;
}

int32_t kit_result_error(const struct tocsin_result *result, struct tocsin_error *error)
{
    bool person = result->code == TOCSIN_AUTH || result->code == TOCSIN_REFUSED;
    if (result->code == TOCSIN_DONE)
        return 0;
    return kit_fail(error, person ? TOCSIN_E_AUTH : TOCSIN_E_FAILED, "%s", result->detail);
}

int64_t kit_retry_after(const char *value, int64_t now)
{
    if (!value || !*value)
        return 0;
    char *end;
    double seconds = strtod(value, &end);
    double delay = *end == '\0' ? seconds * 1000 : 0;
    time_t at = *end ? curl_getdate(value, NULL) : -1;
    if (at != -1)
        delay = (double)at * 1000 - (double)now;
    return delay > 0 ? (int64_t)(delay < (double)RETRY_MOST ? delay : (double)RETRY_MOST) : 0;
}

int64_t kit_reset_after(const char *value, int64_t now, int64_t most)
{
    int64_t at = value ? strtoll(value, NULL, 10) : 0;
    int64_t wait = at > (now + most) / 1000 ? most : at > 0 ? at * 1000 - now : 0;
    return !value ? 0 : wait < 1000 ? 1000 : wait;
}

char *kit_url_encode(const char *text)
{
    char *encoded = curl_easy_escape(NULL, text, (int)strlen(text));
    char *copy = encoded ? strdup(encoded) : NULL;
    curl_free(encoded);
    return copy;
}
