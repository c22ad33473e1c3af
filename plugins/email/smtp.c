#include "smtp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/report.h>

#include "address.h"

#define HANDLES   8
#define CHECK_MS  20000L
#define LEAST_MS  1000
#define STALLED_S 60L /* a server that takes nothing for so long is gone */

struct email_smtp {
    const struct email_server *server;
    char path[260];
    pthread_mutex_t lock;
    CURL *idle[HANDLES]; /* each with its connection */
    size_t idle_count;
};

struct email_smtp *email_smtp_create(const struct email_server *server, const char *hello)
{
    struct email_smtp *smtp = calloc(1, sizeof(*smtp));
    smtp->server = server;
    snprintf(smtp->path, sizeof(smtp->path), "/%.253s", hello);
    pthread_mutex_init(&smtp->lock, NULL);
    return smtp;
}

void email_smtp_destroy(struct email_smtp *smtp)
{
    if (!smtp)
        return;
    for (size_t i = 0; i < smtp->idle_count; i++)
        curl_easy_cleanup(smtp->idle[i]);
    pthread_mutex_destroy(&smtp->lock);
    free(smtp);
}

/* *ret_used: it has a connection, which the server may have closed by now. */
static CURL *take(struct email_smtp *smtp, bool *ret_used)
{
    CURL *curl = NULL;
    pthread_mutex_lock(&smtp->lock);
    if (smtp->idle_count)
        curl = smtp->idle[--smtp->idle_count];
    pthread_mutex_unlock(&smtp->lock);
    *ret_used = curl != NULL;
    return curl ? curl : curl_easy_init();
}

/* Keeps it with its connection, if that can be used again. */
static void give_back(struct email_smtp *smtp, CURL *curl, bool good)
{
    curl_easy_reset(curl); /* the options; the connection stays */
    pthread_mutex_lock(&smtp->lock);
    good = good && smtp->idle_count < HANDLES;
    if (good)
        smtp->idle[smtp->idle_count++] = curl;
    pthread_mutex_unlock(&smtp->lock);
    if (!good)
        curl_easy_cleanup(curl);
}

/* ---- sending ---- */

struct sending {
    const struct email_envelope *envelope;
    size_t at;
    bool handed, stopped;
    struct email_heard heard;
};

/* The last line's end goes alone, so that nearly everything is on its way before `handing`. */
static size_t piece_of(const struct sending *s, size_t most)
{
    size_t left = s->envelope->n - s->at, n = left < most ? left : most;
    return n == left && n > 2 ? n - 2 : n;
}

static size_t read_mail(char *buffer, size_t size, size_t count, void *ctx)
{
    struct sending *s = ctx;
    size_t n = piece_of(s, size * count);
    if (s->at + n == s->envelope->n && !s->handed) { /* with these bytes the dot goes, too */
        s->stopped = s->envelope->handing && !s->envelope->handing(s->envelope->ctx);
        s->handed = !s->stopped;
    }
    if (s->stopped)
        return CURL_READFUNC_ABORT;
    memcpy(buffer, s->envelope->bytes + s->at, n);
    s->at += n;
    return n;
}

static struct curl_slist *set_envelope(CURL *curl, struct sending *s)
{
    char from[EMAIL_ADDRESS + 2], to[EMAIL_ADDRESS + 2];
    const struct email_envelope *e = s->envelope;
    snprintf(from, sizeof(from), "<%s>", e->from); /* with brackets, so that nothing can follow the address */
    snprintf(to, sizeof(to), "<%s>", e->to);
    struct curl_slist *list = curl_slist_append(NULL, to);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)e->n);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(curl, CURLOPT_READDATA, s);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(e->timeout_ms > LEAST_MS ? e->timeout_ms : LEAST_MS));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, STALLED_S);
    return list;
}

static void listen_to(CURL *curl, struct email_heard *heard)
{
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, email_server_hear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, heard);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
}

static bool is_no(const char *line)
{
    return *line == '4' || *line == '5';
}

/* Did it refuse the mail, for good or for now? A greeting that refuses refuses us: that is not a mail's fault. */
static bool is_refusal(const struct sending *s, CURLcode code, long status)
{
    bool answer = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_UPLOAD_FAILED ||
                  (code == CURLE_WEIRD_SERVER_REPLY && s->handed);
    return answer && status >= 400 && status < 600;
}

static void judge(const struct email_smtp *smtp, const struct sending *s, CURLcode code, long status,
                  struct tocsin_result *result)
{
    char text[480];
    if (code == CURLE_OK) {
        result->code = TOCSIN_DONE;
    } else if (is_refusal(s, code, status)) {
        /* 530 and 535: it wants a login, or another one */
        result->code = status == 530 || status == 535 ? TOCSIN_AUTH
                       : status >= 500                ? TOCSIN_REFUSED
                                                      : TOCSIN_RETRY;
        kit_result(result, result->code, "the mail server refused it: %s", s->heard.line);
    } else if (s->handed) {
        kit_result(result, TOCSIN_UNKNOWN,
                   "the mail was handed to %s, which did not say whether it has it: it may have been sent",
                   smtp->server->host);
    } else if (s->stopped) {
        kit_result(result, TOCSIN_RETRY, "Tocsin could not note that the mail is about to leave");
    } else {
        int32_t outcome = email_server_explain(smtp->server, code, is_no(s->heard.line) ? s->heard.line : "",
                                               text, sizeof(text));
        kit_result(result, outcome, "%s", text);
    }
}

/* One attempt. NULL: memory ran out. The handle comes back, for give_back. */
static CURL *attempt(struct email_smtp *smtp, CURL *curl, struct sending *s, CURLcode *ret_code,
                     long *ret_status)
{
    if (!curl || !email_server_options(smtp->server, curl, smtp->path)) {
        curl_easy_cleanup(curl);
        return NULL;
    }
    struct curl_slist *to = set_envelope(curl, s);
    listen_to(curl, &s->heard);
    *ret_code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return curl;
}

/* Servers end a connection after some time, or after a hundred mails or so: then nothing is wrong, and another one is made. */
static bool is_worn_out(const struct sending *s, CURLcode code, long status)
{
    bool gone = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    return !s->handed && !s->stopped && gone && (status == 421 || status < 400);
}

void email_smtp_send(struct email_smtp *smtp, const struct email_envelope *envelope,
                     struct tocsin_result *result)
{
    struct sending s = {.envelope = envelope};
    bool used;
    long status = 0;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    CURL *curl = attempt(smtp, take(smtp, &used), &s, &code, &status);
    if (curl && used && is_worn_out(&s, code, status)) {
        curl_easy_cleanup(curl);
        s = (struct sending){.envelope = envelope};
        curl = attempt(smtp, curl_easy_init(), &s, &code, &status);
    }
    if (!curl) {
        kit_result(result, TOCSIN_RETRY, "memory ran out");
        return;
    }
    judge(smtp, &s, code, status, result);
    give_back(smtp, curl, code == CURLE_OK);
}

/* ---- checking ---- */

/* The server's answer, which libcurl would print. */
static size_t drop(char *data, size_t size, size_t n, void *ctx)
{
    (void)data, (void)ctx;
    return size * n;
}

int32_t email_smtp_check(struct email_smtp *smtp, struct tocsin_error *error)
{
    char text[480];
    struct email_heard heard = {0};
    CURL *curl = curl_easy_init();
    if (!curl || !email_server_options(smtp->server, curl, smtp->path)) {
        curl_easy_cleanup(curl);
        return kit_fail(error, TOCSIN_E_FAILED, "memory ran out");
    }
    listen_to(curl, &heard);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, CHECK_MS);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    if (code == CURLE_OK)
        return 0;

    int32_t outcome =
        email_server_explain(smtp->server, code, is_no(heard.line) ? heard.line : "", text, sizeof(text));
    return kit_fail(error, outcome == TOCSIN_AUTH ? TOCSIN_E_AUTH : TOCSIN_E_FAILED, "SMTP, %s", text);
}
