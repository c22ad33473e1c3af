/* Whatever a button, a callback or an answer says: only a known page is acknowledged, and only by its own address. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../support/store_host.h"
#include "push/push.h"

#define MARK "0123456789abcdef0123456789abcdef"
#define KEY  "00112233445566778899aabbccddeeff"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void press(const char *query)
{
    struct push push = {.kit.host = &store_host, .service = &push_ntfy};
    const struct tocsin_request request = {sizeof(request), 0, "POST", "/ack", query, NULL, "", 0, 0};
    struct tocsin_response response = store_host_response();
    push_ntfy.serve(&push, &request, &response);
    if (cJSON_GetArraySize(store_host_events()) && !strstr(query, "k=" KEY) && !strchr(query, '%') &&
        !strstr(query, KEY))
        abort();
}

static void read_answer(const char *bytes, size_t n)
{
    static const struct push_service *const services[] = {&push_ntfy, &push_pushover};
    cJSON *answer = kit_json_parse(bytes, n);
    struct kit_answer http = {.outcome = KIT_ANSWERED, .status = 429};
    bool ended;
    cJSON *event = pushover_event("r1", answer, &ended);
    if (ended != (event && strcmp(kit_json_text(event, "state"), "delivered") != 0))
        abort();
    for (size_t i = 0; i < 2; i++) {
        struct kit_text words = {0};
        struct tocsin_result result = {.size = sizeof(result), .code = TOCSIN_RETRY};
        services[i]->api.said(answer, &words);
        services[i]->api.judge(&http, answer, &result);
        kit_text_finish(&words);
    }
    cJSON_Delete(event);
    cJSON_Delete(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct kit_text query = {0};
    kit_text_addn(&query, (const char *)data, n);
    store_host_clear();
    store_host_set("page/" MARK, "{'user':'ana','key':'" KEY "','id':'" MARK "'}");
    store_host_set("known/" MARK, "{'page':'" MARK "'}");
    press(kit_text_get(&query));
    read_answer((const char *)data, n);
    kit_text_finish(&query);
    store_host_clear();
    return 0;
}
