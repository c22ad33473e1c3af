/* The API: what its answers and its error codes mean. */
#include "sms.h"

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

static const struct kit_meaning meanings[] = {
    {401, TOCSIN_AUTH, "the platform refuses the login: check `account` and `token`"},
    {404, TOCSIN_AUTH, "there is no such account: check `account` and `url`"},
    {0, 0, NULL},
};

static const struct {
    int64_t code;
    const char *text;
} reasons[] = {
    {20429, "too many requests at once"},
    {21211, "that is no telephone number; write it with its country code, as in +491701234567"},
    {21408, "the account may not send to that country: allow it (Messaging, Settings, Geo permissions)"},
    {21606, "`from` cannot send SMS to that number: take another one"},
    {21608, "a trial account sends to verified numbers only: verify it, or upgrade"},
    {21610, "they sent STOP to this number: they must send START to it"},
    {21612, "no route leads from `from` to that number"},
    {21614, "that is no mobile number: let it be called instead"},
    {30001, "the platform's queue is full"},
    {30002, "the account is suspended: see its console"},
    {30003, "the telephone is off or out of reach"},
    {30004, "the number is blocked, or takes no messages"},
    {30005, "the number is unknown: is it still theirs?"},
    {30006, "that is a landline: let it be called instead"},
    {30007, "the carrier filtered it: register the sender with the platform"},
    {30008, "the carrier does not say why"},
    {30036, "the telephone was not reached in time"},
};

const char *sms_reason(int64_t code)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].code == code)
            return reasons[i].text;
    }
    return NULL;
}

/* {"code", "message", "more_info", "status"} */
static void said(const cJSON *body, struct kit_text *words)
{
    int64_t code = kit_json_int(body, "code", 0);
    kit_text_add(words, kit_json_text(body, "message"));
    if (code)
        kit_text_addf(words, "%s%lld", words->n ? ", " : "", (long long)code);
}

static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    int64_t code = kit_json_int(body, "code", 0);
    const char *why = answer->status == 400 ? sms_reason(code) : NULL;
    if (why)
        kit_result(result, result->code, "%s (%lld)", why, (long long)code);
}

const struct kit_api sms_api = {.name = "Twilio", .meanings = meanings, .said = said, .judge = judge};
