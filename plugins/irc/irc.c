/* Settings; open, check, run, close; the descriptor. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "irc.h"

static const struct tocsin_setting settings[] = {
    {"server", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The server and its port: irc.example.com:6697"},
    {"tls", TOCSIN_SETTING_TEXT, 0, "tls", 0, 0, "\"tls\" or, for a server on this machine only, \"none\""},
    {"ca_file", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The certificates that sign the server's; else the system's"},
    {"nick", TOCSIN_SETTING_TEXT, 0, "tocsin", 0, 0, "What Tocsin is called there"},
    {"account", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The account that it logs in to (SASL PLAIN)"},
    {"password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The account's password"},
    {"certificate", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "A PEM file with certificate and key to log in with (EXTERNAL)"},
    {"server_password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The server's, where everybody needs it"},
    {"channels", TOCSIN_SETTING_LIST, 0, "#incidents", 0, 0,
     "Where it listens, besides incidents' own channels"},
    {"identity", TOCSIN_SETTING_TEXT, 0, "account", 0, 0,
     "What says who somebody is: account; user (ngIRCd with PAM); nick"},
    {"pace", TOCSIN_SETTING_INT, 0, "2000", 0, 60000, "Milliseconds for a line, after five at once"},
    {"lines", TOCSIN_SETTING_INT, 0, "10", 2, 100, "The most lines of one message; the rest is cut"},
    {"timeout", TOCSIN_SETTING_DURATION, 0, "2m", 1000, 3600000, "How long the server may be silent"},
    {0},
};

static const struct tocsin_limit limits[] = {{"*", 0, 4, 2000}, {0}};

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

/* The channels that were opened, and those of the settings. */
static cJSON *rooms_of(const struct irc *irc)
{
    char *text = calloc(1, 65536), id[IRC_NAME];
    int64_t n = irc->host->get(irc->host->ctx, "rooms", text, 65536);
    cJSON *stored = kit_json_parse(text, n > 0 && n <= 65536 ? (size_t)n : 0),
          *rooms = stored ? stored : cJSON_CreateObject();
    const cJSON *row;
    free(text);
    cJSON_ArrayForEach(row, kit_json_member(irc->settings, "channels"))
    {
        if (irc_channel(row->valuestring, id, sizeof(id)) && !kit_json_member(rooms, id))
            cJSON_AddStringToObject(rooms, id, "");
    }
    return rooms;
}

static const char *fault_of(const struct irc *irc)
{
    const char *server = kit_json_text(irc->settings, "server"), *tls = kit_json_text(irc->settings, "tls");
    bool here = strncmp(server, "127.", 4) == 0 || strncmp(server, "localhost:", 10) == 0;
    if (!strchr(server, ':') || strpbrk(server, "/@ "))
        return "`server` must be a name and a port, such as irc.example.com:6697";
    if (strcmp(tls, "tls") != 0 && (strcmp(tls, "none") != 0 || !here))
        return "`tls` must be \"tls\"; \"none\" is only for a server on this machine, such as 127.0.0.1:6667";
    if (!irc_is_by(irc, "account") && !irc_is_by(irc, "user") && !irc_is_by(irc, "nick"))
        return "`identity` must be \"account\", \"user\" or \"nick\"";
    return strpbrk(kit_json_text(irc->settings, "nick"), " ,:@!#*") ? "`nick` must be one word, such as tocsin"
                                                                    : NULL;
}

static int32_t irc_open(const struct tocsin_host *host, const char *text, void **ret_self,
                        struct tocsin_error *error)
{
    struct irc *irc = calloc(1, sizeof(*irc));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    irc->host = host;
    irc->counter = (unsigned long long)now.tv_sec * 1000000;
    irc->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    irc->settings = kit_json_parse(text, strlen(text));
    irc->rooms = rooms_of(irc);
    irc->events = cJSON_CreateArray();
    pthread_mutex_init(&irc->lock, NULL);
    pthread_cond_init(&irc->changed, NULL);
    const char *fault = fault_of(irc);
    *ret_self = irc;
    if (fault)
        irc_close(irc);
    return fault ? kit_fail(error, TOCSIN_E_CONFIG, "%s", fault) : 0;
}

static void irc_stop(void *self)
{
    const struct irc *irc = self;
    eventfd_write(irc->wake, 1);
}

TOCSIN_CONNECTOR(.name = "irc", .version = TOCSIN_VERSION, .summary = "An IRC network as a chat", .parallel = 1,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE, .settings = settings,
                 .limits = limits, .open = irc_open, .check = irc_check, .check_channel = irc_check_channel,
                 .run = irc_run, .perform = irc_perform, .stop = irc_stop, .close = irc_close);
