/* Settings; open and close; the descriptor. */
#include "intercom.h"

#include <string.h>

#define INBOX "/a/inbox/"

static const struct tocsin_setting settings[] = {
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_SECRET, NULL, 0, 0,
     "Your app's access token, from the Developer Hub"},
    {"admin", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The teammate as whom Tocsin alone writes: 991267459"},
    {"inbox", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_LINKS, NULL, 0, 0,
     "Its address, up to the workspace: https://app.intercom.com/a/inbox/abc123"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The app's client secret, which signs webhooks; else Intercom is asked"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "10s", 1000, 3600000,
     "How often Intercom is asked; with `secret` each 30th time"},
    {"tag", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The tag by which a teammate declares a conversation: incident"},
    {"tracker", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The Tracker ticket type for incidents: 53"},
    {"work", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The Back-office ticket type for engineers' work: 54"},
    {"requester", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The contact of those tickets: incidents@example.com"},
    {"attribute", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "Contacts' custom attribute with the customer's key"},
    {"url", TOCSIN_SETTING_TEXT, 0, "", 0, 0, "The API's address, if `inbox` does not tell the region"},
    {0},
};

/* "https://app.eu.intercom.com/…" is in the region of https://api.eu.intercom.io. "": in none. */
static const char *api_of(const char *inbox)
{
    static const char *const regions[][2] = {{"https://app.intercom.com/", "https://api.intercom.io"},
                                             {"https://app.eu.intercom.com/", "https://api.eu.intercom.io"},
                                             {"https://app.au.intercom.com/", "https://api.au.intercom.io"}};
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        if (strncmp(inbox, regions[i][0], strlen(regions[i][0])) == 0)
            return regions[i][1];
    }
    return "";
}

static int32_t check_tickets(const struct intercom *intercom, struct tocsin_error *error)
{
    const char *tracker = kit_json_text(intercom->kit.settings, "tracker"),
               *work = kit_json_text(intercom->kit.settings, "work");
    if ((*tracker && !kit_is_number(tracker)) || (*work && !kit_is_number(work)))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`tracker` and `work` must be the ids of ticket types, such as 53");
    if ((*tracker || *work) && !kit_is_mail_address(kit_json_text(intercom->kit.settings, "requester")))
        return kit_fail(
            error, TOCSIN_E_CONFIG,
            "`tracker` and `work` need `requester`: the mail address of the contact whose those tickets are");
    return 0;
}

static int32_t check_settings(const struct intercom *intercom, struct tocsin_error *error)
{
    const char *code = strstr(intercom->inbox, INBOX), *fault = kit_api_fault(intercom->kit.api.base);
    if (!*kit_json_text(intercom->kit.settings, "token"))
        return kit_fail(error, TOCSIN_E_CONFIG, "`token` is empty: it is the access token of your app");
    if (!kit_is_number(intercom->admin))
        return kit_fail(error, TOCSIN_E_CONFIG, "`admin` must be the id of a teammate, such as 991267459");
    if (kit_api_fault(intercom->inbox) || !code || strchr(code + strlen(INBOX), '/'))
        return kit_fail(
            error, TOCSIN_E_CONFIG,
            "`inbox` must be an address such as https://app.intercom.com/a/inbox/abc123, and end there");
    if (!*intercom->kit.api.base)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`inbox` is in no region that is known: set `url`, such as https://api.intercom.io");
    return fault ? kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault) : check_tickets(intercom, error);
}

static const struct kit_performer performers[] = {
    {"desk.tell", intercom_tell},
    {"desk.find", intercom_find},
    {"post", intercom_note},
    {"ticket.comment", intercom_note},
    {"ticket.create", intercom_ticket_create},
    {"ticket.follow", intercom_ticket_follow},
    {"ticket.state", intercom_ticket_state},
    {0},
};

static int32_t intercom_open(const struct tocsin_host *host, const char *text, void **ret_self,
                             struct tocsin_error *error)
{
    struct intercom *intercom = kit_instance_begin(sizeof(*intercom), &intercom_api, performers, host, text);
    const cJSON *s = intercom->kit.settings;
    intercom->admin = kit_json_text(s, "admin");
    intercom->secret = kit_json_text(s, "secret");
    intercom->inbox = kit_instance_url(intercom, kit_json_text(s, "inbox"));
    intercom->kit.api.base = kit_instance_url(intercom, kit_json_text_or(s, "url", api_of(intercom->inbox)));
    kit_instance_header(intercom, "Authorization", "Bearer %s", kit_json_text(s, "token"));
    kit_instance_header(intercom, "Intercom-Version", "2.14");
    return kit_instance_end(intercom, check_settings(intercom, error), ret_self, error);
}

/* 10,000 calls in a minute, counted in slices of ten seconds; a message to somebody new takes two. */
static const struct tocsin_limit limits[] = {{"desk.tell", 0, 4, 12}, {"*", 0, 16, 6}, {0}};

TOCSIN_CONNECTOR(.name = "intercom", .version = TOCSIN_VERSION,
                 .summary = "Customers' conversations in Intercom", .parallel = 8,
                 .can = TOCSIN_CAN_POST | TOCSIN_CAN_DESK | TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_FIND |
                        TOCSIN_CAN_TICKETS,
                 .settings = settings, .limits = limits, .open = intercom_open, .check = intercom_check,
                 .run = intercom_run, .serve = intercom_serve, .perform = kit_instance_perform,
                 .stop = kit_instance_stop, .close = kit_instance_close);
