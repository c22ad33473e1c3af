#include "server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/text.h>

#define CONNECT_MS 10000L

/* ---- settings ---- */

/* Is this name this very machine, whatever a resolver says? */
static bool is_loopback(const char *host)
{
    struct in_addr four;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
        return true;
    return inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

static bool is_host(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] <= ' ' || text[i] >= 127 || strchr("/@?#\\%<>\"[]", text[i]))
            return false;
    }
    return n > 0 && n < 254;
}

static bool read_port(const char *text, uint16_t *ret)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || port == 0 || port > 65535)
        return false;
    *ret = (uint16_t)port;
    return true;
}

static const char *parse_address(struct email_server *server, const char *address)
{
    bool six = *address == '[';
    const char *from = six ? address + 1 : address;
    size_t n = strcspn(from, six ? "]" : ":");
    const char *rest = from + n;
    if (six && *rest++ != ']')
        return "has a [ without a ]";
    if (!is_host(from, n))
        return "must be a host name, or host:port";
    if (*rest && (*rest != ':' || !read_port(rest + 1, &server->port)))
        return "has something other than a port from 1 to 65535 behind the host name";
    server->host = strndup(from, n);
    return NULL;
}

static const struct tls_name {
    const char *name;
    enum email_tls tls;
    uint16_t smtp, imap;
} tls_names[] = {
    {"starttls", EMAIL_STARTTLS, 587, 143}, {"tls", EMAIL_TLS, 465, 993}, {"none", EMAIL_PLAIN, 25, 143}};

const char *email_server_parse(struct email_server *server, const char *address, const char *tls,
                               bool has_tls_port)
{
    const struct tls_name *row = NULL;
    for (size_t i = 0; i < sizeof(tls_names) / sizeof(tls_names[0]); i++) {
        if (strcmp(tls_names[i].name, tls) == 0)
            row = &tls_names[i];
    }
    if (!row)
        return "is encrypted by \"starttls\", by \"tls\", or not at all: \"none\"";
    server->tls = row->tls;
    server->port = has_tls_port ? row->imap : row->smtp;
    const char *wrong = parse_address(server, address);
    if (!wrong && row->tls == EMAIL_PLAIN && !is_loopback(server->host))
        return "may go without encryption (\"none\") only on this machine: localhost, 127.0.0.1 or ::1";
    return wrong;
}

/* ---- a connection ---- */

static CURLcode set_login(const struct email_server *server, CURL *curl)
{
    CURLcode rc = CURLE_OK;
    if (*server->user)
        rc = curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
    if (rc == CURLE_OK && *server->token)
        rc = curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, server->token);
    else if (rc == CURLE_OK && *server->user)
        rc = curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    if (rc == CURLE_OK && *server->token)
        rc = curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2");
    if (rc == CURLE_OK && *server->ca_file)
        rc = curl_easy_setopt(curl, CURLOPT_CAINFO, server->ca_file);
    return rc;
}

bool email_server_options(const struct email_server *server, CURL *curl, const char *path)
{
    bool six = strchr(server->host, ':') != NULL;
    struct kit_text url = {0};
    kit_text_addf(&url, "%s%s://%s%s%s:%u%s", server->protocol, server->tls == EMAIL_TLS ? "s" : "",
                  six ? "[" : "", server->host, six ? "]" : "", (unsigned)server->port, path);
    CURLcode rc = url.failed ? CURLE_OUT_OF_MEMORY : curl_easy_setopt(curl, CURLOPT_URL, url.p);
    kit_text_finish(&url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(server->tls == EMAIL_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_PROXY, is_loopback(server->host) ? "" : NULL);
    return rc == CURLE_OK && set_login(server, curl) == CURLE_OK;
}

/* A refusal stays: what follows it is only the goodbye. */
int email_server_hear(CURL *curl, curl_infotype type, char *data, size_t n, void *heard)
{
    struct email_heard *h = heard;
    char line[300];
    (void)curl;
    if (type != CURLINFO_HEADER_IN || n < 4 || *h->line == '4' || *h->line == '5')
        return 0;
    size_t end = 0;
    while (end < n && end + 1 < sizeof(line) && data[end] != '\r' && data[end] != '\n')
        end++;
    memcpy(line, data, end);
    line[end] = '\0';
    kit_clean_name(line, h->line, sizeof(h->line));
    return 0;
}

/* ---- failures ---- */

static const struct meaning {
    CURLcode code;
    int32_t outcome;
    const char *before, *after; /* what is wrong and what to do, around the name of the setting */
} meanings[] = {
    {CURLE_COULDNT_RESOLVE_HOST, TOCSIN_RETRY, "its name is unknown; check `", "`"},
    {CURLE_COULDNT_CONNECT, TOCSIN_RETRY, "nothing answers there; check `",
     "`, and that a firewall lets it through"},
    {CURLE_LOGIN_DENIED, TOCSIN_AUTH, "it refuses the login; check `user`, `password` or `token` for `",
     "`. Some providers want a password made for applications"},
    {CURLE_USE_SSL_FAILED, TOCSIN_AUTH,
     "it does not offer STARTTLS, so nothing was sent; if it speaks TLS from the start, set `",
     "_tls = \"tls\"`"},
    {CURLE_SSL_CONNECT_ERROR, TOCSIN_RETRY, "the TLS handshake failed; if the port begins without TLS, set `",
     "_tls = \"starttls\"`"},
    {CURLE_PEER_FAILED_VERIFICATION, TOCSIN_AUTH,
     "its certificate is not valid for this name, or signed by nobody known here; check `",
     "`, or set `ca_file`"},
    {CURLE_SSL_CACERT_BADFILE, TOCSIN_AUTH, "`ca_file`, which is to verify `", "`, cannot be read"},
    {CURLE_OPERATION_TIMEDOUT, TOCSIN_RETRY, "it did not answer in time; check the port in `",
     "`, and the network"},
    {CURLE_REMOTE_ACCESS_DENIED, TOCSIN_RETRY, "it turns this machine away; ask whoever runs it, or check `",
     "`"},
    {CURLE_WEIRD_SERVER_REPLY, TOCSIN_RETRY,
     "what answers does not greet like a mail server of that kind; check the port in `", "`"},
    {CURLE_GOT_NOTHING, TOCSIN_RETRY, "it closed the connection without a word; check the port in `", "`"},
};

int32_t email_server_explain(const struct email_server *server, CURLcode code, const char *said, char *text,
                             size_t size)
{
    static const struct meaning other = {.outcome = TOCSIN_RETRY};
    const struct meaning *m = &other;
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (meanings[i].code == code)
            m = &meanings[i];
    }
    struct kit_text all = {0};
    kit_text_addf(&all, "%s:%u: ", server->host, (unsigned)server->port);
    if (m->before)
        kit_text_addf(&all, "%s%s%s", m->before, server->setting, m->after);
    else
        kit_text_add(&all, curl_easy_strerror(code));
    if (*said)
        kit_text_addf(&all, ". It said: \"%s\"", said);
    snprintf(text, size, "%.*s", (int)kit_utf8_cut(kit_text_get(&all), all.n, size - 1), kit_text_get(&all));
    kit_text_finish(&all);
    return m->outcome;
}
