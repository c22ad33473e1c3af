#include <tocsin/kit/stream.h>

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include <tocsin/kit/report.h>

#define CONNECT_S 10L

const char *kit_stream_fault(const char *address, const char *tls)
{
    static const char *const here[] = {"127.", "localhost:", "[::1]:"};
    const char *port = strrchr(address, ':');
    bool near = false;
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
        near = near || strncmp(address, here[i], strlen(here[i])) == 0;
    if (!port || port == address || !port[1] || port[1 + strspn(port + 1, "0123456789")] ||
        strpbrk(address, "/@ ?#"))
        return "the server must be a name and a port, such as chat.example.com:6697";
    if (strcmp(tls, "tls") != 0 && (strcmp(tls, "none") != 0 || !near))
        return "without TLS (`tls` = \"none\") the server must be on this machine, such as 127.0.0.1:6667";
    return NULL;
}

static CURLcode dial(CURL *curl, const struct kit_stream_to *to, char why[CURL_ERROR_SIZE])
{
    char url[300];
    snprintf(url, sizeof(url), "%s://%s", to->tls ? "https" : "http", to->address);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    if (code == CURLE_OK && to->ca_file && *to->ca_file)
        code = curl_easy_setopt(curl, CURLOPT_CAINFO, to->ca_file);
    if (code == CURLE_OK && to->certificate && *to->certificate)
        code = curl_easy_setopt(curl, CURLOPT_SSLCERT, to->certificate);
    return code == CURLE_OK ? curl_easy_perform(curl) : code;
}

int32_t kit_stream_open(struct kit_stream *stream, const struct kit_stream_to *to, struct tocsin_error *error)
{
    char why[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    curl_socket_t fd = CURL_SOCKET_BAD;
    CURLcode code = curl ? dial(curl, to, why) : CURLE_OUT_OF_MEMORY;
    if (code == CURLE_OK)
        code = curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd);
    if (code == CURLE_OK) {
        *stream = (struct kit_stream){.curl = curl, .fd = fd};
        return 0;
    }
    curl_easy_cleanup(curl);
    return kit_fail(error, code == CURLE_PEER_FAILED_VERIFICATION ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
                    "cannot connect to %s: %s", to->address, *why ? why : curl_easy_strerror(code));
}

void kit_stream_close(struct kit_stream *stream)
{
    curl_easy_cleanup(stream->curl);
    kit_text_finish(&stream->in);
    kit_text_finish(&stream->out);
    *stream = (struct kit_stream){.fd = -1};
}

void kit_stream_say(struct kit_stream *stream, const char *bytes)
{
    kit_text_add(&stream->out, bytes);
}

void kit_stream_wait(const struct kit_stream *stream, int wake, int most_ms)
{
    eventfd_t woken;
    struct pollfd fds[] = {
        {wake, POLLIN, 0},
        {stream->curl ? stream->fd : -1, (short)(POLLIN | (stream->out.n ? POLLOUT : 0)), 0}};
    if (poll(fds, 2, most_ms) > 0 && fds[0].revents)
        eventfd_read(wake, &woken);
}

/* What TLS has decrypted already is not seen by poll, so it is read to the end. */
bool kit_stream_move(struct kit_stream *stream)
{
    struct kit_text *in = &stream->in, *out = &stream->out;
    char bytes[8192];
    size_t n = 0;
    CURLcode code = stream->curl ? CURLE_OK : CURLE_GOT_NOTHING;
    while (out->n && code == CURLE_OK &&
           (code = curl_easy_send(stream->curl, out->p, out->n, &n)) == CURLE_OK) {
        memmove(out->p, out->p + n, out->n - n);
        out->n -= n;
    }
    code = code == CURLE_AGAIN ? CURLE_OK : code;
    while (code == CURLE_OK && (code = curl_easy_recv(stream->curl, bytes, sizeof(bytes), &n)) == CURLE_OK) {
        kit_text_addn(in, bytes, n);
        if (!n || in->failed || (in->n > KIT_STREAM_LINE && !memchr(in->p, '\n', in->n)))
            return false;
    }
    return code == CURLE_AGAIN;
}

char *kit_stream_line(struct kit_stream *stream)
{
    struct kit_text *in = &stream->in;
    char *end = in->n ? memchr(in->p, '\n', in->n) : NULL;
    if (!end)
        return NULL;
    size_t n = (size_t)(end - in->p) + 1;
    char *line = strndup(in->p, n - 1);
    memmove(in->p, end + 1, in->n - n);
    in->n -= n;
    if (line)
        line[strcspn(line, "\r")] = '\0';
    return line;
}
