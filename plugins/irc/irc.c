/* Settings; the connection: bytes, flood limit, silence, and the next one when it breaks; the descriptor. */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <tocsin/kit/store.h>

#include "irc.h"

#define BURST     5     /* lines at once; then one each `pace` (RFC 2812, 5.8) */
#define SIGN_IN_S 30    /* to be let in */
#define REGAIN_MS 60000 /* until the nick that we want is tried again */
#define LASTED_MS 3000  /* a connection that lasted so long was good: the next one may come at once */
#define WAIT_MOST 60000 /* between two */

static const struct tocsin_setting settings[] = {
    {"server", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The server and its port: irc.example.com:6697"},
    {"tls", TOCSIN_SETTING_TEXT, 0, "tls", 0, 0, "\"tls\" or, for a server on this machine only, \"none\""},
    {"ca_file", TOCSIN_SETTING_TEXT, TOCSIN_READS, "", 0, 0,
     "Who signs the server's certificate; else whom the system knows"},
    {"nick", TOCSIN_SETTING_TEXT, 0, "tocsin", 0, 0, "What Tocsin is called there"},
    {"account", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The account that it logs in to (SASL PLAIN)"},
    {"password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The account's password"},
    {"certificate", TOCSIN_SETTING_TEXT, TOCSIN_READS, "", 0, 0,
     "A PEM file with certificate and key to log in with (EXTERNAL)"},
    {"server_password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The server's, where everybody needs it"},
    {"channels", TOCSIN_SETTING_LIST, 0, "#incidents", 0, 0,
     "Where it listens, besides incidents' own channels"},
    {"identity", TOCSIN_SETTING_TEXT, 0, "account", 0, 0,
     "Who people are: account; user (ngIRCd with PAM); nick"},
    {"pace", TOCSIN_SETTING_INT, 0, "2000", 0, 60000, "Milliseconds for a line, after five at once"},
    {"lines", TOCSIN_SETTING_INT, 0, "10", 2, 100, "The most lines of one message; the rest is cut"},
    {"timeout", TOCSIN_SETTING_DURATION, 0, "2m", 1000, 3600000, "How long the server may be silent"},
    {0},
};

static const struct tocsin_limit limits[] = {{"*", 0, 4, 2000}, {0}};

static void dial(struct irc *irc)
{
    struct kit_stream_to to = {irc_setting(irc, "server"), strcmp(irc_setting(irc, "tls"), "none") != 0,
                               irc_setting(irc, "ca_file"), irc_setting(irc, "certificate")};
    struct kit_stream stream;
    if (kit_stream_open(&stream, &to, &irc->error))
        return;
    pthread_mutex_lock(&irc->lock);
    irc->link.stream = stream;
    irc_sign_in(irc);
    pthread_mutex_unlock(&irc->lock);
}

/* As many lines as the flood limit lets go. Returns in how many milliseconds the next one may. */
static int send_due(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    int64_t now = kit_now_ms(), pace = kit_json_int(irc->settings, "pace", 0), wait;
    while ((wait = link->free_at - now - (BURST - 1) * pace) <= 0 && link->phase > IRC_SIGNING_IN) {
        bool of_job = !link->queue->child && link->phase == IRC_UP && irc->job && irc->job->lines->child;
        cJSON *list = of_job ? irc->job->lines : link->queue;
        if (!list->child)
            break;
        bool labelled =
            of_job && *list->child->valuestring == 'P' && kit_has_word(link->caps, "labeled-response");
        irc_say(irc, NULL, "%s%s", labelled ? "@label=t " : "", list->child->valuestring);
        cJSON_DeleteItemFromArray(list, 0);
        link->free_at = (link->free_at > now ? link->free_at : now) + pace;
        if (of_job)
            irc->job->sent++;
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
    if (job && *line->command == '4' && *job->target && strcasecmp(line->params[1], job->target) == 0) {
        snprintf(job->fault, sizeof(job->fault), "%s", line->last);
        job->split = strcmp(line->command, "437") == 0;
    }
}

static void take_lines(struct irc *irc)
{
    struct irc_line line;
    bool open = kit_stream_move(&irc->link.stream);
    for (char *text; irc->link.phase && (text = kit_stream_line(&irc->link.stream)); free(text)) {
        irc->link.heard_at = kit_now_ms();
        if (!irc_parse(text, &line))
            continue;
        note_answer(irc, &line);
        irc_take(irc, &line);
    }
    if (!open)
        irc_drop(irc, TOCSIN_E_FAILED, "the server closed the connection, or speaks no IRC");
}

static void keep_alive(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    int64_t now = kit_now_ms(), silent = now - link->heard_at;
    int64_t patience = kit_json_int(irc->settings, "timeout", 0);
    if (link->phase == IRC_SIGNING_IN && now - link->nick_at > SIGN_IN_S * 1000)
        irc_drop(irc, TOCSIN_E_FAILED, "the server did not let us in within %d seconds", SIGN_IN_S);
    else if (link->phase && silent > patience)
        irc_drop(irc, TOCSIN_E_FAILED, "the server was silent for %d seconds", (int)(patience / 1000));
    else if (link->phase && silent > patience / 2 && now - link->pinged_at > patience / 2) {
        link->pinged_at = now;
        irc_say(irc, NULL, "PING :tocsin");
    } else if (link->phase == IRC_UP && strcmp(link->nick, irc_setting(irc, "nick")) != 0 &&
               now - link->nick_at > REGAIN_MS) {
        link->nick_at = now;
        irc_say(irc, link->queue, "NICK %s", irc_setting(irc, "nick"));
    }
}

/* Waits until something happens, at most a second, and does what follows. */
static void turn(struct irc *irc)
{
    pthread_mutex_lock(&irc->lock);
    int wait = send_due(irc);
    pthread_mutex_unlock(&irc->lock);
    kit_stream_wait(&irc->link.stream, irc->wake, wait);
    pthread_mutex_lock(&irc->lock);
    if (irc->link.phase)
        take_lines(irc);
    keep_alive(irc);
    pthread_cond_broadcast(&irc->changed);
    pthread_mutex_unlock(&irc->lock);
    while (irc->events->child &&
           kit_emit(irc->host, cJSON_Duplicate(irc->events->child, true)) != TOCSIN_EMIT_RETRY)
        cJSON_DeleteItemFromArray(irc->events, 0);
}

/* Before run() it connects, and run() goes on with that connection. */
static int32_t irc_check(void *self, struct tocsin_error *error)
{
    struct irc *irc = self;
    if (!irc->running && !irc->link.phase)
        dial(irc);
    while (!irc->running && irc->link.phase && irc->link.phase != IRC_UP)
        turn(irc);
    if (irc->link.phase != IRC_UP)
        return kit_fail(error, irc->error.code ? irc->error.code : TOCSIN_E_FAILED, "%s", irc->error.text);
    return irc_is_by(irc, "nick") ? kit_fail(error, 0, "`identity` is \"nick\", which anybody can take") : 0;
}

/* Called when check() has succeeded. */
static int32_t irc_check_channel(void *self, const char *channel, struct tocsin_error *error)
{
    struct irc *irc = self;
    char id[IRC_NAME] = "";
    pthread_mutex_lock(&irc->lock);
    irc_channel(channel, id, sizeof(id));
    bool joined = kit_json_true(irc->link.channels, id);
    kit_fail(error, joined ? 0 : TOCSIN_E_AUTH, "cannot join %s: %s. Invite %s, or change the channel's modes",
             id, kit_json_text_or(irc->link.channels, id, "it is not among `channels`"), irc->link.nick);
    pthread_mutex_unlock(&irc->lock);
    return error->code;
}

static int32_t irc_run(void *self, struct tocsin_error *error)
{
    struct irc *irc = self;
    int told = -1;
    (void)error;
    irc->running = true;
    for (int64_t wait = 1000, next = 0, end = kit_now_ms(); kit_now_ms() <= end; turn(irc)) {
        int64_t now = kit_now_ms();
        if (!irc->host->stopping(irc->host->ctx))
            end = now + 2000; /* an action that has begun may end */
        else if (!irc->job)
            break;
        if (!irc->link.phase && now >= next) {
            dial(irc);
            next = now + wait;
            wait = wait * 2 < WAIT_MOST ? wait * 2 : WAIT_MOST;
        }
        bool up = irc->link.phase == IRC_UP;
        wait = up && now - next > LASTED_MS ? 1000 : wait;
        if ((up || !irc->link.phase) && told != up)
            kit_health(irc->host, up ? NULL : irc->error.text);
        told = up || !irc->link.phase ? up : told;
    }
    pthread_mutex_lock(&irc->lock);
    irc_drop(irc, 0, "Tocsin stops");
    pthread_mutex_unlock(&irc->lock);
    return 0;
}

static void irc_stop(void *self)
{
    const struct irc *irc = self;
    eventfd_write(irc->wake, 1);
}

static void irc_close(void *self)
{
    struct irc *irc = self;
    if (!irc)
        return;
    irc_drop(irc, 0, "closed");
    cJSON_Delete(irc->settings);
    cJSON_Delete(irc->rooms);
    cJSON_Delete(irc->events);
    close(irc->wake);
    pthread_mutex_destroy(&irc->lock);
    pthread_cond_destroy(&irc->changed);
    free(irc);
}

static int32_t irc_open(const struct tocsin_host *host, const char *text, void **ret_self,
                        struct tocsin_error *error)
{
    struct irc *irc = *ret_self = calloc(1, sizeof(*irc));
    const cJSON *row;
    char id[IRC_NAME];
    irc->host = host;
    irc->counter = (unsigned long long)time(NULL) * 1000000;
    irc->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    irc->settings = kit_json_parse(text, strlen(text));
    irc->events = cJSON_CreateArray();
    irc->rooms = kit_get(host, "rooms");
    irc->rooms = irc->rooms ? irc->rooms : cJSON_CreateObject();
    pthread_mutex_init(&irc->lock, NULL);
    kit_cond_init(&irc->changed);
    cJSON_ArrayForEach(row, kit_json_member(irc->settings, "channels"))
    {
        if (irc_channel(row->valuestring, id, sizeof(id)) && !kit_json_member(irc->rooms, id))
            cJSON_AddStringToObject(irc->rooms, id, "");
    }
    const char *fault = kit_stream_fault(irc_setting(irc, "server"), irc_setting(irc, "tls"));
    if (!kit_has_word("account user nick", irc_setting(irc, "identity")))
        fault = "`identity` must be \"account\", \"user\" or \"nick\"";
    if (fault)
        irc_close(irc);
    return fault ? kit_fail(error, TOCSIN_E_CONFIG, "%s", fault) : 0;
}

TOCSIN_CONNECTOR(.name = "irc", .version = TOCSIN_VERSION, .summary = "An IRC network as a chat", .parallel = 1,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE, .settings = settings,
                 .limits = limits, .open = irc_open, .check = irc_check, .check_channel = irc_check_channel,
                 .run = irc_run, .perform = irc_perform, .stop = irc_stop, .close = irc_close);
