/* Settings; open, check and close; the descriptor. */
#include "rt.h"

#include <string.h>

#include <tocsin/kit/tell.h>

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED | TOCSIN_LINKS, NULL, 0, 0,
     "Request Tracker's address: https://rt.example.com"},
    {"user", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0,
     "The account's name in RT, used by Tocsin alone"},
    {"password", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0, "The account's password"},
    {"token", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "An authentication token of it, in place of it: 1-14-…"},
    {"queue", TOCSIN_SETTING_TEXT, TOCSIN_REQUIRED, NULL, 0, 0, "The queue that customers write to: Support"},
    {"interval", TOCSIN_SETTING_DURATION, 0, "10s", 1000, 3600000, "How often RT is asked what is new"},
    {"web_url", TOCSIN_SETTING_TEXT, TOCSIN_LINKS, "", 0, 0, "Where people see RT, if that is not `url`"},
    {"customers", TOCSIN_SETTING_TABLE, 0, "{}", 0, 0,
     "Requesters of customers that the directory has no route for: { acme = \"ops@acme.example\" }"},
    {0},
};

static int32_t check_settings(const struct rt *rt, struct tocsin_error *error)
{
    const char *wrong = kit_wrong_customer(rt->kit.settings, kit_is_mail_address);
    bool password = *kit_json_text(rt->kit.settings, "password"),
         token = *kit_json_text(rt->kit.settings, "token");
    const char *fault = kit_api_fault(rt->kit.api.base);
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (!*rt->user || strchr(rt->user, ':'))
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`user` must be the name of Tocsin's account in RT, such as tocsin");
    if (password == token)
        return kit_fail(error, TOCSIN_E_CONFIG, "set either `password` or `token`");
    if (!*rt->queue)
        return kit_fail(error, TOCSIN_E_CONFIG, "`queue` is empty: which queue do customers write to?");
    if (wrong)
        return kit_fail(error, TOCSIN_E_CONFIG,
                        "`customers.%s` must be one mail address, such as ops@acme.example", wrong);
    return 0;
}

static const struct kit_performer performers[] = {
    {"desk.tell", rt_tell},       {"desk.find", rt_find},
    {"ticket.create", rt_create}, {"ticket.follow", rt_follow},
    {"ticket.state", rt_state},   {"ticket.comment", rt_comment},
    {"post", rt_comment},         {0},
};

static int32_t rt_open(const struct tocsin_host *host, const char *text, void **ret_self,
                       struct tocsin_error *error)
{
    struct rt *rt = kit_instance_begin(sizeof(*rt), &rt_api, performers, host, text);
    const cJSON *s = rt->kit.settings;
    const char *url = kit_json_text(s, "url"), *token = kit_json_text(s, "token");
    rt->user = kit_json_text(s, "user");
    rt->queue = kit_json_text(s, "queue");
    rt->web = kit_instance_url(rt, kit_json_text_or(s, "web_url", url));
    rt->kit.api.base = kit_instance_text(rt, "%s/REST/2.0", kit_instance_url(rt, url));
    if (*token)
        kit_instance_header(rt, "Authorization", "token %s", token);
    else
        kit_instance_login(rt, rt->user, kit_json_text(s, "password"));
    return kit_instance_end(rt, check_settings(rt, error), ret_self, error);
}

TOCSIN_CONNECTOR(.name = "rt", .version = TOCSIN_VERSION, .summary = "Customers' tickets in Request Tracker 5",
                 .parallel = 2,
                 .can = TOCSIN_CAN_DESK | TOCSIN_CAN_DESK_FIND | TOCSIN_CAN_FIND | TOCSIN_CAN_TICKETS |
                        TOCSIN_CAN_POST,
                 .settings = settings, .open = rt_open, .check = rt_check, .run = rt_run,
                 .perform = kit_instance_perform, .stop = kit_instance_stop, .close = kit_instance_close);
