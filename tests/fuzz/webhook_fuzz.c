/* Whatever a signed request says: events of a page that is known, or of somebody outside, or none. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../support/store_host.h"
#include "webhook/webhook.h"

#define MARK "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

bool __real_standard_is_signed(const struct standard_keys *keys, const struct tocsin_request *request);
bool __wrap_standard_is_signed(const struct standard_keys *keys, const struct tocsin_request *request);
bool __wrap_standard_is_signed(const struct standard_keys *keys, const struct tocsin_request *request)
{
    if (__real_standard_is_signed(keys, request))
        abort();
    return true;
}

static void check(const cJSON *event)
{
    const char *type = kit_json_text(event, "type");
    bool page = strcmp(type, "page") == 0, reply = strcmp(type, "reply") == 0;
    const cJSON *user = kit_json_member(event, "user");
    if ((!page && !reply) || (page && strcmp(kit_json_text(event, "message"), WEBHOOK_ID MARK) != 0) ||
        (reply && (!kit_json_true(user, "outside") || !*kit_json_text(user, "id"))))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct webhook webhook = {.kit.host = &store_host};
    size_t half = n / 2;
    struct kit_text given = {0};
    const cJSON *event;
    kit_text_addn(&given, (const char *)data + half, n - half);
    const struct tocsin_header headers[] = {{"webhook-id", "evt_1"},
                                            {"webhook-timestamp", "1614265330"},
                                            {"webhook-signature", kit_text_get(&given)}};
    const struct tocsin_request request = {sizeof(request),    3, "POST",       "/", "", headers,
                                           (const char *)data, n, 1614265330000};
    struct tocsin_response response = store_host_response();
    standard_add_key(&webhook.keys, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    standard_add_key(&webhook.keys, kit_text_get(&given));
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'ana','id':'" WEBHOOK_ID MARK "'}");
    store_host_set("known/" WEBHOOK_ID MARK, "{'page':'" MARK "'}");
    webhook_serve(&webhook, &request, &response);
    cJSON_ArrayForEach(event, store_host_events())
    {
        check(event);
    }
    store_host_clear();
    kit_text_finish(&given);
    return 0;
}
