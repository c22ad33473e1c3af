/* Settings; open, check and close; the descriptor. */
#include "email.h"
#include "imap.h"
#include "parse.h"
#include "serve.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct tocsin_setting settings[] = {
    {"address", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The mailbox that mails come from and answers go to: incidents@example.com"},
    {"name", TOCSIN_SETTING_TEXT, 0, "Tocsin", 0, 0, "The name that people see with it: Example Support"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET | TOCSIN_REQUIRED, NULL, 0, 0,
     "What the addresses for answers are signed with: 32 random characters or more"},
    {"earlier_secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The secret before this one, so that answers to older mails are still known"},
    {"smtp", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The server that sends: smtp.example.com or smtp.example.com:587"},
    {"smtp_tls", TOCSIN_SETTING_TEXT, 0, "starttls", 0, 0,
     "\"starttls\", \"tls\", or, on this machine only, \"none\""},
    {"imap", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The server whose mailbox is read: imap.example.com or imap.example.com:993; without it mails are handed "
     "in by "
     "`tocsin mail`"},
    {"imap_tls", TOCSIN_SETTING_TEXT, 0, "tls", 0, 0,
     "\"tls\", \"starttls\", or, on this machine only, \"none\""},
    {"mailbox", TOCSIN_SETTING_TEXT, 0, "INBOX", 0, 0, "The mailbox that is read; nothing in it is changed"},
    {"user", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "Who signs in at the servers; often the address itself"},
    {"password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The password of `user`"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "An OAuth access token instead of a password (XOAUTH2)"},
    {"ca_file", TOCSIN_SETTING_TEXT, TOCSIN_READS, "", 0, 0,
     "A file with the certificates that sign the servers'; by default the system's"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Where to write to customers: { acme = \"ops@acme.example\" }"},
    {"channels", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Mailing lists that are channels: { incidents = \"oncall@lists.example.com\" }"},
    {"domains", TOCSIN_SETTING_LIST, 0, NULL, 0, 0,
     "The domains of your own people, who may use commands by mail: { \"example.com\" }"},
    {"authserv", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The name in the Authentication-Results that your server adds: mx.example.com. Without it nobody's domain "
     "is known for certain"},
    {"attachments", TOCSIN_SETTING_TEXT, TOCSIN_FOLDER, "", 0, 0,
     "A directory where attachments of mails are kept; without it they are shown by name and size only"},
    {"attachments_mb", TOCSIN_SETTING_INT, 0, "500", 1, 1000000,
     "How much of them is kept; more removes the oldest"},
    {"pipe_key", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "What `tocsin mail` shows to hand a mail in: 32 random characters"},
    {"public_url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "This connector's address from outside, for unsubscribing: https://tocsin.example.com/connector/email"},
    {"separator", TOCSIN_SETTING_TEXT, 0, "+", 0, 0,
     "What the mail server takes as the begin of a detail in an address: + or -"},
    {"signed_envelope", TOCSIN_SETTING_BOOL, 0, "true", 0, 0,
     "Bounces come back to a signed address; false if the server allows only `address` as the envelope's "
     "sender"},
    {0},
};

/* ---- open ---- */

static const char *trim_slash(cJSON *settings_, const char *name)
{
    char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(settings_, name));
    size_t n = text ? strlen(text) : 0;
    while (n && text[n - 1] == '/')
        text[--n] = '\0';
    return text ? text : "";
}

static void take_server(struct email_server *server, const cJSON *s, const char *protocol)
{
    *server = (struct email_server){.protocol = protocol,
                                    .setting = protocol,
                                    .user = kit_json_text(s, "user"),
                                    .password = kit_json_text(s, "password"),
                                    .token = kit_json_text(s, "token"),
                                    .ca_file = kit_json_text(s, "ca_file")};
}

static void take_settings(struct email *email, const char *text)
{
    cJSON *s = email->settings = kit_json_parse(text, strlen(text));
    email->name = kit_json_text(s, "name");
    email->public_url = trim_slash(s, "public_url");
    email->customers = kit_json_member(s, "customers");
    email->channels = kit_json_member(s, "channels");
    email->verp = kit_json_true(s, "signed_envelope");
    email->domains = kit_json_member(s, "domains");
    email->authserv = kit_json_text(s, "authserv");
    email->pipe_key = kit_json_text(s, "pipe_key");
    take_server(&email->smtp_server, s, "smtp");
    take_server(&email->imap_server, s, "imap");
}

static int32_t check_addresses(const cJSON *table, const char *setting, struct tocsin_error *error)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, table)
    {
        if (!cJSON_IsString(row) || !email_address_valid(row->valuestring))
            return kit_fail(error, TOCSIN_E_CONFIG,
                            "`%s.%s` must be one mail address, such as ops@acme.example", setting, row->string);
    }
    return 0;
}

static int32_t check_self(struct email *email, struct tocsin_error *error)
{
    const cJSON *s = email->settings;
    const char *separator = kit_json_text(s, "separator"), *secret = kit_json_text(s, "secret");
    if (strlen(separator) != 1 || !strchr("+-=.#", *separator))
        return kit_fail(error, TOCSIN_E_CONFIG, "`separator` must be one character, + or -");
    if (strlen(secret) < 16)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`secret` must have at least 16 characters; make one with: openssl rand -hex 32");
    const char *wrong = email_self_init(&email->self, kit_json_text(s, "address"), *separator, secret,
                                        kit_json_text(s, "earlier_secret"));
    return wrong ? kit_fail(error, TOCSIN_E_CONFIG, "%s", wrong) : 0;
}

static int32_t check_server(struct email_server *server, const cJSON *s, const char *tls, bool imap,
                            struct tocsin_error *error)
{
    const char *wrong =
        email_server_parse(server, kit_json_text(s, server->setting), kit_json_text(s, tls), imap);
    return wrong ? kit_fail(error, TOCSIN_E_CONFIG, "`%s` %s", server->setting, wrong) : 0;
}

static int32_t check_reading(const struct email *email, struct tocsin_error *error)
{
    const char *mailbox = kit_json_text(email->settings, "mailbox");
    const cJSON *domain;
    for (const char *p = mailbox; *p; p++) {
        if (*p < ' ' || *p >= 127 || strchr("\"\\", *p))
            return kit_fail(error, TOCSIN_E_CONFIG,
                            "`mailbox` must be ASCII (other letters in modified UTF-7), without quotes");
    }
    if (!*mailbox)
        return kit_fail(error, TOCSIN_E_CONFIG, "`mailbox` is empty; the usual one is INBOX");
    cJSON_ArrayForEach(domain, email->domains)
    {
        if (!cJSON_IsString(domain) || !strchr(domain->valuestring, '.') || strchr(domain->valuestring, '@'))
            return kit_fail(error, TOCSIN_E_CONFIG, "`domains` must be domains, such as example.com");
    }
    if (*email->pipe_key && strlen(email->pipe_key) < 16)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`pipe_key` must have at least 16 characters; make one with: openssl rand -hex 32");
    return 0;
}

static int32_t check_settings(struct email *email, struct tocsin_error *error)
{
    const cJSON *s = email->settings;
    int32_t rc = check_self(email, error);
    rc = rc ? rc : check_server(&email->smtp_server, s, "smtp_tls", false, error);
    if (!rc && *kit_json_text(s, "imap"))
        rc = check_server(&email->imap_server, s, "imap_tls", true, error);
    rc = rc ? rc : check_reading(email, error);
    rc = rc ? rc : check_addresses(email->customers, "customers", error);
    rc = rc ? rc : check_addresses(email->channels, "channels", error);
    if (!rc && *kit_json_text(s, "password") && *kit_json_text(s, "token"))
        return kit_fail(error, TOCSIN_E_CONFIG, "set `password` or `token`, not both");
    if (!rc && (*kit_json_text(s, "password") || *kit_json_text(s, "token")) && !*kit_json_text(s, "user"))
        return kit_fail(error, TOCSIN_E_CONFIG, "`user` is missing: whose password or token is it?");
    if (!rc && *email->public_url && strncmp(email->public_url, "https://", 8) != 0)
        return kit_fail(error, TOCSIN_E_CONFIG, "`public_url` must begin with https://");
    return rc;
}

static void email_close(void *self)
{
    struct email *email = self;
    if (!email)
        return;
    email_imap_destroy(email->imap);
    email_smtp_destroy(email->smtp);
    email_shelf_destroy(email->shelf);
    free(email->smtp_server.host);
    free(email->imap_server.host);
    cJSON_Delete(email->settings);
    free(email);
}

static int32_t make_shelf(struct email *email, struct tocsin_error *error)
{
    const char *directory = kit_json_text(email->settings, "attachments");
    const cJSON *mb = kit_json_member(email->settings, "attachments_mb");
    if (!*directory)
        return 0;
    if (*directory != '/')
        return kit_fail(error, TOCSIN_E_CONFIG, "`attachments` must be an absolute path here");
    email->shelf = email_shelf_create(email->host, directory,
                                      (int64_t)(cJSON_IsNumber(mb) ? mb->valuedouble : 500) << 20, error);
    return email->shelf ? 0 : TOCSIN_E_CONFIG;
}

static int32_t email_open(const struct tocsin_host *host, const char *text, void **ret_self,
                          struct tocsin_error *error)
{
    struct email *email = calloc(1, sizeof(*email));
    email->host = host;
    mail_init();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    take_settings(email, text);
    int32_t rc = check_settings(email, error);
    if (rc) {
        email_close(email);
        return rc;
    }
    email->smtp = email_smtp_create(&email->smtp_server, email->self.domain);
    email->imap = email_imap_create(email);
    if (!email->imap) {
        email_close(email);
        return kit_fail(error, TOCSIN_E_FAILED, "too many open files");
    }
    rc = make_shelf(email, error);
    if (rc) {
        email_close(email);
        return rc;
    }
    *ret_self = email;
    return 0;
}

/* ---- check, run, stop ---- */

static bool reads_mailbox(const struct email *email)
{
    return email->imap_server.host != NULL;
}

/* What does not work with these settings, though all of it is right. */
static void note_limits(const struct email *email, struct tocsin_error *error)
{
    const char *text = NULL;
    if (!reads_mailbox(email) && !*email->pipe_key)
        text = "mails can be sent, but answers are not read: set `imap`, or `pipe_key` for `tocsin mail`";
    else if (!cJSON_GetArraySize(email->channels))
        text = "incidents are not announced by mail: `channels` names no mailing list";
    else if (!*email->authserv)
        text = "nobody can use commands by mail, because nobody's domain is known for certain: set `authserv` "
               "and `domains`";
    if (text)
        kit_fail(error, 0, "%s", text);
}

static int32_t email_check(void *self, struct tocsin_error *error)
{
    struct email *email = self;
    int32_t rc = email_smtp_check(email->smtp, error);
    if (!rc && reads_mailbox(email))
        rc = email_imap_check(email->imap, error);
    if (!rc)
        note_limits(email, error);
    return rc;
}

static int32_t email_run(void *self, struct tocsin_error *error)
{
    struct email *email = self;
    (void)error;
    if (reads_mailbox(email))
        email_imap_run(email->imap);
    else
        email_imap_wait(email->imap);
    return 0;
}

static void email_stop(void *self)
{
    struct email *email = self;
    email_imap_stop(email->imap);
}

TOCSIN_CONNECTOR(.name = "email", .version = TOCSIN_VERSION,
                 .summary = "Messages to customers, mailing lists and people, by mail", .parallel = 8,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_THREAD | TOCSIN_CAN_PAGE |
                        TOCSIN_CAN_DESK | TOCSIN_CAN_FIND | TOCSIN_CAN_EMAILS | TOCSIN_CAN_MAILS |
                        TOCSIN_CAN_PICTURES,
                 .settings = settings, .open = email_open, .check = email_check, .run = email_run,
                 .serve = email_serve, .perform = email_perform, .stop = email_stop, .close = email_close);
