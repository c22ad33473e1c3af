/* Whatever Slack sends, by Socket Mode or HTTP: the first byte chooses the kind, the rest is a body. Emitted events must be well formed. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/webhook.h>

#include "../support/slack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int32_t ignore(struct tocsin_response *response, const char *bytes, size_t length)
{
    (void)response, (void)bytes, (void)length;
    return 0;
}

static cJSON *quiet(const char *method, const cJSON *arguments)
{
    (void)method, (void)arguments;
    return NULL;
}

/* Unsigned, so it must be refused. */
static void serve(struct slack_fake *fake, const char *path, const char *body, size_t n)
{
    struct tocsin_header headers[] = {{"x-slack-request-timestamp", "1700000000"}, {"x-slack-signature", body}};
    struct tocsin_request request = {.size = sizeof(request),
                                     .header_count = 2,
                                     .method = "POST",
                                     .path = path,
                                     .query = "",
                                     .headers = headers,
                                     .body = body,
                                     .body_length = n,
                                     .received_ms = INT64_C(1700000000000)};
    struct tocsin_response response = {.size = sizeof(response), .write = ignore};
    slack_serve(&fake->slack, &request, &response);
    if (response.status == 200)
        abort();
}

static void take(struct slack_fake *fake, const char *kind, const char *body, size_t n)
{
    bool form = strcmp(kind, "slash_commands") == 0;
    cJSON *payload = form ? kit_webhook_form(body, n) : kit_json_parse(body, n);
    if (payload)
        slack_receive(&fake->slack, kind, "envelope", payload, 0);
    cJSON_Delete(payload);
}

static void check(const cJSON *event)
{
    bool nobody = strcmp(kit_json_text(event, "type"), "channel") == 0; /* Slack does not always say who */
    if (!*kit_json_text(event, "type") || !*kit_json_text(event, "id") ||
        (!nobody && !cJSON_IsString(kit_json_member(kit_json_member(event, "user"), "id"))) ||
        cJSON_GetArraySize(kit_json_member(event, "people")) > 100)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const kinds[] = {"events_api", "slash_commands", "interactive"};
    static const char *const paths[] = {"/events", "/commands", "/interactive"};
    struct slack_fake fake;
    const cJSON *event;
    if (!n)
        return 0;
    size_t which = data[0] % 3;
    char *body = malloc(n);
    memcpy(body, data + 1, n - 1);
    body[n - 1] = '\0';
    slack_fake_init(&fake, quiet);
    cJSON_AddStringToObject(fake.slack.customers, "C9", "globex");
    take(&fake, kinds[which], body, n - 1);
    serve(&fake, paths[which], body, n - 1);
    cJSON_ArrayForEach(event, fake.emitted)
    {
        check(event);
    }
    slack_fake_finish(&fake);
    free(body);
    return 0;
}
