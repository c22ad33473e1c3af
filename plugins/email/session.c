#include "session.h"

#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/text.h>

#include "parse.h"

#define LINE_MOST  ((size_t)1 << 20)
#define ANSWER_MS  60000 /* a server that says nothing for so long after a command is gone */
#define CONNECT_MS 30000L

struct session {
    CURL *curl;
    int wake;
    struct kit_text in; /* received, from `at` on not yet read */
    size_t at;
    struct kit_text line, literal; /* of the response at hand */
    char said[300];
    unsigned tag;
    bool news; /* the server spoke of new mail before a command ended: IDLE will not say it again */
};

/* ---- the connection ---- */

static enum session_status wait_for(const struct session *s, short events, int64_t most_ms)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &socket);
    struct pollfd fds[] = {{.fd = socket, .events = events}, {.fd = s->wake, .events = POLLIN}};
    if (socket == CURL_SOCKET_BAD)
        return SESSION_LOST;
    int n = poll(fds, 2, (int)(most_ms > 0 ? most_ms : 0));
    if (n > 0 && fds[1].revents)
        return SESSION_WOKEN;
    return n > 0 ? SESSION_OK : SESSION_LOST;
}

static enum session_status send_all(struct session *s, const char *text)
{
    size_t n = strlen(text), sent = 0;
    for (size_t done = 0; done < n; done += sent) {
        sent = 0;
        CURLcode rc = curl_easy_send(s->curl, text + done, n - done, &sent);
        if (rc == CURLE_AGAIN) {
            enum session_status status = wait_for(s, POLLOUT, ANSWER_MS);
            if (status != SESSION_OK)
                return status;
        } else if (rc != CURLE_OK) {
            return SESSION_LOST;
        }
    }
    return SESSION_OK;
}

/* Drops what was read. */
static void compact(struct session *s)
{
    if (s->at < ((size_t)64 << 10) && s->at < s->in.n)
        return;
    memmove(s->in.p, s->in.p + s->at, s->in.n - s->at);
    s->in.n -= s->at;
    s->at = 0;
}

/* Reads more. What TLS has decrypted already is not seen by poll, so reading comes first. */
static enum session_status receive(struct session *s, int64_t most_ms)
{
    char buffer[16384];
    int64_t end = kit_now_ms() + most_ms;
    if (s->at)
        compact(s);
    for (;;) {
        size_t n = 0;
        CURLcode rc = curl_easy_recv(s->curl, buffer, sizeof(buffer), &n);
        if (rc == CURLE_OK && n) {
            kit_text_addn(&s->in, buffer, n);
            return s->in.failed ? SESSION_LOST : SESSION_OK;
        }
        if (rc != CURLE_AGAIN)
            return SESSION_LOST;
        enum session_status status = wait_for(s, POLLIN, end - kit_now_ms());
        if (status != SESSION_OK)
            return status;
    }
}

/* ---- responses ---- */

/* Adds the next piece of line, up to its end. */
static enum session_status read_piece(struct session *s, int64_t most_ms)
{
    for (size_t looked = s->at;;) {
        const char *end = s->in.n > looked ? memchr(s->in.p + looked, '\n', s->in.n - looked) : NULL;
        if (end) {
            size_t n = (size_t)(end - s->in.p) - s->at;
            size_t bare = n && s->in.p[s->at + n - 1] == '\r' ? n - 1 : n;
            kit_text_addn(&s->line, s->in.p + s->at, bare);
            s->at += n + 1;
            return s->line.failed || memchr(s->line.p, '\0', s->line.n) ? SESSION_LOST : SESSION_OK;
        }
        if (s->in.n - s->at > LINE_MOST)
            return SESSION_LOST;
        looked = s->in.n - s->at;
        enum session_status status = receive(s, most_ms);
        if (status != SESSION_OK)
            return status;
        looked += s->at;
    }
}

/* "{123}" at the end of the line: that many bytes follow it. */
static bool literal_follows(const struct session *s, size_t *ret_n)
{
    size_t n = s->line.n;
    if (n < 3 || s->line.p[n - 1] != '}')
        return false;
    size_t from = n - 1;
    while (from && isdigit((unsigned char)s->line.p[from - 1]))
        from--;
    if (!from || from == n - 1 || s->line.p[from - 1] != '{' || n - 1 - from > 12)
        return false;
    *ret_n = strtoull(s->line.p + from, NULL, 10);
    return true;
}

/* Keeps the first literal of a response; the others are read and forgotten. */
static enum session_status read_literal(struct session *s, size_t n)
{
    bool keep = !s->literal.n;
    if (n > MAIL_BYTES + LINE_MOST)
        return SESSION_LOST;
    while (n) {
        size_t here = s->in.n - s->at < n ? s->in.n - s->at : n;
        if (keep && here)
            kit_text_addn(&s->literal, s->in.p + s->at, here);
        s->at += here;
        n -= here;
        enum session_status status = n ? receive(s, ANSWER_MS) : SESSION_OK;
        if (status != SESSION_OK)
            return status;
    }
    return s->literal.failed ? SESSION_LOST : SESSION_OK;
}

static enum session_status read_response(struct session *s, int64_t most_ms)
{
    size_t n;
    kit_text_finish(&s->line);
    kit_text_finish(&s->literal);
    for (;;) {
        enum session_status status = read_piece(s, most_ms);
        if (status != SESSION_OK || !literal_follows(s, &n))
            return status;
        status = read_literal(s, n);
        if (status != SESSION_OK)
            return status;
    }
}

static bool begins(const struct session *s, const char *with)
{
    return strncasecmp(kit_text_get(&s->line), with, strlen(with)) == 0;
}

/* New mail, or mail that went. */
static bool is_news(const struct session *s)
{
    return strcasestr(kit_text_get(&s->line), " EXISTS") != NULL;
}

/* Reads to the end of the command with that tag. */
static enum session_status finish_command(struct session *s, const char *tag, session_on *on, void *ctx)
{
    for (;;) {
        enum session_status status = read_response(s, ANSWER_MS);
        if (status != SESSION_OK)
            return status;
        if (begins(s, tag)) {
            const char *rest = s->line.p + strlen(tag);
            kit_clean_name(rest, s->said, sizeof(s->said));
            return strncasecmp(rest, "OK", 2) == 0 ? SESSION_OK : SESSION_NO;
        }
        if (begins(s, "* BYE")) {
            kit_clean_name(s->line.p + 2, s->said, sizeof(s->said));
            return SESSION_LOST;
        }
        s->news = s->news || is_news(s);
        struct session_response response = {kit_text_get(&s->line), kit_text_get(&s->literal), s->literal.n};
        if (on && begins(s, "* "))
            on(ctx, &response);
    }
}

enum session_status session_do(struct session *s, const char *command, session_on *on, void *ctx)
{
    char tag[16];
    struct kit_text text = {0};
    snprintf(tag, sizeof(tag), "t%u ", ++s->tag);
    kit_text_addf(&text, "%s%s\r\n", tag, command);
    enum session_status status = send_all(s, kit_text_get(&text));
    kit_text_finish(&text);
    return status == SESSION_OK ? finish_command(s, tag, on, ctx) : status;
}

enum session_status session_idle(struct session *s, int64_t most_ms)
{
    char tag[16], command[32];
    int64_t end = kit_now_ms() + most_ms;
    bool news = s->news, begun = false;
    s->news = false;
    if (news)
        return SESSION_OK;
    snprintf(tag, sizeof(tag), "t%u ", ++s->tag);
    snprintf(command, sizeof(command), "%sIDLE\r\n", tag);
    enum session_status status = send_all(s, command);
    while (status == SESSION_OK && !(begun && news) && kit_now_ms() < end) {
        int64_t left = end - kit_now_ms();
        status = read_response(s, begun ? left : ANSWER_MS);
        if (status == SESSION_LOST && begun && kit_now_ms() >= end)
            status = SESSION_OK; /* nothing happened */
        else if (status == SESSION_OK && begins(s, tag))
            return SESSION_NO;
        else if (status == SESSION_OK && begins(s, "* BYE"))
            return SESSION_LOST;
        begun = begun || (status == SESSION_OK && begins(s, "+"));
        news = news || (status == SESSION_OK && is_news(s));
    }
    if (status == SESSION_OK)
        status = send_all(s, "DONE\r\n");
    return status == SESSION_OK ? finish_command(s, tag, NULL, NULL) : status;
}

const char *session_said(const struct session *session)
{
    return session->said;
}

/* ---- opening and closing ---- */

struct session *session_open(const struct email_server *server, int wake, struct tocsin_error *error)
{
    char text[480];
    struct email_heard heard = {0};
    struct session *s = calloc(1, sizeof(*s));
    s->wake = wake;
    s->in.most = MAIL_BYTES + 4 * LINE_MOST;
    s->curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (s->curl && email_server_options(server, s->curl, "/")) {
        curl_easy_setopt(s->curl, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(s->curl, CURLOPT_DEBUGFUNCTION, email_server_hear);
        curl_easy_setopt(s->curl, CURLOPT_DEBUGDATA, &heard);
        curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, CONNECT_MS);
        code = curl_easy_perform(s->curl);
        curl_easy_setopt(s->curl, CURLOPT_VERBOSE, 0L);
    }
    if (code == CURLE_OK)
        return s;
    int32_t outcome =
        email_server_explain(server, code, code == CURLE_LOGIN_DENIED ? heard.line : "", text, sizeof(text));
    kit_fail(error, outcome == TOCSIN_AUTH ? TOCSIN_E_AUTH : TOCSIN_E_FAILED, "IMAP, %s", text);
    session_close(s);
    return NULL;
}

void session_close(struct session *s)
{
    if (!s)
        return;
    curl_easy_cleanup(s->curl);
    kit_text_finish(&s->in);
    kit_text_finish(&s->line);
    kit_text_finish(&s->literal);
    free(s);
}
