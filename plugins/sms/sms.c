/* Settings; open; check; the descriptor. */
#include "sms.h"

#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "words.h"

#define CHECK_MS 15000

static const struct tocsin_setting settings[] = {
    {"account", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The account's SID, which begins with AC; at SignalWire the project's id"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_SECRET, NULL, 0, 0, "The account's auth token"},
    {"old_token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The token before it, while callbacks may still be signed with it"},
    {"from", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "Your number at Twilio, which messages and calls come from: +14155550100"},
    {"service", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "The SID of a messaging service that messages are sent through; empty: they come from `from`"},
    {"public_url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "This connector's address from outside: https://tocsin.example.com/connector/sms"},
    {"parts", TOCSIN_SETTING_INT, 0, "2", 1, WORDS_PARTS_MOST,
     "How many parts a message may have, each of which is paid for"},
    {"url", TOCSIN_SETTING_TEXT, 0, "https://api.twilio.com/2010-04-01", 0, 0,
     "The API; SignalWire: https://acme.signalwire.com/api/laml/2010-04-01"},
    {"signing_key", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "What callbacks are signed with, where that is not the token"},
    {"signature_header", TOCSIN_SETTING_TEXT, 0, "x-twilio-signature", 0, 0,
     "The header that has a callback's signature"},
    {0},
};

/* The platform queues what comes faster than it may send. */
static const struct tocsin_limit limits[] = {{"*", 0, 30, 100}, {0}};

static const struct kit_performer performers[] = {{"page", sms_page}, {"page.end", sms_page_end}, {0}};

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

static int32_t check_settings(const struct sms *sms, struct tocsin_error *error)
{
    const cJSON *set = sms->kit.settings;
    const char *account = kit_json_text(set, "account"), *url = kit_json_text(set, "url");
    const char *fault = kit_api_fault(url), *outside = kit_api_fault(sms->public_url);
    if (!*account || account[strspn(account, letters)])
        return kit_fail(
            error, TOCSIN_E_CONFIG,
            "`account` must be the account's SID, such as AC and 32 digits, as the console shows it");
    if (!*kit_json_text(set, "token"))
        return kit_fail(error, TOCSIN_E_CONFIG, "`token` is empty: copy the account's auth token");
    if (!words_is_number(sms->from))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`from` must be a number with its country code and nothing else, such as +14155550100");
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (outside)
        return kit_fail(error, TOCSIN_E_CONFIG, "`public_url` %s", outside);
    if (strchr(sms->public_url, '_'))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`public_url` has a _, and Twilio calls no such host; give it another name");
    return 0;
}

static int32_t sms_open(const struct tocsin_host *host, const char *text, void **ret_self,
                        struct tocsin_error *error)
{
    struct sms *sms = kit_instance_begin(sizeof(*sms), &sms_api, performers, host, text);
    const cJSON *set = sms->kit.settings;
    const char *token = kit_json_text(set, "token"), *account = kit_json_text(set, "account");
    sms->keys =
        (struct signature_keys){kit_json_text(set, "signature_header"),
                                {token, kit_json_text(set, "old_token"), kit_json_text(set, "signing_key")}};
    sms->from = kit_json_text(set, "from");
    sms->service = kit_json_text(set, "service");
    sms->parts = kit_json_int(set, "parts", 2);
    sms->public_url = kit_instance_url(sms, kit_json_text(set, "public_url"));
    sms->kit.api.base =
        kit_instance_text(sms, "%s/Accounts/%s", kit_instance_url(sms, kit_json_text(set, "url")), account);
    kit_instance_login(sms, account, token);
    return kit_instance_end(sms, check_settings(sms, error), ret_self, error);
}

/* ---- check ---- */

/* What our number lacks, as the account's record of it says. Other platforms have none. */
static void check_number(const struct sms *sms, const cJSON *answer, struct tocsin_error *error)
{
    const cJSON *row = cJSON_GetArrayItem(kit_json_member(answer, "incoming_phone_numbers"), 0);
    const cJSON *can = kit_json_member(row, "capabilities");
    const char *heard = kit_json_text(row, "sms_url");
    size_t n = strlen(sms->public_url);
    if (answer && !row)
        kit_fail(error, 0,
                 "the account has no number %s: calls from it may be refused, and replies to it are not heard",
                 sms->from);
    else if (row && !kit_json_true(can, "sms") && !*sms->service)
        kit_fail(error, 0, "%s cannot send SMS: take another number", sms->from);
    else if (row && !kit_json_true(can, "voice"))
        kit_fail(error, 0, "%s cannot call: take another number, or page by SMS only", sms->from);
    else if (row && !*sms->service &&
             (strncmp(heard, sms->public_url, n) != 0 || strncmp(heard + n, "/message", 8) != 0))
        kit_fail(error, 0, "replies by SMS are not heard: set the messaging webhook of %s to %s/message",
                 sms->from, sms->public_url);
}

static int32_t sms_check(void *self, struct tocsin_error *error)
{
    const struct sms *sms = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&sms->kit.api, CHECK_MS, &result);
    cJSON *list = kit_api_get(&task, "Messages.json?PageSize=1"); /* pages are found in it */
    cJSON *number = list ? kit_api_get_at(&task, "IncomingPhoneNumbers.json?PhoneNumber=%", sms->from) : NULL;
    if (list && kit_api_was_missing(&task))
        kit_log(sms->kit.host, KIT_INFO, "the platform has no list of numbers, so `from` is not checked");
    int32_t rc = kit_result_error(&result, error);
    if (!rc)
        check_number(sms, number, error);
    cJSON_Delete(list);
    cJSON_Delete(number);
    return rc;
}

TOCSIN_CONNECTOR(.name = "sms", .version = TOCSIN_VERSION,
                 .summary = "Pages by SMS and telephone call (Twilio)", .parallel = 8,
                 .can = TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS | TOCSIN_CAN_CALL | TOCSIN_CAN_FIND,
                 .settings = settings, .open = sms_open, .check = sms_check, .perform = kit_instance_perform,
                 .serve = sms_serve, .close = kit_instance_close, .limits = limits);
