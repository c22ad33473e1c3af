/* The connection: bytes, flood limit, silence; and the next one when it breaks. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "irc.h"

#define BURST     5     /* lines at once; then one each `pace` (RFC 2812, 5.8) */
#define SIGN_IN_S 30    /* to be let in */
#define CHECK_MS  30000 /* to sign in and join, for a check */
#define REGAIN_MS 60000 /* until the nick that we want is tried again */
#define IN_MOST   16384 /* bytes of a line: its tags may have 8191 */
#define LASTED_MS 3000  /* a connection that lasted so long was good: the next one may come soon */
#define WAIT_MOST 60000 /* between two */

/* As many lines as the flood limit lets go. Returns in how many milliseconds the next one may. */
static int send_due(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    int64_t now = irc_now(), pace = kit_json_int(irc->settings, "pace", 0), wait;
    size_t n = 0;
    while ((wait = link->free_at - now - (BURST - 1) * pace) <= 0 && link->phase > IRC_SIGNING_IN) {
        bool of_job = !link->queue->child && link->phase == IRC_UP && irc->job && irc->job->lines->child;
        cJSON *list = of_job ? irc->job->lines : link->queue;
        if (!list->child)
            break;
        bool labelled =
            of_job && strncmp(list->child->valuestring, "PRIVMSG", 7) == 0 && irc_has(irc, "labeled-response");
        irc_say(irc, NULL, "%s%s", labelled ? "@label=t " : "", list->child->valuestring);
        cJSON_DeleteItemFromArray(list, 0);
        link->free_at = (link->free_at > now ? link->free_at : now) + pace;
        if (of_job)
            irc->job->sent++;
    }
    while (link->curl && link->out.n && curl_easy_send(link->curl, link->out.p, link->out.n, &n) == CURLE_OK) {
        memmove(link->out.p, link->out.p + n, link->out.n - n);
        link->out.n -= n;
    }
    return wait > 0 && wait < 1000 ? (int)wait : 1000;
}

/* What a line says about the action that waits. Echoes and acknowledgements come in the order of its messages. */
static void note_answer(struct irc *irc, const struct irc_line *line)
{
    struct irc_job *job = irc->job;
    bool echo = strcmp(line->command, "PRIVMSG") == 0 && strcmp(line->nick, irc->link.nick) == 0;
    if (job && (echo || strcmp(line->command, "ACK") == 0) && !job->confirmed++)
        irc_tag(line, "msgid", job->msgid, sizeof(job->msgid));
    if (job && strcmp(line->command, "PONG") == 0 && strcmp(line->last, job->end) == 0)
        job->over = true;
    if (job && strspn(line->command, "0123456789") == 3) {
        cJSON *reply = cJSON_CreateStringArray(line->params, line->n);
        cJSON_InsertItemInArray(reply, 0, cJSON_CreateString(line->command));
        cJSON_AddItemToArray(job->replies, reply);
    }
}

static void take_lines(struct irc *irc)
{
    struct kit_text *in = &irc->link.in;
    struct irc_line line;
    for (char *end; in->n && (end = memchr(in->p, '\n', in->n));) {
        size_t n = (size_t)(end - in->p) + 1;
        char *text = strndup(in->p, n - 1);
        memmove(in->p, end + 1, in->n -= n);
        text[strcspn(text, "\r")] = '\0';
        if (irc_parse(text, &line)) {
            note_answer(irc, &line);
            irc_take_session(irc, &line); /* which may drop the connection */
        }
        free(text);
    }
}

static void read_all(struct irc *irc)
{
    char bytes[8192];
    size_t n = 0;
    CURLcode code = CURLE_OK;
    while (irc->link.curl && (code = curl_easy_recv(irc->link.curl, bytes, sizeof(bytes), &n)) == CURLE_OK &&
           n) {
        irc->link.heard_at = irc_now();
        kit_text_addn(&irc->link.in, bytes, n);
        take_lines(irc);
    }
    if (code != CURLE_AGAIN || irc->link.in.n > IN_MOST)
        irc_drop(irc, TOCSIN_E_FAILED, "the server closed the connection, or speaks no IRC");
}

static void keep_alive(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    const char *wanted = kit_json_text(irc->settings, "nick");
    int64_t now = irc_now(), patience = kit_json_int(irc->settings, "timeout", 0);
    if (link->phase == IRC_SIGNING_IN && now - link->nick_at > SIGN_IN_S * 1000)
        irc_drop(irc, TOCSIN_E_FAILED, "the server did not let us in within %d seconds", SIGN_IN_S);
    else if (now - link->heard_at > patience)
        irc_drop(irc, TOCSIN_E_FAILED, "the server was silent for %d seconds", (int)(patience / 1000));
    else if (now - link->heard_at > patience / 2 && now - link->pinged_at > patience / 2) {
        link->pinged_at = now;
        irc_say(irc, NULL, "PING :tocsin");
    } else if (link->phase == IRC_UP && strcmp(link->nick, wanted) != 0 && now - link->nick_at > REGAIN_MS) {
        link->nick_at = now;
        irc_say(irc, link->queue, "NICK %s", wanted);
    }
}

static void turn(struct irc *irc)
{
    eventfd_t woken;
    pthread_mutex_lock(&irc->lock);
    int wait = send_due(irc);
    short out = irc->link.out.n ? POLLOUT : 0;
    struct pollfd fds[] = {{irc->wake, POLLIN, 0},
                           {irc->link.curl ? irc->link.fd : -1, (short)(POLLIN | out), 0}};
    pthread_mutex_unlock(&irc->lock);
    poll(fds, 2, wait);
    eventfd_read(irc->wake, &woken);
    pthread_mutex_lock(&irc->lock);
    read_all(irc);
    if (irc->link.curl)
        keep_alive(irc);
    send_due(irc);
    pthread_cond_broadcast(&irc->changed);
    pthread_mutex_unlock(&irc->lock);
    irc_emit(irc);
}
static bool connect_to(struct irc *irc)
{
    const char *tls = kit_json_text(irc->settings, "tls"), *server = kit_json_text(irc->settings, "server");
    const char *ca = kit_json_text_or(irc->settings, "ca_file", NULL);
    char url[300], why[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof(url), "%s://%s", strcmp(tls, "tls") == 0 ? "https" : "http", server);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, kit_json_text_or(irc->settings, "certificate", NULL));
    CURLcode code = ca ? curl_easy_setopt(curl, CURLOPT_CAINFO, ca) : CURLE_OK;
    code = code == CURLE_OK ? curl_easy_perform(curl) : code; /* of NULL: an error, too */
    pthread_mutex_lock(&irc->lock);
    irc->link.curl = curl;
    if (code == CURLE_OK && curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &irc->link.fd) == CURLE_OK)
        irc_sign_in(irc);
    else
        irc_drop(irc, code == CURLE_PEER_FAILED_VERIFICATION ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
                 "cannot connect to %s: %s. Check `server`, `tls`, `ca_file` and `certificate`", server,
                 *why ? why : curl_easy_strerror(code));
    pthread_mutex_unlock(&irc->lock);
    return code == CURLE_OK;
}

/* Before run() it connects, and run() goes on with that connection. */
int32_t irc_check(void *self, struct tocsin_error *error)
{
    struct irc *irc = self;
    if (!irc->running && !irc->link.curl)
        connect_to(irc);
    for (int64_t end = irc_now() + CHECK_MS;
         !irc->running && irc->link.curl && irc->link.phase != IRC_UP && irc_now() < end;)
        turn(irc);
    pthread_mutex_lock(&irc->lock);
    int32_t code = irc->link.phase == IRC_UP ? 0 : irc->code ? irc->code : TOCSIN_E_FAILED;
    if (code)
        kit_fail(error, code, "%s", irc->why);
    else if (irc_is_by(irc, "nick"))
        kit_fail(error, 0,
                 "`identity` is \"nick\": whoever takes the nick of one of your people commands in their name");
    pthread_mutex_unlock(&irc->lock);
    return code;
}

/* Called when check() has succeeded. */
int32_t irc_check_channel(void *self, const char *channel, struct tocsin_error *error)
{
    struct irc *irc = self;
    char id[IRC_NAME] = "";
    pthread_mutex_lock(&irc->lock);
    irc_channel(channel, id, sizeof(id));
    bool joined = kit_json_true(irc->link.channels, id);
    const char *why = kit_json_text_or(irc->link.channels, id, "it is not among `channels`");
    if (!joined)
        kit_fail(error, TOCSIN_E_AUTH, "cannot join %s: %s. Invite %s, or change the channel's modes", id, why,
                 irc->link.nick);
    pthread_mutex_unlock(&irc->lock);
    return joined ? 0 : TOCSIN_E_AUTH;
}

static bool is_stopping(const struct irc *irc)
{
    return irc->host->stopping(irc->host->ctx);
}

/* Holds a connection until it breaks or Tocsin stops, and an action that has begun had two seconds to end. */
static void hold(struct irc *irc)
{
    bool up = false;
    for (int64_t end = 0; irc->link.curl && (!is_stopping(irc) || (irc->job && irc_now() < end));) {
        end = is_stopping(irc) ? end : irc_now() + 2000;
        turn(irc);
        if (irc->link.phase == IRC_UP && !up)
            kit_health(irc->host, NULL);
        up = irc->link.phase == IRC_UP;
    }
}

int32_t irc_run(void *self, struct tocsin_error *error)
{
    struct irc *irc = self;
    (void)error;
    irc->running = true;
    for (int64_t wait = 500; !is_stopping(irc);) {
        int64_t begun = irc_now();
        if (irc->link.curl || connect_to(irc))
            hold(irc);
        if (!is_stopping(irc))
            kit_health(irc->host, irc->why);
        wait = irc_now() - begun > LASTED_MS ? 1000 : 2 * wait < WAIT_MOST ? 2 * wait : WAIT_MOST;
        for (int64_t end = irc_now() + wait; irc_now() < end && !is_stopping(irc);)
            turn(irc);
    }
    return 0;
}
