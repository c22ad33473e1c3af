/* Settings; open; check; the descriptor. */
#include "webhook.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define CHECK_MS 15000

static const struct tocsin_setting settings[] = {
    {"url", TOCSIN_SETTING_TEXT, 0, "", 0, 0,
     "Where requests go: https://hooks.example.com/tocsin; without it, only to those who subscribe to a status "
     "page"},
    {"secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "What requests are signed with, both ways: whsec_ and base 64 of 24 to 64 random bytes; required with "
     "`url`"},
    {"old_secret", TOCSIN_SETTING_TEXT, TOCSIN_SECRET, "", 0, 0,
     "The secret before it: while secrets change, requests are signed with both, and may be with either"},
    {"private_subscribers", TOCSIN_SETTING_BOOL, 0, "false", 0, 0,
     "Subscribers of a status page may have addresses on this machine and in private networks; only where none "
     "but your own can subscribe"},
    {0},
};

/* Subscribers are served by machines of their own. */
static const struct tocsin_limit limits[] = {
    {"page", 0, 30, 100}, {"page.end", 0, 30, 100}, {"desk.tell", 0, 30, 100}, {0}};

static const struct kit_performer performers[] = {{"page", webhook_page},
                                                  {"page.end", webhook_page_end},
                                                  {"desk.tell", webhook_tell},
                                                  {"subscriber.tell", webhook_subscriber},
                                                  {0}};

static int32_t check_settings(struct webhook *webhook, struct tocsin_error *error)
{
    const char *old = kit_json_text(webhook->kit.settings, "old_secret"), *fault = kit_api_fault(webhook->url);
    static const char make[] = "make one: echo whsec_$(openssl rand -base64 32)";
    if (!*webhook->url)
        return 0;
    if (fault)
        return kit_fail(error, TOCSIN_E_CONFIG, "`url` %s", fault);
    if (!standard_add_key(&webhook->keys, kit_json_text(webhook->kit.settings, "secret")))
        return kit_fail(error, TOCSIN_E_CONFIG, "`secret` must be whsec_ and base 64 of 24 to 64 bytes; %s",
                        make);
    if (*old && !standard_add_key(&webhook->keys, old))
        return kit_fail(error, TOCSIN_E_CONFIG, "`old_secret` must be whsec_ and base 64 of 24 to 64 bytes");
    return 0;
}

static int32_t webhook_open(const struct tocsin_host *host, const char *text, void **ret_self,
                            struct tocsin_error *error)
{
    static const struct kit_api api = {.name = "webhook"};
    struct webhook *webhook = kit_instance_begin(sizeof(*webhook), &api, performers, host, text);
    webhook->url = kit_json_text(webhook->kit.settings, "url");
    webhook->private_subscribers = kit_json_true(webhook->kit.settings, "private_subscribers");
    return kit_instance_end(webhook, check_settings(webhook, error), ret_self, error);
}

/* Does the receiver know the signature? It takes no notice of types that it does not know. */
static int32_t webhook_check(void *self, struct tocsin_error *error)
{
    const struct webhook *webhook = self;
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&webhook->kit.api, CHECK_MS, &result);
    char id[64];
    int64_t now = (int64_t)time(NULL);
    if (!*webhook->url)
        return 0;
    snprintf(id, sizeof(id), WEBHOOK_ID "check_%lld", (long long)now);
    webhook_send(&task, id, "check", now * 1000, cJSON_CreateObject());
    return kit_result_error(&result, error);
}

TOCSIN_CONNECTOR(.name = "webhook", .version = TOCSIN_VERSION,
                 .summary = "Pages and messages to customers as signed requests (Standard Webhooks)",
                 .parallel = 8,
                 .can = TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS | TOCSIN_CAN_DESK | TOCSIN_CAN_FIND |
                        TOCSIN_CAN_HOOKS,
                 .settings = settings, .open = webhook_open, .check = webhook_check,
                 .perform = kit_instance_perform, .serve = webhook_serve, .close = kit_instance_close,
                 .limits = limits);
