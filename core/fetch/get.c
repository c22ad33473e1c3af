#include "fetch/get.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <tocsin/kit/network.h>

#include "base/clock.h"
#include "base/mem.h"
#include "feeds/feeds.h"

#define CONNECT_MS 10000L

struct hop { /* one request */
    CURL *curl;
    const char *etag;
    char *host, *port;
    bool http;
    bool local;    /* its host is this machine, by its name */
    bool loopback; /* it may lead there */
    bool anywhere; /* to an address of any network, since it is of the host that was named */
    bool strayed;  /* it led elsewhere */
    bool too_big;
    struct got *got;
};

void got_finish(struct got *got)
{
    str_finish(&got->body);
    str_finish(&got->etag);
}

/* ---- where a request leads ---- */

static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct hop *hop = ctx;
    bool loopback = kit_network_is_loopback(&address->addr);
    bool may = hop->http
                   ? loopback
                   : hop->anywhere || (hop->loopback && loopback) || kit_network_is_public(&address->addr);
    (void)purpose;
    if (!may) {
        hop->strayed = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static char *part_of(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(parsed, part, &text, CURLU_DEFAULT_PORT))
        return NULL;
    char *copy = xstrdup(text);
    curl_free(text);
    return copy;
}

/* first: the hop to the address that was named; NULL: this is it. */
static int aim(const char *url, const struct hop *first, struct hop *hop, struct error *err)
{
    CURLU *parsed = curl_url();
    bool good = parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK;
    CLEANUP_FREE char *scheme = good ? part_of(parsed, CURLUPART_SCHEME) : NULL;
    hop->host = good ? part_of(parsed, CURLUPART_HOST) : NULL;
    hop->port = good ? part_of(parsed, CURLUPART_PORT) : NULL;
    curl_url_cleanup(parsed);
    if (!scheme || !hop->host || !hop->port)
        return error_set(err, ERR_INVALID,
                         first ? "it redirects to what is no address" : "its address is none");
    hop->http = strcmp(scheme, "http") == 0;
    hop->local = feed_host_is_loopback(hop->host);
    hop->loopback = first ? first->loopback : hop->local;
    hop->anywhere = !first || (text_equal_nocase(hop->host, first->host) && text_equal(hop->port, first->port));
    if (strcmp(scheme, "https") == 0 || (hop->http && hop->local && hop->loopback))
        return 0;
    return error_set(err, ERR_REFUSED,
                     first ? "it redirects to %s over %.20s, and not https" : "%s over %.20s is not https",
                     hop->host, scheme);
}

/* ---- what comes ---- */

static size_t on_body(char *bytes, size_t one, size_t n, void *ctx)
{
    struct hop *hop = ctx;
    hop->too_big = hop->too_big || hop->got->body.len + one * n > GET_BYTES;
    if (hop->too_big)
        return 0;
    str_addn(&hop->got->body, bytes, one * n);
    return one * n;
}

/* Only the ETag is of interest. A new answer begins with its status, after 100 Continue say. */
static size_t on_header(char *bytes, size_t one, size_t n, void *ctx)
{
    static const char name[] = "etag:";
    struct str *etag = &((struct hop *)ctx)->got->etag;
    size_t length = one * n, skip = strlen(name);
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        str_clear(etag);
    if (length < skip || strncasecmp(bytes, name, skip) != 0)
        return length;
    while (skip < length && bytes[skip] == ' ')
        skip++;
    size_t end = length;
    while (end > skip && strchr(" \t\r\n", bytes[end - 1]))
        end--;
    str_clear(etag);
    if (end - skip <= FEED_ETAG_BYTES && !memchr(bytes + skip, '\0', end - skip))
        str_addn(etag, bytes + skip, end - skip);
    return length;
}

/* ---- one request ---- */

static void set_options(const struct hop *hop, const char *url, long left_ms)
{
    CURL *curl = hop->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, hop->http ? "http" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, MIN(left_ms, CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Tocsin/" TOCSIN_VERSION);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (getenv("SSL_CERT_FILE")) /* a library does not look there by itself */
        curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("SSL_CERT_FILE"));
    if (hop->local) /* no proxy stands between this machine and itself */
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

static void set_callbacks(struct hop *hop)
{
    curl_easy_setopt(hop->curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(hop->curl, CURLOPT_OPENSOCKETDATA, hop);
    curl_easy_setopt(hop->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(hop->curl, CURLOPT_WRITEDATA, hop);
    curl_easy_setopt(hop->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(hop->curl, CURLOPT_HEADERDATA, hop);
}

static int explain(const struct hop *hop, CURLcode rc, const char *text, struct error *err)
{
    if (hop->strayed && hop->http)
        return error_set(err, ERR_REFUSED, "%s is not this machine", hop->host);
    if (hop->strayed)
        return error_set(err, ERR_REFUSED, "it redirects to %s, which is in a private network", hop->host);
    if (hop->too_big)
        return error_set(err, ERR_TOO_BIG, "it is larger than %zu KiB", GET_BYTES >> 10);
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERR_TIMEOUT, "%s did not answer in time", hop->host);
    return error_set(err, ERR_IO, "%s", *text ? text : curl_easy_strerror(rc));
}

/* The status of the answer, or < 0. */
static long ask(struct hop *hop, const char *url, long left_ms, struct error *err)
{
    char text[CURL_ERROR_SIZE] = "";
    CLEANUP_FREE char *condition = hop->etag ? xasprintf("If-None-Match: %s", hop->etag) : NULL;
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: text/calendar, */*;q=0.5");
    long status = 0;
    if (condition)
        headers = curl_slist_append(headers, condition);
    str_clear(&hop->got->body);
    set_options(hop, url, left_ms);
    set_callbacks(hop);
    curl_easy_setopt(hop->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(hop->curl, CURLOPT_ERRORBUFFER, text);
    CURLcode rc = curl_easy_perform(hop->curl);
    curl_easy_getinfo(hop->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    return rc == CURLE_OK ? status : explain(hop, rc, text, err);
}

/* ---- redirects ---- */

static int judge(const struct hop *hop, long status, struct error *err)
{
    hop->got->unchanged = status == 304 && hop->etag;
    if (status == 200 || hop->got->unchanged)
        return 0;
    return error_set(err, ERR_IO, "%s answered with status %ld", hop->host, status);
}

/* The address that the answer leads to; NULL: it leads nowhere. The caller frees. */
static char *next_of(const struct hop *hop, long status)
{
    char *next = NULL;
    if (status >= 300 && status < 400 && status != 304)
        curl_easy_getinfo(hop->curl, CURLINFO_REDIRECT_URL, &next);
    return xstrdup(next);
}

struct walk {
    CURL *curl;
    const char *etag;
    int64_t until; /* monotonic ms */
    struct got *got;
};

/* first: the hop to the address that was named; NULL: this is it. */
static int visit(const struct walk *walk, const char *url, const struct hop *first, int redirects,
                 struct error *err)
{
    struct hop hop = {.curl = walk->curl, .etag = walk->etag, .got = walk->got};
    int64_t left = walk->until - clock_mono_ns() / 1000000;
    int rc = aim(url, first, &hop, err);
    long status = rc ? rc : ask(&hop, url, (long)MAX(left, 1), err);
    CLEANUP_FREE char *next = status > 0 ? next_of(&hop, status) : NULL;
    if (status < 0)
        rc = (int)status;
    else if (!next)
        rc = judge(&hop, status, err);
    else if (redirects == GET_REDIRECTS)
        rc = error_set(err, ERR_REFUSED, "it redirects more than %d times", GET_REDIRECTS);
    else
        rc = visit(walk, next, first ? first : &hop, redirects + 1, err);
    free(hop.host);
    free(hop.port);
    return rc;
}

int get(const char *url, const char *etag, struct got *ret, struct error *err)
{
    struct got got = {0};
    struct walk walk = {curl_easy_init(), etag, clock_mono_ns() / 1000000 + GET_TIME, &got};
    int rc = walk.curl ? visit(&walk, url, NULL, 0, err) : error_set(err, ERR_IO, "there is no memory");
    curl_easy_cleanup(walk.curl);
    if (rc)
        got_finish(&got);
    else
        *ret = got;
    return rc;
}
